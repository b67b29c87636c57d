//! How much of what was sent the maps read, over one message or a corpus.

use std::collections::BTreeMap;

use carewire_fhir_model::{Document, Visit};

use crate::finding::Place;
use crate::json::Object;
use crate::maps::Unread;

/// What maps read of the messages that went through them, summed up by field, and which required elements of the results they left empty.
///
/// Two of them merge, so that threads and runs can count by themselves. It holds places and numbers, never values.
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, Coverage, v2_to_fhir};
///
/// let context = Context::at("2024-02-01T10:00:00Z".parse()?);
/// let mut coverage = Coverage::default();
/// for sent in ["PID|1||7||Doe\rZXX|local\r", "PID|1||8||Roe\r"] {
///     let text = format!("MSH|^~\\&|LAB|HOSP|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\r{sent}");
///     let out = v2_to_fhir().run(&Message::parse(text.as_bytes())?, &context)?;
///     coverage.add(&out.unread, Some(&out.bundle));
/// }
/// assert_eq!(coverage.messages(), 2);
/// let zxx = coverage.fields().find(|field| field.path() == "ZXX-1").ok_or("unread")?;
/// assert_eq!((zxx.values(), zxx.messages()), (1, 1));
/// assert!(coverage.percent() > 80.0 && coverage.percent() < 100.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    messages: usize,
    values: usize,
    unread: usize,
    fields: BTreeMap<String, (usize, usize)>,
    left_empty: BTreeMap<String, usize>,
}

/// A field that held something which no rule read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadField<'c> {
    path: &'c str,
    values: usize,
    messages: usize,
}

impl<'c> UnreadField<'c> {
    /// The field, as `PID-4`.
    #[must_use]
    pub fn path(&self) -> &'c str {
        self.path
    }

    /// How many values were left unread.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values
    }

    /// In how many messages.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages
    }
}

impl Coverage {
    /// Counts one message: what was left unread of it, and what its result lacks.
    pub fn add(&mut self, unread: &Unread, result: Option<&Document<'_>>) {
        self.messages += 1;
        self.values += unread.values();
        self.unread += unread.count();
        for (path, count) in unread.fields() {
            let (values, messages) = self.fields.entry(path.to_owned()).or_default();
            *values += count;
            *messages += 1;
        }
        if let Some(result) = result {
            self.lacks(result);
        }
    }

    /// Counts the required elements that are not there, in every element that is.
    fn lacks(&mut self, result: &Document<'_>) {
        let _ = result.visit(|node, _| {
            if let Some(type_id) = node.type_id()
                && !type_id.is_primitive()
            {
                for element in type_id.elements() {
                    if element.min() > 0 && node.children_of(element).next().is_none() {
                        *self.left_empty.entry(element.path()).or_default() += 1;
                    }
                }
            }
            Visit::Into
        });
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        self.messages += other.messages;
        self.values += other.values;
        self.unread += other.unread;
        for (path, (values, messages)) in &other.fields {
            let own = self.fields.entry(path.clone()).or_default();
            own.0 += values;
            own.1 += messages;
        }
        for (path, count) in &other.left_empty {
            *self.left_empty.entry(path.clone()).or_default() += count;
        }
    }

    /// How many messages were counted.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages
    }

    /// How many values they held; see [`Unread`] for what is left out.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values
    }

    /// How many of the values no rule read.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// How many of a hundred values were read, or left out on purpose; 100 where there was none.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.values == 0 {
            return 100.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a percentage of counts far below 2^52")]
        let share = (self.values - self.unread.min(self.values)) as f64 / self.values as f64;
        share * 100.0
    }

    /// The fields that were left unread, by name.
    pub fn fields(&self) -> impl Iterator<Item = UnreadField<'_>> {
        self.fields.iter().map(|(path, (values, messages))| UnreadField {
            path,
            values: *values,
            messages: *messages,
        })
    }

    /// The required elements that results lack, as `Encounter.class`, each with how often.
    pub fn left_empty(&self) -> impl Iterator<Item = (&str, usize)> {
        self.left_empty
            .iter()
            .map(|(path, count)| (path.as_str(), *count))
    }

    /// As JSON: `{"messages":..,"values":..,"unread":..,"percent":..,"fields":[{"path":..,"values":..,"messages":..}],"leftEmpty":[{"path":..,"count":..}]}`.
    /// The percentage has two decimals.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Object::default();
        out.raw("messages", &self.messages.to_string())
            .raw("values", &self.values.to_string())
            .raw("unread", &self.unread.to_string())
            .raw("percent", &format!("{:.2}", self.percent()));
        let fields: Vec<String> = self
            .fields()
            .map(|field| {
                let mut out = Object::default();
                out.text("path", field.path)
                    .raw("values", &field.values.to_string())
                    .raw("messages", &field.messages.to_string());
                out.finish()
            })
            .collect();
        out.raw("fields", &format!("[{}]", fields.join(",")));
        let empty: Vec<String> = self
            .left_empty()
            .map(|(path, count)| {
                let mut out = Object::default();
                out.text("path", path).raw("count", &count.to_string());
                out.finish()
            })
            .collect();
        out.raw("leftEmpty", &format!("[{}]", empty.join(",")));
        out.finish()
    }
}

/// A field of a segment that the maps read, which none of their rules reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticUnread {
    pub(crate) path: String,
    pub(crate) name: &'static str,
}

impl StaticUnread {
    /// The field, as `PID-4`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its name in the newest version of HL7 v2 that has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// A part of a message that a map leaves out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub(crate) path: String,
    pub(crate) reason: String,
    pub(crate) rule: Place,
}

impl LeftOut {
    /// What is left out, in the words of the map: `pid.f4`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why, in the words of the map.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Where the map says so.
    #[must_use]
    pub fn rule(&self) -> &Place {
        &self.rule
    }
}
