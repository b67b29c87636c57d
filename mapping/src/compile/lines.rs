//! From the tree of an expression to its line: `and`, `or`, `not` and `iif` become where the line goes on behind each look.

use std::sync::Arc;

use crate::line::{Exits, LineAt, MET, Order, Path, UNMET, What, Word};
use crate::operation::{Tables, Text};
use crate::program::{
    Expr, Kind, Literal, Of, Operator, Output, Part, Slot, Special, Step, TextFunction, Translation,
};

/// A line has no more words, so that each of them finds the others.
const LONGEST: usize = 200;

/// Appends the line of a condition, and gives its first word. What it looks at by itself stands in a variable.
pub(super) fn condition(tables: &mut Tables, condition: Expr, focus: Slot) -> LineAt {
    let mut writer = Writer::new(tables, focus);
    writer.ask(condition, Place::Met, Place::Unmet);
    writer.close()
}

/// As [`condition`], of an expression that gives a value.
pub(super) fn value(tables: &mut Tables, value: Expr, focus: Slot) -> LineAt {
    let mut writer = Writer::new(tables, focus);
    if most_words(&value) > LONGEST {
        writer.walk(What::Walk, value, Place::Met);
    } else {
        writer.value(value);
    }
    writer.close()
}

/// As [`value`], of a translation that gives a text; the translation itself where it gives more.
pub(super) fn translation(
    tables: &mut Tables,
    translation: Box<Translation>,
    focus: Slot,
) -> Result<LineAt, Box<Translation>> {
    let mut writer = Writer::new(tables, focus);
    let path = match translation.output {
        Output::Code | Output::System | Output::Display => writer.path(&translation.source),
        Output::Coding | Output::CodeableConcept => None,
    };
    let Some(path) = path else {
        return Err(translation);
    };
    let number = number(writer.tables.translations.len());
    writer.line.push(Word {
        what: What::Translate(translation.output),
        exits: Exits::default(),
        path,
        text: Text::number(number),
        otherwise: 0,
    });
    writer.tables.translations.push(*translation);
    Ok(writer.close())
}

/// How many words of one line an expression has at most.
fn most_words(expr: &Expr) -> usize {
    match expr {
        Expr::Not(inner) => most_words(inner),
        Expr::Binary(Operator::And | Operator::Or, left, right) => {
            // What stands on the right may stand twice: for an answer on the left, and for none.
            most_words(left).saturating_add(most_words(right).saturating_mul(2))
        }
        Expr::Binary(Operator::Concatenate, left, right) => {
            most_words(left).saturating_add(most_words(right))
        }
        Expr::Iif(all) | Expr::Uuid(all) => all.iter().map(most_words).fold(all.len(), usize::saturating_add),
        _ => 1,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Where a line goes on: at an end, or at a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Met,
    Unmet,
    /// By its number from the end of the line: what stands behind is written first.
    Word(usize),
}

/// What a condition looks at between `and`, `or` and `not`.
#[derive(Clone, Copy)]
struct Look {
    word: Word,
    /// Whether the word asks the opposite.
    is_turned: bool,
    /// Whether there is always an answer; to the word, none is a no.
    is_sure: bool,
}

struct Writer<'t> {
    tables: &'t mut Tables,
    focus: Slot,
    /// In their order.
    looks: Vec<Look>,
    /// From the end of the line to its start.
    line: Vec<Word>,
}

impl<'t> Writer<'t> {
    fn new(tables: &'t mut Tables, focus: Slot) -> Self {
        Self {
            tables,
            focus,
            looks: Vec::new(),
            line: Vec::new(),
        }
    }

    /// Appends the line to those that there are.
    fn close(self) -> LineAt {
        let start = self.tables.lines.len();
        self.tables.lines.extend(self.line.into_iter().rev());
        number(start)
    }

