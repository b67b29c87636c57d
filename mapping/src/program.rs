//! The compiled program: variables are numbered slots, elements are rows of the schema or HL7 numbers, expressions are trees of steps.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use carewire_fhir_model::schema::{Element, Property, TypeId};
use carewire_fhirpath::Pattern;
use carewire_terminology::ConceptMap;

use crate::finding::Place;
use crate::line::LineAt;
use crate::operation::{Operation, Tables};
use crate::options::Function;
use crate::syntax::{Few, SourceListMode};

/// A variable of the running group, by its number.
pub(crate) type Slot = u16;

/// Everything that a set of maps compiles to.
#[derive(Default)]
pub(crate) struct Program {
    pub(crate) files: Vec<Arc<str>>,
    pub(crate) groups: Vec<Group>,
    /// What every group does, one after the other.
    pub(crate) operations: Vec<Operation>,
    /// What operations take by its number.
    pub(crate) tables: Tables,
    /// Of each operation the rule that it is of.
    pub(crate) origins: Vec<Origin>,
    pub(crate) rules: Vec<RuleOf>,
    pub(crate) constants: Vec<Expr>,
    pub(crate) concept_maps: Vec<ConceptMap>,
    /// What starts by the event of a message.
    pub(crate) entries: HashMap<String, Entry>,
    /// What starts by the event that a Bundle's MessageHeader names.
    pub(crate) document_entries: HashMap<String, Entry>,
    /// The first group of each map, by url.
    pub(crate) starts: HashMap<String, Entry>,
    pub(crate) functions: Vec<Function>,
    /// The fields of segments that rules read.
    pub(crate) reads: BTreeSet<([u8; 3], u16)>,
    /// What is left out on purpose, why, and where it is said.
    pub(crate) left_out: Vec<(String, String, RulePlace)>,
}

/// A group that a run can start with.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) group: GroupId,
    pub(crate) place: RulePlace,
}

/// The number of a group, specialised for the types of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupId(pub(crate) u32);

pub(crate) struct Group {
    /// How many slots a call needs; the arguments come first.
    pub(crate) frame: Slot,
    pub(crate) parameters: Vec<ParameterOf>,
    pub(crate) code: Range<At>,
}

/// The number of an operation.
pub(crate) type At = u32;

/// One parameter, as a run that starts with the group needs it.
pub(crate) struct ParameterOf {
    pub(crate) is_target: bool,
    pub(crate) kind: KindOf,
}

/// What a parameter of a group that starts a run takes or makes.
pub(crate) enum KindOf {
    Fhir(TypeId),
    /// A message; of a target the structure that it is declared with.
    Message(Option<Box<str>>),
    /// Anything else: a source as it comes, a target by names; of another version of FHIR the resource that it is.
    Loose(Option<Box<str>>),
}

/// Where a rule stands in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RulePlace {
    pub(crate) file: u16,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Program {
    /// The place for people.
    pub(crate) fn place(&self, at: RulePlace) -> Option<Place> {
        let file = Arc::clone(self.files.get(usize::from(at.file))?);
        (at.line > 0).then_some(Place {
            file,
            line: at.line,
            column: at.column,
        })
    }

    /// Tells calls where the operations of their groups are.
    pub(crate) fn link(&mut self) {
        for operation in &mut self.operations {
            if let Operation::Call(call) = operation
                && let Some(group) = self.groups.get(call.start as usize)
            {
                (call.start, call.end, call.frame) = (group.code.start, group.code.end, group.frame);
            }
        }
    }

    /// Puts what runs where it lies together: compiling left it between what it threw away.
    pub(crate) fn settle(&mut self) {
        self.tables = self.tables.clone();
    }

    /// Makes room for what a text of so many bytes is compiled to, as maps mostly are written.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.operations.reserve(bytes / 32);
        self.origins.reserve(bytes / 32);
        self.rules.reserve(bytes / 100);
        self.tables.matches.reserve(bytes / 100);
        self.tables.elements.reserve(bytes / 100);
        self.tables.expressions.reserve(bytes / 200);
        self.tables.arguments.reserve(bytes / 100);
    }

    /// The rule of an operation, and the variable of the source that the operation is about.
    pub(crate) fn origin(&self, at: At) -> Option<(&RuleOf, Option<Slot>)> {
        let origin = self.origins.get(at as usize)?;
        Some((self.rules.get(origin.rule as usize)?, origin.about))
    }
}

/// What is left of a rule beside its operations.
pub(crate) struct RuleOf {
    pub(crate) place: RulePlace,
    /// The variables of its sources.
    pub(crate) sources: Few<Slot>,
}

