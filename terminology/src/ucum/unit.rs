//! A unit as it was written.

use std::fmt;
use std::str::FromStr;

use super::atom;
use super::error::{UcumError, UcumErrorKind};
use super::measure::Measure;
use super::parse;

/// A unit of measure: read once, used often.
///
/// It prints the case sensitive code that it was read from; an exponent's plus sign is not kept. Two units are equal if
/// they are written alike: `N` and `kg.m/s2` are not equal and yet the same ([`Unit::compare`]). `Debug` leaves out
/// what annotations say.
///
/// # Examples
///
/// ```
/// use carewire_terminology::ucum::Unit;
/// let unit = Unit::parse("10*3/uL{blood}")?;
/// assert_eq!(unit.to_string(), "10*3/uL{blood}");
/// assert_eq!(unit.name(), "(the number ten for arbitrary powers ^ 3) / (microliter) {blood}");
/// assert!(unit.is_commensurable(&Unit::parse("/L")?));
/// # Ok::<(), carewire_terminology::ucum::UcumError>(())
/// ```
///
/// Spec: UCUM, 2.1 Grammar of units and unit terms.
#[derive(Clone, PartialEq, Eq)]
pub struct Unit {
    pub(super) term: Term,
    /// An error only if a special unit stands in a product: such a unit can be written and not be computed with.
    pub(super) measure: Result<Measure, UcumErrorKind>,
}

/// Components with operators between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// A solidus stands first. Only outside of parentheses.
    pub(super) inverse: bool,
    pub(super) first: Component,
    pub(super) rest: Vec<(Operator, Component)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Multiply,
    Divide,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Component {
    Simple(Simple),
    Factor(u64, Option<Box<str>>),
    Annotation(Box<str>),
    Group(Box<Term>),
}

/// An atom with what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) prefix: Option<u8>,
    pub(super) atom: u16,
    pub(super) exponent: Option<i32>,
    pub(super) annotation: Option<Box<str>>,
}

/// True if the text is a unit's case sensitive code.
///
/// ```
/// assert!(carewire_terminology::ucum::is_valid("mm[Hg]"));
/// assert!(!carewire_terminology::ucum::is_valid("mmHg"));
/// ```
#[must_use]
pub fn is_valid(code: &str) -> bool {
    Unit::parse(code).is_ok()
}

impl Unit {
    /// Reads a case sensitive code, such as `mmol/L`.
    ///
    /// # Errors
    ///
    /// What is wrong with the code and where; an empty text is no unit.
    pub fn parse(code: &str) -> Result<Self, UcumError> {
        parse::term(code, true).and_then(Self::from_term)
    }

    /// Reads a case insensitive code, such as `MMOL/L`. The unit prints its case sensitive code.
    ///
    /// These codes are words of their own: `PAL` is the pascal, and `HR` the hour.
    ///
    /// # Errors
    ///
    /// As [`Unit::parse`].
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::parse_case_insensitive("KPAL")?.to_string(), "kPa");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    pub fn parse_case_insensitive(code: &str) -> Result<Self, UcumError> {
        parse::term(code, false).and_then(Self::from_term)
    }

    /// The unit of numbers, `1`, which HL7's data types mean where they give no unit.
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::one().to_string(), "1");
    /// ```
    #[must_use]
    pub fn one() -> Self {
        let term = Term {
            inverse: false,
            first: Component::Factor(1, None),
            rest: Vec::new(),
        };
        let measure = Measure::of(&term);
        Self { term, measure }
    }

    pub(super) fn from_term(term: Term) -> Result<Self, UcumError> {
        match Measure::of(&term) {
            Err(UcumErrorKind::SpecialInProduct) => Ok(Self {
                term,
                measure: Err(UcumErrorKind::SpecialInProduct),
            }),
            Err(kind) => Err(kind.error()),
            measure => Ok(Self { term, measure }),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, annotations: bool) -> fmt::Result {
        write_term(&self.term, f, annotations)
    }
}

/// No deeper than the parser lets parentheses be.
fn write_term(term: &Term, f: &mut fmt::Formatter<'_>, annotations: bool) -> fmt::Result {
    if term.inverse {
        f.write_str("/")?;
    }
    write_component(&term.first, f, annotations)?;
    for (operator, component) in &term.rest {
        f.write_str(match operator {
            Operator::Multiply => ".",
            Operator::Divide => "/",
        })?;
        write_component(component, f, annotations)?;
    }
    Ok(())
}

