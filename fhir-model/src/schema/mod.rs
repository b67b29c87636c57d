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
//! What a form or a table of a type needs is a walk over its elements:
//!
//! ```
//! use carewire_fhir_model::schema::{BindingStrength, Schema};
//!
//! let communication = Schema::r4().type_named("Patient.communication").ok_or("no such type")?;
//! let fields: Vec<String> = communication
//!     .elements()
//!     .iter()
//!     .filter(|one| !matches!(one.name(), "id" | "extension" | "modifierExtension"))
//!     .map(|one| {
//!         let types: Vec<_> = one.types().map(|ty| ty.name()).collect();
//!         let max = one.max().map_or("*".to_owned(), |max| max.to_string());
//!         let bound = one.binding().map_or("", |one| match one.strength() {
//!             BindingStrength::Required => " required",
//!             _ => " bound",
//!         });
//!         format!("{} {} {}..{max} {}{bound}", one.slot(), one.name(), one.min(), types.join("|"))
//!     })
//!     .collect();
//! assert_eq!(fields, ["3 language 1..1 CodeableConcept bound", "4 preferred 0..1 boolean"]);
//! let active = Schema::r4().element("Patient.active").ok_or("no such element")?;
//! assert!(active.is_modifier() && active.is_summary());
//! # Ok::<(), &str>(())
//! ```
//!
//! [`SearchParameter`]s and [`Compartment`]s are tables as well.
//!
//! Spec: <https://hl7.org/fhir/R4/downloads.html>, package `hl7.fhir.r4.core` 4.0.1.

mod compartment;
mod element;
mod fact;
pub(crate) mod key;
mod property;
pub(crate) mod rows;
mod search;
mod types;

pub use compartment::Compartment;
pub use element::{Element, ElementId};
pub use fact::{Binding, BindingStrength, Invariant, JsonForm, Primitive};
pub use property::{Property, PropertyId};
pub use search::{SearchComponent, SearchParameter, SearchType};
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
    /// `Patient.name.family` is found and is an element of `HumanName`. `[x]` may be left out. Where the path goes into a choice it
    /// says which type by the JSON key.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::{Schema, TypeId};
    /// let unit = Schema::r4().element("Observation.component.valueQuantity.unit").ok_or("no such element")?;
    /// assert_eq!((unit.owner(), unit.name()), (TypeId::QUANTITY, "unit"));
    /// assert_eq!(Schema::r4().element("Observation.component.value.unit"), None);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn element(&self, path: &str) -> Option<&'static Element> {
        let (first, rest) = path.split_once('.')?;
        let mut owner = self.type_named(first)?;
        let mut names = rest.split('.').peekable();
        loop {
            let name = names.next()?;
            let element = owner.element(name);
            if names.peek().is_none() {
                return element;
            }
            owner = match element.map(Element::properties) {
                Some([one]) => one.type_id(),
                Some(_) => return None,
                None => owner.property(name)?.type_id(),
            };
        }
    }

    /// Every invariant of the definitions, where it is declared, in the order of the paths.
    pub fn invariants(&self) -> impl ExactSizeIterator<Item = Invariant> {
        crate::generated::invariants::ROWS.iter().map(Invariant)
    }

    /// Every search parameter of the standard, in the order of the ids: 1,400, of which 1,384 have an expression. Those of a
    /// resource are at [`TypeId::search_parameters`].
    pub fn search_parameters(&self) -> impl ExactSizeIterator<Item = SearchParameter> + Clone {
        search::all()
    }

    /// Finds a search parameter by its canonical URL.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::Schema;
    /// let found = Schema::r4().search_parameter("http://hl7.org/fhir/SearchParameter/Patient-birthdate");
    /// assert_eq!(found.map(|one| one.code()), None);
    /// let found = Schema::r4().search_parameter("http://hl7.org/fhir/SearchParameter/individual-birthdate");
    /// assert_eq!(found.map(|one| one.code()), Some("birthdate"));
    /// ```
    pub fn search_parameter(&self, url: &str) -> Option<SearchParameter> {
        search::by_url(url)
    }

    /// The compartments of the standard: those of devices, encounters, patients, practitioners and related persons.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::Schema;
    /// let names: Vec<_> = Schema::r4().compartments().map(|one| one.type_id().name()).collect();
    /// assert_eq!(names, ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]);
    /// ```
    pub fn compartments(&self) -> impl Iterator<Item = Compartment> + Clone {
        compartment::all()
    }
}

#[cfg(test)]
mod tests;
