//! The group of a message table in the mapping language: what each segment makes, in the groups of the message's structure.
//!
//! `Patient[1]` of several rows is one resource. Its id stands where all rows that make or name it can see it: at the message, at the group that they
//! have in common, or at the segment if no other asks for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::Failure;
use super::condition;
use super::emit::{group_name, kind_of, split};
use super::overlay::Overlay;
use super::place::{Place, Scope};
use super::schema::Schema;
use super::table::{Table, identifier};
use super::target::{self, Step};
use crate::workspace;

/// The groups that the structures have in any version: the grammars of `hl7v2/spec`.
pub(super) struct Structures(BTreeMap<String, String>);

impl Structures {
    pub(super) fn read() -> Result<Self, Failure> {
        let text = fs::read_to_string(workspace::root().join("hl7v2/spec/structures.tsv"))?;
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(name), Some(_), Some(grammar)) = (cells.next(), cells.next(), cells.next()) {
                let known = all.entry(name.to_owned()).or_default();
                known.push(' ');
                known.push_str(grammar);
            }
        }
        Ok(Self(all))
    }

    fn has_group(&self, structure: &str, group: &str) -> bool {
        self.0.get(structure).is_some_and(|grammar| {
            grammar.contains(&format!(" {group}(")) || grammar.contains(&format!("({group}("))
        })
    }
}

/// A resource of a table: `Observation[2]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: String,
    index: String,
}

impl Key {
    /// The first part of a path such as `Observation[2].note`; what is in parentheses is a resource of its own.
    fn parse(text: &str) -> Self {
        let text = match text.split_once('(') {
            Some((_, inner)) => inner.trim_end_matches(')'),
            None => text,
        };
        let first = text.split('.').next().unwrap_or(text);
        let (kind, index) = first.split_once('[').unwrap_or((first, ""));
        Self {
            kind: kind.trim().to_owned(),
            index: index.chars().filter(char::is_ascii_alphanumeric).collect(),
        }
    }

    fn name(&self) -> String {
        format!("id{}{}", self.kind, self.index)
    }
}

/// `A.path=B.id`
struct Reference {
    from: Key,
    path: String,
    to: Key,
}

/// A row that is generated.
struct Row {
    line: usize,
    groups: Vec<String>,
    segment: String,
    when: Option<String>,
    key: Key,
    call: String,
    references: Vec<Reference>,
}

/// What was made of a message table.
pub(super) struct Made {
    pub(super) text: String,
    /// Rows that could not be generated, with what was in the way.
    pub(super) failed: BTreeMap<usize, String>,
}

pub(super) struct Emitter<'e> {
    pub(super) schema: &'e Schema,
    pub(super) overlay: &'e Overlay,
    pub(super) structures: &'e Structures,
}

/// Where the id of a resource is made.
#[derive(PartialEq)]
enum Owner {
    Group(Vec<String>),
    Segment,
}

