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
mod visit;

use carewire_hl7v2::Message;

use self::id::{Id, Key};
use self::json::Json;
use self::text::{Row, Source, Text};

/// What the resources of one message have in common.
struct Common<'m> {
    sent: Text<'m>,
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

/// The segments of a message.
struct Segments<'m>(Vec<Row<'m>>);

impl<'m> Segments<'m> {
    fn of(message: &'m Message<'m>, source: &'m Source<'m>) -> Self {
        let segments = message.segments();
        let mut rows = Vec::with_capacity(segments.len());
        rows.extend(segments.filter_map(|segment| Row::of(segment, source)));
        Self(rows)
    }

    fn first(&self, id: &[u8; 3]) -> Option<Row<'m>> {
        self.all(id).next()
    }

    fn all(&self, id: &[u8; 3]) -> impl Iterator<Item = Row<'m>> {
        self.0.iter().filter(move |row| row.id == *id).copied()
    }

    /// Those of an id that stand together behind another one.
    fn behind(&self, row: Row<'m>, id: &[u8; 3]) -> impl Iterator<Item = Row<'m>> {
        let behind = self.0.get(row.position()..).unwrap_or_default();
        behind.iter().take_while(move |row| row.id == *id).copied()
    }
}

/// Appends the Bundle of an ADT or ORU.
pub(crate) fn convert(message: &Message<'_>, now: &str, out: &mut Vec<u8>) -> Option<()> {
    let source = &Source::of(message)?;
    let segments = &Segments::of(message, source);
    let (msh, pid) = (segments.first(b"MSH")?, segments.first(b"PID")?);
    let control = msh.field(10);
    let (sent, zone) = msh.field(7).split(14);
    let number = pid.first(3)?;
    let common = Common {
        sent,
        zone,
        now,
        control,
        header: const { Key::of("MessageHeader") }.with(control).id(),
        sender: organization(msh.field(4)),
        patient: const { Key::of("Patient") }
            .with(number.part(1))
            .with(number.part(4))
            .id(),
        account: const { Key::of("Account") }.with(pid.field(18)).id(),
        encounter: const { Key::of("Encounter") }.with(control).id(),
        receiver: organization(msh.field(6)),
    };
    let mut writer = Json::new(out, message.encoding_characters());
    let json = &mut writer;
    json.within(
        "{\"resourceType\":\"Bundle\",\"identifier\":{\"value\":\"",
        control,
        "\"},",
    );
    json.raw("\"type\":\"message\",");
    json.time("\"timestamp\":\"", sent, zone);
    json.raw("\"entry\":[");

    header::header(json, &common, msh)?;
    if let Some(evn) = segments.first(b"EVN") {
        header::event(json, &common, msh, evn)?;
    }
    person::patient(json, &common, segments, pid);
    person::account(json, &common, pid);
    visit::visit(json, &common, segments)?;
    order::orders(json, &common, segments)?;
    json.end("]}");
    writer.finish();
    Some(())
}

fn organization(name: Text<'_>) -> Id {
    const { Key::of("Organization") }.with(name).id()
}
