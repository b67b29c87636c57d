//! Bundles: resolving, splitting, joining.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::bundle::{self, Bundle, Resolution};
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::{Document, Node};

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

const BUNDLE: &str = r##"{"resourceType":"Bundle","type":"history","entry":[
{"fullUrl":"http://example.org/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","meta":{"versionId":"1"}}},
{"fullUrl":"http://example.org/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","meta":{"versionId":"2"}}},
{"fullUrl":"http://example.org/fhir/Group/g","resource":{"resourceType":"Group","id":"g"}},
{"fullUrl":"https://example.com/Basic/b","resource":{"resourceType":"Basic","id":"b",
  "contained":[{"resourceType":"Device","id":"d","owner":{"reference":"#"}},{"resourceType":"Device","id":"e","parent":{"reference":"#d"}}]}},
{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Basic","contained":[{"resourceType":"Group","id":"d"}]}},
{"resource":{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Group","id":"g"}}]}},
{"fullUrl":"http://example.org/fhir/Group/x","request":{"method":"DELETE","url":"Group/x"}}]}"##;

#[test]
fn references_are_resolved_as_the_standard_says() {
    let document = document(BUNDLE);
    let bundle = Bundle::new(document.root()).expect("a Bundle");
    let path = |from: Node<'_>, reference: &str| match bundle.resolve_from(from, reference) {
        Resolution::Resource(node) => node.path(),
        other => format!("{other:?}"),
    };
    let resource = |number: usize| bundle.entries()[number].resource.expect("a resource");
    for (reference, found) in [
        ("Group/g", "Bundle.entry[2].resource"),
        ("http://example.org/fhir/Group/g", "Bundle.entry[2].resource"),
        ("Patient/1", "Ambiguous"),
        ("Patient/1/_history/2", "Bundle.entry[1].resource"),
        (
            "http://example.org/fhir/Patient/1/_history/1",
            "Bundle.entry[0].resource",
        ),
        ("Patient/1/_history/3", "NotFound"),
        (
            "urn:uuid:00000000-0000-4000-8000-000000000001",
            "Bundle.entry[4].resource",
        ),
        ("Basic/b", "NotFound"), // another base
        ("https://example.com/Basic/b", "Bundle.entry[3].resource"),
        ("http://example.org/fhir/Group/x", "NotFound"), // no resource
        ("Patient?identifier=1", "NotFound"),
        ("#", "Bundle.entry[2].resource"),
        ("#d", "NotFound"),
        ("", "NotFound"),
    ] {
        assert_eq!(path(resource(2), reference), found, "{reference}");
    }
    // Relative to a URL that is not RESTful, or to none, there is nothing.
    assert_eq!(path(resource(4), "Group/g"), "NotFound");
    assert_eq!(path(resource(5), "Group/g"), "NotFound");
    assert_eq!(path(bundle.entries()[2].node, "Group/g"), "NotFound");
    // Contained resources are those of their own container.
    let at = |path: &str| document.get(path).expect("a path").expect("a node");
    let device = at("Bundle.entry[3].resource.contained[1].parent");
    let found = |node: Node<'_>| bundle.resolve(at(&node.path())).node().map(Node::path);
    assert_eq!(
        found(device).as_deref(),
        Some("Bundle.entry[3].resource.contained[0]")
    );
    let owner = at("Bundle.entry[3].resource.contained[0].owner");
    assert_eq!(found(owner).as_deref(), Some("Bundle.entry[3].resource"));
    assert_eq!(path(resource(4), "#d"), "Bundle.entry[4].resource.contained[0]");
    assert_eq!(bundle.entries_of(TypeId::BASIC).count(), 2);
    assert_eq!(bundle.entries_at("http://example.org/fhir/Patient/1").count(), 2);
    assert!(Bundle::new(resource(2)).is_none());
    let alone = Bundle::index(resource(3));
    assert_eq!(
        alone.resolve(device).node().and_then(Node::type_id),
        Some(TypeId::DEVICE)
    );
}

