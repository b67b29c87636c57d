//! ORC, OBR and OBX: a report, its order, its specimen, its results.

use super::json::{Id, Json, Parts, Row, each, field, first, id};
use super::person::{practitioner, practitioner_id};
use super::visit::concept;
use super::{Common, Segments};

pub(super) fn orders(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>) -> Option<()> {
    let (Some(orc), Some(obr)) = (segments.first(b"ORC"), segments.first(b"OBR")) else {
        return Some(());
    };
    let results = || segments.all(b"OBX");
    let number = field(orc, 3);
    let [report, order, specimen] =
        ["DiagnosticReport", "ServiceRequest", "Specimen"].map(|kind| id(&[kind, &number]));

    json.entry("DiagnosticReport", &report);
    numbers(json, orc);
    json.reference("\"basedOn\":[", &order);
    json.end("]");
    if field(obr, 25) == "F" {
        json.raw("\"status\":\"final\",");
    }
    json.raw("\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0074\",");
    json.text("\"code\":\"", &field(obr, 24));
    json.end("}]}]");
    json.raw("\"code\":");
    concept(json, &first(obr, 4)?);
    about(json, common);
    json.time("\"effectiveDateTime\":", &field(obr, 7), common.zone);
    json.time("\"issued\":", &field(obr, 22), common.zone);
    json.reference("\"specimen\":[", &specimen);
    json.end("]");
    json.raw("\"result\":[");
    let ids: Vec<Id> = results().map(|obx| observation_id(common, obx)).collect();
    for id in &ids {
        json.reference("", id);
    }
    json.end("]");
    json.end_entry();

    json.entry("ServiceRequest", &order);
    numbers(json, orc);
    if field(orc, 5) == "CM" {
        json.raw("\"status\":\"completed\",");
    }
    json.raw("\"intent\":\"order\",\"code\":");
    concept(json, &first(obr, 4)?);
    about(json, common);
    let requester = first(orc, 12)?;
    let who = practitioner_id(&requester);
    json.reference("\"requester\":", &who);
    json.end_entry();
    practitioner(json, &requester, &who);

    json.entry("Specimen", &specimen);
    json.reference("\"subject\":", &common.patient);
    json.time("\"receivedTime\":", &field(obr, 14), common.zone);
    json.raw("\"collection\":{");
    json.time("\"collectedDateTime\":", &field(obr, 7), common.zone);
    json.end("}");
    json.end_entry();

    for (obx, id) in results().zip(&ids) {
        observation(json, common, segments, obx, id);
    }
    Some(())
}

fn about(json: &mut Json<'_>, common: &Common<'_>) {
    json.reference("\"subject\":", &common.patient);
    json.reference("\"encounter\":", &common.encounter);
}

fn numbers(json: &mut Json<'_>, orc: Row<'_>) {
    json.raw("\"identifier\":[");
    for (field, kind) in [(2, "PLAC"), (3, "FILL")] {
        for ei in each(orc, field) {
            json.raw("{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",");
            json.text("\"code\":\"", kind);
            json.end("}]}");
            json.text("\"value\":\"", &ei.part(1));
            json.raw("\"assigner\":{");
            json.text("\"display\":\"", &ei.part(2));
            json.end("}}");
        }
    }
    json.end("]");
}

fn observation_id(common: &Common<'_>, obx: Row<'_>) -> Id {
    id(&["Observation", common.control, &field(obx, 1)])
}

fn role_id(common: &Common<'_>, xcn: &Parts<'_>) -> Id {
    id(&["PractitionerRole", common.control, &xcn.part(1)])
}

fn observation(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>, obx: Row<'_>, id: &Id) {
    json.entry("Observation", id);
    if field(obx, 11) == "F" {
        json.raw("\"status\":\"final\",");
    }
    if let Some(code) = first(obx, 3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    about(json, common);
    json.time("\"effectiveDateTime\":", &field(obx, 14), common.zone);
    let observer = first(obx, 16).map(|observer| (role_id(common, &observer), observer));
    if let Some((role, _)) = &observer {
        json.reference("\"performer\":[", role);
        json.end("]");
    }
    let value = field(obx, 5);
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if field(obx, 2) == "NM" && is_number && value.starts_with(|c: char| c.is_ascii_digit()) {
        json.raw("\"valueQuantity\":{\"value\":");
        json.raw(&value);
        json.raw(",");
        if let Some(unit) = first(obx, 6) {
            json.text("\"unit\":\"", &unit.part(2));
            if unit.part(3) == "UCUM" {
                json.raw("\"system\":\"http://unitsofmeasure.org\",");
            }
            json.text("\"code\":\"", &unit.part(1));
        }
        json.end("}");
    }
    let flag = field(obx, 8);
    if !flag.is_empty() {
        json.raw("\"interpretation\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation\",");
        json.text("\"code\":\"", &flag);
        json.text(
            "\"display\":\"",
            match &*flag {
                "H" => "High",
                "L" => "Low",
                "N" => "Normal",
                _ => "",
            },
        );
        json.end("}]}]");
    }
    let mut notes = segments.behind(obx, b"NTE").peekable();
    if notes.peek().is_some() {
        json.raw("\"note\":[");
        for nte in notes {
            json.raw("{");
            let source = field(nte, 2);
            if !source.is_empty() {
                json.raw("\"extension\":[{\"url\":\"urn:carewire:extension:note-source\",\"valueCoding\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0105\",");
                json.text("\"code\":\"", &source);
                json.end("}}]");
            }
            json.text("\"text\":\"", &field(nte, 3));
            json.end("}");
        }
        json.end("]");
    }
    json.raw("\"referenceRange\":[{");
    json.text("\"text\":\"", &field(obx, 7));
    json.end("}]");
    json.end_entry();

    let Some((role, observer)) = observer else {
        return;
    };
    let who = practitioner_id(&observer);
    json.entry("PractitionerRole", &role);
    json.reference("\"practitioner\":", &who);
    json.raw("\"code\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/practitioner-role\",\"code\":\"responsibleObserver\"}]}],");
    json.end_entry();
    practitioner(json, &observer, &who);
}
