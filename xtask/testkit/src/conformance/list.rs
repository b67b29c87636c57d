use std::collections::BTreeMap;
use std::path::Path;

/// A list of expected failures: what each line says, and what is wrong with the file itself.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Reason by id.
    pub(super) reasons: BTreeMap<String, String>,
    /// Faults of the file: line number (from 1) and what is wrong there.
    pub(super) faults: Vec<String>,
}

impl List {
    /// Reads `id | reason` lines.
    pub(super) fn parse(text: &str) -> Self {
        let mut list = Self::default();
        let mut last = String::new();
        for (number, line) in (1..).zip(text.lines()) {
            let (id, reason) = line
                .split_once(" | ")
                .unwrap_or((line.trim_end_matches(" |"), ""));
            let (id, reason) = (id.trim(), reason.trim());
            if id.is_empty() {
                list.faults.push(format!("line {number} has no id"));
                continue;
            }
            if reason.is_empty() {
                list.faults.push(format!("line {number} has no reason: {id}"));
            }
            if number > 1 && id < last.as_str() {
                list.faults.push(format!("line {number} is out of order: {id}"));
            }
            id.clone_into(&mut last);
            if list.reasons.insert(id.to_owned(), reason.to_owned()).is_some() {
                list.faults.push(format!("line {number} repeats an id: {id}"));
            }
        }
        list
    }

    /// Reads the file; one that does not exist is empty.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Deletes the lines whose id is among `gone` and leaves every other byte alone.
    pub(super) fn delete(path: &Path, gone: &[String]) -> Result<(), String> {
        let describe = |error: std::io::Error| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(describe)?;
        let kept: String = text
            .split_inclusive('\n')
            .filter(|line| {
                let id = line
                    .split_once(" | ")
                    .map_or(line.trim_end(), |(id, _)| id)
                    .trim();
                !gone.iter().any(|other| other == id)
            })
            .collect();
        std::fs::write(path, kept).map_err(describe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_list_has_no_faults() {
        let list = List::parse("a | one\nb | two | and more\n");
        assert!(list.faults.is_empty());
        assert_eq!(list.reasons["b"], "two | and more");
    }

    #[test]
    fn each_fault_of_the_file_is_found() {
        for (text, fault) in [
            ("a\n", "line 1 has no reason: a"),
            ("a | \n", "line 1 has no reason: a"),
            ("a |\n", "line 1 has no reason: a"),
            ("b | x\na | x\n", "line 2 is out of order: a"),
            ("a | x\na | x\n", "line 2 repeats an id: a"),
            ("a | x\n\nb | x\n", "line 2 has no id"),
        ] {
            assert_eq!(List::parse(text).faults, [fault], "{text:?}");
        }
    }
}
