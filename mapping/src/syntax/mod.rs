//! The text of a map as a tree: parse it, look at it, write it again.
//!
//! ```
//! use carewire_mapping::syntax;
//!
//! let text = "/// url = 'http://example.org/m'\n/// name = 'M'\n\ngroup G(source src, target tgt) {\n  src.a as a -> tgt.b=a;\n}\n";
//! let parsed = syntax::parse("m.fml", text);
//! assert!(parsed.diagnostics.is_empty());
//! assert_eq!(parsed.map.groups[0].name.text, "G");
//! assert!(syntax::render(&parsed.map).contains("src.a as a -> tgt.b = a;"));
//! ```
//!
//! Spec: the FHIR Mapping Language, grammar `mapping.g4`.

mod ast;
mod few;
mod invert;
mod render;
mod structure_map;

pub use crate::parse::{Parsed, parse};
pub use ast::{
    Argument, Batch, Cardinality, Comment, ConceptCode, ConceptMap, ConceptMapping, Constant, Expression,
    Group, Ignore, Import, Invocation, Literal, LiteralKind, Map, MapDeclaration, Metadata, ModelMode, Name,
    Parameter, ParameterMode, Path, Prefix, Relation, Rule, Source, SourceDefault, SourceListMode, Statement,
    Structure, Target, TargetKind, TargetListMode, Text, Transform, TypeMode, Unmapped, UnmappedMode,
};
pub use few::Few;
pub use invert::{Inverted, Refused, invert};
pub use render::render;
pub use structure_map::{Exported, Loss, Release, StructureMapError, from_structure_map, to_structure_map};

/// A text of a map: a name, a code, an expression. A short one, as nearly every name is, needs no allocation.
///
/// ```
/// use carewire_mapping::syntax::Word;
///
/// let word = Word::from("birthDate");
/// assert_eq!(word, "birthDate");
/// assert!(word.starts_with("birth"));
/// ```
pub type Word = smol_str::SmolStr;

/// The words that are no names, unless backticks say so.
///
/// Spec: FHIR Mapping Language, Reserved keywords.
pub(crate) const RESERVED: &[&str] = &[
    "alias",
    "as",
    "check",
    "conceptmap",
    "default",
    "extends",
    "false",
    "first",
    "group",
    "imports",
    "last",
    "let",
    "log",
    "map",
    "not_first",
    "not_last",
    "only_one",
    "prefix",
    "produced",
    "queried",
    "share",
    "single",
    "source",
    "target",
    "then",
    "true",
    "type",
    "types",
    "uses",
    "where",
];

#[cfg(test)]
mod tests {
    use super::RESERVED;

    #[test]
    fn the_words_are_sorted() {
        assert!(RESERVED.is_sorted());
    }
}
