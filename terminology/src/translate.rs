//! `$translate`: what a code becomes in another code system.

use crate::concept_map::Walk;
use crate::{Equivalence, Error};

/// Translates a code by a concept map.
///
/// Spec: FHIR R4, ConceptMap operation [`$translate`](http://hl7.org/fhir/R4/conceptmap-operation-translate.html).
pub trait Translate: Send + Sync {
    /// Translates a code. A code without a match is an answer: an empty list of matches.
    ///
    /// # Errors
    ///
    /// [`UnknownConceptMap`](crate::ErrorKind::UnknownConceptMap) if the map, or one that it refers to for unmapped
    /// codes, is not known; [`Circular`](crate::ErrorKind::Circular) if maps refer to each other in a circle.
    fn translate<'a>(&'a self, request: &TranslateRequest<'a>) -> Result<Translation<'a>, Error>;
}

/// The input of [`Translate::translate`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TranslateRequest<'a> {
    /// The canonical URL of the concept map, with or without `|version`.
    pub url: &'a str,
    /// The code system of the code; `None` looks in the groups of every system.
    pub system: Option<&'a str>,
    /// The code.
    pub code: &'a str,
    /// Keep only matches in this code system.
    pub target_system: Option<&'a str>,
}

impl<'a> TranslateRequest<'a> {
    /// Asks what `code` becomes by the map `url`.
    #[must_use]
    pub const fn new(url: &'a str, code: &'a str) -> Self {
        Self {
            url,
            system: None,
            code,
            target_system: None,
        }
    }

    /// Says which code system the code is from.
    #[must_use]
    pub const fn system(mut self, system: &'a str) -> Self {
        self.system = Some(system);
        self
    }

    /// Keeps only matches in a code system.
    #[must_use]
    pub const fn target_system(mut self, target_system: &'a str) -> Self {
        self.target_system = Some(target_system);
        self
    }
}

/// The output of [`Translate::translate`]: the matches, and an other map to ask.
#[derive(Clone)]
pub struct Translation<'a> {
    matches: Matches<'a>,
    other_map: Option<&'a str>,
}

impl<'a> Translation<'a> {
    /// A translation that has these matches, for sources of one's own.
    #[must_use]
    pub fn from_matches(matches: Vec<Match<'a>>) -> Self {
        Self {
            matches: Matches {
                of: Of::List(matches.into_iter()),
                target_system: None,
            },
            other_map: None,
        }
    }

    pub(crate) const fn walk(
        walk: Walk<'a>,
        target_system: Option<&'a str>,
        other_map: Option<&'a str>,
    ) -> Self {
        Self {
            matches: Matches {
                of: Of::Map(walk),
                target_system,
            },
            other_map,
        }
    }

    /// Whether there is a match that means something: one that is not `unmatched` or `disjoint`.
    #[must_use]
    pub fn result(&self) -> bool {
        self.found().is_some()
    }

    /// All matches in the order of the map, `unmatched` and `disjoint` ones among them.
    #[must_use]
    #[inline]
    pub fn matches(&self) -> Matches<'a> {
        self.matches.clone()
    }

    /// The first match that means something and has a code.
    #[must_use]
    #[inline]
    pub fn found(&self) -> Option<Match<'a>> {
        self.matches()
            .find(|it| it.code.is_some() && it.equivalence.is_match())
    }

    /// The map that the answering map names for codes it has not (`unmapped.mode` is `other-map`).
    ///
    /// [`Registry`](crate::Registry) follows it; a [`ConceptMap`](crate::ConceptMap) alone cannot.
    #[must_use]
    pub const fn other_map(&self) -> Option<&'a str> {
        self.other_map
    }
}

/// The matches of a [`Translation`], without allocation where a [`ConceptMap`](crate::ConceptMap) answers.
#[derive(Clone)]
pub struct Matches<'a> {
    of: Of<'a>,
    target_system: Option<&'a str>,
}

#[derive(Clone)]
enum Of<'a> {
    Map(Walk<'a>),
    List(std::vec::IntoIter<Match<'a>>),
}

impl<'a> Iterator for Matches<'a> {
    type Item = Match<'a>;

    #[inline]
    fn next(&mut self) -> Option<Match<'a>> {
        loop {
            let found = match &mut self.of {
                Of::Map(walk) => walk.next(),
                Of::List(list) => list.next(),
            }?;
            if self.target_system.is_none_or(|it| found.system == Some(it)) {
                return Some(found);
            }
        }
    }
}

/// One match of a [`Translation`].
///
/// It has no `Debug`, since with `unmapped.mode` `provided` the code is the sender's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Match<'a> {
    /// How the target stands to the source.
    pub equivalence: Equivalence,
    /// The code system of the target.
    pub system: Option<&'a str>,
    /// The code; `None` for `unmatched`.
    pub code: Option<&'a str>,
    /// The display, where the map has one.
    pub display: Option<&'a str>,
}
