//! Conditions as maps write them, put into forms that one look decides.
//!
//! `c1.exists() or c2.exists()` becomes one question about the parts of a value, `$this in ('A' | 'B')` and `%type = 'NM'` a comparison of one text with constants.
//! Each form means what it replaces, in the same order of looks.

use crate::program::{Expr, Kind, Literal, Of, Operator, Part, Parts, Step};

/// Puts each condition of an expression into its shortest form.
pub(super) fn condense(expr: &mut Expr) {
    match expr {
        Expr::Exists(input) | Expr::Empty(input) => condense(input),
        Expr::Binary(_, left, right) | Expr::Where(left, right) | Expr::Select(left, right) => {
            condense(left);
            condense(right);
        }
        Expr::Combine(left, right) | Expr::Join(left, right) => {
            condense(left);
            condense(right);
        }
        Expr::Not(input)
        | Expr::Matches(input, _)
        | Expr::Child(input, _)
        | Expr::First(input)
        | Expr::Last(input)
        | Expr::Index(input, _)
        | Expr::Count(input) => return condense(input),
        Expr::Iif(all) | Expr::Uuid(all) | Expr::Host { arguments: all, .. } => {
            return all.iter_mut().for_each(condense);
        }
        Expr::Text(_, input, arguments) => {
            condense(input);
            return arguments.iter_mut().for_each(condense);
        }
        _ => return,
    }
    *expr = shorter(std::mem::replace(expr, Expr::Focus));
}

/// A condition whose parts are in their shortest form in its own.
fn shorter(expr: Expr) -> Expr {
    match expr {
        Expr::Exists(input) => match part_of(&input) {
            Some(parts) => Expr::Any(parts),
            None => Expr::Exists(input),
        },
        Expr::Empty(mut input) => match part_of(&input) {
            Some(parts) => {
                *input = Expr::Any(parts);
                Expr::Not(input)
            }
            None => Expr::Empty(input),
        },
        Expr::Binary(operator, left, right) => binary(operator, left, right),
        other => other,
    }
}

/// The one question that asks whether a part of a value is there.
fn part_of(input: &Expr) -> Option<Parts> {
    let Expr::Child(of, step) = input else { return None };
    let of = match **of {
        Expr::Focus => Of::Focus,
        Expr::Variable(slot) => Of::Slot(slot),
        _ => return None,
    };
    let part = match step {
        Step::Field(number) => Part::Field(*number),
        Step::Component(number) => Part::Component(*number),
        _ => return None,
    };
    Parts::new(of, vec![part])
}

fn binary(operator: Operator, mut left: Box<Expr>, mut right: Box<Expr>) -> Expr {
    match (operator, &mut *left, &mut *right) {
        (Operator::Or, left_side, Expr::Any(b)) => {
            // Of `x or a or b` the last two are one question as well.
            let last = match left_side {
                Expr::Binary(Operator::Or, _, last) => &mut **last,
                only => only,
            };
            if let Expr::Any(a) = last
                && a.take_in(b)
            {
                return *left;
            }
        }
        (Operator::And, left_side, Expr::Not(b)) => {
            let last = match left_side {
                Expr::Binary(Operator::And, _, last) => &mut **last,
                only => only,
            };
            if let (Expr::Not(a), Expr::Any(b)) = (last, &mut **b)
                && let Expr::Any(a) = &mut **a
                && a.take_in(b)
            {
                return *left;
            }
        }
        (Operator::In, _, right) => {
            let mut texts = Vec::new();
            if constants(right, &mut texts) {
                return Expr::OneOf(left, texts.into());
            }
        }
        (Operator::Equal, _, Expr::Literal(Literal::Value(Kind::String, text))) => {
            let text = std::mem::take(text);
            return Expr::Is(left, text);
        }
        (Operator::NotEqual, _, Expr::Literal(Literal::Value(Kind::String, text))) => {
            let text = std::mem::take(text);
            *right = Expr::Is(left, text);
            return Expr::Not(right);
        }
        _ => {}
    }
    Expr::Binary(operator, left, right)
}

/// Gathers the texts of constants joined by `|`; false if one is no text.
fn constants(expr: &Expr, texts: &mut Vec<Box<str>>) -> bool {
    match expr {
        Expr::Literal(Literal::Value(Kind::String, text)) => {
            texts.push(text.clone());
            true
        }
        Expr::Combine(left, right) => constants(left, texts) && constants(right, texts),
        _ => false,
    }
}
