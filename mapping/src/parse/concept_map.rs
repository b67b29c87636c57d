//! `conceptmap "url" { .. }`.

use super::lexer::Kind;
use super::{Parse, Parser};
use crate::syntax::{
    ConceptCode, ConceptMap, ConceptMapping, Prefix, Relation, Text, Unmapped, UnmappedMode,
};

impl Parser<'_> {
    pub(super) fn concept_map(&mut self) -> Parse<ConceptMap> {
        let start = self.token.span;
        self.advance();
        let url = self.quoted("the url of a concept map")?;
        self.expect_mark("{")?;
        let (mut prefixes, mut unmapped, mut mappings) = (Vec::new(), Vec::new(), Vec::new());
        while !self.is_mark("}") {
            if self.is_word("prefix") && self.peek().kind == Kind::Identifier {
                prefixes.push(self.prefix()?);
            } else if self.is_word("unmapped") && self.peek().kind == Kind::Identifier {
                unmapped.push(self.unmapped()?);
            } else {
                mappings.push(self.mapping()?);
            }
        }
        self.advance();
        Ok(ConceptMap {
            url,
            prefixes,
            unmapped,
            mappings,
            span: self.since(start),
        })
    }

    fn prefix(&mut self) -> Parse<Prefix> {
        let start = self.token.span;
        self.advance();
        let name = self.name("a prefix")?;
        self.expect_mark("=")?;
        let system = self.quoted("the url of a code system")?;
        self.take_mark(";");
        Ok(Prefix {
            name,
            system,
            span: self.since(start),
        })
    }

    fn unmapped(&mut self) -> Parse<Unmapped> {
        let start = self.token.span;
        self.advance();
        if !self.take_word("for") {
            return self.expected("`for`");
        }
        let prefix = self.name("a prefix")?;
        self.expect_mark("=")?;
        let mode = if self.take_word("provided") {
            UnmappedMode::Provided
        } else {
            self.take_word("fixed");
            UnmappedMode::Fixed(self.code("`provided` or `fixed` and a code")?)
        };
        self.take_mark(";");
        Ok(Unmapped {
            prefix,
            mode,
            span: self.since(start),
        })
    }

    fn mapping(&mut self) -> Parse<ConceptMapping> {
        let start = self.token.span;
        let source = self.concept_code()?;
        let Some(relation) = Relation::ALL
            .into_iter()
            .find(|relation| self.is_mark(relation.mark()))
        else {
            return self.expected("`-` or another relation of two codes");
        };
        self.advance();
        let target = if relation == Relation::Unmatched {
            None
        } else {
            Some(self.concept_code()?)
        };
        let quoted = matches!(self.token.kind, Kind::String | Kind::DoubleQuoted);
        let display = if quoted {
            Some(self.quoted("a display")?)
        } else {
            None
        };
        self.take_mark(";");
        Ok(ConceptMapping {
            source,
            relation,
            target,
            display,
            span: self.since(start),
        })
    }

    fn concept_code(&mut self) -> Parse<ConceptCode> {
        let prefix = self.name("a prefix, `:` and a code")?;
        self.expect_mark(":")?;
        let code = self.code("a code")?;
        Ok(ConceptCode { prefix, code })
    }

    /// A code: a word, a number or a quoted text.
    fn code(&mut self, what: &str) -> Parse<Text> {
        let span = self.token.span;
        match self.token.kind {
            Kind::Identifier | Kind::Integer => {
                let value = self.text().into();
                self.advance();
                Ok(Text { value, span })
            }
            _ => self.quoted(what),
        }
    }
}