    /// Writes a value, and gives its first word.
    fn value(&mut self, value: Expr) -> Place {
        match value {
            Expr::Iif(branches) => {
                let mut branches = branches.into_iter();
                let (condition, yes) = (branches.next(), branches.next());
                let no = match branches.next() {
                    Some(no) => self.value(no),
                    None => self.end(What::Nothing, Text::default()),
                };
                match (condition, yes) {
                    (Some(condition), Some(yes)) => {
                        let yes = self.value(yes);
                        self.ask(condition, yes, no)
                    }
                    _ => no,
                }
            }
            Expr::Uuid(arguments) => {
                let mut key = Writer::new(self.tables, self.focus);
                let mut next = Place::Met;
                for argument in arguments.into_iter().rev() {
                    next = key.add(What::EndArgument, Text::default(), next);
                    next = key.text(argument, true, next);
                }
                let line = key.close();
                self.end(What::Id, Text::number(line))
            }
            Expr::Binary(Operator::Concatenate, ..) => {
                let mut joined = Writer::new(self.tables, self.focus);
                joined.text(value, false, Place::Met);
                let line = joined.close();
                self.end(What::Joined, Text::number(line))
            }
            Expr::Literal(Literal::Empty) => self.end(What::Nothing, Text::default()),
            Expr::Literal(Literal::Value(kind, text)) => match self.tables.keep(&text) {
                Some(kept) => self.end(What::Constant(kind), kept),
                None => self.walk(What::Walk, Expr::Literal(Literal::Value(kind, text)), Place::Met),
            },
            other => {
                let (what, path) = match &other {
                    Expr::Child(of, Step::Whole) => (What::Whole, self.path(of)),
                    other => (What::Copy, self.path(other)),
                };
                match path {
                    Some(path) => {
                        let word = self.word(what, path, Text::default(), other);
                        self.push(word, Place::Met)
                    }
                    None => self.walk(What::Walk, other, Place::Met),
                }
            }
        }
    }

    /// Writes what adds a text, or an argument of a key, and goes on at a place. Gives its first word.
    fn text(&mut self, text: Expr, is_argument: bool, next: Place) -> Place {
        match text {
            Expr::Binary(Operator::Concatenate, left, right) if !is_argument => {
                let right = self.text(*right, false, next);
                self.text(*left, false, right)
            }
            Expr::Iif(branches) => {
                let mut branches = branches.into_iter();
                let (condition, yes) = (branches.next(), branches.next());
                let no = match branches.next() {
                    Some(no) => self.text(no, is_argument, next),
                    None => next,
                };
                match (condition, yes) {
                    (Some(condition), Some(yes)) => {
                        let yes = self.text(yes, is_argument, next);
                        self.ask(condition, yes, no)
                    }
                    _ => no,
                }
            }
            Expr::Literal(Literal::Empty) => next,
            Expr::Literal(Literal::Value(kind, text)) => match self.tables.keep(&text) {
                // Of an argument it matters that there is a text.
                Some(_) if text.is_empty() && !is_argument => next,
                Some(kept) => self.add(What::Add, kept, next),
                None => self.walk(What::AddWalk, Expr::Literal(Literal::Value(kind, text)), next),
            },
            other => {
                let (what, path) = match &other {
                    Expr::Child(of, Step::Position) => (What::AddPosition, self.path(of)),
                    Expr::Text(TextFunction::ToString, of, _) => match &**of {
                        Expr::Child(of, Step::Position) => (What::AddPosition, self.path(of)),
                        _ => (What::AddWalk, None),
                    },
                    other => (What::AddText, self.path(other)),
                };
                match path {
                    Some(path) if what == What::AddText || path == Path::of(path.of) => {
                        let word = self.word(what, path, Text::default(), other);
                        self.push(word, next)
                    }
                    _ => self.walk(What::AddWalk, other, next),
                }
            }
        }
    }

    /// Writes a condition, and where the line goes on if it is met and if not.
    fn ask(&mut self, mut condition: Expr, yes: Place, no: Place) -> Place {
        self.looks.clear();
        if most_words(&condition) > LONGEST {
            let look = self.whole(std::mem::replace(&mut condition, Expr::Focus));
            self.looks.push(look);
        } else {
            self.look_at_all(&mut condition);
        }
        self.write(&condition, self.looks.len(), [yes, no, no]).0
    }

    fn push(&mut self, mut word: Word, next: Place) -> Place {
        word.exits.yes = self.distance(next);
        self.line.push(word);
        Place::Word(self.line.len() - 1)
    }

    fn add(&mut self, what: What, text: Text, next: Place) -> Place {
        let word = Word {
            what,
            exits: Exits::default(),
            path: Path::default(),
            text,
            otherwise: 0,
        };
        self.push(word, next)
    }

    /// A word that ends the line.
    fn end(&mut self, what: What, text: Text) -> Place {
        self.add(what, text, Place::Met)
    }

    fn walk(&mut self, what: What, expr: Expr, next: Place) -> Place {
        let word = self.word(what, Path::default(), Text::default(), expr);
        self.push(word, next)
    }

