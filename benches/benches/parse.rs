//! Reading HL7 v2: until every subcomponent can be reached; visiting each of them; and three paths. Peers in the same
//! run, on the same bytes.
//!
//! `cargo bench -p carewire-benches --bench parse`; a filter such as `parse/adt` picks groups.
#![expect(clippy::expect_used, reason = "a benchmark without its input cannot go on")]

use std::hint::black_box;
use std::time::Duration;

use carewire_benches::input;
use carewire_hl7v2::{Buffer, Message, ParseOptions, Path, batch};
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};

/// A crate that reads messages.
trait Reader {
    const NAME: &'static str;
    /// True if values are unescaped when a message is read, so that their lengths are others.
    const UNESCAPES: bool = false;
    type Message<'a>;

    fn parse(text: &str) -> Self::Message<'_>;

    /// The lengths of all subcomponents outside MSH, whose second field some take apart.
    fn visit(message: &Self::Message<'_>) -> usize;

    /// The lengths of the first subcomponents of PID-5.1, PID-3.1 and every OBX-5, by the shortest way there is.
    fn query(message: &Self::Message<'_>) -> usize;
}

struct Carewire;

impl Reader for Carewire {
    const NAME: &'static str = "carewire";
    type Message<'a> = Message<'a>;

    fn parse(text: &str) -> Message<'_> {
        Message::parse(text.as_bytes()).expect("a message")
    }

    fn visit(message: &Message<'_>) -> usize {
        let fields = message.segments().skip(1).flat_map(|segment| segment.fields());
        let mut sum = 0;
        for repetition in fields.flat_map(|field| field.repetitions()) {
            for component in repetition.components() {
                for part in component.subcomponents() {
                    sum += part.raw().len();
                }
            }
        }
        sum
    }

    fn query(message: &Message<'_>) -> usize {
        thread_local! {
            static PATHS: [Path; 3] =
                ["PID-5.1", "PID-3.1", "OBX[*]-5.1"].map(|path| Path::parse(path).expect("a path"));
        }
        PATHS.with(|paths| {
            let places = paths.iter().flat_map(|path| message.query(path));
            places.map(|place| place.text().len()).sum()
        })
    }
}

struct Er7;

fn visit_er7(message: &er7::Message) -> usize {
    let fields = message
        .segments
        .iter()
        .skip(1)
        .flat_map(|segment| &segment.fields);
    fields
        .flat_map(|field| &field.repetitions)
        .flat_map(|repetition| &repetition.components)
        .flat_map(|component| &component.subcomponents)
        .map(|part| part.raw.len())
        .sum()
}

fn query_er7(message: &er7::Message) -> usize {
    let value = |segment: &er7::Segment, field| {
        let part = segment
            .component(field, 1)
            .and_then(|component| component.subcomponent(1));
        part.map_or(0, |part| part.value(&message.separators).len())
    };
    let pid = message.segment("PID").expect("a PID");
    let observed: usize = message.segments_named("OBX").map(|obx| value(obx, 5)).sum();
    value(pid, 5) + value(pid, 3) + observed
}

impl Reader for Er7 {
    const NAME: &'static str = "er7";
    type Message<'a> = er7::Message;

    fn parse(text: &str) -> er7::Message {
        er7::parse(text).expect("a message")
    }

    fn visit(message: &er7::Message) -> usize {
        visit_er7(message)
    }

    fn query(message: &er7::Message) -> usize {
        query_er7(message)
    }
}

struct Hl72;

impl Reader for Hl72 {
    const NAME: &'static str = "hl7-2";
    type Message<'a> = hl7_2::Message;

    fn parse(text: &str) -> hl7_2::Message {
        hl7_2::parse(text).expect("a message")
    }

    fn visit(message: &hl7_2::Message) -> usize {
        visit_er7(message.raw())
    }

    fn query(message: &hl7_2::Message) -> usize {
        query_er7(message.raw())
    }
}

struct Hl7Parser;

impl Reader for Hl7Parser {
    const NAME: &'static str = "hl7-parser";
    type Message<'a> = hl7_parser::Message<'a>;

    fn parse(text: &str) -> hl7_parser::Message<'_> {
        hl7_parser::Message::parse(text).expect("a message")
    }

