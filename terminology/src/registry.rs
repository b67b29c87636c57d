//! One place that knows every source and asks the right one.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{
    Canonical, CodeSystem, ConceptMap, Error, ErrorKind, Expand, ExpandRequest, Expansion, ExpansionContains,
    Limits, Lookup, LookupRequest, LookupResponse, Match, Subsumes, SubsumesOutcome, SubsumesRequest,
    Translate, TranslateRequest, Translation, ValidateCode, ValidateCodeRequest, ValidateCodeResponse,
    ValueSet, compare_versions,
};

/// What a source must answer to be registered as a code system.
///
/// It is implemented for everything that implements the four traits. [`Expand`] lists the codes of the system.
pub trait CodeSystemSource: Lookup + ValidateCode + Subsumes + Expand {}

impl<T: Lookup + ValidateCode + Subsumes + Expand> CodeSystemSource for T {}

/// What a source must answer to be registered as a value set; implemented for everything that implements the two.
pub trait ValueSetSource: ValidateCode + Expand {}

impl<T: ValidateCode + Expand> ValueSetSource for T {}

/// Sources by canonical URL and version.
///
/// A request names a source as `url` or `url|version`. With a version, only that version answers. Without one, the
/// version that comes last in the order of [`compare_versions`] does; a source registered later under the same URL
/// and version replaces the earlier one.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{ConceptMapBuilder, Equivalence, Registry, Translate, TranslateRequest};
/// let mut map = ConceptMapBuilder::new("http://example.org/ConceptMap/sex");
/// map.group(None, None).map("F", Equivalence::Equivalent, "female", None);
/// let mut registry = Registry::new();
/// registry.add_concept_map(map.build());
/// let request = TranslateRequest::new("http://example.org/ConceptMap/sex", "F");
/// assert_eq!(registry.translate(&request)?.found().and_then(|it| it.code), Some("female"));
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    code_systems: Sources<Arc<dyn CodeSystemSource>>,
    value_sets: Sources<ValueSetEntry>,
    concept_maps: Sources<Arc<dyn Translate>>,
    limits: Limits,
}

/// The versions of each canonical URL, in their order.
type Sources<T> = BTreeMap<Box<str>, Vec<(Option<Box<str>>, T)>>;

#[derive(Clone)]
enum ValueSetEntry {
    /// Answers with what the registry knows besides.
    Definition(Arc<ValueSet>),
    Source(Arc<dyn ValueSetSource>),
}

/// How far one answer has gone through value sets that import one another.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'v> {
    /// How many imports lead here.
    depth: usize,
    /// How many imports and codes may still be looked at: value sets that each import several others make more ways
    /// than their depth tells.
    left: &'v Cell<usize>,
}

impl<'v> Visit<'v> {
    pub(crate) const fn new(left: &'v Cell<usize>) -> Self {
        Self { depth: 0, left }
    }

