//! What a reader of FHIR text found, as issues of our rules.

use std::borrow::Cow;

use carewire_fhir_model::{Document, Error, Finding, FindingCode, Read};

use crate::rules::{
    array_expected, array_unexpected, companion_length, element_empty, element_type, element_unknown,
    key_repeated, null_value, resource_type, syntax, text_form,
};
use crate::sink::{Flow, Place, Sink};
use crate::{Issue, Position, Report, Rule};

/// Whether a finding is an error.
pub(crate) fn has_error(read: &Read<'_>) -> bool {
    let errors =
        |finding: &Finding| rule(finding.code(), &read.document).is_some_and(|rule| rule.severity.is_error());
    read.findings.iter().any(errors)
}

/// Gives the findings to a sink. Some the walk comes upon as well, at the same place: the sink keeps one.
pub(crate) fn report(read: &Read<'_>, sink: &mut Sink) -> Flow {
    if read.findings_dropped > 0 {
        sink.truncate();
    }
    for finding in &read.findings {
        if let Some(rule) = rule(finding.code(), &read.document) {
            let more = || {
                if *rule == text_form::RULE {
                    finding.code().message().into()
                } else {
                    Cow::Borrowed("")
                }
            };
            let place = Place {
                offset: finding.offset(),
                // Of JSON the report counts them, as for what the walk finds.
                known: (read.document.is_from_xml()).then(|| (finding.line(), finding.column())),
            };
            sink.take(rule, || (finding.path().to_owned(), place), more)?;
        }
    }
    Flow::Continue(())
}

/// The rule that a finding breaks; `None` for one that is allowed.
fn rule(code: FindingCode, document: &Document<'_>) -> Option<&'static Rule> {
    Some(match code {
        FindingCode::UnknownElement | FindingCode::CompanionOfComplex => &element_unknown::RULE,
        FindingCode::DuplicateKey => &key_repeated::RULE,
        // XML has no arrays.
        FindingCode::SingleForList | FindingCode::ListForSingle if document.is_from_xml() => return None,
        FindingCode::SingleForList => &array_expected::RULE,
        FindingCode::ListForSingle => &array_unexpected::RULE,
        FindingCode::EmptyArray | FindingCode::EmptyObject => &element_empty::RULE,
        FindingCode::Null => &null_value::RULE,
        FindingCode::NestedArray
        | FindingCode::PrimitiveForObject
        | FindingCode::ObjectForPrimitive
        | FindingCode::WrongJsonType => &element_type::RULE,
        FindingCode::NoResourceType | FindingCode::UnknownResourceType => &resource_type::RULE,
        FindingCode::CompanionLength => &companion_length::RULE,
        // RFC 8259 lets a reader pass over it.
        FindingCode::ByteOrderMark => return None,
        // Text that no format has, and whatever a reader learns to find.
        _ => &text_form::RULE,
    })
}

/// The report on text that could not be read at all.
pub(crate) fn unreadable(error: Error) -> Report {
    let rule = &syntax::RULE;
    let issue = Issue {
        severity: rule.severity,
        code: rule.code,
        rule: rule.id,
        expression: String::new(),
        position: Some(Position {
            offset: error.offset(),
            line: error.line(),
            column: error.column(),
        }),
        message: format!("{}: {}", rule.message, error.kind()).into(),
        hl7: false,
    };
    Report {
        issues: vec![issue],
        ..Report::default()
    }
}
