//! Writing: a message made anew from its values, segment by segment, and edits that are undone.

use carewire_hl7v2::{Message, Place, Value, batch};

/// Both, for every message of a file that reads.
pub(crate) fn checked(bytes: &[u8]) -> Result<(), String> {
    for raw in batch::messages(bytes) {
        if let Ok(message) = raw.parse() {
            by_values(&message).map_err(|why| format!("message {}: {why}", raw.number()))?;
            undone(&message).map_err(|why| format!("message {}: {why}", raw.number()))?;
        }
    }
    Ok(())
}

/// The message from its segments, each emptied and written again value by value, is what it was, to the byte.
///
/// A value whose text is written as it was sent goes in as text. The others (formatting escapes, hexadecimal,
/// sequences of a site) go in as the bytes that they were.
pub(crate) fn by_values(message: &Message<'_>) -> Result<(), String> {
    let bytes = message.as_bytes();
    let Some(msh) = message.segment_at(1) else {
        return Err("no segments".to_owned());
    };
    let mut written = Vec::with_capacity(bytes.len());
    let mut end = 0;
    for segment in message.segments() {
        let range = segment.range();
        written.extend_from_slice(&bytes[end..range.start]);
        end = range.end;
        // Each is written in a message of MSH and itself: what an edit costs grows with its message.
        let (source, position) = if segment.position() == 1 {
            (segment.raw().to_vec(), 1)
        } else {
            ([msh.raw(), b"\r", segment.raw()].concat(), 2)
        };
        let alone = Message::parse(&source).map_err(|error| error.to_string())?;
        let again =
            rewritten(&alone, position).map_err(|why| format!("segment {}: {why}", segment.position()))?;
        written.extend_from_slice(&again);
    }
    written.extend_from_slice(&bytes[end..]);
    if written == bytes {
        Ok(())
    } else {
        Err("the message differs when its values are written".to_owned())
    }
}

/// The bytes of a segment after each of its values was taken away and written again.
fn rewritten(message: &Message<'_>, position: usize) -> Result<Vec<u8>, String> {
    let mut written = message.clone();
    let segment = message.segment_at(position).ok_or("not there")?;
    let header = matches!(segment.id(), "MSH" | "FHS" | "BHS");
    // The delimiters stay, and so does MSH-18, which says how the rest is read.
    let fields = || segment.fields().filter(|field| !(header && field.number() <= 2));
    // A line feed ends the segment where what is written before or after it looks like one.
    if !segment.raw().contains(&b'\n') {
        for field in fields().filter(|field| !(position == 1 && field.number() == 18)) {
            let emptied = written.set(field.location(), Value::EMPTY);
            emptied.map_err(|error| error.to_string())?;
        }
    }
    let parts: Vec<_> = fields()
        .flat_map(|field| field.repetitions())
        .flat_map(|repetition| repetition.components())
        .flat_map(|component| component.subcomponents())
        .collect();
    // From the last, so that the room for all of them is made once.
    for part in parts.into_iter().rev() {
        let place = Place::from(part);
        let encoded = place.try_text().ok().and_then(|text| message.encode(&text).ok());
        let value = match encoded {
            _ if place.is_null() => Value::NULL,
            Some(bytes) if bytes == place.raw() => Value::text(place.text()),
            _ => Value::raw(place.raw()),
        };
        let set = written.set(place.location(), value);
        set.map_err(|error| error.to_string())?;
    }
    let found = written.segment_at(position).ok_or("no longer there")?;
    Ok(found.raw().to_vec())
}

/// Edits of all kinds, in up to a dozen segments, undone: the bytes are what they were.
pub(crate) fn undone(message: &Message<'_>) -> Result<(), String> {
    let mut edited = message.clone();
    let mut edits = Vec::new();
    let count = message.segments().count();
    for position in (2..=count).rev().step_by(count.div_ceil(12)) {
        let Some(location) = edited.segment_at(position).map(|segment| segment.location()) else {
            return Err(format!("segment {position} is gone"));
        };
        let Some(mut segment) = edited.segment_mut(location) else {
            return Err(format!("segment {position} cannot be edited"));
        };
        let header = segment
            .get()
            .is_some_and(|it| it.fields().any(|field| field.raw() == b"^~\\&"));
        let first = if header { 3 } else { 1 };
        let steps = [
            segment.field(first).component(2).set("a & b | c"),
            segment.field(first).push(["x", "y"]),
            segment.field(first + 4).repetition(2).set(Value::NULL),
            segment.field(first).repetition(1).remove(),
            segment.insert_after(("ZCW", ["1", "~"])),
        ];
        for step in steps {
            match step {
                Ok(edit) => edits.push(edit),
                // Delimiters that are not declared, and line feeds that would make segments, are refused.
                Err(error) if matches!(error.code(), "edit-no-delimiter" | "edit-structure") => {}
                Err(error) => return Err(format!("segment {position}: {error}")),
            }
        }
        if position % 2 == 0 {
            let removed = edited.remove(location);
            edits.push(removed.map_err(|error| format!("removing segment {position}: {error}"))?);
        }
    }
    let again = Message::parse(edited.as_bytes()).map_err(|error| error.to_string())?;
    if again.segments().count() != edited.segments().count() {
        return Err("an edited message reads as another".to_owned());
    }
    for edit in edits.into_iter().rev() {
        edited.undo(edit).map_err(|error| error.to_string())?;
    }
    if edited.as_bytes() == message.as_bytes() {
        Ok(())
    } else {
        Err("edits that were undone left something".to_owned())
    }
}
