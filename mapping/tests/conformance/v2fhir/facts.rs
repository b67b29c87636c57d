//! The table of facts, and the facts of a Bundle.

use std::collections::{BTreeMap, BTreeSet};

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Context, Host, Item, Program};

/// One thing that a Bundle says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) name: String,
    /// What it is about.
    about: Vec<String>,
    /// What it says: one text, or all names of one thing.
    says: BTreeSet<String>,
}

impl Fact {
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.name == other.name && self.about == other.about && !self.says.is_disjoint(&other.says)
    }

    /// For patterns and for the file of details.
    pub(super) fn shown(&self) -> String {
        let says: Vec<&str> = self.says.iter().map(String::as_str).collect();
        let mut parts: Vec<&str> = self.about.iter().map(String::as_str).collect();
        let says = says.join(",");
        parts.push(&says);
        parts.join(" / ").replace(['\n', '\r', '\t'], " ")
    }
}

/// A line of the table.
struct Row {
    group: String,
    name: String,
    all_are_one: bool,
    focus: Program,
    about: Vec<Program>,
    says: Program,
}

pub(super) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut rows = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| format!("facts.tsv line {}: {what}", at + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [group, name, mode, focus, parts] = cells.as_slice() else {
                return Err(fault("five columns are needed"));
            };
            let compile =
                |text: &str| carewire_fhirpath::compile(text).map_err(|errors| fault(&errors.to_string()));
            let mut parts = parts.split(" ; ").map(compile).collect::<Result<Vec<_>, _>>()?;
            let says = parts.pop().ok_or_else(|| fault("no expression"))?;
            let all_are_one = match *mode {
                "each" => false,
                "any" => true,
                _ => return Err(fault("the mode is `each` or `any`")),
            };
            rows.push(Row {
                group: (*group).to_owned(),
                name: (*name).to_owned(),
                all_are_one,
                focus: compile(focus)?,
                about: parts,
                says,
            });
        }
        Ok(Self { rows })
    }

    /// The groups, in the order of the table.
    pub(super) fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        groups
    }

    /// The facts of a Bundle by group, each once.
    pub(super) fn facts(&self, bundle: &Document<'_>) -> Result<BTreeMap<String, Vec<Fact>>, String> {
        let targets = Targets(bundle);
        let context = Context::new().host(&targets);
        let mut facts: BTreeMap<String, BTreeSet<Fact>> = BTreeMap::new();
        for row in &self.rows {
            let fault = |error: carewire_fhirpath::Error| format!("{}: {error}", row.name);
            for focus in row.focus.evaluate(bundle.root(), &context).map_err(fault)? {
                let mut about = Vec::new();
                for part in &row.about {
                    let found = part.evaluate_item(&focus, &context).map_err(fault)?;
                    about.push(found.iter().filter_map(text).collect::<Vec<_>>().join(","));
                }
                let found = row.says.evaluate_item(&focus, &context).map_err(fault)?;
                let says: Vec<String> = found.iter().filter_map(text).collect();
                let says: Vec<BTreeSet<String>> = if row.all_are_one {
                    vec![says.into_iter().collect()]
                } else {
                    says.into_iter().map(|one| BTreeSet::from([one])).collect()
                };
                for says in says.into_iter().filter(|says| !says.is_empty()) {
                    facts.entry(row.group.clone()).or_default().insert(Fact {
                        name: row.name.clone(),
                        about: about.clone(),
                        says,
                    });
                }
            }
        }
        Ok(facts
            .into_iter()
            .map(|(group, facts)| (group, facts.into_iter().collect()))
            .collect())
    }
}

/// The text of an item as it is compared: an instant in UTC, a decimal without the zeros that say nothing.
fn text(item: &Item<'_, Node<'_>>) -> Option<String> {
    let text = item.text()?.trim().to_owned();
    if text.is_empty() {
        return None;
    }
    match item.value()?.as_ref() {
        Item::DateTime(_) => Some(in_utc(&text).unwrap_or(text)),
        Item::Decimal(_) if text.contains('.') => {
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => Some(text),
    }
}

/// `2019-04-23T18:16:37.000+05:30` as `2019-04-23T12:46:37Z`; `None` without a time and an offset.
fn in_utc(text: &str) -> Option<String> {
    let (date, clock) = text.split_once('T')?;
    let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let at = clock.find(['Z', '+', '-'])?;
    let (clock, zone) = clock.split_at(at);
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let mut parts = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    let offset = match zone.strip_prefix('Z') {
        Some(_) => 0,
        None => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    let minutes = days(year, month, day) * 1440 + hour * 60 + minute - offset;
    let (year, month, day) = civil(minutes.div_euclid(1440));
    let rest = minutes.rem_euclid(1440);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}Z",
        rest / 60,
        rest % 60
    ))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Finds what a reference means where fullUrl does not say: the converters write `Type/id` beside a fullUrl that is a urn.
struct Targets<'d>(&'d Document<'d>);

impl<'d> Host<'d, Node<'d>> for Targets<'d> {
    fn resolve(&self, reference: &str) -> Option<Node<'d>> {
        let (kind, id) = reference.rsplit_once('/')?;
        self.0.resources().find(|resource| {
            resource
                .type_id()
                .is_some_and(|found| kind.ends_with(found.name()))
                && resource
                    .child("id")
                    .and_then(Node::text)
                    .is_some_and(|found| found == id)
        })
    }
}
