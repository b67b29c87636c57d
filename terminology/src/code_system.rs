//! Code systems read from FHIR resources.

mod json;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::{
    Canonical, Designation, Error, ErrorKind, Expand, ExpandRequest, Expansion, ExpansionContains, Limits,
    Lookup, LookupRequest, LookupResponse, Property, Subsumes, SubsumesOutcome, SubsumesRequest,
    ValidateCode, ValidateCodeIssue, ValidateCodeRequest, ValidateCodeResponse,
};

/// A code system, compiled from a FHIR R4 `CodeSystem` resource.
///
/// Its `content` must be `complete`: of a fragment nobody can say that a code is *not* in it.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{CodeSystem, Subsumes, SubsumesOutcome, SubsumesRequest};
/// let colours = CodeSystem::from_json(br#"{"resourceType": "CodeSystem", "url": "http://example.org/colour",
///   "content": "complete", "concept": [{"code": "red", "concept": [{"code": "crimson"}]}, {"code": "blue"}]}"#)?;
/// let request = SubsumesRequest::new("http://example.org/colour", "red", "crimson");
/// assert_eq!(colours.subsumes(&request)?, SubsumesOutcome::Subsumes);
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
///
/// Spec: FHIR R4, [CodeSystem](http://hl7.org/fhir/R4/codesystem.html).
#[derive(Clone)]
pub struct CodeSystem {
    url: Box<str>,
    version: Option<Box<str>>,
    name: Box<str>,
    /// The URL of the value set of all codes.
    value_set: Option<Box<str>>,
    case_sensitive: bool,
    /// In the order of the resource, a parent before its children.
    concepts: Vec<Concept>,
    /// By code, folded to lower case unless the system is case sensitive.
    by_code: HashMap<Box<str>, u32>,
}

#[derive(Clone)]
struct Concept {
    code: Box<str>,
    display: Option<Box<str>>,
    definition: Option<Box<str>>,
    /// Language and text.
    designation: Vec<(Option<Box<str>>, Box<str>)>,
    /// Code and value.
    property: Vec<(Box<str>, Box<str>)>,
    /// Those above it: where it is nested, and what `parent` and `child` properties say.
    parents: Vec<u32>,
    inactive: bool,
    abstract_code: bool,
}

impl CodeSystem {
    /// Reads a FHIR R4 `CodeSystem` resource in JSON, under the default [`Limits`].
    ///
    /// The hierarchy is the nesting of concepts together with the properties `parent` and `child`. A concept is
    /// inactive by the property `inactive`, or by a `status` of `retired` or `inactive`; it is abstract by
    /// `notSelectable`. Without `caseSensitive` codes compare exactly.
    ///
    /// # Errors
    ///
    /// [`InvalidJson`](ErrorKind::InvalidJson) with line and column, [`WrongResource`](ErrorKind::WrongResource),
    /// [`MissingElement`](ErrorKind::MissingElement), [`InvalidElement`](ErrorKind::InvalidElement) for a code that
    /// comes twice or a parent that is not there, [`NotSupported`](ErrorKind::NotSupported) for a `content` other
    /// than `complete`, [`Limit`](ErrorKind::Limit), and [`Circular`](ErrorKind::Circular) for a concept above itself.
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

    /// The canonical URL of the value set of all codes, if the resource names it.
    #[must_use]
    pub fn value_set(&self) -> Option<&str> {
        self.value_set.as_deref()
    }

    /// How many concepts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.concepts.len()
    }

    /// Whether there is no concept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    fn fold<'a>(&self, code: &'a str) -> Cow<'a, str> {
        if self.case_sensitive {
            Cow::Borrowed(code)
        } else {
            Cow::Owned(code.to_lowercase())
        }
    }

    fn find(&self, code: &str) -> Option<usize> {
        self.by_code.get(&*self.fold(code)).map(|it| *it as usize)
    }

    fn place(&self, system: &str, code: &str) -> Result<usize, Error> {
        self.is_for(system)?;
        self.find(code).ok_or(Error::new(ErrorKind::UnknownCode))
    }

    fn is_for(&self, system: &str) -> Result<(), Error> {
        if Canonical::parse(system).names(self.url(), self.version()) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::UnknownCodeSystem))
        }
    }

    /// Whether `above` is `below` or one of those above it.
    fn is_above(&self, above: usize, below: usize) -> bool {
        // Those above a concept are few, whatever the size of the system.
        let mut seen = HashSet::new();
        let mut open = vec![below];
        while let Some(place) = open.pop() {
            if place == above {
                return true;
            }
            let Some(concept) = self.concepts.get(place) else {
                continue;
            };
            open.extend((concept.parents.iter().filter(|it| seen.insert(**it))).map(|it| *it as usize));
        }
        false
    }

    fn contains<'a>(&'a self, concept: &'a Concept) -> ExpansionContains<'a> {
        let mut item = ExpansionContains::new(&self.url, &concept.code, concept.display.as_deref());
        item.inactive = concept.inactive;
        item.abstract_code = concept.abstract_code;
        item
    }
}

