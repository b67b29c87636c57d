#![doc = include_str!("../README.md")]

mod entries;
mod hl7;
mod invariants;
mod issue;
mod limits;
mod position;
mod reading;
mod render;
mod report;
mod rule;
mod rules;
mod sink;
mod validator;
mod walk;

pub use hl7::Hl7Validator;
pub use issue::{Issue, IssueType, Position, Severity};
pub use limits::Limits;
pub use render::sarif::to_sarif;
pub use report::{NotEvaluated, Report};
pub use rule::Rule;
pub use validator::Validator;
