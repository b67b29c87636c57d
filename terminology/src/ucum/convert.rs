//! Values in other units.

use std::cmp::Ordering;
use std::fmt;

use super::error::{UcumError, UcumErrorKind};
use super::function::SPECIAL_DIGITS;
use super::measure::Measure;
use super::rational::Rational;
use super::unit::Unit;

/// A value in base units: the one form that all ways to say the same have.
///
/// See [`Unit::canonical`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    value: Rational,
    code: String,
}

impl Canonical {
    /// The number of base units.
    #[must_use]
    pub const fn value(&self) -> &Rational {
        &self.value
    }

    /// The product of base units and arbitrary units, sorted by code, such as `g.m-1.s-2`; `1` for a number.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Display for Canonical {
    /// Writes the value and the unit, such as `1000 g.m-1.s-2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.code)
    }
}

impl Unit {
    /// A value in this unit, in base units.
    ///
    /// # Errors
    ///
    /// Of kind special-in-product, out-of-domain or limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::parse("kPa")?.canonical(&2.into())?.to_string(), "2000000 g.m-1.s-2");
    /// assert_eq!(Unit::parse("Cel")?.canonical(&37.into())?.to_string(), "310.15 K");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn canonical(&self, value: &Rational) -> Result<Canonical, UcumError> {
        let measure = self.measure.as_ref().map_err(|kind| kind.error())?;
        let value = to_base(measure, value).map_err(UcumErrorKind::error)?;
        let code = measure.dimension().code();
        Ok(Canonical {
            value: settled(value, &[measure]),
            code,
        })
    }

    /// True if values convert between the two units.
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// let unit = Unit::parse("[iU]/L")?;
    /// assert!(unit.is_commensurable(&Unit::parse("m[iU]/mL")?));
    /// assert!(!unit.is_commensurable(&Unit::parse("mg/L")?));
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    #[must_use]
    pub fn is_commensurable(&self, other: &Self) -> bool {
        match (&self.measure, &other.measure) {
            (Ok(one), Ok(other)) => one.dimension() == other.dimension(),
            _ => false,
        }
    }

    /// True if the unit is on a scale of its own, such as `Cel` or `d[pH]`: its values cannot be added or multiplied.
    #[must_use]
    pub fn is_special(&self) -> bool {
        !matches!(self.measure, Ok(Measure::Ratio(..)))
    }

    /// A value in this unit, in another.
    ///
    /// The result is exact, or has [`SPECIAL_DIGITS`] digits if one of the units is special and no temperature.
    ///
    /// # Errors
    ///
    /// Of kind not-commensurable, special-in-product, out-of-domain or limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::ucum::{UcumErrorKind, Unit};
    /// let body = Unit::parse("[degF]")?.convert(&"98.6".parse()?, &Unit::parse("Cel")?)?;
    /// assert_eq!(body.to_string(), "37");
    ///
    /// let acid = Unit::parse("[pH]")?.convert(&"7.4".parse()?, &Unit::parse("nmol/L")?)?;
    /// assert_eq!(acid.to_decimal(6), "39.8107");
    ///
    /// let error = Unit::parse("[iU]")?.convert(&5.into(), &Unit::parse("mg")?).unwrap_err();
    /// assert_eq!(error.kind(), UcumErrorKind::NotCommensurable);
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn convert(&self, value: &Rational, to: &Self) -> Result<Rational, UcumError> {
        let (from, to) = pair(self, to)?;
        convert(from, value, to).map_err(UcumErrorKind::error)
    }

    /// Compares a value in this unit with a value in another.
    ///
    /// # Errors
    ///
    /// As [`Unit::convert`].
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// let (inch, foot) = (Unit::parse("[in_i]")?, Unit::parse("[ft_i]")?);
    /// assert!(inch.compare(&12.into(), &1.into(), &foot)?.is_eq());
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn compare(&self, value: &Rational, other: &Rational, unit: &Self) -> Result<Ordering, UcumError> {
        let (one, two) = pair(self, unit)?;
        if let Some(scaled) = same_scale(one, value, two) {
            return Ok(scaled.map_err(UcumErrorKind::error)?.cmp(other));
        }
        let value = to_base(one, value).map_err(UcumErrorKind::error)?;
        let other = to_base(two, other).map_err(UcumErrorKind::error)?;
        Ok(settled(value, &[one, two]).cmp(&settled(other, &[one, two])))
    }
}

fn pair<'u>(one: &'u Unit, other: &'u Unit) -> Result<(&'u Measure, &'u Measure), UcumError> {
    let one = one.measure.as_ref().map_err(|kind| kind.error())?;
    let other = other.measure.as_ref().map_err(|kind| kind.error())?;
    if one.dimension() == other.dimension() {
        Ok((one, other))
    } else {
        Err(UcumErrorKind::NotCommensurable.error())
    }
}

fn convert(from: &Measure, value: &Rational, to: &Measure) -> Result<Rational, UcumErrorKind> {
    if let Some(scaled) = same_scale(from, value, to) {
        return scaled;
    }
    let base = to_base(from, value)?;
    let result = match to {
        Measure::Ratio(factor, _) => base.divide(factor)?,
        Measure::Special {
            multiple,
            function,
            factor,
            ..
        } => function.of_reference(&base.divide(factor)?)?.divide(multiple)?,
    };
    Ok(settled(result, &[from, to]))
}

/// The value in a multiple of the same special unit, which needs no function.
fn same_scale(from: &Measure, value: &Rational, to: &Measure) -> Option<Result<Rational, UcumErrorKind>> {
    match (from, to) {
        (
            Measure::Special { atom, multiple, .. },
            Measure::Special {
                atom: other,
                multiple: divisor,
                ..
            },
        ) if atom == other => Some(value.multiply(multiple).and_then(|it| it.divide(divisor))),
        _ => None,
    }
}

