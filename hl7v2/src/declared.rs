//! What MSH-18 declares, and the character set that follows from it and from the bytes.

use crate::charset::{Charset, Reading, mask};
use crate::finding::Code;
use crate::location::Location;
use crate::message::Message;

/// What MSH-18 says, as far as it can be seen before the character set is settled.
pub(crate) struct Declared {
    /// The set of the first repetition; `None` when that is empty.
    pub(crate) charset: Option<Charset>,
    /// The reading, if bytes of the message that equal delimiters may be parts of characters.
    pub(crate) hidden: Option<Reading>,
}

impl Message<'_> {
    /// Reads MSH-18 from the index, or around it where characters in MSH hide delimiters.
    pub(crate) fn declared(&self) -> Declared {
        let field = self.segment_at(1).and_then(|msh| msh.field(18));
        let first = field.and_then(|field| field.repetition(1));
        let mut charset = first.and_then(|first| Charset::named(first.raw()));
        let mut reading =
            field.map(|field| Reading::new(charset.unwrap_or(Charset::Ascii), field.repetition_count() > 1));
        if matches!(charset, None | Some(Charset::Unknown))
            && let Some((named, guessed)) = self.declared_behind_characters()
        {
            (charset, reading) = (named, Some(guessed));
        }
        let escape = self.encoding_characters().escape();
        let hidden = reading
            .filter(|reading| !reading.is_plain() && reading.hides_delimiters(self.as_bytes(), escape));
        Declared { charset, hidden }
    }

    /// MSH-18 of an MSH in which characters of several bytes may hide delimiters: the declaration that is found
    /// when it is read as it says itself.
    fn declared_behind_characters(&self) -> Option<(Option<Charset>, Reading)> {
        let msh = self.segment_at(1)?.raw();
        if msh.is_ascii() && memchr::memchr2(0x1B, 0x0E, msh).is_none() {
            return None;
        }
        let characters = self.encoding_characters();
        let tried = [
            Reading::new(Charset::Ascii, true),
            Reading::new(Charset::Big5, false),
            Reading::new(Charset::Gb18030, false),
        ];
        tried.into_iter().find_map(|trial| {
            let masked = mask(msh, &characters, trial);
            let field = masked.split(|&byte| byte == characters.field()).nth(17)?;
            let mut repetitions = field.split(|&byte| Some(byte) == characters.repetition());
            let charset = Charset::named(repetitions.next()?);
            let reading = Reading::new(charset.unwrap_or(Charset::Ascii), repetitions.next().is_some());
            let fits = if trial.shifts {
                reading.shifts
            } else {
                reading.charset == trial.charset
            };
            fits.then_some((charset, reading))
        })
    }

    /// Decides on the character set from MSH-18 and the bytes.
    pub(crate) fn resolve_charset(&mut self, named: Option<Charset>) {
        if self.decoded {
            return self.settle_text(named);
        }
        let declared = self.segment_at(1).and_then(|msh| msh.field(18));
        let alternates = declared.is_some_and(|field| field.repetition_count() > 1);
        let place = declared.map_or(0, |field| field.range().start);
        let bytes = self.as_bytes();
        // Of text in UTF-8 nobody asks.
        let ascii = !(named == Some(Charset::Utf8) && !alternates && self.is_text()) && bytes.is_ascii();
        let first = || bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
        let mut noticed = None;
        let charset = match named {
            Some(Charset::Utf8) => {
                if !self.is_text() {
                    let error = core::str::from_utf8(bytes).err();
                    noticed = error.map(|error| (Code::CharsetInvalid, error.valid_up_to()));
                }
                Charset::Utf8
            }
            None | Some(Charset::Ascii) if !ascii => match first() {
                // A byte order mark says UTF-8 already.
                0 if self.is_text() => Charset::Utf8,
                first if self.is_text() => {
                    noticed = Some((Code::CharsetUndeclared, first));
                    Charset::Utf8
                }
                // The upper half may be that of a set switched to: `unreadable` says whether it is.
                _ if alternates && memchr::memchr(0x1B, bytes).is_some() => Charset::Ascii,
                first => {
                    noticed = Some((Code::CharsetFallback, first));
                    Charset::Iso8859_1
                }
            },
            named => named.unwrap_or(Charset::Ascii),
        };
        let reading = Reading::new(charset, alternates);
        let noticed = noticed.map(|(code, offset)| (code, offset, self.locate(offset)));
        self.set_reading(reading, reading.stands(bytes, ascii));
        let noticed = match noticed {
            None if !reading.is_plain() => self.unreadable(place, ascii),
            noticed => noticed,
        };
        if let Some((code, offset, location)) = noticed {
            self.report(code, offset, location);
        }
    }

    /// The character set of a message that is text already.
    fn settle_text(&mut self, named: Option<Charset>) {
        self.set_reading(Reading::new(Charset::Utf8, false), true);
        let first = self.as_bytes().iter().position(|byte| !byte.is_ascii());
        // A byte order mark says UTF-8 already.
        if let Some(first @ 1..) = first
            && named != Some(Charset::Utf8)
        {
            self.report(Code::CharsetUndeclared, first, self.locate(first));
        }
    }

    /// What a set that is not plain comes to: its name if it is not read and would have to be, else the first
    /// value that does not fit it.
    fn unreadable(&self, place: usize, ascii: bool) -> Option<(Code, usize, Option<Location>)> {
        let bytes = self.as_bytes();
        if ascii && memchr::memchr2(0x1B, 0x0E, bytes).is_none() {
            return None;
        }
        let location = Location {
            field: 18,
            ..self.index.location(0)
        };
        let unsupported = Some((Code::CharsetUnsupported, place, Some(location)));
        // Where the whole field counts, each is looked at once, not for each of its leaves.
        let reading = self.reading();
        let mut fields = self.segments().flat_map(|segment| segment.fields());
        if fields.any(|field| reading.refuses(field.raw())) {
            return unsupported;
        }
        if reading.charset.is_opaque() && memchr::memchr(0x0E, bytes).is_none() {
            return None;
        }
        let leaves = self
            .segments()
            .flat_map(|segment| segment.fields())
            .flat_map(|field| field.repetitions())
            .flat_map(|repetition| repetition.components())
            .flat_map(|component| component.subcomponents());
        let error = leaves.filter_map(|leaf| leaf.try_text().err()).next()?;
        if error.code() == Code::CharsetInvalid.as_str() {
            return Some((Code::CharsetInvalid, error.offset(), Some(error.location())));
        }
        unsupported
    }
}
