//! Goes through the lines of conditions. Every word looks at its place in one way, so that little code is run often.

use super::Run;
use super::direct::Direct;
use super::value::{Piece, Value};
use crate::line::{LineAt, MET, Order, Path, UNMET, What, Word};
use crate::program::{Part, Slot};

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

impl<'m> Run<'m, '_> {
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

    /// What a word of a condition says, in FHIRPath's three values.
    #[inline]
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
            What::Is | What::OneOf | What::StartsWith | What::Length(_) => match self.text_at(word.path) {
                Look::Unknown => return self.answer_by_walk(word, focus),
                Look::Nothing => return None,
                Look::One(text) => text,
            },
        };
        let wanted = self.program.tables.text(word.text);
        Some(match word.what {
            What::Is => text == Some(wanted),
            What::OneOf => text.is_some_and(|text| is_one_of(text, wanted)),
            // What has no text starts with nothing and has no length.
            What::StartsWith => text?.starts_with(wanted),
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
            Some(Value::Segment(segment)) => {
                let field = segment.field(usize::from(word.path.field));
                let all = field.into_iter().flat_map(|field| field.repetitions());
                all.filter(|repetition| self.is_there((*repetition).into()))
                    .count()
            }
            Some(Value::Empty) => 0,
            _ => return self.answer_by_walk(word, focus),
        };
        Some(order.is_met(count, word.text.as_number() as usize))
    }

    /// What the expression of a word says.
    #[cold]
    fn answer_by_walk(&self, word: &'m Word, focus: Slot) -> Option<bool> {
        let expr = self.program.tables.expressions.get(word.otherwise as usize)?;
        self.truth(expr, self.at(focus)?)
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
    #[inline]
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

    #[inline]
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
