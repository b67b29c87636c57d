//! The views of data types without components.

use alloc::borrow::Cow;

use core::fmt;

use super::{Datatype, DatatypeError, DatatypeErrorKind, Date, DateTime, Number, Part, Time, debug};
use crate::error::TextError;
use crate::value::Place;

/// Views: `Name "ID" "example";`, with their documentation before.
macro_rules! primitive {
    ($($(#[$doc:meta])* $name:ident $id:literal $sample:literal;)*) => {$(
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
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "|\\\"\\\"\\r\")?;")]
            /// let zab = msg.segment("ZAB").expect("a ZAB");
            #[doc = concat!("let (sent, null) = (zab.value::<", stringify!($name), "<'_>>(1), zab.value::<", stringify!($name), "<'_>>(2));")]
            #[doc = concat!("assert_eq!((sent.text().as_ref(), null.text().as_ref()), (\"", $sample, "\", \"\"));")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn text(&self) -> Cow<'m, str> {
                self.0.map_or(Cow::Borrowed(""), |place| place.text())
            }

            /// As [`text`](Self::text), and says when the bytes cannot be decoded.
            ///
            /// # Errors
            ///
            /// As [`Place::try_text`].
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "|\\\"\\\"\\r\")?;")]
            /// let zab = msg.segment("ZAB").expect("a ZAB");
            #[doc = concat!("let (sent, null) = (zab.value::<", stringify!($name), "<'_>>(1), zab.value::<", stringify!($name), "<'_>>(2));")]
            #[doc = concat!("assert_eq!((sent.try_text()?.as_ref(), null.try_text()?.as_ref()), (\"", $sample, "\", \"\"));")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn try_text(&self) -> Result<Cow<'m, str>, TextError> {
                self.0.map_or(Ok(Cow::Borrowed("")), |place| place.try_text())
            }

            /// The text, unless nothing was sent or an explicit null.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "|\\\"\\\"\\r\")?;")]
            /// let zab = msg.segment("ZAB").expect("a ZAB");
            #[doc = concat!("let (sent, null) = (zab.value::<", stringify!($name), "<'_>>(1), zab.value::<", stringify!($name), "<'_>>(2));")]
            #[doc = concat!("assert_eq!((sent.value().as_deref(), null.value()), (Some(\"", $sample, "\"), None));")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn value(&self) -> Option<Cow<'m, str>> {
                self.0.map(|place| place.text()).filter(|text| !text.is_empty())
            }

            /// The bytes as they were sent, of the first part where there are parts.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "|\\\"\\\"\\r\")?;")]
            /// let zab = msg.segment("ZAB").expect("a ZAB");
            #[doc = concat!("let (sent, null) = (zab.value::<", stringify!($name), "<'_>>(1), zab.value::<", stringify!($name), "<'_>>(2));")]
            #[doc = concat!("assert_eq!((sent.raw(), null.raw()), (&b\"", $sample, "\"[..], &b\"\\\"\\\"\"[..]));")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::St;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rNK1|1|Doe\r")?;
    /// let value = msg.segment("NK1").map(|it| it.value::<St<'_>>(2)).expect("the segment");
    /// assert_eq!(value.text(), "Doe");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    St "ST" "Doe";
    /// `TX`: text data, all versions; leading spaces count.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Tx;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|TX|||  indented\r")?;
    /// let value = msg.segment("OBX").map(|it| it.value::<Tx<'_>>(5)).expect("the segment");
    /// assert_eq!(value.text(), "  indented");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Tx "TX" "a note";
    /// `FT`: formatted text, all versions; [`text`](Ft::text) resolves `\.br\` and the like to plain lines.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Ft;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rNTE|1||one\\.br\\two\r")?;
    /// let value = msg.segment("NTE").map(|it| it.value::<Ft<'_>>(3)).expect("the segment");
    /// assert_eq!(value.text(), "one\ntwo");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Ft "FT" "a note";
    /// `ID`: a code of an HL7 table, all versions.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Id;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|||||||||F\r")?;
    /// let value = msg.segment("OBX").map(|it| it.value::<Id<'_>>(11)).expect("the segment");
    /// assert_eq!(value.value().as_deref(), Some("F"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Id "ID" "F";
    /// `IS`: a code of a table that sites define, since 2.3.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Is;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID||||||||F\r")?;
    /// let value = msg.segment("PID").map(|it| it.value::<Is<'_>>(8)).expect("the segment");
    /// assert_eq!(value.value().as_deref(), Some("F"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Is "IS" "F";
    /// `NM`: a number, all versions.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::{Nm, Number};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|||5.10\r")?;
    /// let value = msg.segment("OBX").map(|it| it.value::<Nm<'_>>(5)).expect("the segment");
    /// assert_eq!(value.number()?, Some(Number::parse("5.1")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Nm "NM" "5.10";
    /// `SI`: a sequence number, all versions; `SET_ID` in 2.1.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Si;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|2|NM\r")?;
    /// let value = msg.segment("OBX").map(|it| it.value::<Si<'_>>(1)).expect("the segment");
    /// assert_eq!(value.number()?, Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Si "SI" "1";
    /// `DT`: a date, all versions.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Dt;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rZAB|20240229\r")?;
    /// let value = msg.segment("ZAB").map(|it| it.value::<Dt<'_>>(1)).expect("the segment");
    /// assert_eq!(value.date()?.and_then(|date| date.day()), Some(29));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Dt "DT" "20240229";
    /// `TM`: a time of day, all versions.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Tm;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rZAB|0304\r")?;
    /// let value = msg.segment("ZAB").map(|it| it.value::<Tm<'_>>(1)).expect("the segment");
    /// assert_eq!(value.time()?.map(|time| time.hour()), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Tm "TM" "0304";
    /// `DTM`: a date with a time, since 2.5.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::{Dtm, Precision};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBR|||||||202402290304\r")?;
    /// let value = msg.segment("OBR").map(|it| it.value::<Dtm<'_>>(7)).expect("the segment");
    /// assert_eq!(value.date_time()?.map(|it| it.precision()), Some(Precision::Minute));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Dtm "DTM" "202402290304";
    /// `GTS`: a general timing specification, since 2.5.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Gts;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rZAB|Q6H\r")?;
    /// let value = msg.segment("ZAB").map(|it| it.value::<Gts<'_>>(1)).expect("the segment");
    /// assert_eq!(value.text(), "Q6H");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Gts "GTS" "Q6H";
    /// `TN`: a telephone number as text, 2.1 to 2.4; see [`Xtn::telephone`](super::Xtn::telephone).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Tn;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rNK1|1||||555-0123\r")?;
    /// let value = msg.segment("NK1").map(|it| it.value::<Tn<'_>>(5)).expect("the segment");
    /// assert_eq!(value.text(), "555-0123");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Tn "TN" "555-0123";
    /// `SNM`: a string of digits of a telephone number, since 2.7.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Snm;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rZAB|5550123\r")?;
    /// let value = msg.segment("ZAB").map(|it| it.value::<Snm<'_>>(1)).expect("the segment");
    /// assert_eq!(value.text(), "5550123");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Snm "SNM" "5550123";
    /// `varies`: what another field decides, such as OBX-2 for OBX-5; also a `CM` whose parts the tables do not
    /// have. See [`component`](Varies::component) and [`Datatype::as_type`].
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Varies;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|CE|||5^Five\r")?;
    /// let value = msg.segment("OBX").map(|it| it.value::<Varies<'_>>(5)).expect("the segment");
    /// assert_eq!(value.component(2).text(), "Five");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Varies "varies" "5";
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Si};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|2|NM\r")?;
    /// let obx = msg.segment("OBX").expect("an OBX");
    /// assert_eq!(obx.value::<Si<'_>>(1).number()?, Some(2));
    /// assert!(obx.value::<Si<'_>>(2).number().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Dt};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rZAB|20240229|2024-02-29|20240230\r")?;
    /// let zab = msg.segment("ZAB").expect("a ZAB");
    /// assert_eq!(zab.value::<Dt<'_>>(1).date()?, zab.value::<Dt<'_>>(2).date()?);
    /// assert!(zab.value::<Dt<'_>>(3).date().is_err());
    /// assert_eq!(zab.value::<Dt<'_>>(4).date()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Time, Tm}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rZAB|03:04\r")?;
    /// let zab = msg.segment("ZAB").expect("a ZAB");
    /// assert_eq!(zab.value::<Tm<'_>>(1).time()?, Some(Time::parse("0304")?));
    /// assert_eq!(zab.value::<Tm<'_>>(2).time()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{DateTime, Dtm}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBR|||||||20240229030405+0100\r")?;
    /// let obr = msg.segment("OBR").expect("an OBR");
    /// assert_eq!(obr.value::<Dtm<'_>>(7).date_time()?, Some(DateTime::parse("20240229030405+0100")?));
    /// assert_eq!(obr.value::<Dtm<'_>>(8).date_time()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
