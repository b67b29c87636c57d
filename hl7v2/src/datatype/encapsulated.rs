//! The data of ED.

use alloc::vec::Vec;

use super::{DatatypeError, DatatypeErrorKind, Ed};

impl Ed<'_> {
    /// The data of component 5, decoded as component 4 says: `A` (the text as UTF-8), `Hex` or `Base64`, in any
    /// case. Nothing sent gives no bytes.
    ///
    /// Escapes are resolved first. White space is passed over, and so is missing padding at the end of Base64.
    /// Nothing is decoded before it is asked for: reading a message costs the same however large the data is.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Encoding`] if component 4 is none of these, [`DatatypeErrorKind::Syntax`] if a
    /// character does not belong to the encoding or the end is incomplete, and [`DatatypeErrorKind::Text`] if the
    /// text does not fit the character set of the message. The offset is one of component 5.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Ed;
    ///
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||MDM^T02|1|T|2.5.1\rOBX|1|ED|||LAB^TEXT^PLAIN^Base64^Q2FyZXdpcmU=\r",
    /// )?;
    /// let data = msg.segment("OBX").map(|obx| obx.value::<Ed<'_>>(5)).expect("an OBX");
    /// assert_eq!(data.bytes()?, b"Carewire");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.16.24 ED, table 0299.
    pub fn bytes(&self) -> Result<Vec<u8>, DatatypeError> {
        let encoding = self.encoding().text();
        let decode = if encoding.eq_ignore_ascii_case("Base64") {
            base64
        } else if encoding.eq_ignore_ascii_case("Hex") {
            hex
        } else if encoding.eq_ignore_ascii_case("A") {
            |text: &[u8]| Ok(text.to_vec())
        } else {
            return Err(DatatypeError::new(DatatypeErrorKind::Encoding, 0));
        };
        let text = self.data().try_text();
        let text = text.map_err(|_| DatatypeError::new(DatatypeErrorKind::Text, 0))?;
        decode(text.as_bytes())
    }
}

fn fault(offset: usize) -> DatatypeError {
    DatatypeError::new(DatatypeErrorKind::Syntax, offset)
}

/// RFC 4648, section 4.
fn base64(text: &[u8]) -> Result<Vec<u8>, DatatypeError> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut ended) = (0_u32, 0_u8, false);
    for (offset, byte) in text.iter().enumerate() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' if count >= 2 || ended => {
                ended = true;
                continue;
            }
            _ => return Err(fault(offset)),
        };
        if ended {
            return Err(fault(offset));
        }
        bits = bits << 6 | u32::from(six);
        count += 1;
        if count == 4 {
            let [_, high, middle, low] = bits.to_be_bytes();
            bytes.extend([high, middle, low]);
            (bits, count) = (0, 0);
        }
    }
    let [_, high, middle, _] = (bits << (6 * (4 - u32::from(count.min(4))))).to_be_bytes();
    match count {
        0 => {}
        2 => bytes.push(high),
        3 => bytes.extend([high, middle]),
        _ => return Err(fault(text.len())),
    }
    Ok(bytes)
}

fn hex(text: &[u8]) -> Result<Vec<u8>, DatatypeError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (offset, byte) in text.iter().enumerate() {
        let four = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return Err(fault(offset)),
        };
        match high.take() {
            Some(high) => bytes.push(high << 4 | four),
            None => high = Some(four),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err(fault(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9v YmE=\r\n", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zg", "f"),
        ] {
            assert_eq!(base64(text.as_bytes()), Ok(bytes.as_bytes().to_vec()), "{text}");
        }
        assert_eq!(base64(b"+/+/"), Ok(vec![0xFB, 0xFF, 0xBF]));
        for (text, offset) in [("Z", 1), ("=", 0), ("Zg==Zg==", 4), ("Zm9v_A==", 4), ("Zm!v", 2)] {
            assert_eq!(
                base64(text.as_bytes()).map_err(|e| e.offset()),
                Err(offset),
                "{text}"
            );
        }
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(hex(b"00fFa5"), Ok(vec![0, 0xFF, 0xA5]));
        assert_eq!(hex(b"00 f"), Err(fault(4)));
        assert_eq!(hex(b"0g"), Err(fault(1)));
    }
}
