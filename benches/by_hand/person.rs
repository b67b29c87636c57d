//! PID and NK1, and whoever an XCN names.

use super::json::{Id, Json, Parts, Row, each, field, first, id};
use super::{Common, Segments, organization};

pub(super) fn patient(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>, pid: Row<'_>) {
    json.entry("Patient", &common.patient);
    json.raw("\"extension\":[");
    if field(pid, 17) == "CHR" {
        json.raw("{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-religion\",\"valueCodeableConcept\":{\"coding\":[{\
            \"system\":\"http://terminology.hl7.org/CodeSystem/v3-ReligiousAffiliation\",\"code\":\"1013\",\"display\":\"Christian (non-Catholic, non-specific)\"}]}},");
    }
    let place = field(pid, 23);
    if !place.is_empty() {
        json.raw(
            "{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueAddress\":{",
        );
        json.text("\"text\":\"", &place);
        json.end("}}");
    }
    if let Some(race) = first(pid, 10) {
        json.raw("{\"extension\":[{\"url\":\"ombCategory\",\"valueCoding\":{\"system\":\"urn:oid:2.16.840.1.113883.6.238\",");
        json.text("\"code\":\"", &race.part(1));
        json.text("\"display\":\"", &race.part(2));
        json.end("}}");
        json.raw("{\"url\":\"text\",");
        json.text("\"valueString\":\"", &race.part(2));
        json.end("}]");
        json.raw("\"url\":\"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race\"},");
    }
    json.end("]");
    json.raw("\"identifier\":[");
    for cx in each(pid, 3) {
        identifier(json, &cx, &cx.part(5));
    }
    json.end("]");
    json.raw("\"name\":[");
    for xpn in each(pid, 5) {
        name(json, &xpn);
    }
    json.end("]");
    json.raw("\"telecom\":[");
    for xtn in each(pid, 13).chain(each(pid, 14)) {
        telecom(json, &xtn);
    }
    json.end("]");
    match &*field(pid, 8) {
        "F" => json.raw("\"gender\":\"female\","),
        "M" => json.raw("\"gender\":\"male\","),
        _ => {}
    }
    json.time("\"birthDate\":", field(pid, 7).get(..8).unwrap_or_default(), "");
    if let Some(xad) = first(pid, 11) {
        json.raw("\"address\":[{");
        if xad.part(7) == "H" {
            json.raw("\"use\":\"home\",");
        }
        json.raw("\"line\":[");
        for line in [xad.part(1), xad.part(2)] {
            if !line.is_empty() {
                json.string(&line);
            }
        }
        json.end("]");
        for (key, number) in [
            ("\"city\":\"", 3),
            ("\"state\":\"", 4),
            ("\"postalCode\":\"", 5),
            ("\"country\":\"", 6),
        ] {
            json.text(key, &xad.part(number));
        }
        json.end("}]");
    }
    if field(pid, 16) == "M" {
        json.raw("\"maritalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus\",\"code\":\"M\",\"display\":\"Married\"}]},");
    }
    let next_of_kin = segments.first(b"NK1");
    if let Some(nk1) = next_of_kin {
        json.raw("\"contact\":[{");
        relation(json, nk1);
        if let Some(xpn) = first(nk1, 2) {
            json.raw("\"name\":");
            name(json, &xpn);
        }
        json.raw("\"telecom\":[");
        for xtn in each(nk1, 5) {
            telecom(json, &xtn);
        }
        json.end("]}]");
    }
    if field(pid, 15) == "eng" {
        json.raw("\"communication\":[{\"language\":{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"en\",\"display\":\"English\"}]}}],");
    }
    json.end_entry();
}

pub(super) fn account(json: &mut Json<'_>, common: &mut Common<'_>, pid: Row<'_>) {
    let Some(cx) = first(pid, 18) else { return };
    json.entry("Account", &common.account);
    json.raw("\"identifier\":[");
    assigned(json, &cx);
    json.end("]");
    json.raw("\"status\":\"active\",");
    json.reference("\"subject\":[", &common.patient);
    json.end("]");
    json.end_entry();
    assigner(json, common, &cx.part(4));
}

pub(super) fn related_person(json: &mut Json<'_>, common: &Common<'_>, nk1: Row<'_>) {
    json.entry(
        "RelatedPerson",
        &id(&["RelatedPerson", common.control, &field(nk1, 1)]),
    );
    json.reference("\"patient\":", &common.patient);
    relation(json, nk1);
    json.raw("\"name\":[");
    for xpn in each(nk1, 2) {
        name(json, &xpn);
    }
    json.end("]");
    json.raw("\"telecom\":[");
    for xtn in each(nk1, 5) {
        telecom(json, &xtn);
    }
    json.end("]");
    json.end_entry();
}

fn relation(json: &mut Json<'_>, nk1: Row<'_>) {
    if field(nk1, 3) == "SPO" {
        json.raw("\"relationship\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-RoleCode\",\"code\":\"SPS\",\"display\":\"spouse\"}]}],");
    }
}

