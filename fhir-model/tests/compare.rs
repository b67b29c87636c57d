//! Equality, hashes, canonical JSON and visits.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::{Document, JsonStyle, Node, Visit};
use proptest::prelude::*;

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

const PATIENT: &str = concat!(
    r#"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"g"}]},{"family":"F"}],"#,
    r#""x":[1,[2.50,{"y":[]}],{"Z":null,"a":true}],"birthDate":"1970","_birthDate":{"id":"b"},"text":{"div":"<div> a</div>"}}"#,
);

#[test]
fn what_differs_in_one_thing_is_not_the_same() {
    let patient = document(PATIENT);
    assert!(patient.is_same(&document(PATIENT)));
    for (from, to, equivalent) in [
        ("2.50", "2.5", true),
        ("2.50", "25e-1", true),
        ("2.50", "2.51", false),
        ("2.50", "\"2.50\"", false),
        ("\"A\"", "\"B\"", false),
        ("\"y\":[]", "\"y\":[null]", false),
        ("\"y\":[]", "\"z\":[]", false),
        (r#""Z":null,"a":true"#, r#""a":true,"Z":null"#, true),
        (
            r#""given":["A",null],"_given":[null,{"id":"g"}]"#,
            r#""_given":[null,{"id":"g"}],"given":["A",null]"#,
            true,
        ),
        ("[{\"given\"", "[{\"family\":\"F\"},{\"given\"", false),
        ("<div> a", "<div>  a", false),
        ("1970\"", "1970-01\"", false),
    ] {
        let json = PATIENT.replacen(from, to, 1);
        let other = document(&json);
        assert!(!patient.is_same(&other), "{to}");
        assert_eq!(patient.is_equivalent(&other), equivalent, "{to}");
        assert_eq!(patient.content_hash() == other.content_hash(), equivalent, "{to}");
    }
    let spaced = PATIENT.replace("{", " {\n").replace("\"A\"", "\"\\u0041\"");
    assert!(patient.is_same(&document(&spaced)));
}

#[test]
fn nodes_are_compared_wherever_they_stand() {
    let bundle = document(
        r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Group","id":"a"}},{"resource":{"resourceType":"Group","id":"a"}}]}"#,
    );
    let alone = document(r#"{"resourceType":"Group","id":"a"}"#);
    let resources: Vec<Node<'_>> = bundle.resources().skip(1).collect();
    assert!(resources[0].is_same(resources[1]) && resources[0].is_same(alone.root()));
    assert!(resources[0].is_equivalent(alone.root()) && resources[0].content_hash() == alone.content_hash());
    assert!(!bundle.root().is_same(alone.root()));
}

#[test]
fn canonical_json_is_in_the_order_of_the_alphabet() {
    let json = r#"{ "status":"final", "resourceType":"Observation", "_status":{"id":"\u0041\/\b\f"}, "b\u00e9":1.50, "code":{"text":"t","coding":[{"code":"2","system":"s"},{"code":"1"}]}, "B":[] }"#;
    let canonical = "{\"B\":[],\"_status\":{\"id\":\"A/\\b\\f\"},\"b\u{e9}\":1.50,\"code\":{\"coding\":[{\"code\":\"2\",\"system\":\"s\"},{\"code\":\"1\"}],\"text\":\"t\"},\"resourceType\":\"Observation\",\"status\":\"final\"}";
    assert_eq!(document(json).to_json_canonical(), canonical);
    assert_eq!(document(canonical).to_json_canonical(), canonical);
}

#[test]
fn a_visit_can_pass_over_and_stop() {
    let document = document(PATIENT);
    let mut seen = Vec::new();
    let all = document.visit(|node, path| {
        assert_eq!(path, node.path());
        seen.push(path.to_owned());
        if node.name() == "name" {
            Visit::Over
        } else {
            Visit::Into
        }
    });
    assert!(
        all && seen.contains(&"Patient.birthDate.id".to_owned())
            && !seen.contains(&"Patient.name[0].given[0]".to_owned())
    );
    let mut count = 0;
    assert!(!document.visit(|_, _| {
        count += 1;
        if count == 3 { Visit::Stop } else { Visit::Into }
    }));
    assert_eq!(count, 3);
    let descendants = document.root().descendants().count();
    let mut visited = 0;
    document.visit(|_, _| {
        visited += 1;
        Visit::Into
    });
    assert_eq!(descendants + 1, visited);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Canonical JSON of any JSON holds the same values, is its own canonical JSON, and says nothing of the order.
    #[test]
    fn canonical_json_loses_nothing(
        keys in proptest::collection::vec("[a-c_\u{e9}\u{10000}\u{ffee}]{1,3}", 1..6),
        text in "[a\"\\\\\u{1}\u{8}\u{e9}/]{0,6}",
        number in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
    ) {
        let members: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(place, key)| format!("\"{key}{place}\":[{number},{:?},{{\"n\":{number}}}]", place))
            .collect();
        let mut escaped = Vec::new();
        for unit in text.encode_utf16() {
            escaped.push(format!("\\u{unit:04x}"));
        }
        let json = |members: &[String], text: &str| format!("{{\"resourceType\":\"Basic\",\"id\":\"{text}\",{}}}", members.join(","));
        let one = json(&members, &escaped.concat());
        let reversed: Vec<String> = members.iter().rev().cloned().collect();
        let other = json(&reversed, &escaped.concat());
        let (one, other) = (document(&one), document(&other));
        prop_assert!(one.is_equivalent(&other));
        prop_assert_eq!(one.content_hash(), other.content_hash());
        prop_assert_eq!(one.to_json_canonical(), other.to_json_canonical());
        let canonical = one.to_json_canonical();
        let again = document(&canonical);
        prop_assert!(again.is_equivalent(&one));
        prop_assert_eq!(again.to_json_in(&JsonStyle::canonical()), canonical.clone());
    }
}
