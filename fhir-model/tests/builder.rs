//! Builders as a user of the crate meets them.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_fhir_model::build::{BuildError, BuildId, Builder};
use carewire_fhir_model::schema::{Schema, TypeId};

fn slot(ty: TypeId, name: &str) -> u8 {
    ty.element(name).expect("an element").slot()
}

fn builder() -> Builder<'static> {
    Builder::new(Schema::r4())
}

/// Sets a text by names, of the element's only type.
fn text(builder: &mut Builder<'_>, parent: BuildId, name: &str, text: &str) -> BuildId {
    let element = builder.type_id(parent).element(name).expect("an element");
    let variant = element.types().next().expect("a type");
    builder
        .set_text(parent, element.slot(), variant, text)
        .expect("a text")
}

fn add(builder: &mut Builder<'_>, parent: BuildId, name: &str) -> BuildId {
    let element = builder.type_id(parent).element(name).expect("an element");
    let variant = element.types().next().expect("a type");
    builder.add(parent, element.slot(), variant).expect("a child")
}

/// The document, checked: it reads from its own text as the same tape, and the JSON is the same without it.
fn finish(builder: &mut Builder<'_>, root: BuildId) -> String {
    let document = builder.finish(root);
    let text = document.to_json();
    assert_eq!(text, document.source());
    let mut direct = Vec::new();
    builder.write_json(root, &mut direct);
    assert_eq!(text.as_bytes(), direct);
    let read = Document::from_json(text.as_bytes()).expect("a document");
    assert_eq!(read.findings, [], "{text}");
    assert_eq!(document.node_count(), read.document.node_count(), "{text}");
    for index in 0..document.node_count() as u32 {
        let (built, read) = (
            document.node(index).expect("a node"),
            read.document.node(index).expect("a node"),
        );
        assert_eq!(built.path(), read.path());
        assert_eq!(
            (built.type_id(), built.text(), built.offset()),
            (read.type_id(), read.text(), read.offset())
        );
        assert_eq!(
            built.children().count(),
            read.children().count(),
            "{}",
            built.path()
        );
    }
    text
}

#[test]
fn elements_are_written_in_the_order_of_the_schema() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    text(&mut b, patient, "birthDate", "1970");
    for family in ["A", "B"] {
        let name = add(&mut b, patient, "name");
        text(&mut b, name, "family", family);
    }
    text(&mut b, patient, "active", "true");
    let multiple = TypeId::PATIENT.element("multipleBirth").expect("a choice");
    b.set_text(patient, multiple.slot(), TypeId::INTEGER, "2")
        .expect("an integer");
    text(&mut b, patient, "id", "p\"1\n");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","id":"p\"1\n","active":true,"name":[{"family":"A"},{"family":"B"}],"birthDate":"1970","multipleBirthInteger":2}"#
    );
}

#[test]
fn primitives_may_have_extensions() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    let name = add(&mut b, patient, "name");
    let first = text(&mut b, name, "given", "A");
    add(&mut b, name, "given");
    let third = add(&mut b, name, "given");
    text(&mut b, third, "id", "3");
    text(&mut b, name, "given", "D");
    let extension = add(&mut b, first, "extension");
    text(&mut b, extension, "url", "u");
    let value = b
        .add(extension, slot(TypeId::EXTENSION, "value"), TypeId::HUMAN_NAME)
        .expect("a value");
    let inner = text(&mut b, value, "given", "x");
    text(&mut b, inner, "id", "i");
    let birth_date = add(&mut b, patient, "birthDate");
    text(&mut b, birth_date, "id", "b");
    let gender = text(&mut b, patient, "gender", "male");
    text(&mut b, gender, "id", "g");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","name":[{"given":["A",null,"D"],"_given":[{"extension":[{"url":"u","valueHumanName":{"given":["x"],"_given":[{"id":"i"}]}}]},{"id":"3"},null]}],"gender":"male","_gender":{"id":"g"},"_birthDate":{"id":"b"}}"#
    );
}

#[test]
fn an_extension_that_only_has_a_url_is_not_written() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    let birth = text(&mut b, patient, "birthDate", "1980-02-03");
    let time = add(&mut b, birth, "extension");
    text(&mut b, time, "url", "http://example.org/time");
    let outer = add(&mut b, patient, "extension");
    text(&mut b, outer, "url", "http://example.org/outer");
    let inner = add(&mut b, outer, "extension");
    text(&mut b, inner, "url", "inner");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","birthDate":"1980-02-03"}"#
    );
    let value = TypeId::EXTENSION.element("value").expect("an element");
    let code = value.types().find(|one| one.name() == "code").expect("a type");
    b.set_text(inner, value.slot(), code, "x").expect("a text");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","extension":[{"extension":[{"url":"inner","valueCode":"x"}],"url":"http://example.org/outer"}],"birthDate":"1980-02-03"}"#
    );
}

