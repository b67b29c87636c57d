//! The machine-made tables; `cargo xtask codegen` writes the files of this folder.

use crate::code_lists::CodeLists;

#[rustfmt::skip]
mod coding_systems;

pub(crate) use self::coding_systems::CODING_SYSTEMS;

/// The HL7 v2 tables by number.
pub(crate) static HL7V2_TABLES: CodeLists = CodeLists::new(include_bytes!("generated/hl7v2_tables.bin"));

/// The value sets that R4 binds as required, by URL.
pub(crate) static R4_VALUE_SETS: CodeLists = CodeLists::new(include_bytes!("generated/r4_value_sets.bin"));
