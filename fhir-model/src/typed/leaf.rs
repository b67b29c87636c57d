use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::{String, ToString};
use core::fmt;

use super::fields::{Item, Value, Visit};
use super::{Date, DateTime, Decimal, FhirString, Instant, Time};
use crate::document::tape::Kind;
use crate::json::escape::unescape;

/// The value of a primitive. `Debug` shows its kind, no text.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Leaf<'a> {
    /// A text: `string`, `uri`, `id`, `markdown` and the other types that are one.
    Text(&'a FhirString),
    /// A `code` of a required binding.
    Code(&'a str),
    /// A `boolean`.
    Boolean(bool),
    /// An `integer`.
    Integer(i32),
    /// An `unsignedInt` or `positiveInt`.
    Unsigned(u32),
    /// A `decimal`.
    Decimal(&'a Decimal),
    /// A `date`.
    Date(Date),
    /// A `dateTime`.
    DateTime(DateTime),
    /// An `instant`.
    Instant(Instant),
    /// A `time`.
    Time(Time),
}

impl fmt::Display for Leaf<'_> {
    /// The text of the value, as JSON and XML have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Code(text) => f.pad(text),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::DateTime(value) => value.fmt(f),
            Self::Instant(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
        }
    }
}

impl fmt::Debug for Leaf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Code(_) => f.write_str("code"),
            Self::Boolean(_) => f.write_str("boolean"),
            Self::Integer(_) | Self::Unsigned(_) => f.write_str("integer"),
            Self::Decimal(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::DateTime(value) => value.fmt(f),
            Self::Instant(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
        }
    }
}

impl Leaf<'_> {
    /// Whether it is what stands in a list where there is no value.
    pub(crate) fn is_hole(self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Code(text) => text.is_empty(),
            Self::Boolean(value) => !value,
            Self::Integer(value) => value == 0,
            Self::Unsigned(value) => value == 0,
            Self::Decimal(value) => value.as_str() == "0",
            Self::Date(value) => value == Date::HOLE,
            Self::DateTime(value) => value == DateTime::HOLE,
            Self::Instant(value) => value == Instant::HOLE,
            Self::Time(value) => value == Time::HOLE,
        }
    }
}

/// What a primitive is made from.
#[derive(Clone, Copy)]
pub enum Raw<'a> {
    /// A value of a document.
    #[doc(hidden)]
    Json(JsonLeaf<'a>),
    /// A value of another typed value.
    Leaf(Leaf<'a>),
    /// Nothing: what stands in a list where there is no value.
    Hole,
}

impl fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw")
    }
}

/// A value in a document: its place in the source.
#[derive(Clone, Copy)]
pub struct JsonLeaf<'a> {
    pub(crate) source: &'a str,
    pub(crate) start: u32,
    pub(crate) length: u32,
    pub(crate) kind: Kind,
    pub(crate) escaped: bool,
}

impl<'a> JsonLeaf<'a> {
    #[inline]
    fn text(self) -> &'a str {
        let start = self.start as usize;
        let text = self.source.get(start..start + self.length as usize);
        text.unwrap_or_default()
    }

    #[inline]
    fn string(self) -> Option<Cow<'a, str>> {
        match (self.kind, self.escaped) {
            (Kind::String, false) => Some(Cow::Borrowed(self.text())),
            (Kind::String, true) => Some(unescape(self.text())),
            _ => None,
        }
    }

    fn boolean(self) -> Option<bool> {
        match self.kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The number, if its text is the one that is written for it.
    fn number<T: core::str::FromStr + ToString>(self) -> Option<T> {
        let text = (self.kind == Kind::Number).then_some(self.text())?;
        let plain = text == "0" || !text.starts_with(['0', '-']) || text.starts_with('-') && text != "-0";
        text.parse().ok().filter(|_| plain)
    }

    fn parse<T: core::str::FromStr>(self) -> Option<T> {
        match (self.kind, self.escaped) {
            (Kind::String, false) => self.text().parse().ok(),
            _ => self.string()?.parse().ok(),
        }
    }
}