#[test]
fn what_stays_empty_is_not_written() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    add(&mut b, patient, "maritalStatus");
    let name = add(&mut b, patient, "name");
    add(&mut b, name, "period");
    let contact = add(&mut b, patient, "contact");
    let kept = add(&mut b, contact, "name");
    let family = text(&mut b, kept, "family", "F");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","contact":[{"name":{"family":"F"}}]}"#
    );
    b.remove(family);
    assert_eq!(finish(&mut b, patient), r#"{"resourceType":"Patient"}"#);
}

#[test]
fn resources_are_attached_and_contained() {
    let mut b = builder();
    let (bundle, patient) = (b.resource(TypeId::BUNDLE), b.resource(TypeId::PATIENT));
    text(&mut b, patient, "id", "p");
    let entry = add(&mut b, bundle, "entry");
    b.attach(entry, slot(b.type_id(entry), "resource"), patient)
        .expect("attached");
    let contained = slot(TypeId::PATIENT, "contained");
    b.add(patient, contained, TypeId::ORGANIZATION)
        .expect("contained");
    assert_eq!(b.attach(patient, contained, bundle), Err(BuildError::NotDetached));
    assert_eq!(
        b.attach(patient, contained, patient),
        Err(BuildError::NotDetached)
    );
    text(&mut b, bundle, "type", "message");
    assert_eq!(
        finish(&mut b, bundle),
        r#"{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Organization"}]}}]}"#
    );
    assert_eq!(b.parent(patient), Some(entry));
    b.remove(patient);
    assert_eq!(
        finish(&mut b, bundle),
        r#"{"resourceType":"Bundle","type":"message"}"#
    );
    let place = slot(b.type_id(entry), "resource");
    assert!(matches!(
        b.add(entry, place, TypeId::RESOURCE),
        Err(BuildError::WrongType { .. })
    ));
}

#[test]
fn what_the_schema_forbids_is_an_error() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    text(&mut b, patient, "gender", "male");
    let gender = slot(TypeId::PATIENT, "gender");
    let error = b
        .set_text(patient, gender, TypeId::CODE, "female")
        .expect_err("there already");
    assert_eq!(
        error.element().map(|one| one.path()).as_deref(),
        Some("Patient.gender")
    );
    assert!(!error.to_string().contains("female"));
    let existing = b.existing(patient, gender).expect("a gender");
    assert_eq!(
        (b.text(existing), b.type_id(existing)),
        (Some("male"), TypeId::CODE)
    );
    b.replace_text(existing, "other").expect("replaced");
    assert_eq!(b.text(existing), Some("other"));
    assert!(matches!(
        b.add(patient, gender, TypeId::STRING),
        Err(BuildError::WrongType { .. })
    ));
    assert!(matches!(
        b.add(patient, 200, TypeId::STRING),
        Err(BuildError::NoSuchElement { .. })
    ));
    assert!(matches!(
        b.replace_text(patient, "x"),
        Err(BuildError::NotPrimitive { .. })
    ));
    let deceased = slot(TypeId::PATIENT, "deceased");
    b.set_text(patient, deceased, TypeId::BOOLEAN, "true")
        .expect("a boolean");
    assert!(matches!(
        b.set_text(patient, deceased, TypeId::DATE_TIME, "2024"),
        Err(BuildError::AlreadyThere { .. })
    ));
}

#[test]
fn text_that_is_no_number_does_not_break_the_json() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    text(&mut b, patient, "active", "yes,\"x\":1");
    let document = b.finish(patient);
    assert_eq!(
        document.to_json(),
        r#"{"resourceType":"Patient","active":"yes,\"x\":1"}"#
    );
}

#[test]
fn texts_of_any_length_are_written_whole() {
    for mark in ["", "\"", "\u{1}"] {
        let mut b = builder();
        let patient = b.resource(TypeId::PATIENT);
        let texts: Vec<String> = (0..200)
            .chain([1_900, 1_919, 1_920, 1_921, 9_000])
            .map(|length| format!("{}\u{e9}{mark}", "x".repeat(length)))
            .collect();
        for one in &texts {
            let name = add(&mut b, patient, "name");
            text(&mut b, name, "family", one);
            for given in [one, "A"] {
                text(&mut b, name, "given", given);
            }
        }
        let written = finish(&mut b, patient);
        let read = Document::from_json(written.as_bytes()).expect("a document");
        let names = read.document.root().children();
        for (name, expected) in names.zip(&texts) {
            let found: Vec<_> = name.children().filter_map(|one| one.text()).collect();
            assert_eq!(found, [expected, expected, "A"]);
        }
    }
}

