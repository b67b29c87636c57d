//! `oid-format`: an `oid` is `urn:oid:` and numbers without leading zeros, joined by dots.
//!
//! Why: identifiers of the same body written in two ways would name two bodies.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueOid": "urn:oid:1.2.36"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueOid": "1.2.36"}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `oid`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "oid-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not an oid",
};

/// What is wrong with the text of an `oid`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    const FORM: &str = "an oid is urn:oid: and numbers joined by dots, the first 0 to 2";
    let Some(numbers) = text.strip_prefix("urn:oid:") else {
        return Some(FORM);
    };
    let mut parts = numbers.split('.');
    let root = matches!(parts.next(), Some("0" | "1" | "2"));
    let mut arcs = parts.map(|arc| {
        arc.bytes().all(|byte| byte.is_ascii_digit())
            && !arc.is_empty()
            && (arc == "0" || !arc.starts_with('0'))
    });
    let some = arcs.next();
    (!root || some != Some(true) || !arcs.all(|good| good)).then_some(FORM)
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn arcs_are_numbers() {
        for good in ["urn:oid:1.2", "urn:oid:2.16.840.1.113883.4.1", "urn:oid:0.0"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "1.2",
            "urn:oid:",
            "urn:oid:1",
            "urn:oid:3.1",
            "urn:oid:1.02",
            "urn:oid:1..2",
            "urn:oid:1.2.",
            "urn:oid:1.a",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
