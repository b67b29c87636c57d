//! The Unified Code for Units of Measure: units read, named, compared and converted exactly.
//!
//! ```
//! use carewire_terminology::ucum::{Rational, UcumErrorKind, Unit};
//!
//! let inch = Unit::parse("[in_i]")?;
//! let centimetre = Unit::parse("cm")?;
//! assert_eq!(inch.convert(&"2.5".parse()?, &centimetre)?.to_string(), "6.35");
//!
//! // A third stays a third.
//! let third = Unit::parse("min")?.convert(&"20".parse()?, &Unit::parse("h")?)?;
//! assert_eq!(third, Rational::new(1, 3).ok_or("zero")?);
//! assert_eq!(third.to_decimal(5), "0.33333");
//!
//! // What is wrong, and where.
//! let error = Unit::parse("mg/12h").unwrap_err();
//! assert_eq!((error.kind(), error.offset()), (UcumErrorKind::NumberBeforeUnit, Some(3)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Numbers are [`Rational`]: nothing is rounded between units on a ratio scale, nor for `Cel`, `[degF]` and `[degRe]`.
//! The other special units need a logarithm, a power, a root or a tangent; those results have
//! [`SPECIAL_DIGITS`] correct digits, made with integers alone, so they are the same on every machine.
//!
//! An arbitrary unit such as `[iU]` is commensurable with nothing but itself: `[iU]/mL` converts to `k[iU]/L` and not
//! to `mg/mL`. An annotation such as `{RBC}` counts as the number one. The mole is a number, as UCUM defines it.
//!
//! Text is limited to 512 bytes, 32 levels of parentheses, exponents up to 999 and numbers of 18 digits, and no number
//! grows past 4,096 bits; what goes past a limit is an error of kind [`UcumErrorKind::Limit`].
//!
//! The tables are made from the essence of UCUM, version 2.2 of 2024-06-17, which [`ESSENCE`] carries unchanged.
//! UCUM is copyright 1999-2024 Regenstrief Institute, Inc. All rights reserved; it comes under the terms of
//! [`LICENCE`] (<https://unitsofmeasure.org/license>) and without warranty of any kind.
//!
//! Spec: The Unified Code for Units of Measure, version 2.2.

mod atom;
mod convert;
mod error;
mod fixed;
mod function;
mod measure;
mod name;
mod parse;
mod product;
mod rational;
mod unit;

pub use self::atom::{Atom, atoms};
pub(crate) use self::atom::{Definition, Prefix};
pub use self::convert::Canonical;
pub use self::error::{UcumError, UcumErrorKind};
pub(crate) use self::function::Function;
pub use self::function::SPECIAL_DIGITS;
pub use self::rational::Rational;
pub use self::unit::{Unit, is_valid};

/// The essence of UCUM, the file that the tables are made from, byte for byte as it is published.
///
/// It is in a program only if the program names it.
///
/// ```
/// assert!(carewire_terminology::ucum::ESSENCE.contains("version=\"2.2\""));
/// ```
pub const ESSENCE: &str = include_str!("../spec/ucum-essence.xml");

/// UCUM's copyright notice, licence and disclaimer of warranties, to go with [`ESSENCE`].
///
/// ```
/// assert!(carewire_terminology::ucum::LICENCE.contains("Regenstrief Institute, Inc."));
/// ```
pub const LICENCE: &str = include_str!("../spec/ucum-LICENSE.md");

/// The URL of UCUM as a code system in FHIR.
pub const SYSTEM: &str = "http://unitsofmeasure.org";
