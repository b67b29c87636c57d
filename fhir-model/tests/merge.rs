//! JSON merge patches.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::{Document, ErrorKind};
use proptest::prelude::*;

fn merged(target: &str, patch: &str) -> String {
    let document = Document::from_json(target.as_bytes())
        .expect("a document")
        .document;
    document
        .merge_patch(patch.as_bytes())
        .expect("a document")
        .to_json()
}

#[test]
fn patches_are_applied_as_the_rfc_says() {
    for (target, patch, result) in [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, r#"{}"#),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (
            r#"{"a":{"b":"c"}}"#,
            r#"{"a":{"b":"d","c":null}}"#,
            r#"{"a":{"b":"d"}}"#,
        ),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        (
            r#"{"a":1}"#,
            r#"{"a":{"b":{"c":null,"d":[null,{"e":null}]}}}"#,
            r#"{"a":{"b":{"d":[null,{"e":null}]}}}"#,
        ),
        (r#"{}"#, r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        (r#"{"a":1,"a":2}"#, r#"{"\u0061":3,"a":4}"#, r#"{"a":4}"#),
        (
            r#"{"a":[],"b":[[1.0]]}"#,
            r#"{"c":[]}"#,
            r#"{"a":[],"b":[[1.0]],"c":[]}"#,
        ),
    ] {
        assert_eq!(merged(target, patch), result, "{target} {patch}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let document = Document::from_json(b"{}").expect("a document").document;
    let refused = |patch: &[u8]| {
        document
            .merge_patch(patch)
            .map(drop)
            .map_err(|error| error.kind())
    };
    assert_eq!(refused(b"[1]"), Err(ErrorKind::ExpectedObject));
    assert_eq!(refused(b"null"), Err(ErrorKind::ExpectedObject));
    assert_eq!(refused(b"{\"a\":\xFF}"), Err(ErrorKind::NotUtf8));
    assert_eq!(refused(b"{\"a\":1"), Err(ErrorKind::UnexpectedEnd));
    assert_eq!(
        refused("{\"a\":".repeat(1_000).as_bytes()),
        Err(ErrorKind::TooDeep)
    );
}

/// JSON objects of few keys, without nulls outside arrays.
fn object() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1.50".to_owned()),
        Just("\"a\\n\"".to_owned()),
        Just("true".to_owned()),
        Just("[null,1]".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
    ];
    let value = leaf.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(","))),
            members(inner),
        ]
    });
    members(value)
}

fn members(value: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let keys = vec!["name", "given", "_given", "text", "id", "x"];
    proptest::collection::btree_map(proptest::sample::select(keys), value, 0..4).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The patch from one document to another leads there; between equal ones it is empty.
    #[test]
    fn a_created_patch_leads_to_the_other(one in object(), other in object()) {
        let from = Document::from_json(one.as_bytes()).expect("a document").document;
        let to = Document::from_json(other.as_bytes()).expect("a document").document;
        let patch = from.merge_patch_to(&to);
        let result = from.merge_patch(patch.as_bytes()).expect("a document");
        prop_assert_eq!(result.to_json_canonical(), to.to_json_canonical(), "{}", patch);
        prop_assert_eq!(to.merge_patch_to(&to), "{}");
    }
}
