//! A report as text, in the manner of a compiler.

use std::fmt::Write as _;

use crate::{Report, Severity};

pub(crate) fn text(report: &Report, name: &str) -> String {
    let mut out = String::new();
    for issue in &report.issues {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}[{}]: {}", issue.severity, issue.rule, issue.message);
        let _ = write!(out, "  --> {name}");
        if let Some(at) = issue.position {
            let _ = write!(out, ":{at}");
        }
        if !issue.expression.is_empty() {
            let _ = write!(out, " {}", issue.expression);
        }
        out.push('\n');
    }
    for open in &report.not_evaluated {
        let _ = writeln!(
            out,
            "note: not evaluated, {} times: {} ({})",
            open.times, open.subject, open.reason
        );
    }
    let errors = report.count(Severity::Error) + report.count(Severity::Fatal);
    let warnings = report.count(Severity::Warning);
    let more = if report.truncated {
        ", and there may be more"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "{name}: {} and {}{more}",
        count(errors, "error"),
        count(warnings, "warning")
    );
    out
}

fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
