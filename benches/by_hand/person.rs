//! PID and NK1, and whoever an XCN names.

use std::ops::Range;

use super::id::{Id, Key};
use super::json::Json;
use super::text::{Parts, Row, Text};
use super::{Common, Segments, organization};

pub(super) fn patient(json: &mut Json<'_>, common: &Common<'_>, segments: &Segments<'_>, pid: Row<'_>) {
    json.entry("Patient", &common.patient);
    json.raw("\"extension\":[");
    if pid.field(17).bytes() == b"CHR" {
        json.raw("{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-religion\",\"valueCodeableConcept\":{\"coding\":[{\
            \"system\":\"http://terminology.hl7.org/CodeSystem/v3-ReligiousAffiliation\",\"code\":\"1013\",\"display\":\"Christian (non-Catholic, non-specific)\"}]}},");
    }
    json.within("{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueAddress\":{\"text\":\"", pid.field(23), "\"}},");
    if let Some(race) = pid.first(10) {
        json.raw("{\"extension\":[{\"url\":\"ombCategory\",\"valueCoding\":{\"system\":\"urn:oid:2.16.840.1.113883.6.238\",");
        json.text("\"code\":\"", race.part(1));
        json.last("\"display\":\"", race.part(2), "}},");
        json.within("{\"url\":\"text\",\"valueString\":\"", race.part(2), "\"},");
        json.end("],\"url\":\"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race\"},");
    }
    json.end("],\"identifier\":[");
    for cx in pid.each(3) {
        identifier(json, &cx, cx.part(5));
    }
    json.end("],\"name\":[");
    for xpn in pid.each(5) {
        name(json, &xpn);
    }
    json.end("],\"telecom\":[");
    for xtn in pid.each(13).chain(pid.each(14)) {
        telecom(json, &xtn);
    }
    json.end("],");
    match pid.field(8).bytes() {
        b"F" => json.raw("\"gender\":\"female\","),
        b"M" => json.raw("\"gender\":\"male\","),
        _ => {}
    }
    json.time("\"birthDate\":\"", pid.field(7).split(8).0, Text::default());
    if let Some(xad) = pid.first(11) {
        json.raw("\"address\":[{");
        if xad.part(7).bytes() == b"H" {
            json.raw("\"use\":\"home\",");
        }
        json.raw("\"line\":[");
        for line in [xad.part(1), xad.part(2)] {
            json.string(line);
        }
        json.end("],");
        for (key, number) in [
            ("\"city\":\"", 3),
            ("\"state\":\"", 4),
            ("\"postalCode\":\"", 5),
            ("\"country\":\"", 6),
        ] {
            json.text(key, xad.part(number));
        }
        json.end("}],");
    }
    if pid.field(16).bytes() == b"M" {
        json.raw("\"maritalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus\",\"code\":\"M\",\"display\":\"Married\"}]},");
    }
    let kin = segments.first(b"NK1").map(|nk1| contact(json, nk1));
    if pid.field(15).bytes() == b"eng" {
        json.raw("\"communication\":[{\"language\":{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"en\",\"display\":\"English\"}]}}],");
    }
    json.end_entry();
    if let Some(kin) = kin {
        related_person(json, common, kin);
    }
}

/// A next of kin, and where its name, and its relationship with its telecom, are written.
struct Kin<'m> {
    nk1: Row<'m>,
    name: Range<usize>,
    others: Range<usize>,
}

fn contact<'m>(json: &mut Json<'_>, nk1: Row<'m>) -> Kin<'m> {
    json.raw("\"contact\":[{");
    let xpn = nk1.first(2);
    if xpn.is_some() {
        json.raw("\"name\":");
    }
    let start = json.length();
    xpn.iter().for_each(|xpn| name(json, xpn));
    let middle = json.length();
    if nk1.field(3).bytes() == b"SPO" {
        json.raw("\"relationship\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-RoleCode\",\"code\":\"SPS\",\"display\":\"spouse\"}]}],");
    }
    json.raw("\"telecom\":[");
    nk1.each(5).for_each(|xtn| telecom(json, &xtn));
    json.end("]");
    let end = json.length();
    json.raw("}],");
    Kin {
        nk1,
        name: start..middle,
        others: middle..end,
    }
}

pub(super) fn account(json: &mut Json<'_>, common: &Common<'_>, pid: Row<'_>) {
    let Some(cx) = pid.first(18) else { return };
    json.entry("Account", &common.account);
    json.raw("\"identifier\":[");
    assigned(json, &cx);
    json.end("],\"status\":\"active\",");
    json.only_reference("\"subject\":", &common.patient);
    json.end_entry();
    assigner(json, common, cx.part(4));
}