/// A type that a primitive is read as.
pub(crate) trait Primitive: Sized {
    fn read(raw: Raw<'_>) -> Option<Self>;
}

/// What an [`Item`] that is [`Primitive`] can be made of.
macro_rules! primitive {
    () => {
        #[inline]
        fn leaf(
            into: &mut Option<Self>,
            _: u8,
            raw: $crate::typed::Raw<'_>,
        ) -> Result<(), $crate::typed::fields::Refused> {
            $crate::typed::fields::put(into, || $crate::typed::leaf::Primitive::read(raw))
        }

        #[inline]
        fn leaves(
            into: &mut $crate::typed::Items<Self>,
            raw: $crate::typed::Raw<'_>,
            hint: usize,
        ) -> Result<(), $crate::typed::fields::Refused> {
            $crate::typed::fields::add(into, $crate::typed::leaf::Primitive::read(raw), hint)
        }

        #[inline]
        fn clear(into: &mut $crate::typed::Items<Self>) {
            into.clear();
        }
    };
}

pub(crate) use primitive;

impl Item for FhirString {
    #[inline]
    fn value(&self) -> (u8, Value<'_>) {
        (0, Value::Leaf(Leaf::Text(self)))
    }

    #[inline(always)]
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        visit.text(element, self);
    }

    primitive!();
}

impl Primitive for FhirString {
    #[inline]
    fn read(raw: Raw<'_>) -> Option<Self> {
        match raw {
            Raw::Json(JsonLeaf {
                source,
                start,
                length,
                kind: Kind::String,
                escaped: false,
            }) => Some(Self::part_of(source, start as usize, length as usize)),
            other => Self::read_other(other),
        }
    }
}

impl FhirString {
    #[cold]
    fn read_other(raw: Raw<'_>) -> Option<Self> {
        match raw {
            Raw::Json(leaf) => leaf.string().map(Self::from),
            Raw::Leaf(Leaf::Text(text)) => Some(text.clone()),
            Raw::Hole => Some(Self::new()),
            Raw::Leaf(_) => None,
        }
    }
}

/// What a code is read as: the place of one that is listed, or its text.
pub(crate) enum Listed {
    At(usize),
    Not(FhirString),
}

/// Looks a code up among those of its value set.
pub(crate) fn code(raw: Raw<'_>, codes: &[&str]) -> Option<Listed> {
    let code = match raw {
        Raw::Json(leaf) if leaf.kind == Kind::String && !leaf.escaped => {
            return Some(listed(leaf.text(), codes));
        }
        Raw::Json(leaf) => leaf.string()?,
        Raw::Leaf(Leaf::Code(text)) => Cow::Borrowed(text),
        Raw::Hole => Cow::Borrowed(""),
        Raw::Leaf(_) => return None,
    };
    Some(listed(&code, codes))
}

pub(crate) fn listed(code: &str, codes: &[&str]) -> Listed {
    let at = codes.iter().position(|one| *one == code);
    at.map_or_else(|| Listed::Not(code.into()), Listed::At)
}

macro_rules! leaves {
    ($($ty:ty, $leaf:ident($pass:expr), $read:expr, $hole:expr;)*) => { $(
        impl Item for $ty {
            #[inline]
            fn value(&self) -> (u8, Value<'_>) {
                let pass: fn(&Self) -> _ = $pass;
                (0, Value::Leaf(Leaf::$leaf(pass(self))))
            }

            primitive!();
        }

        impl Primitive for $ty {
            fn read(raw: Raw<'_>) -> Option<Self> {
                match raw {
                    Raw::Json(leaf) => $read(leaf),
                    Raw::Leaf(Leaf::$leaf(value)) => Some(value.to_owned()),
                    Raw::Hole => Some($hole),
                    Raw::Leaf(_) => None,
                }
            }
        }
    )* };
}

leaves! {
    bool, Boolean(|one| *one), JsonLeaf::boolean, false;
    i32, Integer(|one| *one), JsonLeaf::number, 0;
    u32, Unsigned(|one| *one), JsonLeaf::number, 0;
    Date, Date(|one| *one), JsonLeaf::parse, Self::HOLE;
    DateTime, DateTime(|one| *one), JsonLeaf::parse, Self::HOLE;
    Instant, Instant(|one| *one), JsonLeaf::parse, Self::HOLE;
    Time, Time(|one| *one), JsonLeaf::parse, Self::HOLE;
}

impl Item for Decimal {
    fn value(&self) -> (u8, Value<'_>) {
        (0, Value::Leaf(Leaf::Decimal(self)))
    }

    primitive!();
}

impl Primitive for Decimal {
    fn read(raw: Raw<'_>) -> Option<Self> {
        match raw {
            Raw::Json(leaf) => (leaf.kind == Kind::Number).then(|| Self::of_json(leaf.text())),
            Raw::Leaf(Leaf::Decimal(value)) => Some(value.clone()),
            Raw::Hole => Some(Self::from(0)),
            Raw::Leaf(_) => None,
        }
    }
}

impl From<Leaf<'_>> for String {
    fn from(leaf: Leaf<'_>) -> Self {
        leaf.to_string()
    }
}
