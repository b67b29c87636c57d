//! Acknowledgements.

use crate::message::Message;

/// An acknowledgement code, MSA-1.
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
}

impl Message<'_> {
    /// The acknowledgement of this message: MSH and MSA, ready to be sent.
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
        let characters = self.encoding_characters();
        let separator = characters.field();
        let msh = self.segment_at(1);
        let field = |n: usize| {
            msh.and_then(|msh| msh.field(n))
                .map_or(&b""[..], |field| field.raw())
        };
        let part = |n: usize, c: usize| {
            let part = msh
                .and_then(|msh| msh.field(n))
                .and_then(|field| field.component(c));
            part.map_or(&b""[..], |part| part.raw())
        };
        let now: Vec<u8> = now
            .bytes()
            .filter(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'))
            .collect();
        let mut kind = b"ACK".to_vec();
        if let Some(component) = characters.component() {
            let trigger = part(9, 2);
            if !trigger.is_empty() {
                kind.push(component);
                kind.extend_from_slice(trigger);
                kind.push(component);
                kind.extend_from_slice(b"ACK");
            }
        }
        let control = part(10, 1);
        let own_control = [b"A", control].concat();
        let fields: [&[u8]; 17] = [
            field(2),
            field(5),
            field(6),
            field(3),
            field(4),
            &now,
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
        let used = fields
            .iter()
            .rposition(|field| !field.is_empty())
            .map_or(0, |last| last + 1);
        let mut out = b"MSH".to_vec();
        for field in &fields[..used] {
            out.push(separator);
            out.extend_from_slice(field);
        }
        out.push(b'\r');
        for (n, part) in [&b"MSA"[..], code.as_str().as_bytes(), control]
            .into_iter()
            .enumerate()
        {
            if n > 0 {
                out.push(separator);
            }
            out.extend_from_slice(part);
        }
        out.push(b'\r');
        out
    }
}
