//! The fields of MSH that say what a message is.

use alloc::borrow::Cow;

use crate::message::Message;
#[cfg(feature = "versions")]
use crate::schema::{Structure, Version};
use crate::value::Place;

/// The fields of MSH that say what a message is, who sent it and when. Empty and null ones are `None`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A04^ADT_A01|42|T|2.5.1\r")?;
/// let header = msg.header();
/// assert_eq!(header.message_code().as_deref(), Some("ADT"));
/// assert_eq!(header.trigger_event().as_deref(), Some("A04"));
/// assert_eq!(header.message_structure().as_deref(), Some("ADT_A01"));
/// assert_eq!(header.control_id().as_deref(), Some("42"));
/// assert_eq!(header.version_text().as_deref(), Some("2.5.1"));
/// assert_eq!(header.sending_application().map(|place| place.text()).as_deref(), Some("LAB"));
/// assert_eq!(header.timestamp().map(|place| place.text()).as_deref(), Some("20240102"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.15.9 MSH.
#[derive(Debug, Clone, Copy)]
pub struct Header<'m> {
    message: &'m Message<'m>,
}

impl<'m> Header<'m> {
    pub(crate) fn new(message: &'m Message<'m>) -> Self {
        Self { message }
    }

    fn place(&self, field: usize, component: usize) -> Option<Place<'m>> {
        let field = self.message.segment_at(1)?.field(field)?;
        let place = if component == 0 {
            Place::from(field)
        } else {
            Place::from(field.component(component)?)
        };
        (!place.is_empty() && !place.is_null()).then_some(place)
    }

    fn text(&self, field: usize, component: usize) -> Option<Cow<'m, str>> {
        self.place(field, component)
            .map(|place| place.text())
            .filter(|text| !text.is_empty())
    }

    /// MSH-9.1, such as `ADT`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().message_code().as_deref(), Some("ADT"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message_code(&self) -> Option<Cow<'m, str>> {
        self.text(9, 1)
    }

    /// MSH-9.2, such as `A04`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().trigger_event().as_deref(), Some("A08"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trigger_event(&self) -> Option<Cow<'m, str>> {
        self.text(9, 2)
    }

    /// MSH-9.3 as it was sent, such as `ADT_A01`; many senders leave it out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().message_structure().as_deref(), Some("ADT_A01"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message_structure(&self) -> Option<Cow<'m, str>> {
        self.text(9, 3)
    }

    /// MSH-10.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().control_id().as_deref(), Some("42"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn control_id(&self) -> Option<Cow<'m, str>> {
        self.text(10, 1)
    }

    /// MSH-11.1, such as `P`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().processing_id().as_deref(), Some("T"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn processing_id(&self) -> Option<Cow<'m, str>> {
        self.text(11, 1)
    }

    /// MSH-12.1 as it was sent, such as `2.5.1`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().version_text().as_deref(), Some("2.5.1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn version_text(&self) -> Option<Cow<'m, str>> {
        self.text(12, 1)
    }

    /// The version whose tables fit the message: that of MSH-12, or [`Version::nearest`] to it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, schema::Version};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r")?;
    /// assert_eq!(msg.header().version(), Version::V2_5_1);
    /// // There are no tables of 2.9: those of the newest version before it are used.
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.9\r")?;
    /// assert_eq!(msg.header().version(), Version::V2_8_2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn version(&self) -> Version {
        Version::nearest(self.version_text().as_deref().unwrap_or(""))
    }

    /// The structure of the message: the one that MSH-9.3 names if its version has it; else by MSH-9.1 and
    /// MSH-9.2 ([`Structure::of_event`]); else the one that MSH-9.3 names in the nearest version that has it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A04|1|T|2.5.1\r")?;
    /// assert_eq!(msg.header().structure().map(|structure| structure.name()), Some("ADT_A01"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn structure(&self) -> Option<Structure> {
        self.structure_in(self.version())
    }

    /// As [`structure`](Self::structure), as if the message were of another version.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, schema::Version};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A04|1|T|2.5.1\r")?;
    /// let earlier = msg.header().structure_in(Version::V2_5).expect("a structure");
    /// assert_eq!((earlier.name(), earlier.version()), ("ADT_A01", Version::V2_5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn structure_in(&self, version: Version) -> Option<Structure> {
        let named = self.message_structure();
        let of_event = || {
            let code = self.message_code().unwrap_or_default();
            let trigger = self.trigger_event().unwrap_or_default();
            Structure::of_event(version, &code, &trigger)
        };
        named
            .as_deref()
            .and_then(|id| Structure::find(version, id))
            .or_else(of_event)
            .or_else(|| named.as_deref().and_then(|id| Structure::find_near(version, id)))
    }

    /// MSH-3.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().sending_application().map(|it| it.text()).as_deref(), Some("LAB"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sending_application(&self) -> Option<Place<'m>> {
        self.place(3, 0)
    }

    /// MSH-4.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().sending_facility().map(|it| it.text()).as_deref(), Some("HOSP"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sending_facility(&self) -> Option<Place<'m>> {
        self.place(4, 0)
    }

    /// MSH-5.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().receiving_application().map(|it| it.text()).as_deref(), Some("EHR"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn receiving_application(&self) -> Option<Place<'m>> {
        self.place(5, 0)
    }

    /// MSH-6.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().receiving_facility().map(|it| it.text()).as_deref(), Some("CLINIC"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn receiving_facility(&self) -> Option<Place<'m>> {
        self.place(6, 0)
    }

    /// MSH-7, the time at which the message was made, as it was sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().timestamp().map(|it| it.text()).as_deref(), Some("20240102"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timestamp(&self) -> Option<Place<'m>> {
        self.place(7, 0)
    }
}
