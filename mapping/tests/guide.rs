#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]
//! Groups generated from the guide's tables, called as a site's map calls them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use carewire_hl7v2::Message;
use carewire_mapping::{Code, Context, Maps, Options, Outcome, v2_to_fhir, v2_to_fhir_files};

const SITE: &str = r#"/// url = 'http://example.org/site'
/// carewire = 'superset'
/// carewire.entry = '*'
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target
imports "urn:carewire:maps:guide:datatype:*"
imports "urn:carewire:maps:guide:segment:*"
group Site(source msg, target out : Bundle) {
  msg.all.PV1 as pv1 -> out.entry as e, e.resource = create('Location') as l then {
    pv1.f3 as pl then PL_Location(pl, l, out);
  } "place";
  msg.all.TQ1 as tq1 -> out.entry as e, e.resource = create('MedicationRequest') as r then TQ1_MedicationRequest(tq1, r, out) "timing";
  msg.all.AL1 as al1 -> out.entry as e, e.resource = create('AllergyIntolerance') as r then AL1_AllergyIntolerance(al1, r, out) "allergy";
}
"#;

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

/// The shipped maps with the site's.
static MAPS: LazyLock<Maps> = LazyLock::new(|| {
    let mut files: Vec<(&str, &str)> = v2_to_fhir_files().to_vec();
    files.push(("site.map", SITE));
    Maps::compile(&files, &Options::default())
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        .unwrap()
});

/// What the site's map makes of segments; no shipped map knows the type of the message.
fn site(segments: &str) -> Outcome {
    let text = format!("MSH|^~\\&|ADT|HOSP|||20240201||ZZZ^Z01|1|T|2.5.1\r{segments}");
    MAPS.run(&Message::parse(text.as_bytes()).unwrap(), &context())
        .unwrap()
}

fn ids_of_places(outcome: &Outcome) -> BTreeSet<String> {
    outcome
        .bundle
        .resources()
        .filter(|one| one.type_id().is_some_and(|id| id.name() == "Location"))
        .filter_map(|one| Some(one.child("id")?.text()?.into_owned()))
        .collect()
}

#[test]
fn the_levels_of_a_place_have_the_ids_of_the_shipped_maps() {
    let pv1 = "PV1|1|I|Ward^12^A^Clinic&2.999.5&ISO^^^East^3\r";
    let generated = ids_of_places(&site(pv1));
    let message = format!("MSH|^~\\&|ADT|HOSP|||20240201||ADT^A01|1|T|2.5.1\rPID|1||7\r{pv1}");
    let shipped = v2_to_fhir()
        .run(&Message::parse(message.as_bytes()).unwrap(), &context())
        .unwrap();
    let shipped = ids_of_places(&shipped);
    assert_eq!(shipped.len(), 6);
    assert_eq!(generated, shipped);
}

#[test]
fn a_moment_that_fhir_has_no_code_for_is_a_finding() {
    let made = |event: &str| {
        let outcome = site(&format!("TQ1|1||Q1J^^^^1^d^^{event}\r"));
        let is_missing = outcome
            .findings
            .iter()
            .any(|one| one.code() == Code::NoTranslation);
        (outcome.bundle.to_json().contains("\"when\":[\"AC\"]"), is_missing)
    };
    assert_eq!(made("AC"), (true, false));
    assert_eq!(made("IC"), (false, true));
}

#[test]
fn severity_is_that_of_a_reaction_or_the_criticality() {
    let json = |al1: &str| site(al1).bundle.to_json();
    let with = json("AL1|1|DA|PEN^Penicillin^L|SV|Rash\r");
    assert!(
        with.contains("\"severity\":\"severe\"") && !with.contains("criticality"),
        "{with}"
    );
    let without = json("AL1|1|DA|PEN^Penicillin^L|SV\r");
    assert!(
        without.contains("\"criticality\":\"high\"") && !without.contains("severity\":"),
        "{without}"
    );
}

