//! What each fuzz target does with its bytes: one function a target, named as the target is.
//!
//! `fuzz_targets/` hands them to libFuzzer; `cli/tests/fuzz_replay.rs` includes this file and replays the corpus with
//! them, so they use nothing but the public API and fail by `assert!` alone. Text before the first line feed is the
//! question (a path, an expression) where a target needs two inputs.

use std::io::{self, Read};

use carewire_fhir_model::edit::{self, Edit, Spot};
use carewire_fhir_model::package::{Package, PackageLimits};
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::snapshot::{DefinitionSet, SnapshotLimits, Snapshots};
use carewire_fhir_model::{Document, ErrorKind, JsonStyle, Node, Order, Summary, ndjson};
use carewire_fhirpath as fhirpath;
use carewire_hl7v2::datatype::{
    Cwe, Cx, Datatype, Date, DateTime, Dr, Dtm, Ed, Hd, Nm, Number, Si, Sn, Time, Tm, Tq, Ts, Xpn, Xtn,
};
use carewire_hl7v2::mllp::{self, Decoder, Event};
use carewire_hl7v2::{
    AckCode, Message, Path, Place, SegmentBuilder, Statistics, Value, WideCharset, batch, render, xml,
};
use carewire_mapping::{Context, Maps, Options, syntax, v2_to_fhir};
use carewire_terminology::ucum::{Rational, Unit};
use carewire_terminology::{CodeSystem, ConceptMap, ValueSet};
use carewire_validate::{Hl7Validator, Validator};

/// A target: its name, which is also the name of its folder of the corpus, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("fhir_edit", fhir_edit),
    ("fhir_json", fhir_json),
    ("fhir_ndjson", fhir_ndjson),
    ("fhir_package", fhir_package),
    ("fhir_snapshot", fhir_snapshot),
    ("fhir_xml", fhir_xml),
    ("fhirpath_evaluate", fhirpath_evaluate),
    ("fhirpath_parse", fhirpath_parse),
    ("fml_parse", fml_parse),
    ("hl7v2_batch", hl7v2_batch),
    ("hl7v2_charset", hl7v2_charset),
    ("hl7v2_convert", hl7v2_convert),
    ("hl7v2_datatypes", hl7v2_datatypes),
    ("hl7v2_edit", hl7v2_edit),
    ("hl7v2_mllp", hl7v2_mllp),
    ("hl7v2_parse", hl7v2_parse),
    ("hl7v2_path", hl7v2_path),
    ("hl7v2_xml", hl7v2_xml),
    ("terminology_json", terminology_json),
    ("ucum_unit", ucum_unit),
];

/// The line before the first line feed, if it is text, and what follows it.
fn question(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|it| *it == b'\n')?;
    let (line, rest) = data.split_at(end);
    Some((std::str::from_utf8(line).ok()?, &rest[1..]))
}

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

/// Parses, compiles and writes a map; one without errors reads back as the same text.
pub fn fml_parse(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let parsed = syntax::parse("fuzz.fml", &text);
    for diagnostic in &parsed.diagnostics {
        assert!(diagnostic.line() >= 1 && !diagnostic.to_string().is_empty());
    }
    if let Err(diagnostics) = Maps::compile(&[("fuzz.fml", &text)], &Options::default()) {
        assert!(
            diagnostics
                .iter()
                .all(|it| it.line() >= 1 && !it.to_string().is_empty())
        );
    }
    let written = syntax::render(&parsed.map);
    if parsed.diagnostics.is_empty() {
        let again = syntax::parse("fuzz.fml", &written);
        assert_eq!(again.diagnostics.len(), 0, "what is written can be read");
        assert_eq!(syntax::render(&again.map), written, "and is written alike");
    }
}

