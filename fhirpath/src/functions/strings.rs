//! Strings: functions of one text. Positions count characters, from 0.
//!
//! Why: text of the tree is lent, not copied, where the function only looks at it. Regular expressions are RE2's:
//! they run in linear time, and have no look-around and no back-references.
//!
//! ```text
//! 'abc'.indexOf('c')                      => 2
//! 'abcabc'.lastIndexOf('c')               => 5
//! 'abcde'.substring(1, 2)                 => 'bc'
//! 'abc'.substring(9)                      => {}
//! 'abc'.startsWith('ab')                  => true
//! 'abc'.endsWith('bc')                    => true
//! 'abc'.contains('b')                     => true
//! 'abc'.upper()                           => 'ABC'
//! 'ABC'.lower()                           => 'abc'
//! 'abc'.replace('b', 'x')                 => 'axc'
//! 'abc'.matches('b')                      => true
//! 'abc'.matchesFull('b')                  => false
//! 'a1b2'.replaceMatches('[0-9]', '-')     => 'a-b-'
//! 'héllo'.length()                        => 5
//! 'ab'.toChars()                          => 'a', 'b'
//! ' a '.trim()                            => 'a'
//! 'a,b'.split(',')                        => 'a', 'b'
//! ('a' | 'b').join('+')                   => 'a+b'
//! 1.length()                              => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.6 String Manipulation; the continuous build for `trim`, `split`, `join`, `encode`, `escape`.

mod codec;

use std::borrow::Cow;
use std::ops::ControlFlow;

use regex::Regex;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::{Op, OpId};

