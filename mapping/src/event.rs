//! The event of HL7 v2 that a Bundle says it is about.

use std::borrow::Cow;
use std::collections::HashMap;

use carewire_fhir_model::Node;

use crate::program::Entry;

/// What MessageHeader.event says: `ADT^A01^ADT_A01` as far as it goes, or `A01` alone.
struct Event<'d> {
    code: Option<Cow<'d, str>>,
    event: Cow<'d, str>,
    structure: Option<Cow<'d, str>>,
}

/// The entry for a Bundle, by the first MessageHeader in it: code and event, the structure, the event alone, any event of the code, anything.
///
/// An event alone finds the first of the entries of it, in their order by name: an event of table 0003 belongs to one message, but for a few queries.
pub(crate) fn entry<'p>(entries: &'p HashMap<String, Entry>, source: Node<'_>) -> Option<&'p Entry> {
    let event = header(source).and_then(event_of);
    event
        .and_then(|event| by_event(entries, &event))
        .or_else(|| entries.get("*"))
}

/// Why there is no entry for a Bundle.
pub(crate) fn missing(source: Node<'_>) -> &'static str {
    match header(source) {
        None => "there is no MessageHeader whose event could choose a map",
        Some(header) if event_of(header).is_none() => {
            "the MessageHeader has no event that could choose a map"
        }
        Some(_) => "no map has an entry for the event of the MessageHeader",
    }
}

fn by_event<'p>(entries: &'p HashMap<String, Entry>, event: &Event<'_>) -> Option<&'p Entry> {
    let structure = || event.structure.as_deref().and_then(|name| entries.get(name));
    let Some(code) = &event.code else {
        let end = format!("^{}", event.event);
        let of_event = entries.keys().filter(|key| key.ends_with(&end)).min();
        return structure().or_else(|| entries.get(of_event?));
    };
    entries
        .get(&format!("{code}^{}", event.event))
        .or_else(structure)
        .or_else(|| entries.get(&format!("{code}^*")))
}

fn header(source: Node<'_>) -> Option<Node<'_>> {
    source
        .children_named("entry")
        .filter_map(|entry| entry.child("resource"))
        .find(|resource| {
            resource
                .type_id()
                .is_some_and(|own| own.name() == "MessageHeader")
        })
}

/// A Coding's display where it is written as MSH-9 is, else its code; of a uri what stands behind the last mark.
fn event_of(header: Node<'_>) -> Option<Event<'_>> {
    let event = header.children_named("event").next()?;
    let texts = [event.child("display"), event.child("code"), Some(event)];
    let texts: Vec<Cow<'_, str>> = texts.into_iter().flatten().filter_map(Node::text).collect();
    let parsed = texts.iter().find_map(|text| parsed(text));
    parsed.or_else(|| alone(texts.into_iter().next_back()?))
}

/// `ADT^A01` and `ADT^A01^ADT_A01`.
fn parsed<'d>(text: &Cow<'d, str>) -> Option<Event<'d>> {
    let mut parts = text.split('^').map(|part| Cow::Owned(part.to_owned()));
    Some(Event {
        code: Some(parts.next()?),
        event: parts.next()?,
        structure: parts.next(),
    })
}

fn alone(text: Cow<'_, str>) -> Option<Event<'_>> {
    let event = text.rsplit(['/', '#', ':', '|']).next()?.to_owned();
    Some(Event {
        code: None,
        event: Cow::Owned(event),
        structure: None,
    })
}

#[cfg(test)]
mod tests {
    use carewire_fhir_model::Document;

    use super::*;
    use crate::{Maps, Options};

    fn found(event: &str) -> Option<usize> {
        let files: Vec<(String, String)> = ["ADT^A01", "ADT_A02", "ADT^*", "SIU^S12"]
            .into_iter()
            .enumerate()
            .map(|(at, entry)| {
                let text = format!(
                    "/// url = 'http://example.org/{at}'\n/// carewire.entry = '{entry}'\nuses 'urn:hl7-org:v2xml:message' alias Any as target\n\
                     group g(source b : Bundle, target m : Any) {{}}\n"
                );
                (format!("{at}.map"), text)
            })
            .collect();
        let texts: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let program = Maps::compile(&texts, &Options::default()).unwrap().into_program();
        let json = format!(
            r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"MessageHeader",{event}}}}}]}}"#
        );
        let bundle = Document::from_json(json.as_bytes()).unwrap().document;
        entry(&program.document_entries, bundle.root()).map(|entry| usize::from(entry.place.file))
    }

    #[test]
    fn the_event_of_a_bundle_finds_its_map() {
        for (event, expected) in [
            (r#""eventCoding":{"code":"A01"}"#, Some(0)),
            (
                r#""eventCoding":{"code":"A01","display":"ADT^A01^ADT_A01"}"#,
                Some(0),
            ),
            (
                r#""eventCoding":{"code":"A02","display":"ADT^A02^ADT_A02"}"#,
                Some(1),
            ),
            (r#""eventCoding":{"display":"ADT^A60"}"#, Some(2)),
            (r#""eventUri":"http://example.org/events#S12""#, Some(3)),
            (r#""eventUri":"http://example.org/S13""#, None),
            (r#""id":"x""#, None),
        ] {
            assert_eq!(found(event), expected, "{event}");
        }
    }
}