#[test]
fn resolving_does_not_search() {
    let mut json = String::from(r#"{"resourceType":"Bundle","type":"collection","entry":["#);
    for number in 0..10_000 {
        let other = 9_999 - number;
        json.push_str(&format!(
            r#"{{"fullUrl":"http://example.org/Basic/{number}","resource":{{"resourceType":"Basic","id":"{number}","subject":{{"reference":"Basic/{other}"}}}}}},"#
        ));
        json.push_str(&format!(
            r#"{{"fullUrl":"http://example.org/Group/same","resource":{{"resourceType":"Group","meta":{{"versionId":"{number}"}}}}}},"#
        ));
    }
    json.pop();
    json.push_str("]}");
    let document = document(&json);
    let bundle = Bundle::new(document.root()).expect("a Bundle");
    let mut found = 0;
    for entry in bundle.entries_of(TypeId::BASIC) {
        let subject = entry
            .resource
            .and_then(|one| one.child("subject"))
            .expect("a subject");
        found += usize::from(bundle.resolve(subject).node().is_some());
        found += usize::from(
            bundle
                .resolve_from(subject, "Group/same/_history/77")
                .node()
                .is_some(),
        );
    }
    assert_eq!(found, 20_000);
    assert_eq!(bundle.transactions(1_000).expect("parts").len(), 20);
}

#[test]
fn transactions_are_split_between_what_does_not_hang_together() {
    let json = r##"{"resourceType":"Bundle","id":"whole","type":"transaction","total":5,"entry":[
{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","x":1.0},"request":{"method":"POST","url":"Patient"}},
{"fullUrl":"http://example.org/Group/g","resource":{"resourceType":"Group","id":"g"},"request":{"method":"PUT","url":"Group/g"}},
{"resource":{"resourceType":"Basic","subject":{"reference":"Group/g"},"author":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}},"request":{"method":"POST","url":"Basic"}},
{"fullUrl":"http://example.org/Basic/q","resource":{"resourceType":"Basic","id":"q","subject":{"reference":"Group/g"}},"request":{"method":"PUT","url":"Basic/q"}},
{"resource":{"resourceType":"Basic"},"request":{"method":"POST","url":"Basic"}}]}"##;
    let document = document(json);
    let bundle = Bundle::new(document.root()).expect("a Bundle");
    let entries: Vec<String> = bundle
        .entries()
        .iter()
        .map(|entry| entry.node.to_json())
        .collect();
    let parts = |most: usize| -> Vec<Vec<usize>> {
        let parts = bundle.transactions(most).expect("parts");
        let numbers = |part: &Document<'_>| {
            assert!(
                part.to_json()
                    .starts_with(r#"{"resourceType":"Bundle","type":"transaction","entry":["#)
            );
            let place = |entry: Node<'_>| entries.iter().position(|one| *one == entry.to_json());
            let all = part.root().children_named("entry");
            all.map(|entry| place(entry).expect("an entry")).collect()
        };
        parts.iter().map(numbers).collect()
    };
    assert_eq!(parts(2), [vec![0, 2], vec![1, 3], vec![4]]);
    assert_eq!(parts(3), [vec![0, 1, 2], vec![3, 4]]);
    assert_eq!(parts(5), [vec![0, 1, 2, 3, 4]]);
    assert_eq!(
        bundle
            .transactions(1)
            .map(drop)
            .map_err(|error| error.to_string()),
        Err(
            "2 entries refer to one another by ids that only this transaction knows, and 1 may be in one"
                .to_owned()
        )
    );
    let resources: Vec<String> = bundle
        .resources()
        .map(|one| one.expect("a resource").to_json())
        .collect();
    assert_eq!(resources[0], r#"{"resourceType":"Patient","x":1.0}"#);
    // And back.
    let split = bundle.transactions(2).expect("parts");
    let joined = bundle::join(&split).expect("one");
    assert_eq!(joined.root().children_named("entry").count(), 5);
}

#[test]
fn a_collection_becomes_requests() {
    let json = r#"{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"http://example.org/Group/g","resource":{"resourceType":"Group","id":"g"}},{"resource":{"resourceType":"Basic","id":"b"}}]}"#;
    let document = document(json);
    let parts = Bundle::new(document.root())
        .expect("a Bundle")
        .transactions(9)
        .expect("parts");
    let entries = parts[0].root().children_named("entry");
    let requests: Vec<String> = entries
        .filter_map(|one| one.child("request"))
        .map(Node::to_json)
        .collect();
    assert_eq!(
        requests,
        [
            r#"{"method":"PUT","url":"Group/g"}"#,
            r#"{"method":"POST","url":"Basic"}"#
        ]
    );
    assert!(bundle::join([&document]).is_err());
    assert_eq!(
        bundle::join([]).expect("nothing").to_json(),
        r#"{"resourceType":"Bundle","type":"transaction"}"#
    );
}
