//! What the text of each primitive type looks like: exact checkers, one a rule.

pub(crate) mod base64_binary;
pub(crate) mod boolean;
pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod date_time;
pub(crate) mod decimal;
pub(crate) mod id;
pub(crate) mod instant;
pub(crate) mod integer;
pub(crate) mod oid;
pub(crate) mod string;
pub(crate) mod time;
pub(crate) mod uri;
pub(crate) mod uuid;

use carewire_fhir_model::schema::{Property, TypeId};
use carewire_fhir_model::{Node, ValueKind};

use super::{binding_absent, binding_required, element_empty, element_type, null_value, string_blank};
use crate::Rule;
use crate::sink::Flow;
use crate::walk::Walk;

/// Asks the rules that look at a primitive of type `ty`.
pub(crate) fn check<'a>(
    walk: &mut Walk<'a>,
    node: Node<'a>,
    ty: TypeId,
    property: &'static Property,
) -> Flow {
    match node.value_kind() {
        ValueKind::Null if node.children().next().is_none() => return null_value::check(walk, node),
        // Its id and extensions, and no value.
        ValueKind::Object | ValueKind::Null => {
            element_empty::check_object(walk, node, ty)?;
            return binding_absent::check(walk, node, ty, property);
        }
        _ => {}
    }
    let (Some(form), Some(text)) = (ty.json_form(), node.text()) else {
        return element_type::report(walk, node, "a primitive value", node.value_kind());
    };
    // XML writes every value as text: there a wrong one is the affair of the checker alone.
    if !node.document().is_from_xml() {
        let fits = element_type::is_primitive(walk, node, form)?;
        // A text in quotation marks may be a good number or boolean otherwise; a number where text is due is nothing.
        if !fits && node.value_kind() != ValueKind::String {
            return Flow::Continue(());
        }
    }
    if text.is_empty() {
        return element_empty::check_text(walk, node);
    }
    if let Some((rule, fault)) = checker(ty)
        && let Some(fault) = fault(&text)
    {
        return walk.report_more(rule, node, || fault.into());
    }
    match ty {
        TypeId::STRING | TypeId::MARKDOWN => string_blank::check(walk, node, &text)?,
        TypeId::CANONICAL | TypeId::URI | TypeId::URL => {
            if let Some(id) = text.strip_prefix('#') {
                walk.note_local(id);
            }
        }
        _ => {}
    }
    binding_required::check_primitive(walk, node, &text, property)
}

/// Looks at a text and gives what is wrong with it.
type Checker = fn(&str) -> Option<&'static str>;

/// The rule of a primitive type and its checker, which gives what is wrong with a text.
///
/// `None` for `xhtml`, which the rules of narratives read.
pub(crate) fn checker(ty: TypeId) -> Option<(&'static Rule, Checker)> {
    Some(match ty {
        TypeId::BASE64_BINARY => (&base64_binary::RULE, base64_binary::fault),
        TypeId::BOOLEAN => (&boolean::RULE, boolean::fault),
        TypeId::CODE => (&code::RULE, code::fault),
        TypeId::DATE => (&date::RULE, date::fault),
        TypeId::DATE_TIME => (&date_time::RULE, date_time::fault),
        TypeId::DECIMAL => (&decimal::RULE, decimal::fault),
        TypeId::ID => (&id::RULE, id::fault),
        TypeId::INSTANT => (&instant::RULE, instant::fault),
        TypeId::INTEGER => (&integer::RULE, integer::fault),
        TypeId::MARKDOWN => (&string::RULE, string::markdown_fault),
        TypeId::OID => (&oid::RULE, oid::fault),
        TypeId::POSITIVE_INT => (&integer::RULE, integer::positive_fault),
        TypeId::STRING => (&string::RULE, string::fault),
        TypeId::TIME => (&time::RULE, time::fault),
        TypeId::UNSIGNED_INT => (&integer::RULE, integer::unsigned_fault),
        TypeId::CANONICAL | TypeId::URI | TypeId::URL => (&uri::RULE, uri::fault),
        TypeId::UUID => (&uuid::RULE, uuid::fault),
        _ => return None,
    })
}
