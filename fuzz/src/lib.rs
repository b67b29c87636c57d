//! What each fuzz target does with its bytes: one function a target, named as the target is.
//!
//! `fuzz_targets/` hands them to libFuzzer; `cli/tests/fuzz_replay.rs` includes this file and replays the corpus with
//! them, so they use nothing but the public API and fail by `assert!` alone. Text before the first line feed is the
//! question (a path, an expression) where a target needs two inputs.

mod fhir;
mod fhirpath;
mod hl7v2;

use carewire_mapping::{Maps, Options, syntax};
use carewire_terminology::ucum::{Rational, Unit};
use carewire_terminology::{CodeSystem, ConceptMap, ValueSet};

pub use fhir::*;
pub use fhirpath::*;
pub use hl7v2::*;

/// A target: its name, which is also the name of its folder of the corpus, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("fhir_edit", fhir_edit),
    ("fhir_json", fhir_json),
    ("fhir_ndjson", fhir_ndjson),
    ("fhir_package", fhir_package),
    ("fhir_snapshot", fhir_snapshot),
    ("fhir_xml", fhir_xml),
    ("fhirpath_evaluate", fhirpath_evaluate),
    ("fhirpath_parse", fhirpath_parse),
    ("fhirpath_patch", fhirpath_patch),
    ("fml_parse", fml_parse),
    ("hl7v2_batch", hl7v2_batch),
    ("hl7v2_charset", hl7v2_charset),
    ("hl7v2_convert", hl7v2_convert),
    ("hl7v2_datatypes", hl7v2_datatypes),
    ("hl7v2_edit", hl7v2_edit),
    ("hl7v2_mllp", hl7v2_mllp),
    ("hl7v2_parse", hl7v2_parse),
    ("hl7v2_path", hl7v2_path),
    ("hl7v2_xml", hl7v2_xml),
    ("terminology_json", terminology_json),
    ("ucum_unit", ucum_unit),
];

/// The line before the first line feed, if it is text, and what follows it.
fn question(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|it| *it == b'\n')?;
    let (line, rest) = data.split_at(end);
    Some((std::str::from_utf8(line).ok()?, &rest[1..]))
}

/// Parses, compiles and writes a map; one without errors reads back as the same text.
pub fn fml_parse(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let parsed = syntax::parse("fuzz.fml", &text);
    for diagnostic in &parsed.diagnostics {
        assert!(diagnostic.line() >= 1 && !diagnostic.to_string().is_empty());
    }
    if let Err(diagnostics) = Maps::compile(&[("fuzz.fml", &text)], &Options::default()) {
        assert!(
            diagnostics
                .iter()
                .all(|it| it.line() >= 1 && !it.to_string().is_empty())
        );
    }
    let written = syntax::render(&parsed.map);
    if parsed.diagnostics.is_empty() {
        let again = syntax::parse("fuzz.fml", &written);
        assert_eq!(again.diagnostics.len(), 0, "what is written can be read");
        assert_eq!(syntax::render(&again.map), written, "and is written alike");
    }
}

/// Reads code systems, value sets and concept maps.
pub fn terminology_json(data: &[u8]) {
    let errors = [
        CodeSystem::from_json(data).err(),
        ValueSet::from_json(data).err(),
        ConceptMap::from_json(data).err(),
    ];
    assert!(
        errors.iter().flatten().count() >= 2,
        "bytes are one resource at most"
    );
    assert!(errors.iter().flatten().all(|it| !it.to_string().is_empty()));
}

/// Reads a number and a unit: what prints reads back, errors lie in the text, and values come back from base units.
pub fn ucum_unit(data: &[u8]) {
    let Some((number, code)) = question(data) else {
        return;
    };
    let Ok(code) = std::str::from_utf8(code) else {
        return;
    };
    let value: Rational = number.parse().unwrap_or(7.into());
    assert_eq!(
        value.to_string().parse().as_ref(),
        Ok(&value),
        "a number reads as it prints"
    );
    for read in [Unit::parse(code), Unit::parse_case_insensitive(code)] {
        let unit = match read {
            Ok(unit) => unit,
            Err(error) => {
                let end = error.offset().map_or(0, |it| it + error.length());
                assert!(end <= code.len() && !error.to_string().is_empty());
                continue;
            }
        };
        let again = Unit::parse(&unit.to_string());
        assert_eq!(again.as_ref(), Ok(&unit), "a unit reads as it prints");
        assert!(!unit.name().is_empty());
        let Ok(canonical) = unit.canonical(&value) else {
            continue;
        };
        let base = Unit::parse(canonical.code()).ok();
        let back = base.and_then(|it| it.convert(canonical.value(), &unit).ok());
        assert!(
            unit.is_special() || back.is_none() || back.as_ref() == Some(&value),
            "a value comes back"
        );
        if let Ok(square) = unit.multiply(&unit) {
            assert_eq!(Unit::parse(&square.to_string()), Ok(square));
        }
    }
}
