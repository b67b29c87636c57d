//! Known faults of the source, corrected by `hl7v2/spec/corrections.tsv`: one row a field, an attribute (`usage`
//! or `max`), the versions, and the value that the standard has there. For a whole structure the field is 0, the
//! attribute `grammar` and the value its elements in the notation of `structures.tsv`.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What of a field can be corrected.
pub(crate) struct Row {
    pub(crate) usage: String,
    pub(crate) max: String,
}

struct Correction {
    segment: String,
    field: u16,
    versions: Vec<(usize, usize)>,
    attribute: String,
    value: String,
}

pub(crate) struct Corrections(Vec<Correction>);

/// Reads the table; a version that is not in `known` or an unknown attribute is an error.
pub(crate) fn read(path: &Path, known: &[&str]) -> Result<Corrections, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut corrections = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let fail = |what: &str| format!("{}:{}: {what}", path.display(), number + 1);
        let cells: Vec<_> = line.split('\t').collect();
        let [segment, field, versions, attribute, value] = cells[..] else {
            return Err(fail("expected five columns").into());
        };
        if !matches!(attribute, "usage" | "max" | "grammar") {
            return Err(fail("expected usage, max or grammar").into());
        }
        let number = |name: &str| {
            known
                .iter()
                .position(|v| *v == name)
                .ok_or_else(|| fail("unknown version"))
        };
        let mut ranges = Vec::new();
        for range in versions.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            ranges.push((number(first)?, number(last)?));
        }
        corrections.push(Correction {
            segment: segment.to_owned(),
            field: field.parse()?,
            versions: ranges,
            attribute: attribute.to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(Corrections(corrections))
}

impl Corrections {
    /// The elements of a structure in the version with number `version`, where they are corrected.
    pub(crate) fn structure(&self, version: usize, name: &str) -> Option<String> {
        let fits = |correction: &&Correction| {
            correction.attribute == "grammar"
                && correction.segment == name
                && correction
                    .versions
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&version))
        };
        self.0
            .iter()
            .find(fits)
            .map(|correction| correction.value.clone())
    }

    /// Applies what there is for field `field` of `segment` in the version with number `version`.
    pub(crate) fn apply(&self, version: usize, segment: &str, field: u16, row: &mut Row) {
        for correction in &self.0 {
            let holds = correction
                .versions
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&version));
            if holds && correction.segment == segment && correction.field == field {
                match correction.attribute.as_str() {
                    "usage" => row.usage.clone_from(&correction.value),
                    _ => row.max.clone_from(&correction.value),
                }
            }
        }
    }
}