/// Which rule an operation is of.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) rule: u32,
    /// The variable of the source that was matched before.
    pub(crate) about: Option<Slot>,
}

#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) start: Start,
    pub(crate) steps: Box<[Step]>,
    pub(crate) type_filter: Option<TypeFilter>,
    pub(crate) condition: Option<Expr>,
    /// Matches whose keys are equal are one.
    pub(crate) key: Option<Box<Expr>>,
    pub(crate) check: Option<Box<Expr>>,
    pub(crate) log: Option<Box<Expr>>,
    pub(crate) default: Option<Box<Expr>>,
    pub(crate) mode: Option<SourceListMode>,
    pub(crate) cardinality: Option<(u32, Option<u32>)>,
    /// Where the match is kept.
    pub(crate) slot: Slot,
    /// Whether it takes what a variable's path gives as it is, apart from its condition.
    pub(crate) is_plain: bool,
}

/// The type that the matches of a source must have.
#[derive(Clone)]
pub(crate) enum TypeFilter {
    Fhir(TypeId),
    /// One that R4 does not have.
    Named(Box<str>),
}

impl Source {
    /// What the source has no match without, if one look can tell.
    pub(crate) fn needs(&self) -> Option<Need> {
        if self.default.is_some() || self.cardinality.is_some() {
            return None;
        }
        let part = match (self.start, &*self.steps) {
            (start, [Step::All, Step::Descend(id), ..]) => return Some(Need::Segment(start, IdBit::of(id))),
            (Start::Slot(_), [Step::Field(number), ..]) => Part::Field(*number),
            (Start::Slot(_), [Step::Component(number), ..]) => Part::Component(*number),
            (Start::Slot(_), [Step::Subcomponent(number), ..]) => Part::Subcomponent(*number),
            _ => return None,
        };
        match self.start {
            Start::Slot(slot) => Some(Need::Part(slot, part)),
            Start::Constant(_) | Start::Root => None,
        }
    }
}

/// What a rule cannot fire without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A part of what a variable holds.
    Part(Slot, Part),
    /// A segment, wherever it stands in a message.
    Segment(Start, IdBit),
}

/// One of 64 bits for each segment id. Ids may share one: that a message has the bit says that it may have the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdBit(pub(crate) u64);

impl IdBit {
    pub(crate) fn of(id: &str) -> Self {
        let sum = id
            .bytes()
            .fold(0_u32, |sum, byte| sum * 31 % 0xffff + u32::from(byte));
        Self(1 << (sum % 64))
    }
}

/// A part of a segment, a repetition or a component, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Field(u16),
    Component(u16),
    Subcomponent(u16),
}

impl Part {
    /// The bit of its number among those of its level.
    #[inline]
    pub(crate) fn bit(self) -> Option<u64> {
        let (Self::Field(number) | Self::Component(number) | Self::Subcomponent(number)) = self;
        1_u64.checked_shl(u32::from(number))
    }
}

/// What a condition asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Focus,
    Slot(Slot),
}

/// Parts of one value, all of one level, of which a condition asks whether any is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) of: Of,
    /// In the order in which they are asked for.
    pub(crate) parts: Vec<Part>,
    /// The bit of each number; one that has none is not among them.
    pub(crate) bits: u64,
}

impl Parts {
    /// None for parts of which one has a number too large for a bit.
    pub(crate) fn new(of: Of, parts: Vec<Part>) -> Option<Self> {
        let bits = parts.iter().try_fold(0, |bits, part| Some(bits | part.bit()?))?;
        Some(Self { of, parts, bits })
    }

    /// Takes in others behind them, if they are of the same value and level; says whether it did.
    pub(crate) fn take_in(&mut self, others: &Self) -> bool {
        let level = |parts: &Self| parts.parts.first().map(std::mem::discriminant);
        let is_alike = self.of == others.of && level(self) == level(others);
        if is_alike {
            self.parts.extend_from_slice(&others.parts);
            self.bits |= others.bits;
        }
        is_alike
    }
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Slot(Slot),
    Constant(u16),
    /// `msg`, where no variable has the name.
    Root,
}