/// Reads a document and writes it; what is written reads back and is written alike.
pub fn fhir_json(data: &[u8]) {
    let read = match Document::from_json(data) {
        Ok(read) => read,
        Err(error) => return assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
    };
    for finding in &read.findings {
        assert!(finding.offset() <= data.len() && !finding.to_string().is_empty());
    }
    for index in 0..read.document.node_count() {
        if let Some(node) = u32::try_from(index).ok().and_then(|it| read.document.node(it)) {
            let _ = (node.text(), node.value_kind(), node.line_column(), node.name());
            assert!(node.offset() <= data.len());
        }
    }
    let judge = Validator::r4();
    let report = judge.validate_read(&read);
    assert_eq!(
        report.is_valid(),
        judge.is_valid_read(&read),
        "the verdicts agree"
    );
    assert_eq!(
        report.is_valid(),
        judge.first_issue_read(&read).is_none(),
        "the verdicts agree"
    );
    let outcome = report.to_json();
    assert!(
        Validator::r4().is_valid_json(outcome.as_bytes()),
        "an OperationOutcome is valid itself"
    );
    let written = read.document.to_json();
    let again = Document::from_json(written.as_bytes());
    let again = again.map(|it| it.document.to_json());
    assert_eq!(
        again.as_ref().ok(),
        Some(&written),
        "what is written reads back and is written alike"
    );
    for style in [
        JsonStyle::pretty(),
        JsonStyle::canonical(),
        JsonStyle::compact().order(Order::Schema),
    ] {
        let written = read.document.to_json_in(&style);
        let again = Document::from_json(written.as_bytes()).map(|it| it.document);
        assert!(
            again.is_ok_and(|it| it.is_equivalent(&read.document) && it.to_json_in(&style) == written),
            "in every style the same is written, and written alike again"
        );
    }
}

/// Reads a package, or an archive that is packed first, under small limits; every resource is found by what it says it is.
pub fn fhir_package(data: &[u8]) {
    let packed;
    let bytes = if data.starts_with(&[0x1F, 0x8B]) {
        data
    } else {
        packed = stored(data);
        &packed[..]
    };
    let limits = PackageLimits::default().max_bytes(1 << 22).max_members(1_000);
    let package = match Package::read_tgz(bytes, &limits) {
        Ok(package) => package,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let findings = package.index_findings();
    for finding in package.findings().iter().chain(&findings) {
        assert!(!finding.to_string().is_empty());
    }
    for name in package.file_names() {
        let leaves = name.starts_with('/') || name.split('/').any(|step| matches!(step, "" | "." | ".."));
        assert!(!leaves, "names stay inside");
        assert!(package.file(name).is_some());
    }
    for resource in package.resources() {
        if let Some(url) = resource.url().filter(|url| !url.contains('|')) {
            assert!(package.resource(url).is_some_and(|one| one.url() == Some(url)));
        }
        if let Some(document) = resource.document() {
            let root = document.root();
            let id = root.children_named("id").next().and_then(|one| one.text());
            let is_text = resource.id().is_none() || id.is_some();
            assert!(is_text, "the document has the id as well");
        }
    }
}

/// Packs bytes as gzip without compressing them.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    for block in data.chunks(0xFFFF) {
        let length = block.len() as u16;
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    // An empty last block.
    packed.extend([1, 0, 0, 0xFF, 0xFF]);
    let crc = !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    packed.extend(crc.to_le_bytes());
    packed.extend((data.len() as u32).to_le_bytes());
    packed
}

