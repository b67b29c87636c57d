//! The grammars, in nom.

pub(crate) mod escape;
pub(crate) mod path;
pub(crate) mod terser;
