//! ORC, OBR and OBX: a report, its order, its specimen, its results.

use super::id::{Id, Key};
use super::json::Json;
use super::person::{practitioner, practitioner_id};
use super::text::{Parts, Row};
use super::visit::concept;
use super::{Common, Segments};

pub(super) fn orders(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>) -> Option<()> {
    let (Some(orc), Some(obr)) = (segments.first(b"ORC"), segments.first(b"OBR")) else {
        return Some(());
    };
    let results = || segments.all(b"OBX");
    let number = orc.field(3);
    let report = const { Key::of("DiagnosticReport") }.with(number).id();
    let order = const { Key::of("ServiceRequest") }.with(number).id();
    let specimen = const { Key::of("Specimen") }.with(number).id();

    json.entry("DiagnosticReport", &report);
    numbers(json, orc);
    json.only_reference("\"basedOn\":", &order);
    if obr.field(25).bytes() == b"F" {
        json.raw("\"status\":\"final\",");
    }
    json.within("\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0074\",\"code\":\"", obr.field(24), "\"}]}],");
    json.raw("\"code\":");
    concept(json, &obr.first(4)?);
    about(json, common);
    json.time("\"effectiveDateTime\":\"", obr.field(7), common.zone);
    json.time("\"issued\":\"", obr.field(22), common.zone);
    json.only_reference("\"specimen\":", &specimen);
    json.raw("\"result\":[");
    let ids: Vec<Id> = results().map(|obx| observation_id(common, obx)).collect();
    for id in &ids {
        json.reference("", id);
    }
    json.end("]}},");

    json.entry("ServiceRequest", &order);
    numbers(json, orc);
    if orc.field(5).bytes() == b"CM" {
        json.raw("\"status\":\"completed\",");
    }
    json.raw("\"intent\":\"order\",\"code\":");
    concept(json, &obr.first(4)?);
    about(json, common);
    let requester = orc.first(12)?;
    let who = practitioner_id(&requester);
    json.reference("\"requester\":", &who);
    json.end_entry();
    practitioner(json, &requester, &who);

    json.entry("Specimen", &specimen);
    json.reference("\"subject\":", &common.patient);
    json.time("\"receivedTime\":\"", obr.field(14), common.zone);
    json.raw("\"collection\":{");
    json.time("\"collectedDateTime\":\"", obr.field(7), common.zone);
    json.end("}}},");

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
    for (field, kind) in [(2, "\"code\":\"PLAC\"}]},"), (3, "\"code\":\"FILL\"}]},")] {
        for ei in orc.each(field) {
            json.raw("{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",");
            json.raw(kind);
            json.text("\"value\":\"", ei.part(1));
            json.within("\"assigner\":{\"display\":\"", ei.part(2), "\"}},");
        }
    }
    json.end("],");
}

fn observation_id(common: &Common<'_>, obx: Row<'_>) -> Id {
    const { Key::of("Observation") }
        .with(common.control)
        .with(obx.field(1))
        .id()
}

fn role_id(common: &Common<'_>, xcn: &Parts<'_>) -> Id {
    const { Key::of("PractitionerRole") }
        .with(common.control)
        .with(xcn.part(1))
        .id()
}

fn observation(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>, obx: Row<'_>, id: &Id) {
    json.entry("Observation", id);
    if obx.field(11).bytes() == b"F" {
        json.raw("\"status\":\"final\",");
    }
    if let Some(code) = obx.first(3) {
        json.raw("\"code\":");
        concept(json, &code);
    }
    about(json, common);
    json.time("\"effectiveDateTime\":\"", obx.field(14), common.zone);
    let observer = obx
        .first(16)
        .map(|observer| (role_id(common, &observer), observer));
    if let Some((role, _)) = &observer {
        json.only_reference("\"performer\":", role);
    }
    let value = obx.field(5);
    if obx.field(2).bytes() == b"NM" && is_number(value.bytes()) {
        json.raw("\"valueQuantity\":{\"value\":");
        json.escaped(value);
        json.raw(",");
        if let Some(unit) = obx.first(6) {
            json.text("\"unit\":\"", unit.part(2));
            if unit.part(3).bytes() == b"UCUM" {
                json.raw("\"system\":\"http://unitsofmeasure.org\",");
            }
            json.text("\"code\":\"", unit.part(1));
        }
        json.end("},");
    }
    let flag = obx.field(8);
    if !flag.is_empty() {
        json.raw("\"interpretation\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation\",");
        json.text("\"code\":\"", flag);
        match flag.bytes() {
            b"H" => json.raw("\"display\":\"High\","),
            b"L" => json.raw("\"display\":\"Low\","),
            b"N" => json.raw("\"display\":\"Normal\","),
            _ => {}
        }
        json.end("}]}],");
    }
    let mut notes = segments.behind(obx, b"NTE").peekable();
    if notes.peek().is_some() {
        json.raw("\"note\":[");
        for nte in notes {
            json.raw("{");
            let source = nte.field(2);
            if !source.is_empty() {
                json.within("\"extension\":[{\"url\":\"urn:carewire:extension:note-source\",\"valueCoding\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0105\",\"code\":\"", source, "\"}}],");
            }
            json.last("\"text\":\"", nte.field(3), "},");
        }
        json.end("],");
    }
    json.within("\"referenceRange\":[{\"text\":\"", obx.field(7), "\"}],");
    json.end_entry();

    let Some((role, observer)) = observer else {
        return;
    };
    let who = practitioner_id(&observer);
    json.entry("PractitionerRole", &role);
    json.reference("\"practitioner\":", &who);
    json.raw("\"code\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/practitioner-role\",\"code\":\"responsibleObserver\"}]}]}},");
    practitioner(json, &observer, &who);
}

fn is_number(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    text.first().is_some_and(u8::is_ascii_digit) && text.iter().all(is_part)
}
