#![doc = include_str!("../README.md")]

mod diagnostic;
mod finding;
mod parse;
pub mod syntax;

pub use crate::diagnostic::{Diagnostic, Span};
pub use crate::finding::{Code, Finding, Place, Severity};