fn to_base(measure: &Measure, value: &Rational) -> Result<Rational, UcumErrorKind> {
    match measure {
        Measure::Ratio(factor, _) => value.multiply(factor),
        Measure::Special {
            multiple,
            function,
            factor,
            ..
        } => function
            .to_reference(&value.multiply(multiple)?)?
            .multiply(factor),
    }
}

/// Drops the digits that a function cannot answer for.
fn settled(value: Rational, measures: &[&Measure]) -> Rational {
    let inexact = |it: &&Measure| matches!(it, Measure::Special { function, .. } if !function.is_exact());
    if measures.iter().any(inexact) {
        value.round(SPECIAL_DIGITS)
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str) -> Unit {
        Unit::parse(code).unwrap()
    }

    fn converted(value: &str, from: &str, to: &str) -> Result<Rational, UcumErrorKind> {
        let value = value.parse().unwrap();
        unit(from).convert(&value, &unit(to)).map_err(UcumError::kind)
    }

    fn shown(value: &str, from: &str, to: &str) -> String {
        converted(value, from, to).unwrap().to_string()
    }

    #[test]
    fn ordinary_units_are_exact() {
        assert_eq!(shown("1", "[mi_i]", "m"), "1609.344");
        assert_eq!(shown("1", "m", "[ft_i]"), "1250/381");
        assert_eq!(shown("180", "deg", "circ"), "0.5");
        assert_eq!(shown("1", "mol", "1"), "602214076000000000000000");
        assert_eq!(shown("5", "%", "[ppth]"), "50");
        assert_eq!(shown("1", "Gibit", "By"), "134217728");
        assert_eq!(shown("1", "a_j", "d"), "365.25");
    }

    #[test]
    fn temperatures_are_exact() {
        assert_eq!(shown("0", "K", "Cel"), "-273.15");
        assert_eq!(shown("-40", "Cel", "[degF]"), "-40");
        assert_eq!(shown("80", "[degRe]", "Cel"), "100");
        assert_eq!(shown("1", "[degF]", "Cel"), "-155/9");
        assert_eq!(shown("1500", "mCel", "K"), "274.65");
    }

    /// By hand from the definitions.
    #[test]
    fn other_special_units() {
        assert_eq!(shown("7", "[pH]", "mol/L"), "0.0000001");
        assert_eq!(shown("0.001", "mol/L", "[pH]"), "3");
        assert_eq!(shown("30", "dB", "1"), "1000");
        assert_eq!(shown("100", "1", "dB"), "20");
        assert_eq!(shown("6", "B[SPL]", "Pa"), "0.02");
        assert_eq!(shown("60", "dB[V]", "kV"), "1");
        assert_eq!(shown("3", "B[W]", "kW"), "1");
        assert_eq!(shown("1", "Np", "1"), "2.71828182845904523536029");
        assert_eq!(shown("3", "[hp'_C]", "1"), "0.000001");
        assert_eq!(shown("10", "bit_s", "1"), "1024");
        assert_eq!(shown("100", "[p'diop]", "rad"), "0.785398163397448309615661");
        assert_eq!(shown("100", "%[slope]", "deg"), "45");
        assert_eq!(shown("45", "deg", "[p'diop]"), "100");
        assert_eq!(shown("3", "[m/s2/Hz^(1/2)]", "m2/s4/Hz"), "9");
        assert_eq!(shown("12", "dB", "B"), "1.2");
    }

    #[test]
    fn arbitrary_units_convert_to_themselves_alone() {
        assert_eq!(shown("5", "[iU]/mL", "k[iU]/L"), "5");
        assert_eq!(shown("5", "[IU]", "[iU]"), "5");
        for (from, to) in [
            ("[iU]", "1"),
            ("[iU]", "[arb'U]"),
            ("[iU]/[iU]", "[iU]"),
            ("m", "s"),
            ("m", "m2"),
        ] {
            assert_eq!(
                converted("1", from, to),
                Err(UcumErrorKind::NotCommensurable),
                "{from} {to}"
            );
        }
        assert_eq!(shown("1", "[iU]/[iU]", "1"), "1");
    }

    #[test]
    fn special_units_stand_alone() {
        for code in ["Cel/m", "Cel2", "/Cel", "1/Cel", "Cel.Cel", "m.dB"] {
            let unit = unit(code);
            let error = unit.convert(&1.into(), &unit).unwrap_err();
            assert_eq!(error.kind(), UcumErrorKind::SpecialInProduct, "{code}");
            assert!(unit.is_special() && !unit.is_commensurable(&unit));
        }
        assert_eq!(shown("2", "10.Cel", "K"), "293.15");
    }

    #[test]
    fn what_a_scale_cannot_say_is_an_error() {
        assert_eq!(converted("0", "mol/L", "[pH]"), Err(UcumErrorKind::OutOfDomain));
        assert_eq!(converted("-1", "1", "B"), Err(UcumErrorKind::OutOfDomain));
        assert_eq!(converted("-99999", "[pH]", "mol/L"), Err(UcumErrorKind::Limit));
    }

    #[test]
    fn order_is_by_what_is_measured() {
        let order = |value: &str, from: &str, other: &str, to: &str| {
            unit(from)
                .compare(&value.parse().unwrap(), &other.parse().unwrap(), &unit(to))
                .unwrap()
        };
        assert_eq!(order("1", "m", "3.2808", "[ft_i]"), Ordering::Greater);
        assert_eq!(order("37", "Cel", "98.6", "[degF]"), Ordering::Equal);
        assert_eq!(order("7", "[pH]", "100", "nmol/L"), Ordering::Equal);
        assert_eq!(order("3", "dB", "4", "dB"), Ordering::Less);
    }
}