/// One step down from a value.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Segments or groups of the tree by name.
    Tree(Box<str>),
    /// The repetitions of a field.
    Field(u16),
    Component(u16),
    Subcomponent(u16),
    /// An element of a known FHIR type.
    Element(&'static Element),
    /// An element of a known FHIR type, by its JSON key: one variant of a choice.
    Property(&'static Property),
    /// `all` of a message or group.
    All,
    /// Segments by id, wherever they stand below.
    Descend(Box<str>),
    /// The number of a segment in its message.
    Position,
    /// The text of a place with its delimiters.
    Whole,
    /// `value` of a primitive: the primitive.
    Itself,
    /// By name, because the type is only known while running.
    Named(Box<str>),
}

/// A target that makes no element.
#[derive(Clone)]
pub(crate) enum Target {
    /// `context = value`: a primitive that a group was given to fill; without a value another name for it.
    Assign {
        context: Slot,
        value: Option<Transform>,
        slot: Slot,
    },
    /// `(value) as slot`.
    Bind { value: Transform, slot: Slot },
    /// `Group(..)`.
    Call(Call),
}

#[derive(Clone)]
pub(crate) struct ElementTarget {
    pub(crate) context: Slot,
    /// The elements on the way.
    pub(crate) path: Box<[Slotted]>,
    pub(crate) element: Slotted,
    pub(crate) value: Option<Transform>,
    /// Its variable.
    pub(crate) slot: Option<Slot>,
    pub(crate) mode: Mode,
    /// Whether the value is a constant that fits the element as it stands.
    pub(crate) is_fit: bool,
}

/// A target element.
#[derive(Clone, Debug)]
pub(crate) enum Slotted {
    /// Its variant is known.
    Known(&'static Property),
    /// A choice whose type comes with the value.
    Choice(&'static Element),
    /// By name, because the type is only known while running.
    Named(Box<str>),
    /// An element of a structure that is no type of R4.
    Loose(Box<LooseSlot>),
}

/// An element of a structure that is no type of R4.
#[derive(Clone, Debug)]
pub(crate) struct LooseSlot {
    pub(crate) name: Box<str>,
    pub(crate) occurs: Occurs,
    /// The primitive that its text is written as.
    pub(crate) primitive: Option<TypeId>,
    /// Whether its key has the type of the value behind the name.
    pub(crate) is_choice: bool,
}

/// How often an element occurs, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurs {
    Once,
    List,
    Unknown,
}

/// The variant of an element for a value of a type: its own, or the nearest that takes such a text.
pub(crate) fn variant(element: &'static Element, own: TypeId) -> Option<&'static Property> {
    if let Some(property) = element.property_of(own) {
        return Some(property);
    }
    let near: &[TypeId] = match own {
        TypeId::STRING => &[TypeId::CODE, TypeId::URI, TypeId::MARKDOWN],
        TypeId::INTEGER => &[TypeId::DECIMAL, TypeId::POSITIVE_INT, TypeId::UNSIGNED_INT],
        TypeId::DATE => &[TypeId::DATE_TIME],
        TypeId::DATE_TIME => &[TypeId::INSTANT, TypeId::DATE],
        _ => &[],
    };
    near.iter().find_map(|near| element.property_of(*near))
}

/// Where a new element goes.
#[derive(Clone)]
pub(crate) enum Mode {
    /// After the others.
    Append,
    /// Before the others.
    First,
    /// The one there is.
    Single,
    /// The one that this number made.
    Share(u32),
    /// The one that was made with an equal key. With `once` a rule that finds it goes no further.
    Key { key: KeyOf, once: bool },
}

/// What says by which text an element is found again.
#[derive(Clone)]
pub(crate) enum KeyOf {
    Expression(Box<Expr>),
    /// A line, and the variable of what its expressions look at by themselves.
    Line(LineAt, Slot),
}

#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) group: GroupId,
    pub(crate) arguments: Box<[Expr]>,
}

/// A value to write or bind.
#[derive(Clone)]
pub(crate) enum Transform {
    Value(Expr),
    /// What a line gives, and the variable of what its expressions look at by themselves.
    Line(LineAt, Slot),
    /// `evaluate(context, expression)`.
    Evaluate(Box<(Expr, Expr)>),
    Create(TypeId),
    /// An element of a type that R4 does not have.
    CreateLoose(Box<str>),
    Truncate(Box<(Expr, Expr)>),
    Escape {
        value: Expr,
        from: Escaping,
        to: Escaping,
    },
    Cast(Expr, TypeId),
    Append(Box<[Expr]>),
    Translate(Box<Translation>),
    Reference(Expr),
    ToDate(Expr, Option<Box<Expr>>),
    ToDateTime(Expr, Option<Box<Expr>>),
    ToTime(Expr, Option<Box<Expr>>),
    FromUnix {
        value: Expr,
        zone: Option<Box<Expr>>,
        kind: Clock,
    },
    /// `cc`, `c`, `qty`, `id`, `cp`.
    Compose(Composite, Box<[Expr]>),
    /// A group for the pair of types, a copy of the value, or a deep copy: what a rule without transform and variables means.
    Default {
        value: Expr,
        /// The type of the value, where it decides; the type to make; the group.
        groups: Box<[(Option<TypeId>, TypeId, GroupId)]>,
    },
}

/// What a unix time becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Date,
    DateTime,
    Time,
}

/// A data type that a transform builds of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Composite {
    CodeableConcept,
    Coding,
    Quantity,
    Identifier,
    ContactPoint,
}

