//! Converts one HL7 v2 message to FHIR R4 with the standard maps, and judges the result.
//!
//! `cargo run -p carewire-examples --example convert [MESSAGE.hl7]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::error::Error;

use carewire_hl7v2::Message;
use carewire_mapping::{Context, v2_to_fhir};
use carewire_validate::Validator;

/// What is converted when no file is named.
const MESSAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/adt-a01-admission.hl7");

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| MESSAGE.to_owned());
    let bytes = std::fs::read(path)?;
    let message = Message::parse(&bytes)?;

    let now = chrono::Utc::now().to_rfc3339().parse()?;
    let out = v2_to_fhir().run(&message, &Context::at(now))?;
    println!("{}", out.bundle.to_json_pretty());

    for finding in &out.findings {
        eprintln!("{finding}");
    }
    let report = Validator::r4().validate(&out.bundle);
    eprint!("{}", report.to_text("the bundle"));
    eprintln!(
        "{} values of the message are not in the bundle",
        out.unread.count()
    );
    Ok(())
}
