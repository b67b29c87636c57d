//! The views of data types without components.

use alloc::borrow::Cow;

use core::fmt;

use super::{Datatype, DatatypeError, DatatypeErrorKind, Date, DateTime, Number, Part, Time, debug};
use crate::error::TextError;
use crate::value::Place;

macro_rules! primitive {
    ($($(#[$doc:meta])* $name:ident $id:literal;)*) => {$(
        $(#[$doc])*
        #[doc(alias = $id)]
        #[derive(Clone, Copy)]
        pub struct $name<'m>(pub(crate) Option<Place<'m>>);

        impl<'m> Datatype<'m> for $name<'m> {
            const ID: &'static str = $id;

            #[inline]
            fn of(part: impl Part<'m>) -> Self {
                Self(part.into_place())
            }

            #[inline]
            fn place(&self) -> Option<Place<'m>> {
                self.0
            }
        }

        impl<'m> $name<'m> {
            /// The text, decoded and unescaped; empty if nothing was sent, or a null. See [`Place::text`].
            #[inline]
            pub fn text(&self) -> Cow<'m, str> {
                self.0.map_or(Cow::Borrowed(""), |place| place.text())
            }

            /// As [`text`](Self::text), and says when the bytes cannot be decoded.
            ///
            /// # Errors
            ///
            /// As [`Place::try_text`].
            #[inline]
            pub fn try_text(&self) -> Result<Cow<'m, str>, TextError> {
                self.0.map_or(Ok(Cow::Borrowed("")), |place| place.try_text())
            }

            /// The text, unless nothing was sent or an explicit null.
            #[inline]
            pub fn value(&self) -> Option<Cow<'m, str>> {
                self.0.map(|place| place.text()).filter(|text| !text.is_empty())
            }

            /// The bytes as they were sent, of the first part where there are parts.
            #[inline]
            pub fn raw(&self) -> &'m [u8] {
                self.0.map_or(&[], |place| place.first_leaf().raw())
            }
        }

        impl fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug($id, self.0, f)
            }
        }
    )*};
}

primitive! {
    /// `ST`: string data, all versions.
    St "ST";
    /// `TX`: text data, all versions; leading spaces count.
    Tx "TX";
    /// `FT`: formatted text, all versions; [`text`](Ft::text) resolves `\.br\` and the like to plain lines.
    Ft "FT";
    /// `ID`: a code of an HL7 table, all versions.
    Id "ID";
    /// `IS`: a code of a table that sites define, since 2.3.
    Is "IS";
    /// `NM`: a number, all versions.
    Nm "NM";
    /// `SI`: a sequence number, all versions; `SET_ID` in 2.1.
    Si "SI";
    /// `DT`: a date, all versions.
    Dt "DT";
    /// `TM`: a time of day, all versions.
    Tm "TM";
    /// `DTM`: a date with a time, since 2.5.
    Dtm "DTM";
    /// `GTS`: a general timing specification, since 2.5.
    Gts "GTS";
    /// `TN`: a telephone number as text, 2.1 to 2.4; see [`Xtn::telephone`](super::Xtn::telephone).
    Tn "TN";
    /// `SNM`: a string of digits of a telephone number, since 2.7.
    Snm "SNM";
    /// `varies`: what another field decides, such as OBX-2 for OBX-5; also a `CM` whose parts the tables do not
    /// have. See [`component`](Varies::component) and [`Datatype::as_type`].
    Varies "varies";
}

/// The bytes of a value, unless nothing was sent or a null.
fn sent(raw: &[u8]) -> Option<&[u8]> {
    (!raw.is_empty() && raw != b"\"\"").then_some(raw)
}

