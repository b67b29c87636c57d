//! PV1, and what an ADT says of the visit: AL1, DG1.

use super::id::{Id, Key};
use super::json::Json;
use super::person::{assigned, practitioner, practitioner_id};
use super::text::{Parts, Row};
use super::{Common, Segments};

/// The levels of a PL from the outside in: its component, the code of its kind.
const LEVELS: [(usize, &str); 4] = [(4, "si"), (1, "wa"), (2, "ro"), (3, "bd")];

/// The fields of those who take part, and what they do.
const ROLES: [(usize, &str); 2] = [
    (7, "\"code\":\"ATND\",\"display\":\"attender\"}]}],"),
    (17, "\"code\":\"ADM\"}],\"text\":\"admitter\"}],"),
];

pub(super) fn visit(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>) -> Option<()> {
    let pv1 = segments.first(b"PV1")?;
    let place = pv1.first(3)?;
    let ids = locations(&place);
    let mut participants = Vec::with_capacity(2);
    for (number, role) in ROLES {
        participants.extend(pv1.each(number).map(|xcn| (role, xcn, practitioner_id(&xcn))));
    }
    let diagnoses = || segments.all(b"DG1");

    json.entry("Encounter", &common.encounter);
    json.raw("\"identifier\":[");
    assigned(json, &pv1.first(19)?);
    json.end("],\"status\":\"in-progress\",");
    match pv1.field(2).bytes() {
        b"I" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"IMP\",\"display\":\"inpatient encounter\"},"),
        b"O" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\",\"display\":\"ambulatory\"},"),
        _ => {}
    }
    let kind = pv1.field(4);
    json.raw("\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0007\",");
    json.text("\"code\":\"", kind);
    match kind.bytes() {
        b"R" => json.raw("\"display\":\"Routine\","),
        b"U" => json.raw("\"display\":\"Urgent\","),
        _ => {}
    }
    json.end("}]}],");
    json.within(
        "\"serviceType\":{\"coding\":[{\"code\":\"",
        pv1.field(10),
        "\"}]},",
    );
    json.reference("\"subject\":", &common.patient);
    json.raw("\"participant\":[");
    for (role, _, who) in &participants {
        json.raw("{\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",");
        json.raw(role);
        json.reference("\"individual\":", who);
        json.end("},");
    }
    json.end("],\"period\":{");
    json.time("\"start\":\"", pv1.field(44), common.zone);
    json.end("},");
    if diagnoses().next().is_some() {
        json.raw("\"diagnosis\":[");
        for dg1 in diagnoses() {
            json.raw("{");
            json.reference("\"condition\":", &condition_id(common, dg1));
            if dg1.field(6).bytes() == b"A" {
                json.raw("\"use\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/diagnosis-role\",\"code\":\"AD\",\"display\":\"Admission Diagnosis\"}]},");
            }
            json.end("},");
        }
        json.end("],");
    }
    json.only_reference("\"account\":", &common.account);
    json.within(
        "\"hospitalization\":{\"admitSource\":{\"coding\":[{\"code\":\"",
        pv1.field(14),
        "\"}]}},",
    );
    json.raw("\"location\":[{");
    json.reference("\"location\":", &ids[3]);
    json.raw("\"status\":\"active\"}]}},");

    for (at, (component, kind)) in LEVELS.iter().enumerate() {
        let name = place.part(*component);
        json.entry("Location", &ids[at]);
        json.within("\"identifier\":[{\"value\":\"", name, "\"}],");
        json.text("\"name\":\"", name);
        json.raw("\"mode\":\"instance\",\"physicalType\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/location-physical-type\",\"code\":\"");
        json.raw(kind);
        json.raw("\"}]},");
        if at > 0 {
            json.reference("\"partOf\":", &ids[at - 1]);
        }
        json.end_entry();
    }
    for (_, xcn, who) in &participants {
        practitioner(json, xcn, who);
    }
    for al1 in segments.all(b"AL1") {
        allergy(json, common, al1);
    }
    for dg1 in diagnoses() {
        condition(json, common, dg1);
    }
    Some(())
}

fn locations(pl: &Parts<'_>) -> [Id; 4] {
    let site = const { Key::of("Location") }.with(pl.part(4));
    let ward = site.with(pl.part(1));
    let room = ward.with(pl.part(2));
    [site, ward, room, room.with(pl.part(3))].map(Key::id)
}

fn condition_id(common: &Common<'_>, dg1: Row<'_>) -> Id {
    const { Key::of("Condition") }
        .with(common.control)
        .with(dg1.field(1))
        .id()
}

fn condition(json: &mut Json<'_>, common: &Common<'_>, dg1: Row<'_>) {
    json.entry("Condition", &condition_id(common, dg1));
    json.raw("\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-category\",\"code\":\"encounter-diagnosis\"}]}],");
    if let Some(code) = dg1.first(3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    json.reference("\"subject\":", &common.patient);
    json.reference("\"encounter\":", &common.encounter);
    json.time("\"onsetDateTime\":\"", dg1.field(5), common.zone);
    json.end_entry();
}

fn allergy(json: &mut Json<'_>, common: &Common<'_>, al1: Row<'_>) {
    json.entry(
        "AllergyIntolerance",
        &const { Key::of("AllergyIntolerance") }
            .with(common.control)
            .with(al1.field(1))
            .id(),
    );
    json.raw("\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\",\"code\":\"active\"}]},");
    if al1.field(2).bytes() == b"DA" {
        json.raw("\"type\":\"allergy\",\"category\":[\"medication\"],");
    }
    if let Some(code) = al1.first(3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    json.reference("\"patient\":", &common.patient);
    json.raw("\"reaction\":[{\"manifestation\":[");
    for reaction in al1.each(5) {
        json.within("{\"text\":\"", reaction.part(1), "\"},");
    }
    json.end("],");
    if al1.field(4).bytes() == b"SV" {
        json.raw("\"severity\":\"severe\",");
    }
    json.end("}]}},");
}

/// A CWE with its codings.
pub(super) fn concept(json: &mut Json<'_>, cwe: &Parts<'_>) {
    json.raw("{\"coding\":[");
    for at in [1, 4] {
        let code = cwe.part(at);
        if code.is_empty() {
            continue;
        }
        json.raw("{");
        match cwe.part(at + 2).bytes() {
            b"LN" => json.raw("\"system\":\"http://loinc.org\","),
            b"I10C" => json.raw("\"system\":\"http://hl7.org/fhir/sid/icd-10-cm\","),
            b"RXNORM" => json.raw("\"system\":\"http://www.nlm.nih.gov/research/umls/rxnorm\","),
            _ => {}
        }
        json.text("\"code\":\"", code);
        json.last("\"display\":\"", cwe.part(at + 1), "},");
    }
    json.end("]},");
}
