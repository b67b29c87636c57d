//! Differences of documents: what is told, and that it leads from the one to the other and back.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::diff::{ChangeKind, Diff, DiffError};
use carewire_fhir_model::{Document, Read};
use proptest::prelude::*;

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

/// What is told, as one line a change, after checking that it leads there and back.
fn told(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (document(old), document(new));
    let diff = old.diff(&new).expect("a difference");
    leads(&diff, &old, &new);
    lines(&diff)
}

fn lines(diff: &Diff<'_, '_>) -> Vec<String> {
    let changes = diff.changes().iter().map(|change| match change.kind() {
        ChangeKind::Add => format!("add {}", change.path()),
        ChangeKind::Delete => format!("delete {}", change.path()),
        ChangeKind::Replace => format!("replace {}", change.path()),
        _ => format!(
            "move {} to {}",
            change.path(),
            change.new_path().expect("a place")
        ),
    });
    changes.collect()
}

/// The new document comes out of the old one, and the old one of the new one.
fn leads(diff: &Diff<'_, '_>, old: &Document<'_>, new: &Document<'_>) {
    let applied = diff.apply().expect("an edit");
    assert_eq!(applied.to_json_canonical(), new.to_json_canonical());
    let inverse = diff.inverse();
    let back = inverse.apply().expect("an edit");
    assert_eq!(back.to_json_canonical(), old.to_json_canonical());
    assert_eq!(inverse.changes().len(), diff.changes().len());
    assert_eq!(lines(&inverse.inverse()), lines(diff));
    for change in diff.changes() {
        for (node, path) in [
            (change.old_node(), change.old_path()),
            (change.new_node(), change.new_path()),
        ] {
            assert_eq!(node.is_some(), path.is_some());
            if let (Some(node), Some(path)) = (node, path)
                && node.is_known()
            {
                assert_eq!(node.path(), path);
            }
        }
    }
}

#[test]
fn equal_documents_have_no_changes() {
    let json = r#"{"resourceType":"Patient","id":"a","name":[{"given":["A","B"]}],"x":[1,{"y":[[]]}]}"#;
    assert_eq!(told(json, json), [""; 0]);
    let other = r#"{"x": [1, {"y": [[]]}], "name": [{"given": ["\u0041", "B"]}], "id": "a", "resourceType": "Patient"}"#;
    assert_eq!(told(json, other), [""; 0]);
}

#[test]
fn single_elements_are_added_deleted_and_replaced() {
    assert_eq!(
        told(
            r#"{"resourceType":"Patient","active":true,"gender":"male","maritalStatus":{"text":"M","coding":[{"code":"M"}]}}"#,
            r#"{"resourceType":"Patient","gender":"other","maritalStatus":{"text":"M"},"birthDate":"1970"}"#,
        ),
        [
            "delete Patient.active",
            "add Patient.birthDate",
            "replace Patient.gender",
            "delete Patient.maritalStatus.coding[0]",
        ]
    );
}

#[test]
fn the_digits_of_a_decimal_count() {
    let quantity = |value: &str| {
        format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":{value},"unit":"cm"}}}}"#)
    };
    assert_eq!(
        told(&quantity("1.0"), &quantity("1.00")),
        ["replace Observation.value.value"]
    );
}

#[test]
fn a_choice_of_another_type_is_replaced_and_one_of_the_same_changed() {
    assert_eq!(
        told(
            r#"{"resourceType":"Observation","valueString":"7","effectivePeriod":{"start":"2020"}}"#,
            r#"{"resourceType":"Observation","valueInteger":7,"effectivePeriod":{"start":"2021"}}"#,
        ),
        ["replace Observation.value", "replace Observation.effective.start"]
    );
}

#[test]
fn a_primitive_is_one_with_its_id_and_extensions() {
    let extended = r#"{"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"id":"b"}]}],"_birthDate":{"extension":[{"url":"u","valueCode":"x"}]}}"#;
    let plain = r#"{"resourceType":"Patient","name":[{"given":["A","B"]}],"birthDate":"1970"}"#;
    let expected = ["replace Patient.name[0].given[1]", "replace Patient.birthDate"];
    assert_eq!(told(extended, plain), expected);
    assert_eq!(told(plain, extended), expected);
}

