//! `carewire fmt`: the same content, written anew.

use carewire_fhir_model::{JsonStyle, XmlStyle};
use carewire_hl7v2::{Message, render};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::commands::{document, hl7v2_failure, xml_failure};
use crate::failure::Failure;
use crate::input::Kind;
use crate::output::Status;
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "Keys keep their order and numbers their text; what is unknown stays. `parse` interprets, `validate` judges.\n\n\
    Example: carewire fmt --to json --pretty bundle.json"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// The encoding to write: json or xml of FHIR resources; er7 or v2xml of HL7 v2 messages.
    #[arg(long, value_enum)]
    to: Encoding,
    /// For reading: JSON and XML indented, ER7 with a line a segment.
    #[arg(long)]
    pretty: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encoding {
    Json,
    Xml,
    Er7,
    V2xml,
}

/// Writes every input in the encoding asked for.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let kind = match arguments.to {
        Encoding::Json | Encoding::Xml => Kind::Fhir,
        Encoding::Er7 | Encoding::V2xml => Kind::Hl7v2,
    };
    pipeline::run(
        &arguments.reading,
        kind,
        Faults::default(),
        |record| match arguments.to {
            Encoding::Json => json(record, arguments.pretty),
            Encoding::Xml => xml(record, arguments.pretty),
            Encoding::Er7 => er7(record, arguments.pretty),
            Encoding::V2xml => v2xml(record),
        },
    )
}

fn json(record: &Record, pretty: bool) -> Result<Answer, Failure> {
    let read = document(record)?;
    let style = if pretty && record.alone {
        JsonStyle::pretty()
    } else {
        JsonStyle::compact()
    };
    let text = read.document.to_json_in(&style);
    Ok(Answer::good(record.frame("resource", text.as_bytes())))
}

fn xml(record: &Record, pretty: bool) -> Result<Answer, Failure> {
    let read = document(record)?;
    let style = if pretty && record.alone {
        XmlStyle::pretty()
    } else {
        XmlStyle::compact()
    };
    let text = read.document.to_xml_in(style);
    let out = if record.alone {
        record.text(text)
    } else {
        record.line("xml", json!(text).to_string().as_bytes())
    };
    Ok(Answer::good(out))
}

fn er7(record: &Record, pretty: bool) -> Result<Answer, Failure> {
    let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
    let mut bytes = render::er7(&message);
    if pretty {
        bytes
            .iter_mut()
            .filter(|byte| **byte == b'\r')
            .for_each(|byte| *byte = b'\n');
    }
    if record.alone {
        return Ok(Answer::good(bytes));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        Failure::new("not-utf8", "bytes that no JSON text can hold")
            .at(Some(error.utf8_error().valid_up_to()))
    })?;
    Ok(Answer::good(
        record.line("er7", json!(text).to_string().as_bytes()),
    ))
}

fn v2xml(record: &Record) -> Result<Answer, Failure> {
    let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
    let text = render::xml(&message).map_err(|error| xml_failure(&error))?;
    let out = if record.alone {
        record.text(text)
    } else {
        record.line("v2xml", json!(text).to_string().as_bytes())
    };
    Ok(Answer::good(out))
}
