//! The walk over bytes in a set where characters take several of them, or where sets are switched.

use alloc::string::String;
use alloc::vec::Vec;

use super::encoding::{decode, decode_double, katakana};
use super::shift::{Set, Shift};
use super::{Charset, Reading};
use crate::delimiters::EncodingCharacters;
use crate::parse::escape::{Escape, escape};

/// A copy of `bytes` in which every byte that is part of a character, whatever it equals, is no delimiter.
pub(crate) fn mask(bytes: &[u8], characters: &EncodingCharacters, reading: Reading) -> Vec<u8> {
    // Above 0x7F nothing separates.
    const INSIDE: u8 = 0x80;
    let mut out = bytes.to_vec();
    let mut shift = Shift::new(reading.charset);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'\r' | b'\n') {
            shift = Shift::new(reading.charset);
            at += 1;
            continue;
        }
        let taken = reading
            .shifts
            .then(|| shift.take(&bytes[at..], characters.escape))
            .flatten();
        // What follows an escape sequence is no switch together with its end.
        if taken.is_none()
            && Some(byte) == characters.escape
            && !shift.hides()
            && let Some(inside) = inside(&bytes[at..])
            && !inside.iter().any(|byte| characters.separates(*byte))
        {
            at += inside.len() + 2;
            continue;
        }
        let (width, inside) = match taken {
            Some(length) => (length, true),
            None => {
                let width = reading.width(&shift, &bytes[at..]).max(1);
                (width, width > 1 || (shift.hides() && matches!(byte, 0x21..=0x7E)))
            }
        };
        if inside && let Some(part) = out.get_mut(at..at + width) {
            part.fill(INSIDE);
        }
        at += width;
    }
    out
}

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(String),
    /// The inside of an escape sequence.
    Sequence(&'a [u8]),
}

/// Cuts a value into text and escape sequences; those that stay as they were sent are text unless `all` are asked for.
/// An error says whether the set is unsupported.
pub(crate) fn pieces<'a>(
    raw: &'a [u8],
    mark: Option<u8>,
    reading: Reading,
    all: bool,
    mut give: impl FnMut(Piece<'a>),
) -> Result<(), bool> {
    let mut shift = Shift::new(reading.charset);
    let mut text = String::new();
    let (mut run, mut at) = (0, 0);
    while let Some(&byte) = raw.get(at) {
        let before = shift;
        if reading.shifts
            && let Some(length) = shift.take(&raw[at..], mark)
        {
            run_text(&raw[run..at], reading, &before, &mut text)?;
            at += length;
            run = at;
            continue;
        }
        if Some(byte) == mark
            && !shift.hides()
            && let Some(inside) = inside(&raw[at..])
        {
            run_text(&raw[run..at], reading, &shift, &mut text)?;
            if all || escape(inside) != Some(Escape::Kept) {
                give(Piece::Text(core::mem::take(&mut text)));
                give(Piece::Sequence(inside));
            } else {
                let sequence = &raw[at..at + inside.len() + 2];
                text.extend(sequence.iter().map(|&byte| char::from(byte)));
            }
            at += inside.len() + 2;
            run = at;
            continue;
        }
        at += reading.width(&shift, &raw[at..]).max(1);
    }
    run_text(raw.get(run..).unwrap_or(&[]), reading, &shift, &mut text)?;
    give(Piece::Text(text));
    Ok(())
}

/// The inside of the escape sequence at the start of `bytes`, their first being the escape character.
fn inside(bytes: &[u8]) -> Option<&[u8]> {
    let (mark, rest) = bytes.split_first()?;
    let inside = rest.get(..memchr::memchr(*mark, rest)?)?;
    escape(inside).map(|_| inside)
}

/// Appends the text of a run without switches and escape sequences.
fn run_text(run: &[u8], reading: Reading, shift: &Shift, out: &mut String) -> Result<(), bool> {
    let (low, right) = (shift.low(), shift.right);
    if reading.charset.is_opaque() && !run.is_ascii() {
        return Err(true);
    }
    let low_is_own = matches!(low, Set::Base | Set::Ascii);
    if low_is_own && (right == Set::Base || run.is_ascii()) {
        return decode(reading.charset, run, out);
    }
    // With KS X 1001 as the set of the message both ways lead to the same table.
    if low_is_own && reading.charset == Charset::KsX1001 {
        return decode(reading.charset, run, out);
    }
    let mut rest = run;
    while let Some(&byte) = rest.first() {
        let width = reading.width(shift, rest).max(1);
        let set = if byte < 0x80 { low } else { right };
        let code = byte & 0x7F;
        match (set, rest.get(1)) {
            _ if byte < 0x21 || byte == 0x7F => out.push(char::from(byte)),
            (Set::Double(set), Some(second)) if width == 2 => {
                out.push(decode_double(set, [code, second & 0x7F])?);
            }
            (Set::Double(_), _) => return Err(false),
            (Set::Base, _) => decode(reading.charset, &rest[..width], out)?,
            (Set::Ascii, _) => out.push(char::from(code)),
            (Set::Roman, _) => out.push(roman(code)),
            (Set::Katakana, _) => out.push(katakana(code).ok_or(false)?),
            (Set::Upper(charset), _) => decode(charset, &[code | 0x80], out)?,
            (Set::Other, _) => return Err(true),
        }
        rest = &rest[width..];
    }
    Ok(())
}

