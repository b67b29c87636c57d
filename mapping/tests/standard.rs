#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::{
    BundleKind, Context, Limits, Maps, Options, Severity, Zone, v2_to_fhir, v2_to_fhir_files,
};

const ADMISSION: &[u8] = b"MSH|^~\\&|ADT|HOSP|RCV|RF|20240201103000+0100||ADT^A01^ADT_A01|17|T|2.5.1\r\
    EVN|A01|20240201103000\rPID|1||7^^^HOSP^MR||Doe^Ann^\"\"||19800229|F\rPV1|1|I|W^1^2^HOSP\r";

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

#[test]
fn the_standard_maps_compile() {
    let worst: Vec<String> = v2_to_fhir().warnings().iter().map(ToString::to_string).collect();
    assert!(!v2_to_fhir().entries().is_empty(), "{}", worst.join("\n"));
    assert!(worst.is_empty(), "{}", worst.join("\n"));
}

#[test]
fn every_file_of_the_standard_maps_compiles() {
    // Also what no message goes through yet: a site's maps may import it.
    let maps = Maps::compile(v2_to_fhir_files(), &Options::default()).unwrap();
    let worst: Vec<String> = maps.warnings().iter().map(ToString::to_string).collect();
    assert!(worst.is_empty(), "{}", worst.join("\n"));
    assert_eq!(maps.entries(), v2_to_fhir().entries());
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    let msg = Message::parse(ADMISSION).unwrap();
    let first = v2_to_fhir().run(&msg, &context()).unwrap();
    let again = v2_to_fhir().run(&msg, &context()).unwrap();
    assert_eq!(first.bundle.to_json(), again.bundle.to_json());
    let mut json = Vec::new();
    v2_to_fhir().run_json(&msg, &context(), &mut json).unwrap();
    assert_eq!(String::from_utf8(json).unwrap(), first.bundle.to_json());
    assert!(
        first
            .findings
            .iter()
            .all(|finding| finding.severity() != Severity::Error),
        "{:?}",
        first.findings
    );
    assert!(
        first
            .findings
            .iter()
            .any(|finding| finding.path() == Some("PID-5.3")),
        "{:?}",
        first.findings
    );
}

/// Base64 beyond what a text of FHIRPath may have is data like any other.
#[test]
fn a_large_attachment_is_there_whole() {
    let data = "TWFu".repeat(4_200_000);
    let message = format!(
        "MSH|^~\\&|LAB|HOSP|RCV|RF|20240201103000+0100||ORU^R01^ORU_R01|17|T|2.5.1\rPID|1||7^^^HOSP^MR\r\
         OBR|1||9|11502-2^Report^LN|||20240201\rOBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^{data}||||||F\r"
    );
    let msg = Message::parse(message.as_bytes()).unwrap();
    let mut json = Vec::new();
    let report = v2_to_fhir().run_json(&msg, &context(), &mut json).unwrap();
    let errors: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let json = String::from_utf8(json).unwrap();
    assert_eq!(json.matches(&format!("\"data\":\"{data}\"")).count(), 3);
}

/// A component is found by its number, however many there are.
#[test]
fn components_behind_those_of_any_type_are_read() {
    let map = "/// url = 'urn:x'\n/// carewire = 'superset'\n/// carewire.entry = '*'\ngroup g(source msg, target out) {\n\
        msg.all.PID as pid -> out.entry as e, e.resource = create('Patient') as p then {\n\
        pid.f5 as n where (c33.exists()) then { n.c1 as v -> p.name as m, m.text = v; n.c32 as v -> p.name as m, m.text = v;\n\
        n.c33 as v -> p.name as m, m.text = v; n.c40 as v -> p.name as m, m.text = v; n.c70 as v -> p.name as m, m.text = v; };\n};\n}\n";
    let maps = Maps::compile(&[("all.map", map)], &Options::default()).map_err(|all| all[0].to_string());
    let parts: Vec<String> = (1..=70).map(|number| format!("part {number}")).collect();
    let message = format!("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||{}\r", parts.join("^"));
    let msg = Message::parse(message.as_bytes()).unwrap();
    let json = maps.unwrap().run(&msg, &context()).unwrap().bundle.to_json();
    for number in [1, 32, 33, 40, 70] {
        assert!(json.contains(&format!("\"part {number}\"")), "{number}: {json}");
    }
}

/// The text of an element of the Bundle, by the names down to it.
fn text_of(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":\""))?;
    rest.split_once('"').map(|(text, _)| text.to_owned())
}

