//! Dates and times: HL7 v2's, FHIR's, and the format codes of the mapping language.

use std::ops::RangeInclusive;

use crate::context::Zone;

/// A moment as far as it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment<'t> {
    pub(crate) year: u16,
    pub(crate) month: Option<u8>,
    pub(crate) day: Option<u8>,
    pub(crate) clock: Option<Clock<'t>>,
    pub(crate) zone: Option<Zone>,
}

/// A time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock<'t> {
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    /// The digits after the point.
    pub(crate) fraction: &'t str,
}

/// Takes a number of so many digits, four at most, from the front.
#[inline]
fn digits(text: &mut &str, count: usize) -> Option<u16> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut number = 0;
    for byte in head.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u16::from(byte - b'0');
    }
    *text = rest;
    Some(number)
}

#[inline]
fn small(text: &mut &str, range: RangeInclusive<u16>) -> Option<u8> {
    let number = digits(text, 2)?;
    range.contains(&number).then_some(number as u8)
}

/// What stands after a point: digits to the end of the run.
#[inline]
fn fraction<'t>(text: &mut &'t str) -> Option<&'t str> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some("");
    };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (found, after) = rest.split_at_checked(length)?;
    *text = after;
    Some(found)
}

/// Whether the text goes on with a digit.
fn goes_on(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

impl<'t> Moment<'t> {
    /// Reads HL7's `YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+/-ZZZZ]`.
    ///
    /// Spec: HL7 v2.8.2 chapter 2A, 2A.3.22 DTM.
    #[inline]
    pub(crate) fn hl7(text: &'t str) -> Option<Self> {
        let mut rest = text.trim();
        let mut moment = Self {
            year: digits(&mut rest, 4)?,
            ..Self::default()
        };
        if moment.year == 0 {
            return None;
        }
        if goes_on(rest) {
            moment.month = Some(small(&mut rest, 1..=12)?);
        }
        if goes_on(rest) {
            moment.day = Some(small(&mut rest, 1..=31)?);
        }
        if goes_on(rest) {
            let mut clock = Clock {
                hour: small(&mut rest, 0..=23)?,
                ..Clock::default()
            };
            if goes_on(rest) {
                clock.minute = small(&mut rest, 0..=59)?;
            }
            if goes_on(rest) {
                clock.second = small(&mut rest, 0..=59)?;
                clock.fraction = fraction(&mut rest)?;
            }
            moment.clock = Some(clock);
        }
        if !rest.is_empty() {
            moment.zone = Some(Zone::parse(rest)?);
        }
        moment.is_real().then_some(moment)
    }

    /// Reads FHIR's `YYYY[-MM[-DD[Thh:mm[:ss[.s+]][zone]]]]`.
    ///
    /// Spec: FHIR R4, 2.24.0.1 Primitive Types, dateTime.
    pub(crate) fn fhir(text: &'t str) -> Option<Self> {
        let mut rest = text;
        let mut moment = Self {
            year: digits(&mut rest, 4)?,
            ..Self::default()
        };
        if moment.year == 0 {
            return None;
        }
        let next = |rest: &mut &str, range| {
            *rest = rest.strip_prefix('-')?;
            small(rest, range)
        };
        if !rest.is_empty() {
            moment.month = Some(next(&mut rest, 1..=12)?);
        }
        if !rest.is_empty() {
            moment.day = Some(next(&mut rest, 1..=31)?);
        }
        if !rest.is_empty() {
            rest = rest.strip_prefix('T')?;
            moment.clock = Some(Clock::read(&mut rest)?);
            if !rest.is_empty() {
                moment.zone = Some(Zone::parse(rest)?);
            }
        }
        moment.is_real().then_some(moment)
    }

    /// Reads a text by the mapping language's format codes. A character that is no code must be there as it is.
    ///
    /// `z`, a zone's name, is not read: names need a time zone database.
    pub(crate) fn by_format(text: &'t str, format: &str) -> Option<Self> {
        let mut rest = text;
        let mut moment = Self::default();
        let mut clock = Clock::default();
        let (mut has_clock, mut afternoon) = (false, None);
        let mut codes = format;
        while let Some(code) = codes.chars().next() {
            let run = codes.chars().take_while(|c| *c == code).count();
            let is_code = matches!(code, 'y' | 'M' | 'd' | 'h' | 'H' | 'm' | 's' | 'S' | 'a' | 'Z');
            if !is_code {
                rest = rest.strip_prefix(code)?;
                codes = codes.get(code.len_utf8()..)?;
                continue;
            }
            codes = codes.get(run..)?;
            // One letter reads one or two digits.
            let width = match run {
                1 if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => 2,
                1 => 1,
                _ => run,
            };
            match (code, run) {
                ('y', 4) => moment.year = digits(&mut rest, 4)?,
                ('y', 2) => {
                    let year = digits(&mut rest, 2)?;
                    moment.year = year + if year < 50 { 2000 } else { 1900 };
                }
                ('M', 3 | 4) => moment.month = Some(month_named(&mut rest, run == 3)?),
                ('M', 1 | 2) => moment.month = Some(digits(&mut rest, width)? as u8),
                ('d', 1 | 2) => moment.day = Some(digits(&mut rest, width)? as u8),
                ('h' | 'H', 1 | 2) => {
                    clock.hour = digits(&mut rest, width)? as u8;
                    has_clock = true;
                }
                ('m', 1 | 2) => clock.minute = digits(&mut rest, width)? as u8,
                ('s', 1 | 2) => clock.second = digits(&mut rest, width)? as u8,
                ('S', _) => {
                    let (found, after) = rest.split_at_checked(run)?;
                    if !found.bytes().all(|byte| byte.is_ascii_digit()) {
                        return None;
                    }
                    clock.fraction = found;
                    rest = after;
                }
                ('a', _) => {
                    let (word, after) =
                        rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_alphabetic).count())?;
                    afternoon = Some(match word {
                        "P" | "PM" | "p" | "pm" => true,
                        "A" | "AM" | "a" | "am" => false,
                        _ => return None,
                    });
                    rest = after;
                }
                ('Z', _) => {
                    let length = if rest.starts_with('Z') { 1 } else { rest.len() };
                    let (zone, after) = rest.split_at_checked(length)?;
                    moment.zone = Some(Zone::parse(zone)?);
                    rest = after;
                }
                _ => return None,
            }
        }
        clock.hour = match afternoon {
            None => clock.hour,
            Some(_) if !(1..=12).contains(&clock.hour) => return None,
            Some(afternoon) => clock.hour % 12 + if afternoon { 12 } else { 0 },
        };
        if clock.hour > 23 || clock.minute > 59 || clock.second > 59 || !rest.is_empty() {
            return None;
        }
        moment.clock = has_clock.then_some(clock);
        let month_is_real = moment.month.is_none_or(|month| (1..=12).contains(&month));
        (month_is_real && moment.day != Some(0) && moment.is_real()).then_some(moment)
    }

    /// The moment so many seconds after 1970 in UTC, as a zone sees it.
    pub(crate) fn from_unix(seconds: i64, zone: Zone) -> Option<Self> {
        let local = seconds.checked_add(i64::from(zone.minutes()) * 60)?;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        // Days since 0000-03-01, in eras of 400 years.
        let days = days.checked_add(719_468)?;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let number = |n: i64| u8::try_from(n).ok();
        let (day, month) = (
            number(day - (153 * month + 2) / 5 + 1)?,
            number(if month < 10 { month + 3 } else { month - 9 })?,
        );
        let year = u16::try_from(year + era * 400 + i64::from(month <= 2))
            .ok()
            .filter(|year| (1..=9999).contains(year))?;
        let clock = Clock {
            hour: number(second / 3600)?,
            minute: number(second / 60 % 60)?,
            second: number(second % 60)?,
            fraction: "",
        };
        Some(Self {
            year,
            month: Some(month),
            day: Some(day),
            clock: Some(clock),
            zone: Some(zone),
        })
    }

    /// Whether the day exists in its month.
    fn is_real(&self) -> bool {
        let (Some(month), Some(day)) = (self.month, self.day) else {
            return true;
        };
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        day <= days
    }

    #[inline]
    fn write_date(&self, out: &mut Ascii) {
        out.put(four_digits(self.year));
        if let Some(month) = self.month {
            out.put(*b"-");
            out.put(two_digits(month));
            if let Some(day) = self.day {
                out.put(*b"-");
                out.put(two_digits(day));
            }
        }
    }

    /// Appends FHIR's date: the part before the time.
    pub(crate) fn push_date(&self, out: &mut String) {
        let mut date = Ascii::default();
        self.write_date(&mut date);
        out.push_str(date.as_str());
    }

    /// Appends FHIR's dateTime or instant. The caller knows the zone.
    pub(crate) fn push_date_time(&self, zone: Zone, out: &mut String) {
        let mut text = Ascii::default();
        self.write_date(&mut text);
        if let (Some(clock), Some(_)) = (&self.clock, self.day) {
            text.put(*b"T");
            clock.write(&mut text);
            if !clock.fraction.is_empty() {
                out.push_str(text.take().as_str());
                clock.push_fraction(out);
            }
            zone.write(&mut text);
        }
        out.push_str(text.as_str());
    }

    /// Whether a text that this moment was read of by [`Moment::fhir`] is what FHIR writes for it.
    pub(crate) fn is_written_so(&self, text: &str) -> bool {
        let Some(clock) = &self.clock else {
            // The digits of a date and what is between them have one form.
            return true;
        };
        let bytes = text.as_bytes();
        let (zone, has_zone) = match self.zone {
            Some(zone) if zone != Zone::UTC => ("+00:00", matches!(bytes, [.., b':', _, _])),
            _ => ("Z", matches!(bytes, [.., b'Z'])),
        };
        has_zone && text.len() == "YYYY-MM-DDT".len() + clock.length() + zone.len()
    }
}

