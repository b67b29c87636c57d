#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]
//! Whole outputs of maps over every kind of source and target.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::csv::Table;
use carewire_mapping::{Context, Input, MapErrorKind, Maps, Model, Options, Output};
use carewire_testkit::golden;

/// What a case reads, by the ends of its files' names, in the order of the names.
enum Read {
    Message(Message<'static>),
    Document(Document<'static>),
}

#[test]
fn maps_give_what_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transform");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() >= 6, "the cases are there");
    for case in cases {
        let mut files: Vec<_> = fs::read_dir(&case)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let bytes = |file: &String| fs::read(case.join(file)).unwrap();
        let mut options = Options::default();
        for file in files.iter().filter(|file| file.ends_with(".model.json")) {
            options = options.model(Model::structure_definition(&bytes(file)).unwrap());
        }
        let mut inputs = Vec::new();
        for file in files.iter().filter(|file| file.starts_with("input")) {
            let bytes = bytes(file);
            match file.rsplit('.').next().unwrap() {
                "hl7" => inputs.push(Read::Message(Message::parse(&bytes).unwrap().into_owned())),
                "csv" => {
                    let table = Table::read(&bytes).unwrap();
                    options = options.model(Model::table("http://example.org/row", table.columns()));
                    inputs.extend(table.rows().map(|row| Read::Document(row.unwrap())));
                }
                _ => inputs.push(Read::Document(Document::from_json_vec(bytes).unwrap().document)),
            }
        }
        let text = fs::read_to_string(case.join("map.map")).unwrap();
        let maps = Maps::compile(&[("map.map", &text)], &options)
            .unwrap_or_else(|all| panic!("{}:\n{}", case.display(), all[0]));
        let given: Vec<Input<'_>> = inputs
            .iter()
            .map(|input| match input {
                Read::Message(message) => Input::Message(message),
                Read::Document(document) => Input::Node(document.root()),
            })
            .collect();
        // Rows are mapped one by one, anything else is given to the map together.
        let runs: Vec<&[Input<'_>]> = if files.iter().any(|file| file.ends_with(".csv")) {
            given.chunks(1).collect()
        } else {
            vec![&given]
        };
        let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
        let mut out = String::new();
        for run in runs {
            let done = maps
                .transform("http://example.org/maps/case", run, &context)
                .unwrap();
            for target in &done.targets {
                match target {
                    Output::Document(document) => writeln!(out, "{}", document.to_json_pretty()).unwrap(),
                    Output::Json(text) => {
                        let read = Document::from_json(text.as_bytes()).unwrap();
                        writeln!(out, "{}", read.document.to_json_pretty()).unwrap();
                    }
                    Output::Message(message) => {
                        let text = String::from_utf8_lossy(message.as_bytes()).replace('\r', "\n");
                        write!(out, "{text}").unwrap();
                    }
                    _ => panic!("another kind of target"),
                }
                out.push('\n');
            }
            for finding in &done.findings {
                writeln!(out, "{finding}").unwrap();
            }
        }
        golden::check(&case.join("expected.txt"), &out);
    }
}

fn compiled(text: &str) -> Maps {
    Maps::compile(&[("m.map", text)], &Options::default()).unwrap_or_else(|all| panic!("{}", all[0]))
}

#[test]
fn what_a_map_does_not_take_is_refused() {
    let maps = compiled(
        "/// url = 'http://example.org/m'\ngroup g(source src : Patient, target tgt : Person) {\n  src.id -> tgt.id;\n}\n",
    );
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let refused = |inputs: &[Input<'_>]| {
        let error = maps
            .transform("http://example.org/m", inputs, &context)
            .unwrap_err();
        (error.kind(), error.to_string())
    };
    let is_said = |inputs: &[Input<'_>], kind: MapErrorKind, text: &str| {
        assert_eq!(refused(inputs), (kind, format!("{text} (m.map:2:7)")));
    };
    let message = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\r").unwrap();
    let other = Document::from_json(br#"{"resourceType":"Organization"}"#)
        .unwrap()
        .document;
    let patient = Document::from_json(br#"{"resourceType":"Patient"}"#)
        .unwrap()
        .document;
    let (message, other, patient) = (
        Input::Message(&message),
        Input::Node(other.root()),
        Input::Node(patient.root()),
    );
    let (count, type_of) = (MapErrorKind::SourceCount, MapErrorKind::SourceType);
    is_said(&[], count, "the map takes 1 source, and none is given");
    is_said(
        &[message, message],
        count,
        "the map takes 1 source, and 2 are given",
    );
    is_said(
        &[patient, patient],
        count,
        "the map takes 1 source, and 2 are given",
    );
    is_said(
        &[message],
        type_of,
        "source 1 is an HL7 v2 message, and the map takes Patient",
    );
    is_said(
        &[other],
        type_of,
        "source 1 is Organization, and the map takes Patient",
    );
    let unknown = maps
        .transform("http://example.org/n", &[patient], &context)
        .unwrap_err();
    assert_eq!(
        (unknown.kind(), unknown.to_string().as_str()),
        (MapErrorKind::NoMap, "no map of the set has this url")
    );
    let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\r").unwrap();
    assert_eq!(
        maps.run(&msg, &context).unwrap_err().to_string(),
        "no map of the set says by `carewire.entry` which messages it takes"
    );
    assert!(
        maps.transform("http://example.org/m", &[patient], &context)
            .is_ok()
    );
    let Input::Node(other) = other else {
        panic!("it is a node")
    };
    assert!(
        maps.run_document("http://example.org/m", other, &context)
            .is_err()
    );
}

#[test]
fn the_source_that_does_not_fit_is_named_and_so_are_those_that_are_missing() {
    let maps = compiled(
        "/// url = 'http://example.org/m'\n/// carewire.entry = 'ADT^A01'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\n\
         group g(source msg : ADT, target tgt : Person) {}\n",
    );
    let two = compiled(
        "/// url = 'http://example.org/m'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\n\
         group g(source msg : ADT, source any, target tgt : Person) {}\n",
    );
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let row = Table::read(b"a\n1\n").unwrap().rows().next().unwrap().unwrap();
    let row = Input::Node(row.root());
    let message = Message::parse(b"MSH|^~\\&|||||||ADT^A02|1|T|2.5.1\r").unwrap();
    let said = |maps: &Maps, inputs: &[Input<'_>]| {
        maps.transform("http://example.org/m", inputs, &context)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        said(&two, &[Input::Message(&message)]),
        "the map takes 2 sources, and 1 is given (m.map:3:7)"
    );
    assert_eq!(
        said(&two, &[row, Input::Message(&message)]),
        "source 1 is a document, and the map takes an HL7 v2 message (m.map:3:7)"
    );
    let entry = |message: &Message<'_>| maps.run(message, &context).unwrap_err().to_string();
    assert_eq!(
        entry(&message),
        "no map has an entry for the event of the message"
    );
    let nameless = Message::parse(b"MSH|^~\\&|||||||||T|2.5.1\r").unwrap();
    assert_eq!(
        entry(&nameless),
        "the message does not say in MSH-9 what it is, and no map takes any"
    );
}

#[test]
fn a_document_is_asked_of_a_map_that_makes_none() {
    let maps = compiled(
        "/// url = 'http://example.org/m'\n/// carewire.entry = '*'\nuses 'urn:x' alias X as target\ngroup g(source src, target tgt : X) {\n  src.MSH as msh -> tgt.id = (msh.f10);\n}\n",
    );
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let message = Message::parse(b"MSH|^~\\&|||||||ADT^A01|17|T|2.5.1\r").unwrap();
    assert_eq!(
        maps.run(&message, &context).unwrap_err().kind(),
        MapErrorKind::NoDocument
    );
    let mut bytes = Vec::new();
    assert!(maps.run_json(&message, &context, &mut bytes).is_err() && bytes.is_empty());
    let done = maps.transform_message(&message, &context).unwrap();
    assert_eq!(done.targets, [Output::Json(r#"{"id":"17"}"#.to_owned())]);
}

#[test]
fn a_message_that_cannot_be_written_is_an_error_and_its_text_is_kept_as_it_is() {
    let map = "/// url = 'http://example.org/m'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias A as target\ngroup g(source src, target tgt : A) {\n  src.n as n -> tgt.MSH as msh, msh.f18 = (src.set), tgt.PID as pid, pid.f5.c1 = n;\n}\n";
    let maps = compiled(map);
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let run = |json: &str| {
        let document = Document::from_json(json.as_bytes()).unwrap().document;
        maps.transform("http://example.org/m", &[Input::Node(document.root())], &context)
            .map(|done| done.targets[0].to_bytes())
    };
    assert_eq!(
        run(r#"{"n":"a|b"}"#).unwrap(),
        b"MSH|^~\\&||||||||||2.5.1\rPID|||||a\\F\\b\r"
    );
    assert_eq!(
        run(r#"{"n":"\u00e9","set":"8859/1"}"#).unwrap(),
        b"MSH|^~\\&||||||||||2.5.1||||||8859/1\rPID|||||\xe9\r"
    );
    assert_eq!(
        run(r#"{"n":"\u20ac","set":"8859/1"}"#).unwrap_err().kind(),
        MapErrorKind::Message
    );
    assert!(
        run(r#"{"n":"\u20ac"}"#)
            .unwrap()
            .ends_with("|UNICODE UTF-8\rPID|||||\u{20ac}\r".as_bytes())
    );
}

#[test]
fn output_has_a_limit() {
    let maps = compiled(
        "/// url = 'http://example.org/m'\nuses 'urn:x' alias X as target\ngroup g(source src, target tgt : X) {\n  src.a as a -> tgt.b = a;\n  src -> tgt.c = 'x';\n}\n",
    );
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap())
        .limits(carewire_mapping::Limits::default().elements(10));
    let many = format!("{{\"a\":[{}]}}", vec!["1"; 50].join(","));
    let document = Document::from_json(many.as_bytes()).unwrap().document;
    let error = maps
        .transform("http://example.org/m", &[Input::Node(document.root())], &context)
        .unwrap_err();
    assert_eq!(error.kind(), MapErrorKind::Output);
}

/// Two messages, of different delimiters and zones, are the sources of one run: each of their places is read by its own.
#[test]
fn several_messages_are_the_sources_of_one_run() {
    let maps = compiled(
        "/// url = 'http://example.org/m'\n/// carewire = 'superset'\n\
         uses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\nuses 'urn:hl7-org:v2xml:ORU_R01' alias ORU as source\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as target\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Observation' alias Observation as target\n\
         group merge(source adt : ADT, source oru : ORU, target patient : Patient, target seen : Observation) {\n\
           adt.PID as pid -> patient.id = (pid.f3.c1) then {\n    pid.f5 as n -> patient.name as name, name.family = (n.c1);\n    pid.f29 as d -> patient.deceased = toDateTime(d);\n  };\n\
           adt.PID as a, oru.all.PID as b where (f3.c1 = %a.f3.c1) -> patient.active = true;\n\
           oru.all.OBX as obx -> seen.status = 'final', seen.value = cast((obx.f5), 'string') then {\n    obx.f14 as d -> seen.effective = toDateTime(d);\n  };\n}\n",
    );
    let adt = Message::parse(
        b"MSH|^~\\&|A||||20240101080000+0100||ADT^A01|1|T|2.5.1\rPID|||7^X||Doe^Ann||||||||||||||||||||||||20240101070000\rPV1|1|I\r",
    )
    .unwrap();
    let oru = Message::parse(
        b"MSH$*~\\&$B$$$$20240101080000-0500$$ORU*R01$2$T$2.5.1\rPID$$$7*Y\rOBR$1\rOBX$1$ST$1*x$$a^b$$$$$$F$$$20240101060000\r",
    )
    .unwrap();
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap()).lineage(true);
    let inputs = [Input::Message(&adt), Input::Message(&oru)];
    let done = maps.transform("http://example.org/m", &inputs, &context).unwrap();
    let texts: Vec<String> = done
        .targets
        .iter()
        .map(|target| String::from_utf8(target.to_bytes()).unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            r#"{"resourceType":"Patient","id":"7","active":true,"name":[{"family":"Doe"}],"deceasedDateTime":"2024-01-01T07:00:00+01:00"}"#,
            r#"{"resourceType":"Observation","status":"final","effectiveDateTime":"2024-01-01T06:00:00-05:00","valueString":"a^b"}"#,
        ]
    );
    // What no rule read of either, PV1-2 and PID-5.2 of the one, OBX-3 of the other.
    let unread: Vec<&str> = done.unread.fields().map(|(path, _)| path).collect();
    assert!(
        unread.contains(&"PV1-2") && unread.contains(&"OBX-3"),
        "{unread:?}"
    );
    assert!(
        !unread.contains(&"OBX-5") && !unread.contains(&"PID-29"),
        "{unread:?}"
    );
    let lineage = done.lineage.unwrap();
    let of = |path: &str| {
        let traced = lineage.explain(path).next().unwrap();
        (
            traced.sources()[0].path().to_owned(),
            traced.sources()[0].source(),
        )
    };
    assert_eq!(of("Patient.name.family"), ("PID-5.1".to_owned(), 0));
    assert_eq!(of("Observation.value"), ("OBX-5".to_owned(), 1));
    // Given twice, a message is counted once.
    let twice = maps
        .transform(
            "http://example.org/m",
            &[Input::Message(&adt), Input::Message(&adt)],
            &context,
        )
        .unwrap();
    assert_eq!(twice.unread.values(), adt_values(&adt));
}

fn adt_values(message: &Message<'_>) -> usize {
    let maps = compiled(
        "/// url = 'http://example.org/m'\n/// carewire.entry = '*'\ngroup g(source msg, target bundle) {\n  msg.MSH as msh -> bundle.type = 'message';\n}\n",
    );
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    maps.run(message, &context).unwrap().unread.values()
}
