//! Concept maps: codes of one system to codes of another.

mod builder;
mod codes;
mod equivalence;
mod json;

use std::fmt;

pub use self::builder::{ConceptMapBuilder, GroupBuilder};
use self::codes::Codes;
pub use self::equivalence::Equivalence;
use crate::{Canonical, Error, ErrorKind, Limits, Match, Translate, TranslateRequest, Translation};

/// A concept map, compiled for translating.
///
/// Built from a FHIR R4 `ConceptMap` with [`from_json`](Self::from_json), or with a [`ConceptMapBuilder`].
/// [`translate`](Self::translate) costs one search of a sorted list for each group of the code's system and allocates nothing.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{ConceptMapBuilder, Equivalence, Unmapped};
/// let mut map = ConceptMapBuilder::new("http://example.org/ConceptMap/gender");
/// map.group(Some("http://terminology.hl7.org/CodeSystem/v2-0001"), Some("http://hl7.org/fhir/administrative-gender"))
///     .map("M", Equivalence::Equivalent, "male", Some("Male"))
///     .map("A", Equivalence::Wider, "other", None)
///     .unmapped(Unmapped::fixed("unknown", None));
/// let map = map.build();
/// let found = map.translate(None, "M").found().unwrap();
/// assert_eq!((found.code, found.display), (Some("male"), Some("Male")));
/// assert_eq!(map.translate(None, "Z").found().unwrap().code, Some("unknown"));
/// ```
///
/// Spec: FHIR R4, [ConceptMap](http://hl7.org/fhir/R4/conceptmap.html).
#[derive(Clone)]
pub struct ConceptMap {
    url: Box<str>,
    version: Option<Box<str>>,
    groups: Vec<Group>,
}

#[derive(Clone)]
struct Group {
    source: Option<Box<str>>,
    target: Option<Box<str>>,
    codes: Codes,
    targets: Vec<Target>,
    unmapped: Option<Unmapped>,
}

#[derive(Clone)]
struct Target {
    equivalence: Equivalence,
    code: Option<Box<str>>,
    display: Option<Box<str>>,
}

/// What a group does with a code that it does not list.
///
/// Spec: FHIR R4, ValueSet `http://hl7.org/fhir/ValueSet/conceptmap-unmapped-mode`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmapped {
    /// `provided`: the code itself is the match, with equivalence `equal`.
    Provided,
    /// `fixed`: this code is the match, with equivalence `inexact`.
    Fixed {
        /// The code.
        code: Box<str>,
        /// Its display.
        display: Option<Box<str>>,
    },
    /// `other-map`: another map, by canonical URL, has the answer.
    OtherMap(Box<str>),
}

impl Unmapped {
    /// The mode `fixed` with its code and display.
    #[must_use]
    pub fn fixed(code: &str, display: Option<&str>) -> Self {
        Self::Fixed {
            code: code.into(),
            display: display.map(Into::into),
        }
    }

    /// The mode `other-map` with the map's canonical URL.
    #[must_use]
    pub fn other_map(url: &str) -> Self {
        Self::OtherMap(url.into())
    }
}

impl ConceptMap {
    /// Reads a FHIR R4 `ConceptMap` resource in JSON, under the default [`Limits`].
    ///
    /// Texts for people, `sourceVersion` and `targetVersion` are not kept. Groups of the same source and target
    /// become one. An element without target stands for `unmatched`.
    ///
    /// # Errors
    ///
    /// [`InvalidJson`](ErrorKind::InvalidJson) with line and column, [`WrongResource`](ErrorKind::WrongResource),
    /// [`MissingElement`](ErrorKind::MissingElement), [`InvalidElement`](ErrorKind::InvalidElement),
    /// [`Limit`](ErrorKind::Limit), and [`NotSupported`](ErrorKind::NotSupported) for targets that depend on other
    /// elements (`dependsOn`) or make more than one (`product`).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::ConceptMap;
    /// let map = ConceptMap::from_json(br#"{"resourceType":"ConceptMap","url":"http://example.org/cm","group":[{
    ///   "source":"http://example.org/a","target":"http://example.org/b",
    ///   "element":[{"code":"1","target":[{"code":"one","equivalence":"equivalent"}]}],
    ///   "unmapped":{"mode":"provided"}}]}"#)?;
    /// assert_eq!(map.translate(Some("http://example.org/a"), "1").found().unwrap().code, Some("one"));
    /// assert_eq!(map.translate(Some("http://example.org/a"), "2").found().unwrap().code, Some("2"));
    /// assert!(!map.translate(Some("http://example.org/c"), "1").result());
    /// # Ok::<(), carewire_terminology::Error>(())
    /// ```
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

