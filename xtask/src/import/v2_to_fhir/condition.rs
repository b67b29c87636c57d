//! The conditions of the tables (`IF XTN.3 NOT IN ("Internet", "X.400") AND XTN.7 NOT VALUED`) as FHIRPath.
//!
//! ```text
//! condition = alternative { OR alternative }
//! alternative = term { AND term }
//! term = "(" condition ")" | [ places ] predicate
//! places = place { (AND | OR) place }          all of them have the predicate
//! predicate = [IS | DOES] [NOT] ( VALUED | EXIST | EMPTY | [EQUALS | EQUAL TO | =] (literal | place) | IN list | COUNT (= | >) number | LENGTH GREATER THAN number )
//! ```
//!
//! Where two terms stand beside each other without a word, both have to hold; a parenthesis that is not closed ends with the condition.

use super::place::{Place, Scope};

/// The FHIRPath of a condition, for the `where` of a source that stands at `own`; a predicate without a place is about `row`.
pub(super) fn fhirpath(text: &str, scope: &Scope<'_>, own: &Place, row: &Place) -> Result<String, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        scope,
        own,
        row,
        subject: None,
    };
    let found = parser.condition()?;
    if parser.at < tokens.len() {
        return Err(format!(
            "the condition has something left over at its word {}",
            parser.at + 1
        ));
    }
    Ok(found)
}

/// Whether a condition is of the kind that only an empty field fulfils.
pub(super) fn is_of_nothing(text: &str, own: &Place) -> bool {
    let Ok(tokens) = tokens(text) else {
        return false;
    };
    let rest: Vec<&Token> = tokens.iter().filter(|token| !token.is_word("IS")).collect();
    match rest.as_slice() {
        [not, valued, ..] if not.is_word("NOT") && valued.is_word("VALUED") => true,
        [Token::Word(place), not, valued, ..] if not.is_word("NOT") && valued.is_word("VALUED") => {
            Place::parse(place).as_ref() == Some(own)
        }
        _ => false,
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(String),
    Open,
    Close,
    Comma,
    Equal,
    More,
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let mark = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            '=' => Some(Token::Equal),
            '>' => Some(Token::More),
            _ => None,
        };
        if let Some(mark) = mark {
            tokens.push(mark);
            rest = &rest[1..];
        } else if first == '"' {
            let (literal, after) = rest[1..]
                .split_once('"')
                .ok_or("a quoted word of the condition does not end")?;
            tokens.push(Token::Literal(literal.to_owned()));
            rest = after;
        } else if first.is_whitespace() {
            rest = rest.trim_start();
        } else {
            let end = rest
                .find(|one: char| one.is_whitespace() || "(),=>\"".contains(one))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            // `IF` opens a condition and stands before later terms too; `ARE` is a misspelled filler once.
            if !["IF", "ARE", "AREA", "LST.COUNT"].contains(&word.to_ascii_uppercase().as_str()) {
                tokens.push(Token::Word(word.to_owned()));
            } else if word.eq_ignore_ascii_case("LST.COUNT") {
                tokens.push(Token::Word("COUNT".to_owned()));
            }
            rest = after;
        }
    }
    Ok(tokens)
}

struct Parser<'p> {
    tokens: &'p [Token],
    at: usize,
    scope: &'p Scope<'p>,
    own: &'p Place,
    row: &'p Place,
    /// What the predicate before was about.
    subject: Option<String>,
}

