//! `carewire query PATH.. INPUT..`: the values at HL7 paths.

use std::path::{Path as FilePath, PathBuf};

use carewire_hl7v2::{Message, Path};
use clap::Args;
use serde_json::{Value, json};

use crate::commands::{hl7v2_failure, text_failure};
use crate::failure::Failure;
use crate::input::{Inputs, Kind};
use crate::output::Status;
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "Numbers count from 1; one left out means the first, and [*] means all. The text is decoded and unescaped; an explicit null (\"\") is null; \
    what is absent is not among the values.\n\n\
    Example: carewire query PID-5.1 'PID-3[.5='\"'MR'\"'].1' examples/data\n\
    prints a line a path: {\"file\":\"..\",\"path\":\"PID-5.1\",\"values\":[\"..\"]}, with \"message\" where there are several"
)]
pub(crate) struct Arguments {
    /// One or several paths such as PID-5.1, then the inputs.
    #[arg(value_name = "PATH.. INPUT", required = true)]
    words: Vec<String>,
    /// A file with one path of an input a line; `-` reads the list from standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// How many messages are worked on at once; as many as there are cores by default.
    #[arg(long, value_name = "N", value_parser = pipeline::jobs)]
    jobs: Option<std::num::NonZeroUsize>,
}

/// Prints what stands at each path in each message.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let (paths, inputs) = split(&arguments.words)?;
    let reading = Reading {
        inputs: Inputs::new(inputs, arguments.files_from.clone()),
        jobs: arguments.jobs,
    };
    pipeline::run(&reading, Kind::Hl7v2, Faults::default(), |record| {
        let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
        let mut out = Vec::new();
        for (text, path) in &paths {
            let values: Vec<Value> = message
                .query(path)
                .filter(|place| !place.is_empty())
                .map(|place| {
                    if place.is_null() {
                        return Ok(Value::Null);
                    }
                    let text = place.try_text().map_err(|error| text_failure(&error))?;
                    Ok(Value::from(text))
                })
                .collect::<Result<_, Failure>>()?;
            out.extend_from_slice(&line(record, text, &values));
        }
        Ok(Answer::good(out))
    })
}

fn line(record: &Record, path: &str, values: &[Value]) -> Vec<u8> {
    let file = json!(record.file.as_ref());
    let number = if record.alone {
        String::new()
    } else {
        format!("\"message\":{},", record.number)
    };
    format!(
        "{{\"file\":{file},{number}\"path\":{},\"values\":{}}}\n",
        json!(path),
        json!(values)
    )
    .into_bytes()
}

/// The paths with their text, and the inputs.
type Question<'w> = (Vec<(&'w str, Path)>, Vec<PathBuf>);

/// The paths come first; the inputs begin with the first word that is `-` or names something that exists.
fn split(words: &[String]) -> Result<Question<'_>, Failure> {
    let is_input = |word: &String| word == "-" || FilePath::new(word).exists();
    let first = words.iter().position(is_input).unwrap_or(words.len());
    let (paths, inputs) = words.split_at(first);
    let paths = paths
        .iter()
        .map(|text| {
            let path = Path::parse(text).map_err(|error| {
                Failure::new(
                    "bad-path",
                    format!("`{text}` is no file here and no HL7 path: {error}"),
                )
            })?;
            Ok((text.as_str(), path))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    if paths.is_empty() {
        return Err(Failure::new(
            "bad-path",
            "name an HL7 path such as PID-5.1 before the inputs",
        ));
    }
    Ok((paths, inputs.iter().map(PathBuf::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn paths_come_before_inputs() {
        let words = words(&["PID-5.1", "OBX[*]-5", "-", "PID-3"]);
        let (paths, inputs) = split(&words).unwrap();
        assert_eq!(
            paths.iter().map(|(text, _)| *text).collect::<Vec<_>>(),
            ["PID-5.1", "OBX[*]-5"]
        );
        assert_eq!(inputs, [PathBuf::from("-"), PathBuf::from("PID-3")]);
    }

    #[test]
    fn neither_a_path_nor_a_file_is_wrong_usage() {
        assert!(split(&words(&["nosuch.hl7"])).is_err());
        assert!(split(&words(&["-"])).is_err());
    }
}
