//! Conditions, values, joined texts and keys as lines of words: a run goes through them as they lie, without a tree of calls.
//!
//! A word that asks says where the line goes on for each answer of FHIRPath's three; one that adds to a text goes on as for a yes; one that is a value ends
//! the line. What is nothing plain stays an expression behind one word.

use crate::operation::Text;
use crate::program::{Kind, Output, Slot};

/// The number of a word in [`crate::operation::Tables::lines`].
pub(crate) type LineAt = u32;

/// One word of a line.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    pub(crate) what: What,
    pub(crate) exits: Exits,
    pub(crate) path: Path,
    /// A text, or the bits or the number of what is asked for.
    pub(crate) text: Text,
    /// The expression that the word means, in [`crate::operation::Tables::expressions`]: for values that need more than a look.
    pub(crate) otherwise: u32,
}

const _: () = assert!(size_of::<Word>() <= 24);

/// What a word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Whether one of several fields is there, by the bits of their numbers.
    Fields,
    /// As [`What::Fields`], of components.
    Components,
    /// Whether something is there.
    There,
    /// Whether a group has a segment or a group of a name.
    Member,
    /// Whether a text is a constant.
    Is,
    /// Whether a text is one of several constants, each with its length before it.
    OneOf,
    StartsWith,
    /// Whether a text matches a regular expression, by its number.
    Matches,
    /// Compares the length of a text with a number.
    Length(Order),
    /// Compares how often a field is there with a number.
    Count(Order),
    /// Whether `%bundle` is a constant.
    Bundle,
    /// What the expression says.
    Holds,
    /// Adds a constant.
    Add,
    /// Adds the text of a place.
    AddText,
    /// Adds the number of a segment in its message.
    AddPosition,
    /// Adds what the expression gives.
    AddWalk,
    /// Ends an argument of a key.
    EndArgument,
    /// The id of the key of a line.
    Id,
    /// The text of a line.
    Joined,
    /// What stands at a place.
    Copy,
    /// The text of a place with its delimiters.
    Whole,
    Constant(Kind),
    Nothing,
    /// What the expression gives.
    Walk,
    /// What a concept map has for the text of a place, by the number of the translation.
    Translate(Output),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Order {
    pub(crate) fn is_met(self, left: usize, right: usize) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }
}

/// A variable or a part of what it holds; 0 is no step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) of: Slot,
    pub(crate) field: u8,
    pub(crate) component: u8,
    pub(crate) subcomponent: u8,
}

impl Path {
    pub(crate) fn of(slot: Slot) -> Self {
        Self {
            of: slot,
            ..Self::default()
        }
    }
}

/// How many words further a line goes on if the answer is yes, no, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exits {
    pub(crate) yes: u8,
    pub(crate) no: u8,
    pub(crate) none: u8,
}

/// The line ends: what it asks is so, or its text is whole.
pub(crate) const MET: u8 = 0;

/// The line ends: what it asks is not so, or not known.
pub(crate) const UNMET: u8 = u8::MAX;

impl Exits {
    #[inline]
    pub(crate) fn of(self, answer: Option<bool>) -> u8 {
        match answer {
            Some(true) => self.yes,
            Some(false) => self.no,
            None => self.none,
        }
    }
}