impl Parser<'_> {
    fn condition(&mut self) -> Result<String, String> {
        let mut all = vec![self.alternative()?];
        while self.word("OR") {
            all.push(self.alternative()?);
        }
        Ok(joined(all, " or "))
    }

    fn alternative(&mut self) -> Result<String, String> {
        let mut all = vec![self.term()?];
        while self.word("AND") || self.is_next_term() {
            all.push(self.term()?);
        }
        Ok(joined(all, " and "))
    }

    /// Whether a term follows without a word between: another place, or the opposite of what was said of this one.
    fn is_next_term(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|token| {
            token.is_word("NOT") || matches!(token, Token::Word(word) if Place::parse(word).is_some())
        })
    }

    fn term(&mut self) -> Result<String, String> {
        if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.condition()?;
            if self.at < self.tokens.len() {
                self.expect(&Token::Close)?;
            }
            return Ok(format!("({inner})"));
        }
        let (places, word) = self.places()?;
        let mut subjects: Vec<String> = places
            .iter()
            .map(|place| self.scope.fhirpath(place, self.own))
            .collect::<Result<_, _>>()?;
        if subjects.is_empty() {
            subjects.push(match self.subject.take() {
                Some(subject) => subject,
                None => self.scope.fhirpath(self.row, self.own)?,
            });
        }
        self.subject = subjects.last().cloned();
        let start = self.at;
        let mut all = Vec::new();
        for subject in subjects {
            self.at = start;
            all.push(self.predicate(&subject)?);
        }
        let several = all.len() > 1;
        let made = all.join(word);
        Ok(if several { format!("({made})") } else { made })
    }

    /// Places up to their predicate, and the word that joins them.
    fn places(&mut self) -> Result<(Vec<Place>, &'static str), String> {
        let mut places = Vec::new();
        let mut joined = " and ";
        while let Some(Token::Word(word)) = self.tokens.get(self.at) {
            let Some(place) = Place::parse(word) else {
                break;
            };
            places.push(place);
            self.at += 1;
            let next = self.tokens.get(self.at + 1);
            let is_more = matches!(next, Some(Token::Word(word)) if Place::parse(word).is_some());
            match self.tokens.get(self.at) {
                Some(token) if is_more && token.is_word("AND") => self.at += 1,
                Some(token) if is_more && token.is_word("OR") => {
                    joined = " or ";
                    self.at += 1;
                }
                _ => break,
            }
        }
        Ok((places, joined))
    }

    fn predicate(&mut self, subject: &str) -> Result<String, String> {
        let _filler = self.word("IS") || self.word("DOES");
        let not = self.word("NOT");
        if self.word("VALUED") || self.word("VALUE") || self.word("EXIST") {
            return Ok(format!("{subject}.{}", if not { "empty()" } else { "exists()" }));
        }
        if self.word("EMPTY") {
            return Ok(format!("{subject}.{}", if not { "exists()" } else { "empty()" }));
        }
        if self.word("COUNT") {
            let sign = match self.tokens.get(self.at) {
                Some(Token::More) => ">",
                Some(Token::Word(word)) if word == "GREATER" => {
                    self.at += 1;
                    ">"
                }
                Some(Token::Word(word)) if word == "LESS" => {
                    self.at += 1;
                    let _filler = self.word("THAN");
                    if self.word("OR") { "<=" } else { "<" }
                }
                _ => "=",
            };
            if matches!(self.tokens.get(self.at), Some(Token::More | Token::Equal)) {
                self.at += 1;
            }
            let number = self.number()?;
            return Ok(format!("{subject}.count() {sign} {number}"));
        }
        if self.word("LENGTH") {
            if !(self.word("GREATER") && self.word("THAN")) {
                return Err("a length is compared in another way".to_owned());
            }
            let number = self.number()?;
            return Ok(format!("{subject}.toString().length() > {number}"));
        }
        if self.word("IN") {
            let list = self.list()?;
            let found = format!("{subject}.where($this in ({list}))");
            return Ok(format!("{found}.{}", if not { "empty()" } else { "exists()" }));
        }
        if self.tokens.get(self.at) == Some(&Token::Equal) || self.word("EQUALS") || self.word("EQUAL") {
            if self.tokens.get(self.at) == Some(&Token::Equal) {
                self.at += 1;
            }
            self.word("TO");
        }
        match self.tokens.get(self.at) {
            Some(Token::Literal(literal)) => {
                self.at += 1;
                let literal = quoted(literal);
                Ok(if not {
                    format!("{subject}.where($this = {literal}).empty()")
                } else {
                    format!("{subject}.where($this = {literal}).exists()")
                })
            }
            Some(Token::Word(word)) if Place::parse(word).is_some() => {
                let place = Place::parse(word).unwrap_or_default();
                // The other place is asked of the segment, whatever the predicate is about.
                let other = self.scope.fhirpath(&place, &Place::default())?;
                self.at += 1;
                let sign = if not { "!=" } else { "=" };
                Ok(format!("{subject} {sign} {other}"))
            }
            _ => Err(format!(
                "the condition is not understood at its word {}",
                self.at + 1
            )),
        }
    }

    fn list(&mut self) -> Result<String, String> {
        self.expect(&Token::Open)?;
        let mut all = Vec::new();
        loop {
            match self.tokens.get(self.at) {
                Some(Token::Literal(literal)) => all.push(quoted(literal)),
                Some(Token::Comma) => {}
                Some(Token::Close) => break,
                _ => return Err("a list of the condition does not end".to_owned()),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(all.join(" | "))
    }

    /// A number, which may follow `EQUALS` or `THAN`.
    fn number(&mut self) -> Result<usize, String> {
        while self.word("THAN") || self.word("EQUALS") {}
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => {
                self.at += 1;
                word.parse()
                    .map_err(|_| "a number of the condition is none".to_owned())
            }
            _ => Err("the condition lacks a number".to_owned()),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        if self.tokens.get(self.at) == Some(token) {
            self.at += 1;
            return Ok(());
        }
        Err(format!(
            "the condition is not understood at its word {}",
            self.at + 1
        ))
    }
}

fn joined(all: Vec<String>, word: &str) -> String {
    all.join(word)
}

/// A text as FHIRPath and FML write it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, own: &str) -> Result<String, String> {
        let scope = Scope::new("XTN", 'c', "v");
        let own = Place::parse(own).unwrap_or_default();
        fhirpath(text, &scope, &own, &own)
    }

    #[test]
    fn conditions_become_fhirpath() {
        assert_eq!(
            of(
                r#"IF XTN.3 NOT IN ("Internet", "X.400") AND XTN.7 NOT VALUED"#,
                "XTN.1"
            )
            .as_deref(),
            Ok("%v.c3.where($this in ('Internet' | 'X.400')).empty() and %v.c7.empty()")
        );
        assert_eq!(
            of("IF XTN.1 AND XTN.2 AREA NOT VALUED", "XTN.4").as_deref(),
            Ok("(%v.c1.empty() and %v.c2.empty())")
        );
        assert_eq!(
            of(r#"IF XTN.4 VALUED AND NOT "SEL""#, "XTN.1").as_deref(),
            Ok("%v.c4.exists() and %v.c4.where($this = 'SEL').empty()")
        );
        assert!(of("IF XTN.4 REFLECTS SOMETHING", "XTN.1").is_err());
    }

    #[test]
    fn what_the_tables_leave_out_is_read() {
        assert_eq!(
            of("IF XTN.4 DOES NOT EXIST AND IF XTN.5 DOES NOT EXIST", "XTN.1").as_deref(),
            Ok("%v.c4.empty() and %v.c5.empty()")
        );
        assert_eq!(
            of("IF XTN.4 NOT VALUED XTN.5 NOT VALUED", "XTN.1").as_deref(),
            Ok("%v.c4.empty() and %v.c5.empty()")
        );
        assert_eq!(
            of("IF XTN.4 IS VALUED NOT EQUAL XTN.5", "XTN.1").as_deref(),
            Ok("%v.c4.exists() and %v.c4 != %v.c5")
        );
        assert_eq!(
            of(r#"IF (XTN.4 EQUALS "SN" AND XTN.5 EQUALS "<>""#, "XTN.1").as_deref(),
            Ok("(%v.c4.where($this = 'SN').exists() and %v.c5.where($this = '<>').exists())")
        );
        assert!(of("IF (XTN.4 VALUED AND XTN.5", "XTN.1").is_err());
    }

    #[test]
    fn a_field_that_is_not_there_is_told() {
        let own = Place::parse("RXA-20").unwrap_or_default();
        assert!(is_of_nothing("IF NOT VALUED", &own));
        assert!(is_of_nothing("IF RXA-20 NOT VALUED", &own));
        assert!(!is_of_nothing("IF RXA-21 NOT VALUED", &own));
    }
}
