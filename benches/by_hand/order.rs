//! ORC, OBR and OBX: a report, its order, its specimen, its results.

use super::id::{Id, Key};
use super::json::Json;
use super::person::{practitioner, practitioner_id};
use super::text::{Parts, Row};
use super::time::Time;
use super::visit::concept;
use super::{Common, Segments};

pub(super) fn orders(
    json: &mut Json,
    common: &Common<'_>,
    segments: &Segments<'_>,
    orc: &Row<'_>,
    obr: &Row<'_>,
) {
    let number = orc.field(3);
    let report = const { Key::of("DiagnosticReport") }.id([number.bytes()]);
    let order = const { Key::of("ServiceRequest") }.id([number.bytes()]);
    let specimen = const { Key::of("Specimen") }.id([number.bytes()]);
    let (code, observed) = (obr.first(4), Time::of(obr.field(7), common.zone));

    json.entry("DiagnosticReport", &report);
    numbers(json, orc);
    if obr.bytes(25) == b"F" {
        json.raw("\"status\":\"final\",");
    }
    json.field(&["\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0074\",\"code\":\"", "\"}]}],"], obr, 24);
    json.time(&["\"effectiveDateTime\":\"", "\","], &observed);
    json.time(&["\"issued\":\"", "\","], &Time::of(obr.field(22), common.zone));
    json.raw("\"code\":");
    concept(json, &code);
    json.id(&[",\"specimen\":[{\"reference\":\"urn:uuid:", "\"}],"], &specimen);
    json.id(&["\"basedOn\":[{\"reference\":\"urn:uuid:", "\"}],"], &order);
    about(json, common);
    json.raw(",\"result\":[");
    for obx in segments.all(b"OBX") {
        json.id(
            &["{\"reference\":\"urn:uuid:", "\"},"],
            &observation_id(common, obx),
        );
    }
    json.end("]}},");

    let requester = orc.first(12);
    let who = practitioner_id(&requester);
    json.entry("ServiceRequest", &order);
    numbers(json, orc);
    if orc.bytes(5) == b"CM" {
        json.raw("\"status\":\"completed\",");
    }
    if !requester.is_empty() {
        json.id(&["\"requester\":{\"reference\":\"urn:uuid:", "\"},"], &who);
    }
    json.raw("\"intent\":\"order\",\"code\":");
    concept(json, &code);
    json.raw(",");
    about(json, common);
    json.raw("}},");
    if !requester.is_empty() {
        practitioner(json, &requester, &who);
    }

    json.entry("Specimen", &specimen);
    json.time(
        &["\"receivedTime\":\"", "\","],
        &Time::of(obr.field(14), common.zone),
    );
    json.time(&["\"collection\":{\"collectedDateTime\":\"", "\"},"], &observed);
    json.id(
        &["\"subject\":{\"reference\":\"urn:uuid:", "\"}}},"],
        &common.patient,
    );

    for obx in segments.all(b"OBX") {
        observation(json, common, segments, obx);
    }
}

fn about(json: &mut Json, common: &Common<'_>) {
    json.id(
        &["\"subject\":{\"reference\":\"urn:uuid:", "\"},"],
        &common.patient,
    );
    json.id(
        &["\"encounter\":{\"reference\":\"urn:uuid:", "\"}"],
        &common.encounter,
    );
}

fn numbers(json: &mut Json, orc: &Row<'_>) {
    json.raw("\"identifier\":[");
    for (field, kind) in [(2, "PLAC"), (3, "FILL")] {
        let mut numbers = orc.each(field);
        while let Some(ei) = numbers.next() {
            json.raw("{");
            json.part(&["\"value\":\"", "\","], ei, 1);
            json.part(&["\"assigner\":{\"display\":\"", "\"},"], ei, 2);
            json.raw("\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"");
            json.raw(kind);
            json.raw("\"}]}},");
        }
    }
    json.end("],");
}

fn observation_id(common: &Common<'_>, obx: &Row<'_>) -> Id {
    const { Key::of("Observation") }.id([common.control.bytes(), obx.bytes(1)])
}

fn role_id(common: &Common<'_>, xcn: &Parts<'_>) -> Id {
    const { Key::of("PractitionerRole") }.id([common.control.bytes(), xcn.bytes(1)])
}

fn observation(json: &mut Json, common: &Common<'_>, segments: &Segments<'_>, obx: &Row<'_>) {
    let observer = obx.first(16);
    let role = role_id(common, &observer);
    json.entry("Observation", &observation_id(common, obx));
    if obx.bytes(11) == b"F" {
        json.raw("\"status\":\"final\",");
    }
    let code = obx.first(3);
    if !code.is_empty() {
        json.raw("\"code\":");
        concept(json, &code);
        json.raw(",");
    }
    json.time(
        &["\"effectiveDateTime\":\"", "\","],
        &Time::of(obx.field(14), common.zone),
    );
    if !observer.is_empty() {
        json.id(&["\"performer\":[{\"reference\":\"urn:uuid:", "\"}],"], &role);
    }
    let value = obx.field(5);
    if obx.bytes(2) == b"NM" && is_number(value.bytes()) {
        let unit = obx.first(6);
        json.raw("\"valueQuantity\":{");
        json.part(&["\"unit\":\"", "\","], &unit, 2);
        if unit.bytes(3) == b"UCUM" {
            json.raw("\"system\":\"http://unitsofmeasure.org\",");
        }
        json.part(&["\"code\":\"", "\","], &unit, 1);
        json.text(&["\"value\":", "},"], value);
    }
    let flag = obx.field(8);
    if !flag.is_empty() {
        json.text(&["\"interpretation\":[{\"coding\":[{\"code\":\"", "\","], flag);
        match flag.bytes() {
            b"H" => json.raw("\"display\":\"High\","),
            b"L" => json.raw("\"display\":\"Low\","),
            b"N" => json.raw("\"display\":\"Normal\","),
            _ => {}
        }
        json.raw("\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation\"}]}],");
    }
    notes(json, segments, obx);
    json.field(&["\"referenceRange\":[{\"text\":\"", "\"}],"], obx, 7);
    about(json, common);
    json.raw("}},");
    if observer.is_empty() {
        return;
    }
    let who = practitioner_id(&observer);
    json.entry("PractitionerRole", &role);
    json.id(&["\"practitioner\":{\"reference\":\"urn:uuid:", "\"},\"code\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/practitioner-role\",\"code\":\"responsibleObserver\"}]}]}},"], &who);
    practitioner(json, &observer, &who);
}

/// The NTE behind an OBX.
fn notes(json: &mut Json, segments: &Segments<'_>, obx: &Row<'_>) {
    let mut notes = segments.behind(obx, b"NTE").peekable();
    if notes.peek().is_none() {
        return;
    }
    json.raw("\"note\":[");
    for nte in notes {
        json.raw("{");
        json.field(&["\"extension\":[{\"url\":\"urn:carewire:extension:note-source\",\"valueCoding\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0105\",\"code\":\"", "\"}}],"], nte, 2);
        json.field(&["\"text\":\"", "\","], nte, 3);
        json.end("},");
    }
    json.end("],");
}

/// Whether it is a number of JSON without sign and exponent.
fn is_number(text: &[u8]) -> bool {
    let is_point = |byte: &u8| *byte == b'.';
    let whole = text.iter().position(is_point).unwrap_or(text.len());
    let (whole, decimals) = text.split_at(whole);
    let are_digits = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    are_digits(whole)
        && (whole.len() == 1 || !whole.starts_with(b"0"))
        && (decimals.is_empty() || are_digits(&decimals[1..]))
}
