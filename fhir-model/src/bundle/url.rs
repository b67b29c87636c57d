//! References and the URLs of entries.

use crate::schema::{Schema, TypeId};

/// A reference without its version, and the version.
pub(super) fn without_version(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once("/_history/") {
        Some((before, version)) if is_id(version) => (before, Some(version)),
        _ => (reference, None),
    }
}

/// Whether it starts with a scheme.
pub(super) fn is_absolute(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Whether it is `Type/id`.
pub(super) fn is_relative(reference: &str) -> bool {
    reference
        .split_once('/')
        .is_some_and(|(ty, id)| resource(ty).is_some() && is_id(id))
}

/// What stands before `Type/id` in a RESTful URL.
pub(super) fn base(full_url: &str) -> Option<&str> {
    let (full_url, _) = without_version(full_url);
    if !full_url.starts_with("http://") && !full_url.starts_with("https://") {
        return None;
    }
    let (rest, id) = full_url.rsplit_once('/')?;
    let start = rest.rfind('/')? + 1;
    let (base, ty) = rest.split_at_checked(start)?;
    (is_id(id) && resource(ty).is_some()).then_some(base)
}

fn resource(name: &str) -> Option<TypeId> {
    Schema::r4()
        .type_named(name)
        .filter(|ty| ty.is_resource() && !ty.is_abstract())
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_before_type_and_id() {
        assert_eq!(
            base("http://example.org/fhir/Patient/1"),
            Some("http://example.org/fhir/")
        );
        assert_eq!(
            base("https://example.org/Patient/1/_history/2"),
            Some("https://example.org/")
        );
        for none in [
            "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9",
            "http://example.org/fhir/Nobody/1",
            "http://example.org/fhir/Patient/",
            "http://example.org/fhir/Resource/1",
            "Patient/1",
            "ftp://example.org/Patient/1",
        ] {
            assert_eq!(base(none), None, "{none}");
        }
    }

    #[test]
    fn references_have_a_version_a_scheme_or_a_type() {
        assert_eq!(without_version("Patient/1/_history/2"), ("Patient/1", Some("2")));
        assert_eq!(
            without_version("Patient/1/_history/"),
            ("Patient/1/_history/", None)
        );
        assert!(
            is_absolute("urn:oid:1.2")
                && is_absolute("http://a")
                && !is_absolute("Patient/1")
                && !is_absolute(":a")
        );
        assert!(
            is_relative("Patient/1") && !is_relative("Patient?identifier=1") && !is_relative("patient/1")
        );
        assert!(!is_relative("Patient/1/2") && !is_relative("Patient"));
    }
}
