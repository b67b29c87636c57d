//! MSH and EVN: the message, who sends it to whom, and what becomes of it.

use super::Common;
use super::id::Key;
use super::json::Json;
use super::person::{practitioner, practitioner_id};
use super::text::{Row, Text};

/// What a source without an address has in its place.
const UNKNOWN_ENDPOINT: &str = "\"_endpoint\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"unknown\"}]},";

pub(super) fn header(json: &mut Json<'_>, common: &Common<'_>, msh: Row<'_>) -> Option<()> {
    let event = msh.first(9)?.part(2);
    json.entry("MessageHeader", &common.header);
    json.within(
        "\"meta\":{\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0103\",\"code\":\"",
        msh.field(11),
        "\"}]},",
    );
    json.raw("\"eventCoding\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0003\",");
    json.text("\"code\":\"", event);
    json.raw("\"display\":\"");
    json.verbatim(msh.whole(9));
    json.raw("\"},\"destination\":[{");
    json.text("\"name\":\"", msh.field(5));
    json.raw(UNKNOWN_ENDPOINT);
    json.reference("\"receiver\":", &common.receiver);
    json.end("}],");
    json.reference("\"sender\":", &common.sender);
    json.raw("\"source\":{");
    json.text("\"name\":\"", msh.field(3));
    json.raw(UNKNOWN_ENDPOINT);
    json.end("}}},");
    organizations(json, common, msh);
    sent(json, common, msh);
    converted(json, common);
    Some(())
}

fn organizations(json: &mut Json<'_>, common: &Common<'_>, msh: Row<'_>) {
    for (name, own, country) in [
        (msh.field(6), common.receiver, Text::default()),
        (msh.field(4), common.sender, msh.field(17)),
    ] {
        json.entry("Organization", &own);
        json.within("\"identifier\":[{\"value\":\"", name, "\"}],");
        if !country.is_empty() {
            json.within("\"address\":[{\"country\":\"", country, "\"}],");
        }
        json.end_entry();
    }
}

fn sent(json: &mut Json<'_>, common: &Common<'_>, msh: Row<'_>) {
    json.entry(
        "Provenance",
        &const { Key::of("message") }.with(common.control).id(),
    );
    json.only_reference("\"target\":", &common.header);
    json.time("\"occurredDateTime\":\"", common.sent, common.zone);
    json.time("\"recorded\":\"", common.sent, common.zone);
    json.raw("\"activity\":{\"coding\":[{\"display\":\"message - ");
    json.verbatim(msh.whole(9));
    json.raw("\"}]},\"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"author\"}]},");
    json.reference("\"who\":", &common.sender);
    json.end("}]}},");
}

fn converted(json: &mut Json<'_>, common: &Common<'_>) {
    json.entry(
        "Provenance",
        &const { Key::of("conversion") }.with(common.control).id(),
    );
    json.only_reference("\"target\":", &common.header);
    json.raw("\"recorded\":\"");
    json.raw(common.now);
    json.raw("\",\"activity\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/uv/v2mappings/CodeSystem/provenance-activity-type-v2-to-fhir\",\"code\":\"v2-fhir-transformation\"}]},\
        \"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"assembler\"}]},\"who\":{\"display\":\"Carewire\"}}]}},");
}

pub(super) fn event(json: &mut Json<'_>, common: &Common<'_>, msh: Row<'_>, evn: Row<'_>) -> Option<()> {
    let operator = evn.first(5)?;
    let who = practitioner_id(&operator);
    json.entry(
        "Provenance",
        &const { Key::of("event") }.with(common.control).id(),
    );
    json.only_reference("\"target\":", &common.header);
    json.time("\"recorded\":\"", evn.field(2), common.zone);
    json.raw("\"activity\":{\"coding\":[{\"display\":\"event - ");
    json.escaped(msh.field(9));
    json.raw("^");
    json.escaped(msh.first(9)?.part(2));
    json.raw("\"}]},\"agent\":[{");
    json.reference("\"who\":", &who);
    json.end("}]}},");
    practitioner(json, &operator, &who);
    Some(())
}
