#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]
//! Where elements come from, and how much of a message is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use carewire_fhir_model::{Document, Visit};
use carewire_hl7v2::Message;
use carewire_mapping::{Context, Coverage, Input, Maps, Options, v2_to_fhir};
use carewire_testkit::markers::{Markers, assert_none};

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

/// The messages of the conversion tests.
fn messages() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/convert");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let inputs = files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "hl7"));
    inputs.map(|path| fs::read(path).unwrap()).collect()
}

fn compiled(text: &str) -> Maps {
    Maps::compile(&[("m.map", text)], &Options::default())
        .map_err(|all| all[0].clone())
        .unwrap()
}

#[test]
fn every_value_of_an_output_is_traced_to_a_rule_and_every_path_is_in_the_output() {
    let mut count = 0;
    for bytes in messages() {
        let msg = Message::parse(&bytes).unwrap();
        let plain = v2_to_fhir().run(&msg, &context()).unwrap();
        assert!(plain.lineage.is_none());
        let traced = v2_to_fhir().run(&msg, &context().lineage(true)).unwrap();
        assert_eq!(plain.bundle.to_json(), traced.bundle.to_json());
        assert_eq!(plain.findings, traced.findings);
        assert_eq!(plain.unread, traced.unread);
        let lineage = traced.lineage.unwrap();
        let paths: BTreeSet<&str> = lineage.elements().iter().map(|one| one.path()).collect();
        let mut there = BTreeSet::new();
        let _ = traced.bundle.visit(|node, path| {
            there.insert(path.to_owned());
            if node.has_value() {
                // What a transform builds of parts is traced as one.
                let ends = path.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| at);
                let known = ends
                    .map(|at| &path[..at])
                    .chain([path])
                    .skip(1)
                    .any(|above| paths.contains(above));
                assert!(known, "{path}");
                count += 1;
            }
            Visit::Into
        });
        for path in &paths {
            // An element that was made and stays empty has no place in the output.
            assert!(there.contains(*path), "{path}");
        }
        for one in lineage.elements() {
            for source in one.sources() {
                let bytes = source.bytes().unwrap();
                assert!(bytes.end <= msg.as_bytes().len(), "{one}");
            }
        }
    }
    assert!(count > 500, "{count} values");
}

#[test]
fn lineage_holds_no_value() {
    let template = "MSH|^~\\&|APP|HOSP|||20240201||ADT^A08^ADT_A01|17|T|2.5.1\rEVN|A08|2024\rPID|1|2|7^^^HOSP&1.2&ISO^MR||Doe^Ann||1980|F||2106-3|Road 1\rPV1|1|I|W^1^2\r";
    let planted = Markers::default().plant_er7(template, &["MSH-9", "MSH-12"]);
    let msg = Message::parse(planted.as_bytes()).unwrap();
    let out = v2_to_fhir().run(&msg, &context().lineage(true)).unwrap();
    let lineage = out.lineage.unwrap();
    assert_none("lineage", &format!("{lineage:?} {}", lineage.to_json()));
    for one in lineage.elements() {
        assert_none("an element", &one.to_string());
    }
}

#[test]
fn an_element_names_what_its_value_was_taken_from() {
    let map = r#"
/// url = 'http://example.org/m'
uses "urn:example:any" alias Any as target
group g(source src : Patient, target tgt : Patient, target any : Any) {
  src.name as n -> tgt.name as name, name.text = (n.given.first() & ' ' & n.family) then {
    n.family as f -> name.family = f, name.use = 'usual';
  };
  src.birthDate -> tgt.birthDate;
  src.contact as c -> any.who as who, who.name = (c.name.family), any.copy = c;
}"#;
    let maps = compiled(map);
    let json = br#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann","Bea"]}],"birthDate":"1980","contact":[{"name":{"family":"Roe"}},{"name":{"family":"Moe"}}]}"#;
    let patient = Document::from_json(json).unwrap().document;
    let done = maps
        .transform(
            "http://example.org/m",
            &[Input::Node(patient.root())],
            &context().lineage(true),
        )
        .unwrap();
    let lineage = done.lineage.unwrap();
    let shown: Vec<String> = lineage
        .elements()
        .iter()
        .map(|one| format!("{}: {one}", one.target()))
        .collect();
    assert_eq!(
        shown,
        [
            "0: Patient.name[0] by m.map:5:3 from Patient.name[0]",
            "0: Patient.name[0].text by m.map:5:3 from Patient.name[0].given[0], Patient.name[0].family",
            "0: Patient.name[0].family by m.map:6:5 from Patient.name[0].family",
            "0: Patient.name[0].use by m.map:6:5 from Patient.name[0].family",
            "0: Patient.birthDate by m.map:8:3 from Patient.birthDate",
            "1: who[0] by m.map:9:3 from Patient.contact[0]",
            "1: who[0].name by m.map:9:3 from Patient.contact[0].name.family",
            "1: copy[0] by m.map:9:3 from Patient.contact[0]",
            "1: who[1] by m.map:9:3 from Patient.contact[1]",
            "1: who[1].name by m.map:9:3 from Patient.contact[1].name.family",
            "1: copy[1] by m.map:9:3 from Patient.contact[1]",
        ]
    );
}