impl Zone {
    /// As FHIR writes it: `Z`, `+01:00`.
    #[inline]
    fn write(self, out: &mut Ascii) {
        let minutes = self.minutes();
        if minutes == 0 {
            return out.put(*b"Z");
        }
        out.put(if minutes < 0 { *b"-" } else { *b"+" });
        // Offsets have 14 hours at most.
        let minutes = minutes.unsigned_abs();
        out.put(two_digits((minutes / 60) as u8));
        out.put(*b":");
        out.put(two_digits((minutes % 60) as u8));
    }
}

impl<'t> Clock<'t> {
    /// Reads `hh:mm[:ss[.s+]]` from the front.
    #[inline]
    fn read(rest: &mut &'t str) -> Option<Self> {
        let mut clock = Self {
            hour: small(rest, 0..=23)?,
            ..Self::default()
        };
        *rest = rest.strip_prefix(':')?;
        clock.minute = small(rest, 0..=59)?;
        if let Some(seconds) = rest.strip_prefix(':') {
            *rest = seconds;
            clock.second = small(rest, 0..=60)?;
            clock.fraction = fraction(rest)?;
        }
        Some(clock)
    }

    /// Reads FHIR's time.
    pub(crate) fn fhir(text: &'t str) -> Option<Self> {
        let mut rest = text;
        let clock = Self::read(&mut rest)?;
        rest.is_empty().then_some(clock)
    }

