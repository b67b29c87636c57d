//! Writing an acknowledgement.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{AckCode, ErrorCode};
use crate::delimiters::EncodingCharacters;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::location::Location;
use crate::message::Message;

/// An acknowledgement that is being written: MSH, MSA, and an ERR for each fault.
///
/// It has the delimiters, version, processing id and character set of the message it answers; sender and receiver
/// are exchanged. From version 2.5 on an ERR has ERR-2 to ERR-5, before that ERR-1. It holds codes and places, no
/// value of the message but its control id.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Ack, Message};
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|P|2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller\r")?;
/// let ack = Ack::of_findings(&msg).now("20240102030405").control_id("A42").to_bytes();
/// let expected = "MSH|^~\\&|EHR|CLINIC|LAB|HOSP|20240102030405||ACK^A08^ACK|A42|P|2.5.1||||||UNICODE UTF-8\rMSA|AE|42\r\
///     ERR||PID^1^5^1|102^Data type error^HL70357|E|charset-invalid\r";
/// assert_eq!(String::from_utf8_lossy(&ack), expected);
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.9.2 Message responses; 2.15.5 ERR; 2.15.8 MSA.
#[derive(Debug, Clone)]
pub struct Ack<'m> {
    message: &'m Message<'m>,
    code: AckCode,
    now: String,
    control_id: Option<String>,
    faults: Vec<Fault>,
}

/// What one ERR says.
#[derive(Debug, Clone, Copy)]
struct Fault {
    error: ErrorCode,
    severity: Severity,
    location: Option<Location>,
    /// A code of this library, or one that the caller gave.
    own: &'static str,
}

impl<'m> Ack<'m> {
    /// The answer to `message` with an acknowledgement code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, AckCode, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// let bytes = Ack::new(&msg, AckCode::AA).to_bytes();
    /// assert!(bytes.ends_with(b"MSA|AA|42\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(message: &'m Message<'m>, code: AckCode) -> Self {
        Self {
            message,
            code,
            now: String::new(),
            control_id: None,
            faults: Vec::new(),
        }
    }

    /// The application's answer that follows from what reading noticed: [`AckCode::AE`] with an ERR for each error
    /// and each warning if there is an error, else [`AckCode::AA`] with those for the warnings.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// assert!(Ack::of_findings(&msg).to_bytes().ends_with(b"MSA|AA|42\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_findings(message: &'m Message<'m>) -> Self {
        let fails = |finding: &Finding| finding.severity() >= Severity::Error;
        let code = if message.findings().iter().any(fails) {
            AckCode::AE
        } else {
            AckCode::AA
        };
        Self::new(message, code).findings(message.findings())
    }

    /// Sets MSH-7 as it is to be sent; what does not belong into a time is left out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, AckCode, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// let bytes = Ack::new(&msg, AckCode::AA).now("20240103").to_bytes();
    /// assert_eq!(Message::parse(&bytes)?.header().timestamp().map(|at| at.text()).as_deref(), Some("20240103"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn now(mut self, now: &str) -> Self {
        let belongs = |c: &char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-');
        self.now = now.chars().filter(belongs).collect();
        self
    }

    /// Sets MSH-10 of the answer. Without it, it is the control id of the message with `A` before it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, AckCode, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// let bytes = Ack::new(&msg, AckCode::AA).control_id("7").to_bytes();
    /// assert_eq!(Message::parse(&bytes)?.header().control_id().as_deref(), Some("7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn control_id(mut self, id: &str) -> Self {
        self.control_id = Some(id.to_owned());
        self
    }

    /// Adds an ERR for each finding that is a warning or an error; of this message, or of its tree.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, AckCode, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// let bytes = Ack::new(&msg, AckCode::AE).findings(msg.tree().findings()).to_bytes();
    /// assert!(Message::parse(&bytes)?.segment("ERR").is_some()); // EVN, PID and PV1 are missing
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn findings<'f>(mut self, findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let graver = findings
            .into_iter()
            .filter(|finding| finding.severity() >= Severity::Warning);
        self.faults.extend(graver.map(|finding| Fault {
            error: ErrorCode::of(finding.code()),
            severity: finding.severity(),
            location: finding.path(),
            own: finding.code().as_str(),
        }));
        self
    }

    /// Adds an ERR of the application. `own` is its own code, ERR-5.1 (not sent before 2.5), without delimiters; it is
    /// fixed in the program, so that no value of a patient gets into it.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{Ack, AckCode, ErrorCode, Message, Severity};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\rPID|1||7\r")?;
    /// let place = msg.find("PID-3")?.map(|place| place.location());
    /// let ack = Ack::new(&msg, AckCode::AE).error(ErrorCode::UNKNOWN_KEY, Severity::Error, place, "no-such-patient");
    /// assert!(ack.to_bytes().ends_with(b"ERR||PID^1^3^1|204^Unknown key identifier^HL70357|E|no-such-patient\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn error(
        mut self,
        error: ErrorCode,
        severity: Severity,
        location: Option<Location>,
        own: &'static str,
    ) -> Self {
        self.faults.push(Fault {
            error,
            severity,
            location,
            own,
        });
        self
    }

    /// The acknowledgement, ready to be sent: in an MLLP frame, for example.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Ack, AckCode, Message};
    /// # let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240102||ADT^A08|42|T|2.5.1\r")?;
    /// assert!(Ack::new(&msg, AckCode::AR).to_bytes().ends_with(b"MSA|AR|42\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let characters = self.message.encoding_characters();
        let msh = self.message.segment_at(1);
        let field = |n: usize| {
            let field = msh.and_then(|msh| msh.field(n));
            field.map_or(&b""[..], |field| field.raw())
        };
        let part = |n: usize, c: usize| {
            let field = msh.and_then(|msh| msh.field(n));
            let part = field.and_then(|field| field.component(c));
            part.map_or(&b""[..], |part| part.raw())
        };
        let trigger = part(9, 2);
        let kind = match characters.component() {
            Some(_) if !trigger.is_empty() => joined(characters.component(), &[b"ACK", trigger, b"ACK"]),
            _ => b"ACK".to_vec(),
        };
        let control = part(10, 1);
        let own_control = match &self.control_id {
            // What cannot be written in the set of the message is left out rather than sent wrong.
            Some(id) => self.message.encode(id).unwrap_or_default(),
            None => [b"A", control].concat(),
        };
        let now = self.now.as_bytes();
        let fields: [&[u8]; 18] = [
            b"MSH",
            field(2),
            field(5),
            field(6),
            field(3),
            field(4),
            now,
            b"",
            &kind,
            &own_control,
            field(11),
            field(12),
            b"",
            b"",
            b"",
            b"",
            b"",
            field(18),
        ];
        let mut out = Vec::new();
        segment(&mut out, characters.field(), &fields);
        segment(
            &mut out,
            characters.field(),
            &[b"MSA", self.code.as_str().as_bytes(), control],
        );
        let is_old = is_before_2_5(part(12, 1));
        for fault in &self.faults {
            fault.write(&mut out, &characters, is_old);
        }
        out
    }
}