/// How many rules and places of the message a run needs, to the nearest power of two above.
fn work(kind: &str, head: &str, item: &str, count: usize) -> u64 {
    let mut message = format!(
        "MSH|^~\\&|APP|HOSP|||20240201103000||{kind}|17|T|2.5.1\rPID|1||7^^^HOSP^MR\r{}",
        head.replace('\n', "\r")
    );
    for number in 0..count {
        message.push_str(&item.replace("{}", &number.to_string()).replace('\n', "\r"));
    }
    let message = Message::parse(message.as_bytes()).unwrap();
    let runs = |steps: &u64| {
        let limits = Limits::default().steps(*steps).elements(usize::MAX);
        v2_to_fhir().run(&message, &context().limits(limits)).is_ok()
    };
    (0..32).map(|power| 1 << power).find(runs).unwrap()
}

#[test]
fn the_work_grows_with_what_repeats_in_a_message() {
    for (kind, head, item) in [
        (
            "ORM^O01^ORM_O01",
            "",
            "ORC|NW|{}^A\nOBR|{}|{}^A||c^Code^LN\nNTE|1||seen\n",
        ),
        (
            "OML^O21^OML_O21",
            "",
            "ORC|NW|{}^A\nTQ1|1||1||||20240201\nOBR|{}|{}^A||c^Code^LN\nPRT|1|AD||OP|{}^Doe^Ann\n",
        ),
        (
            "ADT^A01^ADT_A01",
            "EVN|A01\nPV1|1|I\n",
            "PRT|1|AD||AT|{}^Doe^Ann\n",
        ),
        (
            "RDE^O11^RDE_O11",
            "",
            "ORC|NW|{}^A\nRXE|1|m^Drug^L|1||mg\nRXR|PO\nTQ1|1|||BID\n",
        ),
        (
            "VXU^V04^VXU_V04",
            "",
            "ORC|RE|{}^A\nRXA|0|1|20240201||8^Hep B^CVX|1\nRXR|IM\nNTE|1||seen\n",
        ),
        (
            "ORU^R01^ORU_R01",
            "OBR|1|1^A||c^Code^LN\n",
            "OBX|{}|NM|{}^Code^LN||5|mg|||||F\nNTE|1||seen\n",
        ),
        (
            "ORU^R01^ORU_R01",
            "",
            "ORC|RE|{}^A\nOBR|{}|{}^A||c^Code^LN\nOBX|1|NM|a^Code^LN||5|mg|||||F\n",
        ),
        (
            "ORU^R01^ORU_R01",
            "",
            "OBR|{}|1^A||c^Code^LN\nOBX|1|NM|a^Code^LN||5|mg|||||F\n",
        ),
        (
            "ORU^R01^ORU_R01",
            "OBR|1|1^A||c^Code^LN\n",
            "OBX|{}|TX|a^Code^LN|1|a line||||||F\n",
        ),
        (
            "ORU^R01^ORU_R01",
            "OBR|1|1^A||c^Code^LN\n",
            "OBX|{}|TX|{}^Code^LN|1|a line||||||F\nOBX|{}|FT|{}^Code^LN|1|and one||||||F\n",
        ),
        (
            "DFT^P03^DFT_P03",
            "EVN|P03\n",
            "FT1|{}|{}||20240201||CG|c^Code^L\n",
        ),
        (
            "ADT^A08^ADT_A01",
            "EVN|A08\nPV1|1|I\n",
            "AL1|{}|DA|{}^Thing^L\nDG1|{}||{}^Pain^I10\n",
        ),
    ] {
        // Four times as many take no more than eight times the work; what looks through all for each of them takes sixteen times.
        let (few, many) = (work(kind, head, item, 400), work(kind, head, item, 1_600));
        assert!(many <= 8 * few, "{kind}: {few} and {many} steps");
    }
}

#[test]
fn the_work_grows_with_the_entries_of_a_bundle() {
    let map = "/// url = 'urn:x'\n\
        group Entries(source src : Bundle, target out : Bundle) {\n  src.entry as e -> out.entry as t then {\n\
            e.resource : Observation as o -> t.resource = create('Observation') as r then Copy(o, r);\n  };\n}\n\
        group Copy(source src : Observation, target tgt : Observation) {\n  src.status -> tgt.status;\n  src.code -> tgt.code;\n\
          src.value -> tgt.value;\n}\n";
    let maps = Maps::compile(&[("x.map", map)], &Options::default()).unwrap();
    let work = |count: usize| {
        let entry = r#"{"resource":{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"b"}}"#;
        let json = format!(
            r#"{{"resourceType":"Bundle","entry":[{}]}}"#,
            vec![entry; count].join(",")
        );
        let source = Document::from_json(json.as_bytes()).unwrap().document;
        let runs = |steps: &u64| {
            let limits = Limits::default().steps(*steps).elements(usize::MAX);
            let context = context().limits(limits);
            maps.run_document("urn:x", source.root(), &context).is_ok()
        };
        (0..32).map(|power| 1 << power).find(runs).unwrap()
    };
    let (few, many): (u64, u64) = (work(1_000), work(4_000));
    assert!(many <= 8 * few, "{few} and {many} steps");
}

