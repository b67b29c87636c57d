//! `mapping/maps/guide/overlay.tsv`: what was decided about rows that the tables leave to prose or get wrong.
//!
//! Columns, separated by tabs: table, rows (`11`, `12-14`, `12,16`, `*` for all of the table, `-` for none), decision, argument, reason.
//!
//! | decision | argument | means |
//! | --- | --- | --- |
//! | `as` | `path=..; when=..; set=..; with=..; terms=..; from=..` | the row, with these cells in place of its own; the rest is generated |
//! | `rule` | an FML rule | this rule in place of the rows |
//! | `add` | an FML rule | this rule too; no row asks for it |
//! | `by` | a call | a group written by hand: `v` is the source, `t` the target; after `\|` the call where the source is a component |
//! | `instead` | as `by`, or a file | the rows are generated, and the shipped maps go through a group written by hand instead |
//! | `at` | a place in a map | what the rows ask for is done by hand there |
//! | `none` | - | nothing is made of the rows |
//! | `refuse` | - | nothing can be made of the rows |
//! | `reference` | a call | how a reference to a resource made of this data type is written |
//! | `needs` | names | further sources of the group, as `patient encounter` |
//! | `spell` | `wrong=right` | a name that the tables misspell; of a table, or of all (`*`) |
//! | `phrase` | `prose => FHIRPath` | what a condition in prose means; nothing after the arrow: always. Of a table, or of all |
//! | `instruction` | `prose => value` | what a value in prose means: nothing for the source itself, a value as the column has it, or `call:` and a call that fills the element's parent |
//! | `present` | `TYPE=FHIRPath` | what a field of a data type has to hold, so that rows about it say anything; of the table `*` |
//! | `levels` | `Type: number=FHIRPath; ..` | the ids of the resources that a table numbers `[1].`, `[2].` |

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Failure;

#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) kind: String,
    pub(super) argument: String,
    pub(super) reason: String,
    /// The first row it is about.
    pub(super) first: usize,
}

#[derive(Default)]
pub(super) struct Overlay {
    rows: BTreeMap<(String, usize), Decision>,
    tables: BTreeMap<String, Vec<Decision>>,
    used: std::cell::RefCell<std::collections::BTreeSet<(String, usize)>>,
}

impl Overlay {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(&fs::read_to_string(path)?).map_err(|fault| format!("{}: {fault}", path.display()).into())
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut overlay = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| format!("line {}: {what}", at + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [table, rows, kind, argument, reason] = cells.as_slice() else {
                return Err(fault("five columns are needed"));
            };
            if reason.trim().is_empty() {
                return Err(fault("a decision needs a reason"));
            }
            let numbers = numbers(rows).ok_or_else(|| fault("the rows are no numbers"))?;
            let decision = Decision {
                kind: (*kind).to_owned(),
                argument: (*argument).to_owned(),
                reason: (*reason).to_owned(),
                first: numbers.first().copied().unwrap_or_default(),
            };
            if numbers.is_empty() {
                overlay
                    .tables
                    .entry((*table).to_owned())
                    .or_default()
                    .push(decision);
                continue;
            }
            for number in numbers {
                let key = ((*table).to_owned(), number);
                if overlay.rows.insert(key, decision.clone()).is_some() {
                    return Err(fault("a row has two decisions"));
                }
            }
        }
        Ok(overlay)
    }

    /// What was decided about one row.
    pub(super) fn row(&self, table: &str, row: usize) -> Option<&Decision> {
        let key = (table.to_owned(), row);
        let found = self.rows.get(&key)?;
        self.used.borrow_mut().insert(key);
        Some(found)
    }

    /// What was decided about a whole table.
    pub(super) fn table<'o>(&'o self, table: &str, kind: &'o str) -> impl Iterator<Item = &'o Decision> {
        self.tables
            .get(table)
            .into_iter()
            .flatten()
            .filter(move |decision| decision.kind == kind)
    }

    /// What a text of prose means, by the lines of the table and then those of all tables.
    pub(super) fn meaning(&self, table: &str, kind: &str, prose: &str) -> Option<&str> {
        [table, "*"]
            .into_iter()
            .filter_map(|name| self.tables.get(name))
            .flatten()
            .filter(|decision| decision.kind == kind)
            .filter_map(|decision| decision.argument.split_once("=>"))
            .find(|(text, _)| text.trim() == prose)
            .map(|(_, meaning)| meaning.trim())
    }

    /// Decisions about rows that no table has.
    pub(super) fn idle(&self) -> Vec<String> {
        let used = self.used.borrow();
        self.rows
            .keys()
            .filter(|key| !used.contains(*key))
            .map(|(table, row)| format!("{table} {row}"))
            .collect()
    }
}

/// `*` and `-` are no row of its own: what they say is about the table.
fn numbers(rows: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    if matches!(rows, "*" | "-") {
        return Some(numbers);
    }
    for part in rows.split(',') {
        match part.trim().split_once('-') {
            Some((from, to)) => numbers.extend(from.parse::<usize>().ok()?..=to.parse::<usize>().ok()?),
            None => numbers.push(part.trim().parse().ok()?),
        }
    }
    Some(numbers)
}

/// The cells that an `as` puts in the place of the row's own.
pub(super) fn cells(argument: &str) -> Result<BTreeMap<&str, &str>, String> {
    argument
        .split("; ")
        .map(|part| {
            part.split_once('=')
                .map(|(name, value)| (name.trim(), value.trim()))
                .ok_or_else(|| "a cell without `=`".to_owned())
        })
        .collect()
}
