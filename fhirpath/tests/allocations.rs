//! Paths, `where`, `exists` and conditions over a document must not allocate.
#![allow(missing_docs, reason = "a test")]

use std::ops::ControlFlow;

use carewire_fhir_model::Document;
use carewire_fhirpath::{Context, compile};
use carewire_testkit::allocations::{Counting, counted};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PATIENT: &[u8] = br#"{"resourceType": "Patient", "id": "p1", "active": true, "gender": "female",
    "identifier": [{"system": "http://example.org/mrn", "value": "7"}],
    "name": [{"use": "usual", "given": ["Annie"]}, {"use": "official", "family": "Doe", "given": ["Ann", "Lee"]}],
    "birthDate": "1970-03-01", "_birthDate": {"extension": [{"url": "http://example.org/t", "valueString": "x"}]},
    "contact": [{"name": {"family": "Roe"}}]}"#;

#[test]
fn the_counter_counts() {
    assert_eq!(counted(|| drop(Box::new(1))), 1);
}

#[test]
fn results_are_pushed_without_allocating() {
    let document = Document::from_json(PATIENT).unwrap().document;
    for (text, wanted) in [
        ("name.given", 3),
        ("Patient.name.where(use = 'official').given", 2),
        ("name.where(use = 'official').family.first()", 1),
        (
            "identifier.where(system = 'http://example.org/mrn' and value.exists()).value",
            1,
        ),
        ("name[1].given[0]", 1),
        ("name.select(given.first())", 2),
        ("birthDate.extension('http://example.org/t').value", 1),
        ("name.given.skip(1).take(1)", 1),
        ("descendants().ofType(HumanName).family", 2),
        ("iif(active, name.given, {})", 3),
        ("name.exists()", 1),
    ] {
        let program = compile(text).unwrap();
        let context = Context::new();
        let mut found = 0;
        let count = counted(|| {
            let outcome = program.for_each(document.root(), &context, |_| {
                found += 1;
                ControlFlow::Continue(())
            });
            assert!(outcome.is_ok());
        });
        assert_eq!((found, count), (wanted, 0), "{text}");
    }
}

#[test]
fn conditions_do_not_allocate() {
    let document = Document::from_json(PATIENT).unwrap().document;
    for (text, wanted) in [
        ("name.exists()", true),
        ("name.exists(use = 'official' and family.exists())", true),
        ("name.all(given.exists() or family.exists())", true),
        (
            "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
            true,
        ),
        ("hasValue() or (children().count() > id.count())", true),
        ("birthDate < @2000-01-01 and birthDate >= @1970", false),
        ("gender in ('male' | 'other')", false),
        ("name.count() = 2 and name[0].use != 'official'", true),
        ("gender = 'female' implies active", true),
    ] {
        let program = compile(text).unwrap();
        let context = Context::new();
        let mut holds = false;
        let count = counted(|| holds = program.evaluate_bool(document.root(), &context).unwrap());
        // A union keeps what it has seen.
        let allowed = if text.contains('|') { 1 } else { 0 };
        assert_eq!((holds, count.min(allowed)), (wanted, count), "{text}");
    }
}
