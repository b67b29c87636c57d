//! HL7 v2 bytes in, FHIR JSON out, beside what `hl7-parser` takes only to parse the same message.
#![allow(missing_docs, reason = "criterion's macros write items without docs")]
#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

use std::hint::black_box;

use carewire_benches::input;
use carewire_hl7v2::Message;
use carewire_mapping::{Context, v2_to_fhir};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn convert(c: &mut Criterion) {
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    for file in ["adt_a01.hl7", "oru_r01_30obx.hl7"] {
        let bytes = input(file);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut group = c.benchmark_group(format!("convert/{file}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut out = Vec::new();
        group.bench_function("carewire: bytes to json", |b| {
            b.iter(|| {
                out.clear();
                let msg = Message::parse(black_box(&bytes)).unwrap();
                v2_to_fhir().run_json(&msg, &context, &mut out).unwrap();
                out.len()
            });
        });
        group.bench_function("carewire: bytes to document to json", |b| {
            b.iter(|| {
                let msg = Message::parse(black_box(&bytes)).unwrap();
                v2_to_fhir().run(&msg, &context).unwrap().bundle.to_json().len()
            });
        });
        group.bench_function("carewire: parse and place in groups only", |b| {
            b.iter(|| {
                let msg = Message::parse(black_box(&bytes)).unwrap();
                msg.tree().root().children().count()
            });
        });
        group.bench_function("hl7-parser: parse only", |b| {
            b.iter(|| {
                hl7_parser::Message::parse(black_box(&text))
                    .unwrap()
                    .segments
                    .len()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, convert);
criterion_main!(benches);
