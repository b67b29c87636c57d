//! From the tree back to text, with the parentheses that are needed and no others.

use std::fmt::{self, Display, Write};

use crate::ast::{
    Expression, ExpressionKind, Literal, POLARITY_PRECEDENCE, Plural, TYPE_PRECEDENCE, TypeSpecifier, Unit,
};
use crate::parse::{is_plain_identifier, is_reserved};

/// The precedence of what needs no parentheses anywhere.
const ATOM: u8 = 12;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Literal(literal) => literal.fmt(f),
            ExpressionKind::This => f.write_str("$this"),
            ExpressionKind::Index => f.write_str("$index"),
            ExpressionKind::Total => f.write_str("$total"),
            ExpressionKind::External(name) => {
                f.write_char('%')?;
                write_name(f, name, false)
            }
            ExpressionKind::Member { input, name } => {
                write_input(f, input.as_deref())?;
                write_name(f, &name.name, input.is_none())
            }
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                write_input(f, input.as_deref())?;
                write_name(f, &name.name, input.is_none())?;
                f.write_char('(')?;
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    argument.fmt(f)?;
                }
                f.write_char(')')
            }
            ExpressionKind::Indexer { input, index } => {
                write_operand(f, input, ATOM)?;
                write!(f, "[{index}]")
            }
            ExpressionKind::Polarity { negative, operand } => {
                f.write_char(if *negative { '-' } else { '+' })?;
                write_operand(f, operand, POLARITY_PRECEDENCE)
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                write_operand(f, left, operator.precedence())?;
                write!(f, " {} ", operator.as_str())?;
                write_operand(f, right, operator.precedence() + 1)
            }
            ExpressionKind::Type {
                operator,
                operand,
                specifier,
            } => {
                write_operand(f, operand, TYPE_PRECEDENCE)?;
                write!(f, " {} {specifier}", operator.as_str())
            }
        }
    }
}

fn precedence(expression: &Expression) -> u8 {
    match &expression.kind {
        ExpressionKind::Polarity { .. } => POLARITY_PRECEDENCE,
        ExpressionKind::Binary { operator, .. } => operator.precedence(),
        ExpressionKind::Type { .. } => TYPE_PRECEDENCE,
        _ => ATOM,
    }
}

fn write_operand(f: &mut fmt::Formatter<'_>, operand: &Expression, minimum: u8) -> fmt::Result {
    if precedence(operand) < minimum {
        write!(f, "({operand})")
    } else {
        operand.fmt(f)
    }
}

fn write_input(f: &mut fmt::Formatter<'_>, input: Option<&Expression>) -> fmt::Result {
    match input {
        Some(input) => {
            write_operand(f, input, ATOM)?;
            f.write_char('.')
        }
        None => Ok(()),
    }
}

/// Writes a name, in backticks where it would be read as something else.
fn write_name(f: &mut fmt::Formatter<'_>, name: &str, first: bool) -> fmt::Result {
    if is_plain_identifier(name) && !(first && is_reserved(name)) {
        f.write_str(name)
    } else {
        write_quoted(f, name, '`')
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{c}' => f.write_str("\\f")?,
            c if c == quote => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char(quote)
}

impl fmt::Display for TypeSpecifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write_name(f, namespace, false)?;
            f.write_char('.')?;
        }
        write_name(f, &self.name, false)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("{}"),
            Self::Boolean(value) => value.fmt(f),
            Self::String(text) => write_quoted(f, text, '\''),
            Self::Integer(value) => value.fmt(f),
            // Without its point a decimal would read back as an integer. It loses the point where its digits are many.
            Self::Decimal(value) if value.scale() == 0 => write!(f, "{value}.0"),
            Self::Decimal(value) => value.fmt(f),
            Self::Date(date) => write!(f, "@{date}"),
            Self::DateTime(value) if value.time().is_none() => write!(f, "@{value}T"),
            Self::DateTime(value) => write!(f, "@{value}"),
            Self::Time(time) => write!(f, "@T{time}"),
            Self::TimeWithOffset(time, 0) => write!(f, "@T{time}Z"),
            Self::TimeWithOffset(time, offset) => {
                let sign = if *offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                write!(f, "@T{time}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Self::Quantity(value, Unit::Ucum(unit)) => {
                write!(f, "{value} ")?;
                write_quoted(f, unit, '\'')
            }
            Self::Quantity(value, Unit::Calendar(unit, plural)) => {
                let ending = if *plural == Plural::Yes { "s" } else { "" };
                write!(f, "{value} {}{ending}", unit.as_str())
            }
        }
    }
}
