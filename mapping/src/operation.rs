//! What a group does, as one line of small operations: a run goes through them as they lie.
//!
//! A run is at most a few thousand operations, each done once or twice, so its time is that of fetching them. What every run needs of one lies in 24
//! bytes; what few need lies in [`Tables`], by its number.

use std::sync::{Arc, OnceLock};

use carewire_fhir_model::schema::{PropertyId, Schema, TypeId, TypeKind};
use carewire_fhirpath::Pattern;

use crate::line::{LineAt, Word};
use crate::program::{At, ElementTarget, Expr, Need, Part, Slot, Source, Step, Target, Translation};

/// One operation of a rule. Those of a rule stand in the order source, target, call, inner rules; where a source has no match, the rules behind it go on.
#[derive(Clone, Copy)]
pub(crate) enum Operation {
    /// A source that is what a variable holds, or a part of it, and mostly has one match. Its condition stands behind it.
    Take(Take),
    /// Any other source.
    Match {
        /// Its number in [`Tables::matches`].
        number: u32,
        /// Where the rules go on without a match.
        otherwise: At,
    },
    /// Whether a part is there, one of several, or none of them.
    Any(Any),
    /// Whether a text is a constant, or is another.
    Is(Is),
    /// Any other condition.
    If(If),
    /// A complex element without a value.
    Open(Make),
    /// A primitive with a text that fits it.
    Constant(Make, Text),
    /// A primitive of what a variable holds.
    Variable(Make, Slot),
    /// A primitive of a constant, of letters that fit it, and what a variable holds behind it, as in `'urn:uuid:' & %id`.
    Prefixed(Make, Text, Slot),
    /// A primitive of a line or a transform.
    Value(Make),
    /// An element of a list that is shared by a key, which a variable holds; whether the rule goes no further where it was made before.
    Keyed(Make, Slot, bool),
    /// A resource of a type in a place for any.
    Resource(Make, TypeId),
    /// The resource in a place for any.
    There(Make),
    /// A primitive of what a variable holds, in an element of whatever type: by its name.
    Named(Named),
    /// A variable of a line.
    Bind(Bind),
    /// Any other element of a target, by its number in [`Tables::elements`].
    Element(u32),
    /// A target that makes no element, by its number in [`Tables::others`].
    Other(u32),
    Call(Call),
    /// Places whose text counts as read, by their number in [`Tables::ignored`].
    Ignore(u32),
    GoTo(At),
}

const _: () = assert!(size_of::<Operation>() <= 24);

impl Operation {
    /// Whether it is a target of a rule.
    pub(crate) fn is_target(&self) -> bool {
        match self {
            Self::Open(_)
            | Self::Constant(..)
            | Self::Variable(..)
            | Self::Prefixed(..)
            | Self::Value(_)
            | Self::Keyed(..)
            | Self::Resource(..)
            | Self::There(_)
            | Self::Named(_)
            | Self::Bind(_)
            | Self::Element(_)
            | Self::Other(_) => true,
            Self::Take(_)
            | Self::Match { .. }
            | Self::Any(_)
            | Self::Is(_)
            | Self::If { .. }
            | Self::Call(_)
            | Self::Ignore(_)
            | Self::GoTo(_) => false,
        }
    }
}

/// What a variable holds, or one part of it, becomes what another holds.
#[derive(Clone, Copy)]
pub(crate) struct Take {
    pub(crate) from: Slot,
    pub(crate) to: Slot,
    pub(crate) part: Option<Part>,
    /// Where the rules go on without a match.
    pub(crate) otherwise: At,
    /// Its number in [`Tables::matches`], for several matches.
    pub(crate) number: u32,
}

/// A condition about fields of a segment or components of a repetition; whole it is at the source before it.
#[derive(Clone, Copy)]
pub(crate) struct Any {
    pub(crate) of: Slot,
    /// What must be so: one is there, or none.
    pub(crate) is: bool,
    /// The bit of each number.
    pub(crate) bits: u32,
    pub(crate) otherwise: At,
    /// The level of the numbers.
    pub(crate) level: Part,
}

/// A condition about the text of a variable or of a part of it; whole it is at the source before it.
#[derive(Clone, Copy)]
pub(crate) struct Is {
    pub(crate) of: Slot,
    pub(crate) part: Option<Part>,
    /// What must be so: it is the text, or it is another.
    pub(crate) is: bool,
    pub(crate) text: Text,
    pub(crate) otherwise: At,
}

/// A condition of what a variable holds.
#[derive(Clone, Copy)]
pub(crate) struct If {
    pub(crate) line: LineAt,
    pub(crate) focus: Slot,
    pub(crate) otherwise: At,
}

/// An element of a known type that stands directly in what a variable holds, behind the others.
#[derive(Clone, Copy)]
pub(crate) struct Make {
    pub(crate) property: PropertyId,
    /// The variable that holds what it stands in.
    pub(crate) context: Slot,
    /// The variable that will hold it, or [`NO_SLOT`].
    pub(crate) slot: Slot,
    /// Its number in [`Tables::elements`].
    pub(crate) number: u32,
}

