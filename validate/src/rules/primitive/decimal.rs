//! `decimal-format`: a `decimal` is digits with an optional fraction and exponent, without leading zeros.
//!
//! Why: the digits as written are the precision of a measurement; `NaN` or `.5` have none.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueDecimal": 0.50}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueDecimal": "half"}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `decimal`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "decimal-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a decimal",
};

/// What is wrong with the text of a `decimal`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    decimal(text.as_bytes())
        .is_none()
        .then_some("a decimal is digits with an optional fraction and exponent")
}

fn decimal(text: &[u8]) -> Option<()> {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, mut rest) = digits(text);
    if whole == 0 || (whole > 1 && text.first() == Some(&b'0')) {
        return None;
    }
    if let [b'.', fraction @ ..] = rest {
        let (count, after) = digits(fraction);
        if count == 0 {
            return None;
        }
        rest = after;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'+' | b'-', exponent @ ..] => exponent,
            _ => exponent,
        };
        let (count, after) = digits(exponent);
        if count == 0 {
            return None;
        }
        rest = after;
    }
    rest.is_empty().then_some(())
}

/// How many digits `text` starts with, and what follows them.
fn digits(text: &[u8]) -> (usize, &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count, text.get(count..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn digits_stand_on_both_sides_of_the_point() {
        for good in [
            "0",
            "-0",
            "0.50",
            "-1.0",
            "1e3",
            "1.5E-10",
            "123456789012345678901234567890.1",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "", "-", "+1", "01", ".5", "5.", "1e", "1e+", "1.2.3", "NaN", "1,5", "0x1", " 1", "--1",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
