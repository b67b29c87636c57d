//! Systems of identifiers.
//!
//! An OID, a UUID or a uri, as HD.2 holds them, becomes the uri that FHIR wants in `Identifier.system`. A name that is clear at one site only is none: it comes back as it came, and a
//! site's table says what it stands for.
//!
//! ```text
//! identifierSystem(text)
//! identifierSystem('2.16.840.1.113883.19.5') => urn:oid:2.16.840.1.113883.19.5
//! identifierSystem('6BA7B811-9DAD-11D1-80B4-00C04FD430C8') => urn:uuid:6ba7b811-9dad-11d1-80b4-00c04fd430c8
//! identifierSystem('http://hospital.example.org/mrn') => http://hospital.example.org/mrn
//! identifierSystem('MAIN') => MAIN
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 uri, oid, uuid.

use std::borrow::Cow;

pub(crate) fn identifier_system<'t>(text: &'t str, _: Option<&str>) -> Cow<'t, str> {
    let trimmed = text.trim();
    if is_oid(trimmed) {
        return Cow::Owned(format!("urn:oid:{trimmed}"));
    }
    if trimmed.len() == 36 && uuid::Uuid::try_parse(trimmed).is_ok() {
        return Cow::Owned(format!("urn:uuid:{}", trimmed.to_ascii_lowercase()));
    }
    Cow::Borrowed(text)
}

/// Whether a text is an OID: numbers without leading zeros, the first 0 to 2.
fn is_oid(text: &str) -> bool {
    let mut numbers = text.split('.');
    let is_number = |number: &str| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (number == "0" || !number.starts_with('0'))
    };
    numbers
        .next()
        .is_some_and(|first| matches!(first, "0" | "1" | "2"))
        && text.contains('.')
        && numbers.all(is_number)
}
