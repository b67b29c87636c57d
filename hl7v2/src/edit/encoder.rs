//! Writing values with the delimiters and in the character sets of a message.

use alloc::string::String;
use alloc::vec::Vec;

use super::value::Kind;
use crate::charset::{Charset, Piece, Reading, encode_into, mask, pieces};
use crate::delimiters::EncodingCharacters;
use crate::edit::{EditError, EditErrorKind, Value};
use crate::message::Message;
use crate::parse::escape::{Escape, escape};
use crate::value::Place;

/// How deep a place is, and so which delimiters a value in it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Field,
    Repetition,
    Component,
    Subcomponent,
}

impl Level {
    fn below(self) -> Option<Self> {
        match self {
            Self::Field => Some(Self::Repetition),
            Self::Repetition => Some(Self::Component),
            Self::Component => Some(Self::Subcomponent),
            Self::Subcomponent => None,
        }
    }

    /// The delimiter between two places of this level.
    pub(crate) fn separator(self, characters: &EncodingCharacters) -> Option<u8> {
        match self {
            Self::Field => Some(characters.field),
            Self::Repetition => characters.repetition,
            Self::Component => characters.component,
            Self::Subcomponent => characters.subcomponent,
        }
    }
}

/// What values are written with: the delimiters and character sets of one message.
pub(crate) struct Encoder {
    pub(crate) characters: EncodingCharacters,
    reading: Reading,
    /// The sets of MSH-18, where there are several to switch between.
    sets: Vec<Charset>,
}

/// What was written: whether it holds delimiters, and bytes that were not made from text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Written {
    pub(crate) divided: bool,
    pub(crate) foreign: bool,
}

impl Encoder {
    pub(crate) fn of(message: &Message<'_>) -> Self {
        Self {
            characters: message.encoding_characters(),
            reading: message.reading(),
            sets: message.switchable_sets(),
        }
    }

    pub(crate) fn new(characters: EncodingCharacters, reading: Reading, sets: Vec<Charset>) -> Self {
        Self {
            characters,
            reading,
            sets,
        }
    }

    /// For values that are shown or tested outside a message: the usual delimiters, UTF-8.
    pub(crate) fn usual() -> Self {
        Self {
            characters: EncodingCharacters::default(),
            reading: Reading::new(Charset::Utf8, false),
            sets: Vec::new(),
        }
    }

    fn agrees(&self, other: &Message<'_>) -> bool {
        other.encoding_characters() == self.characters
            && other.reading() == self.reading
            && other.switchable_sets() == self.sets
    }

