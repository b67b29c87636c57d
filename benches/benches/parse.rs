//! Reading HL7 v2: until every subcomponent can be reached, and visiting each of them. Peers in the same run.
//!
//! `cargo bench -p carewire-benches --bench parse`
#![expect(clippy::expect_used, reason = "a benchmark without its input cannot go on")]

use std::hint::black_box;
use std::time::Duration;

use carewire_benches::input;
use carewire_hl7v2::{Buffer, Message, ParseOptions, Path};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};

fn group<'c>(criterion: &'c mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Bytes(bytes as u64));
    group
}

fn parse(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let text = str::from_utf8(bytes).expect("text");
    let mut group = group(criterion, &format!("parse/{name}"), bytes.len());
    let options = ParseOptions::new();
    let mut buffer = Buffer::default();
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| Message::parse(black_box(bytes)).expect("a message"));
    });
    group.bench_function("carewire, reused buffer", |bencher| {
        bencher.iter(|| {
            let message = options
                .parse_in(black_box(bytes), &mut buffer)
                .expect("a message");
            buffer.reclaim(black_box(message));
        });
    });
    group.bench_function("hl7-parser", |bencher| {
        bencher.iter(|| hl7_parser::Message::parse(black_box(text)).expect("a message"));
    });
    group.bench_function("rust-hl7", |bencher| {
        bencher.iter(|| rusthl7::message::Message::try_from(black_box(text)).expect("a message"));
    });
    group.bench_function("memchr2 walk, counts only", |bencher| {
        bencher.iter(|| memchr::memchr2_iter(b'|', b'\r', black_box(bytes)).count());
    });
    group.finish();
}

/// The lengths of all subcomponents outside MSH, whose second field the peers take apart.
fn visit_carewire(message: &Message<'_>) -> usize {
    let mut sum = 0;
    for segment in message.segments().skip(1) {
        for field in segment.fields() {
            for repetition in field.repetitions() {
                for component in repetition.components() {
                    sum += component
                        .subcomponents()
                        .map(|part| part.raw().len())
                        .sum::<usize>();
                }
            }
        }
    }
    sum
}

fn visit_hl7_parser(message: &hl7_parser::Message<'_>) -> usize {
    let mut sum = 0;
    for segment in message.segments().skip(1) {
        for field in segment.fields() {
            for repetition in field.repeats() {
                for component in repetition.components() {
                    sum += component
                        .subcomponents()
                        .map(|part| part.raw_value().len())
                        .sum::<usize>();
                }
            }
        }
    }
    sum
}

fn visit_rust_hl7(message: &rusthl7::message::Message<'_>) -> usize {
    let fields = message
        .segments
        .iter()
        .skip(1)
        .flat_map(|segment| segment.fields.iter().skip(1));
    fields
        .flat_map(|field| field.subcomponents.iter().flatten().flatten())
        .map(|part| part.len())
        .sum()
}

fn visit(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let text = str::from_utf8(bytes).expect("text");
    let own = Message::parse(bytes).expect("a message");
    let peer = hl7_parser::Message::parse(text).expect("a message");
    let other = rusthl7::message::Message::try_from(text).expect("a message");
    assert_eq!(
        visit_carewire(&own),
        visit_hl7_parser(&peer),
        "all visit the same"
    );
    assert_eq!(visit_carewire(&own), visit_rust_hl7(&other), "all visit the same");
    let mut group = group(criterion, &format!("visit/{name}"), bytes.len());
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| visit_carewire(black_box(&own)))
    });
    group.bench_function("hl7-parser", |bencher| {
        bencher.iter(|| visit_hl7_parser(black_box(&peer)))
    });
    group.bench_function("rust-hl7", |bencher| {
        bencher.iter(|| visit_rust_hl7(black_box(&other)))
    });
    group.finish();
}

/// PID-5.1, PID-3.1 and every OBX-5, by compiled paths; and the group tree.
fn query(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let paths = ["PID-5.1", "PID-3.1", "OBX[*]-5"].map(|path| Path::parse(path).expect("a path"));
    let message = Message::parse(bytes).expect("a message");
    let mut group = group(criterion, &format!("query/{name}"), bytes.len());
    group.bench_function("three paths", |bencher| {
        bencher.iter(|| {
            let places = paths.iter().flat_map(|path| black_box(&message).query(path));
            places.map(|place| place.text().len()).sum::<usize>()
        });
    });
    group.bench_function("tree", |bencher| {
        bencher.iter(|| black_box(&message).tree().findings().len())
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for name in ["adt_a01", "oru_r01_30obx"] {
        let bytes = input(&format!("{name}.hl7"));
        parse(&mut criterion, name, &bytes);
        visit(&mut criterion, name, &bytes);
        query(&mut criterion, name, &bytes);
    }
    criterion.final_summary();
}
