//! What a field of a struct may be.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::edit::Value;
use crate::record::Written;
use crate::value::Place;

/// Why a [`Cell`] was not filled.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::record::{Cell, Unread};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|A|NM\r")?;
/// let read = |path| msg.find(path).map(|place| u32::read(&mut place.into_iter()));
/// assert_eq!(read("OBX-1")?, Err(Unread::Format));
/// assert_eq!(read("OBX-5")?, Err(Unread::Missing));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unread {
    /// Nothing was sent, or null, and the cell must have something.
    Missing,
    /// What was sent is no such number, date or code.
    Format,
    /// The text cannot be decoded.
    Text,
}

/// A type that can be read from the places at a path, and written there.
///
/// What was not sent, empty and null are [`Unread::Missing`] for text, numbers, `bool`, dates and times: wrap them in
/// `Option`, for which all three are `None`, or in [`Presence`], which keeps them apart.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::record::{Cell, Unread, Written};
/// use carewire_hl7v2::{Place, Value};
///
/// #[derive(Debug, PartialEq)]
/// enum Sex { Female, Male }
///
/// impl Cell for Sex {
///     fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
///         match &*String::read(places)? {
///             "F" => Ok(Self::Female),
///             "M" => Ok(Self::Male),
///             _ => Err(Unread::Format),
///         }
///     }
///
///     fn write(&self) -> Written<'_> {
///         Written::One(Value::text(if *self == Self::Female { "F" } else { "M" }))
///     }
/// }
///
/// assert_eq!(Sex::read(&mut std::iter::empty()), Err(Unread::Missing));
/// ```
pub trait Cell: Sized {
    /// Reads the cell from the places at its path, in order; the first one alone, as a rule.
    ///
    /// # Errors
    ///
    /// [`Unread`]; what it says is not the value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, record::Cell};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|7\r")?;
    /// assert_eq!(u32::read(&mut msg.find("PID-1")?.into_iter()), Ok(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread>;

    /// What is written at the path.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::record::{Cell, Written};
    /// assert!(matches!(7_u32.write(), Written::One(_)));
    /// assert!(matches!(None::<u32>.write(), Written::Remove));
    /// ```
    fn write(&self) -> Written<'_>;
}

/// What a sender says of a value: nothing, that it is to be deleted, or what it is.
///
/// Written, [`Absent`](Self::Absent) leaves the place as it is, and [`Null`](Self::Null) is `""`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::record::{Cell, Presence};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe||\"\"\r")?;
/// let read = |path| msg.find(path).map(|place| Presence::<String>::read(&mut place.into_iter()));
/// assert_eq!(read("PID-5")?, Ok(Presence::Value("Doe".to_owned())));
/// assert_eq!(read("PID-6")?, Ok(Presence::Absent));
/// assert_eq!(read("PID-7")?, Ok(Presence::Null));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.5.3 Fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Presence<T> {
    /// Not sent, or empty: a receiver keeps what it holds.
    #[default]
    Absent,
    /// The explicit null: a receiver deletes what it holds.
    Null,
    /// The value.
    Value(T),
}

impl<T> Presence<T> {
    /// The value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::record::Presence;
    /// assert_eq!(Presence::Value(7).value(), Some(&7));
    /// assert_eq!(Presence::<u32>::Null.value(), None);
    /// ```
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: Cell> Cell for Presence<T> {
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
        match places.next() {
            None => Ok(Self::Absent),
            Some(place) if place.is_empty() => Ok(Self::Absent),
            Some(place) if place.is_null() => Ok(Self::Null),
            Some(place) => T::read(&mut core::iter::once(place)).map(Self::Value),
        }
    }

    fn write(&self) -> Written<'_> {
        match self {
            Self::Absent => Written::Keep,
            Self::Null => Written::One(Value::NULL),
            Self::Value(value) => value.write(),
        }
    }
}

/// Absent, empty and null are `None`; `None` removes the place.
impl<T: Cell> Cell for Option<T> {
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
        match places.next() {
            Some(place) if !place.is_empty() && !place.is_null() => {
                T::read(&mut core::iter::once(place)).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn write(&self) -> Written<'_> {
        match self {
            Some(value) => value.write(),
            None => Written::Remove,
        }
    }
}

/// Each place at the path that is neither empty nor null; the path names several by `*`, as `PID-13[*].1` does.
impl<T: Cell> Cell for Vec<T> {
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
        let sent = places.filter(|place| !place.is_empty() && !place.is_null());
        sent.map(|place| T::read(&mut core::iter::once(place))).collect()
    }

    fn write(&self) -> Written<'_> {
        let values = self.iter().map(|cell| match cell.write() {
            Written::One(value) => value,
            _ => Value::EMPTY,
        });
        Written::Each(values.collect())
    }
}

/// The text of a place that has one.
fn text<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<alloc::borrow::Cow<'m, str>, Unread> {
    let place = places.next().ok_or(Unread::Missing)?;
    if place.is_empty() || place.is_null() {
        return Err(Unread::Missing);
    }
    place.try_text().map_err(|_| Unread::Text)
}

impl Cell for String {
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
        text(places).map(alloc::borrow::Cow::into_owned)
    }

    fn write(&self) -> Written<'_> {
        Written::One(self.into())
    }
}

/// `Y` and `N`.
///
/// Spec: HL7 table 0136.
impl Cell for bool {
    fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
        match &*text(places)? {
            "Y" => Ok(true),
            "N" => Ok(false),
            _ => Err(Unread::Format),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::One(Value::text(if *self { "Y" } else { "N" }))
    }
}

macro_rules! parsed {
    ($($type:ty),*) => {
        $(
            impl Cell for $type {
                fn read<'m>(places: &mut dyn Iterator<Item = Place<'m>>) -> Result<Self, Unread> {
                    text(places)?.trim().parse().map_err(|_| Unread::Format)
                }

                fn write(&self) -> Written<'_> {
                    Written::One(Value::text(self.to_string()))
                }
            }
        )*
    };
}

parsed!(i8, i16, i32, i64, u8, u16, u32, u64, usize);

#[cfg(feature = "datatypes")]
parsed!(
    crate::datatype::Date,
    crate::datatype::DateTime,
    crate::datatype::Time
);
