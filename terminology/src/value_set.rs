//! Value sets read from FHIR resources.

mod evaluate;
mod filter;
mod json;

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use self::filter::Filter;
use crate::registry::Visit;
use crate::{
    Canonical, Error, ErrorKind, Expand, ExpandRequest, Expansion, Limits, Registry, ValidateCode,
    ValidateCodeRequest, ValidateCodeResponse,
};

/// A value set, compiled from a FHIR R4 `ValueSet` resource.
///
/// Alone it answers from the codes that it lists. What it takes from whole code systems, by filters or from other
/// value sets is known to a [`Registry`] that has those: [add](Registry::add_value_set) the value set and ask there.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{ValidateCode, ValidateCodeRequest, ValueSet};
/// let warm = ValueSet::from_json(br#"{"resourceType": "ValueSet", "url": "http://example.org/warm",
///   "compose": {"include": [{"system": "http://example.org/colour",
///                            "concept": [{"code": "red"}, {"code": "orange", "display": "Orange"}]}]}}"#)?;
/// assert!(warm.validate_code(&ValidateCodeRequest::in_value_set("http://example.org/warm", "red"))?.result);
/// assert!(!warm.validate_code(&ValidateCodeRequest::in_value_set("http://example.org/warm", "blue"))?.result);
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
///
/// Spec: FHIR R4, [ValueSet](http://hl7.org/fhir/R4/valueset.html).
#[derive(Clone)]
pub struct ValueSet {
    url: Box<str>,
    version: Option<Box<str>>,
    include: Vec<Include>,
    exclude: Vec<Include>,
    /// `compose.inactive` is false: inactive codes are left out.
    active_only: bool,
}

/// What a value set takes from one place. Its parts must all hold.
#[derive(Clone, Default)]
struct Include {
    /// A canonical.
    system: Option<Box<str>>,
    concept: Option<Concepts>,
    filter: Vec<Filter>,
    /// Canonicals.
    value_set: Vec<Box<str>>,
}

/// Codes in their order, found by hash.
#[derive(Clone, Default)]
struct Concepts {
    list: Vec<Concept>,
    by_code: HashMap<Box<str>, u32>,
}

#[derive(Clone)]
struct Concept {
    code: Box<str>,
    display: Option<Box<str>>,
    inactive: bool,
    abstract_code: bool,
}

impl Concepts {
    fn find(&self, code: &str) -> Option<&Concept> {
        self.by_code.get(code).and_then(|it| self.list.get(*it as usize))
    }

    /// Adds a concept; of several with one code the first is kept.
    fn push(&mut self, concept: Concept) {
        if let Entry::Vacant(place) = self.by_code.entry(concept.code.clone()) {
            place.insert(self.list.len() as u32);
            self.list.push(concept);
        }
    }
}

/// What a value set alone may ask: nothing.
static ALONE: Registry = Registry::new();

impl ValueSet {
    /// Reads a FHIR R4 `ValueSet` resource in JSON, under the default [`Limits`].
    ///
    /// Its definition, `compose`, decides; a stored `expansion` is used when there is no definition. Filters are those
    /// that a code system's look-up and hierarchy can answer: `=`, `in`, `not-in` and `exists` of any property, and
    /// `is-a`, `is-not-a`, `descendent-of` and `generalizes` of `concept`.
    ///
    /// # Errors
    ///
    /// [`InvalidJson`](ErrorKind::InvalidJson) with line and column, [`WrongResource`](ErrorKind::WrongResource),
    /// [`MissingElement`](ErrorKind::MissingElement), [`InvalidElement`](ErrorKind::InvalidElement),
    /// [`NotSupported`](ErrorKind::NotSupported) for the filter `regex`, and [`Limit`](ErrorKind::Limit).
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Self::from_json_with(json, &Limits::DEFAULT)
    }

    /// [`from_json`](Self::from_json) under limits of the caller's.
    ///
    /// # Errors
    ///
    /// Those of [`from_json`](Self::from_json).
    pub fn from_json_with(json: &[u8], limits: &Limits) -> Result<Self, Error> {
        json::read(json, limits)
    }

    /// The canonical URL, without version.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    fn is_for(&self, canonical: Option<&str>) -> Result<(), Error> {
        let same = canonical
            .map(Canonical::parse)
            .is_none_or(|it| it.names(self.url(), self.version()));
        if same {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::UnknownValueSet))
        }
    }
}

impl ValidateCode for ValueSet {
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        self.is_for(request.value_set)?;
        let left = Cell::new(ALONE.limits().concepts);
        self.validate_in(&ALONE, request, Visit::new(&left))
    }
}

impl Expand for ValueSet {
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error> {
        self.is_for(Some(request.url))?;
        let left = Cell::new(ALONE.limits().concepts);
        Ok(request.select(self.codes_in(&ALONE, Visit::new(&left))?.into_iter()))
    }
}

impl fmt::Debug for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValueSet")
            .field("url", &self.url)
            .field("version", &self.version)
            .field("include", &self.include.len())
            .field("exclude", &self.exclude.len())
            .finish()
    }
}
