//! The values of a message beside those of another, segment by segment.

use std::collections::BTreeMap;
use std::fmt;

use carewire_hl7v2::{Message, Segment};

use crate::instant::in_utc;

/// How many values are expected, how many of them are there, and how many are there that nobody expects.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    there: usize,
    expected: usize,
    surplus: usize,
    fields: usize,
    whole_fields: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.there += other.there;
        self.expected += other.expected;
        self.surplus += other.surplus;
        self.fields += other.fields;
        self.whole_fields += other.whole_fields;
    }

    pub(super) fn is_whole(self) -> bool {
        self.there == self.expected
    }

    pub(super) fn percent(self) -> f64 {
        percent(self.there, self.expected)
    }
}

fn percent(part: usize, all: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
    let share = part as f64 * 100.0 / all.max(1) as f64;
    share
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = percent(self.whole_fields, self.fields);
        write!(
            f,
            "{} of {} values ({:.1} %), {} of {} fields with all of theirs ({fields:.1} %), {} values more",
            self.there,
            self.expected,
            self.percent(),
            self.whole_fields,
            self.fields,
            self.surplus
        )
    }
}

/// The segments of one id.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) tally: Tally,
    /// The fields that lack a value or have another, as `OBX-5`, each once.
    pub(super) missing: Vec<String>,
}

/// The texts of a segment by field, repetition, component and subcomponent.
type Values = BTreeMap<[usize; 4], String>;

/// Compares by the id of the segments, in the order of the ids. Segments of an id are paired by what they are about, else in their order.
pub(super) fn compare(expected: &Message<'_>, made: Option<&Message<'_>>) -> BTreeMap<String, Judged> {
    let zone = zone_of(expected);
    let wanted = by_id(expected);
    let mut ours = made.map(by_id).unwrap_or_default();
    let mut judged: BTreeMap<String, Judged> = BTreeMap::new();
    for (id, segments) in &wanted {
        let found = ours.remove(id).unwrap_or_default();
        let of_id = judged.entry((*id).to_owned()).or_default();
        let mut left = vec![true; found.len()];
        for (left_at, right_at) in paired(id, segments, &found) {
            let nothing = Values::new();
            let right = right_at.and_then(|at| {
                if let Some(flag) = left.get_mut(at) {
                    *flag = false;
                }
                found.get(at)
            });
            if let Some(values) = segments.get(left_at) {
                judge(id, values, right.unwrap_or(&nothing), &zone, of_id);
            }
        }
        let more = found.iter().zip(&left).filter(|(_, left)| **left);
        of_id.tally.surplus += more.map(|(values, _)| values.len()).sum::<usize>();
    }
    judged
}

fn by_id<'m>(message: &'m Message<'_>) -> BTreeMap<&'m str, Vec<Values>> {
    let mut segments: BTreeMap<&str, Vec<Values>> = BTreeMap::new();
    for segment in message.segments() {
        segments.entry(segment.id()).or_default().push(values(&segment));
    }
    segments
}

fn values(segment: &Segment<'_>) -> Values {
    let mut values = Values::new();
    let skipped = if segment.id() == "MSH" { 2 } else { 0 };
    for field in segment.fields().skip(skipped) {
        for (repetition, of_field) in field.repetitions().enumerate() {
            for (component, of_repetition) in of_field.components().enumerate() {
                for (part, leaf) in of_repetition.subcomponents().enumerate() {
                    let text = leaf.text().into_owned();
                    if !text.is_empty() {
                        values.insert([field.number(), repetition, component, part], text);
                    }
                }
            }
        }
    }
    values
}

/// Which segment stands for which: the longest run of equal subjects in order, and what is left in order.
fn paired(id: &str, wanted: &[Values], found: &[Values]) -> Vec<(usize, Option<usize>)> {
    let about = |values: &Values| -> String {
        let field = match id {
            "OBX" => 3,
            "NTE" => 3,
            _ => return String::new(),
        };
        values.get(&[field, 0, 0, 0]).cloned().unwrap_or_default()
    };
    let left: Vec<String> = wanted.iter().map(about).collect();
    let right: Vec<String> = found.iter().map(about).collect();
    let mut lengths = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            lengths[i][j] = if left[i] == right[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    let (mut alone, mut free) = (Vec::new(), Vec::new());
    while i < left.len() || j < right.len() {
        if i < left.len() && j < right.len() && left[i] == right[j] {
            pairs.push((i, Some(j)));
            (i, j) = (i + 1, j + 1);
        } else if j == right.len() || (i < left.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
            alone.push(i);
            i += 1;
        } else {
            free.push(j);
            j += 1;
        }
    }
    let mut free = free.into_iter();
    pairs.extend(alone.into_iter().map(|at| (at, free.next())));
    pairs
}

fn judge(id: &str, wanted: &Values, found: &Values, zone: &str, judged: &mut Judged) {
    let mut fields: BTreeMap<usize, bool> = BTreeMap::new();
    for (place, text) in wanted {
        let is_there = found.get(place).is_some_and(|own| is_same(text, own, zone));
        judged.tally.expected += 1;
        judged.tally.there += usize::from(is_there);
        *fields.entry(place[0]).or_insert(true) &= is_there;
    }
    judged.tally.surplus += found.keys().filter(|place| !wanted.contains_key(*place)).count();
    for (number, is_whole) in fields {
        judged.tally.fields += 1;
        judged.tally.whole_fields += usize::from(is_whole);
        let path = format!("{id}-{number}");
        if !is_whole && !judged.missing.contains(&path) {
            judged.missing.push(path);
        }
    }
}

/// Equal texts, or times that are the same instant: where one has no offset it is that of the message (HL7 v2.8.2 chapter 2A, DTM).
fn is_same(wanted: &str, own: &str, zone: &str) -> bool {
    let instant = |text: &str| as_fhir(text, zone).and_then(|text| in_utc(&text));
    wanted == own || instant(wanted).is_some_and(|one| instant(own) == Some(one))
}

/// `202402011020-0500` as `2024-02-01T10:20:00-05:00`; none of a text that is no time of day.
fn as_fhir(text: &str, zone: &str) -> Option<String> {
    let at = text.find(['+', '-']).unwrap_or(text.len());
    let (clock, own) = text.split_at(at);
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let offset = if own.is_empty() { zone } else { own };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(clock)
        || !matches!(clock.len(), 12 | 14)
        || offset.len() != 5
        || !is_digits(offset.get(1..)?)
    {
        return None;
    }
    let part = |from: usize, to: usize| clock.get(from..to);
    let seconds = part(12, 14).unwrap_or("00");
    Some(format!(
        "{}-{}-{}T{}:{}:{seconds}{}:{}",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        offset.get(..3)?,
        offset.get(3..)?
    ))
}

/// The offset of MSH-7.
fn zone_of(message: &Message<'_>) -> String {
    let sent = message.find("MSH-7").ok().flatten();
    let text = sent.map(|sent| sent.text().into_owned()).unwrap_or_default();
    text.find(['+', '-'])
        .and_then(|at| text.get(at..))
        .unwrap_or("+0000")
        .to_owned()
}
