//! PID and NK1, and whoever an XCN names.

use std::ops::Range;

use super::id::{Id, Key};
use super::json::Json;
use super::text::{Parts, Row, Text};
use super::time::Time;
use super::{Common, Segments, organization};

pub(super) fn patient(json: &mut Json, common: &Common<'_>, segments: &Segments<'_>, pid: &Row<'_>) {
    json.entry("Patient", &common.patient);
    json.raw("\"extension\":[");
    if pid.bytes(17) == b"CHR" {
        json.raw("{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-religion\",\"valueCodeableConcept\":{\"coding\":[{\
            \"system\":\"http://terminology.hl7.org/CodeSystem/v3-ReligiousAffiliation\",\"code\":\"1013\",\"display\":\"Christian (non-Catholic, non-specific)\"}]}},");
    }
    json.field(&["{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueAddress\":{\"text\":\"", "\"}},"], pid, 23);
    let race = pid.first(10);
    if !race.is_empty() {
        json.raw("{\"extension\":[{\"url\":\"ombCategory\",\"valueCoding\":{");
        json.part(&["\"code\":\"", "\","], &race, 1);
        json.part(&["\"display\":\"", "\","], &race, 2);
        json.raw("\"system\":\"urn:oid:2.16.840.1.113883.6.238\"}}");
        json.part(&[",{\"url\":\"text\",\"valueString\":\"", "\"}"], &race, 2);
        json.raw("],\"url\":\"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race\"},");
    }
    json.end("],\"identifier\":[");
    let mut numbers = pid.each(3);
    while let Some(cx) = numbers.next() {
        identifier(json, cx.part(5), cx.sub(4, 2), cx.part(1), cx.sub(4, 1));
        json.raw(",");
    }
    json.end("],\"name\":[");
    let mut names = pid.each(5);
    while let Some(xpn) = names.next() {
        name(json, xpn);
        json.raw(",");
    }
    json.end("],\"telecom\":[");
    for number in [13, 14] {
        telecoms(json, pid, number);
    }
    json.end("],");
    match pid.bytes(8) {
        b"F" => json.raw("\"gender\":\"female\","),
        b"M" => json.raw("\"gender\":\"male\","),
        _ => {}
    }
    let born = pid.field(7).split(8).0;
    json.time(&["\"birthDate\":\"", "\","], &Time::date(born.bytes()));
    let xad = pid.first(11);
    if !xad.is_empty() {
        address(json, &xad);
    }
    if pid.bytes(16) == b"M" {
        json.raw("\"maritalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus\",\"code\":\"M\",\"display\":\"Married\"}]},");
    }
    if pid.bytes(15) == b"eng" {
        json.raw("\"communication\":[{\"language\":{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"en\",\"display\":\"English\"}]}}],");
    }
    let kin = segments.first(b"NK1").map(|nk1| contact(json, nk1));
    json.end("}},");
    if let Some(kin) = kin {
        related_person(json, common, kin);
    }
}

fn address(json: &mut Json, xad: &Parts<'_>) {
    json.raw("\"address\":[{");
    if xad.bytes(7) == b"H" {
        json.raw("\"use\":\"home\",");
    }
    json.part(&["\"city\":\"", "\","], xad, 3);
    json.part(&["\"state\":\"", "\","], xad, 4);
    json.part(&["\"postalCode\":\"", "\","], xad, 5);
    json.part(&["\"country\":\"", "\","], xad, 6);
    json.raw("\"line\":[");
    json.part(&["\"", "\","], xad, 1);
    json.part(&["\"", "\","], xad, 2);
    json.end("]}],");
}

/// A next of kin, and where its name, and its relationship with its telecom, are written.
struct Kin<'m> {
    nk1: &'m Row<'m>,
    name: Range<usize>,
    others: Range<usize>,
}

fn contact<'m>(json: &mut Json, nk1: &'m Row<'m>) -> Kin<'m> {
    json.raw("\"contact\":[{");
    let xpn = nk1.first(2);
    if !xpn.is_empty() {
        json.raw("\"name\":");
    }
    let start = json.length();
    if !xpn.is_empty() {
        name(json, &xpn);
        json.raw(",");
    }
    let middle = json.length();
    if nk1.bytes(3) == b"SPO" {
        json.raw("\"relationship\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-RoleCode\",\"code\":\"SPS\",\"display\":\"spouse\"}]}],");
    }
    json.raw("\"telecom\":[");
    telecoms(json, nk1, 5);
    json.end("]");
    let end = json.length();
    json.raw("}],");
    Kin {
        nk1,
        name: start..middle,
        others: middle..end,
    }
}

pub(super) fn account(json: &mut Json, common: &Common<'_>, pid: &Row<'_>) {
    let cx = pid.first(18);
    if cx.is_empty() {
        return;
    }
    json.entry("Account", &common.account);
    json.raw("\"status\":\"active\",\"identifier\":[");
    assigned(json, &cx);
    json.id(
        &["],\"subject\":[{\"reference\":\"urn:uuid:", "\"}]}},"],
        &common.patient,
    );
    assigner(json, common, cx.part(4));
}

