//! Reading and writing FHIR JSON beside `serde_json`, `sonic-rs` and `fhir-sdk`, on the same bytes in turns.
//!
//! `cargo run --release --manifest-path benches/peers/fhir-json/Cargo.toml` prints for each input how many times as long the
//! others take, as the median of three repeats; with `-- --check` it fails where one is under its limit. A word behind `--`
//! keeps to the inputs whose names have it.

mod inputs;
mod turns;

use std::hint::black_box;
use std::process::ExitCode;

use carewire_benches_fhir_sdk as sdk;
use carewire_fhir_model::{Document, FhirType, from_json, r4, write_json};
use inputs::{Input, inputs};
use serde_json::Value;
use turns::{Report, in_turns, medians};

/// Documents against `serde_json::Value` and `sonic_rs::Value`.
const DOCUMENT: f64 = 4.0;
const DOCUMENT_SONIC: f64 = 0.6;
/// Typed resources from JSON against fhir-sdk's, of each input and as the geometric mean, and against `serde_json::Value`.
const TYPED: f64 = 2.2;
const TYPED_MEAN: f64 = 2.5;
const TYPED_VALUE: f64 = 1.5;
/// Writing against `serde_json::Value`, and of 5 MB.
const WRITE: f64 = 1.25;
const WRITE_LARGE: f64 = 2.0;

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("a value")
}

/// The document: reading against `serde_json` and `sonic-rs`, writing against `serde_json`.
fn document(input: &Input, report: &mut Report) {
    let bytes = &input.bytes[..];
    let read = medians(|| {
        let [ours, serde, sonic] = in_turns(
            bytes.len(),
            [
                &mut || {
                    drop(black_box(
                        Document::from_json(black_box(bytes)).expect("a document"),
                    ))
                },
                &mut || drop(black_box(value(black_box(bytes)))),
                &mut || {
                    let value: sonic_rs::Value = sonic_rs::from_slice(black_box(bytes)).expect("a value");
                    drop(black_box(value));
                },
            ],
        );
        [serde / ours, sonic / ours]
    });
    let kept = Document::from_json(bytes).expect("a document").document;
    let tree = value(bytes);
    let [write] = medians(|| {
        let [ours, serde] = in_turns(
            bytes.len(),
            [&mut || drop(black_box(black_box(&kept).to_json())), &mut || {
                let mut out = Vec::with_capacity(bytes.len());
                serde_json::to_writer(&mut out, black_box(&tree)).expect("written");
                black_box(out);
            }],
        );
        [serde / ours]
    });
    let name = &input.name;
    report.at_least(
        &format!("document/{name}: read, serde_json"),
        read[0],
        Some(DOCUMENT),
    );
    report.at_least(
        &format!("document/{name}: read, sonic-rs"),
        read[1],
        Some(DOCUMENT_SONIC),
    );
    report.at_least(&format!("document/{name}: write, serde_json"), write, None);
}

/// Typed values: reading against fhir-sdk and `serde_json`, writing against both. Gives the ratio of reading to fhir-sdk's.
fn typed<Ours: FhirType>(input: &Input, report: &mut Report) -> Option<f64> {
    let ty = Ours::TYPE.name();
    let bytes = &input.bytes[..];
    let name = &input.name;
    let theirs = sdk::read(ty, bytes);
    if theirs.is_none() {
        println!("typed/{name}: fhir-sdk refuses it");
    }
    let reads = theirs.is_some();
    let read = medians(|| {
        let [ours, sdk, serde] = in_turns(
            bytes.len(),
            [
                &mut || {
                    drop(black_box(
                        from_json::<Ours>(black_box(bytes)).expect("a resource"),
                    ))
                },
                &mut || {
                    if reads {
                        drop(black_box(sdk::read(ty, black_box(bytes))));
                    }
                },
                &mut || drop(black_box(value(black_box(bytes)))),
            ],
        );
        [if reads { sdk / ours } else { f64::NAN }, serde / ours]
    });
    let kept = from_json::<Ours>(bytes).expect("a resource").value;
    let tree = value(bytes);
    let write = medians(|| {
        let [ours, serde, sdk] = in_turns(
            bytes.len(),
            [
                &mut || {
                    let mut out = Vec::with_capacity(bytes.len());
                    write_json(black_box(&kept), &mut out);
                    black_box(out);
                },
                &mut || {
                    let mut out = Vec::with_capacity(bytes.len());
                    serde_json::to_writer(&mut out, black_box(&tree)).expect("written");
                    black_box(out);
                },
                &mut || {
                    if let Some(theirs) = &theirs {
                        let mut out = Vec::with_capacity(bytes.len());
                        sdk::write(black_box(theirs), &mut out);
                        black_box(out);
                    }
                },
            ],
        );
        [serde / ours, if reads { sdk / ours } else { f64::NAN }]
    });
    report.at_least(&format!("typed/{name}: read, fhir-sdk"), read[0], Some(TYPED));
    report.at_least(
        &format!("typed/{name}: read, serde_json"),
        read[1],
        Some(TYPED_VALUE),
    );
    // The limits of writing are those of the inputs they were set for.
    let limit = if input.is_large() { WRITE_LARGE } else { WRITE };
    let limit = Some(limit).filter(|_| input.is_bench());
    report.at_least(&format!("typed/{name}: write, serde_json"), write[0], limit);
    report.at_least(&format!("typed/{name}: write, fhir-sdk"), write[1], None);
    reads.then_some(read[0])
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|one| one == "--check");
    let only: Vec<&String> = arguments.iter().filter(|one| !one.starts_with("--")).collect();
    let mut report = Report { holds: true };
    let mut ratios = Vec::new();
    for input in inputs() {
        if !only.is_empty() && !only.iter().any(|one| input.name.contains(one.as_str())) {
            continue;
        }
        document(&input, &mut report);
        ratios.extend(match input.name.as_str() {
            "observation" => typed::<r4::Observation>(&input, &mut report),
            "patient" => typed::<r4::Patient>(&input, &mut report),
            _ => typed::<r4::Bundle>(&input, &mut report),
        });
    }
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
    report.at_least("typed: read, fhir-sdk, geometric mean", mean, Some(TYPED_MEAN));
    if check && !report.holds {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
