//! Reading and writing FHIR JSON beside `serde_json` and `sonic-rs`, in turns on the same bytes, and the memory a document takes.
//!
//! `cargo bench -p carewire-benches --features peers --bench document_turns` prints for each input the least and the most of three
//! repeats: how many times as long the others take. Files given behind `--` are measured in place of the usual ones.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and cannot go on without its input"
)]

use std::hint::black_box;
use std::time::Instant;

use carewire_benches::input;
use carewire_fhir_model::Document;
use carewire_testkit::allocations::{Counting, retained};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const INPUTS: [&str; 4] = [
    "observation.json",
    "patient.json",
    "bundle_60kb.json",
    "bundle_5mb.json",
];
const REPEATS: usize = 3;

/// The least time of a call, in nanoseconds, of functions that take turns.
fn in_turns<const N: usize>(bytes: usize, mut functions: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls = (300_000 / bytes.max(1)).clamp(1, 200);
    let rounds = (40_000_000 / (bytes.max(1) * calls)).clamp(7, 60);
    let mut least = [f64::MAX; N];
    for _ in 0..rounds {
        for (function, least) in functions.iter_mut().zip(&mut least) {
            function();
            let start = Instant::now();
            for _ in 0..calls {
                function();
            }
            *least = least.min(start.elapsed().as_nanos() as f64 / calls as f64);
        }
    }
    least
}

/// The ratios of one repeat: reading against `serde_json` and `sonic-rs`, writing against `serde_json`.
fn ratios(bytes: &[u8]) -> [f64; 3] {
    let sonic: &mut dyn FnMut() = &mut || {
        #[cfg(feature = "peers")]
        black_box(sonic_rs::from_slice::<sonic_rs::Value>(black_box(bytes)).expect("a value"));
    };
    let [ours, serde, sonic] = in_turns(
        bytes.len(),
        [
            &mut || {
                drop(black_box(
                    Document::from_json(black_box(bytes)).expect("a document"),
                ))
            },
            &mut || {
                drop(black_box(
                    serde_json::from_slice::<Value>(black_box(bytes)).expect("a value"),
                ))
            },
            sonic,
        ],
    );
    let document = Document::from_json(bytes).expect("a document").document;
    let value: Value = serde_json::from_slice(bytes).expect("a value");
    let [written, serde_written] = in_turns(
        bytes.len(),
        [
            &mut || drop(black_box(black_box(&document).to_json())),
            &mut || {
                let mut out = Vec::with_capacity(bytes.len());
                serde_json::to_writer(&mut out, black_box(&value)).expect("written");
                black_box(out);
            },
        ],
    );
    [serde / ours, sonic / ours, serde_written / written]
}

fn measure(name: &str, bytes: &[u8]) {
    let (mut least, mut most) = ([f64::MAX; 3], [0_f64; 3]);
    for _ in 0..REPEATS {
        for (place, ratio) in ratios(bytes).into_iter().enumerate() {
            least[place] = least[place].min(ratio);
            most[place] = most[place].max(ratio);
        }
    }
    let owned = bytes.to_vec();
    let (_borrowed, held) = retained(|| Document::from_json(bytes).expect("a document").document);
    let (_owned, held_owned) = retained(|| Document::from_json_vec(owned).expect("a document").document);
    let part = |held: isize| held as f64 / bytes.len() as f64;
    let sonic = if cfg!(feature = "peers") {
        format!("{:.2} to {:.2} times", least[1], most[1])
    } else {
        "without the feature peers not measured".to_owned()
    };
    println!(
        "document/{name}: read {:.1} to {:.1} times, sonic-rs {sonic}, write {:.2} to {:.2} times; heap {:.2} of the input, owned {:.2}",
        least[0],
        most[0],
        least[2],
        most[2],
        part(held),
        part(held_owned),
    );
}

fn main() {
    let files: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| !one.starts_with('-'))
        .collect();
    if files.is_empty() {
        for name in INPUTS {
            measure(name, &input(name));
        }
    }
    for (number, file) in files.iter().enumerate() {
        measure(
            &format!("file {}", number + 1),
            &std::fs::read(file).expect("a file"),
        );
    }
}