#[test]
fn coverage_sums_up_and_merges() {
    let map = r#"
/// url = 'http://example.org/m'
/// carewire.entry = '*'
/// carewire = 'superset'
uses "http://hl7.org/fhir/StructureDefinition/Encounter" alias Encounter as target
group g(source msg, target tgt : Encounter) {
  msg.PID as pid then {
    pid.f3.c1 as v where (pid.f8 = 'F') -> tgt.identifier = id('urn:x', v);
    ignore pid.f9 "an alias is not wanted";
  };
}"#;
    let maps = compiled(map);
    let run = |text: &str| {
        let msg = Message::parse(text.as_bytes()).unwrap().into_owned();
        maps.run(&msg, &context()).unwrap()
    };
    let first = run("MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||7||Doe^Ann|||F|Alias\r");
    let second = run("MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||7||Doe|||M|\rNTE|1\r");
    let mut all = Coverage::default();
    all.add(&first.unread, Some(&first.bundle));
    let mut other = Coverage::default();
    other.add(&second.unread, Some(&second.bundle));
    all.merge(&other);
    let mut both = Coverage::default();
    both.add(&first.unread, Some(&first.bundle));
    both.add(&second.unread, Some(&second.bundle));
    assert_eq!(all, both);
    assert_eq!(
        all.to_json(),
        "{\"messages\":2,\"values\":19,\"unread\":15,\"percent\":21.05,\"fields\":[{\"path\":\"MSH-10\",\"values\":2,\"messages\":2},\
         {\"path\":\"MSH-11\",\"values\":2,\"messages\":2},{\"path\":\"MSH-12\",\"values\":2,\"messages\":2},{\"path\":\"MSH-9\",\"values\":4,\"messages\":2},\
         {\"path\":\"NTE-1\",\"values\":1,\"messages\":1},{\"path\":\"PID-3\",\"values\":1,\"messages\":1},{\"path\":\"PID-5\",\"values\":3,\"messages\":2}],\
         \"leftEmpty\":[{\"path\":\"Encounter.class\",\"count\":2},{\"path\":\"Encounter.status\",\"count\":2}]}"
    );
    let unread: Vec<String> = maps
        .unread_fields()
        .map(|field| field.path().to_owned())
        .collect();
    assert!(unread.contains(&"PID-5".to_owned()) && unread.contains(&"PID-9".to_owned()));
    assert!(!unread.contains(&"PID-3".to_owned()) && !unread.contains(&"PID-8".to_owned()));
    let left_out: Vec<String> = maps
        .left_out()
        .map(|one| format!("{}: {} {}", one.path(), one.reason(), one.rule()))
        .collect();
    assert_eq!(left_out, ["pid.f9: an alias is not wanted m.map:9:5"]);
    assert_eq!(Coverage::default().percent(), 100.0);
}

#[test]
fn a_provenance_refers_to_the_resources_of_a_bundle() {
    let bytes = messages().swap_remove(0);
    let msg = Message::parse(&bytes).unwrap();
    let now = "2024-02-01T10:00:00Z".parse().unwrap();
    let out = v2_to_fhir().run(&msg, &context().lineage(true)).unwrap();
    let provenance = out.lineage.unwrap().to_provenance(&out.bundle, &now).unwrap();
    let read = Document::from_json(provenance.as_bytes())
        .unwrap()
        .strict()
        .unwrap();
    let urls: BTreeSet<String> = out
        .bundle
        .root()
        .children_named("entry")
        .filter_map(|entry| Some(entry.child("fullUrl")?.text()?.into_owned()))
        .collect();
    let mut count = 0;
    for target in read.root().children_named("target") {
        let reference = target.child("reference").unwrap().text().unwrap();
        assert!(urls.contains(&*reference));
        count += 1;
    }
    assert!(count > 20);
}
