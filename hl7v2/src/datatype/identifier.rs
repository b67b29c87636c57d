//! Identifiers and who assigned them: CX and its check digit, HD.

use super::{Cx, Hd};

/// What a check digit says of its number.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::{CheckDigit, Cx};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||12345^5^M10~12345^6^M10~7\r")?;
/// let found: Vec<_> = msg.segment("PID").into_iter().flat_map(|pid| pid.values::<Cx<'_>>(3))
///     .map(|id| id.verify_check_digit())
///     .collect();
/// assert_eq!(found, [CheckDigit::Right, CheckDigit::Wrong, CheckDigit::Unknown]);
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// The check digit is that of the number.
    Right,
    /// The number has another check digit.
    Wrong,
    /// There is no check digit, the number has other characters than digits, or the scheme is none of table 0061
    /// that is computed here: `M10`, `M11`, `NPI`, `BCV`.
    Unknown,
}

impl Cx<'_> {
    /// Compares the check digit with the number, by the scheme of component 3.
    ///
    /// Many senders write the scheme and leave the check digit out: that is [`CheckDigit::Unknown`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{CheckDigit, Cx}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||12345^5^M10\r")?;
    /// let id = msg.segment("PID").map(|pid| pid.value::<Cx<'_>>(3)).expect("a PID");
    /// assert_eq!(id.verify_check_digit(), CheckDigit::Right);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.16.12.3 Check digit scheme.
    pub fn verify_check_digit(&self) -> CheckDigit {
        let (number, digit) = (self.id_number().text(), self.identifier_check_digit().text());
        let digits = number.as_bytes();
        let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let [sent @ b'0'..=b'9'] = *digit.as_bytes() else {
            return CheckDigit::Unknown;
        };
        let expected = match self.check_digit_scheme().text().as_ref() {
            _ if !plain => return CheckDigit::Unknown,
            "M10" | "BCV" => luhn(digits, 0),
            "M11" => mod_11(digits),
            // The number of a provider begins with 80840, which is not sent.
            "NPI" => luhn(digits, 24),
            _ => return CheckDigit::Unknown,
        };
        if expected == u32::from(sent - b'0') {
            CheckDigit::Right
        } else {
            CheckDigit::Wrong
        }
    }
}

/// Weights 2 to 7 from the right, and again.
fn mod_11(digits: &[u8]) -> u32 {
    let weighted = digits.iter().rev().zip((2..=7).cycle());
    // In 64 bits, however long the number is.
    let sum: u64 = weighted
        .map(|(digit, weight)| u64::from(digit - b'0') * weight)
        .sum();
    ((11 - (sum % 11).max(1)) % 10) as u32
}

/// Every second digit from the right is doubled, and the digits of each added.
fn luhn(digits: &[u8], start: u64) -> u32 {
    let values = digits.iter().rev().enumerate().map(|(at, digit)| {
        let value = u64::from(digit - b'0');
        let doubled = if at % 2 == 0 { value * 2 } else { value };
        doubled / 10 + doubled % 10
    });
    ((10 - (start + values.sum::<u64>()) % 10) % 10) as u32
}

impl Hd<'_> {
    /// True if the universal id is an object identifier: its type says `ISO`.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Hd;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|LAB^1.2.3^ISO|||||||1|T|2.5.1\r")?;
    /// let sender = msg.segment_at(1).map(|msh| msh.value::<Hd<'_>>(3)).expect("an MSH");
    /// assert!(sender.is_oid());
    /// assert_eq!(sender.universal_id().text(), "1.2.3");
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn is_oid(&self) -> bool {
        self.universal_id_type().text() == "ISO" && self.universal_id().value().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        for (number, digit) in [("12345", 5), ("401", 0), ("9999", 4), ("99999999", 8)] {
            assert_eq!(luhn(number.as_bytes(), 0), digit, "{number}");
        }
        assert_eq!(mod_11(b"1234567"), 4);
        // The remainder 0 counts as 1, and 10 as 0.
        assert_eq!(mod_11(b"0"), 0);
        // The example of the provider numbers: 123456789 with 3.
        assert_eq!(luhn(b"123456789", 24), 3);
    }
}