fn related_person(json: &mut Json<'_>, common: &Common<'_>, kin: Kin<'_>) {
    let key = const { Key::of("RelatedPerson") }.with(common.control);
    json.entry("RelatedPerson", &key.with(kin.nk1.field(1)).id());
    json.reference("\"patient\":", &common.patient);
    json.raw("\"name\":[");
    json.again(kin.name);
    json.end("],");
    json.again(kin.others);
    json.end_entry();
}

/// The organisation that gave a number out, unless it has an entry.
fn assigner(json: &mut Json<'_>, common: &Common<'_>, name: Text<'_>) {
    let own = organization(name);
    if name.is_empty() || [common.sender, common.receiver].contains(&own) {
        return;
    }
    json.entry("Organization", &own);
    json.within("\"identifier\":[{\"value\":\"", name, "\"}],");
    json.end_entry();
}

/// A number whose assigner is an organisation of the Bundle.
pub(super) fn assigned(json: &mut Json<'_>, cx: &Parts<'_>) {
    json.within(
        "{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"",
        cx.part(5),
        "\"}]},",
    );
    json.text("\"value\":\"", cx.part(1));
    json.raw("\"assigner\":{\"reference\":\"urn:uuid:");
    json.id(&organization(cx.part(4)));
    json.raw("\",");
    json.text("\"display\":\"", cx.part(4));
    json.end("}},");
}

fn identifier(json: &mut Json<'_>, cx: &Parts<'_>, kind: Text<'_>) {
    authority(json, kind, cx.sub(4, 2), cx.part(1), cx.sub(4, 1));
}

fn authority(json: &mut Json<'_>, kind: Text<'_>, oid: Text<'_>, value: Text<'_>, assigner: Text<'_>) {
    json.raw("{");
    json.within(
        "\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"",
        kind,
        "\"}]},",
    );
    json.within("\"system\":\"urn:oid:", oid, "\",");
    json.text("\"value\":\"", value);
    json.within("\"assigner\":{\"display\":\"", assigner, "\"},");
    json.end("},");
}

fn name(json: &mut Json<'_>, xpn: &Parts<'_>) {
    human_name(json, xpn.part(7), xpn.part(1), [xpn.part(2), xpn.part(3)]);
    json.end("]},");
}

/// A name with its parts as XPN and XCN have them, up to the end of the given ones.
fn human_name(json: &mut Json<'_>, kind: Text<'_>, family: Text<'_>, given: [Text<'_>; 2]) {
    json.raw(if kind.bytes() == b"L" {
        "{\"use\":\"official\","
    } else {
        "{"
    });
    json.text("\"family\":\"", family);
    json.raw("\"given\":[");
    given.into_iter().for_each(|name| json.string(name));
}

fn telecom(json: &mut Json<'_>, xtn: &Parts<'_>) {
    if xtn.part(3).bytes() == b"Internet" {
        return json.within("{\"system\":\"email\",\"value\":\"", xtn.part(4), "\"},");
    }
    let (country, area, local) = (xtn.part(5), xtn.part(6), xtn.part(7));
    json.raw("{\"extension\":[");
    json.within(
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-country\",\"valueString\":\"",
        country,
        "\"},",
    );
    json.within(
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-area\",\"valueString\":\"",
        area,
        "\"},",
    );
    json.within(
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-local\",\"valueString\":\"",
        local,
        "\"},",
    );
    json.end("],\"system\":\"phone\",\"value\":\"+");
    json.within("", country, " ");
    json.within("", area, " ");
    json.escaped(local);
    json.raw(match xtn.part(2).bytes() {
        b"PRN" => "\",\"use\":\"home\"},",
        b"WPN" => "\",\"use\":\"work\"},",
        _ => "\"},",
    });
}

pub(super) fn practitioner_id(xcn: &Parts<'_>) -> Id {
    const { Key::of("Practitioner") }
        .with(xcn.part(1))
        .with(xcn.part(9))
        .id()
}

pub(super) fn practitioner(json: &mut Json<'_>, xcn: &Parts<'_>, id: &Id) {
    json.entry("Practitioner", id);
    json.raw("\"identifier\":[");
    authority(json, xcn.part(13), xcn.sub(9, 2), xcn.part(1), xcn.sub(9, 1));
    json.end("],");
    if !xcn.part(2).is_empty() {
        json.raw("\"name\":[");
        human_name(json, xcn.part(10), xcn.part(2), [xcn.part(3), xcn.part(4)]);
        json.end("],");
        json.within("\"prefix\":[\"", xcn.part(6), "\"],");
        json.end("}],");
    }
    json.within("\"qualification\":[{\"code\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0360\",\"code\":\"", xcn.part(7), "\"}]}}],");
    json.end_entry();
}
