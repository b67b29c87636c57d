//! The signatures of host functions: `input.name(parameter: type, ...): result`.

use carewire_fhir_model::schema::{Schema, TypeId};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::opt;
use nom::multi::separated_list0;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser as _};

use crate::ast::Span;
use crate::compile::{nearest, suggesting};
use crate::error::{Error, ErrorKind};
use crate::node::{SYSTEM_TYPES, TypeReference};
use crate::signature::{Declared, Parameter, Signature};

/// The longest text of a signature.
const LONGEST: usize = 4_096;

/// A type as it was written.
struct Written<'t> {
    namespace: Option<&'t str>,
    name: &'t str,
    many: bool,
}

/// A parameter as it was written; the inner flag says that it may be left out.
type WrittenParameter<'t> = (&'t str, bool, Written<'t>);

/// Reads a signature; places are those in `text`.
pub(crate) fn parse_signature(text: &str) -> Result<Signature, Error> {
    if text.len() > LONGEST {
        let message = format!("a signature has more than {LONGEST} bytes");
        return Err(Error::new(
            ErrorKind::Limit,
            "text-limit",
            Span::default(),
            message,
        ));
    }
    let reader = Reader { text };
    let (rest, (input, name)) = head(text).map_err(|fault| reader.syntax(&fault))?;
    let (rest, written) = parameters(rest).map_err(|fault| reader.syntax(&fault))?;
    let (rest, result) = opt(preceded(sign(':'), kind))
        .parse(rest)
        .map_err(|fault| reader.syntax(&fault))?;
    if !rest.trim().is_empty() {
        return Err(reader.unexpected(rest.trim_start()));
    }
    let max = written.len();
    let min = written.iter().take_while(|(_, optional, _)| !optional).count();
    let mut parameters = Vec::with_capacity(max);
    for (at, (name, optional, takes)) in written.into_iter().enumerate() {
        if at >= min && !optional {
            let message = "expected `?` behind the name: a parameter before it may be left out";
            return Err(reader.fault(ErrorKind::Semantic, "parameter-order", name, message));
        }
        parameters.push(Parameter {
            name: name.to_owned(),
            takes: reader.declared(&takes)?,
        });
    }
    Ok(Signature {
        name: name.to_owned(),
        input: input.map(|input| reader.declared(&input)).transpose()?,
        parameters,
        result: result.map(|result| reader.declared(&result)).transpose()?,
        min,
        max,
    })
}

/// `HumanName*.best`, the input or not.
fn head(text: &str) -> IResult<&str, (Option<Written<'_>>, &str)> {
    let with_input = (kind, sign('.'), word).map(|(input, _, name)| (Some(input), name));
    alt((with_input, word.map(|name| (None, name)))).parse(text)
}

fn parameters(text: &str) -> IResult<&str, Vec<WrittenParameter<'_>>> {
    let parameter = (word, opt(sign('?')), preceded(sign(':'), kind))
        .map(|(name, optional, takes)| (name, optional.is_some(), takes));
    delimited(sign('('), separated_list0(sign(','), parameter), sign(')')).parse(text)
}

/// `FHIR.HumanName*`
fn kind(text: &str) -> IResult<&str, Written<'_>> {
    let models = alt((tag("FHIR"), tag("System")));
    let (rest, namespace) =
        opt((preceded(multispace0, models), char('.')).map(|(model, _)| model)).parse(text)?;
    let (rest, name) = word(rest)?;
    let (rest, many) = opt(char('*')).parse(rest)?;
    let many = many.is_some();
    Ok((
        rest,
        Written {
            namespace,
            name,
            many,
        },
    ))
}

/// A name, with space before it.
fn word(text: &str) -> IResult<&str, &str> {
    let letters = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let (rest, name): (&str, &str) = preceded(multispace0, letters).parse(text)?;
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        let kind = nom::error::ErrorKind::Alpha;
        return Err(nom::Err::Error(nom::error::Error::new(text, kind)));
    }
    Ok((rest, name))
}

/// A sign, with space before it.
fn sign<'t>(wanted: char) -> impl nom::Parser<&'t str, Output = char, Error = nom::error::Error<&'t str>> {
    preceded(multispace0, char(wanted))
}

/// The text that is read, for places.
struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    /// The type that was written, if there is one.
    fn declared(&self, written: &Written<'_>) -> Result<Declared, Error> {
        let reference = TypeReference::new(written.namespace, written.name);
        if reference.is_known() {
            return Ok(Declared {
                reference,
                many: written.many,
            });
        }
        let fhir = Schema::r4()
            .types()
            .filter(|_| written.namespace != Some("System"))
            .map(TypeId::name);
        let system = SYSTEM_TYPES.iter().filter(|_| written.namespace != Some("FHIR"));
        let meant = nearest(written.name, fhir.chain(system.copied()));
        let message = suggesting(format!("there is no type `{}`", written.name), meant);
        Err(self.fault(ErrorKind::Semantic, "unknown-type", written.name, message))
    }

    fn syntax(&self, fault: &nom::Err<nom::error::Error<&str>>) -> Error {
        let rest = match fault {
            nom::Err::Error(fault) | nom::Err::Failure(fault) => fault.input,
            nom::Err::Incomplete(_) => "",
        };
        self.unexpected(rest.trim_start())
    }

    fn unexpected(&self, rest: &str) -> Error {
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let at = rest.get(..first).unwrap_or(rest);
        let message = "expected a signature such as `HumanName*.best(use: code, limit?: Integer): HumanName`";
        self.fault(ErrorKind::Syntax, "bad-signature", at, message)
    }

    /// A fault at a part of the text.
    fn fault(&self, kind: ErrorKind, code: &'static str, part: &str, message: impl Into<String>) -> Error {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        let start = start.min(self.text.len());
        let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let span = Span {
            start: number(start),
            end: number(start + part.len()),
        };
        Error::new(kind, code, span, message)
    }
}
