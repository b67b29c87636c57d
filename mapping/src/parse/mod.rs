//! From text to tree. Words are read with nom; the grammar above them is descended by hand, so that one error does not hide the next.

mod concept_map;
mod declaration;
mod expression;
mod group;
mod lexer;
mod rule;
mod source;
mod target;

use std::collections::HashMap;
use std::rc::Rc;

use carewire_fhirpath::ast;

use crate::compile::nearest;
use crate::diagnostic::{Diagnostic, SourceText, Span};
use crate::finding::Code;
use crate::run::hash::Seeded;
use crate::syntax::{Comment, Few, Map, Name, Path, RESERVED, Text, Word};

pub(crate) use self::expression::single_quoted;
use self::lexer::Kind;

/// Rules nested deeper than this are refused, so that a hostile text cannot exhaust the stack.
const DEEPEST: usize = 64;

/// A text longer than this is refused: spans are 32 bits wide and no map is that long.
const LONGEST: usize = 16 * 1024 * 1024;

/// After so many errors the rest of a file says nothing new, and is not read: each may have been looked for to the end of the text.
const MOST_ERRORS: usize = 100;

/// The words that mean something only where they stand, beside those that are reserved: one of either is meant where a word is that
/// fits nowhere.
const CONTEXTUAL: &[&str] = &["by", "collate", "else", "for", "once", "unmapped"];

/// What parsing gives: the tree, as far as it could be read, and everything that is wrong.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; statements with an error are missing.
    pub map: Map,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses the text of one map file. The name only labels the diagnostics.
///
/// The whole grammar of the current guide is read, the forms of R4 and R5 maps, and the superset; whether a map may use the superset is the compiler's question.
#[must_use]
pub fn parse(file: &str, text: &str) -> Parsed {
    parse_with_trees(file, text, true, &mut Trees::default())
}

/// The trees of expressions, by their text: maps say the same again and again.
pub(crate) type Trees = HashMap<Word, Rc<ast::Expression>, Seeded>;

/// As [`parse`], keeping the trees of the expressions; without `checks` what stands in expressions is not looked at.
pub(crate) fn parse_with_trees(file: &str, text: &str, checks: bool, trees: &mut Trees) -> Parsed {
    let mut parser = Parser::new(file, text, trees);
    parser.checks = checks;
    let mut map = Map::default();
    if text.len() > LONGEST {
        parser.report(
            Code::TooLong,
            Span::default(),
            format!("the text has more than {LONGEST} bytes"),
            None,
        );
    } else {
        parser.advance();
        map = parser.map();
        map.comments = std::mem::take(&mut parser.comments);
    }
    Parsed {
        map,
        diagnostics: parser.diagnostics,
    }
}

/// The statement cannot be read; why is among the diagnostics already.
#[derive(Debug)]
struct Failed;

type Parse<T> = Result<T, Failed>;

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    /// Of a mark its bytes as a number, else 0.
    mark: u16,
    span: Span,
}

impl Token {
    /// Of the bytes of a text.
    #[inline(always)]
    fn new(kind: Kind, bytes: &[u8], start: usize, end: usize) -> Self {
        let mark = match kind {
            Kind::Mark => mark_number(bytes.get(start..end).unwrap_or_default()),
            _ => 0,
        };
        let span = Span::new(start, end);
        Self { kind, mark, span }
    }
}

/// The bytes of a mark as a number. The marks that mean something have two at most, all of ASCII, and others have a number of none of them.
#[inline(always)]
const fn mark_number(mark: &[u8]) -> u16 {
    match *mark {
        [] => 0,
        [only] => only as u16,
        [first, second, ..] => first as u16 | (second as u16) << 8,
    }
}

struct Parser<'a> {
    source: SourceText<'a>,
    /// The word that is next.
    token: Token,
    /// The end of the word before it.
    last: u32,
    depth: usize,
    comments: Vec<Comment>,
    diagnostics: Vec<Diagnostic>,
    /// Whether expressions are parsed too.
    checks: bool,
    trees: &'a mut Trees,
}

impl<'a> Parser<'a> {
    fn new(file: &'a str, text: &'a str, trees: &'a mut Trees) -> Self {
        let token = Token::new(Kind::End, &[], 0, 0);
        Self {
            source: SourceText { file, text },
            token,
            last: 0,
            depth: 0,
            comments: Vec::new(),
            diagnostics: Vec::new(),
            checks: true,
            trees,
        }
    }

