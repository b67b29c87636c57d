//! The expressions that maps are full of, compiled to steps over slots: paths, constants, comparisons, conditions.
//!
//! They mean what FHIRPath means by them; whatever is not here is left to `carewire_fhirpath`, the whole expression with it.

use carewire_fhirpath::ast::{self, BinaryOperator, ExpressionKind};

use super::expression::{DEEPEST, Names, function_type, literal_type};
use super::rule::step_of;
use super::{Compiler, Type};
use crate::program::{Expr, Kind, Literal, Named, Operator, TextFunction};

impl Compiler<'_> {
    pub(super) fn quick(
        &self,
        names: &Names<'_>,
        tree: &ast::Expression,
        focus: Type,
    ) -> Option<(Expr, Type)> {
        self.quick_at(names, tree, focus, 0)
    }

    fn quick_at(
        &self,
        names: &Names<'_>,
        tree: &ast::Expression,
        focus: Type,
        depth: usize,
    ) -> Option<(Expr, Type)> {
        if depth > DEEPEST {
            return None;
        }
        let next = depth + 1;
        Some(match &tree.kind {
            ExpressionKind::Literal(constant) => (Expr::Literal(literal(constant)?), literal_type(constant)),
            ExpressionKind::This => (Expr::Focus, focus),
            ExpressionKind::External(name) => self.variable(names, name)?,
            ExpressionKind::Member { input: None, name } => {
                let (step, ty) = step_of(focus, &name.name)?;
                // A name with a capital may be the type of the focus: `Patient.name`.
                if name.name.starts_with(|c: char| c.is_ascii_uppercase()) && !focus.is_v2() {
                    return None;
                }
                (Expr::Child(Box::new(Expr::Focus), step), ty)
            }
            ExpressionKind::Member {
                input: Some(input),
                name,
            } => {
                let (input, of) = self.quick_at(names, input, focus, next)?;
                let (step, ty) = step_of(of, &name.name)?;
                (Expr::Child(Box::new(input), step), ty)
            }
            ExpressionKind::Indexer { input, index } => {
                let (input, of) = self.quick_at(names, input, focus, next)?;
                let ExpressionKind::Literal(ast::Literal::Integer(index)) = &index.kind else {
                    return None;
                };
                (Expr::Index(Box::new(input), u32::try_from(*index).ok()?), of)
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let (left, a) = self.quick_at(names, left, focus, next)?;
                let (right, b) = self.quick_at(names, right, focus, next)?;
                return binary(*operator, left, a, right, b);
            }
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                let (input, of) = match input {
                    Some(input) => self.quick_at(names, input, focus, next)?,
                    None => (Expr::Focus, focus),
                };
                return self.function(names, input, of, &name.name, arguments, focus, next);
            }
            _ => return None,
        })
    }

    fn variable(&self, names: &Names<'_>, name: &str) -> Option<(Expr, Type)> {
        Some(match names.used(name)? {
            Named::Slot(slot) => (Expr::Variable(slot), names.type_of(name)),
            Named::Constant(constant) => (Expr::Constant(constant), Type::Computed),
            Named::Special(special) => (Expr::Special(special), self.special_type(special)),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn function(
        &self,
        names: &Names<'_>,
        input: Expr,
        of: Type,
        name: &str,
        arguments: &[ast::Expression],
        focus: Type,
        depth: usize,
    ) -> Option<(Expr, Type)> {
        let input = Box::new(input);
        let on_item = |argument: &ast::Expression| self.quick_at(names, argument, of, depth);
        let on_focus = |argument: &ast::Expression| {
            self.quick_at(names, argument, focus, depth)
                .map(|(value, _)| value)
        };
        Some(match (name, arguments) {
            ("where", [criterion]) => (Expr::Where(input, Box::new(on_item(criterion)?.0)), of),
            ("select", [projection]) => {
                let (projection, ty) = on_item(projection)?;
                (Expr::Select(input, Box::new(projection)), ty)
            }
            ("first", []) => (Expr::First(input), of),
            ("last", []) => (Expr::Last(input), of),
            ("exists", []) => (Expr::Exists(input), Type::Computed),
            ("exists", [criterion]) => {
                let filtered = Expr::Where(input, Box::new(on_item(criterion)?.0));
                (Expr::Exists(Box::new(filtered)), Type::Computed)
            }
            ("empty", []) => (Expr::Empty(input), Type::Computed),
            ("not", []) => (Expr::Not(input), Type::Computed),
            ("count", []) => (Expr::Count(input), Type::Integer),
            ("combine", [other]) => {
                let (other, ty) = self.quick_at(names, other, focus, depth)?;
                (
                    Expr::Combine(input, Box::new(other)),
                    if ty == of { of } else { Type::Unknown },
                )
            }
            ("iif", [condition, yes, rest @ ..]) if rest.len() < 2 && matches!(*input, Expr::Focus) => {
                let (yes, mut ty) = on_item(yes)?;
                let mut branches = vec![on_item(condition)?.0, yes];
                for no in rest {
                    let (no, other) = on_item(no)?;
                    ty = either(ty, &branches, other, &no);
                    branches.push(no);
                }
                (Expr::Iif(branches.into()), ty)
            }
            ("uuid", _) if matches!(*input, Expr::Focus) => {
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (Expr::Uuid(arguments?), Type::Text)
            }
            (name, _) if matches!(*input, Expr::Focus) && self.host(name).is_some() => {
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (
                    Expr::Host {
                        function: self.host(name)?,
                        arguments: arguments?,
                    },
                    Type::Unknown,
                )
            }
            (name, arguments) => {
                let function = text_function(name, arguments.len())?;
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (
                    Expr::Text(function, input, arguments?),
                    function_type(name).unwrap_or(Type::Unknown),
                )
            }
        })
    }

    fn host(&self, name: &str) -> Option<u16> {
        let at = self
            .options
            .functions
            .iter()
            .position(|function| function.name == name)?;
        u16::try_from(at).ok()
    }
}

/// What is known of a value that is one of two; the empty collection is of any type.
fn either(ty: Type, branches: &[Expr], other: Type, no: &Expr) -> Type {
    let is_nothing = |expr: &Expr| matches!(expr, Expr::Literal(Literal::Empty));
    let text = |ty: Type| matches!(ty, Type::Part | Type::Text);
    match (ty, other) {
        _ if branches.get(1).is_some_and(is_nothing) => other,
        _ if is_nothing(no) => ty,
        (a, b) if a == b => a,
        (a, b) if text(a) && text(b) => Type::Text,
        _ => Type::Unknown,
    }
}

fn binary(operator: BinaryOperator, left: Expr, a: Type, right: Expr, b: Type) -> Option<(Expr, Type)> {
    // Equality of complex elements, dates and quantities has rules of its own.
    let is_text = |ty: Type| match ty {
        Type::Part | Type::Text => true,
        Type::Fhir(type_id) => {
            matches!(
                type_id.name(),
                "string" | "code" | "uri" | "id" | "url" | "canonical" | "oid" | "uuid" | "markdown"
            )
        }
        _ => false,
    };
    let texts = is_text(a) && is_text(b);
    let numbers = a == Type::Integer && b == Type::Integer;
    let operator = match operator {
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        BinaryOperator::Xor => Operator::Xor,
        BinaryOperator::Implies => Operator::Implies,
        BinaryOperator::Concatenate if is_text(a) && is_text(b) => {
            return Some((
                Expr::Binary(Operator::Concatenate, Box::new(left), Box::new(right)),
                Type::Text,
            ));
        }
        BinaryOperator::Equal if texts || numbers => Operator::Equal,
        BinaryOperator::NotEqual if texts || numbers => Operator::NotEqual,
        BinaryOperator::Less if numbers => Operator::Less,
        BinaryOperator::LessOrEqual if numbers => Operator::LessOrEqual,
        BinaryOperator::Greater if numbers => Operator::Greater,
        BinaryOperator::GreaterOrEqual if numbers => Operator::GreaterOrEqual,
        BinaryOperator::In if texts && is_constant(&right) => Operator::In,
        BinaryOperator::Union if is_constant(&left) && is_constant(&right) && a == b => {
            return Some((Expr::Combine(Box::new(left), Box::new(right)), a));
        }
        _ => return None,
    };
    Some((
        Expr::Binary(operator, Box::new(left), Box::new(right)),
        Type::Computed,
    ))
}

/// A constant or several of them.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) => true,
        Expr::Combine(left, right) => is_constant(left) && is_constant(right),
        _ => false,
    }
}

fn literal(constant: &ast::Literal) -> Option<Literal> {
    Some(match constant {
        ast::Literal::Empty => Literal::Empty,
        ast::Literal::Boolean(value) => Literal::Value(Kind::Boolean, value.to_string().into()),
        ast::Literal::String(value) => Literal::Value(Kind::String, value.as_str().into()),
        ast::Literal::Integer(value) => Literal::Value(Kind::Integer, value.to_string().into()),
        _ => return None,
    })
}

fn text_function(name: &str, arguments: usize) -> Option<TextFunction> {
    Some(match (name, arguments) {
        ("startsWith", 1) => TextFunction::StartsWith,
        ("endsWith", 1) => TextFunction::EndsWith,
        ("contains", 1) => TextFunction::Contains,
        ("upper", 0) => TextFunction::Upper,
        ("lower", 0) => TextFunction::Lower,
        ("trim", 0) => TextFunction::Trim,
        ("length", 0) => TextFunction::Length,
        ("substring", 1 | 2) => TextFunction::Substring,
        ("toString", 0) => TextFunction::ToString,
        _ => return None,
    })
}
