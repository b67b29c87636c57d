#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]
//! Files that replace groups and concept maps of others by their names.

use carewire_hl7v2::Message;
use carewire_mapping::{Code, Context, Maps, Options, Severity};

const BASE: &str = r#"/// url = 'http://example.org/base'
/// name = 'base'
/// carewire.entry = '*'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
conceptmap "sex" {
  prefix s = "urn:s"
  prefix t = "urn:t"
  s:F - t:female
}
group Base(source msg, target p : Patient) {
  msg.PID as pid then Name(pid, p), Sex(pid, p);
}
group Name(source pid, target p : Patient) {
  pid.f5 as v -> p.name as n, n.family = (v.c1);
}
group Sex(source pid, target p : Patient) {
  pid.f8 as v -> p.gender = translate(v, '#sex', 'code');
}
"#;

fn run(files: &[(&str, &str)]) -> String {
    let maps = Maps::compile(files, &Options::default())
        .map_err(|all| all[0].to_string())
        .unwrap();
    let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||||Doe^Ann|||W\r").unwrap();
    let out = maps
        .run(&msg, &Context::at("2024-02-01T10:00:00Z".parse().unwrap()))
        .unwrap();
    out.bundle.to_json()
}

#[test]
fn a_group_and_a_concept_map_are_replaced_by_name_and_the_rest_stays() {
    let over = r#"/// url = 'http://example.org/site'
/// carewire.overlay = 'http://example.org/base'
conceptmap "sex" {
  prefix s = "urn:s"
  prefix t = "urn:t"
  s:W - t:female
}
group Name(source pid, target p : Patient) {
  pid.f5 as v -> p.name as n, n.text = (v.c2 & ' ' & v.c1);
}
"#;
    assert_eq!(
        run(&[("base.map", BASE)]),
        r#"{"resourceType":"Patient","name":[{"family":"Doe"}]}"#
    );
    let expected = r#"{"resourceType":"Patient","name":[{"text":"Ann Doe"}],"gender":"female"}"#;
    assert_eq!(run(&[("base.map", BASE), ("site.map", over)]), expected);
    assert_eq!(run(&[("site.map", over), ("base.map", BASE)]), expected);
}

#[test]
fn what_is_replaced_can_be_extended_and_overlays_lie_over_each_other() {
    let over = "/// url = 'http://example.org/site'\n/// carewire.overlay = 'http://example.org/base'\n\
        group Name(source pid, target p : Patient) extends Name {\n  pid -> p.active = true;\n}\n";
    assert_eq!(
        run(&[("base.map", BASE), ("site.map", over)]),
        r#"{"resourceType":"Patient","active":true,"name":[{"family":"Doe"}]}"#
    );
    let ward = "/// url = 'http://example.org/ward'\n/// carewire.overlay = 'http://example.org/site'\n\
        group Name(source pid, target p : Patient) extends Name {\n  pid -> p.birthDate = '1980';\n}\n";
    assert_eq!(
        run(&[("base.map", BASE), ("ward.map", ward), ("site.map", over)]),
        r#"{"resourceType":"Patient","active":true,"name":[{"family":"Doe"}],"birthDate":"1980"}"#
    );
    // The group that a message starts is replaced as any other.
    let entry = "/// url = 'http://example.org/site'\n/// carewire.overlay = 'http://example.org/base'\n\
        group Base(source msg, target p : Patient) {\n  msg -> p.active = false;\n}\n";
    assert_eq!(
        run(&[("base.map", BASE), ("site.map", entry)]),
        r#"{"resourceType":"Patient","active":false}"#
    );
}

#[test]
fn an_overlay_that_replaces_nothing_or_something_else_is_a_fault() {
    let codes = |over: &str| {
        let over = format!("/// url = 'http://example.org/site'\n/// name = 'site'\n{over}");
        let all = Maps::compile(&[("base.map", BASE), ("site.map", &over)], &Options::default()).unwrap_err();
        let errors = all.iter().filter(|one| one.severity() == Severity::Error);
        errors.map(|one| one.code()).collect::<Vec<_>>()
    };
    let named = "/// carewire.overlay = 'http://example.org/base'\n";
    assert_eq!(
        codes("/// carewire.overlay = 'http://example.org/bas'\ngroup Name(source a, target b) {}\n"),
        [Code::UnknownOverlay]
    );
    assert_eq!(
        codes(&format!("{named}group Nam(source a, target b) {{}}\n")),
        [Code::UnknownOverlay]
    );
    assert!(codes(&format!("{named}group Name(source a) {{}}\n")).contains(&Code::ParameterCount));
    let own = "/// carewire.overlay = 'http://example.org/site'\ngroup Name(source a, target b) {}\n";
    assert_eq!(codes(own), [Code::UnknownOverlay]);
}
