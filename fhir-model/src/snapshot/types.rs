//! The types that an element may have.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::facts::Facts;
use super::text_of;
use crate::document::Node;
use crate::schema::{Schema, TypeId};

const STRUCTURE: &str = "http://hl7.org/fhir/StructureDefinition/";
const SYSTEM: &str = "http://hl7.org/fhirpath/";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

/// How many types of an element are looked at: the open choice of R4 has 50.
pub(super) const MOST: usize = 256;

/// The canonical URL of a type or profile that is named by either.
pub(super) fn url_of(canonical: &str) -> Cow<'_, str> {
    if canonical.contains(['/', ':']) {
        Cow::Borrowed(canonical)
    } else {
        Cow::Owned(format!("{STRUCTURE}{canonical}"))
    }
}

/// The FHIR type that a `type` of an element definition names. The types of FHIRPath stand for the one in an extension, and
/// else for `string`.
pub(super) fn code_of(ty: Node<'_>) -> String {
    let code = text_of(ty, "code");
    if !code.starts_with(SYSTEM) {
        return code.strip_prefix(STRUCTURE).map(Into::into).unwrap_or(code);
    }
    ty.children_named("extension")
        .find(|one| text_of(*one, "url") == FHIR_TYPE)
        .map_or_else(|| "string".into(), |one| text_of(one, "value"))
}

/// The only profile of a `type`; `None` if it has none or several.
pub(super) fn profile_of(ty: Node<'_>) -> Option<String> {
    let mut profiles = ty.children_named("profile").filter_map(Node::text);
    let profile = profiles.next()?;
    profiles.next().is_none().then(|| profile.into_owned())
}

/// The name that a choice has for one of its types: `valueQuantity` for `value[x]` and `Quantity`.
pub(super) fn key_of(choice: &str, code: &str) -> String {
    let mut key = String::from(choice.strip_suffix("[x]").unwrap_or(choice));
    let mut letters = code.chars();
    key.extend(letters.next().map(|first| first.to_ascii_uppercase()));
    key.extend(letters);
    key
}

/// The type of a choice that has a name.
pub(super) fn of_key<'d>(facts: &Facts<'d>, choice: &str, key: &str) -> Option<Node<'d>> {
    facts
        .nodes("type")
        .take(MOST)
        .find(|ty| key_of(choice, &code_of(*ty)) == key)
}

/// Whether an element that may be of type `base` may be constrained to `code`.
pub(super) fn is_within(code: &str, base: &str) -> bool {
    let named = |name: &str| Schema::r4().type_named(name);
    code == base
        || matches!((named(code), named(base)), (Some(code), Some(base)) if code.is_a(base))
        || (base == "Element" && named(code).is_some_and(|ty| !ty.is_resource()))
}

/// Whether values of a type have codes that can be bound to a value set.
pub(super) fn is_bindable(code: &str) -> bool {
    let bindable = [
        TypeId::CODE,
        TypeId::CODING,
        TypeId::CODEABLE_CONCEPT,
        TypeId::QUANTITY,
        TypeId::STRING,
        TypeId::URI,
    ];
    bindable.iter().any(|ty| ty.name() == code)
        || Schema::r4()
            .type_named(code)
            .is_some_and(|ty| bindable.iter().any(|one| ty.is_a(*one)))
}
