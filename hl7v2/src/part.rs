//! A value cut into text and escape sequences, as [`Place::text`] reads it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Piece, pieces};
use crate::escape::sequence;
use crate::message::Message;
use crate::value::Place;

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(String),
    /// The inside of a sequence that is resolved.
    Known(&'a [u8]),
    /// The inside of one that stays as it was sent, such as `Zab`.
    Kept(&'a [u8]),
}

/// The parts of a place without parts of a lower level. An error says whether the character set is unsupported.
pub(crate) fn parts<'m>(message: &Message<'_>, place: Place<'m>) -> Result<Vec<Part<'m>>, bool> {
    let (characters, reading) = (message.encoding_characters(), message.reading());
    let mark = characters.escape.filter(|_| !place.is_literal());
    let mut parts = Vec::new();
    pieces(place.raw(), mark, reading, true, |piece| {
        parts.push(match piece {
            Piece::Text(text) => Part::Text(text),
            Piece::Sequence(inside) if sequence(&mut String::new(), inside, &characters, reading) => {
                Part::Known(inside)
            }
            Piece::Sequence(inside) => Part::Kept(inside),
        });
    })?;
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_value() {
        let bytes = b"MSH|^~\\&|\rNTE|1||a\\Zb\\F\\T\\c\\P\\\\XE9\\\\X41\\\\Q\\H\\d\\e";
        let message = Message::parse(bytes).unwrap();
        let place = message.find("NTE-3").unwrap().unwrap();
        let text = |text: &str| Part::Text(text.into());
        assert_eq!(
            parts(&message, place).unwrap(),
            [
                text("a"),
                Part::Kept(b"Zb"),
                text("F"),
                Part::Known(b"T"),
                text("c"),
                Part::Kept(b"P"),
                text(""),
                Part::Kept(b"XE9"),
                text(""),
                Part::Known(b"X41"),
                text("\\Q"),
                Part::Known(b"H"),
                text("d\\e"),
            ]
        );
    }
}
