//! From text to a FHIR primitive: what fits is written, HL7's ways of writing numbers and times become FHIR's.

use std::borrow::Cow;

use carewire_fhir_model::schema::TypeId;

use super::Run;
use super::value::Value;
use crate::context::Zone;
use crate::finding::Code;
use crate::program::Kind;
use crate::time::{Clock, Moment};

impl<'m> Run<'m, '_> {
    /// The text of a value as a primitive of a type; none, with a finding, if it does not fit.
    pub(super) fn primitive(&self, value: &Value<'m>, type_id: TypeId) -> Option<&'m str> {
        if let Value::Repetition(_) | Value::Component(_) | Value::Subcomponent(_) = value {
            match type_id {
                TypeId::TIME => return self.to_time(value),
                TypeId::DATE => return self.to_date(value),
                TypeId::INSTANT => return self.to_instant(value),
                TypeId::DATE_TIME => return self.to_date_time(value),
                _ => {}
            }
        }
        self.fitted(self.text_of(value)?, type_id, value)
    }

    /// A text as a primitive of a type; none, with a finding, if it does not fit.
    #[inline]
    pub(super) fn fitted(&self, text: &'m str, type_id: TypeId, value: &Value<'m>) -> Option<&'m str> {
        if fits_by_its_letters(text, type_id) {
            return Some(text);
        }
        self.made_fit(text, type_id, value)
    }

    /// As [`Run::fitted`], of a text that may have to be changed.
    #[inline(never)]
    fn made_fit(&self, text: &'m str, type_id: TypeId, value: &Value<'m>) -> Option<&'m str> {
        let text = match without_controls(text) {
            Cow::Borrowed(text) => text,
            Cow::Owned(cleaned) => {
                self.find(Code::ControlCharacters, value.path());
                self.arena_text(&cleaned)
            }
        };
        if text.is_empty() {
            return None;
        }
        let fitted = fit(text, type_id);
        if fitted.is_none() {
            self.find(Code::BadValue, value.path());
        }
        fitted.map(|text| self.kept(text))
    }

    fn moment(
        &self,
        value: &Value<'m>,
        take: impl FnOnce(&Moment<'_>) -> Option<&'m str>,
    ) -> Option<&'m str> {
        let text = self.text_of(value)?;
        let moment = Moment::hl7(text).or_else(|| Moment::fhir(text.trim()));
        if moment.is_none() && !text.trim().is_empty() {
            self.find(Code::BadDate, value.path());
        }
        take(&moment?)
    }

    pub(super) fn to_date(&self, value: &Value<'m>) -> Option<&'m str> {
        self.moment(value, |moment| Some(self.spell(|out| moment.push_date(out))))
    }

    pub(super) fn to_date_time(&self, value: &Value<'m>) -> Option<&'m str> {
        self.moment(value, |moment| Some(self.written(moment, value)))
    }

    /// A dateTime by the rule of zones.
    pub(super) fn written(&self, moment: &Moment<'_>, value: &Value<'m>) -> &'m str {
        match moment.clock.and_then(|_| self.zone_of(moment, value)) {
            Some(zone) => self.spell(|out| moment.push_date_time(zone, out)),
            None => {
                if moment.clock.is_some() {
                    self.find_without_zone(value);
                }
                self.spell(|out| moment.push_date(out))
            }
        }
    }

    #[cold]
    fn find_without_zone(&self, value: &Value<'m>) {
        match value.place() {
            Some(place) => self.find_once(Code::TimeWithoutZone, place),
            None => self.find(Code::TimeWithoutZone, value.path()),
        }
    }

    fn to_instant(&self, value: &Value<'m>) -> Option<&'m str> {
        self.moment(value, |moment| {
            if moment.clock.is_none() {
                self.find(Code::BadValue, value.path());
                return None;
            }
            match self.zone_of(moment, value) {
                Some(zone) => Some(self.spell(|out| moment.push_date_time(zone, out))),
                None => {
                    self.find_without_zone(value);
                    None
                }
            }
        })
    }

    pub(super) fn to_time(&self, value: &Value<'m>) -> Option<&'m str> {
        let text = self.text_of(value)?;
        let clock = Clock::hl7(text).or_else(|| Clock::fhir(text));
        if clock.is_none() {
            self.find(Code::BadDate, value.path());
        }
        let clock = clock?;
        Some(self.spell(|out| clock.push(out)))
    }

    /// The moment's own offset, else that of MSH-7 of the message it is in, else the caller's.
    fn zone_of(&self, moment: &Moment<'_>, value: &Value<'m>) -> Option<Zone> {
        moment
            .zone
            .or_else(|| self.message_zone(value))
            .or(self.context.zone)
    }

    fn message_zone(&self, value: &Value<'m>) -> Option<Zone> {
        let has_one = self.others.is_empty();
        if let Some(known) = self.zone.get().filter(|_| has_one) {
            return known;
        }
        let stamp = self
            .message_of(value)
            .and_then(|message| message.header().timestamp());
        let zone = stamp.and_then(|stamp| Moment::hl7(&stamp.text()).and_then(|moment| moment.zone));
        self.zone.set(Some(zone));
        zone
    }
}

/// Whether HL7 and FHIR write a type in ways of their own.
#[inline]
pub(super) fn is_moment(type_id: TypeId) -> bool {
    matches!(
        type_id,
        TypeId::TIME | TypeId::DATE | TypeId::INSTANT | TypeId::DATE_TIME
    )
}

/// The type that a value has by itself, for a choice of types.
#[inline(always)]
pub(super) fn own_type(
    value: &Value<'_>,
    builder: &carewire_fhir_model::build::Builder<'_>,
) -> Option<TypeId> {
    match value {
        Value::Fhir(node) => node.type_id(),
        Value::Made(id) => Some(builder.type_id(*id)),
        Value::Integer(_) => Some(TypeId::INTEGER),
        Value::Computed(kind, _) => Some(kind.type_id()),
        Value::Loose(_) => None,
        Value::Repetition(_) | Value::Component(_) | Value::Subcomponent(_) => Some(Kind::String.type_id()),
        _ => None,
    }
}

/// Whether a text is a primitive of the type without any change.
pub(crate) fn fits_as_it_stands(text: &str, type_id: TypeId) -> bool {
    matches!(without_controls(text), Cow::Borrowed(_))
        && fit(text, type_id).is_some_and(|fitted| fitted == text)
}

/// Whether an element of the type can hold a text, as it is or rewritten.
pub(crate) fn can_be(text: &str, type_id: TypeId) -> bool {
    fit(&without_controls(text), type_id).is_some()
}

/// The text without the control characters that no FHIR primitive may hold: all but tab, line feed and carriage return.
fn without_controls(text: &str) -> Cow<'_, str> {
    let refused = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Without a way out of the loop it is done in blocks.
    if is_printable::<b' '>(text) || !text.bytes().fold(false, |found, byte| found | refused(byte)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace(|c| u8::try_from(c).is_ok_and(refused), ""))
    }
}

