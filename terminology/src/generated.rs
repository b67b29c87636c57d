//! The machine-made tables; `cargo xtask codegen` writes the files of this folder.

#[cfg(feature = "tables")]
use crate::code_lists::CodeLists;

#[cfg(feature = "tables")]
#[rustfmt::skip]
mod coding_systems;
#[cfg(feature = "ucum")]
#[rustfmt::skip]
mod ucum;

#[cfg(feature = "tables")]
pub(crate) use self::coding_systems::CODING_SYSTEMS;
#[cfg(feature = "ucum")]
pub(crate) use self::ucum::{ATOMS, PREFIXES};

/// The HL7 v2 tables by number.
#[cfg(feature = "tables")]
pub(crate) static HL7V2_TABLES: CodeLists = CodeLists::new(include_bytes!("generated/hl7v2_tables.bin"));

/// The value sets that R4 binds as required, by URL.
#[cfg(feature = "tables")]
pub(crate) static R4_VALUE_SETS: CodeLists = CodeLists::new(include_bytes!("generated/r4_value_sets.bin"));