fn write_component(component: &Component, f: &mut fmt::Formatter<'_>, annotations: bool) -> fmt::Result {
    let annotation = match component {
        Component::Group(term) => {
            f.write_str("(")?;
            write_term(term, f, annotations)?;
            return f.write_str(")");
        }
        Component::Factor(number, annotation) => {
            write!(f, "{number}")?;
            annotation.as_deref()
        }
        Component::Annotation(text) => Some(&**text),
        Component::Simple(simple) => {
            f.write_str(simple.prefix.and_then(atom::prefix).map_or("", |it| it.code))?;
            f.write_str(atom::atom(simple.atom).map_or("", |it| it.code()))?;
            if let Some(exponent) = simple.exponent {
                write!(f, "{exponent}")?;
            }
            simple.annotation.as_deref()
        }
    };
    match annotation {
        Some(text) if annotations => write!(f, "{{{text}}}"),
        Some(_) => f.write_str("{..}"),
        None => Ok(()),
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, true)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unit(")?;
        self.write(f, false)?;
        f.write_str(")")
    }
}

impl FromStr for Unit {
    type Err = UcumError;

    /// Reads a case sensitive code.
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_print_as_they_were_written() {
        for code in [
            "m",
            "/m",
            "1",
            "{a}",
            "10*-3/uL",
            "10^3",
            "m0",
            "kg.m/s2",
            "((m))",
            "a.(b/(c))",
            "1{c}",
            "%[slope]",
            "[m/s2/Hz^(1/2)]",
            "dB[10.nV]",
            "Kibit",
            "m[H2O]",
            "''",
            "a_t2",
        ] {
            match Unit::parse(code) {
                Ok(unit) => assert_eq!(unit.to_string(), code),
                Err(error) => assert_eq!((code, error.offset()), ("a.(b/(c))", Some(6)), "{code}: {error}"),
            }
        }
        assert_eq!(Unit::parse("10*+3").unwrap().to_string(), "10*3");
        assert_eq!(
            format!("{:?}", Unit::parse("mg{Doe}/{x}.1{y}").unwrap()),
            "Unit(mg{..}/{..}.1{..})"
        );
    }

    #[test]
    fn what_is_wrong_has_a_kind_and_a_place() {
        use UcumErrorKind as K;
        for (code, kind, offset, length) in [
            ("", K::MissingUnit, 0, 0),
            ("m/", K::MissingUnit, 2, 0),
            ("m..s", K::MissingUnit, 2, 0),
            ("()", K::MissingUnit, 1, 0),
            ("(/m)", K::MissingUnit, 1, 0),
            ("m s", K::UnexpectedCharacter, 1, 1),
            ("{a}m", K::UnexpectedCharacter, 3, 1),
            ("m{\u{e9}}", K::UnexpectedCharacter, 2, 2),
            ("m{a b}", K::UnexpectedCharacter, 3, 1),
            ("\u{b5}m", K::UnexpectedCharacter, 0, 2),
            ("m(s)", K::UnexpectedCharacter, 1, 1),
            ("kg.mmHg", K::UnknownUnit, 3, 4),
            ("s-", K::UnknownUnit, 0, 2),
            ("-3", K::UnknownUnit, 0, 2),
            ("[in_i", K::UnknownUnit, 0, 5),
            ("k[in_i]", K::PrefixOnNonMetric, 0, 7),
            ("g/12h", K::NumberBeforeUnit, 2, 2),
            ("(m", K::Unbalanced, 0, 1),
            ("m)", K::Unbalanced, 1, 1),
            ("m{a", K::Unbalanced, 1, 1),
            ("m}", K::Unbalanced, 1, 1),
            ("m/0", K::ZeroFactor, 2, 1),
            ("m1000", K::Limit, 1, 4),
            ("1234567890123456789", K::Limit, 0, 19),
        ] {
            let error = Unit::parse(code).unwrap_err();
            assert_eq!(
                (error.kind(), error.offset(), error.length()),
                (kind, Some(offset), length),
                "{code}"
            );
        }
    }

    #[test]
    fn hostile_text_meets_a_limit() {
        for code in [
            "(".repeat(400),
            "m.".repeat(300),
            "10*999.10*999".to_owned(),
            "[pi]999".to_owned(),
        ] {
            assert_eq!(
                Unit::parse(&code).unwrap_err().kind(),
                UcumErrorKind::Limit,
                "{code}"
            );
        }
        let deep = format!("{}m{}", "(".repeat(32), ")".repeat(32));
        assert!(is_valid(&deep));
    }

    #[test]
    fn case_insensitive_codes() {
        for (code, expected) in [
            ("KG.M/S2", "kg.m/s2"),
            ("MMOL/HR", "mmol/h"),
            ("[in_i]", "[in_i]"),
            ("MM[HG]", "mm[Hg]"),
            ("kibbit", "Kibit"),
            ("[IU]", "[IU]"),
        ] {
            assert_eq!(Unit::parse_case_insensitive(code).unwrap().to_string(), expected);
        }
        assert!(
            Unit::parse_case_insensitive("mPa.s").is_err(),
            "the pascal is PAL"
        );
    }
}