    /// Appends `value` as it stands at a place of `level`; `last` if the segment ends with it.
    pub(crate) fn write(
        &self,
        value: &Value<'_>,
        level: Level,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<Written, EditError> {
        match &value.0 {
            Kind::Text(text) => {
                self.text(text, out)?;
                Ok(Written::default())
            }
            Kind::Null => {
                out.extend_from_slice(b"\"\"");
                Ok(Written::default())
            }
            Kind::Raw(bytes) => {
                self.check_raw(bytes, level, last)?;
                out.extend_from_slice(bytes);
                Ok(Written {
                    divided: true,
                    foreign: !bytes.is_ascii(),
                })
            }
            Kind::Parts(parts) => {
                let level = if level == Level::Field {
                    Level::Repetition
                } else {
                    level
                };
                self.parts(parts, level.below(), last, out)
            }
            Kind::Repetitions(parts) if level == Level::Field => self.parts(parts, level.below(), last, out),
            Kind::Repetitions(_) => Err(EditError::new(EditErrorKind::Level)),
            Kind::Copy(place) => self.copy(*place, level, out),
        }
    }

    fn parts(
        &self,
        parts: &[Value<'_>],
        level: Option<Level>,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<Written, EditError> {
        let level = level.ok_or(EditError::new(EditErrorKind::Level))?;
        let sent = parts
            .iter()
            .rposition(|part| !part.is_empty())
            .map_or(0, |at| at + 1);
        let mut written = Written {
            divided: sent > 1,
            foreign: false,
        };
        for (n, part) in parts.iter().take(sent).enumerate() {
            if n > 0 {
                out.push(self.separator(level)?);
            }
            let inner = self.write(part, level, last && n + 1 == sent, out)?;
            written.divided |= inner.divided;
            written.foreign |= inner.foreign;
        }
        Ok(written)
    }

    pub(crate) fn separator(&self, level: Level) -> Result<u8, EditError> {
        level
            .separator(&self.characters)
            .ok_or(EditError::new(EditErrorKind::NoDelimiter))
    }

    /// Appends text, escaped and encoded.
    pub(crate) fn text(&self, text: &str, out: &mut Vec<u8>) -> Result<(), EditError> {
        let characters = &self.characters;
        let or_field = |byte: Option<u8>| byte.unwrap_or(characters.field);
        let delimiters = [
            characters.field,
            or_field(characters.component),
            or_field(characters.repetition),
            or_field(characters.escape),
            or_field(characters.subcomponent),
            or_field(characters.truncation),
        ];
        let yen = self.reading.charset == Charset::IsoIr14;
        let special = |byte: u8| {
            !matches!(byte, 0x20..0x7F) || delimiters.contains(&byte) || yen && matches!(byte, b'\\' | b'~')
        };
        let write = |part: &str, at: usize, out: &mut Vec<u8>| {
            encode_into(part, characters, self.reading, &self.sets, out)
                .map_err(|offset| self.refused(text, at + offset))
        };
        if text == "\"\"" {
            return write(text, 0, out);
        }
        let mut rest = text;
        loop {
            let plain = rest.bytes().position(special).unwrap_or(rest.len());
            let (plain, next) = rest.split_at_checked(plain).unwrap_or(("", rest));
            out.extend_from_slice(plain.as_bytes());
            let at = text.len() - next.len();
            match next.split_at_checked(1) {
                Some((one, behind)) => {
                    write(one, at, out)?;
                    rest = behind;
                }
                // From a character outside ASCII on, another set may be switched to.
                None => {
                    return if next.is_empty() {
                        Ok(())
                    } else {
                        write(next, at, out)
                    };
                }
            }
        }
    }

    /// Why the character at an offset of a text cannot be written.
    fn refused(&self, text: &str, offset: usize) -> EditError {
        // An ASCII character fails for want of an escape character only.
        let ascii = text.as_bytes().get(offset).is_some_and(u8::is_ascii);
        let yen = self.reading.charset == Charset::IsoIr14 && self.characters.escape.is_some();
        let kind = if ascii && !yen {
            EditErrorKind::NoDelimiter
        } else {
            EditErrorKind::Unmappable
        };
        EditError::offset_in_value(kind, offset)
    }

    /// Refuses bytes that would be read as more than the place they are for.
    fn check_raw(&self, bytes: &[u8], level: Level, last: bool) -> Result<(), EditError> {
        let characters = &self.characters;
        let mut seen: Vec<u8>;
        let seen = if self.reading.is_plain() {
            bytes
        } else {
            // A value that ends inside a character, or in another set, would take the delimiter after it along.
            // The end of a segment ends both.
            seen = bytes.to_vec();
            seen.push(characters.field);
            seen = mask(&seen, characters, self.reading);
            if seen.pop() != Some(characters.field) && !last {
                return Err(EditError::offset_in_value(EditErrorKind::Raw, bytes.len()));
            }
            &seen[..]
        };
        let above = [
            Some(characters.field),
            characters.repetition.filter(|_| level > Level::Field),
            characters.component.filter(|_| level > Level::Repetition),
            characters.subcomponent.filter(|_| level > Level::Component),
            Some(b'\r'),
        ];
        match seen.iter().position(|byte| above.contains(&Some(*byte))) {
            Some(offset) => Err(EditError::offset_in_value(EditErrorKind::Raw, offset)),
            None => Ok(()),
        }
    }

    fn copy(&self, place: Place<'_>, level: Level, out: &mut Vec<u8>) -> Result<Written, EditError> {
        let foreign = Written {
            divided: true,
            foreign: true,
        };
        if place.is_literal() {
            // The delimiters of another message are text here.
            self.text(&place.text(), out)?;
            return Ok(Written::default());
        }
        let raw = place.raw();
        if place.level() == level && self.agrees(place.message()) && self.check_raw(raw, level, false).is_ok()
        {
            out.extend_from_slice(raw);
            return Ok(foreign);
        }
        // The level of what is copied gives its delimiters; that of the place, those it is written with.
        let parts: Vec<Place<'_>> = place.parts().collect();
        if parts.is_empty() {
            self.copy_leaf(place, out)?;
            return Ok(foreign);
        }
        let below = match (place.level(), level) {
            (Level::Field, Level::Field) => Some(Level::Repetition),
            // A field with one repetition stands for it.
            (Level::Field, _) if parts.len() > 1 => None,
            (Level::Field, _) => {
                return parts
                    .first()
                    .map_or(Ok(foreign), |only| self.copy(*only, level, out));
            }
            (_, Level::Field) => Some(Level::Component),
            (_, level) => level.below(),
        };
        let below = below.ok_or(EditError::new(EditErrorKind::Level))?;
        for (n, part) in parts.into_iter().enumerate() {
            if n > 0 {
                out.push(self.separator(below)?);
            }
            self.copy(part, below, out)?;
        }
        Ok(foreign)
    }

    /// A value without parts, piece by piece: text anew, formatting and local sequences as they are.
    fn copy_leaf(&self, place: Place<'_>, out: &mut Vec<u8>) -> Result<(), EditError> {
        if place.is_null() {
            out.extend_from_slice(b"\"\"");
            return Ok(());
        }
        // What cannot be decoded at all is refused before any piece of it is written.
        place
            .try_text()
            .map_err(|_| EditError::new(EditErrorKind::Undecodable))?;
        let (from, reading) = (place.message().encoding_characters(), place.message().reading());
        let mut failed = None;
        let mut text = String::new();
        let done = pieces(place.raw(), from.escape, reading, true, |piece| match piece {
            Piece::Text(run) => text.push_str(&run),
            Piece::Sequence(inside) => {
                let keeps = match escape(inside) {
                    Some(Escape::Lines(_) | Escape::Spaces(_) | Escape::Layout) => true,
                    Some(Escape::Kept) => matches!(inside.first(), Some(b'Z' | b'.')),
                    _ => false,
                };
                let mark = self.characters.escape.filter(|_| keeps && failed.is_none());
                if let Some(mark) = mark {
                    failed = self.text(&text, out).err();
                    text.clear();
                    out.push(mark);
                    out.extend_from_slice(inside);
                    out.push(mark);
                } else {
                    let sequence = [
                        &from.escape.map_or([b'\\'], |mark| [mark])[..],
                        inside,
                        &from.escape.map_or([b'\\'], |mark| [mark])[..],
                    ]
                    .concat();
                    match reading.text(&sequence, &from, false) {
                        Ok(run) => text.push_str(&run),
                        Err(_) => failed = Some(EditError::new(EditErrorKind::Undecodable)),
                    }
                }
            }
        });
        if done.is_err() {
            return Err(EditError::new(EditErrorKind::Undecodable));
        }
        failed.map_or(Ok(()), Err)?;
        self.text(&text, out)
    }
}
