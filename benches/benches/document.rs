//! Reading and writing FHIR JSON, and building a bundle. Peers in the same run.
//!
//! `cargo bench -p carewire-benches --bench document`
#![expect(clippy::expect_used, reason = "a benchmark without its input cannot go on")]

use std::hint::black_box;
use std::time::Duration;

use carewire_benches::input;
use carewire_fhir_model::Document;
use carewire_fhir_model::build::Builder;
use carewire_fhir_model::schema::Schema;
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use serde_json::Value;

const INPUTS: [&str; 4] = [
    "observation.json",
    "patient.json",
    "bundle_60kb.json",
    "bundle_5mb.json",
];

fn group<'c>(criterion: &'c mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(30);
    group.throughput(Throughput::Bytes(bytes as u64));
    group
}

fn read(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let mut group = group(criterion, &format!("document-read/{name}"), bytes.len());
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| Document::from_json(black_box(bytes)).expect("a document"));
    });
    group.bench_function("serde_json", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Value>(black_box(bytes)).expect("a value"));
    });
    group.finish();
}

fn write(criterion: &mut Criterion, name: &str, bytes: &[u8]) {
    let document = Document::from_json(bytes).expect("a document").document;
    let value: Value = serde_json::from_slice(bytes).expect("a value");
    let mut group = group(criterion, &format!("document-write/{name}"), bytes.len());
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| black_box(&document).to_json())
    });
    group.bench_function("serde_json", |bencher| {
        bencher.iter(|| {
            let mut out = Vec::with_capacity(bytes.len());
            serde_json::to_writer(&mut out, black_box(&value)).expect("written");
            out
        });
    });
    group.finish();
}

/// A bundle copied into a builder and written from it.
fn build(criterion: &mut Criterion) {
    let bytes = input("bundle_60kb.json");
    let document = Document::from_json(&bytes).expect("a document").document;
    let mut group = group(criterion, "document-build/bundle_60kb.json", bytes.len());
    group.bench_function("carewire", |bencher| {
        bencher.iter(|| {
            let mut builder = Builder::new(Schema::r4());
            let root = builder.copy_resource(document.root()).expect("a copy");
            let mut out = Vec::with_capacity(bytes.len());
            builder.write_json(root, &mut out);
            out
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for name in INPUTS {
        let bytes = input(name);
        read(&mut criterion, name, &bytes);
        write(&mut criterion, name, &bytes);
    }
    build(&mut criterion);
    criterion.final_summary();
}