fn roman(code: u8) -> char {
    match code {
        b'\\' => '¥',
        b'~' => '‾',
        _ => char::from(code),
    }
}

#[cfg(all(test, feature = "charsets"))]
mod tests {
    use super::*;

    fn text(raw: &[u8], charset: Charset, alternates: bool) -> Result<String, bool> {
        let reading = Reading::new(charset, alternates);
        reading
            .text(raw, &EncodingCharacters::default(), false)
            .map(Into::into)
    }

    #[test]
    fn iso_2022() {
        assert_eq!(
            text(b"a\x1b$B;3\x1b(Bb", Charset::Ascii, true).as_deref(),
            Ok("a山b")
        );
        assert_eq!(
            text(b"\\M2442\\;3\\C2842\\ c\\T\\d", Charset::Ascii, true).as_deref(),
            Ok("山 c&d")
        );
        assert_eq!(
            text(b"\x1b$(D0!\x1b(B", Charset::IsoIr159, false).as_deref(),
            Ok("丂")
        );
        assert_eq!(
            text(b"\x1b(I1\\\x1b(J\\", Charset::Ascii, true).as_deref(),
            Ok("ｱﾜ¥")
        );
        assert_eq!(
            text(b"\x1b-F\xE1\x1b-A\xE1", Charset::Ascii, true).as_deref(),
            Ok("αá")
        );
        assert_eq!(
            text(b"\x0e1h\x0f!", Charset::KsX1001, false).as_deref(),
            Ok("김!")
        );
        assert_eq!(text(b"\xB1\\~", Charset::IsoIr14, false).as_deref(), Ok("ｱ¥‾"));
    }

    #[test]
    fn refused() {
        assert_eq!(text(b"\x1b$B;\x1b(B", Charset::Ascii, true), Err(false));
        assert_eq!(text(b"\x1b$(G!!\x1b(B", Charset::Ascii, true), Err(true));
        assert_eq!(text(b"\xA4", Charset::Big5, false), Err(false));
        assert_eq!(text(b"\xA4", Charset::Unknown, false), Err(true));
    }

    #[test]
    fn sequences_in_the_set_of_the_message() {
        assert_eq!(
            text(b"\\XA4A4\\\\T\\", Charset::Big5, false).as_deref(),
            Ok("中&")
        );
        assert_eq!(text(b"\\XA3\\", Charset::Iso8859_2, false).as_deref(), Ok("Ł"));
        assert_eq!(
            text(b"\\X0E\\a\\X0F\\", Charset::Ascii, true).as_deref(),
            Ok("\x0ea\x0f")
        );
        assert_eq!(text(b"\\XA4\\", Charset::Big5, false).as_deref(), Ok("\\XA4\\"));
        // 0xA65C and 0xA5 0x7C are one character each.
        assert_eq!(
            text(b"\xA6\x5C\xA5\x7C", Charset::Big5, false).as_deref(),
            Ok("吒四")
        );
    }

    #[test]
    fn delimiters_inside_characters() {
        let masked = |bytes: &[u8], charset, alternates| {
            mask(
                bytes,
                &EncodingCharacters::default(),
                Reading::new(charset, alternates),
            )
        };
        assert_eq!(masked(b"\xA5|^\xA6", Charset::Big5, false), b"\x80\x80^\xA6");
        assert_eq!(
            masked(b"\x81\x30\x81\x30|", Charset::Gb18030, false),
            b"\x80\x80\x80\x80|"
        );
        assert_eq!(
            masked(b"a|\x1b$B|^\x1b(B|\x1b$B~\r|", Charset::Ascii, true),
            b"a|\x80\x80\x80\x80\x80\x80\x80\x80|\x80\x80\x80\x80\r|"
        );
        // A switch as text, one behind a sequence that is none, and one behind a delimiter.
        assert_eq!(
            masked(b"\\E\\M2442\\E\\|^", Charset::Ascii, true),
            b"\\E\\M2442\\E\\|^"
        );
        for bytes in [&b"\\Q\\M2442\\|^"[..], b"\\Z|\\M2442\\|^"] {
            let masked = masked(bytes, Charset::Ascii, true);
            assert_eq!(&masked[..masked.len() - 9], &bytes[..bytes.len() - 9]);
            assert_eq!(&masked[masked.len() - 9..], [0x80; 9]);
        }
    }
}
