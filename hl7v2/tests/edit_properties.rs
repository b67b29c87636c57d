//! What holds of every edit: the index is that of the bytes, what is set is read, and undoing gives the bytes back.

#![cfg(feature = "versions")]

use carewire_hl7v2::{Edit, EditError, Message, SegmentBuilder, Value};
use carewire_testkit::markers::{Markers, leak};
use proptest::prelude::*;

/// A message whose segments, fields and parts are of all shapes, odd ones included.
fn message() -> impl Strategy<Value = Shown> {
    let head = prop::sample::select(vec![
        "MSH|^~\\&|A|B|||20240102||ORU^R01|1|T|2.5.1",
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.3||||||8859/1",
        "MSH|^~\\&#|A|B|||20240102||VXU^V04|1|T|2.8||||||UNICODE UTF-8",
        "MSH|^~\\&|A|B|||20240102||OML^O21|1|T|2.5||||||BIG-5",
        "MSH|^~\\&|A|B|||20240102||OML^O21|1|T|2.5||||||~ISO IR87",
        "MSH|^~|A|B|||20240102||OML^O21|1|T|2.5",
    ]);
    let piece = prop_oneof![
        6 => Just(b"|".to_vec()),
        4 => Just(b"^".to_vec()),
        2 => Just(b"~".to_vec()),
        2 => Just(b"&".to_vec()),
        1 => Just(b"\"\"".to_vec()),
        1 => Just(b"\\T\\".to_vec()),
        1 => Just(b"\\Zq\\".to_vec()),
        1 => Just(b"\\".to_vec()),
        1 => Just(b"\x1b$B;3\x1b(B".to_vec()),
        1 => Just("四".as_bytes().to_vec()),
        1 => Just(b"\nPID".to_vec()),
        8 => "[a-zA-Z0-9 ]{1,4}".prop_map(String::into_bytes),
    ];
    let id = prop::sample::select(vec!["PID|", "OBX|", "NTE", "OBX|1|", "pid|", "odd", "  OBX|"]);
    let line = (id, prop::collection::vec(piece, 0..14))
        .prop_map(|(id, pieces)| [id.as_bytes(), &pieces.concat()].concat());
    let end = prop::sample::select(vec!["\r", "\r", "\r", "\r\n", "\r\r", "\n"]);
    (head, end, prop::collection::vec(line, 0..6), any::<bool>()).prop_map(|(head, end, lines, ended)| {
        let mut bytes = head.as_bytes().to_vec();
        for line in lines {
            bytes.extend_from_slice(end.as_bytes());
            bytes.extend_from_slice(&line);
        }
        if ended {
            bytes.extend_from_slice(end.as_bytes());
        }
        Shown(bytes)
    })
}

/// Bytes that a failing case shows as text.
#[derive(Clone)]
struct Shown(Vec<u8>);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Set(String, Sort, String),
    Insert(String, Sort, String),
    Push(String, Sort, String),
    Remove(String),
    InsertSegment(usize, String),
    MoveSegment(usize, usize),
    Renumber,
    Put(String, String),
    AddSegment(&'static str, &'static str, String),
    AddGroup(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Sort {
    Text,
    Null,
    Raw,
    Parts,
}

fn path() -> impl Strategy<Value = String> {
    let id = prop::sample::select(vec!["PID", "OBX", "NTE", "OBX[2]", "OBX[*]", "OBX[1='1']", "MSH"]);
    let field = prop::sample::select(vec![
        "-1",
        "-2",
        "-3",
        "-5",
        "-5[2]",
        "-3[*]",
        "-3[.2='a']",
        "-18",
    ]);
    let part = prop::sample::select(vec!["", "", ".1", ".2", ".2.1", ".2.3", ".4"]);
    let whole = prop::sample::select(vec![true, false, false, false, false, false]);
    (id, field, part, whole).prop_map(|(id, field, part, whole)| {
        if whole {
            id.to_owned()
        } else {
            format!("{id}{field}{part}")
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let sort = || prop::sample::select(vec![Sort::Text, Sort::Text, Sort::Null, Sort::Raw, Sort::Parts]);
    let text =
        || prop_oneof![3 => "[a-z0-9|^~\\\\&# ]{0,6}", 1 => "[é四山\n\"]{0,3}", 1 => Just("\"\"".to_owned())];
    prop_oneof![
        6 => (path(), sort(), text()).prop_map(|(path, sort, text)| Step::Set(path, sort, text)),
        2 => (path(), sort(), text()).prop_map(|(path, sort, text)| Step::Insert(path, sort, text)),
        2 => (path(), sort(), text()).prop_map(|(path, sort, text)| Step::Push(path, sort, text)),
        4 => path().prop_map(Step::Remove),
        2 => (0..8_usize, text()).prop_map(|(position, text)| Step::InsertSegment(position, text)),
        1 => (0..8_usize, 0..8_usize).prop_map(|(from, to)| Step::MoveSegment(from, to)),
        1 => Just(Step::Renumber),
        2 => (path(), text()).prop_map(|(path, text)| Step::Put(path, text)),
        2 => (places_of(), prop::sample::select(vec!["NTE", "OBX", "PV1", "ZAB"]), text()).prop_map(|(group, id, text)| Step::AddSegment(group, id, text)),
        1 => places_of().prop_map(Step::AddGroup),
    ]
}

/// Groups of the structures that the messages have.
fn places_of() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "/",
        "/PATIENT_RESULT",
        "/PATIENT_RESULT/PATIENT",
        "/PATIENT_RESULT/ORDER_OBSERVATION",
        "/PATIENT_RESULT/ORDER_OBSERVATION/OBSERVATION[2]",
        "/PATIENT",
        "/ORDER",
        "/PROCEDURE",
    ])
}

fn value(sort: Sort, text: &str) -> Value<'_> {
    match sort {
        Sort::Text => Value::text(text),
        Sort::Null => Value::NULL,
        Sort::Raw => Value::raw(text.as_bytes()),
        Sort::Parts => Value::parts([text, "", "last"]),
    }
}

