//! The grammars: in nom, but for dates and times.

#[cfg(feature = "datatypes")]
pub(crate) mod date_time;
pub(crate) mod escape;
pub(crate) mod path;
pub(crate) mod terser;
