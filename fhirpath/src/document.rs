//! The document of `carewire-fhir-model` as a tree to ask.

use std::borrow::Cow;
use std::ops::ControlFlow;

use carewire_fhir_model::schema::{Property, TypeId, TypeKind};
use carewire_fhir_model::{Node as Place, ValueKind};

use crate::eval::{LOOKED_AT, fingerprint_of, fingerprint_of_text};
use crate::item::Item;
use crate::node::{Name, Node, TypeName, TypeReference};
use crate::value::{Date, Quantity, QuantityUnit};

const UCUM: &str = "http://unitsofmeasure.org";

impl<'d> Node<'d> for Place<'d> {
    #[inline]
    fn each_child<B>(self, name: &Name, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        match self.type_id().and_then(|owner| name.element_of(owner)) {
            Some(element) => self.visit_children_of(element, visit),
            None => self.children_named(name.as_str()).try_for_each(visit),
        }
    }

    #[inline]
    fn each<B>(self, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        self.children().try_for_each(visit)
    }

    #[inline]
    fn is_leaf(self) -> bool {
        self.children().next().is_none()
    }

    fn name(self) -> &'d str {
        Place::name(self)
    }

    /// A primitive of the type the schema gives it; text that is none such stays text.
    #[inline]
    fn value(self) -> Option<Item<'d, Self>> {
        let raw = self.raw_value()?;
        match self.type_id() {
            // Digits and signs are hardly ever escaped.
            Some(own) if reads_as_value(own) => read(own, raw).or_else(|| Some(typed(own, self.text()?))),
            Some(_) => self.text().map(Item::String),
            None => {
                let text = self.text()?;
                Some(match self.value_kind() {
                    ValueKind::Boolean => Item::Boolean(&*text == "true"),
                    ValueKind::Number => text.parse().map_or(Item::String(text), Item::Decimal),
                    _ => Item::String(text),
                })
            }
        }
    }

    fn type_name(self) -> TypeName<'d> {
        TypeName {
            namespace: "FHIR",
            name: self.type_id().map_or("Element", TypeId::name),
        }
    }

    #[inline]
    fn is_type(self, specifier: &TypeReference) -> bool {
        match (self.type_id(), specifier.fhir()) {
            (Some(own), Some(wanted)) => own.is_a(wanted),
            _ => false,
        }
    }

    #[inline]
    fn is_same(self, other: Self) -> bool {
        self == other
    }

    fn is_taken_as(self, specifier: &TypeReference) -> bool {
        match (self.type_id(), specifier.fhir()) {
            (Some(own), Some(wanted)) => own == wanted || !own.is_primitive() && own.is_a(wanted),
            _ => false,
        }
    }

    #[inline]
    fn is_text(self, text: &str) -> Option<bool> {
        (is_plain(self) && Place::has_value(self)).then(|| Place::has_text(self, text))
    }

    #[inline]
    fn boolean(self) -> Option<bool> {
        if self.type_id() != Some(TypeId::BOOLEAN) {
            return match Node::value(self) {
                Some(Item::Boolean(own)) => Some(own),
                _ => None,
            };
        }
        match &*self.text()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    #[inline]
    fn date(self) -> Option<Date> {
        if self.type_id() != Some(TypeId::DATE) {
            return None;
        }
        self.raw_value()?.parse().ok()
    }

    #[inline]
    fn string(self) -> Option<Cow<'d, str>> {
        if Place::has_value(self) {
            string_of(self)
        } else {
            None
        }
    }

    #[inline]
    fn fingerprint(self) -> u64 {
        if Place::has_value(self) {
            return 0;
        }
        let is_backbone = self.property().map(Property::kind) == Some(TypeKind::Backbone);
        if !is_backbone && self.type_id().is_some_and(is_quantity) {
            return 0;
        }
        // Most begin with an id, a URL or a code, without escapes.
        if let Some(text) = self.children().next().and_then(plain_text) {
            return fingerprint_of_text(text);
        }
        let mut children = self.children().take(LOOKED_AT);
        fingerprint_of(|| children.next().map(Node::string))
    }

    fn is_primitive(self) -> bool {
        self.type_id()
            .map_or(Place::has_value(self), TypeId::is_primitive)
    }

    #[inline]
    fn has_value(self) -> bool {
        Place::has_value(self)
    }

    /// A `Quantity` with a value; its unit is UCUM's if its system says so or nothing does.
    fn quantity(self) -> Option<Quantity<'d>> {
        if !is_quantity(self.type_id()?) {
            return None;
        }
        of_texts(|name| self.child(name).and_then(Place::text))
    }

    /// A contained resource of the resource this is in, or an entry of the Bundle the document is.
    fn resolve(self, reference: &str) -> Option<Self> {
        if let Some(id) = reference.strip_prefix('#') {
            let mut line = self.ancestors();
            line.push(self);
            // A contained resource refers to its container's contained ones.
            return line
                .into_iter()
                .rev()
                .filter(|place| place.is_resource())
                .find_map(|resource| {
                    if id.is_empty() {
                        let inside = resource.parent().is_some() && Place::name(resource) == "contained";
                        return (!inside).then_some(resource);
                    }
                    resource
                        .children_named("contained")
                        .find(|one| has_text(*one, "id", id))
                });
        }
        let root = self.document().root();
        if root.type_id() != Some(TypeId::BUNDLE) {
            return None;
        }
        let wanted = reference_key(reference);
        let mut found = None;
        self.each_target(&mut |key, target| {
            if found.is_none() && key == wanted {
                found = Some(target);
            }
        });
        found
    }

    fn tree(self) -> usize {
        std::ptr::from_ref(self.document()).addr()
    }

    /// The entries of the Bundle that the document is.
    fn each_target(self, visit: &mut dyn FnMut(Cow<'d, str>, Self)) {
        let root = self.document().root();
        if root.type_id() != Some(TypeId::BUNDLE) {
            return;
        }
        for entry in root.children_named("entry") {
            let Some(resource) = entry.child("resource") else {
                continue;
            };
            if let Some(url) = entry.child("fullUrl").and_then(Place::text) {
                visit(url, resource);
            }
            if let (Some(own), Some(id)) = (resource.type_id(), resource.child("id").and_then(Place::text)) {
                visit(Cow::Owned(format!("{}/{id}", own.name())), resource);
            }
        }
    }

    fn path(self) -> String {
        Place::path(self)
    }

    fn offset(self) -> Option<usize> {
        Some(Place::offset(self))
    }
}

