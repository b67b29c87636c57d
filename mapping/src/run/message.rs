//! A tree of names as an HL7 v2 message.

use std::collections::{BTreeMap, HashMap};

use carewire_hl7v2::schema::{Element, Elements, Structure, Version};
use carewire_hl7v2::{Charset, Message, MessageBuilder, SegmentBuilder, Value as V2Value};

use super::hash::Seeded;
use super::loose::{LooseId, Trees};
use crate::compile::numbered;

/// The message that a tree is: its segments in the order of its structure, and without one in the order in which they were made.
pub(super) fn message(trees: &Trees<'_>, root: LooseId) -> Option<Message<'static>> {
    let mut header: Vec<(usize, V2Value<'_>)> = Vec::new();
    let (mut version, mut charset, mut is_ascii) = ("2.5.1", None, true);
    let mut segments = Vec::new();
    let mut work = vec![(
        root,
        trees
            .elements(root)
            .or_else(|| elements_named_in_header(trees, root)),
    )];
    while let Some((id, elements)) = work.pop() {
        let name = trees.name(id);
        let is_segment = name.len() == 3;
        if !is_segment {
            let below = ordered(trees, id, elements.as_ref());
            work.extend(below.into_iter().rev());
            continue;
        }
        let fields = fields(trees, id, &mut is_ascii);
        if name == "MSH" {
            let text = |number: u16| {
                let field = trees
                    .children(id)
                    .find(|child| numbered(trees.name(*child), 'f') == Some(number))?;
                first_text(trees, field)
            };
            version = text(12).unwrap_or(version);
            charset = text(18).map(charset_named);
            header.extend(fields.into_iter().filter(|(number, _)| *number > 2));
        } else if !fields.is_empty() {
            let segment = fields
                .into_iter()
                .fold(SegmentBuilder::new(name), |segment, (number, value)| {
                    segment.field(number, value)
                });
            segments.push(segment);
        }
    }
    let mut builder = MessageBuilder::new(version);
    for (number, value) in header {
        builder = builder.header(number, value);
    }
    if let Some(charset) = charset.or((!is_ascii).then_some(Charset::Utf8)) {
        builder = builder.charset(charset);
    }
    builder.segments(segments).build().ok()
}

/// The set that a map writes in MSH-18; what is none that is written here becomes UTF-8.
///
/// Spec: HL7 table 0211.
fn charset_named(name: &str) -> Charset {
    match name {
        "ASCII" => Charset::Ascii,
        "8859/1" => Charset::Iso8859_1,
        _ => Charset::Utf8,
    }
}

/// What the structure has that a message names in MSH-9.3, for a target that is declared as any message.
fn elements_named_in_header(trees: &Trees<'_>, root: LooseId) -> Option<Elements> {
    let header = trees.children(root).find(|child| trees.name(*child) == "MSH")?;
    let part = |of, name: &str| trees.children(of).find(|child| trees.name(*child) == name);
    let structure = part(part(header, "f9")?, "c3")?;
    newest(trees.text(structure)?.1).map(|structure| structure.elements())
}

/// A structure by its name, as the newest version that has it has it.
pub(super) fn newest(name: &str) -> Option<Structure> {
    Version::ALL
        .into_iter()
        .rev()
        .find_map(|version| Structure::find(version, name))
}

/// The children of a message or group in the order of its structure, each with what the structure has below it; what the structure does not have
/// stays behind what it follows.
fn ordered(trees: &Trees<'_>, id: LooseId, elements: Option<&Elements>) -> Vec<(LooseId, Option<Elements>)> {
    let mut places: HashMap<&str, (usize, Element), Seeded> = HashMap::default();
    for (at, element) in elements.cloned().into_iter().flatten().enumerate() {
        places.entry(element.name()).or_insert((at, element));
    }
    let mut before = 0;
    let mut keyed: Vec<(usize, LooseId, Option<Elements>)> = trees
        .children(id)
        .map(|child| {
            let found = places.get(trees.name(child));
            before = found.map_or(before, |(at, _)| *at);
            let below = found.filter(|(_, element)| element.is_group());
            (before, child, below.map(|(_, element)| element.elements()))
        })
        .collect();
    keyed.sort_by_key(|(place, ..)| *place);
    keyed
        .into_iter()
        .map(|(_, child, below)| (child, below))
        .collect()
}

/// The fields of a segment that hold something, each with its repetitions.
fn fields<'t>(trees: &Trees<'t>, segment: LooseId, is_ascii: &mut bool) -> Vec<(usize, V2Value<'t>)> {
    let mut fields: BTreeMap<usize, Vec<V2Value<'t>>> = BTreeMap::new();
    for child in trees.children(segment) {
        let Some(number) = numbered(trees.name(child), 'f').map(usize::from) else {
            continue;
        };
        let Some(value) = part(trees, child, &['c', 's'], is_ascii) else {
            continue;
        };
        fields.entry(number).or_default().push(value);
    }
    let one = |mut all: Vec<V2Value<'t>>| match all.len() {
        1 => all.swap_remove(0),
        _ => V2Value::repetitions(all),
    };
    fields
        .into_iter()
        .map(|(number, all)| (number, one(all)))
        .collect()
}

