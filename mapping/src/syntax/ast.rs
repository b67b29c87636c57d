//! The nouns of the grammar. Comparing two trees leaves spans and comments aside.

use super::{Few, Word};
use crate::diagnostic::Span;

/// One map file.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// The lines `/// name = value`, in order.
    pub metadata: Vec<Metadata>,
    /// The old `map "url" = "name"`.
    pub declaration: Option<MapDeclaration>,
    /// Concept maps written in the file.
    pub concept_maps: Vec<ConceptMap>,
    /// The structures it uses.
    pub structures: Vec<Structure>,
    /// The maps it imports.
    pub imports: Vec<Import>,
    /// `let` declarations.
    pub constants: Vec<Constant>,
    /// Its groups; the first is where a run starts.
    pub groups: Vec<Group>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.metadata == other.metadata
            && self.declaration == other.declaration
            && self.concept_maps == other.concept_maps
            && self.structures == other.structures
            && self.imports == other.imports
            && self.constants == other.constants
            && self.groups == other.groups
    }
}

impl Eq for Map {}

impl Map {
    /// The canonical url: the metadata line `url`, else the old declaration.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.metadata_text("url").or_else(|| {
            self.declaration
                .as_ref()
                .map(|declared| declared.url.value.as_str())
        })
    }

    /// The text of the first metadata line of that name.
    #[must_use]
    pub fn metadata_text(&self, name: &str) -> Option<&str> {
        self.metadata
            .iter()
            .find(|line| line.is(name))
            .and_then(|line| line.value.as_ref())
            .map(|value| value.value.as_str())
    }
}

/// A word of the map's: a variable, a group, an element.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Name {
    /// The word, without backticks.
    pub text: Word,
    /// Where.
    pub span: Span,
}

/// A quoted text of the map's, unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Text {
    /// What it says.
    pub value: Word,
    /// Where, quotes included.
    pub span: Span,
}

/// An embedded FHIRPath expression.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Expression {
    /// The text as written, without the parentheses around it.
    pub text: Word,
    /// Where.
    pub span: Span,
}

/// `// ...` or `/* ... */`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The text with its marks.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Whether something stands before it on its line.
    pub trailing: bool,
}

/// `/// name.property = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The words of the name.
    pub path: Vec<Name>,
    /// The value; none for a complex element.
    pub value: Option<Literal>,
    /// Where.
    pub span: Span,
}

impl Metadata {
    /// The name with its dots.
    #[must_use]
    pub fn name(&self) -> String {
        let words: Vec<&str> = self.path.iter().map(|word| word.text.as_str()).collect();
        words.join(".")
    }

    /// Whether the name with its dots is this one.
    pub(crate) fn is(&self, name: &str) -> bool {
        if let [only] = self.path.as_slice() {
            return only.text == name && !name.contains('.');
        }
        let mut words = name.split('.');
        self.path.iter().all(|own| words.next() == Some(&own.text)) && words.next().is_none()
    }
}

/// `map "url" = "name"`, the form before metadata lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapDeclaration {
    /// The canonical url.
    pub url: Text,
    /// The name: an identifier in the grammar, a quoted text in old maps.
    pub name: Text,
    /// Where.
    pub span: Span,
}

/// `conceptmap "url" { ... }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConceptMap {
    /// The url, or a name that `translate(v, '#name', ..)` uses.
    pub url: Text,
    /// `prefix s = "system"`.
    pub prefixes: Vec<Prefix>,
    /// `unmapped for s = provided`.
    pub unmapped: Vec<Unmapped>,
    /// `s:a - t:b`.
    pub mappings: Vec<ConceptMapping>,
    /// Where.
    pub span: Span,
}

/// `prefix s = "system"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The short word.
    pub name: Name,
    /// The code system's url.
    pub system: Text,
    /// Where.
    pub span: Span,
}

/// `unmapped for s = provided` or `= fixed "code"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// The prefix of the source system.
    pub prefix: Name,
    /// What a code without a mapping becomes.
    pub mode: UnmappedMode,
    /// Where.
    pub span: Span,
}

/// What a code without a mapping becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnmappedMode {
    /// The code as it was given.
    Provided,
    /// This code.
    Fixed(Text),
}

/// `s:a - t:b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConceptMapping {
    /// The code to translate.
    pub source: ConceptCode,
    /// How the two relate.
    pub relation: Relation,
    /// The translation; none after `--`.
    pub target: Option<ConceptCode>,
    /// The superset's display of the target.
    pub display: Option<Text>,
    /// Where.
    pub span: Span,
}