    /// Reads HL7's `HH[MM[SS[.S+]]][+/-ZZZZ]`; an offset has no place in FHIR's time and is dropped.
    #[inline]
    pub(crate) fn hl7(text: &'t str) -> Option<Self> {
        let mut rest = text.trim();
        let mut clock = Self {
            hour: small(&mut rest, 0..=23)?,
            ..Self::default()
        };
        if goes_on(rest) {
            clock.minute = small(&mut rest, 0..=59)?;
        }
        if goes_on(rest) {
            clock.second = small(&mut rest, 0..=59)?;
            clock.fraction = fraction(&mut rest)?;
        }
        (rest.is_empty() || Zone::parse(rest).is_some()).then_some(clock)
    }

    /// FHIR's time without the fraction. Seconds that were not sent are zero, since FHIR demands them.
    #[inline]
    fn write(&self, out: &mut Ascii) {
        out.put(two_digits(self.hour));
        out.put(*b":");
        out.put(two_digits(self.minute));
        out.put(*b":");
        out.put(two_digits(self.second));
    }

    fn push_fraction(&self, out: &mut String) {
        if !self.fraction.is_empty() {
            out.push('.');
            out.push_str(self.fraction);
        }
    }

    /// Appends FHIR's time.
    pub(crate) fn push(&self, out: &mut String) {
        let mut time = Ascii::default();
        self.write(&mut time);
        out.push_str(time.as_str());
        self.push_fraction(out);
    }

    /// How long FHIR's time is.
    fn length(&self) -> usize {
        let point = usize::from(!self.fraction.is_empty());
        "hh:mm:ss".len() + point + self.fraction.len()
    }

    /// Whether a text that this time was read of by [`Clock::fhir`] is what FHIR writes for it.
    pub(crate) fn is_written_so(&self, text: &str) -> bool {
        text.len() == self.length()
    }
}

/// ASCII in the making, in place. FHIR's dateTime without a fraction has 25 letters.
#[derive(Default)]
struct Ascii {
    bytes: [u8; 32],
    length: usize,
}

impl Ascii {
    #[inline]
    fn put<const N: usize>(&mut self, letters: [u8; N]) {
        let place = self.bytes.get_mut(self.length..);
        if let Some(place) = place.and_then(<[u8]>::first_chunk_mut) {
            *place = letters;
            self.length += N;
        }
    }

    /// What there is, and nothing from now on.
    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    #[inline]
    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        str::from_utf8(bytes).unwrap_or_default()
    }
}