/// How many regular expressions an evaluation keeps.
const KEPT: usize = 16;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn strings(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        if call.function == Function::Join {
            return self.join(call, scope, out);
        }
        let Some(item) = self.single(call.op, call.input, scope)? else {
            return ControlFlow::Continue(());
        };
        let Some(text) = item.as_string() else {
            let message = format!(
                "expected a string for `{}`, found another type",
                call.function.as_str()
            );
            return self.fail(call.op, "expected-string", message);
        };
        self.read_text(call.op, text.len())?;
        let answer = match call.function {
            Function::Upper => self.text(text.to_uppercase(), call.op)?,
            Function::Lower => self.text(text.to_lowercase(), call.op)?,
            Function::Length => Item::Integer(count(&text)),
            Function::Trim => Item::String(match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            }),
            Function::ToChars => {
                for c in text.chars() {
                    self.step(call.op)?;
                    out(Item::String(Cow::Owned(c.to_string())))?;
                }
                return ControlFlow::Continue(());
            }
            Function::Substring => return self.substring(call, text, scope, out),
            Function::Matches | Function::MatchesFull | Function::ReplaceMatches => {
                return self.pattern(call, &text, scope, out);
            }
            _ => return self.with_argument(call, text, scope, out),
        };
        out(answer)
    }

    /// The functions whose first argument is a string; without it there is no result.
    fn with_argument(
        &self,
        call: Call<'a>,
        text: Cow<'a, str>,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let Some(argument) = self.string_argument(call, 0, scope)? else {
            return ControlFlow::Continue(());
        };
        let answer = match call.function {
            Function::IndexOf => Item::Integer(position(&text, text.find(&*argument))),
            Function::LastIndexOf => Item::Integer(position(&text, text.rfind(&*argument))),
            Function::StartsWith => Item::Boolean(text.starts_with(&*argument)),
            Function::EndsWith => Item::Boolean(text.ends_with(&*argument)),
            Function::Contains => Item::Boolean(text.contains(&*argument)),
            Function::Split => {
                for part in text.split(&*argument) {
                    self.step(call.op)?;
                    out(Item::String(Cow::Owned(part.to_owned())))?;
                }
                return ControlFlow::Continue(());
            }
            Function::Replace => {
                let Some(with) = self.string_argument(call, 1, scope)? else {
                    return ControlFlow::Continue(());
                };
                let places = text.matches(&*argument).count();
                self.fits(
                    call.op,
                    text.len().saturating_add(places.saturating_mul(with.len())),
                )?;
                self.text(text.replace(&*argument, &with), call.op)?
            }
            function => {
                let converted = match function {
                    Function::Encode => codec::encode(&text, &argument),
                    Function::Decode => codec::decode(&text, &argument),
                    Function::Escape => codec::escape(&text, &argument),
                    _ => codec::unescape(&text, &argument),
                };
                match converted {
                    Some(converted) => self.text(converted, call.op)?,
                    None => return ControlFlow::Continue(()),
                }
            }
        };
        out(answer)
    }

    fn string_argument(
        &self,
        call: Call<'a>,
        index: usize,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Cow<'a, str>>> {
        match call.argument(index) {
            Some(argument) => self.string(argument, scope),
            None => ControlFlow::Continue(None),
        }
    }

    /// Sees that a text of this length may be made.
    fn fits(&self, op: OpId, length: usize) -> Step {
        if length <= self.context.limits.text.saturating_mul(2) {
            return ControlFlow::Continue(());
        }
        let message = format!("a string has more than {} bytes", self.context.limits.text);
        self.stop(crate::error::ErrorKind::Limit, op, "text-limit", message)
    }

    /// A part of a text; of one that is lent by the tree it is lent as well.
    fn substring(
        &self,
        call: Call<'a>,
        text: Cow<'a, str>,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let Some(start) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let Some(start) = self.integer(start, scope)? else {
            return ControlFlow::Continue(());
        };
        let length = match call.argument(1) {
            Some(length) => self.integer(length, scope)?.unwrap_or(i64::MAX),
            None => i64::MAX,
        };
        let Ok(start) = usize::try_from(start) else {
            return ControlFlow::Continue(());
        };
        let length = usize::try_from(length.max(0)).unwrap_or(usize::MAX);
        let Some((from, _)) = text.char_indices().nth(start) else {
            return ControlFlow::Continue(());
        };
        let part = |text: &str| {
            let rest = text.get(from..).unwrap_or_default();
            let end = rest.char_indices().nth(length).map_or(rest.len(), |(end, _)| end);
            from..from + end
        };
        out(Item::String(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(part(text)).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(part(&text)).unwrap_or_default().to_owned()),
        }))
    }

    fn join(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let separator = self.string_argument(call, 0, scope)?.unwrap_or(Cow::Borrowed(""));
        let mut joined = String::new();
        let mut first = true;
        self.eval(call.input, scope, &mut |item| {
            let Some(part) = item.as_string() else {
                return self.fail(
                    call.op,
                    "expected-string",
                    "expected strings for `join`, found another type",
                );
            };
            if !first {
                joined.push_str(&separator);
            }
            first = false;
            joined.push_str(&part);
            self.fits(call.op, joined.len())
        })?;
        out(self.text(joined, call.op)?)
    }

    fn pattern(&self, call: Call<'a>, text: &str, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let computed;
        let pattern: &Regex = match self.prepared(argument) {
            Some(pattern) => pattern,
            None => {
                let Some(source) = self.string(argument, scope)? else {
                    return ControlFlow::Continue(());
                };
                computed = match self.computed_pattern(call.function, &source) {
                    Some(pattern) => pattern,
                    None => {
                        return self.fail(
                            argument,
                            "bad-pattern",
                            "the regular expression is not one we can run",
                        );
                    }
                };
                &computed
            }
        };
        if call.function != Function::ReplaceMatches {
            return out(Item::Boolean(pattern.is_match(text)));
        }
        let Some(with) = self.string_argument(call, 1, scope)? else {
            return ControlFlow::Continue(());
        };
        // An empty pattern matches nothing here, as the official suite has it.
        if pattern.as_str().is_empty() {
            return out(Item::String(Cow::Owned(text.to_owned())));
        }
        // Each `$` of the replacement may stand for the whole of what was found.
        let groups = with.matches('$').count();
        let length = pattern.find_iter(text).fold(text.len(), |length, found| {
            let longest = groups.saturating_mul(found.len()).saturating_add(with.len());
            length.saturating_add(longest)
        });
        self.fits(call.op, length)?;
        out(self.text(pattern.replace_all(text, &*with).into_owned(), call.op)?)
    }

    /// The regular expression of a text that was computed; the last ones are kept.
    fn computed_pattern(&self, function: Function, source: &str) -> Option<Regex> {
        let mut kept = self.kept().patterns.borrow_mut();
        if let Some((_, _, pattern)) = kept
            .iter()
            .find(|(of, text, _)| *of == function && **text == *source)
        {
            return Some(pattern.clone());
        }
        let pattern = function.pattern(source).ok()?;
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((function, source.into(), pattern.clone()));
        Some(pattern)
    }

    /// The regular expression that was made when the program was compiled.
    fn prepared(&self, argument: OpId) -> Option<&'a Regex> {
        let program: &'a crate::program::Program = self.program;
        match program.op(argument)? {
            Op::Literal(index) => program.patterns.get(*index as usize)?.as_ref(),
            _ => None,
        }
    }
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// A byte offset as a count of characters; -1 for none.
fn position(text: &str, offset: Option<usize>) -> i64 {
    offset.and_then(|offset| text.get(..offset)).map_or(-1, count)
}
