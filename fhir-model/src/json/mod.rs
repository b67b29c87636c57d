//! JSON over the tape: one pass in, one pass out.

pub(crate) mod escape;
mod frame;
pub(crate) mod guess;
pub(crate) mod key;
mod late;
mod number;
mod pair;
mod read;
mod run;
pub(crate) mod scan;
mod sort;
mod value;
mod write;

pub(crate) use read::{Notes, read, read_untyped};
pub(crate) use run::{write_key, write_values};
pub(crate) use value::{document_over, untyped, value_of};
pub(crate) use write::write;
pub use write::{JsonStyle, Order};
