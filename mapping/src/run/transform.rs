//! Transforms: what a target's value is.

use std::cell::Cell;
use std::ops::ControlFlow;

use carewire_fhir_model::build::BuildId;
use carewire_fhir_model::schema::TypeId;
use carewire_terminology::TranslateRequest;

use super::expr::Few;
use super::line::Given;
use super::value::Value;
use super::write::own_type;
use super::{Run, Stop};
use crate::context::Zone;
use crate::escape;
use crate::finding::Code;
use crate::program::{Clock, Composite, Expr, GroupId, Kind, MapOf, Output, Transform, Translation};
use crate::time::{Clock as TimeOfDay, Moment};

/// What a transform gives.
pub(super) enum Made<'m> {
    Nothing,
    /// A new element of a type.
    New(TypeId),
    /// A new element of a type that R4 does not have.
    Loose(&'m str),
    Value(Value<'m>),
    Several(Vec<Value<'m>>),
    /// A new element of a type, with these children.
    Parts(TypeId, Vec<Part<'m>>),
    /// A new element of a type, which a group fills from the value.
    Group(GroupId, TypeId, Value<'m>),
}

/// A primitive below a new element: the names down to it, and its text. `coding.code` makes a coding where there is none.
pub(super) struct Part<'m> {
    pub(super) path: &'static str,
    pub(super) text: &'m str,
}

/// What a translation gives: the system, the code and the display.
pub(super) type Found<'m> = (Option<&'m str>, &'m str, Option<&'m str>);

/// What was asked of a concept map of the set: its number, the system and the code.
type Asked<'m> = (u32, Option<&'m str>, &'m str);

/// A question and its answer, once there was one.
type Kept<'m> = Cell<Option<(Asked<'m>, Option<Found<'m>>)>>;

/// So many translations are kept.
const KEPT: usize = 16;

/// The last translations by concept maps of the set. Rules ask for the system, the code and the display of one code one after the other, and for the same
/// few codes in each segment.
#[derive(Default)]
pub(super) struct Translated<'m>([Kept<'m>; KEPT]);

impl<'m> Translated<'m> {
    #[inline]
    fn place(&self, (number, _, code): Asked<'m>) -> &Kept<'m> {
        let last = code.as_bytes().last().copied().unwrap_or_default();
        &self.0[(number as usize * 3 + usize::from(last)) % KEPT]
    }
}

impl<'m> Made<'m> {
    fn text(text: Option<&'m str>) -> Self {
        Self::of_kind(Kind::String, text)
    }

