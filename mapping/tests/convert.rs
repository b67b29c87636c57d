//! Our own messages with the Bundles they become, compared as a whole.
#![expect(clippy::expect_used, reason = "a test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use carewire_fhirpath::DateTime;
use carewire_hl7v2::Message;
use carewire_mapping::{BundleKind, Context, v2_to_fhir};
use carewire_testkit::golden;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/convert")
}

/// The time of every conversion here.
fn now() -> DateTime {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

fn convert(name: &str, kind: BundleKind) -> (String, String) {
    let bytes = std::fs::read(folder().join(format!("{name}.hl7"))).expect("the message is there");
    let message = Message::parse(&bytes).expect("the message parses");
    let context = Context::at(now()).bundle(kind);
    let outcome = v2_to_fhir()
        .run(&message, &context)
        .expect("the message is converted");
    let mut findings = String::new();
    for finding in &outcome.findings {
        // The line of the map moves with every edit above it.
        let text = finding.to_string();
        let text = text.rsplit_once(" (").map_or(text.as_str(), |(before, _)| before);
        writeln!(findings, "{text}").expect("a string takes all");
    }
    (outcome.bundle.to_json_pretty() + "\n", findings)
}

fn check(name: &str) {
    let (bundle, findings) = convert(name, BundleKind::Message);
    golden::check(&folder().join(format!("{name}.expected.json")), &bundle);
    golden::check(&folder().join(format!("{name}.expected.findings.txt")), &findings);
}

macro_rules! golden {
    ($($test:ident: $name:literal;)*) => {$(
        #[test]
        fn $test() {
            check($name);
        }
    )*};
}

golden! {
    german_admission: "adt-a01-de";
    update_with_nulls: "adt-a08-us-nulls";
    discharge: "adt-a03-28";
    merge: "adt-a40-23";
    merged_accounts: "adt-a41-accounts";
    merged_visits: "adt-a42-visits";
    accident_and_death: "adt-a08-accident";
    no_visit: "adt-a31-no-visit";
    two_patients: "adt-a17-swap";
    narrative: "oru-23-narrative";
    chemistry: "oru-251-chemistry";
    names: "adt-a08-names";
    public_health: "oru-251-public-health";
    texts: "oru-251-narrative";
    documents: "oru-28-documents";
    participation: "oru-28-participation";
    corrections: "oru-corrections";
    value_types: "oru-types";
    neither_patient_nor_order: "oru-no-order";
    appointment: "siu-s12";
    vaccines: "vxu-v04";
    vaccine_history: "rsp-k11";
    document: "mdm-t02";
    order: "orm-o01";
    laboratory_order: "oml-o21";
    order_answer: "orl-o22";
    specimen_results: "oul-r22";
    specimen_texts: "oul-r22-narrative";
    prescription: "rde-o11";
    dispense: "rds-o13";
    administration: "ras-o17";
    problems: "ppr-pc1";
    charges: "dft-p03";
    account: "bar-p01";
    staff: "mfn-m02";
    referral: "ref-i12";
}

#[test]
fn other_kinds_of_bundle() {
    for (kind, name) in [
        (BundleKind::Transaction, "transaction"),
        (BundleKind::Collection, "collection"),
    ] {
        let (bundle, _) = convert("adt-a01-de", kind);
        golden::check(
            &folder().join(format!("adt-a01-de.{name}.expected.json")),
            &bundle,
        );
    }
}

/// Every message of the folder has a test above.
#[test]
fn no_message_is_forgotten() {
    let here = include_str!("convert.rs");
    for entry in std::fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "hl7") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(here.contains(&format!("\"{name}\"")), "{name} has no test");
        }
    }
}

#[test]
fn what_is_taken_back_is_no_part_of_the_report() {
    let (bundle, _) = convert("oru-corrections", BundleKind::Message);
    let status = |which: &str| bundle.matches(&format!("\"status\": \"{which}\"")).count();
    // The report is corrected too.
    assert_eq!(
        (
            status("final"),
            status("corrected"),
            status("entered-in-error"),
            status("cancelled")
        ),
        (2, 2, 3, 1)
    );
    // "First line.\nSecond line, corrected.", and the file that stays.
    for data in ["Rmlyc3QgbGluZS4KU2Vjb25kIGxpbmUsIGNvcnJlY3RlZC4=", "JVBERi0xLjQK"] {
        assert!(bundle.contains(data), "{bundle}");
    }
    let (_, report) = bundle
        .split_once("\"presentedForm\"")
        .expect("a report with its text");
    let (forms, _) = report.split_once(']').expect("a list");
    assert_eq!(forms.matches("\"data\"").count(), 2, "{forms}");
}