/// `s:code`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConceptCode {
    /// The prefix.
    pub prefix: Name,
    /// The code.
    pub code: Text,
}

/// How a source and a target code relate. `-` is all that the current grammar has; the others are of R4 maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `-`
    RelatedTo,
    /// `=`
    Equivalent,
    /// `==`
    Equal,
    /// `<=`
    Wider,
    /// `<-`
    Subsumes,
    /// `>=`
    Narrower,
    /// `>-`
    Specializes,
    /// `~`
    Inexact,
    /// `!=`
    Disjoint,
    /// `--`
    Unmatched,
}

impl Relation {
    /// The mark as it is written.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::RelatedTo => "-",
            Self::Equivalent => "=",
            Self::Equal => "==",
            Self::Wider => "<=",
            Self::Subsumes => "<-",
            Self::Narrower => ">=",
            Self::Specializes => ">-",
            Self::Inexact => "~",
            Self::Disjoint => "!=",
            Self::Unmatched => "--",
        }
    }

    pub(crate) const ALL: [Self; 10] = [
        Self::RelatedTo,
        Self::Equivalent,
        Self::Equal,
        Self::Wider,
        Self::Subsumes,
        Self::Narrower,
        Self::Specializes,
        Self::Inexact,
        Self::Disjoint,
        Self::Unmatched,
    ];
}

/// `uses "url" alias X as source`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    /// The structure's canonical url.
    pub url: Text,
    /// The name it has in this file.
    pub alias: Option<Name>,
    /// What it is for.
    pub mode: ModelMode,
    /// Where.
    pub span: Span,
}

/// What a structure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelMode {
    /// Passed in and read.
    Source,
    /// Asked for while running.
    Queried,
    /// Passed in and filled.
    Target,
    /// Made while running.
    Produced,
}

/// `imports "url*"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The url; a `*` stands for any text.
    pub url: Text,
}

/// `let name = expression;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// The name.
    pub name: Name,
    /// Its value.
    pub value: Expression,
    /// Where.
    pub span: Span,
}

/// `group name(..) extends base <<types>> { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name.
    pub name: Name,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// The group whose rules run before its own.
    pub extends: Option<Name>,
    /// Whether it is a default for its types.
    pub type_mode: Option<TypeMode>,
    /// Its rules.
    pub rules: Vec<Statement>,
    /// Where.
    pub span: Span,
}

/// `source src : Type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Read or filled.
    pub mode: ParameterMode,
    /// The variable.
    pub name: Name,
    /// The type, by its name or alias.
    pub type_name: Option<Name>,
    /// Where.
    pub span: Span,
}

/// Whether a parameter is read or filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterMode {
    /// Read.
    Source,
    /// Filled.
    Target,
}

/// When a group is a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeMode {
    /// `<<types>>`: for its pair of types.
    Types,
    /// `<<type+>>`: for its pair, and for its source type where the target's is open.
    TypePlus,
}

/// What stands in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A rule, simple or not.
    Rule(Rule),
    /// `src -> tgt : a, b;`.
    Batch(Batch),
    /// The superset's `ignore`.
    Ignore(Ignore),
}

impl Statement {
    /// The byte of the text at which it starts.
    pub(crate) fn start(&self) -> u32 {
        match self {
            Self::Rule(rule) => rule.span.start,
            Self::Batch(batch) => batch.span.start,
            Self::Ignore(ignore) => ignore.span.start,
        }
    }
}

/// `sources -> targets then .. "name";`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The superset's `else` before it.
    pub is_else: bool,
    /// What it reads.
    pub sources: Vec<Source>,
    /// What it makes.
    pub targets: Vec<Target>,
    /// The groups after `then`.
    pub invocations: Vec<Invocation>,
    /// The rules after `then`.
    pub rules: Option<Vec<Statement>>,
    /// Its name.
    pub name: Option<Text>,
    /// Where.
    pub span: Span,
}

/// `src -> tgt : a, b "name";`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Where the elements are read.
    pub source: Path,
    /// Where they are made.
    pub target: Path,
    /// Their names.
    pub elements: Vec<Name>,
    /// The rule's name.
    pub name: Option<Text>,
    /// Where.
    pub span: Span,
}

/// The superset's `ignore a.b, c "reason";`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// What is left out on purpose.
    pub paths: Vec<Path>,
    /// Why.
    pub reason: Text,
    /// Where.
    pub span: Span,
}

