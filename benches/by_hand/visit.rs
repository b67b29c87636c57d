//! PV1, and what an ADT says of the visit: AL1, DG1.

use super::id::{Id, Key};
use super::json::Json;
use super::person::{assigned, practitioner, practitioner_id};
use super::text::{Parts, Row};
use super::time::Time;
use super::{Common, Segments};

/// The levels of a PL from the outside in: its component, the code of its kind.
const LEVELS: [(usize, &str); 4] = [(4, "si"), (1, "wa"), (2, "ro"), (3, "bd")];

/// The fields of those who take part, and what they do.
const ROLES: [(usize, &str); 2] = [
    (7, "\"code\":\"ATND\",\"display\":\"attender\"}]}],"),
    (17, "\"code\":\"ADM\"}],\"text\":\"admitter\"}],"),
];

pub(super) fn visit(json: &mut Json, common: &Common<'_>, segments: &Segments<'_>, pv1: &Row<'_>) {
    let place = pv1.first(3);
    let ids = location_ids(&place);
    let mut participants = Vec::with_capacity(ROLES.len());
    for (number, role) in ROLES {
        let mut held = pv1.each(number);
        while let Some(xcn) = held.next() {
            let who = practitioner_id(xcn);
            practitioner(json, xcn, &who);
            participants.push((role, who));
        }
    }

    json.entry("Encounter", &common.encounter);
    json.raw("\"identifier\":[");
    let number = pv1.first(19);
    if !number.is_empty() {
        assigned(json, &number);
    }
    json.raw("],\"status\":\"in-progress\",");
    match pv1.bytes(2) {
        b"I" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"IMP\",\"display\":\"inpatient encounter\"},"),
        b"O" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\",\"display\":\"ambulatory\"},"),
        _ => {}
    }
    let kind = pv1.field(4);
    json.raw("\"type\":[{\"coding\":[{");
    json.text(&["\"code\":\"", "\","], kind);
    match kind.bytes() {
        b"R" => json.raw("\"display\":\"Routine\","),
        b"U" => json.raw("\"display\":\"Urgent\","),
        _ => {}
    }
    json.raw("\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0007\"}]}],");
    json.field(&["\"serviceType\":{\"coding\":[{\"code\":\"", "\"}]},"], pv1, 10);
    json.time(
        &["\"period\":{\"start\":\"", "\"},"],
        &Time::of(pv1.field(44), common.zone),
    );
    json.field(
        &[
            "\"hospitalization\":{\"admitSource\":{\"coding\":[{\"code\":\"",
            "\"}]}},",
        ],
        pv1,
        14,
    );
    json.raw("\"participant\":[");
    for (role, who) in &participants {
        json.raw("{\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",");
        json.raw(role);
        json.id(&["\"individual\":{\"reference\":\"urn:uuid:", "\"}},"], who);
    }
    json.end("],");
    diagnoses(json, common, segments);
    if !place.is_empty() {
        json.id(
            &[
                "\"location\":[{\"status\":\"active\",\"location\":{\"reference\":\"urn:uuid:",
                "\"}}],",
            ],
            &ids[3],
        );
    }
    json.id(
        &["\"subject\":{\"reference\":\"urn:uuid:", "\"},"],
        &common.patient,
    );
    json.id(
        &["\"account\":[{\"reference\":\"urn:uuid:", "\"}]}},"],
        &common.account,
    );
    if !place.is_empty() {
        locations(json, &place, &ids);
    }
    for al1 in segments.all(b"AL1") {
        allergy(json, common, al1);
    }
    for dg1 in segments.all(b"DG1") {
        condition(json, common, dg1);
    }
}

fn diagnoses(json: &mut Json, common: &Common<'_>, segments: &Segments<'_>) {
    let mut all = segments.all(b"DG1").peekable();
    if all.peek().is_none() {
        return;
    }
    json.raw("\"diagnosis\":[");
    for dg1 in all {
        json.raw("{");
        if dg1.bytes(6) == b"A" {
            json.raw("\"use\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/diagnosis-role\",\"code\":\"AD\",\"display\":\"Admission Diagnosis\"}]},");
        }
        json.id(
            &["\"condition\":{\"reference\":\"urn:uuid:", "\"}},"],
            &condition_id(common, dg1),
        );
    }
    json.end("],");
}

