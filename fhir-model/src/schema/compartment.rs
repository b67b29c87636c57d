//! Compartments: what belongs to a patient, an encounter and so on.

use alloc::string::String;
use core::fmt;

use super::TypeId;
use super::rows::{CompartmentRow, Text};
use crate::generated::compartments::ROWS;

/// The compartment of a type of resource: which resources belong to one of it, and by which search parameters.
/// `Debug` shows the type.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::schema::TypeId;
///
/// let patient = TypeId::PATIENT.compartment().ok_or("no such compartment")?;
/// // An observation belongs to a patient that is its subject or a performer.
/// assert!(patient.codes(TypeId::OBSERVATION).eq(["subject", "performer"]));
/// assert_eq!(patient.codes(TypeId::MEDICATION).count(), 0);
/// assert_eq!(patient.resources().count(), 66);
/// assert!(TypeId::OBSERVATION.compartment().is_none());
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: FHIR R4, [Compartments](https://hl7.org/fhir/R4/compartmentdefinition.html).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Compartment(TypeId);

pub(super) fn all() -> impl Iterator<Item = Compartment> + Clone {
    let types = ROWS.iter().map(|row| row.compartment);
    let before = core::iter::once(None).chain(ROWS.iter().map(|row| Some(row.compartment)));
    types
        .zip(before)
        .filter(|(ty, before)| Some(*ty) != *before)
        .map(|(ty, _)| Compartment(ty))
}

impl TypeId {
    /// The compartment of a type; five types have one.
    pub fn compartment(self) -> Option<Compartment> {
        all().find(|one| one.0 == self)
    }
}

impl Compartment {
    /// The type it is the compartment of.
    pub fn type_id(self) -> TypeId {
        self.0
    }

    /// The canonical URL of its definition.
    pub fn url(self) -> String {
        let mut name = String::from(self.0.name());
        // `relatedPerson`
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        format!("http://hl7.org/fhir/CompartmentDefinition/{name}")
    }

    /// The resources that may belong to it, in the order of their names.
    pub fn resources(self) -> impl Iterator<Item = TypeId> + Clone {
        self.rows().iter().map(|row| row.resource)
    }

    /// The codes of the search parameters by which a resource of a type belongs to it; none if it does not. `{def}`
    /// stands for the resource itself, which is the compartment's own.
    pub fn codes(self, resource: TypeId) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        let rows = self.rows();
        let place = rows.binary_search_by_key(&resource, |row| row.resource).ok();
        let codes = place
            .and_then(|place| rows.get(place))
            .map_or(&[][..], |row| row.codes);
        codes.iter().copied().map(Text::get)
    }

    fn rows(self) -> &'static [CompartmentRow] {
        let start = ROWS.partition_point(|row| row.compartment < self.0);
        let end = ROWS.partition_point(|row| row.compartment <= self.0);
        ROWS.get(start..end).unwrap_or_default()
    }
}

impl fmt::Debug for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}
