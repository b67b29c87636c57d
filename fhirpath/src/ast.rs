//! The syntax tree of an expression, as the grammar of FHIRPath has it. Every node keeps its place in the text.

use crate::value::{Date, DateTime, Decimal, Time};

/// The bytes of the text that a node was read from: `start` inclusive, `end` exclusive, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// One node of the tree.
///
/// Parentheses are not kept: the tree's shape says what they said, and `Display` writes those that are needed. Two
/// expressions are equal when their shapes are, wherever they were read from.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::parse;
/// let sum = parse("(1 + 2)*3")?;
/// assert_eq!(sum.to_string(), "(1 + 2) * 3");
/// assert_eq!(sum, parse("( 1+2 ) * 3 // the same")?);
/// # Ok::<(), carewire_fhirpath::Error>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 12.1 Formal Syntax, the rule `expression`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What the node is.
    pub kind: ExpressionKind,
    /// Where it stands in the text.
    pub span: Span,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a node of the tree is, with its operands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExpressionKind {
    /// A literal; `{}` is [`Literal::Empty`].
    Literal(Literal),
    /// `$this`
    This,
    /// `$index`
    Index,
    /// `$total`
    Total,
    /// `%name`; the name without its sign and quotes.
    External(String),
    /// `name` at the start of a path, or `input.name`.
    Member {
        /// What stands before the dot.
        input: Option<Box<Expression>>,
        /// The element or type that is named.
        name: Identifier,
    },
    /// `name(arguments)`, or `input.name(arguments)`.
    Function {
        /// What stands before the dot.
        input: Option<Box<Expression>>,
        /// The function's name.
        name: Identifier,
        /// The arguments in order.
        arguments: Vec<Expression>,
    },
    /// `input[index]`
    Indexer {
        /// The collection.
        input: Box<Expression>,
        /// The index, counted from 0.
        index: Box<Expression>,
    },
    /// `-operand` or `+operand`
    Polarity {
        /// True for minus.
        negative: bool,
        /// What the sign stands before.
        operand: Box<Expression>,
    },
    /// `left operator right`
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// What stands before it.
        left: Box<Expression>,
        /// What stands after it.
        right: Box<Expression>,
    },
    /// `operand is Type` or `operand as Type`
    Type {
        /// Which of the two.
        operator: TypeOperator,
        /// The value that is looked at.
        operand: Box<Expression>,
        /// The type that is named.
        specifier: TypeSpecifier,
    },
}

/// A name with its place. Backticks are taken off.
#[derive(Clone, Debug)]
pub struct Identifier {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Identifier {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A type, perhaps with its namespace: `Patient`, `FHIR.Patient`, `System.String`.
#[derive(Clone, Debug)]
pub struct TypeSpecifier {
    /// `FHIR`, `System` or another model's name.
    pub namespace: Option<String>,
    /// The type's name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for TypeSpecifier {
    fn eq(&self, other: &Self) -> bool {
        self.namespace == other.namespace && self.name == other.name
    }
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `{}`
    Empty,
    /// `true` or `false`
    Boolean(bool),
    /// `'text'`, with its escapes resolved.
    String(String),
    /// `42`
    Integer(i64),
    /// `4.20`
    Decimal(Decimal),
    /// `@2024-02`
    Date(Date),
    /// `@2024-02-01T10:00Z`
    DateTime(DateTime),
    /// `@T10:00`
    Time(Time),
    /// `@T10:00Z`: read, so that the fault has a place; evaluating it is an error, for a time has no offset.
    TimeWithOffset(Time, i16),
    /// `4.5 'mg'` or `3 days`
    Quantity(Decimal, Unit),
}

/// The unit of a quantity literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `'mg'`: a UCUM unit.
    Ucum(String),
    /// `day` or `days`: a calendar duration.
    Calendar(CalendarUnit, Plural),
}

/// Whether a calendar duration was written with its `s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// `day`
    No,
    /// `days`
    Yes,
}

/// The calendar durations of the language, shortest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalendarUnit {
    /// `millisecond`
    Millisecond,
    /// `second`
    Second,
    /// `minute`
    Minute,
    /// `hour`
    Hour,
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
    /// `year`
    Year,
}

impl CalendarUnit {
    /// Every unit, shortest first.
    pub const ALL: [Self; 8] = [
        Self::Millisecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Year,
    ];

    /// The word in the singular.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Millisecond => "millisecond",
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The unit a word names, in the singular or the plural.
    ///
    /// ```
    /// # use carewire_fhirpath::ast::{CalendarUnit, Plural};
    /// assert_eq!(CalendarUnit::named("days"), Some((CalendarUnit::Day, Plural::Yes)));
    /// assert_eq!(CalendarUnit::named("d"), None);
    /// ```
    #[must_use]
    pub fn named(word: &str) -> Option<(Self, Plural)> {
        let (singular, plural) = match word.strip_suffix('s') {
            Some(singular) => (singular, Plural::Yes),
            None => (word, Plural::No),
        };
        Self::ALL
            .into_iter()
            .find(|unit| unit.as_str() == singular)
            .map(|unit| (unit, plural))
    }
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BinaryOperator {
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `div`
    Div,
    /// `mod`
    Mod,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `&`
    Concatenate,
    /// `|`
    Union,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `~`
    Equivalent,
    /// `!~`
    NotEquivalent,
    /// `in`
    In,
    /// `contains`
    Contains,
    /// `and`
    And,
    /// `or`
    Or,
    /// `xor`
    Xor,
    /// `implies`
    Implies,
}

impl BinaryOperator {
    /// The operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Div => "div",
            Self::Mod => "mod",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Concatenate => "&",
            Self::Union => "|",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Equivalent => "~",
            Self::NotEquivalent => "!~",
            Self::In => "in",
            Self::Contains => "contains",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Implies => "implies",
        }
    }

    /// True for `<`, `<=`, `>` and `>=`.
    pub(crate) fn is_order(self) -> bool {
        matches!(
            self,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual
        )
    }

    /// True if it gives a boolean or nothing.
    pub(crate) fn is_condition(self) -> bool {
        self.precedence() <= 6
    }

    /// How tightly it binds: a higher number binds first. `is` and `as` have [`TYPE_PRECEDENCE`].
    ///
    /// Spec: FHIRPath 2.0.0, 6.8 Operator Precedence.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::Multiply | Self::Divide | Self::Div | Self::Mod => 10,
            Self::Add | Self::Subtract | Self::Concatenate => 9,
            Self::Union => 7,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 6,
            Self::Equal | Self::NotEqual | Self::Equivalent | Self::NotEquivalent => 5,
            Self::In | Self::Contains => 4,
            Self::And => 3,
            Self::Or | Self::Xor => 2,
            Self::Implies => 1,
        }
    }
}

/// The precedence of `is` and `as`: under the arithmetic operators, over `|`.
pub(crate) const TYPE_PRECEDENCE: u8 = 8;
/// The precedence of a sign.
pub(crate) const POLARITY_PRECEDENCE: u8 = 11;

/// An operator between a value and a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeOperator {
    /// `is`
    Is,
    /// `as`
    As,
}

impl TypeOperator {
    /// The operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::As => "as",
        }
    }
}
