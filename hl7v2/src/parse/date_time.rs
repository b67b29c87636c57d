//! The grammar of DT, TM and DTM: digits in pairs, each pair only after the one before it.
//!
//! Written by hand: in nom it took twice the time.

/// `HH[MM[SS[.S+]]]`, as it stands.
#[derive(Clone, Copy)]
pub(crate) struct RawTime<'t> {
    pub(crate) hour: u8,
    pub(crate) minute: Option<u8>,
    pub(crate) second: Option<u8>,
    pub(crate) fraction: Option<&'t [u8]>,
}

impl RawTime<'_> {
    /// How many bytes it takes.
    pub(crate) fn length(&self) -> usize {
        let pairs = 1 + usize::from(self.minute.is_some()) + usize::from(self.second.is_some());
        2 * pairs + self.fraction.map_or(0, |fraction| 1 + fraction.len())
    }
}

/// `+ZZZZ` or `-ZZZZ`, as it stands.
#[derive(Clone, Copy)]
pub(crate) struct RawOffset {
    pub(crate) negative: bool,
    pub(crate) hours: u8,
    pub(crate) minutes: u8,
}

/// `YYYY[MM[DD[time]]][offset]`, as it stands.
#[derive(Clone, Copy)]
pub(crate) struct RawDateTime<'t> {
    pub(crate) year: u16,
    pub(crate) month: Option<u8>,
    pub(crate) day: Option<u8>,
    pub(crate) time: Option<RawTime<'t>>,
    pub(crate) offset: Option<RawOffset>,
}

/// A place in a text.
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    #[inline]
    fn two(&mut self) -> Option<u8> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = *self.text.get(self.at..self.at + 2)? else {
            return None;
        };
        self.at += 2;
        Some((tens - b'0') * 10 + (ones - b'0'))
    }

    #[inline]
    fn four(&mut self) -> Option<u16> {
        let high = self.two()?;
        match self.two() {
            Some(low) => Some(u16::from(high) * 100 + u16::from(low)),
            None => {
                self.at -= 2;
                None
            }
        }
    }

    /// The digits after a point, if there are any.
    #[inline]
    fn fraction(&mut self) -> Option<&'t [u8]> {
        let digits = self.text.get(self.at..)?.strip_prefix(b".")?;
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return None;
        }
        self.at += 1 + length;
        digits.get(..length)
    }

    #[inline]
    fn time(&mut self) -> Option<RawTime<'t>> {
        let hour = self.two()?;
        let minute = self.two();
        let second = minute.and_then(|_| self.two());
        let fraction = second.and_then(|_| self.fraction());
        Some(RawTime {
            hour,
            minute,
            second,
            fraction,
        })
    }

    #[inline]
    fn offset(&mut self) -> Option<RawOffset> {
        let negative = match self.text.get(self.at)? {
            b'+' => false,
            b'-' => true,
            _ => return None,
        };
        self.at += 1;
        let (hours, minutes) = match self.four() {
            Some(both) => (both / 100, both % 100),
            None => {
                self.at -= 1;
                return None;
            }
        };
        // Two digits each.
        Some(RawOffset {
            negative,
            hours: hours as u8,
            minutes: minutes as u8,
        })
    }

    /// The whole text was read, or where it stops to follow the grammar.
    #[inline]
    fn end<T>(&self, found: T) -> Result<T, usize> {
        if self.at == self.text.len() {
            Ok(found)
        } else {
            Err(self.at)
        }
    }
}

/// Reads a DTM, or gives the offset of the first byte that does not fit.
#[inline]
pub(crate) fn date_time(text: &[u8]) -> Result<RawDateTime<'_>, usize> {
    let mut cursor = Cursor { text, at: 0 };
    let year = cursor.four().ok_or(0_usize)?;
    let month = cursor.two();
    let day = month.and_then(|_| cursor.two());
    let time = day.and_then(|_| cursor.time());
    let offset = cursor.offset();
    cursor.end(RawDateTime {
        year,
        month,
        day,
        time,
        offset,
    })
}

/// Reads a TM, or gives the offset of the first byte that does not fit.
pub(crate) fn time(text: &[u8]) -> Result<(RawTime<'_>, Option<RawOffset>), usize> {
    let mut cursor = Cursor { text, at: 0 };
    let time = cursor.time().ok_or(0_usize)?;
    let offset = cursor.offset();
    cursor.end((time, offset))
}
