//! The benchmark's messages converted by hand: what a program for these fields alone would be, to measure what a language of maps costs.
//!
//! It reads the fields that the messages of the benchmark fill and has of each table the codes that they hold; what the standard maps do beyond
//! is not here. The output has the facts of theirs.

mod json;
mod order;
mod person;
mod visit;

use carewire_hl7v2::Message;

use self::json::{Id, Json, Row, field, id};

/// What the resources of one message have in common.
struct Common<'m> {
    zone: &'m str,
    now: &'m str,
    control: &'m str,
    header: Id,
    sender: Id,
    patient: Id,
    account: Id,
    encounter: Id,
    /// The organisations that have an entry.
    organizations: Vec<Id>,
}

/// The segments of a message.
struct Segments<'m>(Vec<Row<'m>>);

impl<'m> Segments<'m> {
    fn of(message: &'m Message<'m>) -> Option<Self> {
        Some(Self(Row::all(message)?.collect()))
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
    let segments = &Segments::of(message)?;
    let (msh, pid) = (segments.first(b"MSH")?, segments.first(b"PID")?);
    let (sent, control) = (field(msh, 7), field(msh, 10));
    let (facility, receiver) = (field(msh, 4), field(msh, 6));
    let number = json::first(pid, 3)?;
    let account = field(pid, 18);
    let mut common = Common {
        zone: sent.get(14..).unwrap_or_default(),
        now,
        control: &control,
        header: id(&["MessageHeader", &control]),
        sender: organization(&facility),
        patient: id(&["Patient", &number.part(1), &number.part(4)]),
        account: id(&["Account", &account]),
        encounter: id(&["Encounter", &control]),
        organizations: Vec::with_capacity(4),
    };
    let json = &mut Json(out);
    json.raw("{\"resourceType\":\"Bundle\",\"identifier\":{");
    json.text("\"value\":\"", &control);
    json.end("}");
    json.raw("\"type\":\"message\",");
    json.time("\"timestamp\":", sent.get(..14)?, common.zone);
    json.raw("\"entry\":[");

    let (code, event) = (field(msh, 9), json::first(msh, 9)?.part(2));
    json.entry("MessageHeader", &common.header);
    json.raw("\"meta\":{\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0103\",");
    json.text("\"code\":\"", &field(msh, 11));
    json.end("}]}");
    json.raw("\"eventCoding\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0003\",");
    json.text("\"code\":\"", &event);
    json.text("\"display\":\"", msh.raw(9));
    json.end("}");
    json.raw("\"destination\":[{");
    json.text("\"name\":\"", &field(msh, 5));
    json.raw(UNKNOWN_ENDPOINT);
    json.reference("\"receiver\":", &organization(&receiver));
    json.end("}]");
    json.reference("\"sender\":", &common.sender);
    json.raw("\"source\":{");
    json.text("\"name\":\"", &field(msh, 3));
    json.raw(UNKNOWN_ENDPOINT);
    json.end("}");
    json.end_entry();

    for (name, country) in [(&receiver, ""), (&facility, &*field(msh, 17))] {
        let own = organization(name);
        common.organizations.push(own);
        json.entry("Organization", &own);
        json.raw("\"identifier\":[{");
        json.text("\"value\":\"", name);
        json.end("}]");
        if !country.is_empty() {
            json.raw("\"address\":[{");
            json.text("\"country\":\"", country);
            json.end("}]");
        }
        json.end_entry();
    }

    json.entry("Provenance", &id(&["message", &control]));
    json.reference("\"target\":[", &common.header);
    json.end("]");
    json.time("\"occurredDateTime\":", sent.get(..14)?, common.zone);
    json.time("\"recorded\":", sent.get(..14)?, common.zone);
    json.raw("\"activity\":{\"coding\":[{\"display\":\"message - ");
    json.escaped(msh.raw(9));
    json.raw("\"}]},\"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"author\"}]},");
    json.reference("\"who\":", &common.sender);
    json.end("}]");
    json.end_entry();

    json.entry("Provenance", &id(&["conversion", &control]));
    json.reference("\"target\":[", &common.header);
    json.end("]");
    json.text("\"recorded\":\"", common.now);
    json.raw("\"activity\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/uv/v2mappings/CodeSystem/provenance-activity-type-v2-to-fhir\",\"code\":\"v2-fhir-transformation\"}]},\
        \"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":\"assembler\"}]},\"who\":{\"display\":\"Carewire\"}}],");
    json.end_entry();

    if let Some(evn) = segments.first(b"EVN") {
        let operator = json::first(evn, 5)?;
        let who = person::practitioner_id(&operator);
        json.entry("Provenance", &id(&["event", &control]));
        json.reference("\"target\":[", &common.header);
        json.end("]");
        json.time("\"recorded\":", &field(evn, 2), common.zone);
        json.raw("\"activity\":{\"coding\":[{\"display\":\"event - ");
        json.escaped(&code);
        json.raw("^");
        json.escaped(&event);
        json.raw("\"}]},\"agent\":[{");
        json.reference("\"who\":", &who);
        json.end("}]");
        json.end_entry();
        person::practitioner(json, &operator, &who);
    }

    person::patient(json, &common, segments, pid);
    person::account(json, &mut common, pid);
    visit::visit(json, &mut common, segments)?;
    order::orders(json, &common, segments)?;
    json.end("]}");
    json.0.pop();
    Some(())
}

/// What a source without an address has in its place.
const UNKNOWN_ENDPOINT: &str = "\"_endpoint\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"unknown\"}]},";

fn organization(name: &str) -> Id {
    id(&["Organization", name])
}
