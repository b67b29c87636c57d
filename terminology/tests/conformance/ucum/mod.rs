//! The functional tests of UCUM: validation, names, conversion, multiplication and division.
//!
//! Numbers are compared at the digits that the expected outcome has: `6.3 4.s/m` is 25.2 `s/m`, and `25` is expected.
//! The empty text is no unit; where the suite has it, it means what HL7's data types mean by no unit, the number one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use carewire_terminology::ucum::{Rational, UcumError, Unit};
use carewire_testkit::conformance::{Case, Verdict};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

type Attributes = BTreeMap<String, String>;

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let path = corpora.join("terminology/ucum/UcumFunctionalTests.xml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut cases = Vec::new();
    for (section, case) in read(&text)? {
        let id = format!("{section}/{}", attribute(&case, "id"));
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        // Some ids occur twice.
        let id = if *count > 1 { format!("{id}-{count}") } else { id };
        cases.push(Case::run(&id, || judge(&section, &case)));
    }
    Ok(cases)
}

fn judge(section: &str, case: &Attributes) -> Verdict {
    let verdict = match section {
        "validation" => Ok(validation(case)),
        "displayNameGeneration" => name(case),
        "conversion" => conversion(case),
        "multiplication" => combination(case, Unit::multiply, Rational::checked_mul),
        "division" => combination(case, Unit::divide, Rational::checked_div),
        _ => Ok(Verdict::Fail("a section that is not known".to_owned())),
    };
    verdict.unwrap_or_else(|error| Verdict::Fail(error.to_string()))
}

fn validation(case: &Attributes) -> Verdict {
    match (Unit::parse(attribute(case, "unit")), attribute(case, "valid")) {
        (Ok(unit), "true") if unit.to_string().parse().as_ref() == Ok(&unit) => Verdict::Pass,
        (Ok(_), "true") => Verdict::Fail("reads otherwise when printed".to_owned()),
        (Err(error), "true") => Verdict::Fail(error.to_string()),
        (Err(error), "false") if error.offset().is_some() => Verdict::Pass,
        _ => Verdict::Fail("is taken for a unit".to_owned()),
    }
}

fn name(case: &Attributes) -> Result<Verdict, UcumError> {
    let name = unit(case, "unit")?.name();
    Ok(if name == attribute(case, "display") {
        Verdict::Pass
    } else {
        Verdict::Fail(format!("is called {name}"))
    })
}

fn conversion(case: &Attributes) -> Result<Verdict, UcumError> {
    let value: Rational = attribute(case, "value").parse()?;
    let (from, to) = (unit(case, "srcUnit")?, unit(case, "dstUnit")?);
    let found = from.convert(&value, &to)?;
    // And back again, where nothing is rounded.
    if to.convert(&found, &from)? != value {
        return Ok(Verdict::Fail("does not convert back".to_owned()));
    }
    compare(&found, attribute(case, "outcome"))
}

fn combination(
    case: &Attributes,
    units: fn(&Unit, &Unit) -> Result<Unit, UcumError>,
    numbers: fn(&Rational, &Rational) -> Option<Rational>,
) -> Result<Verdict, UcumError> {
    let unit_of_both = units(&unit(case, "u1")?, &unit(case, "u2")?)?;
    let (one, two) = (attribute(case, "v1").parse()?, attribute(case, "v2").parse()?);
    let Some(number) = numbers(&one, &two) else {
        return Ok(Verdict::Fail("has no such number".to_owned()));
    };
    let found = unit_of_both.convert(&number, &unit(case, "uRes")?)?;
    compare(&found, attribute(case, "vRes"))
}

fn compare(found: &Rational, expected: &str) -> Result<Verdict, UcumError> {
    let wanted: Rational = expected.parse()?;
    let mantissa = expected.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.trim_start_matches(['-', '0', '.']);
    let digits = digits.bytes().filter(u8::is_ascii_digit).count();
    Ok(if found.round(digits) == wanted {
        Verdict::Pass
    } else {
        Verdict::Fail(format!("gives {}, not {expected}", found.to_decimal(30)))
    })
}

fn unit(case: &Attributes, name: &str) -> Result<Unit, UcumError> {
    match attribute(case, name) {
        "" => Ok(Unit::one()),
        code => Unit::parse(code),
    }
}

fn attribute<'c>(case: &'c Attributes, name: &str) -> &'c str {
    case.get(name).map_or("", String::as_str)
}

/// The cases in order, each with the section it stands in.
fn read(text: &str) -> Result<Vec<(String, Attributes)>, String> {
    let mut reader = Reader::from_str(text);
    let mut section = String::new();
    let mut cases = Vec::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(cases),
            Event::Start(start) | Event::Empty(start) => match start.name().as_ref() {
                "case" => cases.push((section.clone(), attributes(&start)?)),
                name => name.clone_into(&mut section),
            },
            _ => {}
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<Attributes, String> {
    let mut found = Attributes::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        found.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(found)
}