    fn visit(message: &hl7_parser::Message<'_>) -> usize {
        let fields = message.segments().skip(1).flat_map(|segment| segment.fields());
        fields
            .flat_map(|field| field.repeats())
            .flat_map(|repetition| repetition.components())
            .flat_map(|component| component.subcomponents())
            .map(|part| part.raw_value().len())
            .sum()
    }

    fn query(message: &hl7_parser::Message<'_>) -> usize {
        let value = |segment: &hl7_parser::message::Segment<'_>, field| {
            let component = segment.field(field).and_then(|field| field.component(1));
            let part = component.and_then(|component| component.subcomponent(1));
            let decoded = |text| message.separators.decode(text).to_string().len();
            part.map_or(0, |part| decoded(part.raw_value()))
        };
        let pid = message.segment("PID").expect("a PID");
        let observed = message.segments().filter(|segment| segment.name == "OBX");
        value(pid, 5) + value(pid, 3) + observed.map(|obx| value(obx, 5)).sum::<usize>()
    }
}

struct RustHl7;

impl Reader for RustHl7 {
    const NAME: &'static str = "rust-hl7";
    type Message<'a> = rusthl7::message::Message<'a>;

    fn parse(text: &str) -> rusthl7::message::Message<'_> {
        rusthl7::message::Message::try_from(text).expect("a message")
    }

    fn visit(message: &rusthl7::message::Message<'_>) -> usize {
        let segments = message.segments.iter().skip(1);
        let fields = segments.flat_map(|segment| segment.fields.iter().skip(1));
        fields
            .flat_map(|field| field.subcomponents.iter().flatten().flatten())
            .map(|part| part.len())
            .sum()
    }

    fn query(message: &rusthl7::message::Message<'_>) -> usize {
        let escapes = rusthl7::escape_sequence::EscapeSequence::new(message.get_separators());
        let value = |segment: &rusthl7::segments::Segment<'_>, field: usize| {
            let field = segment.fields.get(field);
            let part = field.and_then(|field| Some(*field.subcomponents.first()?.first()?.first()?));
            part.map_or(0, |part| escapes.decode(part).len())
        };
        let named = |name: &str| message.segments_by_name(name).unwrap_or_default();
        let pid = named("PID");
        let pid = pid.first().expect("a PID");
        value(pid, 5) + value(pid, 3) + named("OBX").into_iter().map(|obx| value(obx, 5)).sum::<usize>()
    }
}

struct Hl7v2;

impl Reader for Hl7v2 {
    const NAME: &'static str = "hl7v2";
    const UNESCAPES: bool = true;
    type Message<'a> = hl7v2::Message;

    fn parse(text: &str) -> hl7v2::Message {
        hl7v2::parse(text.as_bytes()).expect("a message")
    }

    fn visit(message: &hl7v2::Message) -> usize {
        let fields = message
            .segments
            .iter()
            .skip(1)
            .flat_map(|segment| &segment.fields);
        fields
            .flat_map(|field| &field.reps)
            .flat_map(|repetition| &repetition.comps)
            .flat_map(|component| &component.subs)
            .map(|part| part.as_text().map_or(0, str::len))
            .sum()
    }

    fn query(message: &hl7v2::Message) -> usize {
        let value = |segment: &hl7v2::Segment, field: usize| {
            let text = segment.fields.get(field - 1).and_then(|field| field.first_text());
            text.map_or(0, str::len)
        };
        let pid = message
            .segments
            .iter()
            .find(|segment| segment.id == *b"PID")
            .expect("a PID");
        let observed = message.segments.iter().filter(|segment| segment.id == *b"OBX");
        value(pid, 5) + value(pid, 3) + observed.map(|obx| value(obx, 5)).sum::<usize>()
    }
}

/// Calls a function for each crate.
macro_rules! each {
    ($call:ident($($argument:expr),*)) => {
        $call::<Carewire>($($argument),*);
        $call::<Er7>($($argument),*);
        $call::<Hl72>($($argument),*);
        $call::<Hl7Parser>($($argument),*);
        $call::<RustHl7>($($argument),*);
        $call::<Hl7v2>($($argument),*);
    };
}

/// The messages of one input, and its name.
struct Input<'a> {
    name: &'a str,
    bytes: &'a [u8],
    messages: Vec<&'a str>,
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

fn group<'c>(criterion: &'c mut Criterion, name: &str, input: &Input<'_>) -> Group<'c> {
    let mut group = criterion.benchmark_group(format!("{name}/{}", input.name));
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    if input.bytes.len() > 1 << 16 {
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
    }
    group.throughput(Throughput::Bytes(input.bytes.len() as u64));
    group
}