/// The texts of a report whose lines do not follow one another, and what a merge of accounts does not do.
#[test]
fn lines_of_one_code_are_one_text_and_accounts_are_no_patients() {
    let (bundle, _) = convert("oul-r22-narrative", BundleKind::Message);
    let (_, report) = bundle
        .split_once("\"presentedForm\"")
        .expect("a report with its texts");
    let (forms, _) = report.split_once(']').expect("a list");
    let data: Vec<&str> = forms
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"data\": \"")?.split('"').next())
        .collect();
    // "A piece of skin,\ntwo centimetres long.", "Normal epidermis.\nNo atypia.", "No malignancy."
    assert_eq!(
        data,
        [
            "QSBwaWVjZSBvZiBza2luLAp0d28gY2VudGltZXRyZXMgbG9uZy4=",
            "Tm9ybWFsIGVwaWRlcm1pcy4KTm8gYXR5cGlhLg==",
            "Tm8gbWFsaWduYW5jeS4="
        ]
    );
    let (bundle, _) = convert("adt-a41-accounts", BundleKind::Message);
    assert_eq!(bundle.matches("\"resourceType\": \"Patient\"").count(), 1);
    assert!(!bundle.contains("replaced-by"));
    assert!(bundle.contains("\"resourceType\": \"Linkage\""));
}

/// The ids of the resources of these types, in the order of the Bundle.
fn ids(text: &str, types: &[&str]) -> Vec<(String, String)> {
    let message = Message::parse(text.as_bytes()).expect("it parses");
    let outcome = v2_to_fhir()
        .run(&message, &Context::at(now()))
        .expect("it is converted");
    outcome
        .bundle
        .resources()
        .filter_map(|one| {
            Some((
                one.type_id()?.name().to_owned(),
                one.child("id")?.text()?.into_owned(),
            ))
        })
        .filter(|(kind, _)| types.contains(&kind.as_str()))
        .collect()
}

/// Whoever sees the same visit again finds the same patient and the same visit; another assigner's equal number is another patient.
#[test]
fn identity_is_that_of_the_numbers() {
    let message = |event: &str, control: &str, assigner: &str, application: &str| {
        format!(
            "MSH|^~\\&|{application}|LAKE|||20240101000000Z||ADT^{event}^ADT_A01|{control}|P|2.5.1\rPID|1||7^^^{assigner}^MR||Doe^Ann\rPV1|1|I|||||||||||||||||V9^^^{assigner}^VN\r"
        )
    };
    let ids = |text: &str| ids(text, &["Patient", "Encounter"]);
    let admitted = ids(&message("A01", "1", "LAKE", "HIS"));
    assert_eq!(admitted.len(), 2);
    assert_eq!(admitted, ids(&message("A08", "2", "LAKE", "HIS")));
    assert_eq!(admitted, ids(&message("A03", "3", "LAKE", "PORTAL")));
    let elsewhere = ids(&message("A01", "1", "HILL", "HIS"));
    assert!(
        admitted
            .iter()
            .zip(&elsewhere)
            .all(|(here, there)| here.1 != there.1)
    );
}

/// A number without an assigner is one of the facility that sent it: two hospitals have a doctor 12, a clinic 5 and a result 9 each.
#[test]
fn a_number_without_assigner_is_the_senders() {
    const TYPES: [&str; 6] = [
        "Practitioner",
        "Organization",
        "Observation",
        "Specimen",
        "Device",
        "Patient",
    ];
    let message = |facility: &str| {
        format!(
            "MSH|^~\\&|LAB|{facility}|||20240101000000Z||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||7||Doe^Ann\rPD1|||Clinic^^5\r\
             OBR|1||3|a^A^L|||20240101|||||||||12^Roe\r\
             OBX|1|NM|b^B^L||1||||||F|||20240101|P1^Lab 1|||D1|||9||Lab 2^^6\rSPM|1|4||BLD\r"
        )
    };
    let here = ids(&message("LAKE"), &TYPES);
    assert!(
        TYPES
            .iter()
            .all(|kind| here.iter().any(|(found, _)| found == kind)),
        "{here:?}"
    );
    let same_ids = |other: &str| {
        let there = ids(&message(other), &TYPES);
        assert_eq!(there.len(), here.len());
        here.iter().filter(|one| there.contains(one)).count()
    };
    assert_eq!(same_ids("LAKE"), here.len());
    assert_eq!(same_ids("HILL"), 0);
    // A facility may have a universal id alone; two of them differ as well.
    let oid = |id: &str| ids(&message(&format!("^{id}^ISO")), &TYPES);
    assert!(oid("1.2.3").iter().all(|one| !oid("1.2.4").contains(one)));
}