/// Generates the snapshot of a profile, the first line, over definitions, the other lines; again it is the same, and the
/// profile with its snapshot gives the same once more.
pub fn fhir_snapshot(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n').take(50);
    let read = |line: &[u8]| Document::from_json_vec(line.to_vec()).ok();
    let Some(profile) = lines.next().and_then(read) else {
        return;
    };
    // What the schema does not know is not copied with the profile.
    let is_copied = profile.findings.is_empty();
    let profile = profile.document;
    let definitions: DefinitionSet<'_> = lines.filter_map(read).map(|it| it.document).collect();
    let limits = SnapshotLimits::default()
        .max_elements(2_000)
        .max_bytes(1 << 20)
        .max_depth(8);
    let mut snapshots = Snapshots::new(&definitions).limits(limits.clone());
    let made = match snapshots.generate(&profile) {
        Ok(made) => made,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let differential = profile.root().child("differential");
    let elements = differential.map_or(0, |it| it.children_named("element").count());
    for finding in &made.findings {
        assert!((finding.element() as usize) < elements && !finding.to_string().is_empty());
    }
    let text = made.document.to_json();
    let again = snapshots.generate(&profile).map(|it| it.document.to_json());
    assert_eq!(
        again.as_ref(),
        Ok(&text),
        "the same profile has the same snapshot"
    );
    if !is_copied {
        return;
    }
    let mut others = Snapshots::new(&definitions).limits(limits);
    let again = others.generate(&made.document).map(|it| it.document.to_json());
    assert_eq!(again.as_ref(), Ok(&text), "the snapshot it has does not count");
}

/// Evaluates an expression over a document: the line is the expression, or, where it is none, what one is generated from.
/// The limits hold, every way to ask gives the same answer, and an error keeps to the expression.
pub fn fhirpath_evaluate(data: &[u8]) {
    let Some((line, json)) = question(data) else {
        return;
    };
    let program = match fhirpath::compile(line) {
        Ok(program) => program,
        Err(errors) => {
            assert!(errors.iter().all(|it| it.offset() <= line.len()));
            let generated = expression(&mut line.bytes(), 4);
            match fhirpath::compile(&generated) {
                Ok(program) => program,
                Err(errors) => return assert!(errors.iter().all(|it| it.offset() <= generated.len())),
            }
        }
    };
    let Ok(read) = Document::from_json(json) else {
        return;
    };
    const STEPS: u64 = 100_000;
    const ITEMS: usize = 10_000;
    const TEXT: usize = 1 << 16;
    let limits = fhirpath::Limits::default().steps(STEPS).items(ITEMS).text(TEXT);
    let root = read.document.root();
    let context = fhirpath::Context::new().limits(limits).resource(root);
    let outcome = program.evaluate(root, &context);
    // The step that is one too many is counted; a text is counted as a whole.
    assert!(
        context.steps_used() <= STEPS + 1 + (TEXT.max(json.len()) as u64),
        "steps are limited"
    );
    let mut pushed = Vec::new();
    let ended = program.for_each(root, &context, |item| {
        pushed.push(item);
        std::ops::ControlFlow::Continue(())
    });
    match &outcome {
        Ok(items) => {
            assert!(items.len() <= ITEMS, "items are limited");
            for item in items {
                if let fhirpath::Item::String(text) = item {
                    assert!(text.len() <= TEXT.max(data.len()), "text is limited");
                }
            }
            assert!(ended.is_ok());
            assert_eq!(
                shown(items),
                shown(&pushed),
                "what is collected is what is pushed"
            );
            let again = program.evaluate(root, &context).map(|it| shown(&it));
            assert_eq!(
                again.ok(),
                Some(shown(items)),
                "the same question has the same answer"
            );
        }
        Err(error) => {
            assert!(
                error.offset() <= program.text().len(),
                "an error is in the expression"
            );
            // What is collected may be too much where what is pushed is not.
            let is_limit = |error: &fhirpath::Error| error.kind() == fhirpath::ErrorKind::Limit;
            if let Err(other) = ended
                && !is_limit(error)
                && !is_limit(&other)
            {
                assert_eq!(error.code(), other.code(), "the same question has the same error");
            }
        }
    }
    // Watched, the same comes out, unless more is kept than may be.
    let explained = program.explain(root, &context).result;
    if let (Ok(items), Ok(explained)) = (&outcome, &explained) {
        assert_eq!(shown(items), shown(explained), "an explanation has the answer");
    }
    if let Ok(truth) = program.truth(root, &context) {
        let holds = program.evaluate_bool(root, &context).ok();
        assert_eq!(
            holds,
            Some(truth == Some(true)),
            "a condition holds where it is true"
        );
    }
}

/// Types and texts of items.
fn shown<'a>(items: &[fhirpath::Item<'a, Node<'a>>]) -> Vec<(String, Option<String>)> {
    let text = |it: &fhirpath::Item<'a, Node<'a>>| it.text().map(|text| text.into_owned());
    items
        .iter()
        .map(|it| (it.type_name().to_string(), text(it)))
        .collect()
}