    /// Makes words of what stands between `and`, `or` and `not`; only these are left of the expression.
    fn look_at_all(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Not(inner) => self.look_at_all(inner),
            Expr::Binary(Operator::And | Operator::Or, left, right) => {
                self.look_at_all(left);
                self.look_at_all(right);
            }
            look => {
                let look = self.look(std::mem::replace(look, Expr::Focus));
                self.looks.push(look);
            }
        }
    }

    /// Writes a condition, of which it is told how many looks there are up to its end, and where the line goes on if it is so, is not, or is not known.
    /// Gives its first word, and how many looks there are before it.
    fn write(&mut self, expr: &Expr, end: usize, exits: [Place; 3]) -> (Place, usize) {
        let [yes, no, none] = exits;
        match expr {
            Expr::Not(inner) => self.write(inner, end, [no, yes, none]),
            Expr::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
                let (known, middle) = self.write(right, end, exits);
                // With nothing known on the left, the right decides one way only. It is looked at all the same.
                let decided = match operator {
                    Operator::And => [none, no, none],
                    _ => [yes, none, none],
                };
                let unknown = if decided == exits || self.is_sure(left, middle) {
                    known
                } else {
                    self.write(right, end, decided).0
                };
                match operator {
                    Operator::And => self.write(left, middle, [known, no, unknown]),
                    _ => self.write(left, middle, [yes, known, unknown]),
                }
            }
            _ => {
                let start = end.saturating_sub(1);
                let Some(Look {
                    mut word,
                    is_turned,
                    is_sure,
                }) = self.looks.get(start).copied()
                else {
                    return (no, start);
                };
                let (yes, no) = if is_turned { (no, yes) } else { (yes, no) };
                word.exits = Exits {
                    yes: self.distance(yes),
                    no: self.distance(no),
                    none: self.distance(if is_sure { no } else { none }),
                };
                self.line.push(word);
                (Place::Word(self.line.len() - 1), start)
            }
        }
    }

    /// Whether a condition always has an answer; it is told how many looks there are up to its end.
    fn is_sure(&self, expr: &Expr, end: usize) -> bool {
        let looks = self.looks.get(end.saturating_sub(looks_in(expr))..end);
        looks.into_iter().flatten().all(|look| look.is_sure)
    }

    /// How much further than the next word a place is.
    fn distance(&self, place: Place) -> u8 {
        match place {
            Place::Met => MET,
            Place::Unmet => UNMET,
            Place::Word(at) => u8::try_from(self.line.len() - at).unwrap_or(UNMET),
        }
    }

    fn look(&mut self, expr: Expr) -> Look {
        let (expr, is_turned) = match expr {
            Expr::Empty(input) => (Expr::Exists(input), true),
            other => (other, false),
        };
        match self.plain(&expr) {
            Some((what, path, text)) => Look {
                is_turned,
                is_sure: matches!(what, What::Bundle) || matches!(expr, Expr::Exists(_)),
                word: self.word(what, path, text, expr),
            },
            None => Look {
                is_turned,
                ..self.whole(expr)
            },
        }
    }

    /// A look that is an expression.
    fn whole(&mut self, expr: Expr) -> Look {
        Look {
            word: self.word(What::Holds, Path::default(), Text::default(), expr),
            is_turned: false,
            is_sure: false,
        }
    }

    fn word(&mut self, what: What, path: Path, text: Text, expr: Expr) -> Word {
        let otherwise = number(self.tables.expressions.len());
        self.tables.expressions.push(expr);
        Word {
            what,
            exits: Exits::default(),
            path,
            text,
            otherwise,
        }
    }

    /// What a look asks, of what place, and about what; none if that is not plain.
    fn plain(&mut self, expr: &Expr) -> Option<(What, Path, Text)> {
        Some(match expr {
            Expr::Any(parts) => {
                let of = match parts.of {
                    Of::Focus => self.focus,
                    Of::Slot(slot) => slot,
                };
                let what = match parts.parts.first()? {
                    Part::Field(_) => What::Fields,
                    Part::Component(_) => What::Components,
                    Part::Subcomponent(_) => return None,
                };
                let bits = u32::try_from(parts.bits).ok()?;
                (what, Path::of(of), Text::number(bits))
            }
            Expr::Exists(input) => match &**input {
                // Of what is at one place at most: whether that is there and meets it.
                Expr::Where(of, criterion) => {
                    let path = self.path(of)?;
                    match &**criterion {
                        Expr::Is(of, text) if matches!(**of, Expr::Focus) => {
                            (What::Is, path, self.tables.keep(text)?)
                        }
                        Expr::OneOf(of, texts) if matches!(**of, Expr::Focus) => {
                            (What::OneOf, path, self.texts(texts)?)
                        }
                        _ => return None,
                    }
                }
                Expr::Child(of, Step::Tree(name)) => match self.path(of)? {
                    path if path == Path::of(path.of) => (What::Member, path, self.tables.keep(name)?),
                    _ => return None,
                },
                of => (What::There, self.path(of)?, Text::default()),
            },
            Expr::Is(of, text) => match **of {
                Expr::Special(Special::Bundle) => (What::Bundle, Path::default(), self.tables.keep(text)?),
                _ => (What::Is, self.path(of)?, self.tables.keep(text)?),
            },
            Expr::OneOf(of, texts) => (What::OneOf, self.path(of)?, self.texts(texts)?),
            Expr::Text(TextFunction::StartsWith, of, arguments) => match &**arguments {
                [Expr::Literal(Literal::Value(Kind::String, start))] => {
                    (What::StartsWith, self.path(of)?, self.tables.keep(start)?)
                }
                _ => return None,
            },
            Expr::Matches(of, pattern) => {
                let path = self.path(of)?;
                self.tables.patterns.push(Arc::clone(pattern));
                let number = number(self.tables.patterns.len() - 1);
                (What::Matches, path, Text::number(number))
            }
            Expr::Binary(operator, left, right) => {
                let Expr::Literal(Literal::Value(Kind::Integer, number)) = &**right else {
                    return None;
                };
                let (number, order) = (Text::number(number.parse().ok()?), order_of(*operator)?);
                match &**left {
                    Expr::Text(TextFunction::Length, of, _) => (What::Length(order), self.path(of)?, number),
                    Expr::Count(of) => {
                        let path = self
                            .path(of)
                            .filter(|path| path.field > 0 && path.component == 0 && path.subcomponent == 0)?;
                        (What::Count(order), path, number)
                    }
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    /// Keeps several texts as one, each with its length before it.
    fn texts(&mut self, texts: &[Box<str>]) -> Option<Text> {
        let mut all = String::new();
        for text in texts {
            let length = u8::try_from(text.len()).ok().filter(u8::is_ascii)?;
            all.push(char::from(length));
            all.push_str(text);
        }
        self.tables.keep(&all)
    }

    /// The place that an expression looks at, if it is a variable or a part of it.
    fn path(&self, expr: &Expr) -> Option<Path> {
        let number = |number: &u16| u8::try_from(*number).ok().filter(|number| *number > 0);
        match expr {
            Expr::Focus => Some(Path::of(self.focus)),
            Expr::Variable(slot) => Some(Path::of(*slot)),
            // Of one it is the one, and of several more than a look is needed.
            Expr::First(of) => self.path(of),
            Expr::Child(of, step) => {
                let path = self.path(of)?;
                Some(match (step, path) {
                    (
                        Step::Field(field),
                        Path {
                            field: 0,
                            component: 0,
                            subcomponent: 0,
                            ..
                        },
                    ) => Path {
                        field: number(field)?,
                        ..path
                    },
                    (
                        Step::Component(component),
                        Path {
                            component: 0,
                            subcomponent: 0,
                            ..
                        },
                    ) => Path {
                        component: number(component)?,
                        ..path
                    },
                    (Step::Subcomponent(subcomponent), Path { subcomponent: 0, .. }) => Path {
                        subcomponent: number(subcomponent)?,
                        ..path
                    },
                    _ => return None,
                })
            }
            _ => None,
        }
    }
}

fn looks_in(expr: &Expr) -> usize {
    match expr {
        Expr::Not(inner) => looks_in(inner),
        Expr::Binary(Operator::And | Operator::Or, left, right) => looks_in(left) + looks_in(right),
        _ => 1,
    }
}

fn order_of(operator: Operator) -> Option<Order> {
    Some(match operator {
        Operator::Less => Order::Less,
        Operator::LessOrEqual => Order::LessOrEqual,
        Operator::Greater => Order::Greater,
        Operator::GreaterOrEqual => Order::GreaterOrEqual,
        Operator::Equal => Order::Equal,
        Operator::NotEqual => Order::NotEqual,
        _ => return None,
    })
}