    fn of_kind(kind: Kind, text: Option<&'m str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Value(Value::Computed(kind, text)))
    }
}

impl<'m> Run<'m, '_> {
    pub(super) fn make(&mut self, transform: &'m Transform, focus: &Value<'m>) -> Result<Made<'m>, Stop> {
        Ok(match transform {
            Transform::Value(value) => self.values(value, focus),
            Transform::Line(line, of) => match self.given_by(*line, *of) {
                Given::One(value) => Made::Value(value),
                Given::Nothing => Made::Nothing,
                Given::Walk(expr) => self.values(expr, focus),
            },
            Transform::Evaluate(parts) => match self.one(&parts.0, focus) {
                Some(focus) => self.values(&parts.1, &focus),
                None => Made::Nothing,
            },
            Transform::Create(type_id) => Made::New(*type_id),
            Transform::CreateLoose(name) => Made::Loose(name),
            Transform::Truncate(parts) => {
                let (value, length) = &**parts;
                let length = self.text(length, focus).and_then(|length| length.parse().ok());
                let text = self.text(value, focus);
                Made::text(
                    text.zip(length)
                        .map(|(text, length)| first_characters(text, length)),
                )
            }
            Transform::Escape { value, from, to } => match self.one(value, focus) {
                None => Made::Nothing,
                Some(value) => {
                    let text = self.text_of(&value);
                    match text.and_then(|text| escape::convert(text, *from, *to)) {
                        Some(text) => Made::text(Some(self.arena_text(&text))),
                        None => {
                            self.find(Code::BadValue, value.path());
                            Made::Nothing
                        }
                    }
                }
            },
            Transform::Cast(value, type_id) => self.cast(value, *type_id, focus),
            Transform::Append(parts) => {
                let all = self.spell(|out| {
                    for part in parts {
                        let _ = self.eval(part, focus, &mut |value| {
                            out.push_str(self.text_of(&value).unwrap_or_default());
                            ControlFlow::Continue(())
                        });
                    }
                });
                Made::text((!all.is_empty()).then_some(all))
            }
            Transform::Translate(translation) => self.translate(translation, focus),
            Transform::Reference(value) => match self.one(value, focus) {
                Some(value) => Made::text(self.reference(&value)),
                None => Made::Nothing,
            },
            Transform::ToDate(value, format) => self.to_clock(value, format.as_deref(), Clock::Date, focus),
            Transform::ToDateTime(value, format) => {
                self.to_clock(value, format.as_deref(), Clock::DateTime, focus)
            }
            Transform::ToTime(value, format) => self.to_clock(value, format.as_deref(), Clock::Time, focus),
            Transform::FromUnix { value, zone, kind } => self.unix_time(value, zone.as_deref(), *kind, focus),
            Transform::Compose(what, arguments) => self.compose(*what, arguments, focus),
            Transform::Default { value, groups } => match self.one(value, focus) {
                None => Made::Nothing,
                Some(value) => {
                    let own = own_type(&value, &self.builder);
                    match groups
                        .iter()
                        .find(|(source, ..)| source.is_none() || *source == own)
                    {
                        Some((_, target, group)) => Made::Group(*group, *target, value),
                        None => Made::Value(value),
                    }
                }
            },
        })
    }

    pub(super) fn values(&self, value: &'m Expr, focus: &Value<'m>) -> Made<'m> {
        if let Expr::Variable(slot) = value {
            return match self.var(*slot) {
                Value::Empty => Made::Nothing,
                Value::Several(values) => Made::Several(values.to_vec()),
                value => Made::Value(value),
            };
        }
        match self.few(value, focus) {
            Few::None => Made::Nothing,
            Few::One(value) => Made::Value(value),
            Few::Many => Made::Several(self.all(value, focus)),
        }
    }

    /// The value as a primitive of a type, or as it is where it is a complex element of that type.
    fn cast(&self, value: &'m Expr, type_id: TypeId, focus: &Value<'m>) -> Made<'m> {
        let Some(value) = self.one(value, focus) else {
            return Made::Nothing;
        };
        if !type_id.is_primitive() {
            let fits = own_type(&value, &self.builder).is_some_and(|own| own.is_a(type_id));
            if !fits {
                self.find(Code::TypeMismatch, value.path());
            }
            return if fits { Made::Value(value) } else { Made::Nothing };
        }
        let kind = Kind::of_type(type_id);
        Made::of_kind(kind, self.primitive(&value, type_id))
    }

    fn to_clock(
        &self,
        value: &'m Expr,
        format: Option<&'m Expr>,
        clock: Clock,
        focus: &Value<'m>,
    ) -> Made<'m> {
        let Some(value) = self.one(value, focus) else {
            return Made::Nothing;
        };
        let Some(format) = format else {
            return match clock {
                Clock::Date => Made::of_kind(Kind::Date, self.to_date(&value)),
                Clock::DateTime => Made::of_kind(Kind::DateTime, self.to_date_time(&value)),
                Clock::Time => Made::of_kind(Kind::Time, self.to_time(&value)),
            };
        };
        let Some(format) = self.text(format, focus) else {
            return Made::Nothing;
        };
        let Some(text) = self.text_of(&value) else {
            return Made::Nothing;
        };
        let shown = Moment::by_format(text, format).and_then(|moment| self.shown(&moment, clock, &value));
        if shown.is_none() {
            self.find(Code::BadDate, value.path());
        }
        Made::of_kind(kind_of(clock), shown)
    }

    /// A moment as a date, a dateTime or a time; none if it does not say as much.
    fn shown(&self, moment: &Moment<'_>, clock: Clock, value: &Value<'m>) -> Option<&'m str> {
        match clock {
            Clock::Date if moment.year > 0 => Some(self.spell(|out| moment.push_date(out))),
            Clock::DateTime if moment.year > 0 => Some(self.written(moment, value)),
            Clock::Time => {
                let time: &TimeOfDay<'_> = moment.clock.as_ref()?;
                Some(self.spell(|out| time.push(out)))
            }
            _ => None,
        }
    }

    fn unix_time(&self, value: &'m Expr, zone: Option<&'m Expr>, kind: Clock, focus: &Value<'m>) -> Made<'m> {
        let Some(value) = self.one(value, focus) else {
            return Made::Nothing;
        };
        let zone = match zone {
            None => Some(Zone::UTC),
            Some(zone) => self.text(zone, focus).and_then(Zone::parse),
        };
        let seconds = self.text_of(&value).and_then(|text| text.parse().ok());
        let moment = zone
            .zip(seconds)
            .and_then(|(zone, seconds)| Moment::from_unix(seconds, zone));
        match moment.and_then(|moment| self.shown(&moment, kind, &value)) {
            Some(text) => Made::of_kind(kind_of(kind), Some(text)),
            None => {
                self.find(Code::BadDate, value.path());
                Made::Nothing
            }
        }
    }

    fn translate(&self, translation: &'m Translation, focus: &Value<'m>) -> Made<'m> {
        let Some(source) = self.one(&translation.source, focus) else {
            return Made::Nothing;
        };
        let Some((system, code, display)) = self.find_translation(translation, &source) else {
            let default = translation.default.as_ref();
            return default.map_or(Made::Nothing, |default| self.values(default, focus));
        };
        let coding = |prefix: bool| {
            let paths = if prefix {
                ["coding.system", "coding.code", "coding.display"]
            } else {
                ["system", "code", "display"]
            };
            let texts = [system, Some(code), display];
            paths
                .into_iter()
                .zip(texts)
                .filter_map(|(path, text)| Some(Part { path, text: text? }))
                .collect()
        };
        match translation.output {
            Output::Code => Made::text(Some(code)),
            Output::System => Made::text(system),
            Output::Display => Made::text(display),
            Output::Coding => Made::Parts(TypeId::CODING, coding(false)),
            Output::CodeableConcept => Made::Parts(TypeId::CODEABLE_CONCEPT, coding(true)),
        }
    }

    /// What a translation gives for a value. That there is nothing is a finding, unless there is a default.
    #[inline(always)]
    pub(super) fn find_translation(
        &self,
        translation: &'m Translation,
        source: &Value<'m>,
    ) -> Option<Found<'m>> {
        let (system, code) = self.coded(source);
        let found = match (code, &translation.map) {
            (Some(code), MapOf::Set(number)) => self.translated(*number, system, code),
            (Some(code), MapOf::Url(url)) => self.ask(url, system, code),
            (None, _) => None,
        };
        if found.is_none() && code.is_some() && translation.default.is_none() {
            let is_known = matches!(translation.map, MapOf::Set(_)) || self.context.terminology.is_some();
            let code = if is_known {
                Code::NoTranslation
            } else {
                Code::NoConceptMap
            };
            self.find(code, source.path());
        }
        found
    }

    /// What a concept map of the set gives.
    #[inline(always)]
    fn translated(&self, number: u32, system: Option<&'m str>, code: &'m str) -> Option<Found<'m>> {
        let asked = (number, system, code);
        let place = self.translated.place(asked);
        if let Some((known, found)) = place.get()
            && known == asked
        {
            return found;
        }
        let map = self.program.concept_maps.get(number as usize)?;
        let found = map
            .translate(system, code)
            .found()
            .and_then(|found| Some((found.system, found.code?, found.display)));
        place.set(Some((asked, found)));
        found
    }

    #[cold]
    fn ask(&self, url: &str, system: Option<&str>, code: &str) -> Option<Found<'m>> {
        let mut request = TranslateRequest::new(url, code);
        if let Some(system) = system {
            request = request.system(system);
        }
        let translation = self.context.terminology?.translate(&request).ok()?;
        let found = translation.found()?;
        let kept = |text| self.arena_text(text);
        Some((found.system.map(kept), kept(found.code?), found.display.map(kept)))
    }

    /// The system and the code of a coded value: of a text the text alone, of a CodeableConcept its first coding.
    #[inline(always)]
    fn coded(&self, value: &Value<'m>) -> (Option<&'m str>, Option<&'m str>) {
        let child = |value: &Value<'m>, name: &str| {
            let mut found = None;
            let _ = self.named(value, name, &mut |child| {
                found.get_or_insert(child);
                std::ops::ControlFlow::Break(())
            });
            found
        };
        let coding = match own_type(value, &self.builder) {
            Some(TypeId::CODEABLE_CONCEPT) => child(value, "coding"),
            Some(TypeId::CODING) => Some(*value),
            _ => {
                return (None, self.text_of(value).filter(|text| !text.is_empty()));
            }
        };
        let Some(coding) = coding else { return (None, None) };
        let text = |name| child(&coding, name).and_then(|child| self.text_of(&child));
        (text("system"), text("code"))
    }

    /// The reference to a resource.
    fn reference(&mut self, value: &Value<'m>) -> Option<&'m str> {
        let found = match value {
            Value::Fhir(node) => {
                let of = node.type_id().filter(|ty| ty.is_resource());
                of.zip(node.child("id").and_then(|id| id.text()))
                    .map(|(ty, id)| self.arena_text(&format!("{}/{id}", ty.name())))
            }
            Value::Made(id) => self.made_reference(*id),
            _ => None,
        };
        if found.is_none() {
            self.find(Code::NoReference, value.path());
        }
        found
    }

    fn made_reference(&mut self, id: BuildId) -> Option<&'m str> {
        let mut at = id;
        while !self.builder.type_id(at).is_resource() {
            at = self.builder.parent(at)?;
        }
        let type_id = self.builder.type_id(at);
        let slot = type_id.element("id")?.slot();
        let known = self
            .builder
            .existing(at, slot)
            .and_then(|id| self.builder.text(id))
            .map(|text| self.arena_text(text));
        let key = match known {
            Some(key) => key,
            None => {
                let key = self.next_uuid();
                self.set_child(at, "id", key);
                key
            }
        };
        let is_uuid = key.len() == 36 && uuid::Uuid::try_parse(key).is_ok();
        let (kind, mark) = if is_uuid {
            ("urn:uuid", ':')
        } else {
            (type_id.name(), '/')
        };
        Some(self.spell(|out| {
            out.push_str(kind);
            out.push(mark);
            out.push_str(key);
        }))
    }

    fn compose(&self, what: Composite, arguments: &'m [Expr], focus: &Value<'m>) -> Made<'m> {
        let texts: Vec<Option<&'m str>> = arguments
            .iter()
            .map(|argument| self.text(argument, focus))
            .collect();
        let (type_id, paths): (TypeId, &[&'static str]) = match (what, arguments.len()) {
            (Composite::CodeableConcept, 1) => (TypeId::CODEABLE_CONCEPT, &["text"]),
            (Composite::CodeableConcept, _) => (
                TypeId::CODEABLE_CONCEPT,
                &["coding.system", "coding.code", "coding.display"],
            ),
            (Composite::Coding, _) => (TypeId::CODING, &["system", "code", "display"]),
            (Composite::Quantity, 1) => {
                let parts = texts
                    .into_iter()
                    .next()
                    .flatten()
                    .map(quantity)
                    .unwrap_or_default();
                return if parts.is_empty() {
                    Made::Nothing
                } else {
                    Made::Parts(TypeId::QUANTITY, parts)
                };
            }
            (Composite::Quantity, _) => (TypeId::QUANTITY, &["value", "unit", "system", "code"]),
            (Composite::Identifier, _) => (TypeId::IDENTIFIER, &["system", "value", "type.coding.code"]),
            (Composite::ContactPoint, 1) => {
                let Some(value) = texts.into_iter().next().flatten() else {
                    return Made::Nothing;
                };
                let parts = vec![
                    Part {
                        path: "system",
                        text: contact_system(value),
                    },
                    Part {
                        path: "value",
                        text: value,
                    },
                ];
                return Made::Parts(TypeId::CONTACT_POINT, parts);
            }
            (Composite::ContactPoint, _) => (TypeId::CONTACT_POINT, &["system", "value"]),
        };
        let mut parts: Vec<Part<'m>> = paths
            .iter()
            .zip(texts)
            .filter_map(|(path, text)| {
                Some(Part {
                    path,
                    text: text.filter(|text| !text.is_empty())?,
                })
            })
            .collect();
        if let Some(at) = parts.iter().position(|part| part.path == "type.coding.code") {
            let text = "http://terminology.hl7.org/CodeSystem/v2-0203";
            parts.insert(
                at,
                Part {
                    path: "type.coding.system",
                    text,
                },
            );
        }
        if parts.is_empty() {
            Made::Nothing
        } else {
            Made::Parts(type_id, parts)
        }
    }

    /// Fills a new element with its parts.
    pub(super) fn fill_parts(&mut self, id: BuildId, parts: &[Part<'m>]) {
        for part in parts {
            let mut at = id;
            let mut names = part.path.split('.').peekable();
            while let Some(name) = names.next() {
                if names.peek().is_none() {
                    self.set_child(at, name, part.text);
                    break;
                }
                let Some(property) = self.builder.type_id(at).property(name) else {
                    break;
                };
                let there = self.builder.existing(at, property.slot());
                match there.map_or_else(|| self.builder.add(at, property.slot(), property.type_id()), Ok) {
                    Ok(next) => at = next,
                    Err(_) => break,
                }
            }
        }
    }
}