/// An expression that bytes choose: names that resources have, functions, operators and literals.
fn expression(bytes: &mut dyn Iterator<Item = u8>, depth: usize) -> String {
    const LEAVES: &[&str] = &[
        "name",
        "given",
        "id",
        "extension",
        "value",
        "code.coding",
        "entry.resource",
        "birthDate",
        "item",
        "$this",
        "$index",
        "{}",
        "1",
        "2.5",
        "'a'",
        "true",
        "@2024-02-10",
        "@T10:00",
        "3 days",
        "4 'mg'",
        "%resource",
        "descendants()",
    ];
    const CALLS: &[&str] = &[
        "empty()",
        "count()",
        "first()",
        "last()",
        "tail()",
        "children()",
        "descendants()",
        "distinct()",
        "toString()",
        "toQuantity()",
        "lowBoundary()",
        "highBoundary()",
        "sort()",
        "resolve()",
        "hasValue()",
        "not()",
        "type()",
        "repeat(children())",
        "ofType(Quantity)",
        "join('-')",
        "upper()",
        "toChars()",
    ];
    const WITH: &[&str] = &[
        "where",
        "select",
        "all",
        "exists",
        "repeat",
        "union",
        "combine",
        "intersect",
        "exclude",
        "skip",
        "take",
        "contains",
        "indexOf",
        "split",
        "matches",
        "aggregate",
        "sort",
        "subsetOf",
        "trace",
        "power",
        "iif",
    ];
    const OPERATORS: &[&str] = &[
        "+", "-", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "<", ">=", "in", "contains", "and", "or",
        "xor", "implies",
    ];
    let mut pick = |from: &[&'static str]| {
        let at = bytes.next().map_or(0, usize::from);
        from[at % from.len()]
    };
    let leaf = pick(LEAVES);
    if depth == 0 {
        return leaf.to_owned();
    }
    match pick(&["", "call", "with", "operator", "call", "with"]) {
        "call" => {
            let call = pick(CALLS);
            format!("({}).{call}", expression(bytes, depth - 1))
        }
        "with" => {
            let name = pick(WITH);
            let (left, right) = (expression(bytes, depth - 1), expression(bytes, depth - 1));
            match name {
                "iif" => format!("({left}).iif({right}, $this, {leaf})"),
                name => format!("({left}).{name}({right})"),
            }
        }
        "operator" => {
            let operator = pick(OPERATORS);
            let (left, right) = (expression(bytes, depth - 1), expression(bytes, depth - 1));
            format!("({left}) {operator} ({right})")
        }
        _ => leaf.to_owned(),
    }
}

/// Parses an expression and writes it; it reads back as the same tree.
pub fn fhirpath_parse(data: &[u8]) {
    let (expression, _document) = question(data).unwrap_or(("", data));
    let parsed = match fhirpath::parse(expression) {
        Ok(parsed) => parsed,
        Err(error) => return assert!(error.offset() <= expression.len() && !error.to_string().is_empty()),
    };
    let written = parsed.to_string();
    let again = fhirpath::parse(&written).map(|it| it.to_string());
    assert_eq!(
        again.as_ref(),
        Ok(&written),
        "what is written reads back and is written alike"
    );
    let prefix = fhirpath::parse_prefix(expression).map(|it| it.end);
    assert!(prefix.is_ok_and(|it| it <= expression.len()));
}

