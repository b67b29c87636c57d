//! Editing HL7 v2: PID-5.1 is set and the message written, from its bytes and from a message read before. Peers in the
//! same run; those that cannot edit a message (`rust-hl7`) are not here.
//!
//! `cargo bench -p carewire-benches --bench edit`
#![expect(clippy::expect_used, reason = "a benchmark without its input cannot go on")]

use std::hint::black_box;
use std::time::Duration;

use carewire_benches::input;
use carewire_hl7v2::{Message, Path};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use hl7_parser::builder::{ComponentBuilder, MessageBuilder};

/// What PID-5.1 becomes, in turn.
const NAMES: [&str; 2] = ["Mustermann", "O&Hara"];

fn group<'c>(criterion: &'c mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Bytes(bytes as u64));
    group
}

/// Sets PID-5.1 by way of the tree of `er7`, which sets no path.
fn set_er7(message: &mut er7::Message, name: &str) {
    let separators = message.separators;
    let family = message.segment_at_mut("PID", 1).and_then(|pid| {
        pid.field_mut(5)?
            .repetition_mut(1)?
            .component_mut(1)?
            .subcomponent_mut(1)
    });
    family.expect("PID-5.1").set(name, &separators);
}

fn set_hl7v2(message: &mut hl7v2::Message, name: &str) {
    let pid = message.segments.iter_mut().find(|segment| &segment.id == b"PID");
    let family = pid.and_then(|pid| {
        let component = pid.fields.get_mut(4)?.reps.first_mut()?.comps.first_mut()?;
        component.subs.first_mut()
    });
    *family.expect("PID-5.1") = hl7v2::Atom::text(name);
}

fn set_builder(message: &mut MessageBuilder, name: &str) {
    let pid = message.segment_named_mut("PID").expect("a PID");
    let field = pid.field_mut(5).expect("PID-5");
    field.set_component(1, ComponentBuilder::with_value(name.to_owned()));
}

/// All write the same, but for the terminator of the last segment.
fn agree(bytes: &[u8], text: &str, path: &Path) {
    let mut own = Message::parse(bytes).expect("a message");
    own.set(path, NAMES[1]).expect("an edit");
    let own = str::from_utf8(own.as_bytes())
        .expect("text")
        .trim_end()
        .to_owned();
    let mut peer = er7::parse(text).expect("a message");
    set_er7(&mut peer, NAMES[1]);
    assert_eq!(peer.to_er7(), own, "er7 writes the same");
    let mut peer = hl7_2::parse(text).expect("a message");
    peer.set("PID-5.1", NAMES[1]).expect("an edit");
    assert_eq!(peer.to_er7(), own, "hl7-2 writes the same");
    let mut peer = hl7v2::parse(bytes).expect("a message");
    set_hl7v2(&mut peer, NAMES[1]);
    let peer = hl7v2::write(&peer);
    assert_eq!(peer.trim_ascii_end(), own.as_bytes(), "hl7v2 writes the same");
}

/// From the bytes of a message to the bytes of the edited one.
fn from_bytes(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let text = str::from_utf8(bytes).expect("text");
    let path = Path::parse("PID-5.1").expect("a path");
    agree(bytes, text, &path);
    let mut group = group(criterion, &format!("edit/{name}"), bytes.len());
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| {
            let message = Message::parse(black_box(bytes)).expect("a message");
            message.to_bytes_with([(&path, NAMES[1])]).expect("an edit")
        });
    });
    group.bench_function("carewire, in place", |bencher| {
        bencher.iter(|| {
            let mut message = Message::parse(black_box(bytes)).expect("a message");
            message.set(&path, NAMES[1]).expect("an edit");
            message.into_bytes()
        });
    });
    group.bench_function("er7", |bencher| {
        bencher.iter(|| {
            let mut message = er7::parse(black_box(text)).expect("a message");
            set_er7(&mut message, NAMES[1]);
            message.to_er7()
        });
    });
    group.bench_function("hl7-2", |bencher| {
        bencher.iter(|| {
            let mut message = hl7_2::parse(black_box(text)).expect("a message");
            message.set("PID-5.1", NAMES[1]).expect("an edit");
            message.to_er7()
        });
    });
    group.bench_function("hl7v2", |bencher| {
        bencher.iter(|| {
            let mut message = hl7v2::parse(black_box(bytes)).expect("a message");
            set_hl7v2(&mut message, NAMES[1]);
            hl7v2::write(&message)
        });
    });
    group.bench_function("hl7-parser", |bencher| {
        bencher.iter(|| {
            let message = hl7_parser::Message::parse(black_box(text)).expect("a message");
            let mut builder = MessageBuilder::from(&message);
            set_builder(&mut builder, NAMES[1]);
            builder.render_with_segment_separators("\r").to_string()
        });
    });
    group.finish();
}

/// A message that was read before: another value each time, and the bytes of the whole.
fn written_again(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let text = str::from_utf8(bytes).expect("text");
    let path = Path::parse("PID-5.1").expect("a path");
    let mut group = group(criterion, &format!("rewrite/{name}"), bytes.len());
    let mut turn = NAMES.iter().cycle().copied();
    let mut next = || turn.next().expect("a name");
    group.bench_function("carewire", |bencher| {
        let message = Message::parse(bytes).expect("a message");
        bencher.iter(|| {
            black_box(&message)
                .to_bytes_with([(&path, next())])
                .expect("an edit")
        });
    });
    group.bench_function("carewire, in place", |bencher| {
        let mut message = Message::parse(bytes).expect("a message");
        bencher.iter(|| {
            message.set(&path, next()).expect("an edit");
            black_box(&message).as_bytes().to_vec()
        });
    });
    group.bench_function("er7", |bencher| {
        let mut message = er7::parse(text).expect("a message");
        bencher.iter(|| {
            set_er7(&mut message, next());
            black_box(&message).to_er7()
        });
    });
    group.bench_function("hl7-2", |bencher| {
        let mut message = hl7_2::parse(text).expect("a message");
        bencher.iter(|| {
            message.set("PID-5.1", next()).expect("an edit");
            black_box(&message).to_er7()
        });
    });
    group.bench_function("hl7v2", |bencher| {
        let mut message = hl7v2::parse(bytes).expect("a message");
        bencher.iter(|| {
            set_hl7v2(&mut message, next());
            hl7v2::write(black_box(&message))
        });
    });
    group.bench_function("hl7-parser", |bencher| {
        let message = hl7_parser::Message::parse(text).expect("a message");
        let mut builder = MessageBuilder::from(&message);
        bencher.iter(|| {
            set_builder(&mut builder, next());
            black_box(&builder)
                .render_with_segment_separators("\r")
                .to_string()
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for name in ["adt_a01", "oru_r01_30obx"] {
        let bytes = input(&format!("{name}.hl7"));
        from_bytes(&mut criterion, name, &bytes);
        written_again(&mut criterion, name, &bytes);
    }
    criterion.final_summary();
}
