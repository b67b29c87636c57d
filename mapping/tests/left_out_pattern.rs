//! The patterns by which `tests/conformance/v2fhir/left-out.txt` leaves facts out.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "conformance/v2fhir/pattern.rs"]
mod pattern;

use carewire_hl7v2::Message;

use self::pattern::Pattern;

/// Synthetic, and of no person.
const MESSAGE: &[u8] = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1||A1||Able&van^Ann~Baker^B*b^C\\T\\C\rOBX|1|NM|alpha\rOBX|2|TM|beta||12\r";

fn fits(pattern: &str, text: &str) -> bool {
    let message = Message::parse(MESSAGE).unwrap();
    Pattern::parse(pattern).unwrap().fits(text, &message)
}

#[test]
fn a_star_is_any_text_and_text_is_itself() {
    assert!(fits("SB", "SB"));
    assert!(!fits("SB", "SBx"));
    assert!(fits("a*c", "abc") && fits("a*c", "ac") && fits("*", ""));
    assert!(!fits("a*c", "abcd"));
}

#[test]
fn a_path_is_the_value_of_the_message() {
    assert!(fits("{PID-3} / SB", "A1 / SB"));
    assert!(!fits("{PID-3} / SB", "A2 / SB"));
    assert!(!fits("{PID-3} / SB", "A1A1 / SB"));
}

#[test]
fn a_path_names_the_first_part_decoded() {
    assert!(fits("{PID-5.1}", "Able"));
    assert!(fits("{PID-5.1.2}", "van"));
    assert!(fits("{PID-5[2].3}", "C&C"));
}

#[test]
fn a_star_in_brackets_is_every_repetition_and_a_condition_the_fitting_ones() {
    assert!(!fits("{PID-5.1}", "Baker"));
    assert!(fits("{PID-5[*].1} / *", "Baker / B"));
    assert!(fits("{OBX[*]-3} / x", "beta / x"));
    assert!(fits("{OBX[2='TM']-3} / {OBX[2='TM']-5}", "beta / 12"));
    assert!(!fits("{OBX[2='TM']-3}", "alpha"));
}

#[test]
fn a_star_in_a_value_is_no_wildcard() {
    assert!(fits("{PID-5[2].2}", "B*b"));
    assert!(!fits("{PID-5[2].2}", "Bob"));
}

#[test]
fn a_place_without_a_value_stands_for_nothing() {
    assert!(!fits("/ {PID-8}", "/ "));
    assert!(!fits("x{PID-8}", "x"));
}

#[test]
fn a_malformed_placeholder_is_refused() {
    assert!(Pattern::parse("{PID-3").is_err());
    assert!(Pattern::parse("{PID-0}").is_err());
}
