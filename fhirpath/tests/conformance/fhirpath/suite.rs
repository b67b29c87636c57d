//! Reads the suite's file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One case.
#[derive(Debug, Default)]
pub(crate) struct Test {
    /// `group/name`; a name that occurs again in its group has `-2` and so on after it.
    pub(crate) id: String,
    pub(crate) input: Option<String>,
    pub(crate) expression: String,
    /// How it must fail: `syntax`, `semantic` or `execution`.
    pub(crate) invalid: Option<String>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) predicate: bool,
    pub(crate) ordered: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) kind: Option<String>,
    pub(crate) text: String,
}

pub(crate) fn read(path: &Path) -> Result<Vec<Test>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut reader = Reader::from_str(&text);
    let mut tests = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut group = String::new();
    let mut test = Test::default();
    let mut output = Output::default();
    let mut content = String::new();
    loop {
        let event = reader.read_event().map_err(|error| fault(&error))?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => return Ok(tests),
            Event::Start(start) | Event::Empty(start) => {
                content.clear();
                let mut attributes = attributes(&start)?;
                match start.name().as_ref() {
                    "group" => group = attributes.remove("name").unwrap_or_default(),
                    "test" => {
                        let name = attributes.remove("name").unwrap_or_default();
                        let id = format!("{group}/{name}");
                        let count = seen.entry(id.clone()).or_default();
                        *count += 1;
                        test = Test {
                            id: if *count > 1 { format!("{id}-{count}") } else { id },
                            input: attributes.remove("inputfile"),
                            invalid: attributes.remove("invalid"),
                            predicate: attributes.get("predicate").is_some_and(|value| value == "true"),
                            ordered: attributes.get("ordered").is_none_or(|value| value != "false"),
                            ..Test::default()
                        };
                    }
                    "expression" => {
                        if let Some(kind) = attributes.remove("invalid") {
                            test.invalid = Some(kind);
                        }
                    }
                    "output" => {
                        output = Output {
                            kind: attributes.remove("type"),
                            text: String::new(),
                        };
                        if empty {
                            test.outputs.push(std::mem::take(&mut output));
                        }
                    }
                    _ => {}
                }
            }
            Event::Text(piece) => content.push_str(&piece.xml10_content()),
            Event::CData(piece) => content.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &*name);
                let resolved = quick_xml::escape::unescape(&reference).map(|text| text.into_owned());
                content.push_str(&resolved.map_err(|error| fault(&error))?);
            }
            Event::End(end) => match end.name().as_ref() {
                "expression" => test.expression = std::mem::take(&mut content),
                "output" => {
                    output.text = std::mem::take(&mut content);
                    test.outputs.push(std::mem::take(&mut output));
                }
                "test" => tests.push(std::mem::take(&mut test)),
                _ => {}
            },
            _ => {}
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        found.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(found)
}