fn two_digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

fn four_digits(number: u16) -> [u8; 4] {
    let [[a, b], [c, d]] = [number / 100, number % 100].map(|half| two_digits(half as u8));
    [a, b, c, d]
}

/// Appends a whole number.
pub(crate) fn push_integer(number: i64, out: &mut String) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    let mut rest = number.unsigned_abs();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        from -= 1;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push('-');
    }
    let digits = digits.get(from..).unwrap_or_default();
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}

fn month_named(text: &mut &str, short: bool) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS.iter().zip(1..).find_map(|(name, number)| {
        let name = if short { name.get(..3)? } else { name };
        let head = text.get(..name.len())?;
        if !head.eq_ignore_ascii_case(name) {
            return None;
        }
        *text = text.get(name.len()..)?;
        Some(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(moment: Option<Moment<'_>>) -> Option<String> {
        let moment = moment?;
        let mut out = String::new();
        moment.push_date_time(moment.zone.unwrap_or(Zone::UTC), &mut out);
        Some(out)
    }

    #[test]
    fn hl7_times() {
        for (text, expected) in [
            ("2024", Some("2024")),
            ("202402", Some("2024-02")),
            ("20240229", Some("2024-02-29")),
            ("20230229", None),
            ("2024022816", Some("2024-02-28T16:00:00Z")),
            ("202402281656", Some("2024-02-28T16:56:00Z")),
            ("20240228165609-0500", Some("2024-02-28T16:56:09-05:00")),
            ("20240228165609.1234+0130", Some("2024-02-28T16:56:09.1234+01:30")),
            ("2024022", None),
            ("20241301", None),
            ("19471219 ", Some("1947-12-19")),
            ("2024022824", None),
            ("", None),
            ("January", None),
            ("0000", None),
            ("20240228é", None),
            ("202402281656091", None),
            ("2024022816560912", None),
            ("20240228165660", None),
            ("202402281656.5", None),
            ("20240228165609.", Some("2024-02-28T16:56:09Z")),
            ("202402-0500", Some("2024-02")),
            ("2024023", None),
            ("24", None),
        ] {
            assert_eq!(shown(Moment::hl7(text)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn integers() {
        for number in [0, 7, 10, -1, 99, 100, 1234567890, i64::MIN, i64::MAX] {
            let mut out = String::from("n");
            push_integer(number, &mut out);
            assert_eq!(out, format!("n{number}"));
        }
    }

    #[test]
    fn fhir_times() {
        for text in [
            "2024",
            "2024-02",
            "2024-02-28",
            "2024-02-28T16:56:09Z",
            "2024-02-28T16:56:09.5-05:00",
        ] {
            assert_eq!(shown(Moment::fhir(text)).as_deref(), Some(text));
        }
        for text in [
            "24",
            "2024-2",
            "2024-02-30",
            "2024-02-28T16",
            "2024-02-28 16:56",
            "2024-02-28T16:56:09Zx",
        ] {
            assert_eq!(Moment::fhir(text), None, "{text}");
        }
    }

    #[test]
    fn formats() {
        for (text, format, expected) in [
            ("28/02/2024", "dd/MM/yyyy", Some("2024-02-28")),
            ("2/8/49", "M/d/yy", Some("2049-02-08")),
            ("12 Jun 1980", "dd MMM yyyy", Some("1980-06-12")),
            (
                "20240228 04:05 PM",
                "yyyyMMdd hh:mm a",
                Some("2024-02-28T16:05:00Z"),
            ),
            (
                "20240228160509123-0500",
                "yyyyMMddHHmmssSSSZ",
                Some("2024-02-28T16:05:09.123-05:00"),
            ),
            ("2024-02-31", "yyyy-MM-dd", None),
            ("2024x02", "yyyy-MM", None),
            ("2024-02-28", "yyyy-MM", None),
        ] {
            assert_eq!(
                shown(Moment::by_format(text, format)).as_deref(),
                expected,
                "{text} {format}"
            );
        }
    }

    #[test]
    fn unix_times() {
        assert_eq!(
            shown(Moment::from_unix(0, Zone::UTC)).as_deref(),
            Some("1970-01-01T00:00:00Z")
        );
        assert_eq!(
            shown(Moment::from_unix(951_782_400, Zone::UTC)).as_deref(),
            Some("2000-02-29T00:00:00Z")
        );
        assert_eq!(
            shown(Moment::from_unix(-1, Zone::UTC)).as_deref(),
            Some("1969-12-31T23:59:59Z")
        );
        assert_eq!(shown(Moment::from_unix(i64::MAX, Zone::UTC)), None);
    }
}
