//! `hl7v2/INDEX.tsv`: one line a file.

use std::fs;
use std::path::Path;

/// A file of the index.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) msh_count: usize,
    pub(crate) defects: Vec<String>,
}

/// The rows of the index, those of the folder `_malformed` or the others.
pub(crate) fn rows(corpora: &Path, malformed: bool) -> Result<Vec<Row>, String> {
    let path = corpora.join("hl7v2/INDEX.tsv");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| *h == name)
            .ok_or(format!("no column {name}"))
    };
    let (file, count, defects) = (column("path")?, column("msh_count")?, column("defects")?);
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<_> = line.split('\t').collect();
        let cell = |n: usize| cells.get(n).copied().unwrap_or_default();
        if cell(file).starts_with("_malformed/") != malformed {
            continue;
        }
        rows.push(Row {
            path: cell(file).to_owned(),
            msh_count: cell(count)
                .parse()
                .map_err(|error| format!("{}: {error}", cell(file)))?,
            defects: cell(defects)
                .split(';')
                .filter(|d| !d.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    }
    Ok(rows)
}
