//! What stands before the groups: metadata, structures, imports, constants.

use super::lexer::Kind;
use super::{Parse, Parser, inner, lexer};
use crate::finding::Code;
use crate::syntax::{
    Constant, Import, Literal, LiteralKind, Map, MapDeclaration, Metadata, ModelMode, Name, Structure, Text,
    Word,
};

impl Parser<'_> {
    /// The whole file. The grammar fixes an order of the parts; a part out of order is read all the same.
    pub(super) fn map(&mut self) -> Map {
        let mut map = Map::default();
        while self.token.kind != Kind::End {
            let start = self.token.span.start;
            if self.declaration(&mut map).is_err() {
                self.skip_declaration(start);
            }
        }
        // A file may hold concept maps alone.
        if map.groups.is_empty() && map.concept_maps.is_empty() && self.diagnostics.is_empty() {
            let _: Parse<()> = self.expected("`group`");
        }
        map
    }

    fn declaration(&mut self, map: &mut Map) -> Parse<()> {
        let word = if self.token.kind == Kind::Identifier {
            self.text()
        } else {
            ""
        };
        match (self.token.kind, word) {
            (Kind::Metadata, _) => map.metadata.push(self.metadata()?),
            (_, "conceptmap") => map.concept_maps.push(self.concept_map()?),
            (_, "map") => {
                let declared = self.map_declaration()?;
                map.declaration.get_or_insert(declared);
            }
            (_, "uses") => map.structures.push(self.structure()?),
            (_, "imports") => {
                self.advance();
                map.imports.push(Import {
                    url: self.quoted("the url of a map")?,
                });
                self.take_mark(";");
            }
            (_, "let") => map.constants.push(self.constant()?),
            (_, "group") => map.groups.push(self.group()?),
            _ => return self.expected("`///`, `map`, `conceptmap`, `uses`, `imports`, `let` or `group`"),
        }
        Ok(())
    }

    /// Goes to the next word that can start a declaration at the start of a line.
    fn skip_declaration(&mut self, started: u32) {
        if self.token.span.start == started {
            self.advance();
        }
        while self.token.kind != Kind::End {
            let starts = matches!(
                self.text(),
                "conceptmap" | "map" | "uses" | "imports" | "let" | "group"
            );
            if self.token.kind == Kind::Metadata || (starts && self.at_line_start()) {
                return;
            }
            self.advance();
        }
    }

    fn metadata(&mut self) -> Parse<Metadata> {
        let start = self.token.span;
        self.advance();
        let mut path = vec![self.metadata_word()?];
        while self.take_mark(".") {
            path.push(self.metadata_word()?);
        }
        self.expect_mark("=")?;
        let value = if self.token.kind == Kind::TripleQuoted {
            let span = self.token.span;
            let lines = inner(self.text(), 3);
            let lines = lines
                .strip_prefix("\r\n")
                .or_else(|| lines.strip_prefix('\n'))
                .unwrap_or(lines);
            let lines = lines
                .strip_suffix("\r\n")
                .or_else(|| lines.strip_suffix('\n'))
                .unwrap_or(lines);
            let value = lines.into();
            self.advance();
            Some(Literal {
                kind: LiteralKind::Markdown,
                value,
                unit: None,
                span,
            })
        } else if self.starts_literal() {
            Some(self.literal()?)
        } else {
            None
        };
        Ok(Metadata {
            path,
            value,
            span: self.since(start),
        })
    }

    fn metadata_word(&mut self) -> Parse<Name> {
        self.name("the name of a metadata element")
    }

    /// `map "url" = name`, with old maps' quoted name.
    fn map_declaration(&mut self) -> Parse<MapDeclaration> {
        let start = self.token.span;
        self.advance();
        let url = self.quoted("the url of the map")?;
        self.expect_mark("=")?;
        let name = if matches!(self.token.kind, Kind::String | Kind::DoubleQuoted) {
            self.quoted("a name")?
        } else {
            let name = self.name("the name of the map")?;
            Text {
                value: name.text,
                span: name.span,
            }
        };
        Ok(MapDeclaration {
            url,
            name,
            span: self.since(start),
        })
    }

    fn structure(&mut self) -> Parse<Structure> {
        let start = self.token.span;
        self.advance();
        let url = self.quoted("the url of a structure")?;
        let alias = if self.take_word("alias") {
            Some(self.name("an alias")?)
        } else {
            None
        };
        if !self.take_word("as") {
            return self.expected("`as`");
        }
        let mode = match self.text() {
            "source" => ModelMode::Source,
            "queried" => ModelMode::Queried,
            "target" => ModelMode::Target,
            "produced" => ModelMode::Produced,
            _ => return self.expected("`source`, `queried`, `target` or `produced`"),
        };
        self.advance();
        self.take_mark(";");
        Ok(Structure {
            url,
            alias,
            mode,
            span: self.since(start),
        })
    }

    fn constant(&mut self) -> Parse<Constant> {
        let start = self.token.span;
        self.advance();
        let name = self.name("the name of a constant")?;
        self.expect_mark("=")?;
        let value = self.expression_until(super::expression::Until::Semicolon)?;
        self.expect_mark(";")?;
        Ok(Constant {
            name,
            value,
            span: self.since(start),
        })
    }

    pub(super) fn starts_literal(&mut self) -> bool {
        match self.token.kind {
            Kind::String
            | Kind::DoubleQuoted
            | Kind::Integer
            | Kind::Decimal
            | Kind::Long
            | Kind::Date
            | Kind::DateTime
            | Kind::Time => true,
            Kind::Identifier => matches!(self.text(), "true" | "false"),
            Kind::Mark => self.is_mark("{") && self.next_is(b"}"),
            _ => false,
        }
    }

    pub(super) fn literal(&mut self) -> Parse<Literal> {
        let span = self.token.span;
        let text = self.text();
        let (mut kind, value) = match self.token.kind {
            Kind::String | Kind::DoubleQuoted => (LiteralKind::String, lexer::unescape(inner(text, 1))),
            Kind::Integer => (LiteralKind::Integer, text.into()),
            Kind::Decimal => (LiteralKind::Decimal, text.into()),
            Kind::Long => (LiteralKind::Long, text.trim_end_matches('L').into()),
            Kind::Date => (LiteralKind::Date, text.trim_start_matches('@').into()),
            Kind::DateTime => (LiteralKind::DateTime, text.trim_start_matches('@').into()),
            Kind::Time => (LiteralKind::Time, text.trim_start_matches("@T").into()),
            Kind::Identifier => (LiteralKind::Boolean, text.into()),
            Kind::Mark if text == "{" => {
                self.advance();
                (LiteralKind::Null, Word::default())
            }
            _ => return self.fail(Code::Syntax, span, "expected a constant".to_owned(), None),
        };
        self.advance();
        let mut unit = None;
        if matches!(kind, LiteralKind::Integer | LiteralKind::Decimal) {
            if self.token.kind == Kind::String {
                kind = LiteralKind::Quantity;
                unit = Some(self.quoted("a unit")?.value);
            } else if self.token.kind == Kind::Identifier && is_calendar_unit(self.text()) {
                kind = LiteralKind::CalendarQuantity;
                unit = Some(self.text().into());
                self.advance();
            }
        }
        Ok(Literal {
            kind,
            value,
            unit,
            span: self.since(span),
        })
    }
}

fn is_calendar_unit(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    matches!(
        singular,
        "year" | "month" | "week" | "day" | "hour" | "minute" | "second" | "millisecond"
    )
}
