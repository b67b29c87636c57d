//! The grammar of DT, TM and DTM: digits in pairs, each pair only after the one before it.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::digit1;
use nom::combinator::{map, opt, value};
use nom::sequence::preceded;
use nom::{IResult, Parser};

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

fn two(input: &[u8]) -> IResult<&[u8], u8> {
    map(take_while_m_n(2, 2, is_digit), |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + (digit - b'0'))
    })
    .parse(input)
}

fn four(input: &[u8]) -> IResult<&[u8], u16> {
    map((two, two), |(high, low)| u16::from(high) * 100 + u16::from(low)).parse(input)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn clock(input: &[u8]) -> IResult<&[u8], RawTime<'_>> {
    let fraction = opt(preceded(tag("."), digit1));
    let (rest, (hour, after)) = (two, opt((two, opt((two, fraction))))).parse(input)?;
    let (minute, second) = match after {
        Some((minute, second)) => (Some(minute), second),
        None => (None, None),
    };
    let time = RawTime {
        hour,
        minute,
        second: second.map(|(second, _)| second),
        fraction: second.and_then(|(_, fraction)| fraction),
    };
    Ok((rest, time))
}

fn offset(input: &[u8]) -> IResult<&[u8], RawOffset> {
    let sign = alt((value(false, tag("+")), value(true, tag("-"))));
    map((sign, two, two), |(negative, hours, minutes)| RawOffset {
        negative,
        hours,
        minutes,
    })
    .parse(input)
}

/// The whole of `input`, or where it stops to follow the grammar.
fn whole<T>(input: &[u8], read: IResult<&[u8], T>) -> Result<T, usize> {
    match read {
        Ok(([], found)) => Ok(found),
        Ok((rest, _)) => Err(input.len() - rest.len()),
        Err(_) => Err(0),
    }
}

/// Reads a DTM, or gives the offset of the first byte that does not fit.
pub(crate) fn date_time(input: &[u8]) -> Result<RawDateTime<'_>, usize> {
    let day = opt((two, opt(clock)));
    let read = (four, opt((two, day)), opt(offset)).parse(input);
    let (year, month, offset) = whole(input, read)?;
    let day = month.and_then(|(_, day)| day);
    Ok(RawDateTime {
        year,
        month: month.map(|(month, _)| month),
        day: day.map(|(day, _)| day),
        time: day.and_then(|(_, time)| time),
        offset,
    })
}

/// Reads a TM, or gives the offset of the first byte that does not fit.
pub(crate) fn time(input: &[u8]) -> Result<(RawTime<'_>, Option<RawOffset>), usize> {
    whole(input, (clock, opt(offset)).parse(input))
}
