//! Two functions in turns on the same bytes, so that what else the machine does meets both alike: how many times as long ours takes.
//!
//! `cargo bench -p carewire-benches --bench turns` prints the ratios of the medians; with `-- --check` it fails where one is over
//! its limit.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first error"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use carewire_benches::input;
use carewire_hl7v2::Message;
use carewire_mapping::{Context, v2_to_fhir};

/// How many turns each function has, and how many calls of one are measured, after one that warms up its code and data.
const TURNS: usize = 500;
const CALLS: usize = 3;
/// Bytes in to JSON out, against what `hl7-parser` takes only to parse.
const CONVERT_LIMIT: f64 = 5.0;

/// The medians of a call, in nanoseconds, of functions that take turns.
fn in_turns<const N: usize>(mut functions: [&mut dyn FnMut() -> usize; N]) -> [f64; N] {
    let mut times: [Vec<u64>; N] = std::array::from_fn(|_| Vec::with_capacity(TURNS * CALLS));
    for _ in 0..TURNS {
        for (function, times) in functions.iter_mut().zip(&mut times) {
            black_box(function());
            for _ in 0..CALLS {
                let start = Instant::now();
                black_box(function());
                times.push(u64::try_from(start.elapsed().as_nanos()).unwrap());
            }
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[TURNS * CALLS / 2] as f64
    })
}

fn main() -> ExitCode {
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let mut holds = true;
    for file in ["adt_a01.hl7", "oru_r01_30obx.hl7"] {
        let bytes = input(file);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut out = Vec::new();
        let [json, document, peer] = in_turns([
            &mut || {
                out.clear();
                let msg = Message::parse(black_box(&bytes)).unwrap();
                v2_to_fhir().run_json(&msg, &context, &mut out).unwrap();
                out.len()
            },
            &mut || {
                let msg = Message::parse(black_box(&bytes)).unwrap();
                v2_to_fhir().run(&msg, &context).unwrap().bundle.to_json().len()
            },
            &mut || {
                hl7_parser::Message::parse(black_box(&text))
                    .unwrap()
                    .segments
                    .len()
            },
        ]);
        for (way, time, limit) in [
            ("bytes to JSON", json, Some(CONVERT_LIMIT)),
            ("bytes to document to JSON", document, None),
        ] {
            let ratio = time / peer;
            println!(
                "convert/{file}: {way} {:.1} us, hl7-parser's parse {:.1} us: {ratio:.2} times{}",
                time / 1e3,
                peer / 1e3,
                limit.map_or_else(String::new, |limit| format!(" (limit {limit})"))
            );
            holds &= limit.is_none_or(|limit| ratio <= limit);
        }
    }
    if holds || !std::env::args().any(|argument| argument == "--check") {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
