//! Reading and compiling maps: how many bytes of map text are parsed in a second, and how long the standard maps take until the first message;
//! and a large Bundle through a map.
//!
//! `cargo bench -p carewire-benches --bench maps` prints the medians of many calls, and of the Bundle the fastest of a few. Time is the processor's
//! for this thread where the system tells it (Linux), so that what else the machine does is not counted. With `-- --check` it fails where parsing
//! or compiling is slower than its limit.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at the first error"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

use carewire_fhir_model::Document;
use carewire_mapping::{Context, Limits, Maps, Options, syntax, v2_to_fhir, v2_to_fhir_files};

const CALLS: usize = 41;
/// Megabytes of map text that are parsed in a second, and the milliseconds that compiling every shipped file and group takes.
const PARSE_LIMIT: f64 = 50.0;
const COMPILE_LIMIT: f64 = 50.0;

/// Seconds of processor time that this thread has had; elsewhere than on Linux those since the first call.
fn seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = schedule.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |count| count / 1e9)
}

/// The median of a call, in seconds. Several are measured together, for the system counts in steps of a few milliseconds.
fn median(mut call: impl FnMut()) -> f64 {
    const TOGETHER: usize = 5;
    let mut times: Vec<f64> = (0..CALLS)
        .map(|_| {
            let start = seconds();
            for _ in 0..TOGETHER {
                call();
            }
            (seconds() - start) / TOGETHER as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[CALLS / 2]
}

/// A map of Observations as they stand.
const OBSERVATIONS: &str = "/// url = 'urn:x'
group Entries(source src : Bundle, target out : Bundle) {
  src -> out.type = 'collection';
  src.entry as e -> out.entry as t then { e.resource : Observation as o -> t.resource = create('Observation') as r then Copy(o, r); };
}
group Copy(source src : Observation, target tgt : Observation) {
  src.status -> tgt.status;
  src.code -> tgt.code;
  src.subject -> tgt.subject;
  src.effective -> tgt.effective;
  src.value -> tgt.value;
}
";

/// Seconds that a Bundle of so many Observations takes through the map.
fn bundle(count: usize) -> f64 {
    let observation = |number: usize| {
        format!(
            r#"{{"resource":{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"718-7"}}]}},"subject":{{"reference":"Patient/1"}},"effectiveDateTime":"2024-02-01T10:00:00Z","valueQuantity":{{"value":{number},"unit":"g/dL"}}}}}}"#
        )
    };
    let entries: Vec<String> = (0..count).map(observation).collect();
    let json = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#,
        entries.join(",")
    );
    let source = Document::from_json(json.as_bytes()).unwrap().document;
    let maps = Maps::compile(&[("observations.map", OBSERVATIONS)], &Options::default()).unwrap();
    let limits = Limits::default().steps(u64::MAX).elements(usize::MAX);
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap()).limits(limits);
    let runs = (0..5).map(|_| {
        let start = seconds();
        let outcome = maps.run_document("urn:x", source.root(), &context).unwrap();
        let time = seconds() - start;
        assert_eq!(outcome.bundle.to_json().matches("718-7").count(), count);
        time
    });
    runs.fold(f64::INFINITY, f64::min)
}

fn main() -> ExitCode {
    // What every run by an event can reach, tables of HL7 v2 included: only the first call pays for it.
    let start = seconds();
    black_box(v2_to_fhir().entries().len());
    println!(
        "the standard maps, at the first call: {:.1} ms",
        (seconds() - start) * 1e3
    );

    let files = v2_to_fhir_files();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let parse = median(|| {
        for (name, text) in files {
            black_box(syntax::parse(name, text).map.groups.len());
        }
    });
    let rate = bytes as f64 / parse / 1e6;
    println!("parse: {rate:.1} MB/s of {} kB", bytes / 1000);

    let compile = median(|| {
        black_box(
            Maps::compile(files, &Options::default())
                .unwrap()
                .warnings()
                .len(),
        );
    });
    println!("compile every file and group: {:.1} ms", compile * 1e3);

    let (few, many) = (bundle(25_000), bundle(100_000));
    println!(
        "a Bundle of 100,000 Observations: {:.0} ms, {:.1} times one of 25,000",
        many * 1e3,
        many / few
    );
    let is_check = std::env::args().any(|argument| argument == "--check");
    if is_check && (rate < PARSE_LIMIT || compile * 1e3 > COMPILE_LIMIT) {
        println!("parsing or compiling is slower than {PARSE_LIMIT} MB/s and {COMPILE_LIMIT} ms");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