impl Emitter<'_> {
    /// The group of the rows `lines` of a table.
    pub(super) fn group(&self, table: &Table, lines: &[usize]) -> Made {
        let mut rows = Vec::new();
        let mut failed = BTreeMap::new();
        for (line, record) in &table.records {
            if !lines.contains(line) {
                continue;
            }
            match self.row(&table.name, *line, record) {
                Ok(row) => rows.push(row),
                Err(reason) => {
                    failed.insert(*line, reason);
                }
            }
        }
        // A reference to what no row makes has no end.
        let made: Vec<(Key, Vec<String>)> = rows
            .iter()
            .map(|row| (row.key.clone(), row.groups.clone()))
            .collect();
        rows.retain_mut(|row| {
            for reference in &mut row.references {
                for key in [&mut reference.from, &mut reference.to] {
                    match named(key, &row.key, &row.groups, &made) {
                        Some(found) => *key = found.clone(),
                        None => {
                            failed.insert(row.line, format!("no row makes {}", key.kind));
                            return false;
                        }
                    }
                }
            }
            true
        });
        let owners = owners(&rows);
        let mut text = String::new();
        let _ = writeln!(
            text,
            "group {}_Message(source msg, target out) {{",
            identifier(&table.name)
        );
        self.level(&mut text, &rows, &owners, &[], "msg", 1, &mut failed);
        text.push_str("}\n");
        Made { text, failed }
    }

    fn row(&self, table: &str, line: usize, record: &[String]) -> Result<Row, String> {
        let cell = |at: usize| {
            let mut text = Table::cell(record, at)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            for decision in self
                .overlay
                .table("*", "spell")
                .chain(self.overlay.table(table, "spell"))
            {
                if let Some((wrong, right)) = decision.argument.split_once('=') {
                    text = text.replace(wrong, right);
                }
            }
            text
        };
        let path = cell(1);
        let (root, rest) = path.split_once('.').ok_or("the row names no segment")?;
        let mut groups: Vec<String> = rest.split('.').map(str::to_owned).collect();
        let mut segment = groups.pop().unwrap_or_default();
        groups.retain(|group| self.structures.has_group(table, group));
        let map = cell(10);
        let (of, _) = split(&map);
        let mut conditions = Vec::new();
        if let Some((_, follow)) = root.split_once(":follow:") {
            conditions.push(match follow {
                "PID" => "%msg.PV1.empty() or position < %msg.PV1.first().position".to_owned(),
                other => format!("position > %msg.{other}.first().position"),
            });
        }
        // A row may ask for the map of another segment, which is the message's own.
        if of != segment {
            groups.clear();
            of.clone_into(&mut segment);
        }
        let variable = segment.to_ascii_lowercase();
        let text = cell(6);
        let when = match self.overlay.meaning(table, "phrase", &text) {
            Some(meaning) => meaning.to_owned(),
            None if text.is_empty() => String::new(),
            None => {
                let scope = Scope::new(&segment, 'f', &variable);
                condition::fhirpath(&text, &scope, &Place::default(), &Place::default())?
            }
        };
        if !when.is_empty() {
            conditions.push(when);
        }
        let key = Key::parse(&cell(9));
        if key.kind != "Bundle" && !self.schema.is_type(&key.kind) {
            return Err(format!("{} is no resource", key.kind));
        }
        let made = kind_of(&map);
        if self.schema.is_type(made) && made != key.kind && cell(9).find('.').is_none() {
            return Err(format!("{map} makes no {}", key.kind));
        }
        Ok(Row {
            line,
            groups,
            segment,
            when: match conditions.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                all => Some(format!("({})", all.join(") and ("))),
            },
            key,
            call: group_name(&map, false),
            references: references(&cell(11)),
        })
    }

    /// What stands in one group: its own rows in their order, then the groups below.
    #[expect(clippy::too_many_arguments, reason = "one place in a tree of groups")]
    fn level(
        &self,
        text: &mut String,
        rows: &[Row],
        owners: &BTreeMap<Key, Owner>,
        groups: &[String],
        variable: &str,
        depth: usize,
        failed: &mut BTreeMap<usize, String>,
    ) {
        let indent = "  ".repeat(depth);
        let anchor = if groups.is_empty() {
            String::new()
        } else {
            format!(", %{variable}.position.toString()")
        };
        let ids: Vec<String> = owners
            .iter()
            .filter(|(_, owner)| **owner == Owner::Group(groups.to_vec()))
            .map(|(key, _)| id(key, &anchor))
            .collect();
        let source = match groups.split_last() {
            Some((last, above)) => format!("{}.{last} as {variable}", variable_of(above)),
            None => variable.to_owned(),
        };
        let made = if ids.is_empty() {
            String::new()
        } else {
            format!(" -> {}", ids.join(", "))
        };
        let _ = writeln!(text, "{indent}{source}{made} then {{");
        for row in rows.iter().filter(|row| row.groups == groups) {
            match self.rule(row, owners, variable, depth + 1) {
                Ok(rule) => text.push_str(&rule),
                Err(reason) => {
                    failed.insert(row.line, reason);
                }
            }
        }
        let mut below: Vec<Vec<String>> = Vec::new();
        for row in rows {
            if let Some(next) = row.groups.get(..=groups.len())
                && next.starts_with(groups)
                && !below.iter().any(|known| known == next)
            {
                below.push(next.to_vec());
            }
        }
        for groups in below {
            let variable = variable_of(&groups);
            self.level(text, rows, owners, &groups, &variable, depth + 1, failed);
        }
        let name = groups.last().map_or("message", String::as_str);
        let _ = writeln!(text, "{indent}}} \"{}\";", name.to_ascii_lowercase());
    }

    fn rule(
        &self,
        row: &Row,
        owners: &BTreeMap<Key, Owner>,
        variable: &str,
        depth: usize,
    ) -> Result<String, String> {
        let (indent, segment) = ("  ".repeat(depth), row.segment.to_ascii_lowercase());
        let when = row
            .when
            .as_ref()
            .map_or_else(String::new, |when| format!(" where ({when})"));
        let source = format!("{variable}.{} as {segment}{when}", row.segment);
        let (line, call) = (row.line, &row.call);
        if row.key.kind == "Bundle" {
            return Ok(format!(
                "{indent}{source} then {call}({segment}, out, out) \"r{line}\";\n"
            ));
        }
        let (kind, name) = (&row.key.kind, row.key.name());
        // The ids of what the segment alone makes and names.
        let mut own: Vec<&Key> = row
            .references
            .iter()
            .flat_map(|one| [&one.from, &one.to])
            .collect();
        own.push(&row.key);
        own.sort();
        own.dedup();
        let own: String = own
            .into_iter()
            .filter(|key| owners.get(key) == Some(&Owner::Segment))
            .map(|key| format!("{}, ", id(key, &format!(", %{segment}.position.toString()"))))
            .collect();
        let mut text = format!(
            "{indent}{source} -> {own}out.entry as e share (%{name}), e.resource = create('{kind}') as r then Entry({name}, '{kind}', e), {call}({segment}, r, out)"
        );
        let mut inner = String::new();
        for reference in row.references.iter().filter(|one| one.to.kind != "Bundle") {
            let rule = self.reference(reference, row, &segment)?;
            let _ = writeln!(inner, "{indent}  {rule}");
        }
        if !inner.is_empty() {
            let _ = write!(text, " {{\n{inner}{indent}}}");
        }
        let _ = writeln!(text, " \"r{line}\";");
        Ok(text)
    }

    fn reference(&self, reference: &Reference, row: &Row, segment: &str) -> Result<String, String> {
        let steps = target::resolve(self.schema, &reference.from.kind, &reference.path)?;
        let (mut targets, mut parent) = if reference.from == row.key {
            (Vec::new(), "r".to_owned())
        } else {
            let (kind, name) = (&reference.from.kind, reference.from.name());
            let targets = vec![
                format!("out.entry as f share (%{name})"),
                format!("f.resource = create('{kind}') as q"),
            ];
            (targets, "q".to_owned())
        };
        for (at, step) in steps.iter().enumerate() {
            let Step::Element { element, .. } = step else {
                return Err("a reference goes through a reference".to_owned());
            };
            let next = format!("x{at}");
            targets.push(if element.is_choice {
                format!("{parent}.{} = create('{}') as {next}", element.name, element.kind)
            } else {
                format!("{parent}.{} as {next}", element.name)
            });
            if at + 1 == steps.len() && element.kind != "Reference" {
                return Err(format!("{} is no reference", reference.path));
            }
            parent = next;
        }
        Ok(format!(
            "{segment} -> {}, {parent}.reference = ('urn:uuid:' & %{}) \"{}\";",
            targets.join(", "),
            reference.to.name(),
            identifier(&reference.path)
        ))
    }
}

