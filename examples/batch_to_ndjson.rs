//! Reads a batch file and writes one Bundle a line, in bounded memory: one message is held at a time, whatever the
//! size of the file.
//!
//! `cargo run -p carewire-examples --example batch_to_ndjson [BATCH.hl7] > bundles.ndjson`
#![expect(clippy::print_stderr, reason = "a command line program")]

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use carewire_hl7v2::batch::{RawMessage, Reader};
use carewire_hl7v2::{Message, ParseOptions};
use carewire_mapping::{BundleKind, Context, Zone, v2_to_fhir};

const BATCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/oru-batch.hl7");

/// The largest message that is taken; a larger one is reported, and the next is read.
const LARGEST: usize = 16 << 20;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| BATCH.to_owned());
    let mut messages = Reader::with_limit(File::open(path)?, LARGEST);
    let mut out = BufWriter::new(io::stdout().lock());

    // What every message of this file shares; times without an offset are of this zone.
    let context = Context::at(chrono::Utc::now().to_rfc3339().parse()?)
        .zone(Zone::parse("-07:00").ok_or("no such zone")?)
        .bundle(BundleKind::Transaction);

    let (mut done, mut failed, mut line) = (0, 0, Vec::new());
    for message in messages.by_ref() {
        line.clear();
        match message
            .map_err(Into::into)
            .and_then(|it| convert(&it, &context, &mut line))
        {
            Ok(()) => {
                line.push(b'\n');
                out.write_all(&line)?;
                done += 1;
            }
            // The text of an error names a place and holds no value of the message.
            Err(error) => {
                eprintln!("message {}: {error}", done + failed + 1);
                failed += 1;
            }
        }
    }
    out.flush()?;

    for finding in messages.findings() {
        eprintln!("{finding}");
    }
    eprintln!("{done} messages converted, {failed} failed");
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Appends the Bundle of one message to `line` as compact JSON.
fn convert(
    message: &RawMessage<'_>,
    context: &Context<'_>,
    line: &mut Vec<u8>,
) -> Result<(), Box<dyn Error>> {
    let message: Message<'_> = ParseOptions::new().parse(message.as_bytes())?;
    v2_to_fhir().run_json(&message, context, line)?;
    Ok(())
}
