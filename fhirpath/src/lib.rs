#![doc = include_str!("../README.md")]

pub mod ast;
mod compile;
mod context;
mod document;
mod error;
mod eval;
mod functions;
mod item;
#[cfg(feature = "serde_json")]
mod json;
mod node;
mod parse;
mod patch;
mod pattern;
mod program;
mod render;
mod signature;
mod targets;
#[cfg(feature = "typed")]
mod typed;
#[cfg(feature = "terminology")]
mod units;
mod value;

pub use compile::{Compiler, compile};
pub use context::{Context, Host, Limits};
pub use error::{Error, ErrorKind, Errors};
pub use item::{Item, NoNode};
#[cfg(feature = "serde_json")]
pub use json::JsonNode;
pub use node::{Name, Node, TypeName, TypeReference};
pub use parse::{ParseLimits, Prefix, parse, parse_prefix, parse_prefix_with, parse_with};
pub use patch::{Patch, PatchError, PatchErrors};
pub use pattern::Pattern;
pub use program::{Explanation, Part, Program};
pub use signature::Signature;
pub use targets::Targets;
#[cfg(feature = "typed")]
pub use typed::{TypedNode, TypedTree};
pub use value::{Date, DateTime, Decimal, ParseValueError, Precision, Quantity, QuantityUnit, Time};
