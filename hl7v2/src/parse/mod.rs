//! The grammars, in nom.

#[cfg(feature = "datatypes")]
pub(crate) mod date_time;
pub(crate) mod escape;
pub(crate) mod path;
pub(crate) mod terser;
