//! Reports as one SARIF log, which code hosts and editors show beside the lines it names.

use super::json::{comma, key, member};
use crate::{Report, Rule, Severity};

/// One SARIF 2.1.0 log of several reports, each with the name of its input, such as a path or URI.
///
/// The rules that spoke are described once; every result has its line, column and expression.
///
/// # Examples
///
/// ```
/// use carewire_validate::{Validator, to_sarif};
///
/// let report = Validator::r4().validate_json(br#"{"resourceType": "Patient", "gender": "m"}"#);
/// let log = to_sarif([("patient.json", &report)]);
/// assert!(log.contains("\"ruleId\":\"binding-required\""));
/// ```
///
/// Spec: OASIS SARIF 2.1.0.
#[must_use]
pub fn to_sarif<'a>(reports: impl IntoIterator<Item = (&'a str, &'a Report)>) -> String {
    let mut results = String::from("[");
    let mut spoke: Vec<&'static str> = Vec::new();
    for (name, report) in reports {
        for issue in &report.issues {
            if let Err(at) = spoke.binary_search(&issue.rule) {
                spoke.insert(at, issue.rule);
            }
            comma(&mut results);
            results.push('{');
            member(&mut results, "ruleId", issue.rule);
            member(&mut results, "level", level(issue.severity));
            key(&mut results, "message");
            results.push('{');
            member(&mut results, "text", &issue.message);
            results.push('}');
            key(&mut results, "locations");
            results.push_str("[{\"physicalLocation\":{\"artifactLocation\":{");
            member(&mut results, "uri", name);
            results.push('}');
            if let Some(at) = issue.position {
                results.push_str(&format!(
                    ",\"region\":{{\"startLine\":{},\"startColumn\":{},\"byteOffset\":{}}}",
                    at.line, at.column, at.offset
                ));
            }
            results.push('}');
            if !issue.expression.is_empty() {
                results.push_str(",\"logicalLocations\":[{");
                member(&mut results, "fullyQualifiedName", &issue.expression);
                results.push_str("}]");
            }
            results.push_str("}]}");
        }
    }
    results.push(']');
    let mut out =
        String::from("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\"");
    out.push_str(",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"carewire\"");
    member(&mut out, "version", env!("CARGO_PKG_VERSION"));
    out.push_str(",\"rules\":[");
    for id in spoke {
        comma(&mut out);
        out.push('{');
        member(&mut out, "id", id);
        if let Some(rule) = Rule::named(id) {
            out.push_str(",\"shortDescription\":{");
            member(&mut out, "text", rule.message());
            out.push('}');
        }
        out.push('}');
    }
    out.push_str("]}},\"columnKind\":\"unicodeCodePoints\",\"results\":");
    out.push_str(&results);
    out.push_str("}]}");
    out
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
    }
}