/// The escapings that `escape` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escaping {
    Text,
    Html,
    Json,
    Uri,
    Base64,
    Hex,
}

#[derive(Clone)]
pub(crate) struct Translation {
    pub(crate) source: Expr,
    pub(crate) map: MapOf,
    pub(crate) output: Output,
    pub(crate) default: Option<Expr>,
}

/// Which concept map translates.
#[derive(Clone)]
pub(crate) enum MapOf {
    /// One of the set.
    Set(u32),
    /// One that the terminology service must know.
    Url(String),
}

/// What of a translation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Code,
    System,
    Display,
    Coding,
    CodeableConcept,
}

/// An expression of the kind that maps are full of, evaluated without allocating; any other is a program of `carewire_fhirpath`.
#[derive(Clone)]
pub(crate) enum Expr {
    /// The focus, `$this`.
    Focus,
    Variable(Slot),
    Constant(u16),
    Special(Special),
    Literal(Literal),
    Child(Box<Expr>, Step),
    Where(Box<Expr>, Box<Expr>),
    Select(Box<Expr>, Box<Expr>),
    First(Box<Expr>),
    Last(Box<Expr>),
    Index(Box<Expr>, u32),
    Count(Box<Expr>),
    Exists(Box<Expr>),
    Empty(Box<Expr>),
    Not(Box<Expr>),
    /// Whether one of several parts is there.
    Any(Parts),
    /// Whether the only value has this text.
    Is(Box<Expr>, Box<str>),
    /// Whether the only value has one of these texts.
    OneOf(Box<Expr>, Box<[Box<str>]>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    Iif(Box<[Expr]>),
    Text(TextFunction, Box<Expr>, Box<[Expr]>),
    /// Whether the only value matches a regular expression.
    Matches(Box<Expr>, Arc<Pattern>),
    /// One after the other: `combine`, and `|` of constants.
    Combine(Box<Expr>, Box<Expr>),
    /// The texts of the first with the second between them: `join`.
    Join(Box<Expr>, Box<Expr>),
    Uuid(Box<[Expr]>),
    Host {
        function: u16,
        arguments: Box<[Expr]>,
    },
    General(Box<General>),
}

/// An expression that `carewire_fhirpath` evaluates, with the places of its variables.
#[derive(Clone)]
pub(crate) struct General {
    pub(crate) program: Arc<carewire_fhirpath::Program>,
    pub(crate) variables: Box<[Named]>,
}

/// What a `%name` of an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Slot(Slot),
    Constant(u16),
    Special(Special),
}

/// The variables that every map has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Now,
    Bundle,
    MessageKey,
    Root,
}

impl Special {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "now" => Self::Now,
            "bundle" => Self::Bundle,
            "messageKey" => Self::MessageKey,
            "msg" => Self::Root,
            _ => return None,
        })
    }
}

/// A constant: its kind and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Empty,
    Value(Kind, Box<str>),
    Quantity { number: Box<str>, unit: Box<str> },
}

/// The kinds of computed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Boolean,
    Integer,
    Decimal,
    Date,
    DateTime,
    Time,
}

impl Kind {
    /// The kind of a FHIR type's text.
    pub(crate) fn of_type(type_id: TypeId) -> Self {
        match type_id {
            TypeId::BOOLEAN => Self::Boolean,
            TypeId::INTEGER | TypeId::POSITIVE_INT | TypeId::UNSIGNED_INT => Self::Integer,
            TypeId::DECIMAL => Self::Decimal,
            TypeId::DATE => Self::Date,
            TypeId::DATE_TIME | TypeId::INSTANT => Self::DateTime,
            TypeId::TIME => Self::Time,
            _ => Self::String,
        }
    }

    /// The FHIR type that a value of this kind is by itself.
    pub(crate) fn type_id(self) -> TypeId {
        match self {
            Self::String => TypeId::STRING,
            Self::Boolean => TypeId::BOOLEAN,
            Self::Integer => TypeId::INTEGER,
            Self::Decimal => TypeId::DECIMAL,
            Self::Date => TypeId::DATE,
            Self::DateTime => TypeId::DATE_TIME,
            Self::Time => TypeId::TIME,
        }
    }