/// The organisation that gave a number out, unless it has an entry.
fn assigner(json: &mut Json<'_>, common: &mut Common<'_>, name: &str) {
    let own = organization(name);
    if name.is_empty() || common.organizations.contains(&own) {
        return;
    }
    common.organizations.push(own);
    json.entry("Organization", &own);
    json.raw("\"identifier\":[{");
    json.text("\"value\":\"", name);
    json.end("}]");
    json.end_entry();
}

/// A number whose assigner is an organisation of the Bundle.
pub(super) fn assigned(json: &mut Json<'_>, cx: &Parts<'_>) {
    json.raw("{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",");
    json.text("\"code\":\"", &cx.part(5));
    json.end("}]}");
    json.text("\"value\":\"", &cx.part(1));
    json.raw("\"assigner\":{\"reference\":\"urn:uuid:");
    json.0.extend_from_slice(&organization(&cx.part(4)));
    json.raw("\",");
    json.text("\"display\":\"", &cx.part(4));
    json.end("}}");
}

fn identifier(json: &mut Json<'_>, cx: &Parts<'_>, kind: &str) {
    authority(json, kind, &cx.sub(4, 2), &cx.part(1), &cx.sub(4, 1));
}

fn authority(json: &mut Json<'_>, kind: &str, oid: &str, value: &str, assigner: &str) {
    json.raw("{");
    if !kind.is_empty() {
        json.raw("\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",");
        json.text("\"code\":\"", kind);
        json.end("}]}");
    }
    if !oid.is_empty() {
        json.raw("\"system\":\"urn:oid:");
        json.escaped(oid);
        json.raw("\",");
    }
    json.text("\"value\":\"", value);
    if !assigner.is_empty() {
        json.raw("\"assigner\":{");
        json.text("\"display\":\"", assigner);
        json.end("}");
    }
    json.end("}");
}

fn name(json: &mut Json<'_>, xpn: &Parts<'_>) {
    json.raw("{");
    if xpn.part(7) == "L" {
        json.raw("\"use\":\"official\",");
    }
    json.text("\"family\":\"", &xpn.part(1));
    given(json, &xpn.part(2), &xpn.part(3));
    json.end("}");
}

fn given(json: &mut Json<'_>, first: &str, second: &str) {
    json.raw("\"given\":[");
    for text in [first, second] {
        if !text.is_empty() {
            json.string(text);
        }
    }
    json.end("]");
}

fn telecom(json: &mut Json<'_>, xtn: &Parts<'_>) {
    let (kind, email) = (xtn.part(3), xtn.part(4));
    if kind == "Internet" {
        json.raw("{\"system\":\"email\",");
        json.text("\"value\":\"", &email);
        return json.end("}");
    }
    let (country, area, local) = (xtn.part(5), xtn.part(6), xtn.part(7));
    json.raw("{\"extension\":[");
    for (what, text) in [("country", &country), ("area", &area), ("local", &local)] {
        json.raw("{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-");
        json.raw(what);
        json.raw("\",");
        json.text("\"valueString\":\"", text);
        json.end("}");
    }
    json.end("]");
    json.raw("\"system\":\"phone\",\"value\":\"+");
    json.escaped(&country);
    json.raw(" ");
    json.escaped(&area);
    json.raw(" ");
    json.escaped(&local);
    json.raw("\",");
    match &*xtn.part(2) {
        "PRN" => json.raw("\"use\":\"home\","),
        "WPN" => json.raw("\"use\":\"work\","),
        _ => {}
    }
    json.end("}");
}

pub(super) fn practitioner_id(xcn: &Parts<'_>) -> Id {
    id(&["Practitioner", &xcn.part(1), &xcn.part(9)])
}

pub(super) fn practitioner(json: &mut Json<'_>, xcn: &Parts<'_>, id: &Id) {
    json.entry("Practitioner", id);
    json.raw("\"identifier\":[");
    authority(json, &xcn.part(13), &xcn.sub(9, 2), &xcn.part(1), &xcn.sub(9, 1));
    json.end("]");
    let family = xcn.part(2);
    if !family.is_empty() {
        json.raw("\"name\":[{");
        if xcn.part(10) == "L" {
            json.raw("\"use\":\"official\",");
        }
        json.text("\"family\":\"", &family);
        given(json, &xcn.part(3), &xcn.part(4));
        let prefix = xcn.part(6);
        if !prefix.is_empty() {
            json.raw("\"prefix\":[");
            json.string(&prefix);
            json.end("]");
        }
        json.end("}]");
    }
    let degree = xcn.part(7);
    if !degree.is_empty() {
        json.raw("\"qualification\":[{\"code\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0360\",");
        json.text("\"code\":\"", &degree);
        json.end("}]}}]");
    }
    json.end_entry();
}
