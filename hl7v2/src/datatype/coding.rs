//! Codes with their systems: CWE, CNE, CE and CF hold up to three ways to say one thing.

use super::{Ce, Cne, Cwe, Datatype, Dtm, Id, St};

/// One of the codings of a coded element: primary, alternate or second alternate.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::Cwe;
///
/// let msg = Message::parse(
///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77||5\r",
/// )?;
/// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
/// let found: Vec<_> = code.codings().map(|it| (it.identifier.text(), it.coding_system.text())).collect();
/// assert_eq!(found, [("718-7".into(), "LN".into()), ("HB".into(), "L".into())]);
/// assert_eq!(code.primary().version.text(), "2.77");
/// assert_eq!(code.coding_of("LN").map(|it| it.display.text()).as_deref(), Some("Hemoglobin"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.13 CWE.
#[derive(Debug, Clone, Copy)]
pub struct Coding<'m> {
    /// The code.
    pub identifier: St<'m>,
    /// What the sender shows for it.
    pub display: St<'m>,
    /// The name of the coding system, of table 0396.
    pub coding_system: Id<'m>,
    /// The version of the coding system; of CE none.
    pub version: St<'m>,
    /// The object identifier of the coding system, since 2.7.
    pub coding_system_oid: St<'m>,
    /// The object identifier of the value set, since 2.7.
    pub value_set_oid: St<'m>,
    /// The version of the value set, since 2.7.
    pub value_set_version: Dtm<'m>,
}

impl Coding<'_> {
    /// True if there is neither a code nor a text.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^^LN\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// assert!(!code.primary().is_empty() && code.alternate().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.identifier.value().is_none() && self.display.value().is_none()
    }
}

impl<'m> Cwe<'m> {
    /// The first coding: components 1 to 3, 7 and 14 to 16.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77^^^H1^Hb^99X||5\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// assert_eq!(code.primary().identifier.text(), "718-7");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn primary(&self) -> Coding<'m> {
        Coding {
            identifier: self.identifier(),
            display: self.text(),
            coding_system: self.name_of_coding_system(),
            version: self.coding_system_version_id(),
            coding_system_oid: self.coding_system_oid(),
            value_set_oid: self.value_set_oid(),
            value_set_version: self.value_set_version_id(),
        }
    }

    /// The alternate coding: components 4 to 6, 8 and 17 to 19.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77^^^H1^Hb^99X||5\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// assert_eq!(code.alternate().identifier.text(), "HB");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alternate(&self) -> Coding<'m> {
        Coding {
            identifier: self.alternate_identifier(),
            display: self.alternate_text(),
            coding_system: self.name_of_alternate_coding_system(),
            version: self.alternate_coding_system_version_id(),
            coding_system_oid: self.alternate_coding_system_oid(),
            value_set_oid: self.alternate_value_set_oid(),
            value_set_version: self.alternate_value_set_version_id(),
        }
    }

    /// The second alternate coding, since 2.7: components 10 to 13 and 20 to 22.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77^^^H1^Hb^99X||5\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// assert_eq!(code.second_alternate().identifier.text(), "H1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn second_alternate(&self) -> Coding<'m> {
        Coding {
            identifier: self.second_alternate_identifier(),
            display: self.second_alternate_text(),
            coding_system: self.name_of_second_alternate_coding_system(),
            version: self.second_alternate_coding_system_version_id(),
            coding_system_oid: self.second_alternate_coding_system_oid(),
            value_set_oid: self.second_alternate_value_set_oid(),
            value_set_version: self.second_alternate_value_set_version_id(),
        }
    }

    /// The codings that say something, the primary one first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77^^^H1^Hb^99X||5\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// let systems: Vec<_> = code.codings().map(|coding| coding.coding_system.text()).collect();
    /// assert_eq!(systems, ["LN", "L", "99X"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn codings(&self) -> impl Iterator<Item = Coding<'m>> + use<'m> {
        [self.primary(), self.alternate(), self.second_alternate()]
            .into_iter()
            .filter(|coding| !coding.is_empty())
    }

    /// The first coding of a coding system, by its name of table 0396, such as `LN`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Cwe};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.7\rOBX|1|ST|718-7^Hemoglobin^LN^HB^Haemoglobin^L^2.77^^^H1^Hb^99X||5\r")?;
    /// let code = msg.segment("OBX").map(|obx| obx.value::<Cwe<'_>>(3)).expect("an OBX");
    /// assert_eq!(code.coding_of("L").map(|coding| coding.display.text()).as_deref(), Some("Haemoglobin"));
    /// assert!(code.coding_of("SCT").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn coding_of(&self, coding_system: &str) -> Option<Coding<'m>> {
        self.codings()
            .find(|coding| coding.coding_system.text() == coding_system)
    }
}

impl<'m> From<Ce<'m>> for Cwe<'m> {
    fn from(code: Ce<'m>) -> Self {
        code.as_type()
    }
}

impl<'m> From<Cne<'m>> for Cwe<'m> {
    fn from(code: Cne<'m>) -> Self {
        code.as_type()
    }
}
