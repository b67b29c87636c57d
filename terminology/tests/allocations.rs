//! Translating, membership and the look-ups of names must not allocate.

use carewire_terminology::{ConceptMap, ConceptMapBuilder, Equivalence, Unmapped};
use carewire_testkit::allocations::{Counting, counted};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_counter_counts() {
    assert_eq!(counted(|| drop(Box::new(1))), 1);
}

fn map() -> ConceptMap {
    let mut map = ConceptMapBuilder::new("http://example.org/cm");
    let mut group = map.group(Some("s"), Some("t"));
    for code in 0..500 {
        group.map(
            &code.to_string(),
            Equivalence::Equal,
            &format!("t{code}"),
            Some("display"),
        );
        group.map(&code.to_string(), Equivalence::Wider, &format!("w{code}"), None);
    }
    group.unmapped(Unmapped::Provided);
    map.build()
}

#[test]
fn translating_does_not_allocate() {
    let map = map();
    for (system, code, expected) in [
        (Some("s"), "499", "t499"),
        (Some("s|2"), "0", "t0"),
        (None, "7", "t7"),
        (None, "none", "none"),
    ] {
        let allocations = counted(|| {
            let translation = map.translate(system, code);
            assert_eq!(translation.found().unwrap().code, Some(expected));
            assert!(translation.matches().count() > 0);
        });
        assert_eq!(allocations, 0, "{code}");
    }
}

#[cfg(feature = "tables")]
#[test]
fn the_embedded_tables_answer_without_allocating() {
    use carewire_terminology::{systems, tables, valuesets};
    let allocations = counted(|| {
        let gender = "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1";
        assert_eq!(valuesets::r4().contains(gender, None, "female"), Some(true));
        assert!(tables::table("0203").unwrap().display("MR").is_some());
        assert!(systems::by_mnemonic("ln").is_some() && systems::by_mnemonic("HL70203").is_some());
        assert!(systems::by_oid("2.16.840.1.113883.12.203").is_some());
        assert!(tables::by_system("http://terminology.hl7.org/CodeSystem/v2-0001").is_some());
    });
    assert_eq!(allocations, 0);
}
