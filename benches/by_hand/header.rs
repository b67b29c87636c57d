//! MSH and EVN: the message, who sends it to whom, and what becomes of it.

use super::Common;
use super::id::Key;
use super::json::Json;
use super::person::{practitioner, practitioner_id};
use super::text::{Row, Text};
use super::time::Time;

/// What a source without an address has in its place.
const UNKNOWN_ENDPOINT: &str = "\"_endpoint\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"unknown\"}]}";

pub(super) fn header(json: &mut Json, common: &Common<'_>, msh: &Row<'_>) {
    let kind = msh.first(9);
    json.entry("MessageHeader", &common.header);
    json.field(
        &[
            "\"meta\":{\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0103\",\"code\":\"",
            "\"}]},",
        ],
        msh,
        11,
    );
    json.raw("\"eventCoding\":{");
    json.part(&["\"code\":\"", "\","], &kind, 2);
    json.raw("\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0003\",\"display\":\"");
    json.verbatim(msh.whole(9));
    json.raw("\"},\"destination\":[{");
    json.field(&["\"name\":\"", "\","], msh, 5);
    json.raw(UNKNOWN_ENDPOINT);
    json.id(
        &[",\"receiver\":{\"reference\":\"urn:uuid:", "\"}}],"],
        &common.receiver,
    );
    json.id(
        &["\"sender\":{\"reference\":\"urn:uuid:", "\"},\"source\":{"],
        &common.sender,
    );
    json.field(&["\"name\":\"", "\","], msh, 3);
    json.raw(UNKNOWN_ENDPOINT);
    json.raw("}}},");
    organizations(json, common, msh);
    sent(json, common, msh);
    converted(json, common);
}

fn organizations(json: &mut Json, common: &Common<'_>, msh: &Row<'_>) {
    for (name, own, country) in [
        (msh.field(6), common.receiver, Text::default()),
        (msh.field(4), common.sender, msh.field(17)),
    ] {
        json.entry("Organization", &own);
        json.text(&["\"identifier\":[{\"value\":\"", "\"}],"], name);
        json.text(&["\"address\":[{\"country\":\"", "\"}],"], country);
        json.end("}},");
    }
}

fn sent(json: &mut Json, common: &Common<'_>, msh: &Row<'_>) {
    let id = const { Key::of("message") }.id([common.control.bytes()]);
    json.entry("Provenance", &id);
    json.id(
        &["\"target\":[{\"reference\":\"urn:uuid:", "\"}],"],
        &common.header,
    );
    json.time(&["\"occurredDateTime\":\"", "\","], &common.sent);
    json.time(&["\"recorded\":\"", "\","], &common.sent);
    json.raw("\"activity\":{\"coding\":[{\"display\":\"message - ");
    json.verbatim(msh.whole(9));
    json.raw("\"}]},\"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"author\"}]},");
    json.id(
        &["\"who\":{\"reference\":\"urn:uuid:", "\"}}]}},"],
        &common.sender,
    );
}

fn converted(json: &mut Json, common: &Common<'_>) {
    let id = const { Key::of("conversion") }.id([common.control.bytes()]);
    json.entry("Provenance", &id);
    json.id(
        &["\"target\":[{\"reference\":\"urn:uuid:", "\"}],\"recorded\":\""],
        &common.header,
    );
    json.raw(common.now);
    json.raw("\",\"activity\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/uv/v2mappings/CodeSystem/provenance-activity-type-v2-to-fhir\",\"code\":\"v2-fhir-transformation\"}]},\
        \"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"assembler\"}]},\"who\":{\"display\":\"Carewire\"}}]}},");
}

pub(super) fn event(json: &mut Json, common: &Common<'_>, msh: &Row<'_>, evn: &Row<'_>) {
    let operator = evn.first(5);
    let who = practitioner_id(&operator);
    let id = const { Key::of("event") }.id([common.control.bytes()]);
    json.entry("Provenance", &id);
    json.id(
        &["\"target\":[{\"reference\":\"urn:uuid:", "\"}],"],
        &common.header,
    );
    json.time(&["\"recorded\":\"", "\","], &Time::of(evn.field(2), common.zone));
    if !operator.is_empty() {
        json.id(
            &["\"agent\":[{\"who\":{\"reference\":\"urn:uuid:", "\"}}],"],
            &who,
        );
    }
    json.raw("\"activity\":{\"coding\":[{\"display\":\"event - ");
    json.value(msh.field(9));
    json.raw("^");
    json.value(msh.first(9).part(2));
    json.raw("\"}]}}},");
    if !operator.is_empty() {
        practitioner(json, &operator, &who);
    }
}
