#![doc = include_str!("../README.md")]

pub mod ast;
mod error;
mod parse;
mod render;
mod value;

pub use error::{Error, ErrorKind, Errors};
pub use parse::{ParseLimits, Prefix, parse, parse_prefix, parse_prefix_with, parse_with};
pub use value::{Date, DateTime, Decimal, ParseValueError, Precision, Quantity, QuantityUnit, Time};