impl<'m> Nm<'m> {
    /// The number, exact; `None` if nothing was sent or a null. Spaces around it are left out.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Syntax`] if the text is no number.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::{Nm, Number};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|||5.10|<5\r")?;
    /// let obx = msg.segment("OBX").expect("an OBX");
    /// let number = obx.value::<Nm<'_>>(5).number()?.expect("a number");
    /// assert_eq!((number, number.as_str()), (Number::parse("5.1")?, "5.10"));
    /// assert!(obx.value::<Nm<'_>>(6).number().is_err());
    /// assert_eq!(obx.value::<Nm<'_>>(7).number(), Ok(None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn number(&self) -> Result<Option<Number<'m>>, DatatypeError> {
        let Some(raw) = sent(self.raw()) else {
            return Ok(None);
        };
        // Digits are the same in every character set; whatever else stands there is no number.
        let trimmed = raw.trim_ascii();
        let start = raw.len() - raw.trim_ascii_start().len();
        let valid = match core::str::from_utf8(trimmed) {
            Ok(text) => text,
            Err(error) => {
                let offset = start + error.valid_up_to();
                return Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset));
            }
        };
        let number = Number::parse(valid);
        number
            .map(Some)
            .map_err(|error| DatatypeError::new(error.kind(), start + error.offset()))
    }
}

impl Si<'_> {
    /// The number; `None` if nothing was sent or a null.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Syntax`] if the text is not digits alone, and [`DatatypeErrorKind::Range`] beyond
    /// `u32`. The standard ends at 9999.
    pub fn number(&self) -> Result<Option<u32>, DatatypeError> {
        let Some(raw) = sent(self.raw()) else {
            return Ok(None);
        };
        let mut number = 0_u32;
        for (offset, byte) in raw.iter().enumerate() {
            if !byte.is_ascii_digit() {
                return Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset));
            }
            let next = number
                .checked_mul(10)
                .and_then(|n| n.checked_add(u32::from(byte - b'0')));
            number = next.ok_or(DatatypeError::new(DatatypeErrorKind::Range, offset))?;
        }
        Ok(Some(number))
    }
}

impl Dt<'_> {
    /// The date, read leniently; `None` if nothing was sent or a null. [`Date::parse_lenient`] of the
    /// [`text`](Self::text) says how it departs from the standard.
    ///
    /// # Errors
    ///
    /// As [`Date::parse_lenient`].
    pub fn date(&self) -> Result<Option<Date>, DatatypeError> {
        let raw = sent(self.raw());
        raw.map(|raw| Date::read_lenient(raw).map(|read| read.value()))
            .transpose()
    }
}

impl Tm<'_> {
    /// The time of day, read leniently; `None` if nothing was sent or a null. [`Time::parse_lenient`] of the
    /// [`text`](Self::text) says how it departs from the standard.
    ///
    /// # Errors
    ///
    /// As [`Time::parse_lenient`].
    pub fn time(&self) -> Result<Option<Time>, DatatypeError> {
        let raw = sent(self.raw());
        raw.map(|raw| Time::read_lenient(raw).map(|read| read.value()))
            .transpose()
    }
}

impl Dtm<'_> {
    /// The moment, read leniently; `None` if nothing was sent or a null. [`DateTime::parse_lenient`] of the
    /// [`text`](Self::text) says how it departs from the standard.
    ///
    /// # Errors
    ///
    /// As [`DateTime::parse_lenient`].
    pub fn date_time(&self) -> Result<Option<DateTime>, DatatypeError> {
        let raw = sent(self.raw());
        raw.map(|raw| DateTime::read_lenient(raw).map(|read| read.value()))
            .transpose()
    }
}

impl<'m> Varies<'m> {
    /// Component `n`, from 1, of whatever it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::{Datatype, Nm, Sn, Varies};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|SN|||>^5\r")?;
    /// let obx = msg.segment("OBX").expect("an OBX");
    /// let value = obx.value::<Varies<'_>>(5);
    /// assert_eq!(value.component(2).text(), "5");
    /// match obx.value::<Varies<'_>>(2).text().as_ref() {
    ///     "SN" => assert_eq!(value.as_type::<Sn<'_>>().comparator().text(), ">"),
    ///     "NM" => assert!(value.as_type::<Nm<'_>>().number().is_ok()),
    ///     _ => {}
    /// }
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn component(&self, n: usize) -> Varies<'m> {
        Varies(super::component(self.0, n))
    }
}
