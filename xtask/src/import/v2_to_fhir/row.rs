//! The rows of a segment's or a data type's table, each with what was decided about it.

use super::overlay::{Decision, Overlay, cells};
use super::place::Place;
use super::table::Table;

/// A row that the guide maps to something.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) place: Place,
    pub(super) v2_type: String,
    pub(super) repeats: bool,
    /// The condition in the guide's own language.
    pub(super) condition: String,
    /// The condition as FHIRPath, from the overlay.
    pub(super) when: Option<String>,
    pub(super) narrative: String,
    pub(super) path: String,
    pub(super) with: String,
    pub(super) terms: String,
    pub(super) set: String,
}

/// What becomes of a row.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    Generate(Row),
    /// Generated from cells that the overlay corrects.
    Corrected(Row),
    Rule(String),
    Done,
    Refused(String),
}

/// The mapped rows of a table with their fates; a row that names no element is none.
pub(super) fn rows(table: &Table, overlay: &Overlay) -> Result<Vec<(usize, Fate)>, String> {
    let mut rows = Vec::new();
    for (line, record) in &table.records {
        let cell = |at: usize| Table::cell(record, at);
        if cell(9).is_empty() {
            continue;
        }
        let max = cell(5);
        let mut row = Row {
            line: *line,
            place: place(&table.name, cell(1)),
            v2_type: cell(3).to_owned(),
            repeats: !matches!(max, "" | "0" | "1"),
            condition: words(cell(6)),
            when: None,
            narrative: words(cell(8)),
            path: words(cell(9)),
            with: cell(14).to_owned(),
            terms: cell(15).to_owned(),
            set: words(cell(16)),
        };
        spell(&mut row, &table.name, overlay);
        gloss(&mut row, &table.name, overlay);
        let decision = overlay.row(&table.name, *line);
        rows.push((*line, fate(row, decision)?));
    }
    Ok(rows)
}

/// What the overlay says that prose means.
fn gloss(row: &mut Row, table: &str, overlay: &Overlay) {
    let prose = if row.condition.is_empty() {
        &row.narrative
    } else {
        &row.condition
    };
    if let Some(meaning) = overlay.meaning(table, "phrase", prose) {
        row.when = Some(meaning.to_owned());
        row.condition.clear();
        row.narrative.clear();
    }
    if let Some(meaning) = overlay.meaning(table, "instruction", &row.set) {
        row.set = meaning.to_owned();
    }
}

/// The overlay's spellings of words, for all tables and for this one.
fn spell(row: &mut Row, table: &str, overlay: &Overlay) {
    if let Some((path, set)) = row.path.clone().split_once("=\"") {
        row.path = path.to_owned();
        if row.set.is_empty() {
            row.set = format!("\"{set}");
        }
    }
    for decision in overlay.table("*", "spell").chain(overlay.table(table, "spell")) {
        if let Some((wrong, right)) = decision.argument.split_once('=') {
            for cell in [
                &mut row.path,
                &mut row.with,
                &mut row.terms,
                &mut row.set,
                &mut row.condition,
            ] {
                *cell = cell.replace(wrong, right);
            }
        }
    }
}

fn fate(mut row: Row, decision: Option<&Decision>) -> Result<Fate, String> {
    let Some(decision) = decision else {
        return Ok(Fate::Generate(row));
    };
    Ok(match decision.kind.as_str() {
        "as" => {
            row.narrative.clear();
            for (name, value) in cells(&decision.argument)? {
                let value = value.to_owned();
                match name {
                    "path" => row.path = value,
                    "when" => row.when = Some(value),
                    "set" => row.set = value,
                    "with" => row.with = value,
                    "terms" => row.terms = value,
                    "type" => row.v2_type = value,
                    "from" => row.place = Place::parse(&value).unwrap_or_else(|| whole(&row.place.of)),
                    _ => return Err(format!("no cell is called {name}")),
                }
            }
            Fate::Corrected(row)
        }
        // The rule stands once, for the first of its rows.
        "rule" if decision.first == row.line => Fate::Rule(decision.argument.clone()),
        "rule" | "at" | "none" => Fate::Done,
        "refuse" => Fate::Refused(decision.reason.clone()),
        other => return Err(format!("no row can be decided by {other}")),
    })
}

fn whole(of: &str) -> Place {
    Place {
        of: of.to_owned(),
        ..Place::default()
    }
}

/// The place of a row; of a row for the whole segment or data type only its name.
fn place(table: &str, cell: &str) -> Place {
    let of = table.split_once('[').map_or(table, |(of, _)| of);
    match Place::parse(cell) {
        // CF's table calls its components those of CWE, RXE-19 stands in the table of RXO.
        Some(place) => place,
        None => whole(of),
    }
}

/// One line, one space between words.
fn words(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_means_what_the_overlay_says() {
        let overlay = Overlay::parse(
            "*\t*\tphrase\tIf positive => $this > 0\ta number\n\
             NM[X]\t-\tphrase\tIf big => $this > 9\ta number\n\
             *\t*\tinstruction\t/the text/ => \"text\"\ta text\n\
             NM[X]\t-\tspell\tvalu=value\ta letter",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        let record = |narrative: &str| {
            let cells = [
                "",
                "NM.1",
                "",
                "ST",
                "",
                "1",
                "",
                "",
                narrative,
                "valu",
                "",
                "",
                "",
                "",
                "",
                "",
                "/the text/",
            ];
            cells.map(str::to_owned).to_vec()
        };
        let table = Table {
            name: "NM[X]".to_owned(),
            records: vec![
                (3, record("If positive")),
                (4, record("If big")),
                (5, record("If red")),
            ],
        };
        let rows = rows(&table, &overlay).unwrap_or_else(|error| panic!("{error}"));
        let made: Vec<(Option<&str>, &str, &str, &str)> = rows
            .iter()
            .filter_map(|(_, fate)| match fate {
                Fate::Generate(row) => Some((
                    row.when.as_deref(),
                    row.narrative.as_str(),
                    row.path.as_str(),
                    row.set.as_str(),
                )),
                _ => None,
            })
            .collect();
        assert_eq!(
            made,
            [
                (Some("$this > 0"), "", "value", "\"text\""),
                (Some("$this > 9"), "", "value", "\"text\""),
                (None, "If red", "value", "\"text\""),
            ]
        );
    }
}
