//! What must hold of units whatever they are: no panic, no text of theirs in an error, the way there and back.
#![cfg(feature = "ucum")]

use carewire_terminology::ucum::{self, Rational, UcumErrorKind, Unit};
use carewire_testkit::markers::{Markers, assert_none};
use proptest::prelude::*;

/// A code with an atom of the table, any of them.
fn atom() -> impl Strategy<Value = String> {
    let atoms = ucum::atoms();
    let prefix = prop::sample::select(vec!["", "k", "m", "u", "da", "Gi"]);
    let exponent = prop::sample::select(vec!["", "2", "-1", "3", "-3", "+2", "0"]);
    (0..atoms.len(), prefix, exponent).prop_map(move |(at, prefix, exponent)| {
        let atom = &atoms[at];
        let plain = atom.is_special() || atom.code().ends_with(|it: char| it.is_ascii_digit());
        let prefix = if atom.is_metric() { prefix } else { "" };
        format!("{prefix}{}{}", atom.code(), if plain { "" } else { exponent })
    })
}

/// A unit that the grammar allows, and mostly can be computed with.
fn code() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => atom(),
        1 => "[1-9][0-9]{0,3}",
        1 => "\\{[a-zA-Z_ -]{0,6}\\}".prop_map(|it| it.replace(' ', "_")),
        1 => (atom(), "\\{[a-z]{1,4}\\}").prop_map(|(atom, annotation)| atom + &annotation),
    ];
    let term = leaf.prop_recursive(3, 12, 4, |inner| {
        let operator = prop::sample::select(vec![".", "/"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(left, operator, right)| { format!("{left}{operator}{right}") }),
            inner.prop_map(|it| format!("({it})")),
        ]
    });
    (prop::sample::select(vec!["", "", "", "/"]), term).prop_map(|(slash, term)| format!("{slash}{term}"))
}

fn number() -> impl Strategy<Value = Rational> {
    (-1_000_000_i64..1_000_000, 1_i64..10_000)
        .prop_filter_map("the denominator is zero", |(numerator, denominator)| {
            Rational::new(numerator, denominator)
        })
}

/// A unit, if its numbers stay within the limit.
fn read(code: &str) -> Option<Unit> {
    match Unit::parse(code) {
        Ok(unit) => Some(unit),
        Err(error) => {
            assert_eq!(error.kind(), UcumErrorKind::Limit, "{code}: {error}");
            None
        }
    }
}

/// True if a result of the special unit's function was rounded on the way.
fn close(one: &Rational, other: &Rational) -> bool {
    one == other || one.round(15) == other.round(15)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn units_read_as_they_print(code in code()) {
        if let Some(unit) = read(&code) {
            let printed = unit.to_string();
            prop_assert_eq!(&Unit::parse(&printed).unwrap(), &unit);
            prop_assert_eq!(printed, code.replace('+', ""));
            prop_assert!(!unit.name().is_empty());
        }
    }

    #[test]
    fn values_convert_there_and_back(code in code(), value in number()) {
        let Some(unit) = read(&code) else { return Ok(()) };
        let Ok(canonical) = unit.canonical(&value) else { return Ok(()) };
        let base = Unit::parse(canonical.code()).unwrap();
        prop_assert!(unit.is_commensurable(&base));
        prop_assert!(unit.compare(&value, canonical.value(), &base).unwrap().is_eq());
        let there = unit.convert(&value, &base).unwrap();
        prop_assert_eq!(&there, canonical.value());
        if !unit.is_special() {
            prop_assert_eq!(base.convert(&there, &unit).unwrap(), value);
        } else if let Ok(back) = base.convert(&there, &unit) {
            // The levels have no value below zero and a root no sign: what comes back stands for the same.
            prop_assert!(close(&unit.canonical(&back).unwrap().value().round(15), &there), "{}", code);
        }
    }

    #[test]
    fn dividing_undoes_multiplying(left in code(), right in code(), value in number()) {
        let (Some(left), Some(right)) = (read(&left), read(&right)) else { return Ok(()) };
        let Ok(product) = left.multiply(&right) else { return Ok(()) };
        let Ok(quotient) = product.divide(&right) else { return Ok(()) };
        prop_assert_eq!(quotient.convert(&value, &left).unwrap(), value);
        prop_assert_eq!(Unit::parse(&product.to_string()), Ok(product));
    }

    #[test]
    fn numbers_read_as_they_print(value in number()) {
        prop_assert_eq!(value.to_string().parse::<Rational>(), Ok(value.clone()));
        prop_assert_eq!(value.to_decimal(12).parse::<Rational>(), Ok(value.round(12)));
    }

    #[test]
    fn any_text_is_a_unit_or_says_where_it_is_not(code in "[ -~é]{0,40}") {
        for read in [Unit::parse(&code), Unit::parse_case_insensitive(&code)] {
            match read {
                Ok(unit) => prop_assert_eq!(Unit::parse(&unit.to_string()), Ok(unit)),
                Err(error) => {
                    let end = error.offset().map_or(0, |it| it + error.length());
                    prop_assert!(end <= code.len(), "{} {}", code, error);
                }
            }
        }
    }

    #[test]
    fn any_text_is_a_number_or_not(text in "[-+0-9.eE/]{0,30}") {
        if let Ok(value) = text.parse::<Rational>() {
            prop_assert_eq!(value.to_string().parse::<Rational>(), Ok(value));
        }
    }
}

#[test]
fn errors_hold_no_text_of_the_unit() {
    let mut markers = Markers::default();
    for template in ["@", "m.@", "m{@", "m{@}@", "1@", "(@", "k[@]", "m@1000", "@é"] {
        let code = markers.plant(template, "@");
        for error in [Unit::parse(&code), Unit::parse_case_insensitive(&code)].map(Result::unwrap_err) {
            assert_none("an error", &format!("{error} {error:?}"));
        }
    }
    let unit = Unit::parse(&markers.plant("mg{@}/L{@}", "@")).unwrap();
    assert_none("a unit's Debug", &format!("{unit:?}"));
}

/// All that the table has can be read, printed, and expressed in base units and back.
#[test]
fn every_atom_works() {
    for atom in ucum::atoms() {
        let unit = Unit::parse(atom.code()).unwrap();
        assert_eq!(unit.name(), format!("({})", atom.name()));
        let canonical = unit.canonical(&2.into()).unwrap();
        let base = Unit::parse(canonical.code()).unwrap();
        let back = base.convert(canonical.value(), &unit).unwrap();
        assert_eq!(back.round(20), 2.into(), "{}", atom.code());
        let upper = Unit::parse_case_insensitive(atom.upper_code()).unwrap();
        let same = upper.compare(&3.into(), &3.into(), &unit).unwrap();
        assert!(same.is_eq(), "{}", atom.code());
    }
}
