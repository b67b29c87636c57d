//! Reading and compiling maps: how many bytes of map text are parsed in a second, and how long the standard maps take until the first message.
//!
//! `cargo bench -p carewire-benches --bench maps` prints both, the medians of many calls.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at the first error"
)]

use std::hint::black_box;
use std::time::Instant;

use carewire_mapping::{Maps, Options, syntax, v2_to_fhir, v2_to_fhir_files};

const CALLS: usize = 41;

/// The median of a call, in seconds.
fn median(mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..CALLS)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[CALLS / 2]
}

fn main() {
    // What every run by an event can reach, tables of HL7 v2 included: only the first call pays for it.
    let start = Instant::now();
    black_box(v2_to_fhir().entries().len());
    println!(
        "the standard maps, at the first call: {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    );

    let files = v2_to_fhir_files();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let parse = median(|| {
        for (name, text) in files {
            black_box(syntax::parse(name, text).map.groups.len());
        }
    });
    println!(
        "parse: {:.1} MB/s of {} kB",
        bytes as f64 / parse / 1e6,
        bytes / 1000
    );

    let compile = median(|| {
        black_box(
            Maps::compile(files, &Options::default())
                .unwrap()
                .warnings()
                .len(),
        );
    });
    println!("compile every file and group: {:.1} ms", compile * 1e3);
}
