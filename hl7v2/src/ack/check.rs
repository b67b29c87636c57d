//! An acknowledgement against what was sent.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::AckCode;
use crate::message::Message;

/// What an answer comes to; made by [`Message::check_ack`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use carewire_hl7v2::{AckCode, Message};
///
/// let second = Duration::from_secs(1);
/// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
/// let refusal = Message::parse(b"MSH|^~\\&|||||||ACK|A42|P|2.5.1\rMSA|AR|42\r")?;
/// let check = sent.check_ack(Some(&refusal), second, second);
/// assert_eq!((check.code(), check.faults(), check.is_accepted()), (Some(AckCode::AR), &[][..], false));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AckCheck {
    code: Option<AckCode>,
    faults: Vec<AckFault>,
}

/// What is wrong with an answer. The codes are stable.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::AckFault;
///
/// assert_eq!(AckFault::Late.as_str(), "ack-late");
/// assert_eq!(AckFault::NoMsa.to_string(), "ack-no-msa: an answer without msa");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AckFault {
    /// No answer came in time.
    Missing,
    /// The answer came after the time that was allowed.
    Late,
    /// The answer has no MSA.
    NoMsa,
    /// MSA-1 is not a code of table 0008.
    Code,
    /// MSA-2 is not the control id of what was sent: it answers something else.
    ControlId,
}

impl AckFault {
    /// The stable code, such as `ack-control-id`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::AckFault;
    /// assert_eq!(AckFault::ControlId.as_str(), "ack-control-id");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "ack-missing",
            Self::Late => "ack-late",
            Self::NoMsa => "ack-no-msa",
            Self::Code => "ack-code",
            Self::ControlId => "ack-control-id",
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Missing => "no answer in time",
            Self::Late => "an answer after the time allowed",
            Self::NoMsa => "an answer without msa",
            Self::Code => "a code in MSA-1 that is not in table 0008",
            Self::ControlId => "a control id in MSA-2 that is not that of the message",
        }
    }
}

impl fmt::Display for AckFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.as_str(), self.explanation())
    }
}

impl AckCheck {
    /// MSA-1; `None` without an answer, or when it is no code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use carewire_hl7v2::{AckCode, Message};
    /// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// let answer = Message::parse(b"MSH|^~\\&|||||||ACK|A42|P|2.5.1\rMSA|AA|42\r")?;
    /// let check = sent.check_ack(Some(&answer), Duration::from_secs(1), Duration::from_secs(30));
    /// assert_eq!(check.code(), Some(AckCode::AA));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> Option<AckCode> {
        self.code
    }

    /// What is wrong with the answer as an answer; a negative answer is none of these.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use carewire_hl7v2::{AckFault, Message};
    /// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// let answer = Message::parse(b"MSH|^~\\&|||||||ACK|A42|P|2.5.1\rMSA|AA|41\r")?;
    /// let check = sent.check_ack(Some(&answer), Duration::from_secs(1), Duration::from_secs(30));
    /// assert_eq!(check.faults(), [AckFault::ControlId]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn faults(&self) -> &[AckFault] {
        &self.faults
    }

    /// True if the message was accepted ([`AckCode::AA`], [`AckCode::CA`]) and nothing is wrong with the answer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use carewire_hl7v2::Message;
    /// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// let answer = Message::parse(b"MSH|^~\\&|||||||ACK|A42|P|2.5.1\rMSA|AA|42\r")?;
    /// let check = sent.check_ack(Some(&answer), Duration::from_secs(1), Duration::from_secs(30));
    /// assert!(check.is_accepted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_accepted(&self) -> bool {
        self.faults.is_empty() && self.code.is_some_and(AckCode::is_positive)
    }

    /// True if there is no answer yet and there is still time for one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use carewire_hl7v2::Message;
    /// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// let (waited, within) = (Duration::from_secs(5), Duration::from_secs(30));
    /// assert!(sent.check_ack(None, waited, within).is_pending());
    /// assert!(!sent.check_ack(None, within, waited).is_pending());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_pending(&self) -> bool {
        self.faults.is_empty() && self.code.is_none()
    }
}

impl Message<'_> {
    /// Checks an answer against this message, which was sent.
    ///
    /// `waited` is the time from sending to the answer, or to now if `answer` is `None`; `within` is the time
    /// allowed. The caller measures both: nothing here looks at a clock. Control ids are compared as text, without
    /// white space around them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use carewire_hl7v2::{AckFault, Message};
    ///
    /// let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    /// let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r")?;
    /// let answer = Message::parse(b"MSH|^~\\&|||||||ACK|A42|P|2.5.1\rMSA|AA|42\r")?;
    /// assert!(sent.check_ack(Some(&answer), second, minute).is_accepted());
    /// let other = Message::parse(b"MSH|^~\\&|||||||ACK|A41|P|2.5.1\rMSA|AA|41\r")?;
    /// assert_eq!(sent.check_ack(Some(&other), second, minute).faults(), [AckFault::ControlId]);
    /// assert!(sent.check_ack(None, second, minute).is_pending());
    /// assert_eq!(sent.check_ack(None, minute * 2, minute).faults(), [AckFault::Missing]);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.15.8 MSA.
    pub fn check_ack(&self, answer: Option<&Message<'_>>, waited: Duration, within: Duration) -> AckCheck {
        let late = waited > within;
        let mut check = AckCheck {
            code: None,
            faults: Vec::new(),
        };
        let Some(answer) = answer else {
            check.faults.extend(late.then_some(AckFault::Missing));
            return check;
        };
        check.faults.extend(late.then_some(AckFault::Late));
        let Some(msa) = answer.segment("MSA") else {
            check.faults.push(AckFault::NoMsa);
            return check;
        };
        let text = |n: usize| {
            let field = msa.field(n).map(|field| field.text()).unwrap_or_default();
            field.trim().to_owned()
        };
        check.code = AckCode::parse(&text(1));
        if check.code.is_none() {
            check.faults.push(AckFault::Code);
        }
        let sent = self.header().control_id().unwrap_or_default();
        if text(2) != sent.trim() {
            check.faults.push(AckFault::ControlId);
        }
        check
    }
}
