//! The groups of `maps/library/Normal.map`: whatever is sent, something is written, and the text that was sent is kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::csv::Table;
use carewire_mapping::{Context, Input, Maps, Options, Output, v2_to_fhir_files};
use proptest::prelude::*;

const ALL: &str = r"
/// url = 'http://example.org/all'
uses 'http://hl7.org/fhir/StructureDefinition/Bundle' alias Bundle as target
imports 'urn:carewire:maps:library:Normal'
group All(source row, target out : Bundle) {
  row.v as v -> out.entry as e, create('Patient') as p, e.resource = p, p.name as n, p.telecom as t, p.address as a, row.country as c then {
    v -> p then Family(v, n), Given(v, n), Gender(v, p), BirthDate(v, p), Line(v, a), City(v, a), State(v, a), Country(v, a);
    v -> p then Phone(v, c, t), PostalCode(v, c, a);
  };
  row.v as v -> out.entry as e, create('Observation') as o, e.resource = o, create('Quantity') as q, o.value = q then Unit(v, q);
}";

fn maps(map: &str) -> Maps {
    let library = v2_to_fhir_files()
        .iter()
        .filter(|(name, _)| name.starts_with("library/"));
    let files: Vec<(&str, &str)> = [("all.map", map)].into_iter().chain(library.copied()).collect();
    Maps::compile(&files, &Options::default()).unwrap_or_else(|all| panic!("{}", all[0]))
}

/// The Bundle of a text and a country.
fn normal(maps: &Maps, text: &str, country: &str) -> (Document<'static>, Vec<&'static str>) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let table = format!("v,country\n{},{}\n", quoted(text), quoted(country));
    let table = Table::read(table.as_bytes()).unwrap();
    let row = table.rows().next().unwrap().unwrap();
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let mut done = maps
        .transform("http://example.org/all", &[Input::Node(row.root())], &context)
        .unwrap();
    let codes = done
        .findings
        .iter()
        .map(|finding| finding.code().as_str())
        .collect();
    let Output::Document(bundle) = done.targets.remove(0) else {
        panic!("no document")
    };
    (bundle, codes)
}

/// Whether the element at a path holds the text, as its value or as what was sent.
fn keeps(bundle: &Document<'_>, path: &str, text: &str) -> bool {
    let sent = format!(
        "{path} | {path}.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/originalText').value"
    );
    let program = carewire_fhirpath::compile(&sent).unwrap();
    let found = program
        .evaluate(bundle.root(), &carewire_fhirpath::Context::new())
        .unwrap();
    found
        .iter()
        .any(|item| item.text().is_some_and(|found| found == text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_was_sent_is_kept_by_every_group(text in prop_oneof!["[ -~]{1,24}", "[A-Z0-9 ]{1,12}", "\\PC{1,12}", "[0-9]{4,14}"], country in "US|DE|GB|zz") {
        // Of these four the code of the gender says the same.
        prop_assume!(!text.trim().is_empty() && !["F", "M", "O", "U"].contains(&text.as_str()));
        let maps = maps(ALL);
        let (bundle, findings) = normal(&maps, &text, &country);
        for path in ["name.family", "name.given", "gender", "birthDate", "address.line", "address.city", "address.state", "address.country", "address.postalCode", "telecom.value"] {
            prop_assert!(keeps(&bundle, &format!("Bundle.entry.resource.ofType(Patient).{path}"), &text), "{} {:?}\n{}", path, findings, bundle.to_json());
        }
        prop_assert!(keeps(&bundle, "Bundle.entry.resource.ofType(Observation).value.unit", &text), "{}", bundle.to_json());
        prop_assert!(findings.is_empty(), "{:?}\n{}", findings, bundle.to_json());
    }
}

const TIMES: &str = r"
/// url = 'http://example.org/all'
/// carewire = 'superset'
uses 'http://example.org/Times' alias Times as target
group Times(source msg, target out : Times) {
  msg.EVN as evn then {
    evn.f2 as v -> out.engine = toDateTime(v), out.library = (zonedDateTime(%v, %msg.MSH.f7));
  };
}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// With the offset of MSH-7 a time is what the engine itself makes of it.
    #[test]
    fn times_take_the_offset_of_the_message(
        time in "(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9])(([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9](\\.[0-9]{1,4})?)?([+-]0[0-9]00)?)?",
        zone in "[+-](0[0-9]|1[0-3])[0-5][0-9]",
    ) {
        let text = format!("MSH|^~\\&|A|B|||20240201103000{zone}||ADT^A01|1|T|2.5.1\rEVN|A01|{time}\r");
        let msg = Message::parse(text.as_bytes()).unwrap();
        let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
        let done = maps(TIMES).transform("http://example.org/all", &[Input::Message(&msg)], &context).unwrap();
        let json = String::from_utf8(done.targets[0].to_bytes()).unwrap();
        if done.findings.is_empty() {
            let (_, engine) = json.split_once(r#""engine":""#).unwrap();
            let (engine, _) = engine.split_once('"').unwrap();
            prop_assert!(json.contains(&format!(r#""library":"{engine}""#)), "{}", json);
        } else {
            // No date, such as the 30th of February: the library gives it back.
            prop_assert_eq!(json, format!(r#"{{"library":"{time}"}}"#));
        }
    }
}

#[test]
fn what_differs_is_written_with_what_was_sent_beside_it() {
    let map = "/// url = 'http://example.org/all'\nimports 'urn:carewire:maps:library:Normal'\n\
        group One(source row, target p : Patient) {\n  row.v as v, row.country as c -> p.telecom as t then Phone(v, c, t);\n  row.v as v -> p then Gender(v, p);\n}\n";
    let (patient, _) = normal(&maps(map), "(555) 555-0123", "US");
    assert_eq!(
        patient.to_json(),
        r#"{"resourceType":"Patient","telecom":[{"system":"phone","value":"+15555550123","_value":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/originalText","valueString":"(555) 555-0123"}]}}],"gender":"unknown","_gender":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/originalText","valueString":"(555) 555-0123"}]}}"#
    );
    let (patient, _) = normal(&maps(map), "female", "US");
    assert!(
        patient.to_json().ends_with(r#""gender":"female"}"#),
        "{}",
        patient.to_json()
    );
}

#[test]
fn a_library_function_is_of_the_superset_and_a_host_may_take_its_name() {
    let map = "/// url = 'http://example.org/m'\n/// name = 'm'\ngroup g(source src : Patient, target tgt : Person) {\n  src.gender as v -> tgt.gender = administrativeGender(v);\n  src.name as n where (personName(%n.family) = 'X') -> tgt.active = true;\n}\n";
    let refused = Maps::compile(&[("m.map", map)], &Options::default()).unwrap_err();
    let found: Vec<(usize, &str)> = refused
        .iter()
        .map(|one| (one.line() as usize, one.code().as_str()))
        .collect();
    assert_eq!(found, [(4, "superset"), (5, "superset")]);
    let own = Options::default()
        .function("administrativeGender", 1, 1)
        .function("personName", 1, 1)
        .strict(true);
    assert!(Maps::compile(&[("m.map", map)], &own).is_ok());
}
