//! `reference-form`: a literal reference is `Type/id`, an absolute URI, `#id` or, in a Bundle to be
//! processed, a query.
//!
//! Why: a type that R4 does not have or an id that cannot be one leads nowhere on a server of FHIR. Another
//! relative address may lead somewhere else, so this is a warning; white space in it is an error of
//! `uri-format`.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "subject": {"reference": "Patient/a"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "subject": {"reference": "Person2/a"}}
//! ```
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "subject": {"reference": "Patient/a_b"}}
//! ```
//!
//! Spec: FHIR R4, 2.3.0 Resource References.

use carewire_fhir_model::schema::{Schema, TypeId};

use super::bundle::full_url::is_absolute;
use super::primitive;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "reference-form",
    severity: Severity::Warning,
    code: IssueType::Value,
    message: "not a literal reference",
};

/// What a literal reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Literal<'a> {
    /// `#id`: what follows the number sign.
    Local(&'a str),
    /// A URI with a scheme.
    Absolute(&'a str),
    /// `Type/id`, with or without a version, which is left out here.
    Relative { ty: TypeId, text: &'a str },
    /// `Type?query`: the one resource that a server finds.
    Conditional(TypeId),
}

/// Reads the text of a reference; an error says what it should be.
pub(crate) fn read(text: &str) -> Result<Literal<'_>, &'static str> {
    if let Some(id) = text.strip_prefix('#') {
        return Ok(Literal::Local(id));
    }
    if is_absolute(text) {
        return Ok(Literal::Absolute(text));
    }
    let resource = |name: &str| {
        let ty = Schema::r4()
            .type_named(name)
            .filter(|ty| ty.is_resource() && !ty.is_abstract());
        ty.ok_or("a relative reference starts with the name of a resource type")
    };
    if let Some((name, _)) = text.split_once('?') {
        return resource(name).map(Literal::Conditional);
    }
    let mut parts = text.splitn(5, '/');
    let ty = resource(parts.next().unwrap_or_default())?;
    let id = parts.next().ok_or("a relative reference is Type/id")?;
    let version = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some("_history"), Some(version), None) => Some(version),
        _ => return Err("a relative reference is Type/id or Type/id/_history/version"),
    };
    if primitive::id::fault(id)
        .or_else(|| primitive::id::fault(version?))
        .is_some()
    {
        return Err("ids have 1 to 64 letters, digits, hyphens and dots");
    }
    let end = ty.name().len() + 1 + id.len();
    Ok(Literal::Relative {
        ty,
        text: text.get(..end).unwrap_or(text),
    })
}

#[cfg(test)]
mod tests {
    use super::{Literal, read};

    #[test]
    fn each_form_is_told_apart() {
        assert_eq!(read("#a"), Ok(Literal::Local("a")));
        assert_eq!(read("urn:uuid:a"), Ok(Literal::Absolute("urn:uuid:a")));
        for good in ["Patient/a", "Patient/a/_history/1"] {
            assert!(
                matches!(
                    read(good),
                    Ok(Literal::Relative {
                        text: "Patient/a",
                        ..
                    })
                ),
                "{good}"
            );
        }
        assert!(matches!(
            read("Patient?identifier=a"),
            Ok(Literal::Conditional(_))
        ));
        for bad in [
            "",
            "Patient",
            "Patient/",
            "Patient/a/",
            "Patient/a/b",
            "Patient/a/_history",
            "Patient/a_b",
            "HumanName/a",
            "Resource/a",
            "a/b",
            "Patient/a/_history/1/2",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
