//! `group name(parameters) extends base <<types>> { rules }`.

use super::lexer::Kind;
use super::{Parse, Parser};
use crate::syntax::{Group, Parameter, ParameterMode, Statement, TypeMode};

impl Parser<'_> {
    pub(super) fn group(&mut self) -> Parse<Group> {
        let start = self.token.span;
        self.advance();
        let name = self.name("the name of a group")?;
        self.expect_mark("(")?;
        let mut parameters = vec![self.parameter()?];
        while self.take_mark(",") {
            parameters.push(self.parameter()?);
        }
        self.expect_mark(")")?;
        let extends = if self.take_word("extends") {
            Some(self.name("the name of a group")?)
        } else {
            None
        };
        let type_mode = if self.take_mark("<<") {
            Some(self.type_mode()?)
        } else {
            None
        };
        let rules = self.rules()?;
        Ok(Group {
            name,
            parameters,
            extends,
            type_mode,
            rules,
            span: self.since(start),
        })
    }

    fn parameter(&mut self) -> Parse<Parameter> {
        let start = self.token.span;
        let mode = match self.text() {
            "source" => ParameterMode::Source,
            "target" => ParameterMode::Target,
            _ => return self.expected("`source` or `target`"),
        };
        self.advance();
        let name = self.name("the name of a parameter")?;
        let type_name = if self.take_mark(":") {
            Some(self.name("a type")?)
        } else {
            None
        };
        Ok(Parameter {
            mode,
            name,
            type_name,
            span: self.since(start),
        })
    }

    fn type_mode(&mut self) -> Parse<TypeMode> {
        let mode = match self.text() {
            "types" => {
                self.advance();
                TypeMode::Types
            }
            "type" => {
                self.advance();
                self.expect_mark("+")?;
                TypeMode::TypePlus
            }
            _ => return self.expected("`types` or `type+`"),
        };
        self.expect_mark(">>")?;
        Ok(mode)
    }

    /// `{ rules }`. A broken rule is skipped; the block goes on.
    pub(super) fn rules(&mut self) -> Parse<Vec<Statement>> {
        self.expect_mark("{")?;
        self.nested(|parser| {
            let mut rules = Vec::new();
            while !parser.take_mark("}") {
                if parser.token.kind == Kind::End {
                    return parser.expected("`}`");
                }
                let start = parser.token.span.start;
                match parser.statement() {
                    Ok(rule) => rules.push(rule),
                    Err(_) => {
                        parser.skip_statement();
                        if parser.token.span.start == start {
                            return Err(super::Failed);
                        }
                    }
                }
            }
            Ok(rules)
        })
    }
}