#[test]
fn an_order_of_specimens_has_its_orc_behind_participations() {
    // Since 2.7 PRT may stand between OBR and ORC of OUL_R22.
    let text = b"MSH|^~\\&|APP|HOSP|||20240201103000||OUL^R22^OUL_R22|17|T|2.8\rPID|1||7^^^HOSP^MR\rSPM|1|s^1||BLD\r\
        OBR|1|1^A||c^Code^LN\rPRT||AD||AD|9^Doe^Ann\rORC|SC|||8^G|CM\rOBX|1|ST|c^Code^LN||text||||||F\rOBR|2|2^A||c^Code^LN\r";
    let message = Message::parse(text).unwrap();
    let json = v2_to_fhir().run(&message, &context()).unwrap().bundle.to_json();
    let status = |number: &str| {
        let (_, rest) = json
            .split("\"resourceType\":\"ServiceRequest\"")
            .find_map(|resource| resource.split_once(&format!("\"value\":\"{number}\"")))
            .unwrap();
        text_of(rest, "status")
    };
    assert_eq!(status("1").as_deref(), Some("completed"));
    assert_eq!(status("2").as_deref(), Some("unknown"));
}

#[test]
fn an_instant_takes_the_zone_that_the_caller_gives() {
    let text = b"MSH|^~\\&|ADT|HOSP|RCV|RF|20240201103000||ADT^A01^ADT_A01|17|T|2.5.1\rPID|1||7^^^HOSP^MR\r";
    let msg = Message::parse(text).unwrap();
    let out = v2_to_fhir()
        .run(&msg, &context().zone(Zone::parse("+01:00").unwrap()))
        .unwrap();
    let json = out.bundle.to_json();
    assert_eq!(
        text_of(&json, "timestamp").as_deref(),
        Some("2024-02-01T10:30:00+01:00")
    );
    assert_eq!(
        text_of(&json, "recorded").as_deref(),
        Some("2024-02-01T10:30:00+01:00")
    );
    let out = v2_to_fhir().run(&msg, &context()).unwrap();
    assert_eq!(
        text_of(&out.bundle.to_json(), "timestamp").as_deref(),
        Some("2024-02-01T10:00:00Z")
    );
    let about: Vec<_> = out
        .findings
        .iter()
        .filter(|finding| finding.code().as_str() == "time-without-zone")
        .map(|finding| finding.path().map(str::to_owned))
        .collect();
    assert_eq!(about, [Some("MSH-7".to_owned())], "each time is spoken of once");
}

#[test]
fn a_null_that_no_rule_reads_is_a_finding_and_counted() {
    let text = b"MSH|^~\\&|ADT|HOSP|RCV|RF|20240201103000+0100||ADT^A01^ADT_A01|17|T|2.5.1\rPID|1||7^^^HOSP^MR\rZZZ|1|a^\"\"\r";
    let msg = Message::parse(text).unwrap();
    for coverage in [true, false] {
        let out = v2_to_fhir().run(&msg, &context().coverage(coverage)).unwrap();
        let found = out
            .findings
            .iter()
            .filter(|finding| finding.code().as_str() == "null-value");
        assert_eq!(
            found.map(|finding| finding.path()).collect::<Vec<_>>(),
            [Some("ZZZ-2.2")]
        );
        let unread = out
            .unread
            .fields()
            .find(|(path, _)| *path == "ZZZ-2")
            .map(|(_, count)| count);
        assert_eq!(unread, coverage.then_some(2));
    }
}

#[test]
fn control_ids_of_other_bytes_give_other_ids() {
    let ids: Vec<Option<String>> = [0xE8, 0xE9, 0xFF]
        .into_iter()
        .map(|byte| {
            let mut text = ADMISSION.to_vec();
            let at = text.windows(4).position(|part| part == b"|17|").unwrap() + 1;
            text[at] = byte;
            let msg = Message::parse(&text).unwrap();
            text_of(
                &v2_to_fhir().run(&msg, &context()).unwrap().bundle.to_json(),
                "fullUrl",
            )
        })
        .collect();
    assert!(ids.iter().all(Option::is_some));
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
}

#[test]
fn the_kind_of_bundle_is_the_callers() {
    let msg = Message::parse(ADMISSION).unwrap();
    for kind in [
        BundleKind::Message,
        BundleKind::Transaction,
        BundleKind::Collection,
    ] {
        let out = v2_to_fhir().run(&msg, &context().bundle(kind)).unwrap();
        let found = out
            .bundle
            .root()
            .child("type")
            .and_then(|kind| kind.text().map(|text| text.into_owned()));
        assert_eq!(found.as_deref(), Some(kind.as_str()));
    }
}

#[test]
fn maps_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<carewire_mapping::Maps>();
    shared::<carewire_mapping::Outcome>();
    shared::<Options>();
}
