//! A value cut into text and escape sequences, as [`Place::text`] reads it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use crate::charset::{Piece, pieces};
use crate::escape::unescape;
use crate::message::Message;
use crate::parse::escape::escape;
use crate::value::Place;

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    /// The inside of a sequence that is resolved.
    Known(Vec<u8>),
    /// The inside of one that stays as it was sent, such as `Zab`.
    Unknown(String),
}

/// The parts of a place without parts of a lower level. An error says whether the character set is unsupported.
pub(crate) fn parts(message: &Message<'_>, place: Place<'_>) -> Result<Vec<Part>, bool> {
    let known = known(message, place)?;
    let mark = message.encoding_characters().escape().map(char::from);
    let mut parts = Vec::with_capacity(known.len());
    let count = known.len();
    for (n, piece) in known.into_iter().enumerate() {
        match piece {
            Piece::Sequence(inside) => parts.push(Part::Known(inside.to_vec())),
            Piece::Text(text) => match mark.filter(|_| !place.is_literal()) {
                Some(mark) => split(&text, mark, n + 1 < count, &mut parts),
                None => parts.push(Part::Text(text)),
            },
        }
    }
    Ok(parts)
}

/// The text, and the escape sequences that are resolved.
fn known<'p>(message: &Message<'_>, place: Place<'p>) -> Result<Vec<Piece<'p>>, bool> {
    let (raw, reading) = (place.raw(), message.reading());
    let mut characters = message.encoding_characters();
    let mut all = Vec::new();
    if !reading.is_plain() && !place.is_literal() {
        pieces(raw, characters.escape(), reading, false, |piece| all.push(piece))?;
        return Ok(all);
    }
    let mark = characters.escape().filter(|_| !place.is_literal());
    let resolved = |sequence: &[u8]| unescape(sequence, &characters, reading.charset) != sequence;
    let (mut run, mut at) = (0, 0);
    let mut runs = Vec::new();
    while let Some(mark) = mark
        && let Some(open) = memchr::memchr(mark, &raw[at..]).map(|n| at + n)
        && let Some(close) = memchr::memchr(mark, &raw[open + 1..]).map(|n| open + 1 + n)
    {
        at = close;
        if resolved(&raw[open..=close]) {
            runs.push((&raw[run..open], Some(&raw[open + 1..close])));
            at = close + 1;
            run = at;
        }
    }
    runs.push((&raw[run..], None));
    characters.escape = None;
    for (text, sequence) in runs {
        let text = reading.text(text, &characters, false)?;
        all.push(Piece::Text(text.into_owned()));
        all.extend(sequence.map(Piece::Sequence));
    }
    Ok(all)
}

/// Cuts text in which sequences that mean nothing here may stand as they were sent. One is told apart only where what
/// follows cannot be read as another sequence.
fn split(text: &str, mark: char, sequence_follows: bool, parts: &mut Vec<Part>) {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once(mark)
        && let Some((inside, next)) = after.split_once(mark)
    {
        let end = next.find(|c: char| c == mark || c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'));
        let following = next.get(..end.unwrap_or(next.len())).unwrap_or_default();
        let closed = end.is_some() || sequence_follows;
        let is_sequence = inside.starts_with(|c: char| c.is_ascii_uppercase())
            && inside.bytes().all(|byte| byte.is_ascii_graphic())
            && !(closed && escape(following.as_bytes()).is_some());
        plain.push_str(before);
        if is_sequence {
            parts.push(Part::Text(mem::take(&mut plain)));
            parts.push(Part::Unknown(inside.to_owned()));
            rest = next;
        } else {
            plain.push(mark);
            plain.push_str(inside);
            // The closing character may open the next one.
            rest = after.get(inside.len()..).unwrap_or_default();
        }
    }
    plain.push_str(rest);
    parts.push(Part::Text(plain));
}