/// A variable and elements below it, as `src.name.given`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Path {
    /// The variable.
    pub context: Name,
    /// The elements.
    pub elements: Few<Name>,
    /// Where.
    pub span: Span,
}

/// One source of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Source {
    /// What is read.
    pub path: Path,
    /// Only elements of this type.
    pub type_name: Option<Name>,
    /// How many there must be.
    pub cardinality: Option<Cardinality>,
    /// What stands in when there is none.
    pub default: Option<SourceDefault>,
    /// Which of several.
    pub list_mode: Option<SourceListMode>,
    /// The variable that holds the element.
    pub alias: Option<Name>,
    /// Only elements for which this holds.
    pub condition: Option<Expression>,
    /// The superset's `by (key)`: the elements with an equal key are one match, and the variable holds all of them.
    pub key: Option<Expression>,
    /// What must hold.
    pub check: Option<Expression>,
    /// What goes to the log.
    pub log: Option<Expression>,
    /// Where.
    pub span: Span,
}

/// `min..max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cardinality {
    /// At least.
    pub min: u32,
    /// At most; none is `*`.
    pub max: Option<u32>,
    /// Where.
    pub span: Span,
}

/// What stands in when a source has no element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceDefault {
    /// `default (expression)`.
    Expression(Expression),
    /// `default "text"`, the first form.
    Text(Text),
}

/// Which of several source elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceListMode {
    /// `first`
    First,
    /// `not_first`
    NotFirst,
    /// `last`
    Last,
    /// `not_last`
    NotLast,
    /// `only_one`
    OnlyOne,
}

impl SourceListMode {
    pub(crate) const ALL: [Self; 5] = [
        Self::First,
        Self::NotFirst,
        Self::Last,
        Self::NotLast,
        Self::OnlyOne,
    ];

    /// The word as it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::NotFirst => "not_first",
            Self::Last => "last",
            Self::NotLast => "not_last",
            Self::OnlyOne => "only_one",
        }
    }
}

/// One target of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is made.
    pub kind: TargetKind,
    /// The variable that holds it.
    pub alias: Option<Name>,
    /// Where it goes in a list.
    pub list_mode: Option<TargetListMode>,
    /// Where.
    pub span: Span,
}

/// What a target makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// `tgt.element = transform`.
    Element {
        /// What is filled; without elements the variable itself.
        path: Path,
        /// Its value; none makes the element.
        transform: Option<Transform>,
    },
    /// `(expression) as x`.
    Expression(Expression),
    /// `create('Patient') as x`, or a group.
    Invocation(Invocation),
}

/// The value of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transform {
    /// A constant.
    Literal(Literal),
    /// A variable, or a path from one.
    Copy(Path),
    /// `name(arguments)`.
    Invocation(Invocation),
    /// `(expression)`.
    Expression(Expression),
}

/// Where a target goes in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetListMode {
    /// `first`
    First,
    /// `last`
    Last,
    /// `single`
    Single,
    /// `collate`, R4's word for `single`.
    Collate,
    /// `share id`
    Share(Name),
    /// The superset's `share (key)`.
    ShareKey(Expression),
    /// The superset's `once (key)`: as `share (key)`, but a rule that finds the element made already goes no further.
    OnceKey(Expression),
}

/// `name(arguments)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// A transform, a group or a host function.
    pub name: Name,
    /// What it is given.
    pub arguments: Vec<Argument>,
    /// Where.
    pub span: Span,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A constant.
    Literal(Literal),
    /// A variable.
    Variable(Name),
    /// FHIRPath.
    Expression(Expression),
}

impl Argument {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Literal(literal) => literal.span,
            Self::Variable(name) => name.span,
            Self::Expression(expression) => expression.span,
        }
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// What kind.
    pub kind: LiteralKind,
    /// Its text: of a string unescaped, of a number, date or time as written without `@` and `L`.
    pub value: Word,
    /// The unit of a quantity.
    pub unit: Option<Word>,
    /// Where.
    pub span: Span,
}

/// The kinds of constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// `{}`
    Null,
    /// `true`, `false`
    Boolean,
    /// `5 'mg'`
    Quantity,
    /// `5 days`
    CalendarQuantity,
    /// `5L`
    Long,
    /// `5`
    Integer,
    /// `5.0`
    Decimal,
    /// `@2024-01-02`
    Date,
    /// `@2024-01-02T03:04`
    DateTime,
    /// `@T03:04`
    Time,
    /// `'text'`, `"text"`
    String,
    /// `"""` lines `"""`, in metadata
    Markdown,
}
