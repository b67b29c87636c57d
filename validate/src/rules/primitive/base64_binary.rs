//! `base64-format`: a `base64Binary` is groups of four characters of the base64 alphabet, padded at the end
//! only.
//!
//! Why: a decoder that skips what it does not know gives other bytes than the sender had.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Binary", "contentType": "text/plain", "data": "SGk="}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Binary", "contentType": "text/plain", "data": "SGk"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `base64Binary`; RFC 4648.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "base64-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not base64",
};

/// What is wrong with the text of a `base64Binary`, if anything. White space may stand between characters.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    let (mut characters, mut padding) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                if padding > 0 {
                    return Some("padding is at the end");
                }
                characters += 1;
            }
            b'=' => padding += 1,
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => return Some("a character is outside the base64 alphabet"),
        }
    }
    if padding > 2 || !(characters + padding).is_multiple_of(4) {
        return Some("base64 comes in groups of four characters, the last with at most two of padding");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn groups_have_four_characters() {
        for good in ["SGk=", "SG kh\n", "SGkh", "SA==", "+/+/"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["S", "SGk", "SG=k", "S===", "SGk-", "====", "SGkh=", "%%%2@()()"] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
