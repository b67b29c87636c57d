//! DTM as date or dateTime.

use super::text::Text;

/// A date or a dateTime as FHIR writes it; of no length where the message has none.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) text: [u8; 32],
    pub(super) length: usize,
}

impl Time {
    /// With the zone of the message where there is a time.
    #[inline(never)]
    pub(super) fn of(text: Text<'_>, zone: Text<'_>) -> Self {
        let (text, zone) = (text.bytes(), zone.bytes());
        let (Some(minute), Some(zone)) = (text.first_chunk::<12>(), zone.first_chunk::<5>()) else {
            return Self::date(text);
        };
        let second = text.get(12..14).and_then(<[u8]>::first_chunk);
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *minute;
        let [m, n] = *second.unwrap_or(b"00");
        let [sign, o, p, q, r] = *zone;
        let is_time = minute.iter().fold(true, |all, byte| all & byte.is_ascii_digit());
        Self {
            text: [
                a, b, c, d, b'-', e, f, b'-', g, h, b'T', i, j, b':', k, l, b':', m, n, sign, o, p, b':', q,
                r, 0, 0, 0, 0, 0, 0, 0,
            ],
            length: if is_time { 25 } else { 0 },
        }
    }

    /// As much of a date as there is.
    pub(super) fn date(digits: &[u8]) -> Self {
        let mut time = Self {
            text: *b"yyyy-mm-dd                      ",
            length: 0,
        };
        for (from, to) in [(0..4, 0..4), (4..6, 5..7), (6..8, 8..10)] {
            let length = to.end;
            match (digits.get(from), time.text.get_mut(to)) {
                (Some(digits), Some(part)) if digits.iter().all(u8::is_ascii_digit) => {
                    part.copy_from_slice(digits);
                    time.length = length;
                }
                _ => break,
            }
        }
        time
    }
}
