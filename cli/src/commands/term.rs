//! `carewire term`: the terminology room.

use std::io::BufRead as _;

use carewire_terminology::ucum::{Rational, UcumError, Unit};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{Output, Status};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Term,
}

#[derive(Subcommand)]
enum Term {
    /// Reads units of UCUM: names them, gives them in base units, and converts values between them.
    Ucum(Ucum),
}

#[derive(Args)]
#[command(
    after_help = "Numbers are exact: a decimal with every digit, or a fraction such as 1/3; --digits rounds.\n\n\
    Example: carewire term ucum mg/dL --value 90 --to g/L\n\
    prints {\"unit\":\"mg/dL\",\"name\":\"(milligram) / (deciliter)\",\"canonical\":{\"value\":\"900\",\"unit\":\"g.m-3\"},\"result\":{\"value\":\"0.9\",\"unit\":\"g/L\"}}"
)]
struct Ucum {
    /// Units by their codes; - reads one a line from standard input.
    #[arg(value_name = "UNIT", required = true)]
    units: Vec<String>,
    /// The value to express in other units.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "1",
        allow_negative_numbers = true
    )]
    value: String,
    /// The unit to convert to.
    #[arg(long, value_name = "UNIT")]
    to: Option<String>,
    /// Round numbers to so many significant digits.
    #[arg(long, value_name = "N")]
    digits: Option<usize>,
    /// Read case insensitive codes, such as PAL for the pascal.
    #[arg(long)]
    case_insensitive: bool,
}

/// Runs a command of the terminology room.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    match &arguments.command {
        Term::Ucum(arguments) => arguments.run(),
    }
}

impl Ucum {
    fn run(&self) -> Result<Status, Failure> {
        let value: Rational = self.value.parse().map_err(|it| failure("bad-value", it))?;
        let to = self.to.as_deref().map(|it| self.read(it)).transpose();
        let to = to.map_err(|it| failure("bad-unit", it))?;
        let mut output = Output::standard();
        let mut status = Status::Good;
        for unit in &self.units {
            if unit == "-" {
                for line in std::io::stdin().lock().lines() {
                    let line = line.map_err(|it| Failure::io("unreadable", &it))?;
                    if !self.print(&line, &value, to.as_ref(), &mut status, &mut output) {
                        return output.finish().map(|()| status);
                    }
                }
            } else if !self.print(unit, &value, to.as_ref(), &mut status, &mut output) {
                break;
            }
        }
        output.finish().map(|()| status)
    }

    fn read(&self, code: &str) -> Result<Unit, UcumError> {
        if self.case_insensitive {
            Unit::parse_case_insensitive(code)
        } else {
            Unit::parse(code)
        }
    }

    /// Prints one line; false if nobody takes more.
    fn print(
        &self,
        code: &str,
        value: &Rational,
        to: Option<&Unit>,
        status: &mut Status,
        output: &mut Output,
    ) -> bool {
        let mut line = Line {
            unit: code.to_owned(),
            ..Line::default()
        };
        if let Err(error) = self.answer(code, value, to, &mut line) {
            *status = Status::Errors;
            line.error = Some(failure(error.code(), error));
        }
        let text = serde_json::to_string(&line).unwrap_or_default();
        output.write(format!("{text}\n").as_bytes())
    }

    fn answer(
        &self,
        code: &str,
        value: &Rational,
        to: Option<&Unit>,
        line: &mut Line,
    ) -> Result<(), UcumError> {
        let unit = self.read(code)?;
        line.unit = unit.to_string();
        line.name = Some(unit.name());
        let canonical = unit.canonical(value)?;
        line.canonical = Some(self.number(canonical.value(), canonical.code()));
        if let Some(to) = to {
            let result = unit.convert(value, to)?;
            line.result = Some(self.number(&result, &to.to_string()));
        }
        Ok(())
    }

    fn number(&self, number: &Rational, unit: &str) -> Quantity {
        Quantity {
            value: match self.digits {
                Some(digits) => number.to_decimal(digits),
                None => number.to_string(),
            },
            unit: unit.to_owned(),
        }
    }
}

/// What is printed of one unit.
#[derive(Default, Serialize)]
struct Line {
    unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

#[derive(Serialize)]
struct Quantity {
    value: String,
    unit: String,
}

fn failure(code: &str, error: UcumError) -> Failure {
    Failure::new(code, error.to_string()).at(error.offset())
}
