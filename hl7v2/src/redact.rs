//! A message without its text, for bug reports.

use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Charset, Reading};
use crate::message::Message;
use crate::parse::escape::{Escape, escape};
use crate::part::{Part, parts};
use crate::path::{Path, Ranges};
use crate::segment::Segment;
use crate::value::Place;

/// How to redact: what is kept.
///
/// Every value becomes one of the same shape: capital letters `X`, other letters `x`, digits `1`, so that dates and
/// numbers stay dates and numbers; a letter outside ASCII another one of the same length; white space and punctuation as
/// they are, unless there is nothing else. A value that has this shape already becomes `Y`, `y`, `2`. What is kept:
///
/// - every delimiter, terminator and blank, the segment ids, empty places and the explicit null: reading gives the same
///   parts;
/// - MSH-1 and MSH-2, also of FHS and BHS;
/// - in MSH-9 what looks like a message code, event and structure, MSH-11 of one letter, MSH-12 if it looks like a version,
///   MSH-18 if it names a character set;
/// - OBX-2 and MFE-5, the data type of another field, if it is two or three capital letters;
/// - the set ids: a field of type SI of up to four digits (with the feature `versions`);
/// - escape sequences of delimiters, layout and control characters; in others the letters and digits are replaced;
/// - what the caller [keeps](Self::keep).
///
/// It is no de-identification: lengths, and which places are used, remain. [`lengths`](Self::lengths) drops the lengths.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Path, Redaction};
///
/// let msg = Message::parse(
///     b"MSH|^~\\&|LAB|HOSP|||20240102||ORU^R01|42|T|2.5.1\rPID|1||7^^^A^MR||O'Doe^Ann||\"\"\rOBX|1|ST|8867-4^Pulse||a \\T\\ 61\r",
/// )?;
/// assert_eq!(
///     String::from_utf8(msg.redact())?,
///     "MSH|^~\\&|XXX|XXXX|||11111111||ORU^R01|11|T|2.5.1\rPID|1||1^^^X^XX||X'Xxx^Xxx||\"\"\rOBX|1|ST|1111-1^Xxxxx||x \\T\\ 11\r",
/// );
/// let redaction = Redaction::new().keep(Path::parse("OBX[*]-3[*]")?).lengths(false);
/// assert!(redaction.redact(&msg).ends_with(b"|x'x^x||\"\"\rOBX|1|ST|8867-4^Pulse||x \\T\\ x\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Redaction {
    lengths: bool,
    kept: Vec<Path>,
}

impl Default for Redaction {
    fn default() -> Self {
        Self {
            lengths: true,
            kept: Vec::new(),
        }
    }
}

impl Redaction {
    /// Keeps the lengths of values, and no value but those listed above.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Redaction};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7123||Doe\r")?;
    /// assert!(Redaction::new().redact(&msg).ends_with(b"PID|||1111||Xxx\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps what stands at a path as it was sent: **values of the message**, which the caller answers for.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Path, Redaction};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7123||Doe\r")?;
    /// let redaction = Redaction::new().keep(Path::parse("PID-3")?);
    /// assert!(redaction.redact(&msg).ends_with(b"PID|||7123||Xxx\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keep(mut self, path: Path) -> Self {
        self.kept.push(path);
        self
    }

    /// With `false`, each run of letters and digits becomes one `x`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Redaction};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7123||Doe\r")?;
    /// assert!(Redaction::new().lengths(false).redact(&msg).ends_with(b"PID|||x||x\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lengths(mut self, lengths: bool) -> Self {
        self.lengths = lengths;
        self
    }

    /// The bytes of the message without its text. They read as a message with the same parts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Redaction};
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7123||Doe\r")?;
    /// assert!(Redaction::new().redact(&msg).ends_with(b"PID|||1111||Xxx\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn redact(&self, message: &Message<'_>) -> Vec<u8> {
        let bytes = message.as_bytes();
        let mut writer = Writer {
            message,
            lengths: self.lengths,
            samples: Samples::of(message),
            out: Vec::with_capacity(bytes.len()),
        };
        let kept = message.ranges(&self.kept);
        let mut at = 0;
        for segment in message.segments() {
            let range = segment.range();
            writer.between(bytes.get(at..range.start).unwrap_or_default());
            writer.segment(segment, &kept);
            at = range.end;
        }
        writer.between(bytes.get(at..).unwrap_or_default());
        writer.out
    }
}

impl Message<'_> {
    /// The bytes of the message without its text, for a bug report; see [`Redaction`] for what is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\rPID|1||7\\T\\8||Doe^Ann||\"\"\r")?;
    /// assert!(msg.redact().ends_with(b"PID|1||1\\T\\1||Xxx^Xxx||\"\"\r"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn redact(&self) -> Vec<u8> {
        Redaction::new().redact(self)
    }
}