/// Whether a text is a primitive of the type for having none but printable ASCII letters, or those of an id: most texts of messages are, of most types.
/// Inside a string there may be spaces.
#[inline(always)]
pub(crate) fn fits_by_its_letters(text: &str, type_id: TypeId) -> bool {
    match type_id {
        TypeId::STRING | TypeId::MARKDOWN => {
            text.as_bytes().first().is_some_and(|first| *first > b' ') && is_printable::<b' '>(text)
        }
        TypeId::CODE | TypeId::URI | TypeId::URL | TypeId::CANONICAL => {
            !text.is_empty() && is_printable::<b'!'>(text)
        }
        TypeId::ID => is_id(text),
        _ => false,
    }
}

/// Spec: FHIR R4, 2.24.0.1 Primitive Types, id.
#[inline]
fn is_id(text: &str) -> bool {
    // Without a way out of the loop it is done in blocks.
    let fits = |all, byte: u8| all & (byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'.'));
    (1..=64).contains(&text.len()) && text.bytes().fold(true, fits)
}

/// Whether each byte is one of ASCII's from `LEAST` to `~`.
#[inline(always)]
fn is_printable<const LEAST: u8>(text: &str) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Of eight bytes at a time: the highest bit stays unset in those from `LEAST` to `~`, and there only.
    let refused = |word: u64| {
        (word | word.wrapping_add(ONES) | word.wrapping_sub(ONES * u64::from(LEAST))) & (ONES << 7)
    };
    let bytes = text.as_bytes();
    // The last word, or half of one, may overlap what is before it.
    if let Some(last) = bytes.last_chunk::<8>() {
        // Without a way out of the loop it is done in blocks.
        let words = bytes.as_chunks::<8>().0.iter();
        let found = words.fold(refused(u64::from_le_bytes(*last)), |found, word| {
            found | refused(u64::from_le_bytes(*word))
        });
        return found == 0;
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
            refused(first | last << 32) == 0
        }
        _ => bytes.iter().all(|byte| (LEAST..=b'~').contains(byte)),
    }
}