    /// How many source codes the map lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(|it| it.codes.len()).sum()
    }

    /// Whether the map lists no source code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(|it| it.codes.is_empty())
    }

    /// What `code` becomes.
    ///
    /// `system` is the code's system; `None` looks in every group, and so do groups without a source system.
    /// A `|version` on `system` is not compared. `unmapped` is used only when no group for the system lists the code.
    #[must_use]
    #[inline]
    pub fn translate<'a>(&'a self, system: Option<&'a str>, code: &'a str) -> Translation<'a> {
        self.translate_to(system, code, None)
    }

    #[inline]
    fn translate_to<'a>(
        &'a self,
        system: Option<&'a str>,
        code: &'a str,
        target_system: Option<&'a str>,
    ) -> Translation<'a> {
        let system = system.map(|it| Canonical::parse(it).url);
        // The walk begins where the code is listed first; the groups before have nothing for it.
        let mut groups = self.groups.as_slice();
        let mut current = None;
        while let (None, Some((group, rest))) = (current, groups.split_first()) {
            groups = rest;
            let own = Some(group).filter(|it| it.is_for(system));
            current = own.and_then(|it| Some((it, it.targets_of(code)?)));
        }
        let unmapped = current.is_none();
        let walk = Walk {
            groups: if unmapped { &self.groups } else { groups },
            system,
            code,
            current,
            unmapped,
        };
        let other_map = if unmapped { self.other_map(system) } else { None };
        Translation::walk(walk, target_system, other_map)
    }

    /// The map that has the answer for codes of a system which no group of it lists.
    fn other_map(&self, system: Option<&str>) -> Option<&str> {
        let mut groups = self.groups.iter().filter(|it| it.is_for(system));
        groups.find_map(|it| match &it.unmapped {
            Some(Unmapped::OtherMap(url)) => Some(&**url),
            _ => None,
        })
    }
}

impl Translate for ConceptMap {
    /// Answers for its own URL, whatever the version of the request; `url` may be empty.
    fn translate<'a>(&'a self, request: &TranslateRequest<'a>) -> Result<Translation<'a>, Error> {
        if !request.url.is_empty() && Canonical::parse(request.url).url != self.url() {
            return Err(Error::new(ErrorKind::UnknownConceptMap));
        }
        Ok(self.translate_to(request.system, request.code, request.target_system))
    }
}

impl fmt::Debug for ConceptMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, version, groups } = self;
        f.debug_struct("ConceptMap")
            .field("url", url)
            .field("version", version)
            .field("groups", &groups.len())
            .field("codes", &self.len())
            .finish()
    }
}

impl Group {
    fn is_for(&self, system: Option<&str>) -> bool {
        match (&self.source, system) {
            (Some(source), Some(system)) => **source == *system,
            _ => true,
        }
    }

    /// The targets of a code that the group lists.
    fn targets_of(&self, code: &str) -> Option<&[Target]> {
        self.targets.get(self.codes.find(code)?)
    }
}

/// Steps over the matches of a code in a map.
#[derive(Clone)]
pub(crate) struct Walk<'a> {
    groups: &'a [Group],
    system: Option<&'a str>,
    code: &'a str,
    current: Option<(&'a Group, &'a [Target])>,
    unmapped: bool,
}

impl<'a> Iterator for Walk<'a> {
    type Item = Match<'a>;