fn parse<R: Reader>(group: &mut Group<'_>, input: &Input<'_>) {
    group.bench_function(R::NAME, |bencher| {
        bencher.iter(|| {
            for text in &input.messages {
                black_box(R::parse(black_box(text)));
            }
        });
    });
}

fn parse_and_query<R: Reader>(group: &mut Group<'_>, input: &Input<'_>) {
    let sum = |messages: &[&str]| {
        messages
            .iter()
            .map(|text| R::query(&R::parse(text)))
            .sum::<usize>()
    };
    let own: usize = input
        .messages
        .iter()
        .map(|text| Carewire::query(&Carewire::parse(text)))
        .sum();
    assert_eq!(sum(&input.messages), own, "{} finds the same values", R::NAME);
    group.bench_function(R::NAME, |bencher| {
        bencher.iter(|| sum(black_box(&input.messages)));
    });
}

fn visit<R: Reader>(group: &mut Group<'_>, input: &Input<'_>) {
    let messages: Vec<_> = input
        .messages
        .iter()
        .take(100)
        .map(|text| R::parse(text))
        .collect();
    let sum = |messages: &[R::Message<'_>]| messages.iter().map(R::visit).sum::<usize>();
    let own = input
        .messages
        .iter()
        .take(100)
        .map(|text| Carewire::visit(&Carewire::parse(text)));
    if !R::UNESCAPES {
        assert_eq!(sum(&messages), own.sum::<usize>(), "{} visits the same", R::NAME);
    }
    group.bench_function(R::NAME, |bencher| bencher.iter(|| sum(black_box(&messages))));
}

/// What only we have: a buffer that is used again, the file as it is, and the walk that is the measure of speed.
fn ours(group: &mut Group<'_>, input: &Input<'_>) {
    let options = ParseOptions::new();
    let mut buffer = Buffer::default();
    group.bench_function("carewire, reused buffer", |bencher| {
        bencher.iter(|| {
            for text in &input.messages {
                let message = options.parse_in(black_box(text.as_bytes()), &mut buffer);
                buffer.reclaim(black_box(message.expect("a message")));
            }
        });
    });
    if input.messages.len() > 1 {
        group.bench_function("carewire, split from the file", |bencher| {
            bencher.iter(|| {
                for raw in batch::messages(black_box(input.bytes)) {
                    black_box(raw.parse().expect("a message"));
                }
            });
        });
    }
    group.bench_function("memchr2 walk, counts only", |bencher| {
        bencher.iter(|| memchr::memchr2_iter(b'|', b'\r', black_box(input.bytes)).count());
    });
}

/// The three paths and the group tree, of messages that have been read.
fn queries(group: &mut Group<'_>, input: &Input<'_>) {
    let Some(text) = input.messages.first() else {
        return;
    };
    let message = Carewire::parse(text);
    group.bench_function("three paths", |bencher| {
        bencher.iter(|| Carewire::query(black_box(&message)));
    });
    group.bench_function("tree", |bencher| {
        bencher.iter(|| black_box(&message).tree().findings().len());
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for name in ["adt_a01", "oru_r01_30obx", "oru_ed_1mb", "batch_10k"] {
        let bytes = input(&format!("{name}.hl7"));
        let raws: Vec<_> = batch::messages(&bytes).collect();
        let place =
            |raw: &batch::RawMessage<'_>| raw.offset() as usize..raw.offset() as usize + raw.as_bytes().len();
        let texts = raws
            .iter()
            .map(|raw| str::from_utf8(&bytes[place(raw)]).expect("text"));
        let input = Input {
            name,
            bytes: &bytes,
            messages: texts.collect(),
        };
        let mut parses = group(&mut criterion, "parse", &input);
        each!(parse(&mut parses, &input));
        ours(&mut parses, &input);
        parses.finish();
        let mut both = group(&mut criterion, "parse+query", &input);
        each!(parse_and_query(&mut both, &input));
        both.finish();
        let mut visits = group(&mut criterion, "visit", &input);
        each!(visit(&mut visits, &input));
        visits.finish();
        let mut paths = group(&mut criterion, "query", &input);
        queries(&mut paths, &input);
        paths.finish();
    }
    criterion.final_summary();
}
