//! A report as an OperationOutcome.

use super::json::{comma, key, member};
use crate::{Issue, IssueType, Report, Severity};

/// The code system of the ids of our rules.
const RULES: &str = "https://example.org/carewire/rules";
const LINE: &str = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
const COLUMN: &str = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";

pub(crate) fn json(report: &Report) -> String {
    let mut out = String::from("{\"resourceType\":\"OperationOutcome\",\"issue\":[");
    for one in &report.issues {
        issue(&mut out, one);
    }
    if report.truncated {
        plain(
            &mut out,
            Severity::Information,
            IssueType::TooLong,
            "the limit on issues was reached, there may be more",
        );
    }
    for open in &report.not_evaluated {
        let text = format!(
            "not evaluated, {} times: {} ({})",
            open.times, open.subject, open.reason
        );
        plain(&mut out, Severity::Information, IssueType::NotSupported, &text);
    }
    if report.issues.is_empty() && !report.truncated && report.not_evaluated.is_empty() {
        plain(
            &mut out,
            Severity::Information,
            IssueType::Informational,
            "no issue found",
        );
    }
    out.push_str("]}");
    out
}

fn issue(out: &mut String, issue: &Issue) {
    comma(out);
    out.push('{');
    if let Some(at) = issue.position {
        key(out, "extension");
        out.push_str(&format!(
            "[{{\"url\":\"{LINE}\",\"valueInteger\":{}}},{{\"url\":\"{COLUMN}\",\"valueInteger\":{}}}]",
            at.line, at.column
        ));
    }
    member(out, "severity", issue.severity.code());
    member(out, "code", issue.code.code());
    key(out, "details");
    out.push_str("{\"coding\":[{");
    member(out, "system", RULES);
    member(out, "code", issue.rule);
    out.push_str("}]");
    member(out, "text", &issue.message);
    out.push('}');
    if let Some(at) = issue.position {
        member(
            out,
            "diagnostics",
            &format!("line {}, column {}, offset {}", at.line, at.column, at.offset),
        );
    }
    if !issue.expression.is_empty() {
        key(
            out,
            if issue.is_hl7_path() {
                "location"
            } else {
                "expression"
            },
        );
        out.push('[');
        super::json::string(out, &issue.expression);
        out.push(']');
    }
    out.push('}');
}

fn plain(out: &mut String, severity: Severity, code: IssueType, text: &str) {
    comma(out);
    out.push('{');
    member(out, "severity", severity.code());
    member(out, "code", code.code());
    key(out, "details");
    out.push('{');
    member(out, "text", text);
    out.push_str("}}");
}
