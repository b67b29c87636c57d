//! Messages, their parts, and what is made of them.

use std::io::{self, Read};

use carewire_fhir_model::Document;
use carewire_hl7v2::datatype::{
    Cwe, Cx, Datatype, Date, DateTime, Dr, Dtm, Ed, Hd, Nm, Number, Si, Sn, Time, Tm, Tq, Ts, Xpn, Xtn,
};
use carewire_hl7v2::mllp::{self, Decoder, Event};
use carewire_hl7v2::{
    AckCode, Message, Path, Place, SegmentBuilder, Statistics, Value, WideCharset, batch, render, xml,
};
use carewire_mapping::{Context, v2_to_fhir};
use carewire_validate::{Hl7Validator, Validator};

use super::question;

/// Reads the bytes as dates, times and numbers, and as the fields of a segment with every view that does more than
/// look a part up.
pub fn hl7v2_datatypes(data: &[u8]) {
    let end = data.iter().position(|it| *it == b'\n').unwrap_or(data.len());
    if let Ok(text) = std::str::from_utf8(&data[..end]) {
        if let Ok(read) = DateTime::parse_lenient(text) {
            let moment = read.value();
            assert_eq!(
                DateTime::parse(&moment.to_string()),
                Ok(moment),
                "a moment reads back"
            );
            assert!(
                !read.is_exact() || moment.to_string() == text,
                "an exact moment is written as it was"
            );
            assert!(
                moment.compare(&moment).is_some_and(|it| it.is_eq()),
                "a moment is equal to itself"
            );
            let day = Date::parse_lenient(text).map(|it| it.value());
            assert_eq!(day, Ok(moment.date()), "a moment has its date");
        }
        if let Ok(read) = Time::parse_lenient(text) {
            assert_eq!(
                Time::parse(&read.value().to_string()),
                Ok(read.value()),
                "a time reads back"
            );
        }
        if let Ok(number) = Number::parse(text) {
            assert_eq!(number.to_string(), text, "a number keeps its text");
            let whole = number.to_i64().map(|it| it.to_string());
            let same = whole.as_deref().map(Number::parse);
            assert!(
                same.is_none_or(|it| it == Ok(number)),
                "a whole number is its value"
            );
        }
    }
    let mut bytes = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|".to_vec();
    bytes.extend_from_slice(data);
    let Ok(message) = Message::parse(&bytes) else {
        return;
    };
    for field in message.segments().flat_map(|segment| segment.fields()) {
        for repetition in field.repetitions() {
            let nothing = repetition.is_empty() || repetition.is_null();
            let data = Ed::of(repetition).bytes().map_or(0, |it| it.len());
            assert!(data <= 4 * bytes.len(), "data is not larger than its text");
            assert!(
                !nothing || Sn::of(repetition).measure() == Ok(None),
                "nothing is no measure"
            );
            assert!(
                !nothing || Nm::of(repetition).number() == Ok(None),
                "nothing is no number"
            );
            let _ = (
                Dtm::of(repetition).date_time(),
                Tm::of(repetition).time(),
                Si::of(repetition).number(),
            );
            let _ = (
                Ts::of(repetition).date_time(),
                Dr::of(repetition).range(),
                Tq::of(repetition).repeats(),
            );
            let _ = (
                Cx::of(repetition).verify_check_digit(),
                Hd::of(repetition).is_oid(),
            );
            let _ = (
                Xpn::of(repetition).display_name(),
                Xtn::of(repetition).telephone().to_string(),
            );
            let codings = Cwe::of(repetition).codings().count();
            assert!(codings <= 3 && (!nothing || codings == 0), "nothing is no coding");
        }
    }
}

/// The events of a stream, in pieces of the sizes that `size` gives.
fn events(wire: &[u8], limit: usize, mut size: impl FnMut() -> usize) -> Vec<Event> {
    let mut decoder = Decoder::with_limit(limit);
    let mut events = Vec::new();
    let mut rest = wire;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(size().clamp(1, rest.len()));
        decoder.push(piece);
        events.extend(std::iter::from_fn(|| decoder.next_event()));
        rest = after;
    }
    decoder.finish();
    events.extend(std::iter::from_fn(|| decoder.next_event()));
    events
}

