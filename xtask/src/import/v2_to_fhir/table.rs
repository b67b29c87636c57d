//! A table of the guide as it stands: one CSV file, its rows by the line of the record.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;

/// A file of the guide.
pub(super) struct Table {
    /// `AL1[AllergyIntolerance]`; of a message `ADT_A01`; of a concept map `AddressType[Use]`.
    pub(super) name: String,
    /// The records with their numbers, which count from 1 and include the two of the head.
    pub(super) records: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// A cell without the spaces around it; what a record lacks is empty.
    pub(super) fn cell(record: &[String], at: usize) -> &str {
        record.get(at).map_or("", |cell| cell.trim())
    }
}

/// The tables of a folder of the guide, by name.
pub(super) fn read(guide: &Path, folder: &str) -> Result<Vec<Table>, Failure> {
    let mut tables = Vec::new();
    for path in files(&guide.join(folder))? {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let name = named(&name).ok_or_else(|| format!("{name}: not the name of a table"))?;
        let text = fs::read(&path)?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let mut records = Vec::new();
        for (at, record) in reader.records().enumerate() {
            let record = record?;
            records.push((at + 1, record.iter().map(str::to_owned).collect()));
        }
        records.drain(..records.len().min(2));
        tables.push(Table {
            name: name.to_owned(),
            records,
        });
    }
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tables)
}

/// What stands between `_ ` and the last ` - ` of a file's name.
fn named(stem: &str) -> Option<&str> {
    let (_, rest) = stem.split_once("_ ")?;
    rest.rsplit_once(" - ").map(|(name, _)| name.trim())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `AL1[AllergyIntolerance]` as the name of a group and a file: letters, digits and what FML allows in a name.
pub(super) fn identifier(name: &str) -> String {
    let mut made = String::new();
    let mut upper = false;
    for one in name.chars() {
        if one.is_ascii_alphanumeric() || one == '_' {
            made.push(if upper { one.to_ascii_uppercase() } else { one });
            upper = false;
        } else {
            upper = true;
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::{identifier, named};

    #[test]
    fn names_come_from_the_file() {
        assert_eq!(named("HL7 Segment - FHIR R4_ AL1[A] - AL1"), Some("AL1[A]"));
        assert_eq!(
            named("HL7 Concept Map_ AddressType[Use] - Sheet1"),
            Some("AddressType[Use]")
        );
        assert_eq!(
            identifier("HD[MessageHeader.source-name]"),
            "HDMessageHeaderSourceName"
        );
    }
}