/// What a line gives, kept in a variable.
#[derive(Clone, Copy)]
pub(crate) struct Bind {
    pub(crate) line: LineAt,
    pub(crate) slot: Slot,
    /// What expressions look at by themselves, or [`NO_SLOT`].
    pub(crate) focus: Slot,
}

/// As [`Make`], of an element that each type has its own of.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// Its number in [`Tables::names`].
    pub(crate) name: u32,
    pub(crate) context: Slot,
    pub(crate) slot: Slot,
    pub(crate) from: Slot,
    pub(crate) number: u32,
}

/// The number of no variable.
pub(crate) const NO_SLOT: Slot = Slot::MAX;

/// A range of [`Tables::texts`].
#[derive(Clone, Copy, Default)]
pub(crate) struct Text {
    start: u32,
    length: u16,
}

impl Text {
    /// A number in the place of a text.
    pub(crate) fn number(number: u32) -> Self {
        Self {
            start: number,
            length: 0,
        }
    }

    pub(crate) fn as_number(self) -> u32 {
        self.start
    }
}

/// A group with its arguments.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// The operations of the group; before all groups are compiled, its number and nothing.
    pub(crate) start: At,
    pub(crate) end: At,
    /// How many variables the group has.
    pub(crate) frame: Slot,
    /// What expressions look at by themselves, or [`NO_SLOT`].
    pub(crate) focus: Slot,
    /// From where on its arguments are in [`Tables::arguments`].
    pub(crate) arguments: u32,
    pub(crate) count: u16,
}

/// What operations take by its number.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) matches: Vec<Match>,
    pub(crate) expressions: Vec<Expr>,
    pub(crate) lines: Vec<Word>,
    pub(crate) translations: Vec<Translation>,
    pub(crate) patterns: Vec<Arc<Pattern>>,
    pub(crate) elements: Vec<ElementOf>,
    pub(crate) others: Vec<OtherTarget>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) names: Vec<ByType>,
    pub(crate) ignored: Vec<Box<[Ignored]>>,
    pub(crate) texts: String,
}

impl Tables {
    /// Keeps a text; none for one that is too long.
    pub(crate) fn keep(&mut self, text: &str) -> Option<Text> {
        let place = Text {
            start: u32::try_from(self.texts.len()).ok()?,
            length: u16::try_from(text.len()).ok()?,
        };
        self.texts.push_str(text);
        Some(place)
    }

    #[inline]
    pub(crate) fn text(&self, text: Text) -> &str {
        let start = text.start as usize;
        self.texts
            .get(start..start + usize::from(text.length))
            .unwrap_or_default()
    }
}

/// The primitives of one name, of each type that has one, by its number.
#[derive(Clone)]
pub(crate) struct ByType {
    pub(crate) name: Box<str>,
    /// Found when the name is first written.
    properties: OnceLock<Box<[Option<PropertyId>]>>,
}

impl ByType {
    pub(crate) fn of(name: &str) -> Self {
        Self {
            name: name.into(),
            properties: OnceLock::new(),
        }
    }

    #[cold]
    fn find(&self) -> Box<[Option<PropertyId>]> {
        let of_type = |type_id: TypeId| {
            let element = type_id.element(&self.name)?;
            match element.properties() {
                [only] if only.kind() == TypeKind::Primitive => Some(only.id()),
                _ => None,
            }
        };
        Schema::r4().types().map(of_type).collect()
    }

    #[inline]
    pub(crate) fn of_type(&self, type_id: TypeId) -> Option<PropertyId> {
        let properties = self.properties.get_or_init(|| self.find());
        properties.get(type_id.index()).copied().flatten()
    }
}

/// A source, what a message must have for it to match, and where the rules go on.
#[derive(Clone)]
pub(crate) struct Match {
    pub(crate) needs: Option<Need>,
    /// What is for a match.
    pub(crate) behind: At,
    pub(crate) next: Next,
    /// The condition of the source, unless that tells where its matches are.
    pub(crate) condition: Option<LineAt>,
    pub(crate) source: Source,
}

/// Where the rules go on. What a source's match is for stands behind it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Next {
    /// Behind all that is for a match.
    pub(crate) end: At,
    /// Where there is no match.
    pub(crate) otherwise: At,
}

/// An element of a target.
#[derive(Clone)]
pub(crate) struct ElementOf {
    pub(crate) target: ElementTarget,
    /// What expressions look at by themselves.
    pub(crate) focus: Option<Slot>,
    /// Where a rule goes on that found its element made.
    pub(crate) end: At,
}

/// A target that makes no element.
#[derive(Clone)]
pub(crate) struct OtherTarget {
    pub(crate) target: Target,
    /// What expressions look at by themselves.
    pub(crate) focus: Option<Slot>,
}

/// The path of a place whose text counts as read, from what a variable holds.
pub(crate) type Ignored = (Slot, Box<[Step]>);

/// An argument of a call.
#[derive(Clone, Copy)]
pub(crate) enum Argument {
    Variable(Slot),
    Line(LineAt),
}