/// Reads a stream of MLLP frames whole and in pieces, whose sizes follow from the first byte, as the limit does from the
/// second: the frames and findings are the same. What is framed anew comes back.
pub fn hl7v2_mllp(data: &[u8]) {
    let [seed, limit, wire @ ..] = data else { return };
    let limit = usize::from(*limit) * 4;
    let whole = events(wire, limit, || wire.len());
    let mut state = u32::from(*seed);
    let pieces = events(wire, limit, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::from(*seed % 16) + (state >> 28) as usize
    });
    assert_eq!(whole, pieces, "the pieces make no difference");
    assert_eq!(whole, events(wire, limit, || 1), "nor do single bytes");
    let mut end = 0;
    for event in whole {
        let frame = match event {
            Event::Frame(frame) => frame,
            Event::Finding(finding) => {
                assert!(
                    finding.offset() <= wire.len() as u64,
                    "a finding lies in the stream"
                );
                continue;
            }
        };
        let start = frame.offset() as usize;
        let bytes = frame.as_bytes();
        assert!(bytes.len() <= limit && start >= end, "frames do not overlap");
        end = start + bytes.len();
        assert_eq!(wire.get(start..end), Some(bytes), "a frame is what was sent");
        let mut framed = Vec::new();
        if mllp::encode(bytes, &mut framed).is_ok() {
            let again = events(&framed, limit, || 3);
            assert!(
                matches!(&again[..], [Event::Frame(it)] if it.is_complete() && it.as_bytes() == bytes),
                "a frame comes back"
            );
        }
    }
}

/// Reads a value, after the line of its MSH-18: what is text is written back and read as the same text, and nothing else of
/// the message changes. The bytes as UTF-16 and UTF-32 come back too.
pub fn hl7v2_charset(data: &[u8]) {
    if let Some(form) = WideCharset::detect(data)
        && let Some(text) = form.decode(data)
    {
        assert_eq!(
            form.decode(&form.encode(&text)),
            Some(text),
            "wide text comes back"
        );
    }
    let Some((sets, value)) = question(data) else {
        return;
    };
    let head = format!("MSH|^~\\&#|||||||ORU^R01|1|T|2.8||||||{sets}\rNTE|1||");
    let bytes = [head.as_bytes(), value, b"\rNTE|2||end\r"].concat();
    let Ok(message) = Message::parse(&bytes) else {
        return;
    };
    let leaves = |message: &Message<'_>| -> Vec<Result<String, &'static str>> {
        let fields = message.segments().skip(1).flat_map(|it| it.fields());
        let parts = fields
            .flat_map(|it| it.repetitions())
            .flat_map(|it| it.components());
        let texts = parts.flat_map(|it| it.subcomponents()).map(|it| {
            let text = it.try_text().map(|text| text.into_owned());
            text.map_err(|error| error.code())
        });
        texts.collect()
    };
    let before = leaves(&message);
    let fields = message.segments().skip(1).flat_map(|it| it.fields());
    let parts = fields
        .flat_map(|it| it.repetitions())
        .flat_map(|it| it.components());
    for leaf in parts.flat_map(|it| it.subcomponents()) {
        let Ok(text) = leaf.try_text() else { continue };
        let mut copy = message.clone();
        // A text that no message can have, such as that of a set that is read but not written, is refused.
        if leaf.is_null()
            || leaf.location().segment().is_empty()
            || copy.set(leaf.location(), &*text).is_err()
        {
            continue;
        }
        assert_eq!(leaves(&copy), before, "what is written reads the same");
        let again = Message::parse(copy.as_bytes());
        assert!(again.is_ok(), "it is a message");
        // Where MSH-18 names no set, other bytes may be read in another one.
        if let Ok(again) = again
            && again.charset() == message.charset()
        {
            assert_eq!(leaves(&again), before, "and so do the bytes");
        }
        if let Ok(written) = message.encode(&text) {
            assert_eq!(
                copy.set(leaf.location(), Value::raw(written)).err(),
                None,
                "it is a value"
            );
            assert_eq!(leaves(&copy), before, "text encodes to itself");
        }
    }
}

