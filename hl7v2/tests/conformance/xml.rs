//! `hl7v2-xml`: every message that reads, malformed ones included, has the same values after HL7's XML and back.
//!
//! Compared are the ids of the segments, and of each place its number, whether it is null, and its text. A line without a
//! segment id has no element and is left out.

use std::fs;
use std::path::Path;

use carewire_hl7v2::{Message, batch, render, xml};
use carewire_testkit::conformance::{Case, Verdict};

use crate::index;

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let mut rows = index::rows(corpora, false)?;
    rows.extend(index::rows(corpora, true)?);
    Ok(rows
        .into_iter()
        .map(|row| {
            Case::run(row.path.clone(), || {
                verdict(&corpora.join("hl7v2").join(&row.path))
            })
        })
        .collect())
}

fn verdict(file: &Path) -> Verdict {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return Verdict::Fail(error.to_string()),
    };
    for raw in batch::messages(&bytes) {
        // What reads as no message is the business of the suite `hl7v2`.
        let Ok(message) = raw.parse() else { continue };
        if let Err(why) = there_and_back(&message) {
            return Verdict::Fail(format!("message {}: {why}", raw.number()));
        }
    }
    Verdict::Pass
}

fn there_and_back(message: &Message<'_>) -> Result<(), String> {
    let written = render::xml(message).map_err(|error| error.to_string())?;
    let read = xml::read(written.as_bytes()).map_err(|error| error.to_string())?;
    let back = Message::parse(&read).map_err(|error| error.to_string())?;
    let (mut before, mut after) = (values(message).into_iter(), values(&back).into_iter());
    loop {
        match (before.next(), after.next()) {
            (None, None) => return Ok(()),
            (left, right) if left == right => {}
            (Some(left), _) | (None, Some(left)) => return Err(format!("another value near {}", left.0)),
        }
    }
}

/// A place, whether it is null, and its text. Empty places have no value, with or without separators around them.
type Value = (String, bool, Result<String, &'static str>);

fn values(message: &Message<'_>) -> Vec<Value> {
    let mut values = Vec::new();
    let named = message.segments().filter(|segment| !segment.id().is_empty());
    for (n, segment) in (1..).zip(named) {
        values.push((format!("{n} {}", segment.id()), false, Ok(String::new())));
        let repetitions = segment.fields().flat_map(|field| field.repetitions());
        let components = repetitions.flat_map(|repetition| repetition.components());
        let parts = components.flat_map(|component| component.subcomponents());
        for part in parts.filter(|part| !part.is_empty()) {
            let at = part.location();
            let (field, repetition) = (at.field(), at.repetition());
            let (component, subcomponent) = (at.component(), at.subcomponent());
            let place = format!(
                "{n} {}-{field}[{repetition}].{component}.{subcomponent}",
                segment.id()
            );
            let text = part.try_text().map(|text| text.into_owned());
            values.push((place, part.is_null(), text.map_err(|error| error.code())));
        }
    }
    values
}
