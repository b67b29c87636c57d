//! Patterns over the text of a fact: `*` is any text, `{PID-5[*].1}` what the message has there.

use carewire_hl7v2::{Message, Path};

/// A compiled pattern.
pub(super) struct Pattern(Vec<Piece>);

enum Piece {
    Text(String),
    /// `*`: any text.
    Any,
    /// `{PATH}`: any of the values at the path, letter by letter; a place without a value stands for nothing.
    Value(Path),
}

impl Pattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['*', '{']) {
            let (text, special) = rest.split_at(at);
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            if let Some(after) = special.strip_prefix('*') {
                pieces.push(Piece::Any);
                rest = after;
                continue;
            }
            let (path, after) = special
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .ok_or("a `{` without its `}`")?;
            let path = Path::parse(path).map_err(|error| format!("{path}: {error}"))?;
            pieces.push(Piece::Value(path));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Whether the whole of the text fits.
    pub(super) fn fits(&self, text: &str, message: &Message<'_>) -> bool {
        fits(&self.0, text, message)
    }
}

/// As deep as the pattern has pieces.
fn fits(pieces: &[Piece], text: &str, message: &Message<'_>) -> bool {
    let Some((piece, others)) = pieces.split_first() else {
        return text.is_empty();
    };
    match piece {
        Piece::Text(start) => text
            .strip_prefix(start.as_str())
            .is_some_and(|rest| fits(others, rest, message)),
        Piece::Any => (0..=text.len())
            .filter_map(|at| text.get(at..))
            .any(|rest| fits(others, rest, message)),
        Piece::Value(path) => message.query(path).any(|place| {
            let value = place.text();
            let value = value.trim();
            !value.is_empty()
                && text
                    .strip_prefix(value)
                    .is_some_and(|rest| fits(others, rest, message))
        }),
    }
}