/// Reads a message; every level lies within the one above it, and the tree has each segment once.
pub fn hl7v2_parse(data: &[u8]) {
    let message = match Message::parse(data) {
        Ok(message) => message,
        Err(error) => return assert!(!error.to_string().is_empty() && error.offset() <= data.len()),
    };
    assert_eq!(message.as_bytes(), data, "the bytes are those that were read");
    let written = render::er7(&message);
    let again = Message::parse(&written).map(|it| render::er7(&it));
    assert_eq!(
        again.as_ref(),
        Ok(&written),
        "what is written reads back and is written alike"
    );
    assert!(
        Message::parse(&message.ack(AckCode::AA, "20240102030405")).is_ok(),
        "an answer can be read"
    );
    let json = render::json(&message);
    let shown = Document::from_json(json.as_bytes());
    assert!(shown.is_ok(), "what is shown as JSON is JSON");
    assert!(!render::tree(&message).is_empty());
    let _ = render::xml(&message);
    assert!(
        message.diff(&message).is_empty(),
        "a message is no different from itself"
    );
    let redacted = message.redact();
    let ids = |it: &Message<'_>| it.segments().map(|it| it.id().to_owned()).collect::<Vec<_>>();
    let parts = Message::parse(&redacted).map(|it| ids(&it));
    assert_eq!(parts.as_ref(), Ok(&ids(&message)), "redacting keeps the segments");
    let mut statistics = Statistics::new();
    statistics.add(&message);
    assert_eq!(statistics.messages(), 1);
    let judge = Hl7Validator::new();
    assert_eq!(
        judge.is_valid(data),
        judge.first_issue(data).is_none(),
        "the verdicts agree"
    );
    for finding in message.findings() {
        assert!(finding.offset() <= data.len() && !finding.to_string().is_empty());
    }
    let mut end = 0;
    for segment in message.segments() {
        let range = segment.range();
        assert!(range.start >= end, "segments do not overlap");
        end = range.end;
        assert_eq!(segment.raw(), &data[range]);
        for field in segment.fields() {
            for repetition in field.repetitions() {
                within(data, field.into(), repetition.into());
                for component in repetition.components() {
                    within(data, repetition.into(), component.into());
                    for subcomponent in component.subcomponents() {
                        within(data, component.into(), subcomponent.into());
                    }
                }
            }
        }
    }
    let tree = message.tree();
    let mut open = vec![tree.root()];
    let mut positions = Vec::new();
    while let Some(node) = open.pop() {
        positions.extend(node.segment().map(|it| it.position()));
        open.extend(node.children());
    }
    positions.sort_unstable();
    assert!(
        positions.into_iter().eq(1..=message.segments().count()),
        "the tree has each segment once"
    );
}

fn within(data: &[u8], parent: Place<'_>, child: Place<'_>) {
    let (outer, inner) = (parent.range(), child.range());
    assert!(
        outer.start <= inner.start && inner.end <= outer.end,
        "a part lies in its whole"
    );
    assert_eq!(child.raw(), &data[inner]);
    assert_eq!(child.is_null(), child.raw() == b"\"\"");
    assert_eq!(child.is_empty(), child.raw().is_empty());
    if let Ok(text) = child.try_text() {
        assert_eq!(text, child.text(), "both readings agree");
    }
    assert!(!child.location().to_string().is_empty());
}

/// Compiles a path and asks a message both ways.
pub fn hl7v2_path(data: &[u8]) {
    let Some((path, message)) = question(data) else {
        return;
    };
    let read = Message::parse(message);
    match Path::terser(path) {
        Ok(terser) => {
            assert_eq!(
                Path::terser(&terser.to_string()).as_ref(),
                Ok(&terser),
                "it prints as it is read"
            );
            assert!(
                read.iter().all(|it| it.query(&terser).count() <= 1),
                "one place at most"
            );
        }
        Err(error) => assert!(error.offset() <= path.len() && !error.to_string().is_empty()),
    }
    let compiled = match Path::parse(path) {
        Ok(compiled) => compiled,
        Err(error) => return assert!(error.offset() <= path.len() && !error.to_string().is_empty()),
    };
    assert_eq!(
        Path::parse(&compiled.to_string()).as_ref(),
        Ok(&compiled),
        "it prints as it is read"
    );
    let Ok(message) = read else { return };
    let first = message.query(&compiled).next().map(|it| it.range());
    for place in message.query(&compiled) {
        assert_eq!(place.segment().id(), compiled.segment());
        let _ = (place.text(), place.location());
    }
    let found = message.find(path).ok().flatten();
    assert_eq!(found.map(|it| it.range()), first, "find gives the first of query");
}

/// Reads HL7's XML, whose message can be read; a message that is written as XML comes back with the same text.
pub fn hl7v2_xml(data: &[u8]) {
    match xml::read(data) {
        Ok(er7) => {
            let message = Message::parse(&er7);
            assert!(message.is_ok(), "what is read is a message");
            let _ = message.map(|it| render::xml(&it).map(|written| xml::read(written.as_bytes())));
        }
        Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
    }
    let Ok(message) = Message::parse(data) else { return };
    let written = render::xml(&message).ok();
    let Some(Ok(er7)) = written.map(|it| xml::read(it.as_bytes())) else {
        return;
    };
    let back = Message::parse(&er7);
    let ids = |message: &Message<'_>| -> Vec<String> {
        let named = message.segments().filter(|it| !it.id().is_empty());
        named.map(|it| it.id().to_owned()).collect()
    };
    assert_eq!(
        back.as_ref().ok().map(ids),
        Some(ids(&message)),
        "the segments come back"
    );
}