    #[inline]
    fn next(&mut self) -> Option<Match<'a>> {
        loop {
            if let Some((group, targets)) = &mut self.current
                && let Some((target, rest)) = targets.split_first()
            {
                *targets = rest;
                return Some(Match {
                    equivalence: target.equivalence,
                    system: group.target.as_deref(),
                    code: target.code.as_deref(),
                    display: target.display.as_deref(),
                });
            }
            let (group, rest) = self.groups.split_first()?;
            self.groups = rest;
            if !group.is_for(self.system) {
                continue;
            }
            if !self.unmapped {
                self.current = group.targets_of(self.code).map(|targets| (group, targets));
                continue;
            }
            let (equivalence, code, display) = match &group.unmapped {
                Some(Unmapped::Provided) => (Equivalence::Equal, self.code, None),
                Some(Unmapped::Fixed { code, display }) => {
                    (Equivalence::Inexact, &**code, display.as_deref())
                }
                Some(Unmapped::OtherMap(_)) | None => continue,
            };
            return Some(Match {
                equivalence,
                system: group.target.as_deref(),
                code: Some(code),
                display,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes<'a>(translation: &Translation<'a>) -> Vec<(Option<&'a str>, Option<&'a str>)> {
        translation.matches().map(|it| (it.system, it.code)).collect()
    }

    fn two_targets() -> ConceptMap {
        let mut map = ConceptMapBuilder::new("http://example.org/cm");
        map.group(Some("a"), Some("x"))
            .map("1", Equivalence::Equal, "x1", None)
            .unmapped(Unmapped::Provided);
        map.group(Some("a"), Some("y"))
            .map("1", Equivalence::Narrower, "y1", None)
            .map("1", Equivalence::Narrower, "y2", None)
            .map("2", Equivalence::Equal, "y3", None);
        map.group(Some("b"), Some("z")).unmatched("1");
        map.build()
    }

    #[test]
    fn all_groups_of_the_system_answer_in_order() {
        let map = two_targets();
        let x = |code| (Some("x"), Some(code));
        let y = |code| (Some("y"), Some(code));
        assert_eq!(codes(&map.translate(Some("a"), "1")), [x("x1"), y("y1"), y("y2")]);
        assert_eq!(
            codes(&map.translate(Some("a|2.0"), "2")),
            [y("y3")],
            "one group lists it: it is not unmapped"
        );
        assert_eq!(codes(&map.translate(Some("a"), "3")), [x("3")]);
        assert_eq!(codes(&map.translate(Some("b"), "1")), [(Some("z"), None)]);
        assert!(!map.translate(Some("b"), "1").result());
        assert_eq!(codes(&map.translate(Some("c"), "1")), []);
        assert_eq!(codes(&map.translate(None, "1")).len(), 4);
    }

    #[test]
    fn a_request_may_ask_for_one_target_system() {
        let map = two_targets();
        let request = TranslateRequest::new("http://example.org/cm|1", "1")
            .system("a")
            .target_system("y");
        assert_eq!(codes(&Translate::translate(&map, &request).unwrap()).len(), 2);
        let request = TranslateRequest::new("http://example.org/other", "1");
        assert_eq!(
            Translate::translate(&map, &request)
                .map(|_| ())
                .unwrap_err()
                .kind(),
            ErrorKind::UnknownConceptMap
        );
    }

    #[test]
    fn what_a_map_cannot_mean_is_refused() {
        let with = |target: &str| {
            let json = format!(
                r#"{{"resourceType":"ConceptMap","url":"u","group":[{{"element":[{{"code":"1","target":[{target}]}}]}}]}}"#
            );
            ConceptMap::from_json(json.as_bytes())
                .map(|it| it.len())
                .map_err(|it| (it.kind(), it.element()))
        };
        assert_eq!(with(r#"{"code":"a","equivalence":"equal"}"#), Ok(1));
        assert_eq!(with(r#"{"equivalence":"unmatched"}"#), Ok(1));
        let element = "ConceptMap.group.element.target.equivalence";
        assert_eq!(with(r#"{"code":"a"}"#), Err((ErrorKind::MissingElement, element)));
        assert_eq!(
            with(r#"{"code":"a","equivalence":"=="}"#),
            Err((ErrorKind::InvalidElement, element))
        );
        assert_eq!(
            with(r#"{"code":"a","equivalence":"equal","dependsOn":[{"property":"p","value":"v"}]}"#),
            Err((
                ErrorKind::NotSupported,
                "ConceptMap.group.element.target.dependsOn"
            ))
        );
        assert_eq!(
            with(r#"{"equivalence":"equal"}"#),
            Err((ErrorKind::MissingElement, "ConceptMap.group.element.target.code"))
        );
    }

    #[test]
    fn limits_hold() {
        let json =
            br#"{"resourceType":"ConceptMap","url":"u","group":[{"element":[{"code":"1"},{"code":"2"}]}]}"#;
        let read = |limits| {
            ConceptMap::from_json_with(json, &limits)
                .map(|it| it.len())
                .map_err(|it| it.kind())
        };
        assert_eq!(read(Limits::default()), Ok(2));
        assert_eq!(read(Limits::default().max_concepts(1)), Err(ErrorKind::Limit));
        assert_eq!(read(Limits::default().max_bytes(20)), Err(ErrorKind::Limit));
    }
}