/// The text as FHIR writes a primitive of the type; none if it is none.
///
/// Spec: FHIR R4, 2.24.0.1 Primitive Types.
fn fit(text: &str, type_id: TypeId) -> Option<Cow<'_, str>> {
    let is_graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    let trimmed = if is_graphic(bytes.first()) && is_graphic(bytes.last()) {
        text
    } else {
        text.trim()
    };
    match type_id {
        TypeId::BOOLEAN => matches!(trimmed, "true" | "false").then_some(Cow::Borrowed(trimmed)),
        TypeId::INTEGER => integer(trimmed, i64::from(i32::MIN)),
        TypeId::UNSIGNED_INT => integer(trimmed, 0),
        TypeId::POSITIVE_INT => integer(trimmed, 1),
        TypeId::DECIMAL => decimal(trimmed),
        TypeId::CODE => code(trimmed),
        TypeId::ID => is_id(trimmed).then_some(Cow::Borrowed(trimmed)),
        TypeId::URI | TypeId::URL | TypeId::CANONICAL | TypeId::OID | TypeId::UUID => {
            let is_graphic = trimmed
                .bytes()
                .fold(true, |all, byte| all & byte.is_ascii_graphic());
            let is_uri = !trimmed.is_empty() && (is_graphic || !trimmed.contains(char::is_whitespace));
            let has_prefix = match type_id {
                TypeId::OID => trimmed.starts_with("urn:oid:"),
                TypeId::UUID => trimmed.starts_with("urn:uuid:"),
                _ => true,
            };
            (is_uri && has_prefix).then_some(Cow::Borrowed(trimmed))
        }
        TypeId::BASE64_BINARY => base64(trimmed),
        // FHIR's date has one form, and a time stands behind it.
        TypeId::DATE => Moment::fhir(trimmed)
            .map(|_| Cow::Borrowed(trimmed.split_once('T').map_or(trimmed, |(date, _)| date))),
        TypeId::DATE_TIME => {
            let moment = Moment::fhir(trimmed)?;
            (moment.clock.is_none() || moment.zone.is_some()).then(|| written(&moment, trimmed))
        }
        TypeId::INSTANT => {
            let moment = Moment::fhir(trimmed)?;
            (moment.clock.is_some() && moment.zone.is_some()).then(|| written(&moment, trimmed))
        }
        TypeId::TIME => {
            let clock = Clock::fhir(trimmed)?;
            Some(if clock.is_written_so(trimmed) {
                Cow::Borrowed(trimmed)
            } else {
                let mut out = String::new();
                clock.push(&mut out);
                Cow::Owned(out)
            })
        }
        _ => (!trimmed.is_empty()).then_some(Cow::Borrowed(text)),
    }
}