impl Fault {
    fn write(&self, out: &mut Vec<u8>, characters: &EncodingCharacters, is_old: bool) {
        let error = self.error.code().to_string();
        let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        let coded = |separator| {
            joined(
                separator,
                &[error.as_bytes(), self.error.text().as_bytes(), b"HL70357"],
            )
        };
        let numbers = self.location.map(|place| {
            [
                number(place.occurrence()),
                number(place.field()),
                number(place.repetition()),
                number(place.component()),
                number(place.subcomponent()),
            ]
        });
        let mut place: Vec<&[u8]> = Vec::new();
        if let (Some(location), Some(numbers)) = (&self.location, &numbers) {
            place.push(location.segment().as_bytes());
            place.extend(numbers.iter().map(|number| number.as_bytes()));
        }
        if is_old {
            place.resize(3, b"");
            let coded = coded(characters.subcomponent());
            place.push(&coded);
            let place = joined(characters.component(), &place);
            return segment(out, characters.field(), &[b"ERR", &place]);
        }
        let severity: &[u8] = match self.severity {
            Severity::Information => b"I",
            Severity::Warning => b"W",
            Severity::Error => b"E",
        };
        let place = joined(characters.component(), &place);
        let fields: [&[u8]; 6] = [
            b"ERR",
            b"",
            &place,
            &coded(characters.component()),
            severity,
            self.own.as_bytes(),
        ];
        segment(out, characters.field(), &fields);
    }
}

/// The answer to bytes that are no message: [`AckCode::AR`] with an ERR that says why.
///
/// It has the recommended delimiters and version 2.5.1. MSA-2 is empty: there is no control id to answer.
/// `control_id`, MSH-10 of the answer, may hold letters, digits, `.`, `-` and `_`; the rest is left out.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, reject};
///
/// let error = Message::parse(b"PID|1\r").unwrap_err();
/// let nak = reject(&error, "20240102030405", "N1");
/// assert_eq!(
///     String::from_utf8_lossy(&nak),
///     "MSH|^~\\&|||||20240102030405||ACK|N1|P|2.5.1\rMSA|AR\rERR|||100^Segment sequence error^HL70357|E|no-msh\r",
/// );
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.9.2 Message responses.
pub fn reject(error: &Error, now: &str, control_id: &str) -> Vec<u8> {
    let time: String = now
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))
        .collect();
    let id: String = control_id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect();
    let mut out = format!("MSH|^~\\&|||||{time}||ACK|{id}|P|2.5.1\rMSA|AR\r").into_bytes();
    let fault = Fault {
        error: ErrorCode::of_error(error),
        severity: Severity::Error,
        location: error.location(),
        own: error.code(),
    };
    fault.write(&mut out, &EncodingCharacters::default(), false);
    out
}

fn is_before_2_5(version: &[u8]) -> bool {
    matches!(version, [b'2', b'.', b'0'..=b'4', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_digit))
}

/// The parts without the empty ones at their end; without a separator only the first has a place.
fn joined(separator: Option<u8>, parts: &[&[u8]]) -> Vec<u8> {
    let used = parts
        .iter()
        .rposition(|part| !part.is_empty())
        .map_or(0, |n| n + 1);
    match separator {
        Some(separator) => parts[..used].join(&separator),
        None => parts.first().map(|part| part.to_vec()).unwrap_or_default(),
    }
}

fn segment(out: &mut Vec<u8>, separator: u8, fields: &[&[u8]]) {
    out.extend(joined(Some(separator), fields));
    out.push(b'\r');
}