/// The first characters of a text.
fn first_characters(text: &str, count: usize) -> &str {
    text.char_indices()
        .nth(count)
        .map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

fn kind_of(clock: Clock) -> Kind {
    match clock {
        Clock::Date => Kind::Date,
        Clock::DateTime => Kind::DateTime,
        Clock::Time => Kind::Time,
    }
}

/// `<5 mg`: a comparator, a number, a unit.
fn quantity<'t>(text: &'t str) -> Vec<Part<'t>> {
    let text = text.trim();
    let comparator = ["<=", ">=", "<", ">"]
        .into_iter()
        .find(|mark| text.starts_with(mark));
    let rest = text
        .get(comparator.map_or(0, str::len)..)
        .unwrap_or_default()
        .trim_start();
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.')))
        .unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let mut parts = Vec::new();
    let mut push = |path: &'static str, text: &'t str| {
        if !text.is_empty() {
            parts.push(Part { path, text });
        }
    };
    push("value", number);
    push("comparator", comparator.unwrap_or_default());
    push("unit", unit.trim());
    parts
}

/// What a contact's value looks like.
fn contact_system(value: &str) -> &'static str {
    if value.contains('@') {
        "email"
    } else if value.contains("://") {
        "url"
    } else if value
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '.' | '/' | 'x'))
    {
        "phone"
    } else {
        "other"
    }
}
