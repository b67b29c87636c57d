//! Which facts are left out, and the guide's row that decides against each.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;

use carewire_hl7v2::Message;

use super::facts::Fact;
use super::pattern::Pattern;

/// Which Bundle lacks the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Ours.
    Missing,
    /// The expected one.
    Surplus,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Missing => "missing",
            Self::Surplus => "surplus",
        })
    }
}

/// The case that a fact is of.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) source: &'a str,
    pub(super) message: &'a Message<'a>,
    pub(super) group: &'a str,
    /// Whether the expected Bundle has any fact of the group.
    pub(super) is_expected: bool,
}

/// `source | missing, surplus or instead | group fact | pattern | guide file | row | reason`.
struct Line {
    number: usize,
    source: String,
    side: Side,
    /// A surplus that is left out only where the expected Bundle has something of the group.
    instead: bool,
    fact: String,
    pattern: Pattern,
}

impl Line {
    fn covers(&self, place: Place<'_>, side: Side, name: &str, shown: &str) -> bool {
        self.side == side
            && (self.source == "*" || self.source == place.source)
            && (place.is_expected || !self.instead)
            && self.fact == name
            && self.pattern.fits(shown, place.message)
    }
}

pub(super) struct LeftOut {
    lines: Vec<Line>,
    used: RefCell<Vec<bool>>,
}

impl LeftOut {
    /// Reads the list; each line's file and row must be there in the guide.
    pub(super) fn read(text: &str, guide: &Path) -> Result<Self, String> {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| format!("left-out.txt line {}: {what}", at + 1);
            let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
            let [source, side, fact, pattern, file, row, reason] = cells.as_slice() else {
                return Err(fault("seven columns are needed"));
            };
            let (side, instead) = match *side {
                "missing" => (Side::Missing, false),
                "surplus" => (Side::Surplus, false),
                "instead" => (Side::Surplus, true),
                _ => return Err(fault("the second column is `missing`, `surplus` or `instead`")),
            };
            if reason.is_empty() {
                return Err(fault("no reason"));
            }
            let row: usize = row.parse().map_err(|_| fault("the row is no number"))?;
            let csv = std::fs::read_to_string(guide.join(file))
                .map_err(|error| fault(&format!("{file}: {error}")))?;
            if row == 0 || row > rows(&csv) {
                return Err(fault("the guide's file has no such row"));
            }
            lines.push(Line {
                number: at + 1,
                source: (*source).to_owned(),
                side,
                instead,
                fact: (*fact).to_owned(),
                pattern: Pattern::parse(pattern).map_err(|error| fault(&error))?,
            });
        }
        let used = RefCell::new(vec![false; lines.len()]);
        Ok(Self { lines, used })
    }

    pub(super) fn covers(&self, place: Place<'_>, side: Side, fact: &Fact) -> bool {
        let name = format!("{} {}", place.group, fact.name);
        // The cells of the list are trimmed, and a fact may be about nothing.
        let shown = fact.shown();
        let shown = shown.trim();
        let mut covered = false;
        for (line, used) in self.lines.iter().zip(self.used.borrow_mut().iter_mut()) {
            if line.covers(place, side, &name, shown) {
                *used = true;
                covered = true;
            }
        }
        covered
    }

    /// A line that covers nothing must go.
    pub(super) fn all_used(&self) -> Result<(), String> {
        let used = self.used.borrow();
        let idle = self.lines.iter().zip(used.iter()).filter(|(_, used)| !**used);
        let idle: Vec<String> = idle.map(|(line, _)| line.number.to_string()).collect();
        if idle.is_empty() {
            return Ok(());
        }
        Err(format!(
            "left-out.txt leaves nothing out in line {}",
            idle.join(", ")
        ))
    }
}

/// How many records a CSV has; quoted cells may hold line ends.
fn rows(csv: &str) -> usize {
    let mut quoted = false;
    let mut rows = 0;
    for one in csv.chars() {
        match one {
            '"' => quoted = !quoted,
            '\n' if !quoted => rows += 1,
            _ => {}
        }
    }
    if csv.ends_with('\n') { rows } else { rows + 1 }
}
