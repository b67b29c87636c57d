//! PV1, and what an ADT says of the visit: AL1, DG1.

use super::json::{Id, Json, Parts, Row, each, field, first, id};
use super::person::{assigned, practitioner, practitioner_id, related_person};
use super::{Common, Segments};

/// The levels of a PL from the outside in: its component, the code of its kind.
const LEVELS: [(usize, &str); 4] = [(4, "si"), (1, "wa"), (2, "ro"), (3, "bd")];

pub(super) fn visit(json: &mut Json<'_>, common: &mut Common<'_>, segments: &Segments<'_>) -> Option<()> {
    if let Some(nk1) = segments.first(b"NK1") {
        related_person(json, common, nk1);
    }
    let pv1 = segments.first(b"PV1")?;
    let place = first(pv1, 3)?;
    let ids = locations(&place);
    let diagnoses = || segments.all(b"DG1");

    json.entry("Encounter", &common.encounter);
    json.raw("\"identifier\":[");
    assigned(json, &first(pv1, 19)?);
    json.end("]");
    json.raw("\"status\":\"in-progress\",");
    match &*field(pv1, 2) {
        "I" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"IMP\",\"display\":\"inpatient encounter\"},"),
        "O" => json.raw("\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\",\"display\":\"ambulatory\"},"),
        _ => {}
    }
    let kind = field(pv1, 4);
    json.raw("\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0007\",");
    json.text("\"code\":\"", &kind);
    json.text(
        "\"display\":\"",
        match &*kind {
            "R" => "Routine",
            "U" => "Urgent",
            _ => "",
        },
    );
    json.end("}]}]");
    json.raw("\"serviceType\":{\"coding\":[{");
    json.text("\"code\":\"", &field(pv1, 10));
    json.end("}]}");
    json.reference("\"subject\":", &common.patient);
    json.raw("\"participant\":[");
    for (number, role) in [
        (7, "\"code\":\"ATND\",\"display\":\"attender\"}]}],"),
        (17, "\"code\":\"ADM\"}],\"text\":\"admitter\"}],"),
    ] {
        for xcn in each(pv1, number) {
            json.raw("{\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",");
            json.raw(role);
            json.reference("\"individual\":", &practitioner_id(&xcn));
            json.end("}");
        }
    }
    json.end("]");
    json.raw("\"period\":{");
    json.time("\"start\":", &field(pv1, 44), common.zone);
    json.end("}");
    if diagnoses().next().is_some() {
        json.raw("\"diagnosis\":[");
        for dg1 in diagnoses() {
            json.raw("{");
            json.reference("\"condition\":", &condition_id(common, dg1));
            if field(dg1, 6) == "A" {
                json.raw("\"use\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/diagnosis-role\",\"code\":\"AD\",\"display\":\"Admission Diagnosis\"}]},");
            }
            json.end("}");
        }
        json.end("]");
    }
    json.reference("\"account\":[", &common.account);
    json.end("]");
    json.raw("\"hospitalization\":{\"admitSource\":{\"coding\":[{");
    json.text("\"code\":\"", &field(pv1, 14));
    json.end("}]}}");
    json.raw("\"location\":[{");
    json.reference("\"location\":", &ids[3]);
    json.raw("\"status\":\"active\"}],");
    json.end_entry();

    for (at, (component, kind)) in LEVELS.iter().enumerate() {
        let name = place.part(*component);
        json.entry("Location", &ids[at]);
        json.raw("\"identifier\":[{");
        json.text("\"value\":\"", &name);
        json.end("}]");
        json.text("\"name\":\"", &name);
        json.raw("\"mode\":\"instance\",\"physicalType\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/location-physical-type\",");
        json.text("\"code\":\"", kind);
        json.end("}]}");
        if at > 0 {
            json.reference("\"partOf\":", &ids[at - 1]);
        }
        json.end_entry();
    }
    for xcn in each(pv1, 7).chain(each(pv1, 17)) {
        practitioner(json, &xcn, &practitioner_id(&xcn));
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
    let (site, ward, room, bed) = (pl.part(4), pl.part(1), pl.part(2), pl.part(3));
    [
        id(&["Location", &site]),
        id(&["Location", &site, &ward]),
        id(&["Location", &site, &ward, &room]),
        id(&["Location", &site, &ward, &room, &bed]),
    ]
}

fn condition_id(common: &Common<'_>, dg1: Row<'_>) -> Id {
    id(&["Condition", common.control, &field(dg1, 1)])
}

fn condition(json: &mut Json<'_>, common: &Common<'_>, dg1: Row<'_>) {
    json.entry("Condition", &condition_id(common, dg1));
    json.raw("\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-category\",\"code\":\"encounter-diagnosis\"}]}],");
    if let Some(code) = first(dg1, 3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    json.reference("\"subject\":", &common.patient);
    json.reference("\"encounter\":", &common.encounter);
    json.time("\"onsetDateTime\":", &field(dg1, 5), common.zone);
    json.end_entry();
}

fn allergy(json: &mut Json<'_>, common: &Common<'_>, al1: Row<'_>) {
    json.entry(
        "AllergyIntolerance",
        &id(&["AllergyIntolerance", common.control, &field(al1, 1)]),
    );
    json.raw("\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\",\"code\":\"active\"}]},");
    if field(al1, 2) == "DA" {
        json.raw("\"type\":\"allergy\",\"category\":[\"medication\"],");
    }
    if let Some(code) = first(al1, 3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    json.reference("\"patient\":", &common.patient);
    json.raw("\"reaction\":[{\"manifestation\":[");
    for reaction in each(al1, 5) {
        json.raw("{");
        json.text("\"text\":\"", &reaction.whole());
        json.end("}");
    }
    json.end("]");
    if field(al1, 4) == "SV" {
        json.raw("\"severity\":\"severe\",");
    }
    json.end("}]");
    json.end_entry();
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
        json.text(
            "\"system\":\"",
            match &*cwe.part(at + 2) {
                "LN" => "http://loinc.org",
                "I10C" => "http://hl7.org/fhir/sid/icd-10-cm",
                "RXNORM" => "http://www.nlm.nih.gov/research/umls/rxnorm",
                _ => "",
            },
        );
        json.text("\"code\":\"", &code);
        json.text("\"display\":\"", &cwe.part(at + 1));
        json.end("}");
    }
    json.end("]}");
}
