//! One rule a file: what it checks, why, an example of each kind, and where the specification says so.
//!
//! `RULES.md` is made of these headers, and their examples run as tests.

pub(crate) mod array_expected;
pub(crate) mod array_unexpected;
pub(crate) mod attachment_size;
pub(crate) mod binding_absent;
pub(crate) mod binding_required;
pub(crate) mod bundle;
pub(crate) mod choice_repeated;
pub(crate) mod companion_length;
pub(crate) mod contained_id;
pub(crate) mod dom_2;
pub(crate) mod dom_3;
pub(crate) mod dom_4;
pub(crate) mod dom_5;
pub(crate) mod element_empty;
pub(crate) mod element_missing;
pub(crate) mod element_repeated;
pub(crate) mod element_type;
pub(crate) mod element_unknown;
pub(crate) mod ext_1;
pub(crate) mod extension_url;
pub(crate) mod id_repeated;
pub(crate) mod key_repeated;
pub(crate) mod narrative;
pub(crate) mod null_value;
pub(crate) mod primitive;
pub(crate) mod ref_1;
pub(crate) mod reference_form;
pub(crate) mod reference_target;
pub(crate) mod resource_type;
pub(crate) mod string_blank;
pub(crate) mod syntax;
pub(crate) mod text_form;

use std::sync::LazyLock;

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::{Element, Property, Schema, TypeId};

use crate::Rule;
use crate::sink::Flow;
use crate::walk::Walk;

/// Every rule, sorted by id: the register, in which an id is written once and never reused.
pub(crate) const REGISTER: &[&Rule] = &[
    &array_expected::RULE,
    &array_unexpected::RULE,
    &attachment_size::RULE,
    &primitive::base64_binary::RULE,
    &bundle::bdl_1::RULE,
    &bundle::bdl_10::RULE,
    &bundle::bdl_11::RULE,
    &bundle::bdl_12::RULE,
    &bundle::bdl_2::RULE,
    &bundle::bdl_3::RULE,
    &bundle::bdl_4::RULE,
    &bundle::bdl_5::RULE,
    &bundle::bdl_7::RULE,
    &bundle::bdl_8::RULE,
    &bundle::bdl_9::RULE,
    &binding_absent::RULE,
    &binding_required::RULE,
    &primitive::boolean::RULE,
    &bundle::bundle_reference::RULE,
    &choice_repeated::RULE,
    &primitive::code::RULE,
    &companion_length::RULE,
    &contained_id::RULE,
    &primitive::date::RULE,
    &primitive::date_time::RULE,
    &primitive::decimal::RULE,
    &dom_2::RULE,
    &dom_3::RULE,
    &dom_4::RULE,
    &dom_5::RULE,
    &element_empty::RULE,
    &element_missing::RULE,
    &element_repeated::RULE,
    &element_type::RULE,
    &element_unknown::RULE,
    &ext_1::RULE,
    &extension_url::RULE,
    &bundle::full_url::RULE,
    &bundle::full_url_id::RULE,
    &bundle::full_url_missing::RULE,
    &primitive::id::RULE,
    &id_repeated::RULE,
    &primitive::instant::RULE,
    &primitive::integer::RULE,
    &key_repeated::RULE,
    &narrative::form::RULE,
    &null_value::RULE,
    &primitive::oid::RULE,
    &ref_1::RULE,
    &reference_form::RULE,
    &reference_target::RULE,
    &resource_type::RULE,
    &string_blank::RULE,
    &primitive::string::RULE,
    &syntax::RULE,
    &text_form::RULE,
    &primitive::time::RULE,
    &narrative::txt_1::RULE,
    &narrative::txt_2::RULE,
    &primitive::uri::RULE,
    &primitive::uuid::RULE,
];

/// The elements without which a value of a type is not complete, type by type.
static REQUIRED: LazyLock<Vec<Vec<&'static Element>>> = LazyLock::new(|| {
    let required = |ty: TypeId| ty.elements().iter().filter(|element| element.min() > 0).collect();
    Schema::r4().types().map(required).collect()
});

/// A set of the elements of one type, by their slots.
#[derive(Default)]
struct Slots([u64; 4]);

impl Slots {
    fn has(&self, slot: u8) -> bool {
        self.0
            .get(usize::from(slot / 64))
            .is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// Puts a slot in and says whether it was new.
    fn put(&mut self, slot: u8) -> bool {
        let new = !self.has(slot);
        if let Some(word) = self.0.get_mut(usize::from(slot / 64)) {
            *word |= 1 << (slot % 64);
        }
        new
    }
}

/// Asks the rules that look at an object as a whole: which elements it has and how often.
pub(crate) fn object(walk: &mut Walk<'_>, node: Node<'_>, ty: TypeId) -> Flow {
    let (mut seen, mut told) = (Slots::default(), Slots::default());
    for child in node.children() {
        let Some(property) = child.property() else {
            element_unknown::check(walk, node, child)?;
            continue;
        };
        let slot = property.slot();
        if !seen.put(slot) && !property.is_list() && told.put(slot) {
            let first = node.children_of(property.element()).find_map(Node::property);
            let rule = if first.map(Property::id) == Some(property.id()) {
                &element_repeated::RULE
            } else {
                &choice_repeated::RULE
            };
            walk.report(rule, child)?;
        }
    }
    element_empty::check_object(walk, node, ty)?;
    for element in REQUIRED.get(ty.index()).into_iter().flatten() {
        if !seen.has(element.slot()) {
            element_missing::check(walk, node, element)?;
        }
    }
    Flow::Continue(())
}

/// Asks the rules that look at a Reference in an element that may lead to `targets`.
pub(crate) fn reference<'a>(walk: &mut Walk<'a>, node: Node<'a>, targets: &[TypeId]) -> Flow {
    let Some((literal, text)) = node
        .child("reference")
        .and_then(|literal| Some((literal, literal.text()?)))
    else {
        return Flow::Continue(());
    };
    if text.is_empty() {
        return Flow::Continue(());
    }
    if let Some(fault) = primitive::uri::fault(&text) {
        return walk.report_more(&primitive::uri::RULE, literal, || fault.into());
    }
    let read = match reference_form::read(&text) {
        Ok(read) => read,
        Err(fault) => return walk.report_more(&reference_form::RULE, literal, || fault.into()),
    };
    match read {
        reference_form::Literal::Local(id) => {
            walk.note_local(id);
            ref_1::check(walk, literal, id)
        }
        reference_form::Literal::Conditional(ty) => reference_target::check(walk, literal, ty, targets),
        reference_form::Literal::Relative { ty, text } => {
            reference_target::check(walk, literal, ty, targets)?;
            let open = walk
                .entries()
                .is_some_and(|entries| entries.is_closed() && !entries.has_id(text));
            if open {
                bundle::bundle_reference::check(walk, literal)
            } else {
                Flow::Continue(())
            }
        }
        reference_form::Literal::Absolute(url) => {
            let found = walk
                .entries()
                .map(|entries| (entries.is_closed(), entries.type_at(url)));
            match found {
                Some((_, Some(ty))) => reference_target::check(walk, literal, ty, targets),
                Some((true, None)) if url.starts_with("urn:") => {
                    bundle::bundle_reference::check(walk, literal)
                }
                _ => Flow::Continue(()),
            }
        }
    }
}