/// A repetition with its components, or a component with its subcomponents; none if it holds nothing.
fn part<'t>(trees: &Trees<'t>, id: LooseId, levels: &[char], is_ascii: &mut bool) -> Option<V2Value<'t>> {
    let text = trees.text(id).map(|(_, text)| text);
    *is_ascii &= text.is_none_or(str::is_ascii);
    let mut parts: Vec<V2Value<'t>> = Vec::new();
    if let Some((letter, below)) = levels.split_first() {
        for child in trees.children(id) {
            let Some(number) = numbered(trees.name(child), *letter).map(usize::from) else {
                continue;
            };
            let Some(value) = part(trees, child, below, is_ascii) else {
                continue;
            };
            if parts.len() < number {
                parts.resize(number, V2Value::EMPTY);
            }
            if let Some(place) = parts.get_mut(number - 1) {
                *place = value;
            }
        }
    }
    match (text, parts.first_mut()) {
        (None, None) => None,
        (Some(text), None) => Some(V2Value::text(text)),
        (text, Some(first)) => {
            // The text of the whole is that of its first part.
            if let (Some(text), true) = (text, first.is_empty()) {
                *first = V2Value::text(text);
            }
            Some(V2Value::parts(parts))
        }
    }
}

fn first_text<'t>(trees: &Trees<'t>, id: LooseId) -> Option<&'t str> {
    trees
        .text(id)
        .or_else(|| trees.children(id).find_map(|child| trees.text(child)))
        .map(|(_, text)| text)
}

/// A date, dateTime or time of FHIR as HL7 v2 writes it.
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.22 DTM.
pub(super) fn push_hl7_time(text: &str, out: &mut String) {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, clock),
        None if text.contains(':') => ("", text),
        None => (text, ""),
    };
    out.extend(date.chars().filter(|c| *c != '-'));
    let (time, zone) = match clock.find(['Z', '+', '-']) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    out.extend(time.chars().filter(|c| *c != ':'));
    if zone == "Z" {
        out.push_str("+0000");
    } else {
        out.extend(zone.chars().filter(|c| *c != ':'));
    }
}

#[cfg(test)]
mod tests {
    use super::push_hl7_time;

    #[test]
    fn times_of_fhir_as_hl7_writes_them() {
        for (fhir, hl7) in [
            ("2024", "2024"),
            ("2024-02-01", "20240201"),
            ("2024-02-01T10:20:30.5+01:00", "20240201102030.5+0100"),
            ("2024-02-01T10:20:30Z", "20240201102030+0000"),
            ("2024-02-01T10:20:30-05:30", "20240201102030-0530"),
            ("10:20:30", "102030"),
        ] {
            let mut out = String::new();
            push_hl7_time(fhir, &mut out);
            assert_eq!(out, hl7);
        }
    }
}
