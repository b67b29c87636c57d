//! `context.element = transform as v share x`.

use super::expression::Until;
use super::lexer::Kind;
use super::{Parse, Parser};
use crate::syntax::{Argument, Invocation, Target, TargetKind, TargetListMode, Transform};

impl Parser<'_> {
    pub(super) fn rule_target(&mut self) -> Parse<Target> {
        let start = self.token.span;
        let kind = if self.is_mark("(") {
            TargetKind::Expression(self.parenthesised()?)
        } else if self.is_invocation() {
            TargetKind::Invocation(self.invocation()?)
        } else {
            let path = self.path("a target")?;
            let transform = if self.take_mark("=") {
                Some(self.transform()?)
            } else {
                None
            };
            TargetKind::Element { path, transform }
        };
        let alias = if self.take_word("as") {
            Some(self.name("the name of a variable")?)
        } else {
            None
        };
        let list_mode = self.target_list_mode()?;
        Ok(Target {
            kind,
            alias,
            list_mode,
            span: self.since(start),
        })
    }

    fn target_list_mode(&mut self) -> Parse<Option<TargetListMode>> {
        if self.token.kind != Kind::Identifier {
            return Ok(None);
        }
        let mode = match self.text() {
            "first" => TargetListMode::First,
            "last" => TargetListMode::Last,
            "single" => TargetListMode::Single,
            "collate" => TargetListMode::Collate,
            "once" => {
                self.advance();
                return self.parenthesised().map(|key| Some(TargetListMode::OnceKey(key)));
            }
            "share" => {
                self.advance();
                let mode = if self.is_mark("(") {
                    TargetListMode::ShareKey(self.parenthesised()?)
                } else {
                    TargetListMode::Share(self.name("the id of the share, a word without quotes")?)
                };
                return Ok(Some(mode));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(mode))
    }

    fn transform(&mut self) -> Parse<Transform> {
        if self.starts_literal() {
            self.literal().map(Transform::Literal)
        } else if self.is_mark("(") {
            self.parenthesised().map(Transform::Expression)
        } else if self.is_invocation() {
            self.invocation().map(Transform::Invocation)
        } else {
            self.path("a value, a variable, a transform or an expression in parentheses")
                .map(Transform::Copy)
        }
    }

    /// Whether a word and `(` are next.
    fn is_invocation(&mut self) -> bool {
        matches!(self.token.kind, Kind::Identifier | Kind::Delimited) && self.next_is(b"(")
    }

    pub(super) fn invocation(&mut self) -> Parse<Invocation> {
        let name = self.name("the name of a group")?;
        let start = name.span;
        self.expect_mark("(")?;
        let mut arguments = Vec::new();
        if !self.is_mark(")") {
            arguments.push(self.argument()?);
            while self.take_mark(",") {
                arguments.push(self.argument()?);
            }
        }
        self.expect_mark(")")?;
        Ok(Invocation {
            name,
            arguments,
            span: self.since(start),
        })
    }

    /// A constant or a variable where it stands alone, else FHIRPath.
    fn argument(&mut self) -> Parse<Argument> {
        let start = self.token.span.start as usize;
        if self.starts_literal() {
            let literal = self.literal()?;
            if self.is_mark(",") || self.is_mark(")") {
                return Ok(Argument::Literal(literal));
            }
            self.jump(start);
        } else if matches!(self.token.kind, Kind::Identifier | Kind::Delimited) && self.next_is(b",)") {
            return self.name("a variable").map(Argument::Variable);
        }
        self.expression_until(Until::Argument).map(Argument::Expression)
    }
}