    /// The visit of a value set that this one imports.
    pub(crate) fn deeper(self) -> Result<Self, Error> {
        self.spend(1)?;
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// Counts what was looked at.
    pub(crate) fn spend(self, count: usize) -> Result<(), Error> {
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        match left {
            Some(_) => Ok(()),
            None => Err(Error::at(ErrorKind::Limit, "ValueSet.compose.include")),
        }
    }
}

impl Registry {
    /// A registry without sources.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            code_systems: BTreeMap::new(),
            value_sets: BTreeMap::new(),
            concept_maps: BTreeMap::new(),
            limits: Limits::DEFAULT,
        }
    }

    /// Sets the limits on following references.
    pub const fn set_limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// Registers the embedded tables: each HL7 v2 table as a code system, without version, and each value set that R4
    /// binds as required as a value set of version 4.0.1.
    ///
    /// Tables whose codes are of a foreign system, such as CVX, are left out: they are not the whole system.
    #[cfg(feature = "tables")]
    pub fn add_embedded(&mut self) -> &mut Self {
        for table in crate::tables::all().filter(|it| crate::tables::by_system(it.system()).is_some()) {
            self.add_code_system_source(table.system(), None, Arc::new(table));
        }
        for set in crate::valuesets::r4().iter() {
            self.add_value_set_source(set.url(), Some(crate::valuesets::R4_VERSION), Arc::new(set));
        }
        self
    }

    /// Registers a code system under its own URL and version, and the value set of all its codes if it names one.
    pub fn add_code_system(&mut self, system: CodeSystem) -> &mut Self {
        let system = Arc::new(system);
        let version = system.version();
        if let Some(url) = system.value_set() {
            let url = Canonical::parse(url).url;
            add(
                &mut self.value_sets,
                url,
                version,
                ValueSetEntry::Source(system.clone()),
            );
        }
        add(&mut self.code_systems, system.url(), version, system.clone());
        self
    }

    /// Registers a value set under its own URL and version.
    ///
    /// What it takes from code systems and other value sets is looked for here when it is asked, so the order of
    /// registering does not matter.
    pub fn add_value_set(&mut self, set: ValueSet) -> &mut Self {
        let set = Arc::new(set);
        add(
            &mut self.value_sets,
            set.url(),
            set.version(),
            ValueSetEntry::Definition(set.clone()),
        );
        self
    }

    /// Registers a concept map under its own URL and version.
    pub fn add_concept_map(&mut self, map: ConceptMap) -> &mut Self {
        let map = Arc::new(map);
        self.add_translate(map.url(), map.version(), map.clone())
    }

    /// Registers a source of the caller's as a concept map.
    pub fn add_translate(
        &mut self,
        url: &str,
        version: Option<&str>,
        source: Arc<dyn Translate>,
    ) -> &mut Self {
        add(&mut self.concept_maps, url, version, source);
        self
    }

    /// Registers a source of the caller's as a code system.
    pub fn add_code_system_source(
        &mut self,
        url: &str,
        version: Option<&str>,
        source: Arc<dyn CodeSystemSource>,
    ) -> &mut Self {
        add(&mut self.code_systems, url, version, source);
        self
    }

    /// Registers a source of the caller's as a value set.
    pub fn add_value_set_source(
        &mut self,
        url: &str,
        version: Option<&str>,
        source: Arc<dyn ValueSetSource>,
    ) -> &mut Self {
        add(&mut self.value_sets, url, version, ValueSetEntry::Source(source));
        self
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn code_system(&self, canonical: &str) -> Result<&dyn CodeSystemSource, Error> {
        pick(&self.code_systems, canonical)
            .map(|it| &**it)
            .ok_or(Error::new(ErrorKind::UnknownCodeSystem))
    }

    fn value_set(&self, canonical: &str, visit: Visit<'_>) -> Result<&ValueSetEntry, Error> {
        if visit.depth > self.limits.depth {
            return Err(Error::at(
                ErrorKind::Circular,
                "ValueSet.compose.include.valueSet",
            ));
        }
        pick(&self.value_sets, canonical).ok_or(Error::new(ErrorKind::UnknownValueSet))
    }

    /// `$validate-code` of the value set that the request names; `visit` counts imports.
    pub(crate) fn validate_in_value_set<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
        visit: Visit<'_>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        match self.value_set(request.value_set.unwrap_or_default(), visit)? {
            ValueSetEntry::Definition(set) => set.validate_in(self, request, visit),
            ValueSetEntry::Source(source) => source.validate_code(request),
        }
    }

    /// All codes of a value set; `visit` counts imports.
    pub(crate) fn codes_of_value_set(
        &self,
        url: &str,
        visit: Visit<'_>,
    ) -> Result<Vec<ExpansionContains<'_>>, Error> {
        match self.value_set(url, visit)? {
            ValueSetEntry::Definition(set) => set.codes_in(self, visit),
            ValueSetEntry::Source(source) => Ok(source.expand(&ExpandRequest::new(url))?.contains),
        }
    }
}

fn add<T>(sources: &mut Sources<T>, url: &str, version: Option<&str>, source: T) {
    let versions = sources.entry(url.into()).or_default();
    match versions.binary_search_by(|it| compare_versions(it.0.as_deref(), version)) {
        Ok(place) => versions[place] = (version.map(Into::into), source),
        Err(place) => versions.insert(place, (version.map(Into::into), source)),
    }
}

fn pick<'a, T>(sources: &'a Sources<T>, canonical: &str) -> Option<&'a T> {
    let canonical = Canonical::parse(canonical);
    let versions = sources.get(canonical.url)?;
    let found = match canonical.version {
        Some(wanted) => versions.iter().find(|it| it.0.as_deref() == Some(wanted)),
        None => versions.last(),
    };
    found.map(|it| &it.1)
}