fn related_person(json: &mut Json, common: &Common<'_>, kin: Kin<'_>) {
    let key = const { Key::of("RelatedPerson") };
    json.entry(
        "RelatedPerson",
        &key.id([common.control.bytes(), kin.nk1.bytes(1)]),
    );
    json.id(
        &["\"patient\":{\"reference\":\"urn:uuid:", "\"},\"name\":["],
        &common.patient,
    );
    json.again(kin.name);
    json.end("],");
    json.again(kin.others);
    json.raw("}},");
}

/// The organisation that gave a number out, unless it has an entry.
fn assigner(json: &mut Json, common: &Common<'_>, name: Text<'_>) {
    let own = organization(name);
    if name.is_empty() || [common.sender, common.receiver].contains(&own) {
        return;
    }
    json.entry("Organization", &own);
    json.text(&["\"identifier\":[{\"value\":\"", "\"}]"], name);
    json.raw("}},");
}

/// A number whose assigner is an organisation of the Bundle.
pub(super) fn assigned(json: &mut Json, cx: &Parts<'_>) {
    let by = cx.part(4);
    json.raw("{");
    json.part(
        &[
            "\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"",
            "\"}]},",
        ],
        cx,
        5,
    );
    json.part(&["\"value\":\"", "\","], cx, 1);
    json.raw("\"assigner\":{");
    json.text(&["\"display\":\"", "\","], by);
    json.id(&["\"reference\":\"urn:uuid:", "\"}}"], &organization(by));
}

fn identifier(json: &mut Json, kind: Text<'_>, oid: Text<'_>, value: Text<'_>, assigner: Text<'_>) {
    json.raw("{");
    json.text(
        &[
            "\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"",
            "\"}]},",
        ],
        kind,
    );
    json.text(&["\"system\":\"urn:oid:", "\","], oid);
    json.text(&["\"assigner\":{\"display\":\"", "\"},"], assigner);
    json.text(&["\"value\":\"", "\","], value);
    json.end("}");
}

fn name(json: &mut Json, xpn: &Parts<'_>) {
    human_name(json, xpn.part(7), xpn.part(1), [xpn.part(2), xpn.part(3)]);
    json.raw("}");
}

/// A name with its parts as XPN and XCN have them, up to the given ones.
fn human_name(json: &mut Json, kind: Text<'_>, family: Text<'_>, [given, others]: [Text<'_>; 2]) {
    json.raw("{");
    if kind.bytes() == b"L" {
        json.raw("\"use\":\"official\",");
    }
    json.text(&["\"family\":\"", "\","], family);
    json.raw("\"given\":[");
    json.text(&["\"", "\","], given);
    json.text(&["\"", "\","], others);
    json.end("]");
}

fn telecoms(json: &mut Json, row: &Row<'_>, number: usize) {
    let mut telecoms = row.each(number);
    while let Some(xtn) = telecoms.next() {
        telecom(json, xtn);
    }
}

fn telecom(json: &mut Json, xtn: &Parts<'_>) {
    if xtn.bytes(3) == b"Internet" {
        return json.part(&["{\"system\":\"email\",\"value\":\"", "\"},"], xtn, 4);
    }
    let (country, area, local) = (xtn.part(5), xtn.part(6), xtn.part(7));
    json.raw("{\"extension\":[");
    json.text(
        &[
            "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-country\",\"valueString\":\"",
            "\"},",
        ],
        country,
    );
    json.text(
        &[
            "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-area\",\"valueString\":\"",
            "\"},",
        ],
        area,
    );
    json.text(
        &[
            "{\"url\":\"http://hl7.org/fhir/StructureDefinition/contactpoint-local\",\"valueString\":\"",
            "\"},",
        ],
        local,
    );
    json.end("],\"system\":\"phone\",\"value\":\"+");
    json.text(&["", " "], country);
    json.text(&["", " "], area);
    json.text(&["", ""], local);
    match xtn.bytes(2) {
        b"PRN" => json.raw("\",\"use\":\"home\"},"),
        b"WPN" => json.raw("\",\"use\":\"work\"},"),
        _ => json.raw("\"},"),
    }
}

pub(super) fn practitioner_id(xcn: &Parts<'_>) -> Id {
    const { Key::of("Practitioner") }.id([xcn.bytes(1), xcn.bytes(9)])
}

#[inline(never)]
pub(super) fn practitioner(json: &mut Json, xcn: &Parts<'_>, id: &Id) {
    json.entry("Practitioner", id);
    if !xcn.part(2).is_empty() {
        json.raw("\"name\":[");
        human_name(json, xcn.part(10), xcn.part(2), [xcn.part(3), xcn.part(4)]);
        json.part(&[",\"prefix\":[\"", "\"]"], xcn, 6);
        json.raw("}],");
    }
    json.part(&["\"qualification\":[{\"code\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0360\",\"code\":\"", "\"}]}}],"], xcn, 7);
    json.raw("\"identifier\":[");
    identifier(json, xcn.part(13), xcn.sub(9, 2), xcn.part(1), xcn.sub(9, 1));
    json.raw("]}},");
}
