//! The HL7 path of a place, as a small value that prints itself.

use core::fmt;

/// The place of something in a message, such as `OBX[2]-5[1].2.1`. Numbers count from 1; 0 means that the place
/// is not that deep.
///
/// It prints as a path; a first occurrence of a segment or a first repetition is left out, so that
/// `PID[1]-3[1].1` prints `PID-3.1`. A line without a segment id prints its number in the message, `#4`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1\rOBX|2||8867-4^Pulse\r")?;
/// let place = msg.find("OBX[2]-3.2")?.expect("a text");
/// assert_eq!(place.location().to_string(), "OBX[2]-3.2");
/// assert_eq!(place.location().segment(), "OBX");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    pub(crate) segment_position: u32,
    pub(crate) id: Id,
    pub(crate) occurrence: u32,
    pub(crate) field: u32,
    pub(crate) repetition: u32,
    pub(crate) component: u32,
    pub(crate) subcomponent: u32,
}

/// A segment id, upper case; zero bytes when a line has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) [u8; 3]);

impl Id {
    pub(crate) const NONE: Self = Self([0; 3]);

    /// That of a text of three bytes.
    pub(crate) fn of(id: &str) -> Self {
        let bytes = id.as_bytes().first_chunk::<3>().filter(|_| id.len() == 3);
        bytes.map_or(Self::NONE, |bytes| Self(*bytes))
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        if *self == Self::NONE {
            ""
        } else {
            core::str::from_utf8(&self.0).unwrap_or("")
        }
    }
}

impl Location {
    /// No place at all.
    pub(crate) const NOWHERE: Self = Self {
        segment_position: 0,
        id: Id::NONE,
        occurrence: 0,
        field: 0,
        repetition: 0,
        component: 0,
        subcomponent: 0,
    };

    /// The segment id, or the empty text for a line without one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.segment(), "PID");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment(&self) -> &str {
        self.id.as_str()
    }

    /// The number of the segment among all segments of the message, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.segment_position(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment_position(&self) -> usize {
        self.segment_position as usize
    }

    /// The number of the segment among those with its id, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.occurrence(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn occurrence(&self) -> usize {
        self.occurrence as usize
    }

    /// The field, from 1; 0 when the place is a whole segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.field(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn field(&self) -> usize {
        self.field as usize
    }

    /// The repetition, from 1; 0 when the place is a whole field or more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.repetition(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repetition(&self) -> usize {
        self.repetition as usize
    }

    /// The component, from 1; 0 when the place is a whole repetition or more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.component(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn component(&self) -> usize {
        self.component as usize
    }

    /// The subcomponent, from 1; 0 when the place is a whole component or more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let place = msg.find("PID-5[1].1.2")?.expect("a name").location();
    /// assert_eq!(place.subcomponent(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subcomponent(&self) -> usize {
        self.subcomponent as usize
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.id == Id::NONE {
            write!(f, "#{}", self.segment_position)?;
        } else {
            f.write_str(self.segment())?;
            if self.occurrence > 1 {
                write!(f, "[{}]", self.occurrence)?;
            }
        }
        if self.field == 0 {
            return Ok(());
        }
        write!(f, "-{}", self.field)?;
        if self.repetition > 1 {
            write!(f, "[{}]", self.repetition)?;
        }
        for level in [self.component, self.subcomponent] {
            if level == 0 {
                break;
            }
            write!(f, ".{level}")?;
        }
        Ok(())
    }
}
