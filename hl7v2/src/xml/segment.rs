//! A segment that was read from XML, and its ER7.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::XmlReadErrorKind as Kind;
use crate::charset::{Charset, Reading, encode};
use crate::delimiters::EncodingCharacters;
use crate::parse::escape::escape;

/// A part of a text.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    /// The `V` of an `escape` element.
    Escape(String),
}

/// The parts of a repetition by the numbers of component and subcomponent; 0 where there is no such level.
pub(super) type Repetition = BTreeMap<(u32, u32), Vec<Piece>>;

/// A segment: the repetitions of its fields by number.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: [u8; 3],
    pub(super) fields: BTreeMap<u32, Vec<Repetition>>,
}

/// How the text of a message is written.
pub(super) struct Style {
    characters: EncodingCharacters,
    /// MSH-2 as it is written.
    encoding_characters: Vec<u8>,
    reading: Reading,
    sets: Vec<Charset>,
    /// The largest message, in bytes.
    limit: usize,
}

impl Segment {
    pub(super) fn new(id: [u8; 3]) -> Self {
        Self {
            id,
            fields: BTreeMap::new(),
        }
    }

    fn is_header(&self) -> bool {
        matches!(&self.id, b"MSH" | b"FHS" | b"BHS")
    }

    /// The bytes of a field as it stands, without escape sequences: text by way of `encode`, and characters that XML
    /// does not have.
    fn literal(&self, field: u32, encode: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        let repetition = self.fields.get(&field).and_then(|all| all.first());
        let mut out = Vec::new();
        for piece in repetition.iter().flat_map(|parts| parts.values()).flatten() {
            match piece {
                Piece::Text(text) => out.extend(encode(text)?),
                Piece::Escape(inside) => {
                    let digits = inside.strip_prefix('X').unwrap_or_default();
                    let bytes = (0..digits.len() / 2).map(|n| digits.get(2 * n..2 * n + 2));
                    out.extend(bytes.filter_map(|pair| u8::from_str_radix(pair?, 16).ok()));
                }
            }
        }
        Some(out)
    }

    /// Appends the segment and its terminator.
    pub(super) fn write(&self, out: &mut Vec<u8>, style: &Style) -> Result<(), Kind> {
        let separator = style.characters.field();
        out.extend_from_slice(&self.id);
        let mut last = 0;
        if self.is_header() {
            out.push(separator);
            out.extend_from_slice(&style.encoding_characters);
            last = 2;
        }
        let fields = self.fields.iter().filter(|(number, _)| **number > last);
        for (number, repetitions) in fields.collect::<Vec<_>>() {
            style.gap(out, Some(separator), number - last)?;
            last = *number;
            for (n, repetition) in repetitions.iter().enumerate() {
                style.gap(out, style.characters.repetition(), u32::from(n > 0))?;
                style.repetition(out, repetition)?;
            }
        }
        out.push(b'\r');
        Ok(())
    }
}

impl Style {
    /// Reads the delimiters and the character set of a message from its MSH.
    pub(super) fn of(msh: &Segment, limit: usize) -> Result<Self, Kind> {
        let utf8 = |text: &str| Some(text.as_bytes().to_vec());
        let separator = match &msh.literal(1, utf8).unwrap_or_default()[..] {
            [] => b'|',
            [byte] if EncodingCharacters::may_separate(*byte) => *byte,
            _ => return Err(Kind::Delimiters),
        };
        let mut encoding_characters = msh.literal(2, utf8).unwrap_or_default();
        if encoding_characters
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\n') || *byte == separator)
        {
            return Err(Kind::Delimiters);
        }
        if encoding_characters.is_empty() {
            encoding_characters.extend(b"^~\\&".iter().filter(|byte| **byte != separator));
        }
        let (characters, _) = EncodingCharacters::read(separator, &encoding_characters);
        let declared = msh
            .fields
            .get(&18)
            .map_or(&[][..], |repetitions| &repetitions[..]);
        let named = |repetition: &Repetition| {
            let pieces = repetition.values().next()?;
            match &pieces[..] {
                [Piece::Text(name)] => Charset::named(name.as_bytes()),
                _ => None,
            }
        };
        let first = declared.first().and_then(named);
        let several = declared.len() > 1;
        let others = declared.iter().filter_map(named).any(|set| set != Charset::Ascii);
        // What MSH-18 does not announce is read as UTF-8.
        let charset = match first {
            None | Some(Charset::Ascii) if !others => Charset::Utf8,
            first => first.unwrap_or(Charset::Ascii),
        };
        let reading = Reading::new(charset, several);
        if !encoding_characters.is_ascii() {
            // What no delimiter can be is kept all the same.
            let none = EncodingCharacters {
                field: separator,
                component: None,
                repetition: None,
                escape: None,
                subcomponent: None,
                truncation: None,
            };
            let own = msh.literal(2, |text| {
                let bytes = text.chars().map(|c| match u8::try_from(c) {
                    Ok(byte) if byte.is_ascii() => Some(vec![byte]),
                    _ => encode(c.encode_utf8(&mut [0; 4]), &none, reading, &[]).ok(),
                });
                bytes.collect::<Option<Vec<_>>>().map(|bytes| bytes.concat())
            });
            encoding_characters = own.ok_or(Kind::Character)?;
        }
        Ok(Self {
            characters,
            encoding_characters,
            reading,
            sets: declared.iter().filter_map(named).collect(),
            limit,
        })
    }

