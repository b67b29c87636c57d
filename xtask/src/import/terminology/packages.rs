//! The two kinds of package: FHIR JSON in a `.tgz`, and the XML of HL7 terminology in a `.tar.xz`.

use std::collections::BTreeMap;
use std::io::Read as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use super::Failure;

/// The resources of a FHIR package, by type and canonical URL.
pub(super) struct Fhir {
    by_url: BTreeMap<(String, String), Value>,
}

impl Fhir {
    pub(super) fn open(package: &[u8]) -> Result<Self, Failure> {
        let mut by_url = BTreeMap::new();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(package));
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            let wanted = [
                "StructureDefinition-",
                "ValueSet-",
                "CodeSystem-",
                "NamingSystem-",
            ]
            .iter()
            .any(|it| {
                name.strip_prefix("package/")
                    .is_some_and(|name| name.starts_with(it))
            });
            if !wanted || !name.ends_with(".json") {
                continue;
            }
            let mut json = Vec::new();
            entry.read_to_end(&mut json)?;
            let resource: Value = serde_json::from_slice(&json)?;
            let kind = resource["resourceType"].as_str().unwrap_or_default().to_owned();
            let url = resource["url"].as_str().unwrap_or(&name).to_owned();
            by_url.insert((kind, url), resource);
        }
        Ok(Self { by_url })
    }

    pub(super) fn resource(&self, kind: &str, url: &str) -> Option<&Value> {
        self.by_url.get(&(kind.to_owned(), url.to_owned()))
    }

    /// The resources of a type in the order of their URLs.
    pub(super) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.by_url
            .iter()
            .filter(move |it| it.0.0 == kind)
            .map(|it| (it.0.1.as_str(), it.1))
    }
}

/// The files of HL7 terminology, by path.
pub(super) struct Tho {
    pub(super) files: BTreeMap<String, Element>,
}

impl Tho {
    pub(super) fn open(package: &[u8]) -> Result<Self, Failure> {
        let mut tar = Vec::new();
        lzma_rs::xz_decompress(&mut &*package, &mut tar).map_err(|error| format!("xz: {error:?}"))?;
        let mut files = BTreeMap::new();
        for entry in tar::Archive::new(&*tar).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            let kept = name.contains("/v2/codeSystems/")
                || name.ends_with("v2/v2-tables.xml")
                || name.contains("/namingSystems/")
                || name.contains("/v3/codeSystems/");
            if !kept || !name.ends_with(".xml") {
                continue;
            }
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let element = Element::parse(&text).map_err(|error| format!("{name}: {error}"))?;
            files.insert(name, element);
        }
        Ok(Self { files })
    }
}

/// An element of FHIR XML: name, `value` attribute and children.
#[derive(Default)]
pub(super) struct Element {
    name: String,
    value: String,
    children: Vec<Element>,
}

impl Element {
    fn parse(text: &str) -> Result<Self, Failure> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let finished = match reader.read_event()? {
                Event::Start(start) => {
                    open.push(Self::start(&start)?);
                    continue;
                }
                Event::Empty(start) => Self::start(&start)?,
                Event::End(_) => open.pop().ok_or("an end tag without a start")?,
                Event::Eof => break,
                _ => continue,
            };
            open.last_mut()
                .ok_or("an end tag too many")?
                .children
                .push(finished);
        }
        open.pop()
            .and_then(|it| it.children.into_iter().next())
            .ok_or_else(|| "no element".into())
    }

    fn start(start: &BytesStart<'_>) -> Result<Self, Failure> {
        let name = start.local_name().as_ref().to_owned();
        let value = match start.try_get_attribute("value")? {
            Some(it) => it
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)?
                .into_owned(),
            None => String::new(),
        };
        Ok(Self {
            name,
            value,
            children: Vec::new(),
        })
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |it| it.name == name)
    }

    /// The value of the first child of a name, or nothing.
    pub(super) fn value(&self, name: &str) -> &str {
        self.children
            .iter()
            .find(|it| it.name == name)
            .map_or("", |it| &it.value)
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The value of a concept's property.
    pub(super) fn property(&self, code: &str) -> &str {
        self.all("property")
            .find(|it| it.value("code") == code)
            .and_then(|it| it.children.iter().find(|it| it.name.starts_with("value")))
            .map_or("", |it| &it.value)
    }

    /// The object identifier among a resource's `identifier`s, without `urn:oid:`.
    pub(super) fn oid(&self) -> &str {
        self.all("identifier")
            .find_map(|it| it.value("value").strip_prefix("urn:oid:"))
            .unwrap_or_default()
    }

    /// This element's concepts, nested ones after their parent.
    pub(super) fn concepts(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        let mut open: Vec<_> = self.all("concept").collect();
        open.reverse();
        while let Some(concept) = open.pop() {
            found.push(concept);
            let nested = open.len();
            open.extend(concept.all("concept"));
            open[nested..].reverse();
        }
        found
    }
}