impl Lookup for Registry {
    fn lookup(&self, request: &LookupRequest<'_>) -> Result<LookupResponse<'_>, Error> {
        self.code_system(request.system)?.lookup(request)
    }
}

impl Subsumes for Registry {
    fn subsumes(&self, request: &SubsumesRequest<'_>) -> Result<SubsumesOutcome, Error> {
        self.code_system(request.system)?.subsumes(request)
    }
}

impl ValidateCode for Registry {
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        match (request.value_set, request.system) {
            (Some(_), _) => self.validate_in_value_set(request, Visit::new(&Cell::new(self.limits.concepts))),
            (None, Some(system)) => self.code_system(system)?.validate_code(request),
            (None, None) => Err(Error::new(ErrorKind::AmbiguousSystem)),
        }
    }
}

impl Expand for Registry {
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error> {
        let left = Cell::new(self.limits.concepts);
        let visit = Visit::new(&left);
        match self.value_set(request.url, visit)? {
            ValueSetEntry::Definition(set) => Ok(request.select(set.codes_in(self, visit)?.into_iter())),
            ValueSetEntry::Source(source) => source.expand(request),
        }
    }
}

impl Translate for Registry {
    fn translate<'a>(&'a self, request: &TranslateRequest<'a>) -> Result<Translation<'a>, Error> {
        let mut request = *request;
        let mut matches: Vec<Match<'a>> = Vec::new();
        for _ in 0..self.limits.depth.max(1) {
            let map =
                pick(&self.concept_maps, request.url).ok_or(Error::new(ErrorKind::UnknownConceptMap))?;
            let found = map.translate(&request)?;
            let Some(other) = found.other_map() else {
                if matches.is_empty() {
                    return Ok(found);
                }
                matches.extend(found.matches());
                return Ok(Translation::from_matches(matches));
            };
            matches.extend(found.matches());
            request.url = other;
        }
        Err(Error::at(ErrorKind::Circular, "ConceptMap.group.unmapped.url"))
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("code_systems", &self.code_systems.keys())
            .field("value_sets", &self.value_sets.keys())
            .field("concept_maps", &self.concept_maps.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConceptMapBuilder, Equivalence, Unmapped};

    fn map(url: &str, version: Option<&str>, unmapped: Unmapped) -> ConceptMap {
        let mut map = ConceptMapBuilder::new(url);
        if let Some(version) = version {
            map.version(version);
        }
        map.group(None, None)
            .map("1", Equivalence::Equal, version.unwrap_or("none"), None)
            .unmapped(unmapped);
        map.build()
    }

    fn ask(registry: &Registry, url: &str, code: &str) -> Result<Option<String>, ErrorKind> {
        let found = registry
            .translate(&TranslateRequest::new(url, code))
            .map_err(|it| it.kind())?;
        Ok(found.found().and_then(|it| it.code).map(str::to_owned))
    }

    #[test]
    fn an_unversioned_reference_picks_the_last_version() {
        let mut registry = Registry::new();
        for version in [Some("4.0.1"), Some("4.0.10"), Some("4.0.9"), None] {
            registry.add_concept_map(map("u", version, Unmapped::Provided));
        }
        assert_eq!(ask(&registry, "u", "1"), Ok(Some("4.0.10".into())));
        assert_eq!(ask(&registry, "u|4.0.1", "1"), Ok(Some("4.0.1".into())));
        assert_eq!(ask(&registry, "u|5", "1"), Err(ErrorKind::UnknownConceptMap));
        assert_eq!(ask(&registry, "v", "1"), Err(ErrorKind::UnknownConceptMap));
    }

    #[test]
    fn the_same_url_and_version_replaces() {
        let mut registry = Registry::new();
        registry.add_concept_map(map("u", Some("1"), Unmapped::Provided));
        registry.add_concept_map(map("u", Some("1"), Unmapped::fixed("f", None)));
        assert_eq!(ask(&registry, "u", "2"), Ok(Some("f".into())));
    }

    #[test]
    fn other_maps_are_followed_and_circles_end() {
        let mut registry = Registry::new();
        registry.add_concept_map(map("a", None, Unmapped::other_map("b|2")));
        assert_eq!(ask(&registry, "a", "2"), Err(ErrorKind::UnknownConceptMap));
        registry.add_concept_map(map("b", Some("2"), Unmapped::fixed("f", None)));
        assert_eq!(ask(&registry, "a", "2"), Ok(Some("f".into())));
        assert_eq!(
            ask(&registry, "a", "1"),
            Ok(Some("none".into())),
            "a listed code asks no other map"
        );
        registry.add_concept_map(map("b", Some("2"), Unmapped::other_map("a")));
        assert_eq!(ask(&registry, "a", "2"), Err(ErrorKind::Circular));
    }
}