/// A moment that was read of a text, as FHIR writes it.
fn written<'t>(moment: &Moment<'_>, text: &'t str) -> Cow<'t, str> {
    if moment.is_written_so(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    moment.push_date_time(moment.zone.unwrap_or(Zone::UTC), &mut out);
    Cow::Owned(out)
}

fn integer(text: &str, least: i64) -> Option<Cow<'_, str>> {
    let number: i64 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    if number < least || number > i64::from(i32::MAX) {
        return None;
    }
    let is_written_so = matches!(
        text.as_bytes(),
        b"0" | [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..]
    );
    Some(if is_written_so {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(number.to_string())
    })
}

/// HL7's NM also has `+5`, `.5`, `5.` and leading zeros; the digits after the point stay as they are.
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.47 NM.
fn decimal(text: &str) -> Option<Cow<'_, str>> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", text.get(1..)?),
        b'+' => ("", text.get(1..)?),
        _ => ("", text),
    };
    let (mantissa, exponent) = match digits.bytes().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (digits.get(..at)?, digits.get(at + 1..)),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        (1..=4).contains(&digits.len()) && all_digits(digits)
    });
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
        || !exponent_is_fine
    {
        return None;
    }
    let has_plain_whole = matches!(whole.as_bytes(), b"0" | [b'1'..=b'9', ..]);
    let has_plain_fraction = !fraction.is_empty() || whole.len() == mantissa.len();
    if has_plain_whole && has_plain_fraction && exponent.is_none() && !text.starts_with('+') {
        return Some(Cow::Borrowed(text));
    }
    let whole = whole.trim_start_matches('0');
    let mut out = String::with_capacity(text.len() + 1);
    out.push_str(sign);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        out.push('e');
        out.push_str(exponent);
    }
    Some(Cow::Owned(out))
}