fn locations(json: &mut Json, pl: &Parts<'_>, ids: &[Id; 4]) {
    for (at, (component, kind)) in LEVELS.iter().enumerate() {
        let name = pl.part(*component);
        json.entry("Location", &ids[at]);
        json.text(&["\"identifier\":[{\"value\":\"", "\"}],"], name);
        json.text(&["\"name\":\"", "\","], name);
        if at > 0 {
            json.id(&["\"partOf\":{\"reference\":\"urn:uuid:", "\"},"], &ids[at - 1]);
        }
        json.raw("\"mode\":\"instance\",\"physicalType\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/location-physical-type\",\"code\":\"");
        json.raw(kind);
        json.raw("\"}]}}},");
    }
}

fn location_ids(pl: &Parts<'_>) -> [Id; 4] {
    let key = const { Key::of("Location") };
    let [site, ward, room, bed] = LEVELS.map(|(component, _)| pl.bytes(component));
    [
        key.id([site]),
        key.id([site, ward]),
        key.id([site, ward, room]),
        key.id([site, ward, room, bed]),
    ]
}

fn condition_id(common: &Common<'_>, dg1: &Row<'_>) -> Id {
    const { Key::of("Condition") }.id([common.control.bytes(), dg1.bytes(1)])
}

fn condition(json: &mut Json, common: &Common<'_>, dg1: &Row<'_>) {
    json.entry("Condition", &condition_id(common, dg1));
    json.raw("\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-category\",\"code\":\"encounter-diagnosis\"}]}],");
    json.time(
        &["\"onsetDateTime\":\"", "\","],
        &Time::of(dg1.field(5), common.zone),
    );
    let code = dg1.first(3);
    if !code.is_empty() {
        json.raw("\"code\":");
        concept(json, &code);
        json.raw(",");
    }
    json.id(
        &["\"subject\":{\"reference\":\"urn:uuid:", "\"},"],
        &common.patient,
    );
    json.id(
        &["\"encounter\":{\"reference\":\"urn:uuid:", "\"}}},"],
        &common.encounter,
    );
}

fn allergy(json: &mut Json, common: &Common<'_>, al1: &Row<'_>) {
    let key = const { Key::of("AllergyIntolerance") };
    json.entry(
        "AllergyIntolerance",
        &key.id([common.control.bytes(), al1.bytes(1)]),
    );
    json.raw("\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\",\"code\":\"active\"}]},");
    if al1.bytes(2) == b"DA" {
        json.raw("\"type\":\"allergy\",\"category\":[\"medication\"],");
    }
    let code = al1.first(3);
    if !code.is_empty() {
        json.raw("\"code\":");
        concept(json, &code);
        json.raw(",");
    }
    json.raw("\"reaction\":[{");
    if al1.bytes(4) == b"SV" {
        json.raw("\"severity\":\"severe\",");
    }
    json.raw("\"manifestation\":[");
    let mut reactions = al1.each(5);
    while let Some(reaction) = reactions.next() {
        json.part(&["{\"text\":\"", "\"},"], reaction, 1);
    }
    json.end("]}],\"patient\":{\"reference\":\"urn:uuid:");
    json.id(&["", "\"}}},"], &common.patient);
}

/// A CWE with its codings.
#[inline(never)]
pub(super) fn concept(json: &mut Json, cwe: &Parts<'_>) {
    json.raw("{\"coding\":[");
    for at in [1, 4] {
        let code = cwe.part(at);
        if code.is_empty() {
            continue;
        }
        json.raw("{");
        match cwe.bytes(at + 2) {
            b"LN" => json.raw("\"system\":\"http://loinc.org\","),
            b"I10C" => json.raw("\"system\":\"http://hl7.org/fhir/sid/icd-10-cm\","),
            b"RXNORM" => json.raw("\"system\":\"http://www.nlm.nih.gov/research/umls/rxnorm\","),
            _ => {}
        }
        json.part(&["\"display\":\"", "\","], cwe, at + 1);
        json.text(&["\"code\":\"", "\"},"], code);
    }
    json.end("]}");
}
