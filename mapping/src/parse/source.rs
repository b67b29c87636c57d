//! `context.element : Type 0..1 default (..) first as v where (..) by (..) check (..) log (..)`.

use super::expression::Until;
use super::lexer::Kind;
use super::{Parse, Parser};
use crate::finding::Code;
use crate::syntax::{Cardinality, Expression, Source, SourceDefault, SourceListMode};

impl Parser<'_> {
    pub(super) fn rule_source(&mut self) -> Parse<Source> {
        let mut source = Source {
            path: self.path("a source")?,
            ..Source::default()
        };
        loop {
            let at = self.token.span;
            // What goes on with a source is a word, `:` or a number.
            let word = match self.token.kind {
                Kind::Identifier | Kind::Integer => self.text(),
                Kind::Mark if self.is_mark(":") => ":",
                _ => break,
            };
            let repeated = match word {
                ":" => {
                    self.advance();
                    source.type_name.replace(self.name("a type")?).is_some()
                }
                "default" => {
                    self.advance();
                    source.default.replace(self.source_default()?).is_some()
                }
                "as" => {
                    self.advance();
                    source
                        .alias
                        .replace(self.name("the name of a variable")?)
                        .is_some()
                }
                "where" => {
                    self.advance();
                    source.condition.replace(self.clause()?).is_some()
                }
                "by" => {
                    self.advance();
                    source.key.replace(self.parenthesised()?).is_some()
                }
                "check" => {
                    self.advance();
                    source.check.replace(self.clause()?).is_some()
                }
                "log" => {
                    self.advance();
                    source.log.replace(self.clause()?).is_some()
                }
                _ if self.token.kind == Kind::Integer => {
                    source.cardinality.replace(self.cardinality()?).is_some()
                }
                word => match SourceListMode::ALL.into_iter().find(|mode| mode.word() == word) {
                    Some(mode) => {
                        self.advance();
                        source.list_mode.replace(mode).is_some()
                    }
                    None => break,
                },
            };
            if repeated {
                return self.fail(Code::Syntax, at, "a source has each clause once".to_owned(), None);
            }
        }
        source.span = self.since(source.path.span);
        Ok(source)
    }

    /// A condition in parentheses; the first maps wrote it without.
    fn clause(&mut self) -> Parse<Expression> {
        if self.is_mark("(") && self.parenthesis_ends_clause() {
            self.parenthesised()
        } else {
            self.expression_until(Until::Clause)
        }
    }

    fn source_default(&mut self) -> Parse<SourceDefault> {
        if self.token.kind == Kind::DoubleQuoted {
            return self.quoted("a value").map(SourceDefault::Text);
        }
        self.parenthesised().map(SourceDefault::Expression)
    }

    fn cardinality(&mut self) -> Parse<Cardinality> {
        let start = self.token.span;
        let min = self.bound()?;
        self.expect_mark("..")?;
        let max = if self.take_mark("*") {
            None
        } else {
            Some(self.bound()?)
        };
        let span = self.since(start);
        if max.is_some_and(|max| max < min) {
            return self.fail(
                Code::Syntax,
                span,
                "the upper bound is below the lower".to_owned(),
                Some(format!("write `{}..{min}`", max.unwrap_or(min))),
            );
        }
        Ok(Cardinality { min, max, span })
    }

    fn bound(&mut self) -> Parse<u32> {
        match self.text().parse() {
            Ok(number) if self.token.kind == Kind::Integer => {
                self.advance();
                Ok(number)
            }
            _ => self.expected("a number"),
        }
    }
}
