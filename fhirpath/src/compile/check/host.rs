//! What functions of the host take and give, as their signatures say.

use carewire_fhir_model::schema::TypeId;

use super::{Checker, Types};
use crate::ast::{Expression, Identifier, Span};
use crate::compile::types::Type;
use crate::node::SYSTEM_TYPES;
use crate::signature::{Declared, Signature};

impl Checker<'_> {
    /// Sees that a call fits the signature, and gives the types of its result.
    pub(super) fn host_function(
        &mut self,
        signature: &Signature,
        input: &Types,
        name: &Identifier,
        arguments: &[Expression],
        this: &Types,
    ) -> Types {
        if let Some(declared) = &signature.input {
            let what = format!("the input of `{}`", signature.name);
            self.fits(&what, name.span, input, declared);
        }
        for (at, argument) in arguments.iter().enumerate() {
            let given = self.types(argument, this);
            if let Some(parameter) = signature.parameters.get(at) {
                let what = format!("`{}` of `{}`", parameter.name, signature.name);
                self.fits(&what, argument.span, &given, &parameter.takes);
            }
        }
        signature.result.as_ref().map_or_else(Types::any, result)
    }

    fn fits(&mut self, what: &str, span: Span, given: &Types, declared: &Declared) {
        if given.many && !declared.many {
            let message = format!(
                "expected one item as {what}, there may be several: `first()`, `single()` or a filter leaves one"
            );
            self.warn("not-singular", span, message);
        }
        if given.never(|kind| takes(declared, kind)) {
            let mut message = format!(
                "expected {} as {what}, found {}",
                declared.reference.name(),
                given.describe()
            );
            if let Some(function) = conversion(declared, given) {
                message.push_str(": `");
                message.push_str(function);
                message.push_str("()` converts it");
            }
            self.fault("wrong-type", span, message);
        }
    }
}

/// The types that a declared one stands for.
fn result(declared: &Declared) -> Types {
    let types = match (declared.reference.fhir(), system_name(declared)) {
        (Some(own), _) => Types::of([Type::Fhir(own)]),
        (None, Some(name)) => Types::system(name),
        (None, None) => Types::any(),
    };
    Types {
        many: declared.many,
        ..types
    }
}

/// The declared type of the System model; none for `Any` and for types of other models.
fn system_name(declared: &Declared) -> Option<&'static str> {
    let named = |name: &&&'static str| **name != "Any" && declared.reference.is_named("System", name);
    SYSTEM_TYPES.iter().find(named).copied()
}

/// True if an item of a type may be what is declared: it is of that type, one derived from it or one it is derived from, or
/// FHIRPath converts it by itself.
fn takes(declared: &Declared, given: Type) -> bool {
    match (declared.reference.fhir(), given) {
        (Some(wanted), Type::Fhir(own)) if own.is_a(wanted) || wanted.is_a(own) => true,
        (Some(wanted), _) => match (value_of(Type::Fhir(wanted)), value_of(given)) {
            (Some(wanted), Some(own)) => converts(own, wanted),
            _ => false,
        },
        (None, _) => match (system_name(declared), value_of(given)) {
            (Some(wanted), Some(own)) => converts(own, wanted),
            (Some(_), None) => false,
            (None, _) => true,
        },
    }
}

/// The type of the System model that an item's value is of; none for what has no value.
fn value_of(kind: Type) -> Option<&'static str> {
    Some(match kind {
        Type::System(name) => name,
        Type::Fhir(TypeId::BOOLEAN) => "Boolean",
        Type::Fhir(TypeId::INTEGER | TypeId::UNSIGNED_INT | TypeId::POSITIVE_INT) => "Integer",
        Type::Fhir(TypeId::DECIMAL) => "Decimal",
        Type::Fhir(TypeId::DATE) => "Date",
        Type::Fhir(TypeId::DATE_TIME | TypeId::INSTANT) => "DateTime",
        Type::Fhir(TypeId::TIME) => "Time",
        Type::Fhir(own) if own.is_primitive() => "String",
        Type::Fhir(own) if own.is_a(TypeId::QUANTITY) => "Quantity",
        Type::Fhir(_) => return None,
    })
}

/// True if a value is of a type, or becomes one without being asked to.
///
/// Spec: FHIRPath 2.0.0, 5.5 Conversion, the table of implicit conversions.
fn converts(own: &str, wanted: &str) -> bool {
    own == wanted
        || matches!(
            (own, wanted),
            ("Integer" | "Long", "Decimal" | "Quantity" | "Long" | "Integer")
                | ("Decimal", "Quantity")
                | ("Date", "DateTime")
        )
}

/// The function that makes of what is given what is declared, for values.
fn conversion(declared: &Declared, given: &Types) -> Option<&'static str> {
    let has_value = |kind: &Type| value_of(*kind).is_some();
    if !given.kinds.as_ref()?.iter().all(has_value) {
        return None;
    }
    let wanted = match declared.reference.fhir() {
        Some(own) => value_of(Type::Fhir(own)),
        None => system_name(declared),
    };
    Some(match wanted? {
        "Boolean" => "toBoolean",
        "Integer" => "toInteger",
        "Decimal" => "toDecimal",
        "String" => "toString",
        "Date" => "toDate",
        "DateTime" => "toDateTime",
        "Time" => "toTime",
        "Quantity" => "toQuantity",
        _ => return None,
    })
}