/// The letters that stand for others outside ASCII, as the message writes them.
struct Samples {
    two: Option<Vec<u8>>,
    three: Option<Vec<u8>>,
}

impl Samples {
    /// In sets where a character takes several bytes and may hide a delimiter there are none.
    fn of(message: &Message<'_>) -> Self {
        let reading = message.reading();
        let wide = reading == Reading::new(Charset::Utf8, false);
        let narrow = reading == Reading::new(Charset::Iso8859_1, false);
        Self {
            two: match (wide, narrow) {
                (true, _) => Some("é".as_bytes().to_vec()),
                (_, true) => Some(vec![0xE9]),
                _ => None,
            },
            three: wide.then(|| "山".as_bytes().to_vec()),
        }
    }
}

struct Writer<'m> {
    message: &'m Message<'m>,
    lengths: bool,
    samples: Samples,
    out: Vec<u8>,
}

impl<'m> Writer<'m> {
    /// Bytes around segments: line ends, blanks, MLLP's bytes, a byte order mark.
    fn between(&mut self, bytes: &[u8]) {
        let (mark, rest) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) if self.out.is_empty() => (&bytes[..3], rest),
            _ => (&[][..], bytes),
        };
        self.out.extend_from_slice(mark);
        let plain = |byte: &u8| {
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                *byte
            } else {
                b' '
            }
        };
        self.out.extend(rest.iter().map(plain));
    }

    fn segment(&mut self, segment: Segment<'m>, kept: &Ranges) {
        let bytes = self.message.as_bytes();
        let range = segment.range();
        let mut at = range.start;
        if segment.id().is_empty() {
            // A line that begins with no segment id must not become one that does; and where a character may hide a
            // delimiter, none of its bytes is left.
            let end = segment.field(1).map_or(range.end, |field| field.range().start);
            let line = bytes.get(at..end).unwrap_or_default();
            let is_plain = self.message.reading().is_plain();
            let separator = segment.field(1).map(|_| line.len() - 1);
            self.out
                .extend(line.iter().enumerate().map(|(n, byte)| match byte {
                    _ if Some(n) == separator => *byte,
                    _ if is_plain && byte.is_ascii() && !byte.is_ascii_alphanumeric() => *byte,
                    _ => b'1',
                }));
            at = end;
        }
        let repetitions = segment.fields().flat_map(|field| field.repetitions());
        let components = repetitions.flat_map(|repetition| repetition.components());
        for leaf in components
            .flat_map(|component| component.subcomponents())
            .map(Place::from)
        {
            let own = leaf.range();
            // The segment id and the delimiters before the value.
            self.out
                .extend_from_slice(bytes.get(at..own.start).unwrap_or_default());
            at = own.end;
            if kept.cover(&own) || leaf.is_empty() || leaf.is_null() || is_structural(self.message, leaf) {
                self.out.extend_from_slice(leaf.raw());
            } else {
                self.value(leaf);
            }
        }
        self.out
            .extend_from_slice(bytes.get(at..range.end).unwrap_or_default());
    }

    fn value(&mut self, leaf: Place<'m>) {
        let start = self.out.len();
        let Ok(parts) = parts(self.message, leaf) else {
            return self.undecoded(leaf.raw());
        };
        let sequences = parts
            .iter()
            .any(|part| *part != Part::Text(String::new()) && !matches!(part, Part::Text(_)));
        let bare = !sequences
            && !leaf
                .raw()
                .iter()
                .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        if bare && leaf.raw().len() > 2 {
            self.out
                .resize(start + if self.lengths { leaf.raw().len() } else { 1 }, b'x');
            return;
        }
        self.parts(&parts, LETTERS);
        if self.out.get(start..) == Some(leaf.raw()) && leaf.raw().len() > 2 {
            self.out.truncate(start);
            self.parts(&parts, OTHERS);
        }
        if self.out.len() == start {
            // Nothing but a switch of the character set.
            self.out.push(b'x');
        }
    }

    fn parts(&mut self, parts: &[Part<'_>], letters: Letters) {
        let mark = self.message.encoding_characters().escape();
        for part in parts {
            match part {
                Part::Text(text) => self.text(text, letters),
                Part::Known(inside) => {
                    self.out.extend(mark);
                    match escape(inside) {
                        Some(Escape::Hex(digits)) if !is_control(digits) => {
                            self.out.push(b'X');
                            let pair = if letters.digit == LETTERS.digit {
                                b"58"
                            } else {
                                b"59"
                            };
                            let pairs = if self.lengths { digits.len() / 2 } else { 1 };
                            (0..pairs).for_each(|_| self.out.extend_from_slice(pair));
                        }
                        _ => self.out.extend_from_slice(inside),
                    }
                    self.out.extend(mark);
                }
                Part::Kept(inside) => {
                    self.out.extend(mark);
                    // Of any length one of a site.
                    self.out.push(b'Z');
                    let rest = if self.lengths {
                        inside.len().saturating_sub(1)
                    } else {
                        1
                    };
                    self.out.resize(self.out.len() + rest, letters.small);
                    self.out.extend(mark);
                }
            }
        }
    }

    fn text(&mut self, text: &str, letters: Letters) {
        let mut in_run = false;
        for character in text.chars() {
            let is_word = character.is_ascii_alphanumeric() || !character.is_ascii();
            if !is_word {
                // Every other ASCII character was a byte of the value, and no delimiter.
                self.out.push(character as u8);
            } else if !self.lengths {
                if !in_run {
                    self.out.push(letters.small);
                }
            } else if character.is_ascii() {
                self.out.push(letters.of(character as u8));
            } else {
                let sample = match character.len_utf8() {
                    2 => &self.samples.two,
                    3 => &self.samples.three,
                    _ => &None,
                };
                match sample {
                    Some(sample) if letters.digit == LETTERS.digit => self.out.extend_from_slice(sample),
                    _ => self.out.push(letters.small),
                }
            }
            in_run = is_word;
        }
    }

    /// Bytes that do not fit the character set stay bytes that do not.
    fn undecoded(&mut self, raw: &[u8]) {
        if !self.message.reading().is_plain() {
            // Where its characters end is not known.
            self.out
                .resize(self.out.len() + if self.lengths { raw.len() } else { 1 }, b'x');
            return;
        }
        let masked = |letters: Letters, high: u8| -> Vec<u8> {
            let shape = |byte: &u8| if byte.is_ascii() { letters.of(*byte) } else { high };
            raw.iter().map(shape).collect()
        };
        let mut shape = masked(LETTERS, 0xFF);
        if shape == raw {
            shape = masked(OTHERS, 0xFE);
        }
        self.out.extend_from_slice(&shape);
    }
}

