//! Typed views of the data types of all versions, over the text of a message.
//!
//! A view such as [`Xpn`] or [`Cx`] is a small `Copy` handle over a repetition, component or subcomponent: a data
//! type that is nested in another reads its subcomponents. There is one view a data type for all versions; it has an
//! accessor for each component that any version has, and the accessor says which do. What was `CE` in 2.3 and is
//! `CWE` in 2.7 reads with [`Cwe`], what was `TS` and is `DTM` with [`Ts`], an `ST` that became an `FN` with
//! [`FamilyName`]: the first component of the later type is the whole of the earlier one. The many `CM` of 2.2 and
//! 2.3 have the views of the types that took their places.
//!
//! Views are total: a part that was not sent gives a view that [is absent](Datatype::is_absent), and so do all its
//! parts, so that accessors can be chained without asking at each step. At the end stands a primitive: its `value` is
//! `None` when nothing was sent or an explicit null; [`Datatype::is_null`] tells the two apart.
//!
//! The accessors of components have no examples of their own: each works like the one in the example of its type, and
//! says which versions have the component, with which data type.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::Message;
//! use carewire_hl7v2::datatype::{Cx, Dtm, Xpn};
//!
//! let msg = Message::parse(
//!     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^LAB&1.2.3&ISO^MR~8||Doe&van^Ann||19700229|\"\"\r",
//! )?;
//! let pid = msg.segment("PID").expect("a PID");
//! let name = pid.value::<Xpn<'_>>(5);
//! assert_eq!(name.family_name().surname().text(), "Doe");
//! assert_eq!(name.given_name().value().as_deref(), Some("Ann"));
//! assert_eq!(name.suffix().value(), None);
//! let authorities: Vec<_> = pid.values::<Cx<'_>>(3).map(|id| id.assigning_authority()).collect();
//! assert_eq!(authorities[0].universal_id().text(), "1.2.3");
//! assert_eq!(authorities[1].universal_id().value(), None);
//! // Dates are read when asked for, and say what is wrong without the value.
//! let error = pid.value::<Dtm<'_>>(7).date_time().unwrap_err();
//! assert_eq!(error.to_string(), "no such day in the month at byte 6");
//! # Ok::<(), carewire_hl7v2::Error>(())
//! ```
//!
//! The values themselves are [`Date`], [`Time`] and [`DateTime`], each as precise as it was said, and [`Number`],
//! exact. They are read and written without a message too.

#[cfg(feature = "chrono")]
mod chrono;
mod coding;
mod composite;
mod date;
mod date_time;
mod encapsulated;
mod error;
mod identifier;
mod lenient;
mod number;
mod offset;
mod person;
mod precision;
mod primitive;
mod quantity;
mod telecom;
mod time;
mod timing;

use core::fmt;

use crate::segment::Segment;
use crate::value::{Component, Field, Place, Repetition, Subcomponent};

pub use crate::generated::views::*;
pub use coding::Coding;
pub(crate) use composite::composites;
pub use date::Date;
pub use date_time::DateTime;
pub use error::{DatatypeError, DatatypeErrorKind};
pub use identifier::CheckDigit;
pub use lenient::{Departure, Lenient};
pub use number::Number;
pub use offset::Offset;
pub use precision::Precision;
pub use primitive::{Dt, Dtm, Ft, Gts, Id, Is, Nm, Si, Snm, St, Tm, Tn, Tx, Varies};
pub use quantity::Measure;
pub use telecom::Telephone;
pub use time::Time;
pub use timing::{RepeatPattern, TimeUnit};

/// A view of a data type.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::{Cwe, Datatype, Id};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|CE|||5^Five^L||\"\"\r")?;
/// let obx = msg.segment("OBX").expect("an OBX");
/// let code = Cwe::of(obx.field(5));
/// assert_eq!(code.text().text(), "Five");
/// assert!(code.alternate_identifier().is_absent());
/// let units = obx.value::<Cwe<'_>>(7);
/// assert!(units.is_null() && !units.is_empty());
/// assert!(obx.value::<Id<'_>>(6).is_empty() && !obx.value::<Id<'_>>(6).is_absent());
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
pub trait Datatype<'m>: Copy + fmt::Debug {
    /// The name of the data type, such as `XPN`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Datatype, FamilyName, Xpn};
    /// assert_eq!((Xpn::ID, FamilyName::ID), ("XPN", "FN"));
    /// ```
    const ID: &'static str;

    /// The view of a part: a field (its first repetition), repetition, component or subcomponent, or a
    /// [`Place`] at one of these; or of none, as those that look a part up give it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Datatype, Xpn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||\"\"\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(Xpn::of(pid.field(5)).given_name().text(), "Ann");
    /// assert!(Xpn::of(pid.field(9)).is_absent());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn of(part: impl Part<'m>) -> Self;

    /// Where the value stands; `None` if there is no such part.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Datatype, Xpn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||\"\"\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// let given = pid.value::<Xpn<'_>>(5).given_name();
    /// assert_eq!(given.place().map(|place| place.location().to_string()).as_deref(), Some("PID-5.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn place(&self) -> Option<Place<'m>>;

    /// The same part as another data type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Cwe, Datatype, Varies}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|CWE|||5^Five^L\r")?;
    /// let value = msg.segment("OBX").map(|obx| obx.value::<Varies<'_>>(5)).expect("an OBX");
    /// assert_eq!(value.as_type::<Cwe<'_>>().text().text(), "Five");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn as_type<T: Datatype<'m>>(&self) -> T {
        T::of(self.place())
    }

    /// True if there is no such part in the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Datatype, Xpn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||\"\"\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert!(pid.value::<Xpn<'_>>(9).is_absent());
    /// assert!(!pid.value::<Xpn<'_>>(6).is_absent());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn is_absent(&self) -> bool {
        self.place().is_none()
    }

    /// True if the sender says nothing here: the part is absent, or nothing stands in it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Datatype, Xpn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||\"\"\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert!(pid.value::<Xpn<'_>>(6).is_empty() && pid.value::<Xpn<'_>>(9).is_empty());
    /// assert!(!pid.value::<Xpn<'_>>(7).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn is_empty(&self) -> bool {
        self.place().is_none_or(|place| place.is_empty())
    }

    /// True if exactly `""` was sent here, the explicit null: the value is to be deleted.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Datatype, Xpn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||\"\"\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert!(pid.value::<Xpn<'_>>(7).is_null());
    /// assert!(!pid.value::<Xpn<'_>>(6).is_null());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn is_null(&self) -> bool {
        self.place().is_some_and(|place| place.is_null())
    }
}

