//! How much memory a document takes beside its input.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_testkit::allocations::{Counting, retained};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A resource as systems send them: indented, or with texts of some length.
fn bundle(entries: usize, space: &str) -> String {
    let entry = |number: usize| {
        format!(
            r#"{{{space}"fullUrl": "urn:oid:1.2.3.{number}",{space}"resource": {{{space}"resourceType": "Observation",{space}"status": "final",{space}"code": {{{space}"text": "Body height measured"{space}}},{space}"issued": "2024-02-01T10:00:00Z",{space}"valueQuantity": {{{space}"value": 1.50,{space}"unit": "metres"{space}}}{space}}}{space}}}"#
        )
    };
    let entries: Vec<String> = (0..entries).map(entry).collect();
    format!(
        r#"{{"resourceType": "Bundle", "type": "collection", "entry": [{}]}}"#,
        entries.join(",")
    )
}

#[test]
fn a_document_takes_at_most_three_quarters_of_its_input() {
    for (entries, space) in [(3, "\n  "), (300, " "), (30_000, "\n    ")] {
        let json = bundle(entries, space);
        let most = (json.len() * 3 / 4) as isize;
        let (borrowed, held) =
            retained(|| Document::from_json(json.as_bytes()).expect("a document").document);
        assert!(held > 0 && held <= most, "{held} of {}", json.len());
        let owned = json.clone().into_bytes();
        let (owned, held_owned) = retained(|| Document::from_json_vec(owned).expect("a document").document);
        assert!(held_owned <= most, "{held_owned} of {}", json.len());
        assert!(borrowed.is_same(&owned));
    }
}
