//! What became of every row: `mapping/maps/guide/REPORT.md`.

use std::fmt::Write as _;

/// The rows of one table.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) table: String,
    pub(super) generated: usize,
    /// Codes of ours that the guide has no row for.
    pub(super) added: usize,
    /// Rows that map nothing: of a concept map, those that name one side only.
    pub(super) without: usize,
    /// The map written by hand that the messages go through instead of the generated one.
    pub(super) instead: Option<String>,
    /// Codes of the HL7 tables of a concept map that it does not translate: `0085 O`.
    pub(super) gaps: Vec<String>,
    decided: Vec<Line>,
    refused: Vec<(usize, String)>,
}

struct Line {
    row: usize,
    kind: String,
    argument: String,
    reason: String,
}

impl Counts {
    pub(super) fn new(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn decided(&mut self, row: usize, kind: &str, argument: &str, reason: &str) {
        self.decided.push(Line {
            row,
            kind: kind.to_owned(),
            argument: argument.to_owned(),
            reason: reason.to_owned(),
        });
    }

    pub(super) fn refused(&mut self, row: usize, reason: &str) {
        self.refused.push((row, reason.to_owned()));
    }

    fn all(&self) -> usize {
        self.generated + self.decided.len() + self.refused.len()
    }
}

/// A kind of table: segments and data types together, messages, concept maps.
pub(super) struct Part {
    pub(super) title: &'static str,
    pub(super) tables: Vec<Counts>,
}

impl Part {
    fn sums(&self) -> [usize; 4] {
        let mut sums = [0; 4];
        for counts in &self.tables {
            sums[0] += counts.all();
            sums[1] += counts.generated;
            sums[2] += counts.decided.len();
            sums[3] += counts.refused.len();
        }
        sums
    }

    /// `rows, generated, decided, refused` for the terminal.
    pub(super) fn summary(&self) -> String {
        let [all, generated, decided, refused] = self.sums();
        format!(
            "{}: {all} mapped rows, {generated} generated ({} %), {decided} decided ({} %), {refused} refused ({} %)",
            self.title,
            percent(generated, all),
            percent(decided, all),
            percent(refused, all)
        )
    }
}

fn percent(part: usize, all: usize) -> String {
    let tenths = (part * 1000 + all / 2) / all.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The report as Markdown.
pub(super) fn text(parts: &[Part]) -> String {
    let mut text = String::from(
        "# What became of the guide's rows\n\n\
         Written by `cargo xtask import v2-to-fhir FOLDER`; the decisions are those of [overlay.tsv](overlay.tsv). A row is a line of a table that names a target.\n\
         *Generated*: its rule comes from the row, by what the overlay says of misspelled words, prose and numbers that many rows share. *Decided*: the overlay says what is done, with the reason. *Refused*: nothing is made of it.\n\n\
         | part | rows | generated | decided | refused |\n| --- | --- | --- | --- | --- |\n",
    );
    for part in parts {
        let [all, generated, decided, refused] = part.sums();
        let _ = writeln!(
            text,
            "| {} | {all} | {generated} ({} %) | {decided} ({} %) | {refused} ({} %) |",
            part.title,
            percent(generated, all),
            percent(decided, all),
            percent(refused, all)
        );
    }
    for part in parts {
        let _ = write!(
            text,
            "\n## {}\n\n| table | rows | generated | decided | refused |\n| --- | --- | --- | --- | --- |\n",
            part.title
        );
        for counts in &part.tables {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                counts.table,
                counts.all(),
                counts.generated,
                counts.decided.len(),
                counts.refused.len()
            );
        }
        let by_hand: Vec<&Counts> = part
            .tables
            .iter()
            .filter(|counts| counts.instead.is_some() && counts.generated > 0)
            .collect();
        if !by_hand.is_empty() {
            let rows: usize = by_hand.iter().map(|counts| counts.generated).sum();
            let _ = write!(
                text,
                "\n{rows} of the generated rows are in tables where the shipped messages go through a map written by hand, and the generated one is for sites to import:\n\n\
                 | table | generated rows | by hand |\n| --- | --- | --- |\n"
            );
            for counts in by_hand {
                let hand = counts.instead.as_deref().unwrap_or_default().replace('|', "or");
                let _ = writeln!(text, "| {} | {} | {hand} |", counts.table, counts.generated);
            }
        }
        let refused: Vec<String> = part
            .tables
            .iter()
            .flat_map(|counts| {
                let table = &counts.table;
                counts
                    .refused
                    .iter()
                    .map(move |(row, reason)| format!("| {table} | {row} | {reason} |\n"))
            })
            .collect();
        if !refused.is_empty() {
            let _ = write!(
                text,
                "\nRefused:\n\n| table | row | reason |\n| --- | --- | --- |\n{}",
                refused.concat()
            );
        }
        let gaps: Vec<String> = part.tables.iter().filter_map(gap).collect();
        if !gaps.is_empty() {
            let _ = write!(
                text,
                "\nCodes of HL7 tables without a target, of any version; a message that sends one has the finding `no-translation` or what the map says of others:\n\n\
                 | concept map | codes |\n| --- | --- |\n{}",
                gaps.concat()
            );
        }
        let decided: Vec<String> = part.tables.iter().flat_map(decisions).collect();
        if !decided.is_empty() {
            let _ = write!(
                text,
                "\nDecided:\n\n| table | rows | decision | where | reason |\n| --- | --- | --- | --- | --- |\n{}",
                decided.concat()
            );
        }
    }
    text
}

/// The codes that a concept map lacks, by table.
fn gap(counts: &Counts) -> Option<String> {
    if counts.gaps.is_empty() {
        return None;
    }
    Some(format!("| {} | {} |\n", counts.table, counts.gaps.join(", ")))
}

/// Rows of one decision are one line.
fn decisions(counts: &Counts) -> Vec<String> {
    let mut lines: Vec<(Vec<usize>, &Line)> = Vec::new();
    for line in &counts.decided {
        match lines.iter_mut().find(|(_, one)| {
            one.kind == line.kind && one.reason == line.reason && one.argument == line.argument
        }) {
            Some((rows, _)) => rows.push(line.row),
            None => lines.push((vec![line.row], line)),
        }
    }
    lines
        .into_iter()
        .map(|(rows, line)| {
            let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
            let place = match line.kind.as_str() {
                "at" | "by" => line.argument.as_str(),
                _ => "-",
            };
            format!(
                "| {} | {} | {} | {} | {} |\n",
                counts.table,
                rows.join(" "),
                line.kind,
                place.replace('|', "or"),
                line.reason
            )
        })
        .collect()
}
