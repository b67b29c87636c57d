//! `terminology/spec/ucum-essence.xml` into a table of prefixes and a table of units, each sorted by its code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Failure, HEAD};

/// A prefix, base unit or unit, by the names of the file; of an element that repeats, the first.
#[derive(Default)]
struct Entry {
    attributes: BTreeMap<String, String>,
    name: String,
    property: String,
    /// The attributes of `value`, and over them those of `function` with its own name as `function`.
    value: BTreeMap<String, String>,
}

impl Entry {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn flag(&self, name: &str) -> bool {
        self.attribute(name) == "yes"
    }

    fn value(&self, name: &str) -> Result<&str, Failure> {
        let value = self.value.get(name).map(String::as_str);
        value.ok_or_else(|| format!("{} has no {name} in its value", self.attribute("Code")).into())
    }
}

/// The generated file.
pub(super) fn units(essence: &str) -> Result<String, Failure> {
    let read = read(essence)?;
    let mut text = format!("{HEAD} terminology/spec/ucum-essence.xml. Do not edit.\n");
    text.push_str(
        "// UCUM is copyright (c) 1999-2024 Regenstrief Institute, Inc., and comes without warranty;\n",
    );
    text.push_str(
        "// licence and disclaimer: terminology/spec/ucum-LICENSE.md, https://unitsofmeasure.org/license\n\n",
    );
    text.push_str("use crate::ucum::{Atom, Definition, Function, Prefix};\n\n");

    text.push_str("pub(crate) static PREFIXES: &[Prefix] = &[\n");
    for (code, entry) in read.iter().filter(|it| it.0.0 == "prefix") {
        let (upper, name) = (entry.attribute("CODE"), &entry.name);
        let value = plain(entry.value("value")?)?;
        writeln!(
            text,
            "    Prefix::new({:?}, {upper:?}, {name:?}, {value:?}),",
            code.1
        )?;
    }
    text.push_str("];\n\npub(crate) static ATOMS: &[Atom] = &[\n");
    let mut atoms: Vec<_> = read.iter().filter(|it| it.0.0 != "prefix").collect();
    atoms.sort_by_key(|it| &it.0.1);
    for (key, entry) in atoms {
        let definition = if key.0 == "base-unit" {
            "Definition::Base".to_owned()
        } else if entry.flag("isSpecial") {
            let function = function(entry.value("function")?)?;
            let (value, unit) = (plain(entry.value("value")?)?, entry.value("Unit")?);
            format!("Definition::Special(Function::{function}, {value:?}, {unit:?})")
        } else if entry.flag("isArbitrary") && entry.value("Unit")? == "1" {
            "Definition::Arbitrary".to_owned()
        } else {
            let (value, unit) = (plain(entry.value("value")?)?, entry.value("Unit")?);
            format!("Definition::Ratio({value:?}, {unit:?})")
        };
        let metric = key.0 == "base-unit" || entry.flag("isMetric");
        writeln!(
            text,
            "    Atom::new({:?}, {:?}, {:?}, {:?}, {metric}, {}, {definition}),",
            key.1,
            entry.attribute("CODE").to_ascii_uppercase(),
            entry.name,
            entry.property,
            entry.flag("isArbitrary"),
        )?;
    }
    text.push_str("];\n");
    Ok(text)
}

/// A decimal number as the room reads it: digits, a point, and no text around them.
fn plain(number: &str) -> Result<&str, Failure> {
    let of_a_number = |it: char| it.is_ascii_digit() || matches!(it, '.' | 'e' | '-' | '+');
    if number.is_empty() || !number.chars().all(of_a_number) {
        return Err(format!("{number} is no number").into());
    }
    Ok(number)
}

/// The variant for a function's name in the file.
fn function(name: &str) -> Result<&'static str, Failure> {
    Ok(match name {
        "Cel" => "Celsius",
        "degF" => "Fahrenheit",
        "degRe" => "Reaumur",
        "tanTimes100" | "100tan" => "TanTimes100",
        "hpX" => "HomeopathicX",
        "hpC" => "HomeopathicC",
        "hpM" => "HomeopathicM",
        "hpQ" => "HomeopathicQ",
        "pH" => "PH",
        "ln" => "Ln",
        "lg" => "Lg",
        "lgTimes2" => "LgTimes2",
        "ld" => "Ld",
        "sqrt" => "Sqrt",
        _ => return Err(format!("no function is known as {name}").into()),
    })
}

/// Everything in the file, by kind and code.
fn read(essence: &str) -> Result<BTreeMap<(String, String), Entry>, Failure> {
    let mut reader = Reader::from_str(essence);
    let mut entries = BTreeMap::new();
    let mut entry = Entry::default();
    let mut content = String::new();
    loop {
        let event = reader.read_event()?;
        match event {
            Event::Eof => return Ok(entries),
            Event::Start(ref start) | Event::Empty(ref start) => {
                let attributes = attributes(start)?;
                match start.name().as_ref() {
                    "prefix" | "base-unit" | "unit" => {
                        entry = Entry {
                            attributes,
                            ..Entry::default()
                        };
                    }
                    "name" | "property" => content.clear(),
                    "value" => entry.value = attributes,
                    "function" => {
                        let name = attributes.get("name").cloned().unwrap_or_default();
                        entry.value.insert("function".to_owned(), name);
                        entry.value.extend(attributes);
                    }
                    _ => {}
                }
            }
            Event::Text(piece) => content.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &*name);
                content.push_str(&quick_xml::escape::unescape(&reference)?);
            }
            Event::End(end) => match end.name().as_ref() {
                "name" if entry.name.is_empty() => content.trim().clone_into(&mut entry.name),
                "property" => content.trim().clone_into(&mut entry.property),
                kind @ ("prefix" | "base-unit" | "unit") => {
                    let code = entry.attribute("Code").to_owned();
                    let key = (kind.to_owned(), code.clone());
                    if code.is_empty() || entries.insert(key, std::mem::take(&mut entry)).is_some() {
                        return Err(format!("a code is empty or comes twice: {code}").into());
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
        found.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(found)
}
