//! Meaning, beside the generated shapes: what people ask of a name, a reference, a concept.

mod bundle;
mod concept;
mod extension;
mod identifier;
mod name;
mod period;
mod reference;

pub use reference::Target;