    /// Whether a value of this kind counts as one of a FHIR type.
    pub(crate) fn fits(self, wanted: TypeId) -> bool {
        self.type_id().is_a(wanted)
            || (self == Self::String && wanted.is_primitive() && wanted.is_a(TypeId::STRING))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    And,
    Or,
    Xor,
    Implies,
    /// `&`
    Concatenate,
    In,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFunction {
    StartsWith,
    EndsWith,
    Contains,
    Upper,
    Lower,
    Trim,
    Length,
    Substring,
    ToString,
}

impl Expr {
    /// The constants that the expression names.
    pub(crate) fn constants(&self, found: &mut Vec<u16>) {
        match self {
            Self::Constant(constant) => found.push(*constant),
            Self::General(general) => {
                found.extend(general.variables.iter().filter_map(|named| match named {
                    Named::Constant(constant) => Some(*constant),
                    _ => None,
                }))
            }
            Self::Child(a, _)
            | Self::First(a)
            | Self::Last(a)
            | Self::Index(a, _)
            | Self::Count(a)
            | Self::Exists(a)
            | Self::Empty(a)
            | Self::Not(a)
            | Self::Is(a, _)
            | Self::Matches(a, _)
            | Self::OneOf(a, _) => {
                a.constants(found);
            }
            Self::Where(a, b)
            | Self::Select(a, b)
            | Self::Binary(_, a, b)
            | Self::Combine(a, b)
            | Self::Join(a, b) => {
                a.constants(found);
                b.constants(found);
            }
            Self::Text(_, a, rest) => {
                a.constants(found);
                rest.iter().for_each(|expr| expr.constants(found));
            }
            Self::Iif(all) | Self::Uuid(all) | Self::Host { arguments: all, .. } => {
                all.iter().for_each(|expr| expr.constants(found))
            }
            Self::Focus | Self::Variable(_) | Self::Special(_) | Self::Literal(_) | Self::Any(_) => {}
        }
    }
}

impl ElementTarget {
    /// Whether it looks at the first source of its rule; said of more than need it.
    pub(crate) fn uses_focus(&self) -> bool {
        self.value.as_ref().is_some_and(Transform::uses_focus)
            || matches!(&self.mode, Mode::Key { key: KeyOf::Expression(key), .. } if key.uses_focus())
    }
}

impl Target {
    /// Whether it looks at the first source of its rule; said of more than need it.
    pub(crate) fn uses_focus(&self) -> bool {
        match self {
            Self::Assign { value, .. } => value.as_ref().is_some_and(Transform::uses_focus),
            Self::Bind { value, .. } => value.uses_focus(),
            Self::Call(call) => call.uses_focus(),
        }
    }
}

impl Call {
    pub(crate) fn uses_focus(&self) -> bool {
        self.arguments.iter().any(Expr::uses_focus)
    }
}

impl Transform {
    fn uses_focus(&self) -> bool {
        match self {
            Self::Create(_) | Self::CreateLoose(_) => false,
            Self::Value(value) | Self::Cast(value, _) | Self::Reference(value) => value.uses_focus(),
            Self::ToDate(value, None) | Self::ToDateTime(value, None) | Self::ToTime(value, None) => {
                value.uses_focus()
            }
            Self::Translate(translation) => {
                translation.source.uses_focus() || translation.default.as_ref().is_some_and(Expr::uses_focus)
            }
            _ => true,
        }
    }
}

impl Expr {
    /// Whether the expression looks at the focus it is given; said of more than need it.
    fn uses_focus(&self) -> bool {
        match self {
            Self::Variable(_) | Self::Constant(_) | Self::Special(_) | Self::Literal(_) => false,
            Self::Child(a, _)
            | Self::First(a)
            | Self::Last(a)
            | Self::Index(a, _)
            | Self::Count(a)
            | Self::Exists(a)
            | Self::Empty(a)
            | Self::Not(a)
            | Self::Is(a, _)
            | Self::Matches(a, _)
            | Self::OneOf(a, _) => a.uses_focus(),
            Self::Any(parts) => parts.of == Of::Focus,
            // What stands behind is asked of each item.
            Self::Where(a, _) | Self::Select(a, _) => a.uses_focus(),
            Self::Binary(_, a, b) | Self::Combine(a, b) | Self::Join(a, b) => {
                a.uses_focus() || b.uses_focus()
            }
            Self::Iif(all) | Self::Uuid(all) | Self::Host { arguments: all, .. } => {
                all.iter().any(Self::uses_focus)
            }
            Self::Text(_, a, rest) => a.uses_focus() || rest.iter().any(Self::uses_focus),
            Self::Focus | Self::General(_) => true,
        }
    }
}
