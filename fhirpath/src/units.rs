//! UCUM by the terminology room, for hosts that convert no units themselves.

use std::cmp::Ordering;

use carewire_terminology::ucum::{Rational, Unit};

use crate::value::Decimal;

/// The digits that a decimal holds.
const DIGITS: usize = 28;

/// A number in one unit, in another; `None` if the one does not convert to the other.
pub(crate) fn convert(value: Decimal, from: &str, to: &str) -> Option<Decimal> {
    let value: Rational = value.to_string().parse().ok()?;
    let converted = Unit::parse(from)
        .ok()?
        .convert(&value, &Unit::parse(to).ok()?)
        .ok()?;
    converted.to_decimal(DIGITS).parse().ok()
}

/// The order of two numbers, each in its unit, exactly; `None` if the one unit does not convert to the other.
pub(crate) fn compare(left: (Decimal, &str), right: (Decimal, &str)) -> Option<Ordering> {
    let read = |(value, unit): (Decimal, &str)| -> Option<(Rational, Unit)> {
        Some((value.to_string().parse().ok()?, Unit::parse(unit).ok()?))
    };
    let ((left, unit), (right, other)) = (read(left)?, read(right)?);
    unit.compare(&left, &right, &other).ok()
}

/// The unit of a product or, with `divide`, of a quotient; `None` if one is not known or special.
pub(crate) fn combine(left: &str, right: &str, divide: bool) -> Option<String> {
    let (left, right) = (Unit::parse(left).ok()?, Unit::parse(right).ok()?);
    let unit = if divide {
        left.divide(&right)
    } else {
        left.multiply(&right)
    };
    unit.ok().map(|it| it.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_exactly_or_not_at_all() {
        let shown =
            |value: &str, from, to| convert(value.parse().unwrap(), from, to).map(|it| it.to_string());
        assert_eq!(shown("98.6", "[degF]", "Cel").as_deref(), Some("37"));
        assert_eq!(
            shown("1.0", "cm", "[in_i]").as_deref(),
            Some("0.3937007874015748031496062992")
        );
        assert_eq!(shown("1", "[iU]", "mg"), None);
        // Beyond the digits of a decimal: too many of them, and too large.
        let order = |left: (&str, &str), right: (&str, &str)| {
            compare(
                (left.0.parse().unwrap(), left.1),
                (right.0.parse().unwrap(), right.1),
            )
        };
        assert_eq!(
            order(("1", "cm"), ("0.3937007874015748031496062992", "[in_i]")),
            Some(Ordering::Greater)
        );
        assert_eq!(order(("1", "Ym"), ("1", "ym")), Some(Ordering::Greater));
        assert_eq!(order(("2.54", "cm"), ("1", "[in_i]")), Some(Ordering::Equal));
        assert_eq!(order(("1", "[iU]"), ("1", "mg")), None);
        assert_eq!(shown("1", "mmHg", "mm[Hg]"), None);
        assert_eq!(combine("cm", "m", false).as_deref(), Some("cm.m"));
        assert_eq!(combine("g", "m", true).as_deref(), Some("g/m"));
        assert_eq!(combine("Cel", "m", true), None);
    }
}
