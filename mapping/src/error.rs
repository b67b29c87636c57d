//! Why a run gives nothing.

use std::{fmt, io};

use crate::finding::Place;

/// Why a run gives nothing. A source that is merely odd gives findings instead.
///
/// It holds no value of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapError {
    kind: MapErrorKind,
    about: About,
    place: Option<Place>,
}

/// What a kind alone does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Nothing,
    /// What the source of a run lacks.
    Event(&'static str),
    /// How many sources are wanted and given.
    Count(usize, usize),
    /// The number of a source from 1, what is wanted there and what is given.
    Type(usize, &'static str, &'static str),
}

/// The kinds of [`MapError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MapErrorKind {
    /// No map of the set has an entry for the message's event, structure or code.
    NoEntry,
    /// No map of the set has the url asked for.
    NoMap,
    /// More or fewer sources are given than the first group of the map takes ([`MapError::source_count`]).
    SourceCount,
    /// A source is of another kind or type than the first group of the map takes.
    SourceType,
    /// More rules were tried than the limit allows.
    Steps,
    /// Groups and blocks nest deeper than the limit allows: as a rule one that calls itself without end.
    Depth,
    /// The targets grew beyond the limit.
    Output,
    /// A target cannot be written as a message: a number beyond what a segment has, or a character that its set lacks.
    Message,
    /// The first target of the map is no FHIR R4, and a document was asked for.
    NoDocument,
    /// A typed value is too large for a document, or a document is of another type than was asked for (feature `typed`).
    Typed,
}

impl MapErrorKind {
    /// The stable text of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoEntry => "no-entry",
            Self::NoMap => "no-map",
            Self::SourceCount => "source-count",
            Self::SourceType => "source-type",
            Self::Steps => "limit-steps",
            Self::Depth => "limit-depth",
            Self::Output => "limit-output",
            Self::Message => "unwritable-message",
            Self::NoDocument => "no-document",
            Self::Typed => "typed",
        }
    }
}

impl MapError {
    pub(crate) fn new(kind: MapErrorKind) -> Self {
        Self {
            kind,
            about: About::Nothing,
            place: None,
        }
    }

    pub(crate) fn no_entry(reason: &'static str) -> Self {
        Self {
            about: About::Event(reason),
            ..Self::new(MapErrorKind::NoEntry)
        }
    }

    pub(crate) fn count(wanted: usize, given: usize) -> Self {
        Self {
            about: About::Count(wanted, given),
            ..Self::new(MapErrorKind::SourceCount)
        }
    }

    pub(crate) fn source(number: usize, wanted: &'static str, given: &'static str) -> Self {
        Self {
            about: About::Type(number, wanted, given),
            ..Self::new(MapErrorKind::SourceType)
        }
    }

    pub(crate) fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> MapErrorKind {
        self.kind
    }

    /// How many sources the map takes and how many are given, of [`MapErrorKind::SourceCount`].
    ///
    /// ```
    /// use carewire_mapping::{Context, Maps, Options};
    ///
    /// let map = "/// url = 'urn:x'\ngroup Main(source one, source two, target out) {}\n";
    /// let maps = Maps::compile(&[("two.map", map)], &Options::default()).expect("a map");
    /// let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    /// let error = maps.transform("urn:x", &[], &context).expect_err("no source");
    /// assert_eq!(error.source_count(), Some((2, 0)));
    /// assert_eq!(error.to_string(), "the map takes 2 sources, and none is given (two.map:2:7)");
    /// ```
    #[must_use]
    pub fn source_count(&self) -> Option<(usize, usize)> {
        match self.about {
            About::Count(wanted, given) => Some((wanted, given)),
            _ => None,
        }
    }

    /// The rule that ran when a limit was met: in a map without end one of those that go round. Of a wrong source the group that takes it.
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_mapping::{Context, Maps, Options, Place};
    ///
    /// let map = "/// url = 'urn:x'\n/// carewire.entry = '*'\ngroup Main(source msg, target out) {\n  msg then Main(msg, out);\n}\n";
    /// let maps = Maps::compile(&[("round.map", map)], &Options::default()).expect("a map");
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|P|2.5.1\r").expect("a message");
    /// let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    /// let error = maps.run(&msg, &context).expect_err("no end");
    /// assert_eq!(error.place().map(Place::line), Some(4));
    /// assert_eq!(error.to_string(), "groups nest deeper than the limit allows (round.map:4:3)");
    /// ```
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.about {
            About::Nothing => f.write_str(self.kind.meaning())?,
            About::Event(reason) => f.write_str(reason)?,
            About::Count(wanted, given) => {
                let sources = if wanted == 1 { "source" } else { "sources" };
                write!(f, "the map takes {wanted} {sources}, and ")?;
                match given {
                    0 => f.write_str("none is given")?,
                    1 => f.write_str("1 is given")?,
                    more => write!(f, "{more} are given")?,
                }
            }
            About::Type(number, wanted, given) => {
                write!(f, "source {number} is {given}, and the map takes {wanted}")?;
            }
        }
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

impl MapErrorKind {
    const fn meaning(self) -> &'static str {
        match self {
            Self::NoEntry => "no map has an entry for the event",
            Self::NoMap => "no map of the set has this url",
            Self::SourceCount => "another number of sources is given than the map takes",
            Self::SourceType => "a source is another than the map takes",
            Self::Steps => "more rules were tried than the limit allows",
            Self::Depth => "groups nest deeper than the limit allows",
            Self::Output => "the output is larger than the limit allows",
            Self::Message => "a target cannot be written as an HL7 v2 message",
            Self::NoDocument => "the first target of the map is no FHIR R4 document",
            Self::Typed => "a document and a typed value do not fit each other",
        }
    }
}

impl std::error::Error for MapError {}

/// Why [`Maps::run_json_to`](crate::Maps::run_json_to) did not write a whole result.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The run gave nothing, and nothing was written.
    Map(MapError),
    /// The writer failed. It may have taken a part of the result.
    Io(io::Error),
}

impl From<MapError> for WriteError {
    fn from(error: MapError) -> Self {
        Self::Map(error)
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the result could not be written: {error}"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Map(_) => None,
            Self::Io(error) => Some(error),
        }
    }
}