#[test]
fn a_text_is_escaped_also_where_those_written_before_were_plain() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    text(&mut b, patient, "id", "1");
    assert_eq!(finish(&mut b, patient), r#"{"resourceType":"Patient","id":"1"}"#);
    text(&mut b, patient, "language", "a\"");
    text(&mut b, patient, "gender", "male");
    let expected = r#"{"resourceType":"Patient","id":"1","language":"a\"","gender":"male"}"#;
    assert_eq!(finish(&mut b, patient), expected);
    b.clear();
    let patient = b.resource(TypeId::PATIENT);
    text(&mut b, patient, "id", "2\\");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","id":"2\\"}"#
    );
}

#[test]
fn what_may_occur_once_is_refused_twice_in_every_type() {
    for ty in Schema::r4().types().filter(|ty| !ty.is_abstract()) {
        let mut b = builder();
        let parent = b.resource(ty);
        let places = ty.properties().iter().filter(|one| !one.type_id().is_resource());
        let mut once = std::collections::HashSet::new();
        for property in places {
            let is_new = property.is_list() || once.insert(property.slot());
            let added = b.add_property(parent, property);
            assert_eq!(added.is_ok(), is_new, "{property:?}");
        }
    }
}

#[test]
fn a_child_may_be_added_to_the_front() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    let names: Vec<_> = (0..3)
        .map(|_| {
            b.add_first(patient, slot(TypeId::PATIENT, "name"), TypeId::HUMAN_NAME)
                .expect("a name")
        })
        .collect();
    for (name, family) in names.into_iter().zip(["C", "B", "A"]) {
        text(&mut b, name, "family", family);
    }
    let last = add(&mut b, patient, "name");
    text(&mut b, last, "family", "D");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","name":[{"family":"A"},{"family":"B"},{"family":"C"},{"family":"D"}]}"#
    );
}

#[test]
fn children_are_written_in_order_however_they_come() {
    let names = [
        "extension",
        "identifier",
        "name",
        "telecom",
        "photo",
        "contact",
        "link",
    ];
    for count in [2, 7, 40, 300] {
        let mut b = builder();
        let (mixed, sorted) = (b.resource(TypeId::PATIENT), b.resource(TypeId::PATIENT));
        // A power of 3 goes round in steps that are no order of their own.
        let mut order: Vec<(&str, String)> = (0..count)
            .scan(1, |place, at| {
                *place = *place * 3 % 1009;
                Some((names[*place % names.len()], at.to_string()))
            })
            .collect();
        let add_all = |b: &mut Builder<'_>, parent, order: &[(&str, String)]| {
            for (name, id) in order {
                let child = add(b, parent, name);
                text(b, child, "id", id);
            }
        };
        add_all(&mut b, mixed, &order);
        for name in names {
            let ids: Vec<usize> = b
                .children_of(mixed, slot(TypeId::PATIENT, name))
                .filter_map(|child| b.text(b.children(child).next()?)?.parse().ok())
                .collect();
            assert!(ids.is_sorted(), "{name}: {ids:?}");
        }
        order.sort_by_key(|(name, _)| slot(TypeId::PATIENT, name));
        add_all(&mut b, sorted, &order);
        assert_eq!(finish(&mut b, mixed), finish(&mut b, sorted));
    }
}

#[test]
fn removed_children_are_gone_from_any_place() {
    let mut b = builder();
    let patient = b.resource(TypeId::PATIENT);
    let name = add(&mut b, patient, "name");
    let given: Vec<_> = ["A", "B", "C", "D"]
        .iter()
        .map(|one| text(&mut b, name, "given", one))
        .collect();
    b.remove(given[0]);
    b.remove(given[2]);
    b.remove(given[3]);
    text(&mut b, name, "given", "E");
    assert_eq!(
        finish(&mut b, patient),
        r#"{"resourceType":"Patient","name":[{"given":["B","E"]}]}"#
    );
    assert_eq!(b.children(name).count(), 2);
}

#[test]
fn documents_are_copied() {
    let json = r#"{"resourceType":"Patient","contained":[{"resourceType":"Organization","name":"o"}],"active":true,"_active":{"id":"x"},"name":[{"given":["A",null],"_given":[null,{"id":"g"}]}]}"#;
    let read = Document::from_json(json.as_bytes()).expect("a document");
    let mut b = builder();
    let copy = b.copy_resource(read.document.root()).expect("a copy");
    assert_eq!(finish(&mut b, copy), json);
}