/// The message tables of the guide.
const TABLES: [&str; 13] = [
    "ADT_A01", "ADT_A02", "ADT_A05", "ADT_A06", "ADT_A09", "ADT_A11", "ADT_A17", "MDM_T02", "OML_O21",
    "ORM_O01", "ORU_R01", "SIU_S12", "VXU_V04",
];

/// An event that no shipped map names: `ADT_A01` as `DTA01`.
fn event(table: &str) -> String {
    table.replace('_', "").chars().skip(1).collect()
}

/// The maps of the message tables, each started by an event that no shipped map names.
static MESSAGES: LazyLock<Maps> = LazyLock::new(|| {
    let sites: Vec<(String, String)> = TABLES
        .iter()
        .map(|table| {
            let text = format!(
                "/// url = 'http://example.org/{table}'\n/// name = '{table}'\n/// carewire.entry = 'ZZZ^{}'\n\
                 uses \"http://hl7.org/fhir/StructureDefinition/Bundle\" alias Bundle as target\n\
                 imports \"urn:carewire:maps:guide:message:{table}\"\n\
                 group Start(source msg, target out : Bundle) {{ msg then {table}_Message(msg, out); }}\n",
                event(table)
            );
            (format!("{table}.map"), text)
        })
        .collect();
    let mut files: Vec<(&str, &str)> = v2_to_fhir_files().to_vec();
    files.extend(sites.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    Maps::compile(&files, &Options::default())
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        .unwrap()
});

/// The resources that the map of a table makes of a message of its structure, by type.
fn of_table(table: &str, segments: &str) -> (Vec<String>, String) {
    let text = format!(
        "MSH|^~\\&|LAB|HOSP|||20240201101500+0000||ZZZ^{}^{table}|1|T|2.8\r{segments}",
        event(table)
    );
    let outcome = MESSAGES
        .run(&Message::parse(text.as_bytes()).unwrap(), &context())
        .unwrap();
    let mut kinds: Vec<String> = outcome
        .bundle
        .resources()
        .filter_map(|one| Some(one.type_id()?.name().to_owned()))
        .collect();
    kinds.sort();
    (kinds, outcome.bundle.to_json())
}

#[test]
fn the_maps_of_the_message_tables_compile() {
    let worst: Vec<String> = MESSAGES.warnings().iter().map(ToString::to_string).collect();
    assert!(worst.is_empty(), "{}", worst.join("\n"));
}

#[test]
fn a_message_goes_through_the_map_of_its_table() {
    let (kinds, json) = of_table(
        "ORU_R01",
        "PID|1||7^^^HOSP^MR||Doe^Ann\rORC|RE|P1|F1\rOBR|1|P1|F1|58410-2^Count^LN|||20240201|||||||||||||||||||F\r\
         OBX|1|NM|718-7^Hb^LN||13|g/dL|||||F\rOBX|2|NM|789-8^Ery^LN||4|10*6/uL|||||F\r",
    );
    for (kind, count) in [
        ("Patient", 1),
        ("DiagnosticReport", 1),
        ("Observation", 2),
        ("ServiceRequest", 1),
    ] {
        assert_eq!(
            kinds.iter().filter(|one| *one == kind).count(),
            count,
            "{kind} in {kinds:?}"
        );
    }
    assert_eq!(json.matches("\"result\":[").count(), 1, "{json}");
    let (kinds, json) = of_table(
        "ADT_A01",
        "EVN|A01|20240201\rPID|1||7^^^HOSP^MR||Doe^Ann\rPV1|1|I|W\rAL1|1|DA|X^x|SV\rAL1|2|DA|Y^y|SV\r",
    );
    for (kind, count) in [("Patient", 1), ("Encounter", 1), ("AllergyIntolerance", 2)] {
        assert_eq!(
            kinds.iter().filter(|one| *one == kind).count(),
            count,
            "{kind} in {kinds:?}"
        );
    }
    assert!(json.contains("\"subject\":{\"reference\":\"urn:uuid:"), "{json}");
}
