//! What must hold whatever the input: no panic, no text of the input in an error, one answer for all threads.

use carewire_terminology::{
    CodeSystem, ConceptMap, Error, Expand, ExpandRequest, Lookup, LookupRequest, Registry, Subsumes,
    SubsumesRequest, Translate, TranslateRequest, ValidateCode, ValidateCodeRequest, ValueSet,
    compare_versions,
};
use carewire_testkit::markers::{Markers, assert_none};
use proptest::prelude::*;

const CODE_SYSTEM: &str = r#"{"resourceType":"CodeSystem","url":"@","version":"@","name":"@","valueSet":"@",
  "caseSensitive":true,"content":"complete","concept":[
  {"code":"@","display":"@","definition":"@","designation":[{"language":"@","value":"@"}],
   "property":[{"code":"@","valueString":"@"}],"concept":[{"code":"@","display":"@"}]},
  {"code":"@","property":[{"code":"status","valueCode":"@"}]}]}"#;
const VALUE_SET: &str = r#"{"resourceType":"ValueSet","url":"@","version":"@","compose":{"include":[
  {"system":"@","concept":[{"code":"@","display":"@"}]},{"valueSet":["@"]},
  {"system":"@","filter":[{"property":"concept","op":"is-a","value":"@"}]}],
  "exclude":[{"system":"@"}]},"expansion":{"contains":[{"system":"@","code":"@","display":"@"}]}}"#;
const CONCEPT_MAP: &str = r#"{"resourceType":"ConceptMap","url":"@","version":"@","group":[{"source":"@",
  "target":"@","element":[{"code":"@","target":[{"code":"@","display":"@","equivalence":"equal"}]}],
  "unmapped":{"mode":"other-map","url":"@"}}]}"#;

/// Reads JSON as each resource and gives the errors.
fn errors_of_reading(json: &[u8]) -> Vec<Error> {
    [
        CodeSystem::from_json(json).err(),
        ValueSet::from_json(json).err(),
        ConceptMap::from_json(json).err(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn check(errors: &[Error]) {
    for error in errors {
        assert_none(
            "an error",
            &format!("{error} {error:?} {error:#?} {}", error.element()),
        );
    }
}

/// Every way to damage one place of a resource: another type, an unknown word, a cut, another resource.
#[test]
fn no_error_of_reading_quotes_the_resource() {
    let mut seen = 0;
    for template in [CODE_SYSTEM, VALUE_SET, CONCEPT_MAP] {
        let whole = Markers::default().plant(template, "@");
        let quotes: Vec<usize> = whole.match_indices('"').map(|it| it.0).collect();
        for pair in quotes.windows(2) {
            let (start, end) = (pair[0], pair[1] + 1);
            for damage in [
                "7",
                "[\"Zqxv77\"]",
                "{\"Zqxv78\":\"Zqxv79\"}",
                "\"Zqxv80\"",
                "null",
                "Zqxv81",
            ] {
                let damaged = format!("{}{damage}{}", &whole[..start], &whole[end..]);
                let errors = errors_of_reading(damaged.as_bytes());
                seen += errors.len();
                check(&errors);
            }
            let errors = errors_of_reading(&whole.as_bytes()[..end]);
            seen += errors.len();
            check(&errors);
        }
    }
    assert!(seen > 1000, "only {seen} errors were seen");
}

#[test]
fn no_error_of_a_question_quotes_the_question() {
    let mut registry = Registry::new();
    let plant = |template: &str| Markers::default().plant(template, "@").into_bytes();
    registry.add_code_system(CodeSystem::from_json(&plant(CODE_SYSTEM)).unwrap());
    registry.add_value_set(ValueSet::from_json(&plant(VALUE_SET)).unwrap());
    registry.add_concept_map(ConceptMap::from_json(&plant(CONCEPT_MAP)).unwrap());
    let mut errors = Vec::new();
    for url in (1..30).map(|it| format!("Zqxv{it}")) {
        for code in (1..30).map(|it| format!("Zqxv{it}")) {
            errors.extend(registry.lookup(&LookupRequest::new(&url, &code)).err());
            errors.extend(
                registry
                    .subsumes(&SubsumesRequest::new(&url, &code, "Zqxv1"))
                    .err(),
            );
            errors.extend(
                registry
                    .validate_code(&ValidateCodeRequest::in_code_system(&url, &code))
                    .err(),
            );
            let request = ValidateCodeRequest::in_value_set(&url, &code).display("Zqxv99");
            errors.extend(registry.validate_code(&request).err());
            errors.extend(registry.translate(&TranslateRequest::new(&url, &code)).err());
        }
        errors.extend(registry.expand(&ExpandRequest::new(&url)).err());
    }
    assert!(errors.len() > 1000, "only {} errors were seen", errors.len());
    check(&errors);
}

#[test]
fn what_is_compiled_is_shared_by_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<CodeSystem>();
    shared::<ValueSet>();
    shared::<ConceptMap>();
    shared::<Registry>();
    shared::<Error>();
    shared::<Box<dyn Translate>>();
    shared::<Box<dyn carewire_terminology::CodeSystemSource>>();
    shared::<Box<dyn carewire_terminology::ValueSetSource>>();
}

/// Bytes of a resource with some replaced.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let template = prop::sample::select(vec![CODE_SYSTEM, VALUE_SET, CONCEPT_MAP]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (template, edits).prop_map(|(template, edits)| {
        let mut bytes = template.as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn reading_damaged_resources_never_panics(bytes in damaged()) {
        errors_of_reading(&bytes);
    }

    #[test]
    fn reading_any_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(errors_of_reading(&bytes).len(), 3);
    }

    #[test]
    fn versions_compare_as_a_total_order(a in "[0-9a.-]{0,6}", b in "[0-9a.-]{0,6}", c in "[0-9a.-]{0,6}") {
        let order = |a: &str, b: &str| compare_versions(Some(a), Some(b));
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        prop_assert_eq!(order(&a, &b).is_eq(), a == b);
        if order(&a, &b).is_le() && order(&b, &c).is_le() {
            prop_assert!(order(&a, &c).is_le());
        }
    }

    #[cfg(feature = "tables")]
    #[test]
    fn embedded_tables_take_any_text(text in "\\PC{0,12}") {
        use carewire_terminology::{systems, tables, valuesets};
        let _ = (systems::by_mnemonic(&text), systems::by_oid(&text), systems::is_local(&text));
        let _ = systems::by_mnemonic(&format!("HL7{text}"));
        let _ = systems::by_oid(&format!("2.16.840.1.113883.12.{text}"));
        prop_assert!(tables::table(&text).is_none_or(|it| it.number() == text));
        let set = valuesets::r4().get("http://hl7.org/fhir/ValueSet/link-type");
        let expected = ["replaced-by", "replaces", "refer", "seealso"].contains(&&*text);
        prop_assert_eq!(set.map(|it| it.contains(None, &text)), Some(expected));
    }
}