/// Edits a message by a line of a script: a command letter and a path, a tabulator, and a value. Whatever is done, the
/// index is that of the bytes, a refusal changes nothing, and undoing gives the bytes back.
pub fn hl7v2_edit(data: &[u8]) {
    let Some((script, rest)) = question(data) else {
        return;
    };
    let Ok(mut message) = Message::parse(rest) else {
        return;
    };
    let mut edits = Vec::new();
    for step in script.split(';').take(8) {
        let (command, value) = step.split_once('\t').unwrap_or((step, ""));
        let Some(letter) = command.chars().next() else {
            continue;
        };
        let path = &command[letter.len_utf8()..];
        let number = |text: &str| text.parse::<usize>().unwrap_or(1);
        let before = message.as_bytes().to_vec();
        let done = match letter {
            's' => message.set(path, value),
            'n' => message.set(path, Value::NULL),
            'w' => message.set(path, Value::raw(value.as_bytes())),
            'c' => message.set(path, Value::parts(value.split(','))),
            'i' => message.insert(path, value),
            'p' => message.push(path, value),
            'r' => message.remove(path),
            'a' => message.add_segment(path, SegmentBuilder::new(value)),
            'b' => message.add_group(path, &[value]),
            't' => message.put(path, value),
            'g' => message.insert_segment(number(path), SegmentBuilder::new("ZZ9").field(2, value)),
            'm' => message.move_segment(number(path), number(value)),
            _ => message.renumber(path, &[value]),
        };
        match done {
            Ok(edit) => edits.push(edit),
            Err(error) => {
                assert_eq!(message.as_bytes(), before, "a refusal changes nothing");
                assert!(!error.to_string().is_empty());
            }
        }
        let written = message.as_bytes().to_vec();
        let again = Message::parse(&written);
        let ranges = again.as_ref().map(ranges).map_err(|_| ());
        assert_eq!(
            ranges,
            Ok(self::ranges(&message)),
            "the index is that of the bytes"
        );
    }
    for edit in edits.into_iter().rev() {
        assert!(message.undo(edit).is_ok(), "edits are undone from the last on");
    }
    assert_eq!(message.as_bytes(), rest, "what is undone leaves no trace");
}

/// Where every part of a message is.
fn ranges(message: &Message<'_>) -> Vec<std::ops::Range<usize>> {
    let mut all = Vec::new();
    for segment in message.segments() {
        all.push(segment.range());
        for field in segment.fields() {
            all.push(field.range());
            for repetition in field.repetitions() {
                for component in repetition.components() {
                    all.extend(component.subcomponents().map(|it| it.range()));
                }
            }
        }
    }
    all
}

/// Splits messages; a stream that comes in small pieces gives the same ones.
pub fn hl7v2_batch(data: &[u8]) {
    let mut whole = batch::messages(data);
    let messages: Vec<_> = whole
        .by_ref()
        .map(|it| (it.offset(), it.number(), it.into_bytes()))
        .collect();
    for pieces in [3, 4096] {
        let mut stream = batch::Reader::new(Trickle { data, pieces });
        let mut seen = messages.iter();
        for message in stream.by_ref() {
            let message = message.map(|it| (it.offset(), it.number(), it.into_bytes()));
            assert_eq!(message.as_ref().ok(), seen.next(), "pieces do not matter");
        }
        assert!(seen.next().is_none(), "the stream has all messages");
        assert_eq!(stream.findings(), whole.findings(), "and all findings");
        assert_eq!(stream.batches(), whole.batches());
    }
    let mut end = 0;
    for (offset, number, bytes) in &messages {
        assert!(*offset >= end, "messages {number} and the one before overlap");
        end = offset + bytes.len() as u64;
        let _ = Message::parse(bytes).map(|it| it.findings().len());
    }
    assert!(end <= data.len() as u64);
}

/// Gives at most so many bytes at a time.
struct Trickle<'a> {
    data: &'a [u8],
    pieces: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(self.pieces);
        self.data.read(&mut buffer[..len])
    }
}

/// Converts a message with the standard maps in both ways of running them; the Bundle can be judged.
pub fn hl7v2_convert(data: &[u8]) {
    let Ok(message) = Message::parse(data) else { return };
    let Ok(now) = "2024-07-01T12:00:00Z".parse() else {
        return;
    };
    let context = Context::at(now);
    let mut line = Vec::new();
    let report = v2_to_fhir().run_json(&message, &context, &mut line);
    let outcome = match v2_to_fhir().run(&message, &context) {
        Ok(outcome) => outcome,
        Err(error) => return assert!(report.is_err() && !error.to_string().is_empty()),
    };
    assert_eq!(
        outcome.bundle.to_json().as_bytes(),
        line,
        "both ways give the same bytes"
    );
    assert_eq!(
        report.map(|it| it.findings).ok(),
        Some(outcome.findings),
        "and the same findings"
    );
    let verdict = Validator::r4().validate(&outcome.bundle);
    for issue in verdict.issues().iter().filter(|it| it.severity().is_error()) {
        let never = [
            "element-unknown",
            "element-type",
            "element-repeated",
            "bundle-reference",
        ];
        let rule = issue.rule();
        assert!(
            !never.contains(&rule) && !rule.ends_with("-format"),
            "the maps write no {rule}"
        );
    }
}