fn id(key: &Key, anchor: &str) -> String {
    format!(
        "(uuid('{}', %messageKey, '{}{}'{anchor})) as {}",
        key.kind,
        key.kind,
        key.index,
        key.name()
    )
}

/// The variable of a group: `order_observation`.
fn variable_of(groups: &[String]) -> String {
    groups
        .last()
        .map_or_else(|| "msg".to_owned(), |last| last.to_ascii_lowercase())
}

/// `A.path.reference=B.id; ..`; what gives a resource a text is no reference.
fn references(cell: &str) -> Vec<Reference> {
    cell.split([';', ' '])
        .filter_map(|part| part.trim().split_once('='))
        .filter(|(_, to)| !to.starts_with('"'))
        .filter_map(|(from, to)| {
            let (key, path) = from.split_once('.')?;
            let path = path.trim_end_matches(".reference").trim_end_matches(".id");
            Some(Reference {
                from: Key::parse(key),
                path: path.to_owned(),
                to: Key::parse(to),
            })
        })
        .collect()
}

/// The resource that a reference means: the one of its number; without a number that of the row, else one of its type that is made nearest.
fn named<'k>(
    key: &'k Key,
    own: &'k Key,
    groups: &[String],
    made: &'k [(Key, Vec<String>)],
) -> Option<&'k Key> {
    if key.kind == "Bundle" {
        return Some(key);
    }
    if let Some((found, _)) = made.iter().find(|(one, _)| one == key) {
        return Some(found);
    }
    if own.kind == key.kind {
        return Some(own);
    }
    let near = |(_, of): &&(Key, Vec<String>)| {
        of.iter()
            .zip(groups)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let all = made.iter().filter(|(one, _)| one.kind == key.kind);
    // The first of the nearest: `max_by_key` gives the last.
    all.rev().max_by_key(near).map(|(one, _)| one)
}

