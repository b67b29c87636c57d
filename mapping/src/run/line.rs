//! Goes through lines. Every word looks at its place in one way, so that little code is run often.

use super::Run;
use super::direct::Direct;
use super::expr::Few;
use super::value::{Piece, Value};
use crate::line::{LineAt, MET, Order, Path, UNMET, What, Word};
use crate::program::{Expr, Output, Part, Slot};

/// What stands at a path.
enum Found<'m> {
    /// There may be several values: walk.
    Unknown,
    Nothing,
    Value(Value<'m>),
    /// A subcomponent.
    Below(Piece<'m>),
}

/// The text of what stands at a path.
enum Look<'m> {
    Unknown,
    Nothing,
    /// One value, with its text if it has one.
    One(Option<&'m str>),
}

/// What a line gives.
pub(super) enum Given<'m> {
    Nothing,
    One(Value<'m>),
    /// What this expression gives, which may be several values.
    Walk(&'m Expr),
}

/// What the words of a line add to.
pub(super) trait Composed<'m> {
    fn add(&mut self, text: &str);

    /// Adds what an expression gives; none if that cannot be.
    fn add_walk(&mut self, run: &Run<'m, '_>, expr: &'m Expr, focus: &Value<'m>) -> Option<()>;

    fn end_argument(&mut self);
}

/// A text; an empty value adds nothing, and several are a fault.
impl<'m> Composed<'m> for String {
    fn add(&mut self, text: &str) {
        self.push_str(text);
    }

    fn add_walk(&mut self, run: &Run<'m, '_>, expr: &'m Expr, focus: &Value<'m>) -> Option<()> {
        if let Few::One(value) = run.single(expr, focus)?
            && let Some(text) = run.text_of(&value)
        {
            self.push_str(text);
        }
        Some(())
    }

    fn end_argument(&mut self) {}
}

impl<'m> Run<'m, '_> {
    /// What a line gives. What it looks at by itself stands in a variable.
    pub(super) fn given_by(&self, line: LineAt, focus: Slot) -> Given<'m> {
        let tables = &self.program.tables;
        let mut at = line as usize;
        while let Some(word) = tables.lines.get(at) {
            let text = match word.what {
                What::Id => self.id_of_line(word.text.as_number(), focus),
                What::Joined => self.joined_line(word.text.as_number(), focus),
                What::Translate(output) => return self.translated_word(word, output, focus),
                What::Constant(kind) => {
                    return Given::One(Value::Computed(kind, tables.text(word.text)));
                }
                What::Copy | What::Whole => {
                    let value = match self.seek(word.path) {
                        Found::Nothing => return Given::Nothing,
                        Found::Unknown => return self.given_by_walk(word, focus),
                        Found::Value(value) => value,
                        Found::Below(piece) => Value::Subcomponent(self.arena.alloc(piece)),
                    };
                    match (word.what, value) {
                        (What::Copy, value) => return Given::One(value),
                        (_, Value::Repetition(_) | Value::Component(_) | Value::Subcomponent(_)) => {
                            self.whole(&value)
                        }
                        _ => return self.given_by_walk(word, focus),
                    }
                }
                What::Walk => return self.given_by_walk(word, focus),
                What::Nothing => None,
                _ => match word.exits.of(self.answer_to(word, focus)) {
                    MET | UNMET => None,
                    further => {
                        at += usize::from(further);
                        continue;
                    }
                },
            };
            return text.map_or(Given::Nothing, |text| Given::One(Value::string(text)));
        }
        Given::Nothing
    }

    /// What the expression of a word gives.
    #[inline(never)]
    fn given_by_walk(&self, word: &'m Word, focus: Slot) -> Given<'m> {
        let Some(expr) = self.program.tables.expressions.get(word.otherwise as usize) else {
            return Given::Nothing;
        };
        match self.direct(expr, &self.focus(Some(focus))) {
            Direct::One(value) => Given::One(value),
            Direct::Nothing => Given::Nothing,
            Direct::Unknown => Given::Walk(expr),
        }
    }

    /// What a concept map has for the text at the path of a word.
    #[inline(never)]
    fn translated_word(&self, word: &'m Word, output: Output, focus: Slot) -> Given<'m> {
        let number = word.text.as_number() as usize;
        let Some(translation) = self.program.tables.translations.get(number) else {
            return Given::Nothing;
        };
        let source = match self.seek(word.path) {
            Found::Nothing => return Given::Nothing,
            Found::Value(value) => value,
            Found::Below(piece) => Value::Subcomponent(self.arena.alloc(piece)),
            Found::Unknown => match self.one(&translation.source, &self.focus(Some(focus))) {
                Some(value) => value,
                None => return Given::Nothing,
            },
        };
        let Some((system, code, display)) = self.find_translation(translation, &source) else {
            return translation.default.as_ref().map_or(Given::Nothing, Given::Walk);
        };
        let text = match output {
            Output::System => system,
            Output::Display => display,
            _ => Some(code),
        };
        text.map_or(Given::Nothing, |text| Given::One(Value::string(text)))
    }

    /// The text of a line; none, with a finding, if a part of it has several values.
    fn joined_line(&self, line: LineAt, focus: Slot) -> Option<&'m str> {
        let mut is_whole = true;
        let text = self.spell(|out| is_whole = self.add_line(line, focus, out).is_some());
        is_whole.then_some(text)
    }

    /// Adds what a line adds; none if a part of it cannot be added.
    #[inline(never)]
    pub(super) fn add_line(&self, line: LineAt, focus: Slot, out: &mut impl Composed<'m>) -> Option<()> {
        let tables = &self.program.tables;
        let mut at = line as usize;
        while let Some(word) = tables.lines.get(at) {
            let mut exit = word.exits.yes;
            match word.what {
                What::Add => out.add(tables.text(word.text)),
                What::AddText => match self.text_at(word.path) {
                    Look::Unknown => self.add_by_walk(word, focus, out)?,
                    Look::Nothing | Look::One(None) => {}
                    Look::One(Some(text)) => out.add(text),
                },
                What::AddPosition => match self.at(word.path.of) {
                    Some(Value::Segment(segment)) => {
                        let position = Value::integer(segment.position());
                        out.add(self.text_of(&position).unwrap_or_default());
                    }
                    _ => self.add_by_walk(word, focus, out)?,
                },
                What::AddWalk => self.add_by_walk(word, focus, out)?,
                What::EndArgument => out.end_argument(),
                _ => exit = word.exits.of(self.answer_to(word, focus)),
            }
            match exit {
                MET | UNMET => break,
                further => at += usize::from(further),
            }
        }
        Some(())
    }

    #[inline(never)]
    fn add_by_walk(&self, word: &'m Word, focus: Slot, out: &mut impl Composed<'m>) -> Option<()> {
        match self.program.tables.expressions.get(word.otherwise as usize) {
            Some(expr) => out.add_walk(self, expr, &self.focus(Some(focus))),
            None => Some(()),
        }
    }

    /// Whether a condition is met. What it looks at by itself stands in a variable.
    #[inline(never)]
    pub(super) fn is_met(&self, line: LineAt, focus: Slot) -> bool {
        let lines = &self.program.tables.lines;
        let mut at = line as usize;
        while let Some(word) = lines.get(at) {
            match word.exits.of(self.answer_to(word, focus)) {
                MET => return true,
                UNMET => return false,
                further => at += usize::from(further),
            }
        }
        false
    }

    /// What a word that asks says, in FHIRPath's three values.
    #[inline(never)]
    fn answer_to(&self, word: &'m Word, focus: Slot) -> Option<bool> {
        let text = match word.what {
            What::Fields => return self.any_of(word, Part::Field(0), focus),
            What::Components => return self.any_of(word, Part::Component(0), focus),
            What::There => {
                return match self.seek(word.path) {
                    Found::Unknown => self.answer_by_walk(word, focus),
                    found => Some(!matches!(found, Found::Nothing)),
                };
            }
            What::Member => {
                return match self.at(word.path.of) {
                    Some(Value::Group(group)) => {
                        let members = self.members(*group, self.program.tables.text(word.text));
                        Some(members.len() > 0)
                    }
                    Some(Value::Empty) => Some(false),
                    _ => self.answer_by_walk(word, focus),
                };
            }
            What::Count(order) => return self.answer_count(word, order, focus),
            What::Bundle => {
                return Some(self.context.bundle.as_str() == self.program.tables.text(word.text));
            }
            What::Holds => return self.answer_by_walk(word, focus),
            What::Is | What::OneOf | What::StartsWith | What::Matches | What::Length(_) => {
                match self.text_at(word.path) {
                    Look::Unknown => return self.answer_by_walk(word, focus),
                    Look::Nothing => return None,
                    Look::One(text) => text,
                }
            }
            _ => return None,
        };
        let wanted = self.program.tables.text(word.text);
        Some(match word.what {
            What::Is => text == Some(wanted),
            What::OneOf => text.is_some_and(|text| is_one_of(text, wanted)),
            // What has no text starts with nothing and has no length.
            What::StartsWith => text?.starts_with(wanted),
            What::Matches => {
                let patterns = &self.program.tables.patterns;
                patterns.get(word.text.as_number() as usize)?.is_match(text?)
            }
            What::Length(order) => order.is_met(text?.chars().count(), word.text.as_number() as usize),
            _ => return None,
        })
    }

    fn any_of(&self, word: &'m Word, level: Part, focus: Slot) -> Option<bool> {
        let presence = self
            .at(word.path.of)
            .and_then(|value| self.presence(value, level));
        match presence.and_then(|presence| presence.any(u64::from(word.text.as_number()))) {
            None => self.answer_by_walk(word, focus),
            known => known,
        }
    }

    /// Compares how many repetitions of a field hold something.
    fn answer_count(&self, word: &'m Word, order: Order, focus: Slot) -> Option<bool> {
        let count = match self.at(word.path.of) {
            Some(Value::Segment(segment)) => self.repetitions(*segment, u16::from(word.path.field)).len(),
            Some(Value::Empty) => 0,
            _ => return self.answer_by_walk(word, focus),
        };
        Some(order.is_met(count, word.text.as_number() as usize))
    }

    /// What the expression of a word says.
    #[cold]
    fn answer_by_walk(&self, word: &'m Word, focus: Slot) -> Option<bool> {
        let expr = self.program.tables.expressions.get(word.otherwise as usize)?;
        self.truth(expr, &self.focus(Some(focus)))
    }

    /// The text at a path; it counts as read.
    #[inline(never)]
    fn text_at(&self, path: Path) -> Look<'m> {
        match self.seek(path) {
            Found::Unknown => Look::Unknown,
            Found::Nothing => Look::Nothing,
            Found::Value(Value::Component(piece)) => Look::One(self.piece_text(piece)),
            Found::Value(value) => Look::One(self.text_of(&value)),
            Found::Below(piece) => Look::One(self.piece_text(&piece)),
        }
    }

    /// What a variable holds, or the part of it that a path names.
    #[inline(always)]
    fn seek(&self, path: Path) -> Found<'m> {
        let Some(value) = self.at(path.of) else {
            return Found::Nothing;
        };
        let repeated = match (value, path.field, path.component, path.subcomponent) {
            (Value::Empty, ..) => return Found::Nothing,
            (Value::Several(_), ..) => return Found::Unknown,
            (value, 0, 0, 0) => return Found::Value(*value),
            (Value::Component(piece), 0, 0, number) => return self.seek_below(piece, number),
            (Value::Repetition(repeated), 0, 1.., _) => repeated,
            (Value::Segment(segment), 1.., ..) => match self.only_field(*segment, u16::from(path.field)) {
                Direct::One(Value::Repetition(repeated)) => repeated,
                Direct::Nothing => return Found::Nothing,
                _ => return Found::Unknown,
            },
            _ => return Found::Unknown,
        };
        if path.component == 0 {
            return match path.subcomponent {
                0 => Found::Value(Value::Repetition(repeated)),
                _ => Found::Unknown,
            };
        }
        match (
            self.part_of(repeated, u16::from(path.component)),
            path.subcomponent,
        ) {
            (None, _) => Found::Nothing,
            (Some(piece), 0) => Found::Value(Value::Component(piece)),
            (Some(piece), number) => self.seek_below(piece, number),
        }
    }

    #[inline(always)]
    fn seek_below(&self, piece: &Piece<'m>, number: u8) -> Found<'m> {
        self.below(piece, u16::from(number))
            .map_or(Found::Nothing, Found::Below)
    }
}

/// Whether a text is one of several, each of which has its length before it.
fn is_one_of(text: &str, all: &str) -> bool {
    let (text, mut rest) = (text.as_bytes(), all.as_bytes());
    while let [length, texts @ ..] = rest
        && let Some((one, behind)) = texts.split_at_checked(usize::from(*length))
    {
        if one == text {
            return true;
        }
        rest = behind;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_one_of;

    #[test]
    fn a_text_is_one_of_several_whole() {
        let all = "\u{2}PH\u{0}\u{8}Internet";
        for one in ["PH", "", "Internet"] {
            assert!(is_one_of(one, all), "{one}");
        }
        for other in ["P", "PHI", "Inter", "\u{0}", "PH\u{0}"] {
            assert!(!is_one_of(other, all), "{other}");
        }
        assert!(!is_one_of("", ""));
    }
}
