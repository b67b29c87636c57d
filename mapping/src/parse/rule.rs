//! The statements of a group.

use super::lexer::Kind;
use super::{Parse, Parser};
use crate::syntax::{Batch, Ignore, Path, Rule, Source, Statement, Target, TargetKind};

/// Words that go on with a source; after `ignore` or `else` they show that it is a variable of that name.
const CLAUSES: &[&str] = &[
    "as",
    "default",
    "first",
    "not_first",
    "last",
    "not_last",
    "only_one",
    "where",
    "check",
    "log",
    "then",
];

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Parse<Statement> {
        if self.is_word("ignore") && self.next_is_variable() {
            return self.ignore().map(Statement::Ignore);
        }
        let start = self.token.span;
        let is_else = self.is_word("else") && self.next_is_variable();
        if is_else {
            self.advance();
        }
        let mut sources = vec![self.rule_source()?];
        while self.take_mark(",") {
            sources.push(self.rule_source()?);
        }
        let mut targets = Vec::with_capacity(1);
        let has_arrow = self.take_mark("->");
        if has_arrow {
            targets.push(self.rule_target()?);
            if self.is_mark(":") && !is_else {
                return self.batch(&sources, &targets, start);
            }
            while self.take_mark(",") {
                targets.push(self.rule_target()?);
            }
        }
        let (mut invocations, mut rules) = (Vec::new(), None);
        let has_then = self.take_word("then");
        if has_then {
            if !self.is_mark("{") {
                invocations.push(self.invocation()?);
                while self.take_mark(",") {
                    invocations.push(self.invocation()?);
                }
            }
            if self.is_mark("{") {
                rules = Some(self.rules()?);
            }
        }
        let name = if self.token.kind == Kind::DoubleQuoted {
            Some(self.quoted("a name")?)
        } else {
            None
        };
        if !self.is_mark(";") {
            return match (has_arrow, has_then) {
                _ if name.is_some() => self.expected("`;`"),
                (false, false) => self.expected("`->`, `then` or `;`"),
                (true, false) => self.expected("`,`, `then`, a rule name or `;`"),
                (_, true) => self.expected("a rule name or `;`"),
            };
        }
        self.advance();
        Ok(Statement::Rule(Rule {
            is_else,
            sources,
            targets,
            invocations,
            rules,
            name,
            span: self.since(start),
        }))
    }

    /// Whether the word after the next one is a name that starts a path.
    fn next_is_variable(&mut self) -> bool {
        let next = self.peek();
        match next.kind {
            Kind::Delimited => true,
            Kind::Identifier => !CLAUSES.contains(&self.slice(next.span)),
            _ => false,
        }
    }

    /// `src -> tgt : a, b "name";`, read up to the colon as a rule.
    fn batch(
        &mut self,
        sources: &[Source],
        targets: &[Target],
        start: crate::diagnostic::Span,
    ) -> Parse<Statement> {
        let (Some(source), Some(target)) = (plain_source(sources), plain_target(targets)) else {
            return self.expected("`,`, `then`, a rule name or `;`");
        };
        self.advance();
        let mut elements = vec![self.name("an element")?];
        while self.take_mark(",") {
            elements.push(self.name("an element")?);
        }
        let name = if self.token.kind == Kind::DoubleQuoted {
            Some(self.quoted("a name")?)
        } else {
            None
        };
        self.expect_mark(";")?;
        Ok(Statement::Batch(Batch {
            source,
            target,
            elements,
            name,
            span: self.since(start),
        }))
    }

    fn ignore(&mut self) -> Parse<Ignore> {
        let start = self.token.span;
        self.advance();
        let mut paths = vec![self.path("a variable")?];
        while self.take_mark(",") {
            paths.push(self.path("a variable")?);
        }
        let reason = self.quoted("the reason, quoted")?;
        self.expect_mark(";")?;
        Ok(Ignore {
            paths,
            reason,
            span: self.since(start),
        })
    }
}

/// The path of a single source that has nothing but a path.
fn plain_source(sources: &[Source]) -> Option<Path> {
    let [source] = sources else { return None };
    let plain = Source {
        path: source.path.clone(),
        ..Source::default()
    };
    (*source == plain).then(|| source.path.clone())
}

fn plain_target(targets: &[Target]) -> Option<Path> {
    match targets {
        [
            Target {
                kind:
                    TargetKind::Element {
                        path,
                        transform: None,
                    },
                alias: None,
                list_mode: None,
                ..
            },
        ] => Some(path.clone()),
        _ => None,
    }
}
