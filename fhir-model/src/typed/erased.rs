//! Copying, comparing and showing typed values, written once over their fields.

use alloc::vec::Vec;
use core::fmt;

use super::Extra;
use super::fields::{Fields, Refused, Slot, Value, Visit};
use super::leaf::Raw;

/// Copies what `from` holds into `to`, which is new and of the same type.
pub(crate) fn copy(from: &dyn Fields, to: &mut dyn Fields) {
    if !is_blank(from.extra()) {
        *to.extra_mut() = from.extra().clone();
    }
    from.visit(&mut Copy { to });
}

fn is_blank(extra: &Extra) -> bool {
    extra.0.is_none()
}

struct Copy<'t> {
    to: &'t mut dyn Fields,
}

impl<'a> Visit<'a> for Copy<'_> {
    fn field(&mut self, element: u8, variant: u8, value: Value<'a>) {
        let Some(slot) = self.to.slot(element) else { return };
        // A field takes what a field of the same type holds.
        let _taken = match value {
            Value::List(list) => (0..list.len()).try_for_each(|at| {
                let value = list.at(at).ok_or(Refused::Misfit)?;
                copy_value(value, variant, list.len(), slot)
            }),
            one => copy_value(one, variant, 1, slot),
        };
    }
}

fn copy_value(value: Value<'_>, variant: u8, hint: usize, slot: &mut dyn Slot) -> Result<(), Refused> {
    match value {
        Value::Leaf(leaf) => slot.leaf(variant, Raw::Leaf(leaf), hint),
        Value::Node(node) => slot
            .node(variant, node.fhir_type(), hint)
            .map(|to| copy(node, to)),
        Value::Resource(resource) => match (resource.fields(), resource.json()) {
            (Some(node), _) => slot
                .node(variant, node.fhir_type(), hint)
                .map(|to| copy(node, to)),
            (None, json) => slot.other(json.unwrap_or_default(), hint),
        },
        Value::List(_) => Err(Refused::Misfit),
    }
}

/// Whether two values are equal, field by field.
pub(crate) fn equal(a: &dyn Fields, b: &dyn Fields) -> bool {
    let ty = a.fhir_type();
    if ty != b.fhir_type() || a.extra() != b.extra() {
        return false;
    }
    let (mut left, mut right) = (Shown(Vec::new()), Shown(Vec::new()));
    a.visit(&mut left);
    b.visit(&mut right);
    let same = |(a, b): (&Field<'_>, &Field<'_>)| (a.0, a.1) == (b.0, b.1) && equal_values(a.2, b.2);
    left.0.len() == right.0.len() && left.0.iter().zip(&right.0).all(same)
}

/// Number, alternative, value.
type Field<'a> = (u8, u8, Value<'a>);

/// The fields that are there.
struct Shown<'a>(Vec<Field<'a>>);

impl<'a> Visit<'a> for Shown<'a> {
    fn field(&mut self, element: u8, variant: u8, value: Value<'a>) {
        self.0.push((element, variant, value));
    }
}

/// Whether two values of a choice are equal.
pub(crate) fn equal_choices(a: (u8, Value<'_>), b: (u8, Value<'_>)) -> bool {
    a.0 == b.0 && equal_values(a.1, b.1)
}

fn equal_values(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Leaf(a), Value::Leaf(b)) => a == b,
        (Value::Node(a), Value::Node(b)) => equal(a, b),
        (Value::Resource(a), Value::Resource(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len()
                && (0..a.len()).all(|at| match (a.at(at), b.at(at)) {
                    (Some(a), Some(b)) => equal_values(a, b),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// Shows the structure: names, lengths and counts, no text.
pub(crate) fn debug(value: &dyn Fields, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    struct Show<'f, 'b, 'c> {
        ty: crate::schema::TypeId,
        out: &'f mut fmt::DebugStruct<'b, 'c>,
    }

    impl<'a> Visit<'a> for Show<'_, '_, '_> {
        fn field(&mut self, element: u8, _: u8, value: Value<'a>) {
            let name = self
                .ty
                .elements()
                .get(usize::from(element))
                .map_or("", |one| one.name());
            self.out.field(name, &value);
        }
    }

    let ty = value.fhir_type();
    let mut out = f.debug_struct(ty.name());
    if let Some(inner) = &value.extra().0 {
        if let Some(id) = &inner.id {
            out.field("id", id);
        }
        if !inner.extension.is_empty() {
            out.field("extension", &inner.extension);
        }
        if !inner.modifier_extension.is_empty() {
            out.field("modifierExtension", &inner.modifier_extension);
        }
    }
    value.visit(&mut Show { ty, out: &mut out });
    if let Some(inner) = &value.extra().0 {
        if !inner.primitives.is_empty() {
            out.field("primitives", &inner.primitives.len());
        }
        if !inner.unknown.is_empty() {
            out.field("unknown", &inner.unknown);
        }
    }
    out.finish()
}