/// A code has single spaces inside and none around; runs of white space become one.
fn code(text: &str) -> Option<Cow<'_, str>> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic()) {
        return Some(Cow::Borrowed(text));
    }
    let mut before = 'x';
    let is_clean = text.chars().all(|c| {
        let fine = !c.is_whitespace() || (c == ' ' && before != ' ');
        before = c;
        fine
    });
    if is_clean {
        return Some(Cow::Borrowed(text));
    }
    Some(Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Base64, with the white space that lines of it have taken out.
fn base64(text: &str) -> Option<Cow<'_, str>> {
    let packed: Cow<'_, str> = if text.contains(char::is_whitespace) {
        Cow::Owned(text.split_whitespace().collect())
    } else {
        Cow::Borrowed(text)
    };
    let body = packed.trim_end_matches('=');
    let is_base64 = !body.is_empty()
        && packed.len().is_multiple_of(4)
        && packed.len() - body.len() <= 2
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    is_base64.then_some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("5", Some("5")),
            ("+5", Some("5")),
            (".50", Some("0.50")),
            ("5.", Some("5")),
            ("-007.10", Some("-7.10")),
            ("1e3", Some("1e3")),
            ("", None),
            (".", None),
            ("-", None),
            ("1,5", None),
            ("<5", None),
            ("1e", None),
        ] {
            assert_eq!(fit(text, TypeId::DECIMAL).as_deref(), expected, "{text}");
        }
        assert_eq!(fit("0", TypeId::POSITIVE_INT), None);
        assert_eq!(fit("0042", TypeId::INTEGER).as_deref(), Some("42"));
        assert_eq!(fit("2147483648", TypeId::INTEGER), None);
    }

    #[test]
    fn letters_are_printable_or_not() {
        for at in 0..20 {
            for byte in 0..=u8::MAX {
                let mut text: Vec<char> = vec!['x'; 20];
                text[at] = char::from(byte);
                let text: String = text.into_iter().collect();
                assert_eq!(
                    is_printable::<b' '>(&text),
                    (b' '..=b'~').contains(&byte),
                    "{at} {byte}"
                );
                assert_eq!(
                    is_printable::<b'!'>(&text),
                    (b'!'..=b'~').contains(&byte),
                    "{at} {byte}"
                );
            }
        }
        for text in [
            "a",
            "a b",
            " a",
            "a ",
            "",
            " ",
            "abcdefgh ",
            "a\tb",
            "\u{7f}",
            "é",
            "a  b",
        ] {
            for type_id in [TypeId::STRING, TypeId::CODE, TypeId::URI, TypeId::ID] {
                if fits_by_its_letters(text, type_id) {
                    assert_eq!(fit(&without_controls(text), type_id).as_deref(), Some(text));
                }
            }
        }
    }

    #[test]
    fn what_fits_is_written_as_it_is_only_in_the_form_of_fhir() {
        let dates = ["2024", "2024-02", "2024-02-29"];
        let clocks = [
            "16:56",
            "16:56:09",
            "16:56:09.",
            "16:56:09.5",
            "16:56:60.123456789",
        ];
        let zones = ["", "Z", "+00:00", "-0000", "+05:30", "+0530", "-14:00"];
        let written = |moment: &Moment<'_>| {
            let mut out = String::new();
            moment.push_date_time(moment.zone.unwrap_or(Zone::UTC), &mut out);
            out
        };
        for clock in clocks {
            let mut expected = String::new();
            Clock::fhir(clock).unwrap().push(&mut expected);
            assert_eq!(fit(clock, TypeId::TIME).as_deref(), Some(&*expected), "{clock}");
            for zone in zones {
                let text = format!("2024-02-29T{clock}{zone}");
                let moment = Moment::fhir(&text).unwrap();
                let expected = Some(written(&moment)).filter(|_| !zone.is_empty());
                for type_id in [TypeId::DATE_TIME, TypeId::INSTANT] {
                    assert_eq!(fit(&text, type_id).as_deref(), expected.as_deref(), "{text}");
                }
                assert_eq!(fit(&text, TypeId::DATE).as_deref(), Some("2024-02-29"), "{text}");
            }
        }
        for text in dates {
            for type_id in [TypeId::DATE_TIME, TypeId::DATE] {
                assert_eq!(fit(text, type_id).as_deref(), Some(text));
            }
        }
        for (text, integer, decimal) in [
            ("0", "0", "0"),
            ("-0", "0", "-0"),
            ("-7", "-7", "-7"),
            ("+7", "7", "7"),
            ("07", "7", "7"),
            ("00", "0", "0"),
        ] {
            assert_eq!(fit(text, TypeId::INTEGER).as_deref(), Some(integer), "{text}");
            assert_eq!(fit(text, TypeId::DECIMAL).as_deref(), Some(decimal), "{text}");
        }
        for (text, decimal) in [
            ("0.5", "0.5"),
            ("+.5", "0.5"),
            ("5.", "5"),
            ("1E3", "1e3"),
            ("-1.5e-3", "-1.5e-3"),
        ] {
            assert_eq!(fit(text, TypeId::DECIMAL).as_deref(), Some(decimal), "{text}");
        }
    }

    #[test]
    fn control_characters() {
        assert_eq!(without_controls("a\tb\r\n"), "a\tb\r\n");
        assert_eq!(without_controls("a\0\u{b}b\u{1f}"), "ab");
        assert_eq!(without_controls("\u{7f}é"), "\u{7f}é");
    }

    #[test]
    fn other_primitives() {
        for (text, type_id, expected) in [
            (" a  b ", TypeId::CODE, Some("a b")),
            ("a_b", TypeId::ID, None),
            ("urn:x y", TypeId::URI, None),
            ("TWFu\r\nTWE=", TypeId::BASE64_BINARY, Some("TWFuTWE=")),
            ("TWF", TypeId::BASE64_BINARY, None),
            ("  ", TypeId::STRING, None),
            (" x", TypeId::STRING, Some(" x")),
            ("true", TypeId::BOOLEAN, Some("true")),
            ("Y", TypeId::BOOLEAN, None),
            ("2024-02-28T16:56:09", TypeId::DATE_TIME, None),
            ("2024-02-28T16:56:09Z", TypeId::DATE, Some("2024-02-28")),
            ("2024-02-28", TypeId::INSTANT, None),
            ("16:56", TypeId::TIME, Some("16:56:00")),
        ] {
            assert_eq!(fit(text, type_id).as_deref(), expected, "{text}");
        }
    }
}