/// The value of a primitive of a type; text that is none such stays text.
pub(crate) fn typed<'a, N>(own: TypeId, text: Cow<'a, str>) -> Item<'a, N> {
    read(own, &text).unwrap_or(Item::String(text))
}

/// The value that a text is of a type whose values are no strings.
fn read<'a, N>(own: TypeId, text: &str) -> Option<Item<'a, N>> {
    match own {
        TypeId::DATE => text.parse().ok().map(Item::Date),
        TypeId::BOOLEAN => match text {
            "true" => Some(Item::Boolean(true)),
            "false" => Some(Item::Boolean(false)),
            _ => None,
        },
        TypeId::INTEGER | TypeId::UNSIGNED_INT | TypeId::POSITIVE_INT => text.parse().ok().map(Item::Integer),
        TypeId::DECIMAL => text.parse().ok().map(Item::Decimal),
        TypeId::DATE_TIME | TypeId::INSTANT => text.parse().ok().map(Item::DateTime),
        TypeId::TIME => text.parse().ok().map(Item::Time),
        _ => None,
    }
}

/// The quantity that the elements of a `Quantity` make. Its unit is UCUM's if its system says so or nothing does.
pub(crate) fn of_texts<'a>(text: impl Fn(&str) -> Option<Cow<'a, str>>) -> Option<Quantity<'a>> {
    let value = text("value")?.parse().ok()?;
    let unit = match (text("system"), text("code")) {
        (Some(system), Some(code)) if system == UCUM => QuantityUnit::Ucum(code),
        (_, Some(code)) => QuantityUnit::Other(code),
        (_, None) => match text("unit") {
            Some(unit) => QuantityUnit::Other(unit),
            None => QuantityUnit::Ucum(Cow::Borrowed("1")),
        },
    };
    Some(Quantity { value, unit })
}

/// What a reference is looked up by: an absolute one whole, a relative one by type and id; the version is left out.
pub(crate) fn reference_key(reference: &str) -> &str {
    let unversioned = reference
        .split_once("/_history/")
        .map_or(reference, |(before, _)| before);
    if reference.contains(':') {
        return unversioned;
    }
    let mut slashes = unversioned.rmatch_indices('/').map(|(at, _)| at);
    match slashes.nth(1) {
        Some(at) => unversioned.get(at + 1..).unwrap_or(unversioned),
        None => unversioned,
    }
}

/// True for the primitives whose values are no strings.
#[inline]
pub(crate) fn reads_as_value(own: TypeId) -> bool {
    matches!(
        own,
        TypeId::BOOLEAN
            | TypeId::INTEGER
            | TypeId::UNSIGNED_INT
            | TypeId::POSITIVE_INT
            | TypeId::DECIMAL
            | TypeId::DATE
            | TypeId::DATE_TIME
            | TypeId::INSTANT
            | TypeId::TIME
    )
}

/// True for `Quantity` and the types derived from it, of which none is derived further.
#[inline]
fn is_quantity(own: TypeId) -> bool {
    own == TypeId::QUANTITY || own.base() == Some(TypeId::QUANTITY)
}

/// The value of a place that has one, if that is a string.
fn string_of(place: Place<'_>) -> Option<Cow<'_, str>> {
    match place.type_id() {
        Some(own) if !reads_as_value(own) => place.text(),
        _ => match Node::value(place) {
            Some(Item::String(own)) => Some(own),
            _ => None,
        },
    }
}

/// Whether a place is of a primitive type whose values are texts.
#[inline]
fn is_plain(place: Place<'_>) -> bool {
    place
        .property()
        .is_some_and(|own| own.kind() == TypeKind::Primitive && !reads_as_value(own.type_id()))
}

/// The text of a primitive whose value is a string that is written without escapes.
#[inline]
fn plain_text(place: Place<'_>) -> Option<&str> {
    if !is_plain(place) {
        return None;
    }
    match place.text()? {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

fn has_text(place: Place<'_>, name: &str, text: &str) -> bool {
    place
        .child(name)
        .and_then(Place::text)
        .is_some_and(|own| own == text)
}

#[cfg(test)]
mod tests {
    use carewire_fhir_model::schema::Schema;

    use super::*;

    #[test]
    fn quantities_are_one_level_deep() {
        let mut found = 0;
        for own in Schema::r4().types() {
            assert_eq!(is_quantity(own), own.is_a(TypeId::QUANTITY), "{}", own.name());
            found += usize::from(is_quantity(own));
        }
        assert!(found > 4);
    }
}
