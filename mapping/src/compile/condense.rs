//! Conditions as maps write them, put into forms that one look decides.
//!
//! `c1.exists() or c2.exists()` becomes one question about the parts of a value, `$this in ('A' | 'B')` and `%type = 'NM'` a comparison of one text with constants.
//! Each form means what it replaces, in the same order of looks.

use crate::program::{Expr, Kind, Literal, Of, Operator, Part, Parts, Step};

/// The expression with each condition below it in its shortest form.
pub(super) fn condensed(expr: Expr) -> Expr {
    let boxed = |expr: Box<Expr>| Box::new(condensed(*expr));
    let all = |all: Box<[Expr]>| all.into_iter().map(condensed).collect::<Box<[Expr]>>();
    match expr {
        Expr::Exists(input) => exists(condensed(*input)),
        Expr::Empty(input) => match exists(condensed(*input)) {
            Expr::Exists(input) => Expr::Empty(input),
            parts => Expr::Not(Box::new(parts)),
        },
        Expr::Not(input) => Expr::Not(boxed(input)),
        Expr::Binary(operator, left, right) => binary(operator, condensed(*left), condensed(*right)),
        Expr::Child(input, step) => Expr::Child(boxed(input), step),
        Expr::Where(input, criterion) => Expr::Where(boxed(input), boxed(criterion)),
        Expr::Select(input, projection) => Expr::Select(boxed(input), boxed(projection)),
        Expr::First(input) => Expr::First(boxed(input)),
        Expr::Last(input) => Expr::Last(boxed(input)),
        Expr::Index(input, index) => Expr::Index(boxed(input), index),
        Expr::Count(input) => Expr::Count(boxed(input)),
        Expr::Iif(branches) => Expr::Iif(all(branches)),
        Expr::Text(function, input, arguments) => Expr::Text(function, boxed(input), all(arguments)),
        Expr::Combine(left, right) => Expr::Combine(boxed(left), boxed(right)),
        Expr::Join(input, separator) => Expr::Join(boxed(input), boxed(separator)),
        Expr::Uuid(arguments) => Expr::Uuid(all(arguments)),
        Expr::Host { function, arguments } => Expr::Host {
            function,
            arguments: all(arguments),
        },
        other => other,
    }
}

/// Whether something is there: of a part of a value one question.
fn exists(input: Expr) -> Expr {
    match part_of(&input) {
        Some(parts) => Expr::Any(parts),
        None => Expr::Exists(Box::new(input)),
    }
}

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

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    let (left, right) = match (operator, left, right) {
        (Operator::Or, Expr::Any(a), Expr::Any(b)) => match a.and(b) {
            Ok(both) => return Expr::Any(both),
            Err((a, b)) => (Expr::Any(a), Expr::Any(b)),
        },
        (Operator::And, Expr::Not(a), Expr::Not(b)) => match (*a, *b) {
            (Expr::Any(a), Expr::Any(b)) => match a.and(b) {
                Ok(both) => return not(Expr::Any(both)),
                Err((a, b)) => (not(Expr::Any(a)), not(Expr::Any(b))),
            },
            (a, b) => (not(a), not(b)),
        },
        (Operator::In, left, right) => {
            let mut texts = Vec::new();
            if constants(&right, &mut texts) {
                return Expr::OneOf(Box::new(left), texts.into());
            }
            (left, right)
        }
        (Operator::Equal, left, Expr::Literal(Literal::Value(Kind::String, text))) => {
            return Expr::Is(Box::new(left), text);
        }
        (Operator::NotEqual, left, Expr::Literal(Literal::Value(Kind::String, text))) => {
            return not(Expr::Is(Box::new(left), text));
        }
        (_, left, right) => (left, right),
    };
    Expr::Binary(operator, Box::new(left), Box::new(right))
}

fn not(expr: Expr) -> Expr {
    Expr::Not(Box::new(expr))
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
