//! The search parameters and compartments of `fhir-model/spec` as rows over one pool of texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::fhir::{HEAD, title};
use super::{Row, table};

type Failure = Box<dyn std::error::Error>;

/// The files to write: name and content. `ids` are the numbers of the types.
pub(super) fn files(folder: &Path, ids: &BTreeMap<&str, usize>) -> Result<Vec<(String, String)>, Failure> {
    let mut parameters = table(folder, "search.tsv")?;
    parameters.sort_by(|a, b| a[0].cmp(&b[0]));
    let components = table(folder, "search-components.tsv")?;
    let compartments = table(folder, "compartments.tsv")?;
    let texts = Texts::new(
        parameters
            .iter()
            .flat_map(|row| [&row[0], &row[1], &row[5]])
            .chain(components.iter().flat_map(|row| [&row[1], &row[2]]))
            .map(String::as_str)
            .chain(compartments.iter().flat_map(|row| row[2].split(' '))),
    );
    let mut sets = Sets::default();
    let numbers = |names: &str| -> Result<Vec<usize>, Failure> {
        let names = names.split(' ').filter(|name| *name != "-");
        let number = |name: &str| {
            ids.get(name)
                .copied()
                .ok_or_else(|| format!("unknown type {name}").into())
        };
        names.map(number).collect()
    };
    let mut rows = String::new();
    let mut by_type: BTreeMap<usize, Vec<(&str, usize)>> = BTreeMap::new();
    let (mut parts, mut count) = (String::new(), 0);
    for (number, row) in parameters.iter().enumerate() {
        let bases = numbers(&row[3])?;
        for base in &bases {
            by_type.entry(*base).or_default().push((&row[1], number));
        }
        let first = count;
        for component in components.iter().filter(|one| one[0] == row[0]) {
            let (definition, expression) = (texts.place(&component[1]), texts.place(&component[2]));
            let _ = writeln!(parts, "    g({definition}, {expression}), // {}", row[0]);
            count += 1;
        }
        let _ = writeln!(
            rows,
            "    s({}, {}, {}, {}, {}, {}, {first}, {}), // {}",
            texts.place(&row[0]),
            texts.place(&row[1]),
            texts.place(&row[5]),
            title(&row[2]),
            sets.of(bases),
            sets.of(numbers(&row[4])?),
            count - first,
            row[0]
        );
    }
    if count != components.len() {
        return Err("a component of no search parameter".into());
    }
    let search = format!(
        "{HEAD}use crate::schema::SearchType::*;\nuse crate::schema::rows::{{SearchRow, s}};\n\n\
         pub(crate) static ROWS: [SearchRow; {}] = [\n{rows}];\n",
        parameters.len()
    );
    let mut index = format!(
        "{HEAD}use crate::schema::rows::{{SearchPart, g}};\n\n\
         pub(crate) static PARTS: [SearchPart; {count}] = [\n{parts}];\n\n\
         /// The parameters of each type that has some, in the order of their codes.\n\
         pub(crate) static BY_TYPE: [(u16, &[u16]); {}] = [\n",
        by_type.len()
    );
    for (ty, parameters) in &mut by_type {
        // Of two with one code the one with the id of the standard's own form is first: `Resource-id`, then `example`.
        parameters.sort_unstable();
        let numbers: Vec<String> = parameters.iter().map(|(_, number)| number.to_string()).collect();
        let _ = writeln!(index, "    ({ty}, &[{}]),", numbers.join(", "));
    }
    let _ = writeln!(
        index,
        "];\n\n/// Sets of types, from 1.\npub(crate) static SETS: [&[crate::schema::TypeId]; {}] = [",
        sets.rows.len()
    );
    for set in &sets.rows {
        let _ = writeln!(index, "    &crate::schema::rows::ids({set:?}),");
    }
    index.push_str("];\n");
    Ok(vec![
        ("search.rs".to_owned(), search),
        ("search_index.rs".to_owned(), index),
        ("search_texts.rs".to_owned(), texts.file()),
        (
            "compartments.rs".to_owned(),
            compartment_rows(&compartments, &texts, ids)?,
        ),
    ])
}

fn compartment_rows(rows: &[Row], texts: &Texts, ids: &BTreeMap<&str, usize>) -> Result<String, Failure> {
    let mut text = format!(
        "{HEAD}use crate::schema::rows::{{CompartmentRow, k, x}};\n\n\
         /// In the order of the compartments and the resources.\n\
         pub(crate) static ROWS: [CompartmentRow; {}] = [\n",
        rows.len()
    );
    let mut sorted = Vec::new();
    for row in rows {
        let id = |name: &str| ids.get(name).ok_or_else(|| format!("unknown type {name}"));
        sorted.push((id(&row[0])?, id(&row[1])?, row));
    }
    sorted.sort();
    for (compartment, resource, row) in sorted {
        let codes: Vec<String> = row[2]
            .split(' ')
            .map(|code| format!("x({})", texts.place(code)))
            .collect();
        let codes = codes.join(", ");
        let _ = writeln!(
            text,
            "    k({compartment}, {resource}, &[{codes}]), // {} {}",
            row[0], row[1]
        );
    }
    text.push_str("];\n");
    Ok(text)
}

/// Texts, each stored once.
struct Texts {
    lines: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Texts {
    fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let texts: BTreeSet<&str> = texts.filter(|text| *text != "-").collect();
        let (mut lines, mut places, mut end) = (Vec::new(), BTreeMap::new(), 0);
        let mut line = String::new();
        for text in texts {
            places.insert(text.to_owned(), end);
            end += text.len();
            line.push_str(text);
            if line.len() > 90 {
                lines.push(std::mem::take(&mut line));
            }
        }
        lines.push(line);
        Self { lines, places }
    }

    /// Where a text stands and how long it is.
    fn place(&self, text: &str) -> String {
        match self.places.get(text) {
            Some(place) => format!("{place}, {}", text.len()),
            None => "0, 0".to_owned(),
        }
    }

    fn file(&self) -> String {
        let mut file = format!("{HEAD}pub(crate) static TEXTS: &str = concat!(\n");
        for line in &self.lines {
            let _ = writeln!(file, "    {line:?},");
        }
        file.push_str(");\n");
        file
    }
}

/// Numbers for sets of types, from 1: 0 stands for none.
#[derive(Default)]
struct Sets {
    rows: Vec<Vec<usize>>,
}

impl Sets {
    fn of(&mut self, set: Vec<usize>) -> usize {
        if set.is_empty() {
            return 0;
        }
        if let Some(known) = self.rows.iter().position(|row| *row == set) {
            return known + 1;
        }
        self.rows.push(set);
        self.rows.len()
    }
}