    /// Goes to the next word, remembering comments on the way.
    #[inline(never)]
    fn advance(&mut self) {
        let bytes = self.source.text.as_bytes();
        self.last = self.token.span.end;
        let start = lexer::spaces(bytes, self.last as usize);
        match lexer::short(bytes, start) {
            Some((kind, end)) if self.diagnostics.len() < MOST_ERRORS => {
                self.token = Token::new(kind, bytes, start, end);
            }
            _ => self.advance_any(),
        }
    }

    #[inline(never)]
    fn advance_any(&mut self) {
        self.token = self.word_at(self.last as usize, true);
    }

    /// Goes to the first word at or after an offset.
    fn jump(&mut self, offset: usize) {
        self.token.span = Span::new(offset, offset);
        self.advance();
    }

    /// The word after the next one.
    #[inline(never)]
    fn peek(&mut self) -> Token {
        self.word_at(self.token.span.end as usize, false)
    }

    /// Whether the word after the next one is one of these marks, none of which begins another word.
    fn next_is(&mut self, marks: &[u8]) -> bool {
        let bytes = self.source.text.as_bytes();
        match bytes.get(lexer::spaces(bytes, self.token.span.end as usize)) {
            Some(byte) if marks.contains(byte) => true,
            // A comment, or white space of another kind.
            Some(b'/' | 0..0x20 | 0x80..) => {
                let next = self.peek();
                u8::try_from(next.mark).is_ok_and(|mark| mark != 0 && marks.contains(&mark))
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn word_at(&mut self, at: usize, keep_comments: bool) -> Token {
        let bytes = self.source.text.as_bytes();
        let start = lexer::spaces(bytes, at);
        match lexer::plain(bytes, start) {
            Some((kind, end)) if self.diagnostics.len() < MOST_ERRORS => Token::new(kind, bytes, start, end),
            _ => self.any_word_at(at, keep_comments),
        }
    }

    #[inline(never)]
    fn any_word_at(&mut self, mut at: usize, keep_comments: bool) -> Token {
        if self.diagnostics.len() >= MOST_ERRORS {
            let end = self.source.text.len();
            return Token::new(Kind::End, &[], end, end);
        }
        // Where the word or the comment before ended.
        let mut before = at;
        loop {
            let rest = self.rest(at);
            at += lexer::white_space(rest);
            let rest = self.rest(at);
            let Some(length) = lexer::comment(rest) else {
                let (kind, length) = lexer::token(rest);
                return Token::new(kind, self.source.text.as_bytes(), at, at + length);
            };
            if keep_comments
                && self
                    .comments
                    .last()
                    .is_none_or(|known| (known.span.start as usize) < at)
            {
                let between = self.source.text.get(before..at).unwrap_or_default();
                let text = rest.get(..length).unwrap_or_default().trim_end().to_owned();
                self.comments.push(Comment {
                    text,
                    span: Span::new(at, at + length),
                    trailing: before > 0 && !between.contains(['\n', '\r']),
                });
            }
            at += length;
            before = at;
        }
    }

    fn rest(&self, at: usize) -> &'a str {
        self.source.text.get(at..).unwrap_or_default()
    }

    fn slice(&self, span: Span) -> &'a str {
        self.source
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The text of the word that is next.
    fn text(&self) -> &'a str {
        self.slice(self.token.span)
    }

    /// From where something began to the end of the last word read.
    fn since(&self, start: Span) -> Span {
        Span {
            start: start.start,
            end: self.last.max(start.end),
        }
    }

    #[inline]
    fn is_mark(&self, mark: &str) -> bool {
        self.token.mark == mark_number(mark.as_bytes())
    }

    #[inline]
    fn is_word(&self, word: &str) -> bool {
        self.token.kind == Kind::Identifier && self.text() == word
    }

    #[inline]
    fn take_mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.advance();
        }
        found
    }

    #[inline]
    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    #[inline]
    fn expect_mark(&mut self, mark: &str) -> Parse<()> {
        if self.take_mark(mark) {
            Ok(())
        } else {
            self.expected_mark(mark)
        }
    }

    #[cold]
    fn expected_mark(&mut self, mark: &str) -> Parse<()> {
        self.expected(&format!("`{mark}`"))
    }

    /// A word or a backticked name.
    fn name(&mut self, what: &str) -> Parse<Name> {
        let span = self.token.span;
        let text = match self.token.kind {
            Kind::Identifier => self.text().into(),
            Kind::Delimited => lexer::unescape(inner(self.text(), 1)),
            _ => return self.expected(what),
        };
        self.advance();
        Ok(Name { text, span })
    }

    /// `'text'` or `"text"`.
    fn quoted(&mut self, what: &str) -> Parse<Text> {
        let span = self.token.span;
        if !matches!(self.token.kind, Kind::String | Kind::DoubleQuoted) {
            return self.expected(what);
        }
        let value = lexer::unescape(inner(self.text(), 1));
        self.advance();
        Ok(Text { value, span })
    }

    /// `a.b.c`. `[x]` after a name, as old maps write choice elements, is dropped.
    fn path(&mut self, what: &str) -> Parse<Path> {
        let context = self.name(what)?;
        let start = context.span;
        let mut elements = Few::default();
        while self.is_mark(".") {
            self.advance();
            elements.push(self.name("an element")?);
            if self.is_mark("[") && self.rest(self.token.span.start as usize).starts_with("[x]") {
                self.jump(self.token.span.start as usize + 3);
            }
        }
        Ok(Path {
            context,
            elements,
            span: self.since(start),
        })
    }

    /// Goes one level deeper, up to the limit.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= DEEPEST {
            return self.fail(
                Code::TooDeep,
                self.token.span,
                format!("rules nest deeper than {DEEPEST}"),
                None,
            );
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Names what was expected and what is there.
    fn expected<T>(&mut self, what: &str) -> Parse<T> {
        let found = match self.token.kind {
            Kind::End => "the end of the text".to_owned(),
            Kind::Unterminated => "a quote that is not closed".to_owned(),
            Kind::String | Kind::DoubleQuoted | Kind::TripleQuoted => "a quoted text".to_owned(),
            Kind::Metadata => "`///`".to_owned(),
            _ => format!("`{}`", self.text()),
        };
        let help = match self.token.kind {
            Kind::Identifier => nearest::help(self.text(), RESERVED.iter().chain(CONTEXTUAL).copied()),
            Kind::Unterminated => Some("write `\\'` for a quote inside of `'..'`".to_owned()),
            Kind::Mark if self.is_mark("-") => Some("sources and targets are divided by `->`".to_owned()),
            _ => None,
        };
        let help = self.open_quote().or(help);
        let message = format!("expected {what}, found {found}");
        self.fail(Code::Syntax, self.token.span, message, help)
    }

    /// Says where the quoted text before this word begins if it goes on over the end of its line: as a rule its closing quote was forgotten there.
    fn open_quote(&self) -> Option<String> {
        let before = self.source.text.get(..self.last as usize)?;
        let quote = before
            .chars()
            .next_back()
            .filter(|last| matches!(last, '\'' | '"'))?;
        let within = before.get(..before.len() - 1)?;
        let start = within.rfind(quote)?;
        if !within.get(start..)?.contains('\n') {
            return None;
        }
        let line = within.get(..start)?.matches('\n').count() + 1;
        Some(format!(
            "the quoted text before it begins in line {line}: is its quote closed there?"
        ))
    }

    fn fail<T>(&mut self, code: Code, span: Span, message: String, help: Option<String>) -> Parse<T> {
        self.report(code, span, message, help);
        Err(Failed)
    }

    fn report(&mut self, code: Code, span: Span, message: String, help: Option<String>) {
        if self.diagnostics.len() < MOST_ERRORS {
            let starts = self.source.line_starts();
            self.diagnostics
                .push(self.source.diagnostic(&starts, code, span, message, help));
            if self.diagnostics.len() == MOST_ERRORS {
                self.advance();
            }
        }
    }

    /// Skips to behind the `;` that ends a broken statement, or before the `}` that ends its block.
    fn skip_statement(&mut self) {
        let mut depth = 0_usize;
        while self.token.kind != Kind::End {
            match self.text() {
                "{" => depth += 1,
                "}" if depth == 0 => return,
                "}" => depth -= 1,
                ";" if depth == 0 => {
                    self.advance();
                    return;
                }
                "group" if depth == 0 && self.at_line_start() => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// Whether the next word is the first of its line.
    fn at_line_start(&self) -> bool {
        let before = self
            .source
            .text
            .get(..self.token.span.start as usize)
            .unwrap_or_default();
        before.ends_with(['\n', '\r']) || before.is_empty()
    }
}

/// The text without the quotes around it.
fn inner(quoted: &str, width: usize) -> &str {
    quoted
        .get(width..quoted.len().saturating_sub(width))
        .unwrap_or_default()
}
