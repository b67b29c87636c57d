//! Editing documents by node and by path.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::edit::{Edit, EditError, Spot, Value};
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::{Document, Limits, Node};
use proptest::prelude::*;

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

fn at<'d>(document: &'d Document<'_>, path: &str) -> Node<'d> {
    document.get(path).expect("a path").expect("a node")
}

/// The JSON after an operation.
fn after(json: &str, operation: impl FnOnce(&mut Edit<'_>) -> Result<(), EditError>) -> String {
    let document = document(json);
    let mut edit = Edit::new(&document);
    operation(&mut edit).expect("an operation");
    edit.finish().expect("a document").to_json()
}

fn refused(json: &str, operation: impl FnOnce(&mut Edit<'_>) -> Result<(), EditError>) -> String {
    let document = document(json);
    let mut edit = Edit::new(&document);
    let error = operation(&mut edit).expect_err("it should be refused");
    assert_eq!(
        edit.finish().expect("a document").to_json(),
        document.to_json(),
        "a refused operation changes nothing"
    );
    error.to_string()
}

#[test]
fn what_is_not_touched_keeps_its_text() {
    // Order, escapes, numbers, unknown keys, wrong shapes.
    let json = concat!(
        r#"{"active":true,"resourceType":"Patient","x":{"y":[1.0,[],[[2e+05]]]},"name":{"family":"D\u006fe"},"#,
        r#""birthDate":["1970"],"_birthDate":null,"telecom":[],"gender":"male","contact":[{},{"gender":"\/"}]}"#,
    );
    assert_eq!(after(json, |_| Ok(())), json);
    let changed = after(json, |edit| edit.set_text(at(edit.document(), "gender"), "other"));
    assert_eq!(changed, json.replace("\"male\"", "\"other\""));
    let changed = after(json, |edit| {
        edit.set_text(at(edit.document(), "contact[1].gender"), "male")
    });
    assert_eq!(changed, json.replace("\\/", "male"));
    let changed = after(json, |edit| {
        edit.set_text(at(edit.document(), "name.family"), "Roe")
    });
    assert_eq!(changed, json.replace("D\\u006fe", "Roe"));
}

#[test]
fn lists_are_added_to_inserted_into_moved_and_deleted_from() {
    let json = r#"{"resourceType":"Patient","name":[{"given":["A","B","C"]}]}"#;
    let given =
        |edit: &mut Edit<'_>, place: usize| at(edit.document(), &format!("name[0].given[{place}]")).index();
    let node = |edit: &Edit<'_>, index: u32| Spot::from(edit.document().node(index).expect("a node"));
    let result = after(json, |edit| {
        let (a, b, c) = (given(edit, 0), given(edit, 1), given(edit, 2));
        let (a, b, c) = (node(edit, a), node(edit, b), node(edit, c));
        edit.move_to(a, 2)?; // B C A
        edit.delete(b)?; // C A
        edit.insert_before(c, Value::text("x"))?; // x C A
        let y = edit.insert_after(a, Value::text("y"))?; // x C A y
        edit.move_to(y, 0)?; // y x C A
        edit.replace(c, Value::text("z"))?; // y x z A
        assert_eq!(edit.delete(b), Err(EditError::Gone));
        assert_eq!(edit.delete(c), Err(EditError::Gone));
        let name = at(edit.document(), "name[0]");
        edit.insert(name, "given", 4, Value::text("end"))?;
        assert_eq!(edit.len(name, "given"), Ok(5));
        assert_eq!(
            edit.insert(name, "given", 6, Value::text("far")),
            Err(EditError::OutOfRange { index: 6, count: 5 })
        );
        assert_eq!(
            edit.move_to(a, 5),
            Err(EditError::OutOfRange { index: 5, count: 5 })
        );
        Ok(())
    });
    assert_eq!(
        result,
        r#"{"resourceType":"Patient","name":[{"given":["y","x","z","A","end"]}]}"#
    );
}

#[test]
fn companions_go_with_their_primitives() {
    let json = concat!(
        r#"{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"b"},{"id":"c"}]}],"#,
        r#""_birthDate":{"id":"d"}}"#,
    );
    let first = after(json, |edit| edit.delete(at(edit.document(), "name[0].given[0]")));
    assert_eq!(
        first,
        r#"{"resourceType":"Patient","name":[{"given":[null,"C"],"_given":[{"id":"b"},{"id":"c"}]}],"_birthDate":{"id":"d"}}"#
    );
    let moved = after(json, |edit| {
        edit.move_to(at(edit.document(), "name[0].given[1]"), 0)
    });
    assert!(
        moved.contains(r#""given":[null,"A","C"],"_given":[{"id":"b"},null,{"id":"c"}]"#),
        "{moved}"
    );
    let inserted = after(json, |edit| {
        edit.insert(at(edit.document(), "name[0]"), "given", 1, Value::text("N"))
            .map(drop)
    });
    assert!(
        inserted.contains(r#""given":["A","N",null,"C"],"_given":[null,null,{"id":"b"},{"id":"c"}]"#),
        "{inserted}"
    );
    // A value beside what was there alone, and the other way round.
    let valued = after(json, |edit| {
        edit.set_text(at(edit.document(), "birthDate"), "1970")
    });
    assert!(
        valued.ends_with(r#""birthDate":"1970","_birthDate":{"id":"d"}}"#),
        "{valued}"
    );
    let replaced = after(json, |edit| {
        edit.replace(at(edit.document(), "birthDate"), Value::text("1971"))
            .map(drop)
    });
    assert!(replaced.ends_with(r#","birthDate":"1971"}"#), "{replaced}");
    let extended = after(json, |edit| {
        edit.add(at(edit.document(), "name[0].given[0]"), "id", Value::text("a"))
            .map(drop)
    });
    assert!(
        extended.contains(r#""_given":[{"id":"a"},{"id":"b"},{"id":"c"}]"#),
        "{extended}"
    );
    let copied = after(json, |edit| {
        let c = at(edit.document(), "name[0].given[2]");
        edit.add(at(edit.document(), "name[0]"), "suffix", c).map(drop)
    });
    assert!(
        copied.contains(r#""suffix":["C"],"_suffix":[{"id":"c"}]"#),
        "{copied}"
    );
}

#[test]
fn emptied_elements_are_not_written() {
    let json = r#"{"resourceType":"Patient","name":[{"given":["A"]},{"family":"B"}],"contact":[{"name":{"family":"C"}}]}"#;
    let result = after(json, |edit| {
        edit.delete(at(edit.document(), "name[0].given[0]"))?;
        edit.delete(at(edit.document(), "contact.name.family"))
    });
    assert_eq!(result, r#"{"resourceType":"Patient","name":[{"family":"B"}]}"#);
    let nothing = after(json, |edit| {
        edit.add(at(edit.document(), "Patient"), "photo", Value::object())
            .map(drop)
    });
    assert_eq!(nothing, json);
}

#[test]
fn choices_change_their_key() {
    let json = r#"{"resourceType":"Observation","valueQuantity":{"value":1.50},"status":"final"}"#;
    let concept = Value::json(r#"{"text":"t"}"#).of(TypeId::CODEABLE_CONCEPT);
    let result = after(json, |edit| {
        edit.replace(at(edit.document(), "value"), concept.clone())
            .map(drop)
    });
    assert_eq!(
        result,
        r#"{"resourceType":"Observation","valueCodeableConcept":{"text":"t"},"status":"final"}"#
    );
    let same = after(json, |edit| {
        edit.set("Observation.valueString", Value::text("s")).map(drop)
    });
    assert_eq!(
        same,
        r#"{"resourceType":"Observation","valueString":"s","status":"final"}"#
    );
    let message = refused(json, |edit| {
        edit.add(
            at(edit.document(), "Observation"),
            "valueString",
            Value::text("s"),
        )
        .map(drop)
    });
    assert_eq!(message, "Observation.value[x] is there already");
    let message = refused(r#"{"resourceType":"Observation"}"#, |edit| {
        edit.add(at(edit.document(), "Observation"), "value", Value::text("s"))
            .map(drop)
    });
    assert_eq!(message, "the value does not fit Observation.value[x]");
}

#[test]
fn an_empty_array_that_was_only_looked_at_stays() {
    let json = r#"{"resourceType":"Patient","name":[{"given":[]},{"family":"F","given":[]}]}"#;
    let patient = document(json);
    let names = ["Patient.name[0]", "Patient.name[1]"].map(|path| at(&patient, path));
    let mut edit = Edit::new(&patient);
    for name in names {
        assert_eq!(edit.len(name, "given"), Ok(0));
        assert_eq!(
            edit.insert(name, "given", 1, Value::text("A")),
            Err(EditError::OutOfRange { index: 1, count: 0 })
        );
    }
    assert_eq!(edit.finish().expect("a document").to_json(), json);
    let mut edit = Edit::new(&patient);
    assert_eq!(edit.len(names[0], "given"), Ok(0));
    edit.add(names[1], "given", Value::text("A")).expect("a name");
    assert_eq!(
        edit.finish().expect("a document").to_json(),
        r#"{"resourceType":"Patient","name":[{"given":[]},{"family":"F","given":["A"]}]}"#
    );
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let json = r#"{"resourceType":"Patient","active":true,"name":[{"family":"F"}],"x":[[{"y":1}]],"contained":[{"resourceType":"Group"}]}"#;
    let other = document(json);
    for (operation, message) in [
        (("shoeSize", Value::text("43")), "Patient has no such element"),
        (("name", Value::text("F")), "the value does not fit Patient.name"),
        (
            ("gender", Value::json("{}")),
            "the value does not fit Patient.gender",
        ),
        (
            ("gender", Value::json("\"a\",\"b\":1")),
            "the value does not fit Patient.gender",
        ),
        (
            ("gender", Value::json("[\"a\"]")),
            "the value does not fit Patient.gender",
        ),
        (
            ("name", Value::json("{\"family\":}")),
            "the JSON given cannot be read: expected a value at line 1, column 11",
        ),
        (
            ("gender", Value::node(at(&other, "name"))),
            "the value does not fit Patient.gender",
        ),
        (
            ("name", Value::node(at(&other, "active"))),
            "the value does not fit Patient.name",
        ),
        (
            ("contained", Value::json("{\"id\":\"a\"}")),
            "the value does not fit Patient.contained",
        ),
        (
            ("contained", Value::object()),
            "the value does not fit Patient.contained",
        ),
        (
            ("active", Value::text("false")),
            "Patient.active is there already",
        ),
    ] {
        assert_eq!(
            refused(json, |edit| edit
                .add(at(edit.document(), "Patient"), operation.0, operation.1)
                .map(drop)),
            message
        );
    }
    let root = |edit: &Edit<'_>| at(edit.document(), "Patient").index();
    assert_eq!(
        refused(json, |edit| edit
            .delete(edit.document().node(root(edit)).expect("the root"))),
        "the resource itself cannot be deleted, replaced or moved"
    );
    assert_eq!(
        refused(json, |edit| edit.delete(at(&other, "active"))),
        "the node is not of the document that is edited"
    );
    assert_eq!(
        refused(json, |edit| {
            let inner = at(edit.document(), "x").children().next().expect("an item");
            edit.delete(inner.children().next().unwrap_or(inner))
        }),
        "the node stands in an array inside an array"
    );
    assert_eq!(
        refused(json, |edit| edit
            .add(at(edit.document(), "active"), "extension", Value::text("e"))
            .map(drop)),
        "the value does not fit Element.extension".replace("Element", "boolean")
    );
}

#[test]
fn resources_are_added_and_opened() {
    let json = r#"{"resourceType":"Bundle","type":"collection"}"#;
    let result = after(json, |edit| {
        let bundle = at(edit.document(), "Bundle");
        let entry = edit.add(bundle, "entry", Value::object())?;
        let patient = edit.add(entry, "resource", Value::object().of(TypeId::PATIENT))?;
        edit.add(patient, "active", Value::text("true"))?;
        let whole = edit.set(
            "entry[1].resource",
            Value::json(r#"{"resourceType":"Group","quantity":2}"#),
        )?;
        assert_eq!(
            edit.add(whole, "active", Value::text("true")),
            Err(EditError::Whole)
        );
        Ok(())
    });
    assert_eq!(
        result,
        concat!(
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","active":true}},"#,
            r#"{"resource":{"resourceType":"Group","quantity":2}}]}"#,
        )
    );
}

#[test]
fn a_node_below_what_was_replaced_is_gone() {
    let json = r#"{"resourceType":"Patient","contact":[{"name":{"family":"A"}}],"name":[{"family":"F"}]}"#;
    let document = document(json);
    let mut edit = Edit::new(&document);
    let family = at(&document, "contact.name.family");
    edit.set_text(family, "B").expect("a text");
    edit.replace(at(&document, "contact.name"), Value::object())
        .expect("an object");
    assert_eq!(edit.set_text(family, "C"), Err(EditError::Gone));
    assert_eq!(edit.set_text(at(&document, "name.family"), "G"), Ok(()));
    let made = edit
        .add(at(&document, "contact"), "telecom", Value::object())
        .expect("an object");
    edit.delete(at(&document, "contact")).expect("deleted");
    assert_eq!(edit.add(made, "value", Value::text("1")), Err(EditError::Gone));
    assert_eq!(
        edit.finish().expect("a document").to_json(),
        r#"{"resourceType":"Patient","name":[{"family":"G"}]}"#
    );
}

#[test]
fn limits_hold_for_the_result() {
    let patient = document(r#"{"resourceType":"Patient"}"#);
    let mut edit = Edit::new(&patient).limits(&Limits::default().max_bytes(40));
    edit.set("name[0].family", Value::text("x".repeat(30)))
        .expect("set");
    assert_eq!(
        edit.finish().map(drop).map_err(|error| error.to_string()),
        Err("the result cannot be read: too many bytes at line 1, column 1".to_owned())
    );
}

#[test]
fn a_long_list_is_edited_in_little_time() {
    let items: Vec<String> = (0..100_000).map(|number| format!("\"{number}\"")).collect();
    let json = format!(
        r#"{{"resourceType":"Patient","name":[{{"given":[{}]}}]}}"#,
        items.join(",")
    );
    let document = document(&json);
    let name = at(&document, "name[0]");
    let mut edit = Edit::new(&document);
    for (place, node) in name.children_named("given").enumerate() {
        if place % 2 == 0 {
            edit.delete(node).expect("deleted");
        } else {
            edit.insert_before(node, Value::text("n")).expect("inserted");
        }
    }
    for place in (0..100_000).rev() {
        let spot = edit
            .child(name, "given", place)
            .expect("a list")
            .expect("a child");
        edit.set_text(spot, "m").expect("a text");
    }
    let result = edit.finish().expect("a document");
    assert_eq!(
        at(&result, "name")
            .children_named("given")
            .filter(|one| one.text().as_deref() == Some("m"))
            .count(),
        100_000
    );
}

/// Documents with the shapes that readers keep.
const SHAPES: [&str; 4] = [
    r#"{"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"id":"b"},{"id":"c"}]},{"family":"F"}],"x":[1,{"y":[]}],"active":[true]}"#,
    r#"{"resourceType":"Observation","valueString":"a","valueString":"b","_valueString":{"id":"i"},"_issued":{"id":"j"},"code":{"coding":{"code":"c"}},"note":[{"text":"t"}]}"#,
    r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Group","id":"g"}]}},{},{"resource":{"id":"n"}}]}"#,
    r#"{"resourceType":"Basic","extension":[{"url":"u","extension":[{"url":"v","valueInteger":"1"}]}],"_id":{"id":"i"},"meta":{"tag":[[{"code":"z"}]]},"z":null}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is done in whatever order: no panic, and the result is what its own JSON reads as.
    #[test]
    fn any_operations_give_a_document(
        shape in 0..SHAPES.len(),
        operations in proptest::collection::vec((0_u8..7, 0_u32..40, 0_usize..4, 0_usize..5), 0..12),
    ) {
        let document = document(SHAPES[shape]);
        let mut edit = Edit::new(&document);
        let mut spots: Vec<Spot> = (0..document.node_count() as u32)
            .filter_map(|at| document.node(at))
            .map(Spot::from)
            .collect();
        let names = ["name", "given", "extension", "value", "id"];
        let values = [Value::text("t"), Value::object(), Value::json(r#"{"url":"j"}"#), Value::node(document.root())];
        let mut changed = false;
        for (operation, node, index, name) in operations {
            let spot = spots[node as usize % spots.len()];
            let value = values[index].clone().of([TypeId::STRING, TypeId::EXTENSION][index & 1]);
            let done = match operation {
                0 => edit.add(spot, names[name], value).map(Some),
                1 => edit.insert(spot, names[name], index, values[index].clone()).map(Some),
                2 => edit.delete(spot).map(|()| None),
                3 => edit.replace(spot, values[index].clone()).map(Some),
                4 => edit.move_to(spot, index).map(|()| None),
                5 => edit.set_text(spot, "s").map(|()| None),
                _ => edit.insert_after(spot, values[index].clone()).map(Some),
            };
            changed |= done.is_ok();
            spots.extend(done.ok().flatten());
        }
        let result = edit.finish().expect("a document");
        let again = Document::from_json(result.source().as_bytes()).expect("a document").document;
        prop_assert_eq!(result.to_json(), again.to_json());
        if !changed {
            prop_assert_eq!(result.to_json(), document.to_json());
        }
    }
}
