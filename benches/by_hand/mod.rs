//! The benchmark's messages converted by hand: what a program for these fields alone would be, to measure what a language of maps costs.
//!
//! It reads the fields that the messages of the benchmark fill and has of each table the codes that they hold; what the standard maps do beyond
//! is not here. The output has the facts of theirs.

mod header;
mod id;
mod json;
mod order;
mod person;
mod text;
mod time;
mod visit;

use std::mem;

use carewire_hl7v2::{Charset, Message};

use self::id::{Id, Key};
use self::json::Json;
use self::text::{Row, Source, Text};
use self::time::Time;

/// What the resources of one message have in common.
struct Common<'m> {
    sent: Time,
    zone: Text<'m>,
    now: &'m str,
    control: Text<'m>,
    header: Id,
    sender: Id,
    patient: Id,
    account: Id,
    encounter: Id,
    receiver: Id,
}

/// As much room is made for each byte of a message: for most more than its Bundle takes.
const ROOM: usize = 16;

/// The segments of a message.
struct Segments<'m>(Vec<Row<'m>>);

impl<'m> Segments<'m> {
    fn of(message: &'m Message<'m>, source: &'m Source<'m>) -> Self {
        let segments = message.segments();
        let mut rows = Vec::with_capacity(segments.len());
        rows.extend(segments.filter_map(|segment| Row::of(segment, source)));
        Self(rows)
    }

    fn first(&self, id: &[u8; 3]) -> Option<&Row<'m>> {
        self.all(id).next()
    }

    fn all(&self, id: &[u8; 3]) -> impl Iterator<Item = &Row<'m>> {
        self.0.iter().filter(move |row| row.id == *id)
    }

    /// Those of an id that stand together behind another one.
    fn behind(&self, row: &Row<'m>, id: &[u8; 3]) -> impl Iterator<Item = &Row<'m>> {
        let behind = self.0.get(row.position()..).unwrap_or_default();
        behind.iter().take_while(move |row| row.id == *id)
    }
}

/// Appends the Bundle of an ADT or ORU in ASCII or UTF-8.
pub(crate) fn convert(message: &Message<'_>, now: &str, out: &mut Vec<u8>) -> Option<()> {
    if !matches!(message.charset(), Charset::Ascii | Charset::Utf8) {
        return None;
    }
    let source = &Source::of(message)?;
    let segments = &Segments::of(message, source);
    let (msh, pid) = (segments.first(b"MSH")?, segments.first(b"PID")?);
    out.reserve(ROOM * message.as_bytes().len());
    let mut json = Json::new(mem::take(out), message.encoding_characters());
    bundle(&mut json, segments, msh, pid, now);
    *out = json.finish();
    Some(())
}

fn bundle(json: &mut Json, segments: &Segments<'_>, msh: &Row<'_>, pid: &Row<'_>, now: &str) {
    let control = msh.field(10);
    let (sent, zone) = msh.field(7).split(14);
    let number = pid.first(3);
    let common = &Common {
        sent: Time::of(sent, zone),
        zone,
        now,
        control,
        header: const { Key::of("MessageHeader") }.id([control.bytes()]),
        sender: organization(msh.field(4)),
        patient: const { Key::of("Patient") }.id([number.bytes(1), number.bytes(4)]),
        account: const { Key::of("Account") }.id([pid.bytes(18)]),
        encounter: const { Key::of("Encounter") }.id([control.bytes()]),
        receiver: organization(msh.field(6)),
    };
    json.raw("{\"resourceType\":\"Bundle\",\"type\":\"message\",");
    json.text(&["\"identifier\":{\"value\":\"", "\"},"], control);
    json.time(&["\"timestamp\":\"", "\","], &common.sent);
    json.raw("\"entry\":[");
    header::header(json, common, msh);
    if let Some(evn) = segments.first(b"EVN") {
        header::event(json, common, msh, evn);
    }
    person::patient(json, common, segments, pid);
    person::account(json, common, pid);
    if let Some(pv1) = segments.first(b"PV1") {
        visit::visit(json, common, segments, pv1);
    }
    if let (Some(orc), Some(obr)) = (segments.first(b"ORC"), segments.first(b"OBR")) {
        order::orders(json, common, segments, orc, obr);
    }
    json.end("]}");
}

fn organization(name: Text<'_>) -> Id {
    const { Key::of("Organization") }.id([name.bytes()])
}
