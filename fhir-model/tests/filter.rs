//! `_summary` and `_elements`.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::{Document, Summary};

const TAG: &str =
    r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

fn summary(json: &str, summary: Summary) -> String {
    let cut = document(json).summary(summary).expect("a document");
    cut.to_json().replace(TAG, "TAG")
}

const OBSERVATION: &str = concat!(
    r#"{"resourceType":"Observation","id":"o","meta":{"profile":["p"]},"text":{"status":"generated","div":"<div/>"},"#,
    r#""extension":[{"url":"e"}],"modifierExtension":[{"url":"m","valueBoolean":true}],"status":"final","_status":{"id":"s"},"#,
    r#""code":{"text":"c","extension":[{"url":"x"}]},"valueQuantity":{"value":1.50},"note":[{"text":"n"}],"x":{"y":1}}"#,
);

#[test]
fn a_summary_has_what_the_definitions_mark() {
    assert_eq!(
        summary(OBSERVATION, Summary::True),
        concat!(
            r#"{"resourceType":"Observation","id":"o","meta":{"profile":["p"],"tag":[TAG]},"#,
            r#""modifierExtension":[{"url":"m","valueBoolean":true}],"status":"final","code":{"text":"c"},"#,
            r#""valueQuantity":{"value":1.50}}"#,
        ),
    );
    assert_eq!(
        summary(OBSERVATION, Summary::Text),
        concat!(
            r#"{"resourceType":"Observation","id":"o","meta":{"profile":["p"],"tag":[TAG]},"#,
            r#""text":{"status":"generated","div":"<div/>"},"modifierExtension":[{"url":"m","valueBoolean":true}],"#,
            r#""status":"final","_status":{"id":"s"},"code":{"text":"c","extension":[{"url":"x"}]}}"#,
        )
    );
    let data = summary(OBSERVATION, Summary::Data);
    assert!(
        !data.contains("div")
            && data.contains(r#""x":{"y":1}"#)
            && data.contains("1.50")
            && data.contains("TAG")
    );
}

#[test]
fn a_summary_of_a_bundle_is_that_of_its_resources() {
    let json = format!(
        concat!(
            r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"u"}}],"entry":["#,
            r#"{{"fullUrl":"f","resource":{},"search":{{"mode":"match"}}}},"#,
            r#"{{"resource":{{"resourceType":"Group","member":[{{"inactive":true}}],"meta":{{"tag":[{}]}}}},"search":{{"mode":"include"}}}}]}}"#,
        ),
        OBSERVATION, TAG
    );
    let cut = summary(&json, Summary::True);
    assert!(
        cut.contains(r#""link":[{"relation":"self","url":"u"}]"#) && cut.contains("fullUrl"),
        "{cut}"
    );
    assert!(!cut.contains("note"), "{cut}");
    let group = r#"{"resource":{"resourceType":"Group","meta":{"tag":[TAG]}},"search":{"mode":"include"}}]}"#;
    assert!(cut.ends_with(group), "{cut}");
    assert_eq!(
        summary(&json, Summary::Count),
        r#"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"u"}],"total":1}"#
    );
    let elements = document(&json)
        .elements(&["Observation.note", "Group.name"])
        .expect("a document");
    let elements = elements.to_json();
    assert!(elements.contains(r#""note":[{"text":"n"}]"#), "{elements}");
    assert!(
        !elements.contains("valueQuantity") && !elements.contains("member"),
        "{elements}"
    );
}

#[test]
fn elements_keep_what_is_mandatory() {
    let cut = document(OBSERVATION).elements(&["value[x]"]).expect("a document");
    let names: Vec<&str> = cut.root().children().map(|child| child.name()).collect();
    assert_eq!(
        names,
        ["id", "meta", "modifierExtension", "status", "code", "value"]
    );
    let unknown = document(r#"{"resourceType":"Nobody","a":1,"b":2}"#)
        .elements(&["a"])
        .expect("a document");
    assert_eq!(unknown.to_json(), r#"{"resourceType":"Nobody","a":1}"#);
}

#[test]
fn what_stands_in_an_array_inside_an_array_is_in_no_summary() {
    let cut = summary(
        r#"{"resourceType":"Patient","name":[[1.50],{"family":"Doe"},[{"family":"Roe"}]],"gender":"other"}"#,
        Summary::True,
    );
    assert_eq!(
        cut,
        r#"{"resourceType":"Patient","name":[{"family":"Doe"}],"gender":"other","meta":{"tag":[TAG]}}"#
    );
    let odd = [
        r#"{"resourceType":"Patient","name":[[[1.50]]]}"#,
        r#"{"resourceType":"Patient","name":[[{"x":[[1]]}]],"text":[[{}]]}"#,
        r#"{"resourceType":"Patient","meta":[[{"tag":[]}]]}"#,
        r#"{"resourceType":"Patient","meta":[{"profile":["p"]}]}"#,
        r#"{"resourceType":"Patient","meta":{"tag":[[{"code":"x"}]]}}"#,
        r#"{"resourceType":"Patient","meta":"m"}"#,
        r#"{"resourceType":"Patient","meta":null}"#,
        r#"{"resourceType":"Patient","contained":[[{"resourceType":"Patient","name":[[1]]}]]}"#,
        r#"{"resourceType":"Bundle","entry":[[{"resource":{"resourceType":"Patient"}}]]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":[[{"resourceType":"Patient"}]]}]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":[{"resourceType":"Patient"}]}],"total":[[1]]}"#,
    ];
    for json in odd {
        for kind in [Summary::True, Summary::Text, Summary::Data, Summary::Count] {
            let cut = document(json).summary(kind);
            assert!(cut.is_ok(), "{kind:?} of {json}: {:?}", cut.err());
        }
        let cut = document(json).elements(&["name", "meta.tag"]);
        assert!(cut.is_ok(), "elements of {json}: {:?}", cut.err());
    }
}