fn owners(rows: &[Row]) -> BTreeMap<Key, Owner> {
    let mut places: BTreeMap<Key, Vec<(&[String], &str)>> = BTreeMap::new();
    for row in rows {
        let named = row.references.iter().flat_map(|one| [&one.from, &one.to]);
        for key in named.chain([&row.key]).filter(|key| key.kind != "Bundle") {
            places
                .entry(key.clone())
                .or_default()
                .push((&row.groups, &row.segment));
        }
    }
    places
        .into_iter()
        .map(|(key, places)| {
            // What one kind of segment makes is one resource each time the segment stands there.
            let is_one = places.windows(2).all(|pair| {
                pair.first().map(|(_, segment)| segment) == pair.last().map(|(_, segment)| segment)
            });
            let owner = if is_one {
                Owner::Segment
            } else {
                let mut common = places.first().map_or(&[][..], |(groups, _)| groups);
                for (groups, _) in &places {
                    let same = common
                        .iter()
                        .zip(groups.iter())
                        .take_while(|(one, other)| one == other)
                        .count();
                    common = common.get(..same).unwrap_or_default();
                }
                Owner::Group(common.to_vec())
            };
            (key, owner)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 5]]) -> Table {
        let records = rows
            .iter()
            .enumerate()
            .map(|(at, [path, condition, target, map, references])| {
                let mut record = vec![String::new(); 12];
                for (cell, text) in [
                    (1, path),
                    (6, condition),
                    (9, target),
                    (10, map),
                    (11, references),
                ] {
                    if let Some(slot) = record.get_mut(cell) {
                        (*text).clone_into(slot);
                    }
                }
                (at + 3, record)
            })
            .collect();
        Table {
            name: "ORU_R01".to_owned(),
            records,
        }
    }

    fn made(rows: &[[&str; 5]]) -> Made {
        let schema = Schema::read().unwrap_or_else(|error| panic!("{error}"));
        let structures = Structures::read().unwrap_or_else(|error| panic!("{error}"));
        let emitter = Emitter {
            schema: &schema,
            overlay: &Overlay::default(),
            structures: &structures,
        };
        let lines: Vec<usize> = (3..3 + rows.len()).collect();
        emitter.group(&table(rows), &lines)
    }

    const PATIENT: &str = "ORU_R01.PATIENT_RESULT.PATIENT";
    const ORDER: &str = "ORU_R01.PATIENT_RESULT.ORDER_OBSERVATION";

    #[test]
    fn a_resource_of_several_segments_is_one_of_their_group() {
        let made = made(&[
            [&format!("{PATIENT}.PID"), "", "Patient[1]", "PID[Patient]", ""],
            [
                &format!("{ORDER}.OBR"),
                "IF OBR-4 VALUED",
                "DiagnosticReport[1]",
                "OBR[DiagnosticReport]",
                "DiagnosticReport.subject.reference=Patient[1].id",
            ],
        ]);
        assert!(made.failed.is_empty(), "{:?}", made.failed);
        for part in [
            "msg.PATIENT_RESULT as patient_result -> (uuid('Patient', %messageKey, 'Patient1', %patient_result.position.toString())) as idPatient1 then {",
            "patient.PID as pid -> out.entry as e share (%idPatient1), e.resource = create('Patient') as r",
            "order_observation.OBR as obr where (%obr.f4.exists()) -> (uuid('DiagnosticReport', %messageKey, 'DiagnosticReport1', %obr.position.toString())) as idDiagnosticReport1",
            "obr -> r.subject as x0, x0.reference = ('urn:uuid:' & %idPatient1) \"subject\";",
        ] {
            assert!(made.text.contains(part), "{part}\n{}", made.text);
        }
    }

    #[test]
    fn what_each_segment_makes_is_each_time_another() {
        let prt = |group: &str| format!("{group}.PRT");
        let made = made(&[
            [
                &prt(PATIENT),
                "",
                "PractitionerRole[1]",
                "PRT[PractitionerRole]",
                "",
            ],
            [
                &prt(ORDER),
                "",
                "PractitionerRole[1]",
                "PRT[PractitionerRole]",
                "",
            ],
        ]);
        let ids = made
            .text
            .matches("'PractitionerRole1', %prt.position.toString())) as idPractitionerRole1");
        assert_eq!(ids.count(), 2, "{}", made.text);
    }

    #[test]
    fn a_reference_without_an_end_fails_the_row() {
        let made = made(&[[
            &format!("{PATIENT}.PID"),
            "",
            "Patient[1]",
            "PID[Patient]",
            "Patient[1].generalPractitioner.reference=PractitionerRole[1].id",
        ]]);
        assert_eq!(
            made.failed.get(&3).map(String::as_str),
            Some("no row makes PractitionerRole")
        );
        assert!(!made.text.contains("pid"), "{}", made.text);
    }

    #[test]
    fn groups_that_no_version_has_are_passed_over() {
        let structures = Structures::read().unwrap_or_else(|error| panic!("{error}"));
        assert!(structures.has_group("ORU_R01", "PATIENT_RESULT"));
        assert!(structures.has_group("ORU_R01", "VISIT"));
        assert!(!structures.has_group("ADT_A01", "NEXT_OF_KIN"));
    }
}
