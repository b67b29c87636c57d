//! The types, elements and properties of FHIR R4 4.0.1, as one table of facts.
//!
//! - A [`TypeId`] names a type: a primitive, a data type, a resource, or a backbone element such as
//!   `Patient.contact`. Everything asked of a type is asked of its id.
//! - An [`Element`] is what the definitions list under a type, in their order: `value[x]` is one element.
//! - A [`Property`] is a JSON key of a type: `value[x]` has `valueQuantity`, `valueString` and so on, every
//!   other element has one.
//!
//! ```
//! use carewire_fhir_model::schema::{Schema, TypeId};
//!
//! let observation = Schema::r4().type_named("Observation").ok_or("no such type")?;
//! let value = observation.element("value").ok_or("no such element")?;
//! assert!(value.is_choice());
//! assert_eq!(value.max(), Some(1));
//! let (element, variant) = observation.element_by_key("valueQuantity").ok_or("no such key")?;
//! assert_eq!((element.path().as_str(), variant), ("Observation.value[x]", TypeId::QUANTITY));
//! assert!(observation.is_a(TypeId::DOMAIN_RESOURCE));
//! # Ok::<(), &str>(())
//! ```
//!
//! Spec: <https://hl7.org/fhir/R4/downloads.html>, package `hl7.fhir.r4.core` 4.0.1.

mod element;
mod fact;
pub(crate) mod key;
mod property;
pub(crate) mod rows;
mod types;

pub use element::{Element, ElementId};
pub use fact::{Binding, BindingStrength, Invariant, JsonForm, Primitive};
pub use property::{Property, PropertyId};
pub use types::{TypeId, TypeKind};

pub(crate) use types::TypeInfo;

/// The schema table. There is one, for R4 4.0.1.
#[derive(Debug)]
pub struct Schema(());

static R4: Schema = Schema(());

impl Schema {
    /// FHIR R4 4.0.1.
    pub const fn r4() -> &'static Self {
        &R4
    }

    /// The FHIR version, `4.0.1`.
    pub const fn version(&self) -> &'static str {
        "4.0.1"
    }

    /// Finds a type by its name: `Patient`, `HumanName`, `dateTime`, or the path of a backbone element,
    /// `Patient.contact`.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::{Schema, TypeId};
    /// assert_eq!(Schema::r4().type_named("Patient"), Some(TypeId::PATIENT));
    /// assert_eq!(Schema::r4().type_named("patient"), None);
    /// ```
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        types::named(name)
    }

    /// Every type, in the order of the names.
    pub fn types(&self) -> impl ExactSizeIterator<Item = TypeId> + Clone {
        (0..rows::TYPE_COUNT as u16).map(TypeId::new)
    }

    /// Finds an element by its path, `Patient.contact.name` or `Observation.value[x]`.
    ///
    /// The path starts at a type and goes through data types and references within the type as well:
    /// `Patient.name.family` is found and is an element of `HumanName`. `[x]` may be left out.
    pub fn element(&self, path: &str) -> Option<&'static Element> {
        let (first, rest) = path.split_once('.')?;
        let mut owner = self.type_named(first)?;
        let mut names = rest.split('.');
        let mut element = owner.element(names.next()?)?;
        for name in names {
            owner = match element.properties() {
                [one] => one.type_id(),
                _ => return None,
            };
            element = owner.element(name)?;
        }
        Some(element)
    }

    /// Every invariant of the definitions, where it is declared, in the order of the paths.
    pub fn invariants(&self) -> impl ExactSizeIterator<Item = Invariant> {
        crate::generated::invariants::ROWS.iter().map(Invariant)
    }
}

#[cfg(test)]
mod tests;