/// What a view can be made [of](Datatype::of); the parts of a message are, and no type outside this crate.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::{Cx, Datatype};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~8\r")?;
/// let ids = msg.segment("PID").and_then(|pid| pid.field(3)).expect("PID-3");
/// assert_eq!(Cx::of(ids).id_number().text(), "7");
/// assert_eq!(Cx::of(ids.repetition(2)).id_number().text(), "8");
/// assert_eq!(Cx::of(msg.find("PID-3[2]")?).id_number().text(), "8");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Part<'m>: sealed::Sealed {
    #[doc(hidden)]
    fn into_place(self) -> Option<Place<'m>>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! part {
    ($($part:ident),*) => {$(
        impl sealed::Sealed for $part<'_> {}

        impl<'m> Part<'m> for $part<'m> {
            #[inline]
            fn into_place(self) -> Option<Place<'m>> {
                Some(Place::from(self))
            }
        }
    )*};
}

part!(Place, Field, Repetition, Component, Subcomponent);

impl<T: sealed::Sealed> sealed::Sealed for Option<T> {}

impl<'m, T: Part<'m>> Part<'m> for Option<T> {
    #[inline]
    fn into_place(self) -> Option<Place<'m>> {
        self.and_then(T::into_place)
    }
}

/// Component `n` of a view, from 1.
#[inline]
pub(crate) fn component(place: Option<Place<'_>>, n: usize) -> Option<Place<'_>> {
    place.and_then(|place| place.component_of_type(n))
}

/// `Debug` of a view: where it is and how long, no text.
#[cold]
pub(crate) fn debug(id: &str, place: Option<Place<'_>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match place {
        Some(place) => write!(f, "{id} at {place:?}"),
        None => write!(f, "{id}, absent"),
    }
}

impl<'m> Segment<'m> {
    /// The first repetition of field `n`, from 1, as a data type; [absent](Datatype::is_absent) beyond the last
    /// field that the sender wrote.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Msg;
    ///
    /// let message = Message::parse(b"MSH|^~\\&|||||||ADT^A08^ADT_A01|1|T|2.5.1\r")?;
    /// let kind = message.segment_at(1).map(|msh| msh.value::<Msg<'_>>(9)).expect("an MSH");
    /// assert_eq!(kind.message_structure().text(), "ADT_A01");
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn value<T: Datatype<'m>>(&self, n: usize) -> T {
        T::of(self.field(n))
    }

    /// Each repetition of field `n`, from 1, as a data type; none if the field is absent or empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Cx;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^^MR~8^^^^PI\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// let kinds: Vec<_> = pid.values::<Cx<'_>>(3).map(|id| id.identifier_type_code().text()).collect();
    /// assert_eq!(kinds, ["MR", "PI"]);
    /// assert_eq!(pid.values::<Cx<'_>>(4).count(), 0);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn values<T: Datatype<'m>>(&self, n: usize) -> impl Iterator<Item = T> + use<'m, T> {
        let field = self.field(n).filter(|field| !field.is_empty());
        field
            .into_iter()
            .flat_map(|field| field.repetitions())
            .map(|repetition| T::of(repetition))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "versions")]
    #[test]
    fn each_data_type_of_each_version_has_a_view() {
        use crate::generated::views::VIEWS;
        use crate::schema::{DatatypeDefinition, Version};

        let view = |id: &str| VIEWS.iter().find(|(name, _)| *name == id);
        for version in Version::ALL {
            for datatype in DatatypeDefinition::all(version) {
                let name = datatype.id();
                assert!(view(name).is_some(), "{version} {name}");
                for component in datatype.components() {
                    let part = component.datatype();
                    assert!(view(part).is_some(), "{version} {name}: {part}");
                }
            }
        }
    }
}