/// What stands for letters and digits.
#[derive(Clone, Copy)]
struct Letters {
    capital: u8,
    small: u8,
    digit: u8,
}

const LETTERS: Letters = Letters {
    capital: b'X',
    small: b'x',
    digit: b'1',
};

/// For what looks like [`LETTERS`] already.
const OTHERS: Letters = Letters {
    capital: b'Y',
    small: b'y',
    digit: b'2',
};

impl Letters {
    fn of(self, byte: u8) -> u8 {
        match byte {
            b'A'..=b'Z' => self.capital,
            b'a'..=b'z' => self.small,
            b'0'..=b'9' => self.digit,
            other => other,
        }
    }
}

/// True if the digits name control characters alone.
fn is_control(digits: &[u8]) -> bool {
    digits
        .chunks(2)
        .all(|pair| matches!(pair, [b'0' | b'1', _]) || pair.eq_ignore_ascii_case(b"7F"))
}

/// True for what says how a message is to be read, in places where that stands.
fn is_structural(message: &Message<'_>, leaf: Place<'_>) -> bool {
    if leaf.is_literal() {
        return true;
    }
    let (segment, raw) = (leaf.segment(), leaf.raw());
    let at = leaf.location_with(1);
    let code = |text: &[u8]| {
        text.iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let is_first = at.component() <= 1 && at.subcomponent() <= 1;
    match (segment.id(), at.field()) {
        ("MSH", 9) if at.subcomponent() > 1 => false,
        ("MSH", 9) => match at.component() {
            1 | 2 => raw.len() == 3 && code(raw),
            3 => {
                matches!(raw, [a @ .., b'_', x, y, z] if a.len() == 3 && code(a) && code(&[*x, *y, *z]))
                    || raw == b"ACK"
            }
            _ => false,
        },
        ("MSH", 11) => is_first && matches!(raw, [b'A'..=b'Z']),
        ("MSH", 12) => {
            is_first
                && matches!(raw, [b'2', b'.', rest @ ..] if rest.len() <= 3 && rest.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.')))
        }
        ("MSH", 18) => is_first && Charset::named(raw).is_some_and(|set| set.as_str().is_some()),
        ("OBX", 2) | ("MFE", 5) => {
            is_first && (2..=3).contains(&raw.len()) && raw.iter().all(u8::is_ascii_uppercase)
        }
        (id, field) => {
            is_first && raw.len() <= 4 && raw.iter().all(u8::is_ascii_digit) && is_set_id(message, id, field)
        }
    }
}

/// True for a field of type SI.
#[cfg(feature = "versions")]
fn is_set_id(message: &Message<'_>, segment: &str, field: usize) -> bool {
    use crate::schema::SegmentDefinition;

    let definition = SegmentDefinition::find(message.header().version(), segment);
    let field = definition.and_then(|definition| definition.field(field));
    field.is_some_and(|field| field.datatype() == "SI")
}

#[cfg(not(feature = "versions"))]
fn is_set_id(_: &Message<'_>, _: &str, _: usize) -> bool {
    false
}