/// Reads code systems, value sets and concept maps.
pub fn terminology_json(data: &[u8]) {
    let errors = [
        CodeSystem::from_json(data).err(),
        ValueSet::from_json(data).err(),
        ConceptMap::from_json(data).err(),
    ];
    assert!(
        errors.iter().flatten().count() >= 2,
        "bytes are one resource at most"
    );
    assert!(errors.iter().flatten().all(|it| !it.to_string().is_empty()));
}

/// Reads a number and a unit: what prints reads back, errors lie in the text, and values come back from base units.
pub fn ucum_unit(data: &[u8]) {
    let Some((number, code)) = question(data) else {
        return;
    };
    let Ok(code) = std::str::from_utf8(code) else {
        return;
    };
    let value: Rational = number.parse().unwrap_or(7.into());
    assert_eq!(
        value.to_string().parse().as_ref(),
        Ok(&value),
        "a number reads as it prints"
    );
    for read in [Unit::parse(code), Unit::parse_case_insensitive(code)] {
        let unit = match read {
            Ok(unit) => unit,
            Err(error) => {
                let end = error.offset().map_or(0, |it| it + error.length());
                assert!(end <= code.len() && !error.to_string().is_empty());
                continue;
            }
        };
        let again = Unit::parse(&unit.to_string());
        assert_eq!(again.as_ref(), Ok(&unit), "a unit reads as it prints");
        assert!(!unit.name().is_empty());
        let Ok(canonical) = unit.canonical(&value) else {
            continue;
        };
        let base = Unit::parse(canonical.code()).ok();
        let back = base.and_then(|it| it.convert(canonical.value(), &unit).ok());
        assert!(
            unit.is_special() || back.is_none() || back.as_ref() == Some(&value),
            "a value comes back"
        );
        if let Ok(square) = unit.multiply(&unit) {
            assert_eq!(Unit::parse(&square.to_string()), Ok(square));
        }
    }
}

/// Reads a document from XML and writes it; what is written reads back.
pub fn fhir_xml(data: &[u8]) {
    let read = match Document::from_xml(data) {
        Ok(read) => read,
        Err(error) => return assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
    };
    for finding in &read.findings {
        assert!(finding.offset() <= data.len() && !finding.to_string().is_empty());
    }
    for node in read.document.root().descendants() {
        assert!(node.offset() <= data.len());
    }
    let again = Document::from_json(read.document.source().as_bytes()).map(|it| it.document);
    assert!(
        again.is_ok_and(|again| again.is_same(&read.document)),
        "a document is that of its JSON"
    );
    let written = read.document.to_xml();
    let again = match Document::from_xml(written.as_bytes()) {
        Ok(again) => again.document,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::TooDeep, "what is written reads back"),
    };
    let settled = again.to_xml();
    let once_more = Document::from_xml(settled.as_bytes()).map(|it| it.document.to_xml());
    assert_eq!(
        once_more.ok(),
        Some(settled),
        "what was written and read is written alike"
    );
}

/// Reads lines from memory and from a slow stream: they are the same.
pub fn fhir_ndjson(data: &[u8]) {
    let seen = |line: ndjson::Line<'_>| {
        let result = line.result.map(|read| (read.findings, read.document.to_json()));
        (line.number, line.offset, result)
    };
    let lines: Vec<_> = ndjson::lines(data).map(seen).collect();
    for (number, offset, _) in &lines {
        assert!(*number > 0 && *offset < data.len() as u64);
    }
    let slow = io::BufReader::with_capacity(3, data);
    let streamed: Vec<_> = ndjson::Reader::new(slow)
        .filter_map(Result::ok)
        .map(seen)
        .collect();
    assert_eq!(streamed, lines, "a slow stream gives the same");
    // A line is read as it would be alone.
    for (_, offset, result) in &lines {
        let rest = data.get(*offset as usize..).unwrap_or_default();
        let end = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        let alone = Document::from_json(&rest[..end]).map(|read| read.document.to_json());
        let same = match (result, &alone) {
            (Ok((_, json)), Ok(alone)) => json == alone,
            (Err(_), Err(_)) => true,
            _ => false,
        };
        assert!(same, "a line is read as it would be alone");
    }
}