    /// Writes separators; a few bytes of XML may ask for very many.
    fn gap(&self, out: &mut Vec<u8>, separator: Option<u8>, count: u32) -> Result<(), Kind> {
        if count == 0 {
            return Ok(());
        }
        let separator = separator.ok_or(Kind::Delimiters)?;
        let length = out.len() + count as usize;
        if length > self.limit {
            return Err(Kind::Limit);
        }
        out.resize(length, separator);
        Ok(())
    }

    fn repetition(&self, out: &mut Vec<u8>, parts: &Repetition) -> Result<(), Kind> {
        let (mut component, mut subcomponent) = (1, 1);
        for ((c, s), pieces) in parts {
            let (c, s) = ((*c).max(1), (*s).max(1));
            if c > component {
                self.gap(out, self.characters.component(), c - component)?;
                (component, subcomponent) = (c, 1);
            }
            self.gap(out, self.characters.subcomponent(), s - subcomponent)?;
            subcomponent = s;
            for piece in pieces {
                self.piece(out, piece)?;
            }
        }
        Ok(())
    }

    fn piece(&self, out: &mut Vec<u8>, piece: &Piece) -> Result<(), Kind> {
        let (text, characters) = match piece {
            // In XML too, two quotation marks alone are the explicit null.
            Piece::Text(text) if text == "\"\"" => {
                out.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            Piece::Text(text) => (text, self.characters),
            // Between two escape characters nothing can be escaped.
            Piece::Escape(inside) => {
                let characters = EncodingCharacters {
                    escape: None,
                    truncation: None,
                    ..self.characters
                };
                if inside.contains(|c| self.characters.escape().map(char::from) == Some(c)) {
                    return Err(Kind::Character);
                }
                (inside, characters)
            }
        };
        let bytes = encode(text, &characters, self.reading, &self.sets).map_err(|_| Kind::Character)?;
        let mark = match piece {
            Piece::Text(_) => None,
            Piece::Escape(_) => Some(self.characters.escape().ok_or(Kind::Character)?),
        };
        match mark {
            // In ER7 it would be no sequence, and its end might open one: it is text.
            Some(mark) if escape(&bytes).is_none() => {
                for part in [&[mark, b'E', mark][..], &bytes, &[mark, b'E', mark]] {
                    out.extend_from_slice(part);
                }
            }
            _ => {
                out.extend(mark);
                out.extend_from_slice(&bytes);
                out.extend(mark);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_xml_makes_no_large_message() {
        let mut msh = Segment::new(*b"MSH");
        let far = |component| ((component, 10_000), vec![Piece::Text("x".into())]);
        msh.fields.insert(3, vec![(1..=9).map(far).collect()]);
        let style = Style::of(&msh, 50_000).unwrap();
        let mut out = Vec::new();
        assert_eq!(msh.write(&mut out, &style), Err(Kind::Limit));
        assert!(out.len() <= 50_000);
        let style = Style::of(&msh, 100_000).unwrap();
        assert_eq!(msh.write(&mut Vec::new(), &style), Ok(()));
    }
}
