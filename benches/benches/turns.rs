//! Two functions in turns on the same bytes, so that what else the machine does meets both alike: how many times as long ours takes.
//!
//! `cargo bench -p carewire-benches --bench turns` prints the ratios of the medians; with `-- --check` it fails where one is over
//! its limit.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first error"
)]

#[path = "../by_hand/mod.rs"]
mod by_hand;

use std::collections::HashMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use carewire_benches::input;
use carewire_hl7v2::{Buffer, Message, ParseOptions, Path};
use carewire_mapping::{Context, v2_to_fhir};
use serde_json::Value;

/// How many turns each function has, and how many times it is measured in one, after a call that warms up its code and data.
const TURNS: usize = 500;
const MEASURED: usize = 3;
/// Bytes in to JSON out, against what `hl7-parser` takes only to parse.
const CONVERT_LIMIT: f64 = 2.1;
/// The same against a conversion of these messages by hand, and that against the parse.
const BY_HAND_LIMIT: f64 = 18.5;
const HAND_LIMIT: f64 = 0.125;
/// What `er7`, the fastest other crate, takes to parse, against ours; and against three compiled paths of a message that was read.
const PARSE_LIMIT: f64 = 20.0;
const QUERY_LIMIT: f64 = 20.0;
/// What a walk with `memchr2` over field separators and line ends takes, against ours.
const WALK_LIMIT: f64 = 0.6;
/// Bytes a nanosecond of a field of 1 MB.
const LARGE_LIMIT: f64 = 8.0;
/// What `er7` takes to write an edited message, against ours.
const EDIT_LIMIT: f64 = 10.0;

/// The medians of a call, in nanoseconds, of functions that take turns; `calls` of one are measured together.
fn in_turns<const N: usize>(calls: usize, mut functions: [&mut dyn FnMut() -> usize; N]) -> [f64; N] {
    let mut times: [Vec<u64>; N] = std::array::from_fn(|_| Vec::with_capacity(TURNS * MEASURED));
    for _ in 0..TURNS {
        for (function, times) in functions.iter_mut().zip(&mut times) {
            black_box(function());
            for _ in 0..MEASURED {
                let start = Instant::now();
                for _ in 0..calls {
                    black_box(function());
                }
                times.push(u64::try_from(start.elapsed().as_nanos()).unwrap());
            }
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[TURNS * MEASURED / 2] as f64 / calls as f64
    })
}

/// Prints a ratio; false if it is not what is asked for.
fn at_least(what: &str, ratio: f64, limit: f64) -> bool {
    println!("{what}: {ratio:.2} (at least {limit})");
    ratio >= limit
}

/// What a Bundle says, whatever its ids are: each resource without its own, a reference as the resource it is to, without references of its own.
fn facts(json: &[u8]) -> Vec<String> {
    fn strip(value: &mut Value, known: &HashMap<String, String>) {
        match value {
            Value::Object(members) => {
                members.remove("id");
                if let Some(Value::String(reference)) = members.get_mut("reference") {
                    *reference = known.get(reference.as_str()).cloned().unwrap_or_default();
                }
                members.values_mut().for_each(|member| strip(member, known));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| strip(item, known)),
            _ => {}
        }
    }
    let mut bundle: Value = serde_json::from_slice(json).unwrap();
    let entries: Vec<Value> = bundle["entry"].as_array().unwrap().clone();
    let stripped = |entry: &Value, known: &HashMap<String, String>| {
        let mut resource = entry["resource"].clone();
        strip(&mut resource, known);
        resource.to_string()
    };
    let known: HashMap<String, String> = entries
        .iter()
        .map(|entry| {
            let url = entry["fullUrl"].as_str().unwrap().to_owned();
            (url, stripped(entry, &HashMap::new()))
        })
        .collect();
    bundle["entry"] = Value::Null;
    let mut facts: Vec<String> = entries.iter().map(|entry| stripped(entry, &known)).collect();
    facts.push(bundle.to_string());
    facts.sort();
    facts
}

fn at_most(what: &str, ratio: f64, limit: f64) -> bool {
    println!("{what}: {ratio:.2} (at most {limit})");
    ratio <= limit
}

/// Bytes to JSON, beside parsing alone and beside a conversion by hand that says the same.
fn convert(file: &str) -> bool {
    let now = "2024-02-01T10:00:00Z";
    let context = Context::at(now.parse().unwrap());
    let bytes = input(file);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (mut out, mut by_hand) = (Vec::new(), Vec::new());
    let msg = Message::parse(&bytes).unwrap();
    v2_to_fhir().run_json(&msg, &context, &mut out).unwrap();
    by_hand::convert(&msg, now, &mut by_hand).unwrap();
    assert_eq!(facts(&by_hand), facts(&out), "{file} by hand");
    let [json, document, hand, peer] = in_turns(
        1,
        [
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
                by_hand.clear();
                let msg = Message::parse(black_box(&bytes)).unwrap();
                by_hand::convert(&msg, now, &mut by_hand).unwrap();
                by_hand.len()
            },
            &mut || {
                hl7_parser::Message::parse(black_box(&text))
                    .unwrap()
                    .segments
                    .len()
            },
        ],
    );
    let mut holds = at_most(
        &format!("convert/{file}: bytes to JSON / by hand"),
        json / hand,
        BY_HAND_LIMIT,
    );
    holds &= at_most(
        &format!("convert/{file}: by hand / hl7-parser's parse"),
        hand / peer,
        HAND_LIMIT,
    );
    for (way, time, limit) in [
        ("bytes to JSON", json, Some(CONVERT_LIMIT)),
        ("bytes to document to JSON", document, None),
    ] {
        let ratio = time / peer;
        println!(
            "convert/{file}: {way} {:.1} us, hl7-parser's parse {:.1} us: {ratio:.2} times{}",
            time / 1e3,
            peer / 1e3,
            limit.map_or_else(String::new, |limit| format!(" (at most {limit})"))
        );
        holds &= limit.is_none_or(|limit| ratio <= limit);
    }
    holds
}