fn apply(message: &mut Message<'_>, step: &Step) -> Result<Edit, EditError> {
    match step {
        Step::Set(path, sort, text) => message.set(&**path, value(*sort, text)),
        Step::Insert(path, sort, text) => message.insert(&**path, value(*sort, text)),
        Step::Push(path, sort, text) => message.push(&**path, value(*sort, text)),
        Step::Remove(path) => message.remove(&**path),
        Step::InsertSegment(position, text) => {
            message.insert_segment(*position, SegmentBuilder::new("ZAB").field(2, &**text))
        }
        Step::MoveSegment(from, to) => message.move_segment(*from, *to),
        Step::Renumber => message.renumber("OBX", &["PID"]),
        Step::Put(path, text) => message.put(&**path, &**text),
        Step::AddSegment(group, id, text) => {
            message.add_segment(group, SegmentBuilder::new(*id).field(2, &**text))
        }
        Step::AddGroup(group) => message.add_group(group, &["OBSERVATION"]),
    }
}

/// Every place of a message with its bytes.
fn places(message: &Message<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for segment in message.segments() {
        all.push(format!("{:?} {:?}", segment.range(), segment));
        for field in segment.fields() {
            all.push(format!("{:?} {:?}", field.range(), field));
            for repetition in field.repetitions() {
                for component in repetition.components() {
                    for part in component.subcomponents() {
                        all.push(format!(
                            "{:?} {:?} {:?}",
                            part.range(),
                            part,
                            part.try_text().ok()
                        ));
                    }
                }
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_message_is_the_one_that_its_bytes_are_and_undoing_gives_them_back(Shown(bytes) in message(), steps in prop::collection::vec(step(), 1..6)) {
        let Ok(mut message) = Message::parse(&bytes) else { return Ok(()) };
        let mut edits = Vec::new();
        for step in &steps {
            let before = (message.as_bytes().to_vec(), places(&message));
            match apply(&mut message, step) {
                Ok(edit) => edits.push(edit),
                Err(_) => prop_assert_eq!((message.as_bytes(), &places(&message)), (&before.0[..], &before.1), "what fails changes nothing"),
            }
            let again = Message::parse(message.as_bytes()).unwrap();
            prop_assert_eq!(places(&message), places(&again), "after {:?}", step);
        }
        for edit in edits.into_iter().rev() {
            prop_assert!(message.undo(edit).is_ok());
        }
        prop_assert_eq!(message.as_bytes(), &bytes[..]);
        prop_assert_eq!(places(&message), places(&Message::parse(&bytes).unwrap()));
    }

    #[test]
    fn what_is_set_is_read(Shown(bytes) in message(), path in path(), text in "[ -~\n\r\té四山\u{85}\u{7f}]{1,12}") {
        let Ok(mut message) = Message::parse(&bytes) else { return Ok(()) };
        if path.contains("='") || path.starts_with("MSH-18") || !path.contains('-') {
            return Ok(());
        }
        if let Ok(edit) = message.set(&*path, &*text) {
            let places = message.query(&carewire_hl7v2::Path::parse(&path).unwrap()).map(|place| (place.text().into_owned(), place.is_null())).collect::<Vec<_>>();
            prop_assert_eq!(places, vec![(text, false); edit.count()], "{}", path);
        }
    }

    #[test]
    fn an_edited_copy_is_what_setting_one_after_the_other_gives(Shown(bytes) in message(), sets in prop::collection::vec((path(), "[a-z|é]{0,4}"), 0..5)) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        let mut edited = message.clone();
        let done = sets.iter().try_for_each(|(path, text)| edited.set(&**path, &**text).map(drop));
        let copy = message.to_bytes_with(sets.iter().map(|(path, text)| (&**path, &**text)));
        prop_assert_eq!(copy.as_deref().map_err(|error| *error), done.map(|()| edited.as_bytes()));
        prop_assert_eq!(message.as_bytes(), &bytes[..]);
    }

    #[test]
    fn no_text_in_what_is_said_about_edits(steps in prop::collection::vec(step(), 1..4)) {
        let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\rOBX|1|ST|4^Name||Value|g\rNTE|1||Note\r";
        let markers = Markers::default().plant_er7(template, &["MSH-9", "MSH-12", "MSH-18"]);
        let planted = Markers::default().plant_er7("MSH|^~\\&\rZZZ|one|two", &[]);
        let own = planted.rsplit('|').next().unwrap().to_owned();
        let mut message = Message::parse(markers.as_bytes()).unwrap();
        let mut said = String::new();
        for mut step in steps {
            if let Step::Set(.., text) | Step::Insert(.., text) | Step::Push(.., text) | Step::InsertSegment(_, text) | Step::Put(_, text) | Step::AddSegment(.., text) = &mut step {
                text.push_str(&own);
            }
            if let Step::Set(_, sort, text) = &step {
                let value = value(*sort, text);
                said.push_str(&format!("{value:?} {:?}", SegmentBuilder::new("ZZZ").field(1, value.clone())));
            }
            match apply(&mut message, &step) {
                Ok(edit) => said.push_str(&format!("{edit:?}")),
                Err(error) => said.push_str(&format!("{error} {error:?}")),
            }
        }
        prop_assert!(leak(&own).is_some(), "what is planted can be found");
        prop_assert!(leak(&said).is_none(), "{}", said.len());
    }
}
