//! Acknowledgements: which are wanted, how they are written, and whether one answers what was sent.

mod build;
mod check;
mod error_code;

use alloc::vec::Vec;

pub use build::{Ack, reject};
pub use check::{AckCheck, AckFault};
pub use error_code::ErrorCode;

use crate::message::Message;

/// An acknowledgement code, MSA-1.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::AckCode;
///
/// assert!(AckCode::CA.is_positive() && AckCode::CA.is_commit());
/// assert!(!AckCode::AR.is_positive() && !AckCode::AR.is_commit());
/// assert_eq!(AckCode::AE.as_str(), "AE");
/// ```
///
/// Spec: HL7 table 0008.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AckCode {
    /// Application accept.
    AA,
    /// Application error.
    AE,
    /// Application reject.
    AR,
    /// Commit accept, of enhanced mode.
    CA,
    /// Commit error, of enhanced mode.
    CE,
    /// Commit reject, of enhanced mode.
    CR,
}

impl AckCode {
    /// The code of table 0008.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::AckCode;
    /// assert_eq!(AckCode::AA.as_str(), "AA");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AA => "AA",
            Self::AE => "AE",
            Self::AR => "AR",
            Self::CA => "CA",
            Self::CE => "CE",
            Self::CR => "CR",
        }
    }

    /// The code that a text is, in upper case.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::AckCode;
    ///
    /// assert_eq!(AckCode::parse("CE"), Some(AckCode::CE));
    /// assert_eq!(AckCode::parse("ok"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::AA, Self::AE, Self::AR, Self::CA, Self::CE, Self::CR];
        all.into_iter().find(|code| code.as_str() == text)
    }

    /// True for the accepting codes, `AA` and `CA`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::AckCode;
    /// assert!(AckCode::CA.is_positive() && !AckCode::AE.is_positive());
    /// ```
    pub fn is_positive(self) -> bool {
        matches!(self, Self::AA | Self::CA)
    }

    /// True for the codes that say a message was received safely, not what became of it: `CA`, `CE`, `CR`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::AckCode;
    /// assert!(AckCode::CA.is_commit() && !AckCode::AA.is_commit());
    /// ```
    pub fn is_commit(self) -> bool {
        matches!(self, Self::CA | Self::CE | Self::CR)
    }
}

impl Message<'_> {
    /// The acknowledgement of this message: MSH and MSA, ready to be sent. [`Ack`] writes those with errors.
    ///
    /// It has the delimiters, version, processing id and character set of the message; sender and receiver are
    /// exchanged. `now` is MSH-7 as it is to be sent; what does not belong into a time is left out. MSH-10 is
    /// the control id of the message with `A` before it: the same message gives the same bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{AckCode, Message};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|P|2.5.1\r")?;
    /// let ack = msg.ack(AckCode::AA, "20240102030405");
    /// assert_eq!(
    ///     String::from_utf8_lossy(&ack),
    ///     "MSH|^~\\&|EHR|CLINIC|LAB|HOSP|20240102030405||ACK^A08^ACK|A42|P|2.5.1\rMSA|AA|42\r",
    /// );
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.13.1 ACK.
    pub fn ack(&self, code: AckCode, now: &str) -> Vec<u8> {
        Ack::new(self, code).now(now).to_bytes()
    }

    /// True if the sender asks for the answer `code`.
    ///
    /// With MSH-15 and MSH-16 both empty the original mode holds: each application answer is wanted, none of commit.
    /// Else the enhanced mode holds: MSH-15 rules the commit codes and MSH-16 the application's, by table 0155
    /// (`AL` always, `NE` never, `ER` on errors and rejects, `SU` on success); empty or unknown means never.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{AckCode, Message};
    ///
    /// let original = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// assert!(original.wants_ack(AckCode::AA) && !original.wants_ack(AckCode::CA));
    /// let enhanced = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1|||AL|ER\r")?;
    /// assert!(enhanced.wants_ack(AckCode::CA) && enhanced.wants_ack(AckCode::AE));
    /// assert!(!enhanced.wants_ack(AckCode::AA));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.9.2 Message responses; table 0155.
    pub fn wants_ack(&self, code: AckCode) -> bool {
        let condition = |n: usize| {
            let field = self.segment_at(1).and_then(|msh| msh.field(n));
            field.map(|field| field.text()).unwrap_or_default()
        };
        let (commit, application) = (condition(15), condition(16));
        if commit.is_empty() && application.is_empty() {
            return !code.is_commit();
        }
        let condition = if code.is_commit() { commit } else { application };
        match &*condition {
            "AL" => true,
            "ER" => !code.is_positive(),
            "SU" => code.is_positive(),
            _ => false,
        }
    }
}