impl Lookup for CodeSystem {
    fn lookup(&self, request: &LookupRequest<'_>) -> Result<LookupResponse<'_>, Error> {
        let place = self.place(request.system, request.code)?;
        let concept = self
            .concepts
            .get(place)
            .ok_or(Error::new(ErrorKind::UnknownCode))?;
        let mut response = LookupResponse {
            name: Cow::Borrowed(&self.name),
            version: self.version().map(Cow::Borrowed),
            code: Cow::Borrowed(&concept.code),
            display: concept.display.as_deref().map(Cow::Borrowed),
            definition: concept.definition.as_deref().map(Cow::Borrowed),
            ..LookupResponse::default()
        };
        response
            .designation
            .extend(concept.designation.iter().map(|(language, value)| Designation {
                language: language.as_deref().map(Cow::Borrowed),
                value: Cow::Borrowed(value),
            }));
        let property = |code, value| Property {
            code: Cow::Borrowed(code),
            value: Cow::Borrowed(value),
        };
        response
            .property
            .extend(concept.property.iter().map(|(code, value)| property(code, value)));
        for parent in &concept.parents {
            if let Some(parent) = self.concepts.get(*parent as usize) {
                response.property.push(property("parent", &parent.code));
            }
        }
        if concept.inactive {
            response.property.push(property("inactive", "true"));
        }
        if concept.abstract_code {
            response.property.push(property("notSelectable", "true"));
        }
        Ok(response)
    }
}

impl ValidateCode for CodeSystem {
    /// Validates against the system, or against the value set of all its codes.
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        let mut issue = ValidateCodeIssue::InvalidCode;
        if let Some(url) = request.value_set {
            issue = ValidateCodeIssue::NotInValueSet;
            if self.value_set().map(|it| Canonical::parse(it).url) != Some(Canonical::parse(url).url) {
                return Err(Error::new(ErrorKind::UnknownValueSet));
            }
        }
        match request.system.map_or(Ok(()), |it| self.is_for(it)) {
            Err(_) if request.value_set.is_some() => return Ok(ValidateCodeResponse::invalid(issue)),
            other => other?,
        }
        let Some(concept) = self.find(request.code).and_then(|it| self.concepts.get(it)) else {
            return Ok(ValidateCodeResponse::invalid(issue));
        };
        let mut response = ValidateCodeResponse::valid();
        response.system = Some(Cow::Borrowed(&self.url));
        response.version = self.version().map(Cow::Borrowed);
        let others = concept.designation.iter().map(|it| &*it.1);
        Ok(response.checked(
            request.display,
            concept.display.as_deref().map(Cow::Borrowed),
            others,
        ))
    }
}

impl Subsumes for CodeSystem {
    fn subsumes(&self, request: &SubsumesRequest<'_>) -> Result<SubsumesOutcome, Error> {
        let a = self.place(request.system, request.code_a)?;
        let b = self.place(request.system, request.code_b)?;
        Ok(if a == b {
            SubsumesOutcome::Equivalent
        } else if self.is_above(a, b) {
            SubsumesOutcome::Subsumes
        } else if self.is_above(b, a) {
            SubsumesOutcome::SubsumedBy
        } else {
            SubsumesOutcome::NotSubsumed
        })
    }
}

impl Expand for CodeSystem {
    /// Lists the codes of the system, whatever the URL.
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error> {
        Ok(request.select(self.concepts.iter().map(|it| self.contains(it))))
    }
}

impl fmt::Debug for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeSystem")
            .field("url", &self.url)
            .field("version", &self.version)
            .field("concepts", &self.concepts.len())
            .finish()
    }
}