#[test]
fn one_person_is_one_practitioner_however_the_field_writes_it() {
    let message = "MSH|^~\\&|LAB|LAKE|||20240101000000Z||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||7||Doe^Ann\r\
        OBR|1||3|a^A^L|||20240101|||||||||12^Roe^Jo^^^^^^LAKE&1.2.3&ISO||||||||F|||||||12&Roe&Jo&&&&&&LAKE&1.2.3&ISO\r";
    assert_eq!(ids(message, &["Practitioner"]).len(), 1);
}

#[test]
fn a_merge_without_the_patient_to_merge_has_an_error() {
    let message = "MSH|^~\\&|HIS|LAKE|||20240101000000Z||ADT^A40^ADT_A39|1|P|2.5.1\rEVN||20240101\rPID|1||7^^^LAKE^MR||Doe^Ann\r";
    let codes = |text: &str| {
        let message = Message::parse(text.as_bytes()).expect("it parses");
        let outcome = v2_to_fhir()
            .run(&message, &Context::at(now()))
            .expect("it is converted");
        outcome
            .findings
            .iter()
            .map(|finding| finding.code().as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(message), ["cardinality"]);
    assert!(codes(&format!("{message}MRG|8^^^LAKE^MR\r")).is_empty());
}

/// B takes C, then A takes B: B has replaced and is replaced, and is inactive.
#[test]
fn merges_in_a_row_leave_one_active_patient() {
    let message = "MSH|^~\\&|HIS|LAKE|||20240101000000Z||ADT^A40^ADT_A39|1|P|2.5.1\rEVN||20240101\r\
        PID|1||B^^^LAKE^MR||Doe^Ann\rMRG|C^^^LAKE^MR\rPID|2||A^^^LAKE^MR||Doe^Ann\rMRG|B^^^LAKE^MR\r";
    let parsed = Message::parse(message.as_bytes()).expect("it parses");
    let outcome = v2_to_fhir()
        .run(&parsed, &Context::at(now()))
        .expect("it is converted");
    let said: Vec<String> = outcome
        .bundle
        .resources()
        .filter(|one| one.type_id().is_some_and(|id| id.name() == "Patient"))
        .map(|one| {
            let text = |name: &str| Some(one.child(name)?.text()?.into_owned());
            let json = one.to_json();
            let count = |what: &str| json.matches(what).count();
            let number = json.split("\"value\":\"").nth(1).and_then(|rest| rest.get(..1));
            format!(
                "{} active {} replaces {} replaced-by {} numbers {}",
                number.unwrap_or_default(),
                text("active").unwrap_or_default(),
                count("\"replaces\""),
                count("\"replaced-by\""),
                count("\"value\":"),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "B active false replaces 1 replaced-by 1 numbers 1",
            "A active  replaces 1 replaced-by 0 numbers 1",
            "C active false replaces 0 replaced-by 1 numbers 1",
        ]
    );
}

/// `Provenance.recorded` is required: a time that is none, or has no offset, is replaced by the time of the conversion.
#[test]
fn every_provenance_says_when_it_was_recorded() {
    for (sent, event, recorded) in [
        (
            "20240101000000+0100",
            "20240102030405",
            "2024-01-02T03:04:05+01:00",
        ),
        (
            "20240101000000+0100",
            "20240102030405-0500",
            "2024-01-02T03:04:05-05:00",
        ),
        ("20240101000000", "20240102030405", "2026-01-01T00:00:00Z"),
        ("20240101+0100", "20240102+0100", "2026-01-01T00:00:00Z"),
        ("2024-01-01", "2024-01-02", "2026-01-01T00:00:00Z"),
        ("", "", "2026-01-01T00:00:00Z"),
    ] {
        let text = format!(
            "MSH|^~\\&|HIS|LAKE|||{sent}||ADT^A08^ADT_A01|1|P|2.5.1\rEVN||{event}\rPID|1||7^^^LAKE^MR||Doe^Ann\rPV1|1|I\r"
        );
        let message = Message::parse(text.as_bytes()).expect("it parses");
        let outcome = v2_to_fhir()
            .run(&message, &Context::at(now()))
            .expect("it is converted");
        let found: Vec<Option<String>> = outcome
            .bundle
            .resources()
            .filter(|one| one.type_id().is_some_and(|id| id.name() == "Provenance"))
            .map(|one| Some(one.child("recorded")?.text()?.into_owned()))
            .collect();
        assert_eq!(found.len(), 3, "{sent} {event}");
        assert!(found.iter().all(Option::is_some), "{sent} {event}: {found:?}");
        assert!(
            found.contains(&Some(recorded.to_owned())),
            "{sent} {event}: {found:?}"
        );
    }
}