#[test]
fn entries_of_a_list_keep_their_places_where_they_can() {
    let given = |names: &str| format!(r#"{{"resourceType":"Patient","name":[{{"given":[{names}]}}]}}"#);
    let path = |rest: &str| rest.replace('#', "Patient.name[0].given");
    // One comes in front: nothing else changes.
    assert_eq!(
        told(&given(r#""A","B""#), &given(r#""Z","A","B""#)),
        [path("add #[0]")]
    );
    assert_eq!(
        told(&given(r#""A","B","C""#), &given(r#""A","C""#)),
        [path("delete #[1]")]
    );
    assert_eq!(
        told(&given(r#""A","B","C""#), &given(r#""A","X","C""#)),
        [path("replace #[1]")]
    );
    assert_eq!(
        told(&given(r#""A","B","C","D""#), &given(r#""D","A","B","C""#)),
        [path("move #[3] to #[0]")]
    );
    // The same value twice.
    assert_eq!(
        told(&given(r#""A","B""#), &given(r#""A","B","A""#)),
        [path("add #[2]")]
    );
    // The last of all goes, and with it the list.
    assert_eq!(
        told(
            r#"{"resourceType":"Patient","name":[{"text":"x","given":["A"]}]}"#,
            r#"{"resourceType":"Patient","name":[{"text":"x"}]}"#
        ),
        [path("delete #[0]")]
    );
}

#[test]
fn entries_are_known_by_their_names() {
    let items =
        |items: &str| format!(r#"{{"resourceType":"Questionnaire","status":"draft","item":[{items}]}}"#);
    assert_eq!(
        told(
            &items(r#"{"linkId":"1","type":"group"},{"linkId":"2","type":"display","text":"a"}"#),
            &items(r#"{"linkId":"2","type":"display","text":"b"},{"linkId":"3","type":"group"}"#),
        ),
        [
            "delete Questionnaire.item[0]",
            "add Questionnaire.item[1]",
            "replace Questionnaire.item[1].text",
        ]
    );
    // Moved and changed.
    assert_eq!(
        told(
            r#"{"resourceType":"Basic","extension":[{"url":"a","valueCode":"1"},{"url":"b","valueCode":"2"},{"url":"c"}]}"#,
            r#"{"resourceType":"Basic","extension":[{"url":"c"},{"url":"a","valueCode":"9"},{"url":"b","valueCode":"2"}]}"#,
        ),
        [
            "move Basic.extension[2] to Basic.extension[0]",
            "replace Basic.extension[0].value",
        ]
    );
    // Resources by type and id.
    assert_eq!(
        told(
            r#"{"resourceType":"Basic","contained":[{"resourceType":"Patient","id":"1","active":true},{"resourceType":"Group","id":"1"}]}"#,
            r#"{"resourceType":"Basic","contained":[{"resourceType":"Group","id":"1"},{"resourceType":"Patient","id":"1","active":false}]}"#,
        ),
        [
            "move Basic.contained[1] to Basic.contained[0]",
            "replace Basic.contained[0].active",
        ]
    );
}

#[test]
fn what_an_edit_cannot_change_in_part_is_replaced_whole() {
    for (old, new, expected) in [
        (
            r#"{"resourceType":"Patient","contact":[{"gender":"male","gender":"female"}]}"#,
            r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#,
            "replace Patient.contact[0]",
        ),
        (
            r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#,
            r#"{"resourceType":"Patient","contact":[{}]}"#,
            "replace Patient.contact[0]",
        ),
        (
            r#"{"resourceType":"Basic","contained":[{"resourceType":"Patient"}]}"#,
            r#"{"resourceType":"Basic","contained":[{"resourceType":"Group"}]}"#,
            "replace Basic.contained[0]",
        ),
        (
            r#"{"resourceType":"Patient","shoes":[1,[2]],"active":true}"#,
            r#"{"resourceType":"Patient","shoes":{"size":1},"active":true}"#,
            "replace Patient.shoes",
        ),
        (
            r#"{"resourceType":"Patient","contact":[{"gender":"male","a b":1}]}"#,
            r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#,
            "delete Patient.contact[0].a b",
        ),
    ] {
        assert_eq!(told(old, new), [expected]);
        assert_eq!(told(new, old).len(), 1);
    }
}

#[test]
fn other_resources_and_broken_ones_have_no_difference() {
    let refused = |old: &str, new: &str| {
        let (old, new) = (document(old), document(new));
        old.diff(&new).expect_err("no difference")
    };
    assert_eq!(
        refused(r#"{"resourceType":"Patient"}"#, r#"{"resourceType":"Group"}"#),
        DiffError::OtherType
    );
    assert_eq!(
        refused(r#"{"resourceType":"Nobody"}"#, r#"{"resourceType":"None"}"#),
        DiffError::OtherType
    );
    assert_eq!(
        refused(
            r#"{"resourceType":"Patient","active":true,"active":false}"#,
            r#"{"resourceType":"Patient","active":true}"#
        ),
        DiffError::Malformed
    );
    // A null stands where the id and extensions of a date would.
    assert_eq!(
        refused(
            r#"{"resourceType":"Patient","_birthDate":null}"#,
            r#"{"resourceType":"Patient","birthDate":"1970"}"#
        ),
        DiffError::Malformed
    );
}

#[test]
fn data_types_have_differences_too() {
    use carewire_fhir_model::Limits;
    use carewire_fhir_model::schema::TypeId;
    let read = |json: &'static str| {
        let read = Document::read_json_as(json.as_bytes(), TypeId::HUMAN_NAME, &Limits::default());
        read.expect("a name").document
    };
    let (old, new) = (read(r#"{"family":"A"}"#), read(r#"{"family":"B","given":["C"]}"#));
    let diff = old.diff(&new).expect("a difference");
    leads(&diff, &old, &new);
    assert_eq!(
        lines(&diff),
        ["add HumanName.given[0]", "replace HumanName.family"]
    );
}

/// A list that is turned round: as many moves as it has entries but one, and no more work than that.
#[test]
fn work_stays_near_the_size_of_the_documents() {
    let bundle = |order: &mut dyn Iterator<Item = usize>| {
        let entries: Vec<String> = order
            .map(|number| {
                format!(r#"{{"fullUrl":"urn:oid:1.{number}","resource":{{"resourceType":"Basic","id":"{number}"}}}}"#)
            })
            .collect();
        format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, entries.join(","))
    };
    let (old, new) = (bundle(&mut (0..20_000)), bundle(&mut (0..20_000).rev()));
    let (old, new) = (document(&old), document(&new));
    let diff = old.diff(&new).expect("a difference");
    assert_eq!(diff.changes().len(), 19_999);
    assert!(
        diff.changes()
            .iter()
            .all(|change| change.kind() == ChangeKind::Move)
    );
    assert!(diff.apply().expect("an edit").is_equivalent(&new));
}

#[test]
fn what_is_shown_of_a_difference_has_no_value() {
    let old = document(r#"{"resourceType":"Patient","name":[{"family":"MARKER"}],"MARKER":"MARKER"}"#);
    let new = document(r#"{"resourceType":"Patient","name":[{"family":"MARKED"}]}"#);
    let diff = old.diff(&new).expect("a difference");
    let shown = format!("{diff:?} {:?}", diff.inverse());
    assert!(shown.contains("Patient.name[0].family") && shown.contains("Replace"));
    assert!(!shown.contains("MARK"), "{shown}");
}

/// Patients that have much in common, each read without a finding but for unknown elements.
fn patient() -> impl Strategy<Value = String> {
    let word = || proptest::sample::select(vec!["a", "b", "c", "d"]);
    let id = || prop_oneof![3 => Just(String::new()), 1 => word().prop_map(|id| format!(r#""id":"{id}""#))];
    let value = prop_oneof![
        word().prop_map(|word| format!(r#""valueString":"{word}""#)),
        (0..3_u8).prop_map(|number| format!(r#""valueInteger":{number}"#)),
        (word(), "[12]\\.[05]0?")
            .prop_map(|(unit, number)| format!(r#""valueQuantity":{{"value":{number},"unit":"{unit}"}}"#)),
    ];
    let extension = (word(), value, id())
        .prop_map(|(url, value, id)| object(&[&id, &format!(r#""url":"{url}""#), &value]));
    let extensions = proptest::collection::vec(extension, 1..5)
        .prop_map(|all| format!(r#""extension":[{}]"#, all.join(",")));
    let extensions = prop_oneof![2 => Just(String::new()), 1 => extensions].boxed();
    let given = proptest::collection::vec((word(), 0..4_u8), 1..6).prop_map(|all| {
        let names: Vec<String> = all.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let ids: Vec<String> = all
            .iter()
            .map(|(name, id)| match id {
                0 => format!(r#"{{"id":"{name}"}}"#),
                _ => "null".to_owned(),
            })
            .collect();
        let has_ids = all.iter().any(|(_, id)| *id == 0);
        let ids = if has_ids {
            format!(r#","_given":[{}]"#, ids.join(","))
        } else {
            String::new()
        };
        format!(r#""given":[{}]{ids}"#, names.join(","))
    });
    let given = prop_oneof![1 => Just(String::new()), 2 => given];
    let family =
        prop_oneof![1 => Just(String::new()), 2 => word().prop_map(|word| format!(r#""family":"{word}""#))];
    let name = (id(), family, given, extensions.clone()).prop_map(|(id, family, given, extensions)| {
        object(&[&id, &family, &given, &extensions, r#""use":"usual""#])
    });
    let list = |key: &'static str, entries: BoxedStrategy<String>| {
        let list = proptest::collection::vec(entries, 1..6)
            .prop_map(move |entries| format!(r#""{key}":[{}]"#, entries.join(",")));
        prop_oneof![1 => Just(String::new()), 3 => list]
    };
    let contained = (
        proptest::sample::select(vec!["Basic", "Group"]),
        id(),
        extensions.clone(),
    )
        .prop_map(|(ty, id, extensions)| object(&[&format!(r#""resourceType":"{ty}""#), &id, &extensions]));
    let birth_date = prop_oneof![
        Just(String::new()),
        Just(r#""birthDate":"1970""#.to_owned()),
        extensions.clone().prop_filter_map("one", |extensions| {
            (!extensions.is_empty()).then(|| format!(r#""_birthDate":{{{extensions}}}"#))
        }),
    ];
    let unknown = prop_oneof![
        2 => Just(String::new()),
        1 => proptest::sample::select(vec![
            r#""x":1"#, r#""x":[1]"#, r#""x":[1,[2,{}]],"y":"z""#, r#""x y":{"x":null}"#, r#""y":"z""#,
        ])
        .prop_map(str::to_owned),
    ];
    (
        list("name", name.boxed()),
        list("contained", contained.boxed()),
        birth_date,
        extensions,
        unknown,
        id(),
    )
        .prop_map(|(name, contained, birth_date, extensions, unknown, id)| {
            object(&[
                r#""resourceType":"Patient""#,
                &contained,
                &name,
                &birth_date,
                &extensions,
                &unknown,
                &id,
            ])
        })
}

fn object(members: &[&str]) -> String {
    let members: Vec<&str> = members.iter().copied().filter(|one| !one.is_empty()).collect();
    format!("{{{}}}", members.join(","))
}

/// JSON with the keys of a patient and whatever under them.
fn anything() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(vec!["null", "true", "1.0", "1", "\"a\"", "\"b\"", "{}", "[]"])
        .prop_map(str::to_owned);
    let key = || {
        proptest::sample::select(vec![
            "id",
            "_id",
            "name",
            "given",
            "_given",
            "family",
            "birthDate",
            "_birthDate",
            "extension",
            "url",
            "valueString",
            "_valueString",
            "valueQuantity",
            "contained",
            "resourceType",
            "x",
            "contact",
        ])
    };
    let value = leaf.prop_recursive(4, 30, 5, move |inner| {
        let members = proptest::collection::vec((key(), inner.clone()), 0..5);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                let members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    });
    proptest::collection::vec((key(), value), 0..5).prop_map(|members| {
        let members: Vec<String> = members
            .iter()
            .map(|(key, value)| format!(",\"{key}\":{value}"))
            .collect();
        format!("{{\"resourceType\":\"Patient\"{}}}", members.concat())
    })
}

fn read(json: &str) -> Read<'_> {
    Document::from_json(json.as_bytes()).expect("a document")
}

proptest! {
    #[test]
    fn a_difference_leads_there_and_back(old in patient(), new in patient()) {
        let (old, new) = (document(&old), document(&new));
        let diff = old.diff(&new).expect("a difference");
        leads(&diff, &old, &new);
        prop_assert_eq!(diff.is_empty(), old.to_json_canonical() == new.to_json_canonical());
        // Nothing is told of an entry that stays as it is.
        for change in diff.changes() {
            if let (ChangeKind::Replace, Some(old), Some(new)) = (change.kind(), change.old_node(), change.new_node()) {
                prop_assert!(!(old.is_same(new) && old.children().eq(new.children()) && old.children().next().is_some()));
            }
        }
    }

    #[test]
    fn whatever_was_read_is_told_or_refused(old in anything(), new in anything()) {
        let (old, new) = (read(&old), read(&new));
        match old.document.diff(&new.document) {
            Ok(diff) => {
                let applied = diff.apply().expect("an edit");
                let rest = applied.diff(&new.document).expect("a difference");
                prop_assert!(rest.is_empty(), "{:?}\n{}\n{}\n{}", lines(&rest), old.document.to_json(), applied.to_json(), new.document.to_json());
                let back = diff.inverse().apply().expect("an edit");
                prop_assert!(back.diff(&old.document).expect("a difference").is_empty());
            }
            Err(DiffError::OtherType) => {}
            Err(_) => prop_assert!(!old.findings.is_empty() || !new.findings.is_empty()),
        }
    }
}
