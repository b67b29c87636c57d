//! Search parameters.

use alloc::string::String;
use core::fmt;

use super::TypeId;
use super::rows::{SearchPart, SearchRow};
use crate::generated::{search, search_index};

const URL: &str = "http://hl7.org/fhir/SearchParameter/";

/// A search parameter of the standard. `Debug` shows its id.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::schema::{SearchType, TypeId};
///
/// let subject = TypeId::OBSERVATION.search_parameter("subject").ok_or("no such parameter")?;
/// assert_eq!((subject.kind(), subject.expression()), (SearchType::Reference, Some("Observation.subject")));
/// assert_eq!(subject.targets(), [TypeId::GROUP, TypeId::DEVICE, TypeId::PATIENT, TypeId::LOCATION]);
/// assert_eq!(subject.url(), "http://hl7.org/fhir/SearchParameter/Observation-subject");
/// // What every resource has is found as well.
/// assert!(TypeId::OBSERVATION.search_parameter("_lastUpdated").is_some());
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: FHIR R4, [Search Parameter Registry](https://hl7.org/fhir/R4/searchparameter-registry.html).
#[derive(Clone, Copy)]
pub struct SearchParameter(&'static SearchRow);

/// What a search parameter takes.
///
/// Spec: <https://hl7.org/fhir/R4/search.html#ptypes>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchType {
    /// A number.
    Number,
    /// A date or time, or a part of one.
    Date,
    /// A text.
    String,
    /// A code, an identifier, a boolean.
    Token,
    /// A reference to another resource.
    Reference,
    /// Several parameters on one value.
    Composite,
    /// A quantity with a unit.
    Quantity,
    /// A URI.
    Uri,
    /// Whatever the parameter says.
    Special,
}

impl SearchType {
    /// The code of the standard: `token` and so on.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}

pub(super) fn all() -> impl ExactSizeIterator<Item = SearchParameter> + Clone {
    search::ROWS.iter().map(SearchParameter)
}

pub(super) fn by_url(url: &str) -> Option<SearchParameter> {
    by_id(url.strip_prefix(URL)?)
}

fn by_id(id: &str) -> Option<SearchParameter> {
    let place = search::ROWS.binary_search_by(|row| row.id.get().cmp(id)).ok()?;
    search::ROWS.get(place).map(SearchParameter)
}

/// The parameters that a type has itself, in the order of their codes.
fn own(ty: TypeId) -> &'static [u16] {
    let rows = &search_index::BY_TYPE;
    let place = rows.binary_search_by_key(&ty.0, |(ty, _)| *ty).ok();
    place
        .and_then(|place| rows.get(place))
        .map_or(&[], |(_, numbers)| *numbers)
}

fn numbered(number: u16) -> Option<SearchParameter> {
    search::ROWS.get(usize::from(number)).map(SearchParameter)
}

impl TypeId {
    /// The search parameters of a resource, in the order of their codes; then those that all resources have.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// let codes: Vec<_> = TypeId::BASIC.search_parameters().map(|one| one.code()).collect();
    /// assert_eq!(codes[..6], ["author", "code", "created", "identifier", "patient", "subject"]);
    /// assert!(codes.contains(&"_id") && codes.contains(&"_text"));
    /// ```
    pub fn search_parameters(self) -> impl Iterator<Item = SearchParameter> {
        let line = core::iter::successors(Some(self), |ty| ty.base());
        line.flat_map(|ty| own(ty).iter().filter_map(|number| numbered(*number)))
    }

    /// Finds a search parameter of a resource by its code, those that all resources have included.
    pub fn search_parameter(self, code: &str) -> Option<SearchParameter> {
        let mut line = core::iter::successors(Some(self), |ty| ty.base());
        line.find_map(|ty| {
            let numbers = own(ty);
            let place =
                numbers.partition_point(|number| numbered(*number).is_some_and(|one| one.code() < code));
            let found = numbers.get(place).and_then(|number| numbered(*number));
            found.filter(|one| one.code() == code)
        })
    }
}

impl SearchParameter {
    /// Its id, `Observation-subject`.
    pub fn id(self) -> &'static str {
        self.0.id.get()
    }

    /// Its canonical URL.
    pub fn url(self) -> String {
        format!("{URL}{}", self.id())
    }

    /// The name in a query: `birthdate` of `Patient?birthdate=1970`.
    pub fn code(self) -> &'static str {
        self.0.code.get()
    }

    /// What it takes.
    pub fn kind(self) -> SearchType {
        self.0.kind
    }

    /// The FHIRPath expression of the values that it searches, from the resource on. `None` for those that are worked out otherwise,
    /// such as `_text`.
    pub fn expression(self) -> Option<&'static str> {
        Some(self.0.expression.get()).filter(|text| !text.is_empty())
    }

    /// The resources that have it. Ten parameters are declared without any.
    pub fn bases(self) -> &'static [TypeId] {
        set(self.0.bases)
    }

    /// The resources that a reference may be to; empty for what is no reference.
    pub fn targets(self) -> &'static [TypeId] {
        set(self.0.targets)
    }

    /// What a composite parameter is made of, in order.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// let composite = TypeId::OBSERVATION.search_parameter("code-value-quantity").ok_or("no such parameter")?;
    /// let parts: Vec<_> = composite.components().map(|one| (one.parameter().map(|one| one.code()), one.expression())).collect();
    /// assert_eq!(parts, [(Some("code"), "code"), (Some("value-quantity"), "value.as(Quantity)")]);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn components(self) -> impl ExactSizeIterator<Item = SearchComponent> + Clone {
        let first = usize::from(self.0.first_component);
        let parts = search_index::PARTS.get(first..first + usize::from(self.0.components));
        parts.unwrap_or_default().iter().map(SearchComponent)
    }
}

fn set(number: u16) -> &'static [TypeId] {
    usize::from(number)
        .checked_sub(1)
        .and_then(|place| search_index::SETS.get(place))
        .map_or(&[], |set| *set)
}

impl PartialEq for SearchParameter {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

impl Eq for SearchParameter {}

impl fmt::Debug for SearchParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A part of a composite search parameter.
///
/// # Examples
///
/// See [`SearchParameter::components`].
#[derive(Clone, Copy)]
pub struct SearchComponent(&'static SearchPart);

impl SearchComponent {
    /// The parameter that says how its value is matched.
    pub fn parameter(self) -> Option<SearchParameter> {
        by_id(self.0.definition.get())
    }

    /// The FHIRPath expression of its value, from what the composite's own expression gives.
    pub fn expression(self) -> &'static str {
        self.0.expression.get()
    }
}

impl fmt::Debug for SearchComponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.definition.get())
    }
}