#[test]
fn a_data_type_is_built_by_itself() {
    let mut b = builder();
    let name = b.resource(TypeId::HUMAN_NAME);
    text(&mut b, name, "family", "F");
    let document = b.finish(name);
    assert_eq!(document.to_json(), r#"{"family":"F"}"#);
    assert_eq!(
        document.root().child("family").map(|one| one.path()).as_deref(),
        Some("HumanName.family")
    );
}

/// Texts that a builder borrows: short ones, long ones, and long ones that JSON has to escape, some over the edge of a piece.
fn lent_texts() -> Vec<String> {
    let mut texts = vec!["x".to_owned(), "short \"one\"".to_owned(), "TWFu".repeat(1023)];
    for length in [1024, 1500, 40_000] {
        texts.push("TWFu".repeat(length));
        texts.push("\u{e9}\"\\\n\u{1}x".repeat(length));
    }
    texts
}

#[test]
fn borrowed_texts_are_written_as_copied_ones() {
    let texts = lent_texts();
    let slot = TypeId::HUMAN_NAME.element("given").unwrap().slot();
    let given = TypeId::HUMAN_NAME.property("given").unwrap();
    let family = TypeId::HUMAN_NAME.property("family").unwrap();
    let (mut copies, mut borrows) = (builder(), builder());
    let names: Vec<_> = [&mut copies, &mut borrows]
        .map(|builder| builder.resource(TypeId::HUMAN_NAME))
        .into();
    for text in &texts {
        copies.set_text(names[0], slot, TypeId::STRING, text).unwrap();
        let id = borrows.set_property_borrowed(names[1], given, text).unwrap();
        assert_eq!(borrows.text(id), Some(text.as_str()));
        assert_eq!(
            std::ptr::eq(borrows.text(id).unwrap(), text.as_str()),
            text.len() >= 4096
        );
    }
    copies.set_property(names[0], family, "Doe").unwrap();
    let last = borrows.set_property(names[1], family, "Foe").unwrap();
    borrows
        .replace_text_borrowed(last, texts.last().unwrap())
        .unwrap();
    borrows.replace_text_borrowed(last, "Do").unwrap();
    borrows.append_text(last, "e").unwrap();
    let (mut copied, mut borrowed, mut streamed) = (Vec::new(), Vec::new(), Vec::new());
    copies.write_json(names[0], &mut copied);
    borrows.write_json(names[1], &mut borrowed);
    borrows.write_json_to(names[1], &mut streamed).unwrap();
    assert!(copied == borrowed && copied == streamed);
    let (left, right) = (copies.finish(names[0]), borrows.finish(names[1]));
    assert_eq!(left.to_json(), right.to_json());
    assert_eq!(left.to_json().as_bytes(), copied);
    for (left, right) in left.root().children().zip(right.root().children()) {
        assert_eq!(left.text(), right.text());
    }
    let read = Document::from_json(&copied).unwrap().document;
    assert!(
        read.root()
            .children()
            .zip(right.root().children())
            .all(|(a, b)| a.text() == b.text())
    );
}

#[test]
fn what_is_added_to_a_borrowed_text_is_behind_a_copy_of_it() {
    let long = "TWFu".repeat(2000);
    let mut builder = builder();
    let name = builder.resource(TypeId::HUMAN_NAME);
    let family = TypeId::HUMAN_NAME.property("family").unwrap();
    let id = builder.set_property_borrowed(name, family, &long).unwrap();
    builder.append_text(id, "!").unwrap();
    assert_eq!(builder.text(id), Some(format!("{long}!").as_str()));
    let text = TypeId::HUMAN_NAME.property("text").unwrap();
    let lent = builder.set_property_borrowed(name, text, &long).unwrap();
    builder.remove(lent);
    let given = TypeId::HUMAN_NAME.property("given").unwrap();
    builder.set_property(name, given, "Ann").unwrap();
    assert!(matches!(
        builder.append_text(lent, "!"),
        Err(BuildError::NotPrimitive { .. })
    ));
    let mut out = Vec::new();
    builder.write_json_to(name, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        format!(r#"{{"family":"{long}!","given":["Ann"]}}"#)
    );
}

#[test]
fn json_goes_to_a_writer_in_pieces_until_it_fails() {
    /// Takes so many bytes, and remembers how many it got at once.
    struct Writer(usize, Vec<usize>);
    impl std::io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1.push(bytes.len());
            self.0 = self
                .0
                .checked_sub(bytes.len())
                .ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut builder = builder();
    let patient = builder.resource(TypeId::PATIENT);
    for number in 0..20_000 {
        let name = add(&mut builder, patient, "name");
        text(&mut builder, name, "family", &format!("{number}"));
    }
    let mut whole = Vec::new();
    builder.write_json(patient, &mut whole);
    let mut writer = Writer(whole.len(), Vec::new());
    builder.write_json_to(patient, &mut writer).unwrap();
    assert_eq!(writer.1.iter().sum::<usize>(), whole.len());
    assert!(writer.1.iter().all(|length| *length < 80 << 10), "{:?}", writer.1);
    let mut writer = Writer(100_000, Vec::new());
    let error = builder.write_json_to(patient, &mut writer).unwrap_err();
    assert_eq!(
        (error.kind(), writer.1.len()),
        (std::io::ErrorKind::StorageFull, 2)
    );
}