/// Reading, and three compiled paths, beside the fastest other crate and a walk that only counts.
fn read(file: &str) -> bool {
    let bytes = input(file);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let options = ParseOptions::new();
    let mut buffer = Buffer::default();
    let message = Message::parse(&bytes).unwrap();
    let paths = ["PID-5.1", "PID-3.1", "OBX[*]-5.1"].map(|path| Path::parse(path).unwrap());
    let [fresh, reused, query, peer, walk] = in_turns(
        10,
        [
            &mut || Message::parse(black_box(&bytes)).unwrap().segments().len(),
            &mut || {
                let message = options.parse_in(black_box(&bytes), &mut buffer).unwrap();
                let count = message.segments().len();
                buffer.reclaim(message);
                count
            },
            &mut || {
                let places = paths.iter().flat_map(|path| black_box(&message).query(path));
                places.map(|place| place.text().len()).sum()
            },
            &mut || er7::parse(black_box(&text)).unwrap().segments.len(),
            &mut || memchr::memchr2_iter(b'|', b'\r', black_box(&bytes)).count(),
        ],
    );
    println!(
        "parse/{file}: {fresh:.0} ns, with a reused buffer {reused:.0} ns, er7 {peer:.0} ns, memchr2 {walk:.0} ns; \
         three paths {query:.0} ns"
    );
    let ratios = [
        ("er7 / ours", peer / fresh, PARSE_LIMIT),
        ("er7 / ours with a reused buffer", peer / reused, PARSE_LIMIT),
        ("er7 / three paths", peer / query, QUERY_LIMIT),
        ("memchr2 / ours", walk / fresh, WALK_LIMIT),
        ("memchr2 / ours with a reused buffer", walk / reused, WALK_LIMIT),
    ];
    let held = ratios.map(|(what, ratio, limit)| at_least(&format!("parse/{file}: {what}"), ratio, limit));
    held.iter().all(|held| *held)
}

/// A field of 1 MB.
fn read_large(file: &str) -> bool {
    let bytes = input(file);
    let [time] = in_turns(
        1,
        [&mut || Message::parse(black_box(&bytes)).unwrap().segments().len()],
    );
    at_least(
        &format!("parse/{file}: bytes a nanosecond"),
        bytes.len() as f64 / time,
        LARGE_LIMIT,
    )
}

/// PID-5.1 set and the message written, from its bytes and from a message that was read.
fn edit(file: &str) -> bool {
    const NAMES: [&str; 2] = ["Mustermann", "O&Hara"];
    fn set(message: &mut er7::Message, name: &str) -> usize {
        let separators = message.separators;
        let family = message.segment_at_mut("PID", 1).and_then(|pid| {
            pid.field_mut(5)?
                .repetition_mut(1)?
                .component_mut(1)?
                .subcomponent_mut(1)
        });
        family.unwrap().set(name, &separators);
        message.to_er7().len()
    }
    let bytes = input(file);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let path = Path::parse("PID-5.1").unwrap();
    let message = Message::parse(&bytes).unwrap();
    let mut placed = Message::parse(&bytes).unwrap();
    let mut peer = er7::parse(&text).unwrap();
    let names = || {
        let mut turn = 0_usize;
        move || {
            turn += 1;
            NAMES[turn % 2]
        }
    };
    let (mut first, mut second) = (names(), names());
    let [whole, whole_peer] = in_turns(
        10,
        [
            &mut || {
                let message = Message::parse(black_box(&bytes)).unwrap();
                message.to_bytes_with([(&path, first())]).unwrap().len()
            },
            &mut || set(&mut er7::parse(black_box(&text)).unwrap(), second()),
        ],
    );
    let (mut first, mut second, mut third) = (names(), names(), names());
    let [copy, in_place, written_peer] = in_turns(
        50,
        [
            &mut || {
                let message = black_box(&message);
                message.to_bytes_with([(&path, first())]).unwrap().len()
            },
            &mut || {
                placed.set(&path, second()).unwrap();
                black_box(&placed).as_bytes().to_vec().len()
            },
            &mut || set(black_box(&mut peer), third()),
        ],
    );
    println!(
        "edit/{file}: from bytes {whole:.0} ns, er7 {whole_peer:.0} ns; of a message that was read {copy:.0} ns, \
         in place {in_place:.0} ns, er7 {written_peer:.0} ns: in place {:.2}",
        written_peer / in_place
    );
    let ratios = [
        ("er7 / ours from bytes", whole_peer / whole),
        ("er7 / ours of a message that was read", written_peer / copy),
    ];
    let held = ratios.map(|(what, ratio)| at_least(&format!("edit/{file}: {what}"), ratio, EDIT_LIMIT));
    held.iter().all(|held| *held)
}

fn main() -> ExitCode {
    let files = ["adt_a01.hl7", "oru_r01_30obx.hl7"];
    let mut holds = true;
    for measure in [convert, read, edit] {
        for file in files {
            holds &= measure(file);
        }
    }
    holds &= read_large("oru_ed_1mb.hl7");
    if holds || !std::env::args().any(|argument| argument == "--check") {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