/// Edits a document by commands, four bytes each; or applies a merge patch. What comes out is the document of its JSON,
/// and the differences to what went in lead there and back.
pub fn fhir_edit(data: &[u8]) {
    let end = data.iter().position(|it| *it == b'\n').unwrap_or(data.len());
    let (commands, json) = data.split_at(end);
    let Ok(read) = Document::from_json(json.get(1..).unwrap_or(b"{}")) else {
        return;
    };
    let document = read.document;
    if let Ok(patched) = document.merge_patch(commands) {
        let patch = document.merge_patch_to(&patched);
        assert!(
            document.merge_patch(patch.as_bytes()).is_ok(),
            "a patch that was made can be applied"
        );
    }
    let mut edit = Edit::new(&document);
    let nodes = 0..document.node_count().min(256) as u32;
    let mut spots: Vec<Spot> = nodes.filter_map(|at| document.node(at)).map(Spot::from).collect();
    let names = ["name", "given", "extension", "value", "id", "valueString", "x"];
    let mut changed = false;
    for command in commands.chunks_exact(4).take(64) {
        let &[operation, spot, index, name] = command else {
            continue;
        };
        let (Some(&spot), Some(name)) = (
            spots.get(usize::from(spot) % spots.len()),
            names.get(usize::from(name) % names.len()),
        ) else {
            continue;
        };
        let value = match index % 4 {
            0 => edit::Value::text("t").of(TypeId::STRING),
            1 => edit::Value::object(),
            2 => edit::Value::json(r#"{"url":"j"}"#),
            _ => edit::Value::node(document.root()),
        };
        let index = usize::from(index / 4 % 8);
        let other = spots[index % spots.len()];
        let done = match operation % 10 {
            0 => edit.add(spot, name, value).map(Some),
            1 => edit.insert(spot, name, index, value).map(Some),
            2 => edit.delete(spot).map(|()| None),
            3 => edit.replace(spot, value).map(Some),
            4 => edit.move_to(spot, index).map(|()| None),
            5 => edit.set_text(spot, "s").map(|()| None),
            6 => edit.set_unknown(spot, name, "[1.0, {}]").map(|()| None),
            7 => edit.delete_unknown(spot, name).map(|()| None),
            8 => edit.move_after(spot, other).map(|()| None),
            _ => edit.insert_after(spot, value).map(Some),
        };
        changed |= done.is_ok();
        spots.extend(done.ok().flatten());
    }
    let Ok(result) = edit.finish() else { return };
    if !changed {
        assert_eq!(
            result.to_json(),
            document.to_json(),
            "what is refused changes nothing"
        );
    }
    let again = Document::from_json(result.source().as_bytes()).map(|it| it.document);
    assert!(
        again.is_ok_and(|again| again.is_same(&result)),
        "a document is that of its JSON"
    );
    if let Ok(diff) = document.diff(&result) {
        let inverse = diff.inverse();
        for (way, to) in [(diff.apply(), &result), (inverse.apply(), &document)] {
            let rest = way.ok().map(|made| made.diff(to).map(|rest| rest.is_empty()));
            assert_eq!(rest, Some(Ok(true)), "differences lead there and back");
        }
        assert!(changed || diff.is_empty(), "no difference where nothing changed");
    }
    for summary in [Summary::True, Summary::Text, Summary::Data, Summary::Count] {
        assert!(document.summary(summary).is_ok(), "what was read can be cut");
    }
}
