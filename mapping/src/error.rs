//! Why a run gives nothing.

use std::fmt;

use crate::finding::Place;

/// Why a run gives nothing. A source that is merely odd gives findings instead.
///
/// It holds no value of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapError {
    kind: MapErrorKind,
    place: Option<Place>,
}

/// The kinds of [`MapError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MapErrorKind {
    /// No map of the set has an entry for the message's event, structure or code.
    NoEntry,
    /// No map of the set has the url asked for, or its first group takes other things than are given.
    NoMap,
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
        Self { kind, place: None }
    }

    pub(crate) fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> MapErrorKind {
        self.kind
    }

    /// The rule that ran when a limit was met: in a map without end one of those that go round.
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
        f.write_str(match self.kind {
            MapErrorKind::NoEntry => "no map has an entry for the event of the message",
            MapErrorKind::NoMap => "no map of this url takes what is given",
            MapErrorKind::Steps => "more rules were tried than the limit allows",
            MapErrorKind::Depth => "groups nest deeper than the limit allows",
            MapErrorKind::Output => "the output is larger than the limit allows",
            MapErrorKind::Message => "a target cannot be written as an HL7 v2 message",
            MapErrorKind::NoDocument => "the first target of the map is no FHIR R4 document",
            MapErrorKind::Typed => "a document and a typed value do not fit each other",
        })?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for MapError {}
