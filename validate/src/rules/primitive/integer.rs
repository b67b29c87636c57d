//! `integer-format`: an `integer` is a whole number of 32 bits, an `unsignedInt` one from 0, a `positiveInt`
//! one from 1.
//!
//! Why: receivers keep them in 32 bits; a fraction or a larger number is cut without a word.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "multipleBirthInteger": 2}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "multipleBirthInteger": 2.5}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `integer`, `unsignedInt`, `positiveInt`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "integer-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not an integer of its type",
};

/// What is wrong with the text of an `integer`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    whole(
        text,
        i64::from(i32::MIN),
        "an integer is a whole number from -2,147,483,648 to 2,147,483,647",
    )
}

/// What is wrong with the text of an `unsignedInt`, if anything.
pub(crate) fn unsigned_fault(text: &str) -> Option<&'static str> {
    whole(
        text,
        0,
        "an unsignedInt is a whole number from 0 to 2,147,483,647",
    )
}

/// What is wrong with the text of a `positiveInt`, if anything.
pub(crate) fn positive_fault(text: &str) -> Option<&'static str> {
    whole(text, 1, "a positiveInt is a whole number from 1 to 2,147,483,647")
}

fn whole(text: &str, least: i64, form: &'static str) -> Option<&'static str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let written = match digits.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let fits = text
        .parse()
        .is_ok_and(|value: i64| (least..=i64::from(i32::MAX)).contains(&value));
    (!written || !fits).then_some(form)
}

#[cfg(test)]
mod tests {
    use super::{fault, positive_fault, unsigned_fault};

    #[test]
    fn each_type_has_its_least_value() {
        for good in ["0", "-0", "-1", "2147483647", "-2147483648"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "-",
            "+1",
            "01",
            "1.0",
            "1e3",
            "2147483648",
            "-2147483649",
            "99999999999999999999",
            "a",
            "1 ",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
        assert_eq!(unsigned_fault("0"), None);
        assert!(unsigned_fault("-1").is_some());
        assert_eq!(positive_fault("1"), None);
        assert!(positive_fault("0").is_some());
    }
}
