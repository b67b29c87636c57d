//! Products and quotients of units.

use super::error::{UcumError, UcumErrorKind};
use super::parse::MAX_EXPONENT;
use super::unit::{Component, Operator, Simple, Term, Unit};

impl Unit {
    /// The product of two units: `cm` times `m` is `cm.m`, and `m` times `m` is `m2`.
    ///
    /// Equal parts are put together; none is converted.
    ///
    /// # Errors
    ///
    /// Of kind special-in-product, or limit.
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::parse("mg/mL")?.multiply(&Unit::parse("mL/h")?)?.to_string(), "mg/h");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn multiply(&self, other: &Self) -> Result<Self, UcumError> {
        self.combine(other, 1)
    }

    /// The quotient of two units: `g` by `m` is `g/m`, and `m` by `m` is `1`.
    ///
    /// # Errors
    ///
    /// As [`Unit::multiply`].
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::one().divide(&Unit::parse("s")?)?.to_string(), "/s");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn divide(&self, other: &Self) -> Result<Self, UcumError> {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Self, exponent: i32) -> Result<Self, UcumError> {
        if self.is_special() || other.is_special() {
            return Err(UcumErrorKind::SpecialInProduct.error());
        }
        let mut parts = Vec::new();
        collect(&self.term, 1, &mut parts).map_err(UcumErrorKind::error)?;
        collect(&other.term, exponent, &mut parts).map_err(UcumErrorKind::error)?;
        Self::from_term(assemble(parts)?)
    }
}

/// A component without its exponent, and its power.
type Part = (Component, i32);

/// Adds the parts of a term to those already there. No deeper than the parser lets parentheses be.
fn collect(term: &Term, sign: i32, parts: &mut Vec<Part>) -> Result<(), UcumErrorKind> {
    add(&term.first, if term.inverse { -sign } else { sign }, parts)?;
    for (operator, component) in &term.rest {
        let sign = if *operator == Operator::Divide {
            -sign
        } else {
            sign
        };
        add(component, sign, parts)?;
    }
    Ok(())
}

fn add(component: &Component, sign: i32, parts: &mut Vec<Part>) -> Result<(), UcumErrorKind> {
    let (part, power) = match component {
        Component::Group(term) => return collect(term, sign, parts),
        Component::Simple(simple) => {
            let part = Simple {
                exponent: None,
                ..simple.clone()
            };
            (Component::Simple(part), sign * simple.exponent.unwrap_or(1))
        }
        other => (other.clone(), sign),
    };
    match parts.iter_mut().find(|it| it.0 == part) {
        Some((_, sum)) => *sum = sum.checked_add(power).ok_or(UcumErrorKind::Limit)?,
        None => parts.push((part, power)),
    }
    Ok(())
}

/// Multiplies what has a power above zero and divides by the rest.
fn assemble(parts: Vec<Part>) -> Result<Term, UcumError> {
    let mut above = Vec::new();
    let mut below = Vec::new();
    for (part, power) in parts {
        if power.unsigned_abs() > MAX_EXPONENT.unsigned_abs() {
            return Err(UcumErrorKind::Limit.error());
        }
        let side = if power > 0 { &mut above } else { &mut below };
        match part {
            Component::Simple(simple) if power != 0 => {
                let exponent = Some(power.abs()).filter(|it| *it != 1);
                side.push(Component::Simple(Simple { exponent, ..simple }));
            }
            Component::Factor(1, None) | Component::Simple(_) => {}
            // A number and an annotation have no exponents.
            part => side.extend(std::iter::repeat_n(part, power.unsigned_abs() as usize)),
        }
    }
    let above = above.into_iter().map(|it| (Operator::Multiply, it));
    let below = below.into_iter().map(|it| (Operator::Divide, it));
    let mut all = above.chain(below);
    let (operator, first) = all
        .next()
        .unwrap_or((Operator::Multiply, Component::Factor(1, None)));
    Ok(Term {
        inverse: operator == Operator::Divide,
        first,
        rest: all.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_together() {
        for (left, right, product, quotient) in [
            ("m", "m", "m2", "1"),
            ("cm", "m", "cm.m", "cm/m"),
            ("mg/mL", "mL/h", "mg/h", "mg.h/mL2"),
            ("1", "s", "s", "/s"),
            ("/m", "(kg/s)", "kg/m/s", "s/m/kg"),
            ("2.m", "3", "2.m.3", "2.m/3"),
            ("10.m", "10.s", "10.10.m.s", "m/s"),
            ("{a}.m", "m{b}", "{a}.m.m{b}", "{a}.m/m{b}"),
            ("[iU]", "L", "[iU].L", "[iU]/L"),
        ] {
            let (left, right) = (Unit::parse(left).unwrap(), Unit::parse(right).unwrap());
            assert_eq!(left.multiply(&right).unwrap().to_string(), product);
            assert_eq!(left.divide(&right).unwrap().to_string(), quotient);
        }
    }

    #[test]
    fn special_units_and_large_exponents_are_refused() {
        let unit = |code: &str| Unit::parse(code).unwrap();
        let kind = |result: Result<Unit, UcumError>| result.unwrap_err().kind();
        assert_eq!(
            kind(unit("Cel").multiply(&unit("m"))),
            UcumErrorKind::SpecialInProduct
        );
        assert_eq!(kind(unit("m999").multiply(&unit("m"))), UcumErrorKind::Limit);
    }
}
