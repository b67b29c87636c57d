//! Moments, ranges and the timing of orders: TS, DR, RI and TQ.

use super::{DatatypeError, DateTime, Dr, Precision, Ri, Tq, Ts};

impl Ts<'_> {
    /// The moment, read leniently, as precise as the second component says; `None` if nothing was sent or a null.
    ///
    /// A DTM reads the same: it has no second component.
    ///
    /// # Errors
    ///
    /// As [`DateTime::parse_lenient`].
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Ts;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.3\rEVN|A08|20240229030000^H\r")?;
    /// let when = msg.segment("EVN").map(|evn| evn.value::<Ts<'_>>(2)).expect("an EVN");
    /// assert_eq!(when.date_time()?.map(|it| it.to_string()).as_deref(), Some("2024022903"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.16.79 TS.
    pub fn date_time(&self) -> Result<Option<DateTime>, DatatypeError> {
        let read = self.time().date_time()?;
        let precision = Precision::of_degree(&self.degree_of_precision().text());
        Ok(match (read, precision) {
            (Some(read), Some(precision)) => Some(read.truncated(precision)),
            (read, _) => read,
        })
    }
}

impl Dr<'_> {
    /// The first and the last moment; an end that was not sent is open.
    ///
    /// Each is as precise as it was said: a range to `2024` goes to the end of that year.
    ///
    /// # Errors
    ///
    /// As [`DateTime::parse_lenient`], of the first of the two that does not read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{DateTime, Dr}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rZAB|20240101^\r")?;
    /// let range = msg.segment("ZAB").map(|zab| zab.value::<Dr<'_>>(1)).expect("a ZAB");
    /// assert_eq!(range.range()?, (Some(DateTime::parse("20240101")?), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn range(&self) -> Result<(Option<DateTime>, Option<DateTime>), DatatypeError> {
        let start = self.range_start_date_time().date_time()?;
        Ok((start, self.range_end_date_time().date_time()?))
    }
}

impl Tq<'_> {
    /// How often, by component 2; `None` if it is empty or no pattern of table 0335 that is a number of units.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{RepeatPattern, TimeUnit, Tq}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORM^O01|1|T|2.5\rORC|||||||5^Q6H\r")?;
    /// let timing = msg.segment("ORC").map(|orc| orc.value::<Tq<'_>>(7)).expect("an ORC");
    /// assert_eq!(timing.repeats(), Some(RepeatPattern::every(6, TimeUnit::Hour)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repeats(&self) -> Option<RepeatPattern> {
        self.interval().pattern()
    }
}

impl Ri<'_> {
    /// How often, by component 1; `None` if it is empty or no pattern of table 0335 that is a number of units.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Ri};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORM^O01|1|T|2.5\rZAB|TID|QHS\r")?;
    /// let zab = msg.segment("ZAB").expect("a ZAB");
    /// assert_eq!(zab.value::<Ri<'_>>(1).pattern().map(|pattern| pattern.times()), Some(3));
    /// assert_eq!(zab.value::<Ri<'_>>(2).pattern(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pattern(&self) -> Option<RepeatPattern> {
        RepeatPattern::parse(&self.repeat_pattern().identifier().text())
    }
}

/// How often something is done: so many times in a stretch of time.
///
/// Read are the patterns of table 0335 that are numbers: `Q6H` (every 6 hours), `Q30M`, `Q2D`, `BID`, `TID`, `QID`,
/// `QD`, `QH`, `QOD`, `xID` (`5ID`: 5 times a day), `ONCE`. Events and hours of the day (`QAM`, `AC`, `QHS`, `PRN`) are
/// none.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{RepeatPattern, TimeUnit};
///
/// assert_eq!(RepeatPattern::parse("Q6H"), Some(RepeatPattern::every(6, TimeUnit::Hour)));
/// assert_eq!(RepeatPattern::parse("BID").map(|it| (it.times(), it.unit())), Some((2, TimeUnit::Day)));
/// assert_eq!(RepeatPattern::parse("QHS"), None);
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.16.59.1 Repeat pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RepeatPattern {
    times: u32,
    period: u32,
    unit: TimeUnit,
}

/// A unit of time of a [`RepeatPattern`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{RepeatPattern, TimeUnit};
///
/// assert_eq!(RepeatPattern::parse("Q30M").map(|it| it.unit()), Some(TimeUnit::Minute));
/// assert_eq!(RepeatPattern::parse("Q2L").map(|it| it.unit()), Some(TimeUnit::Month));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

impl RepeatPattern {
    /// Once in so many units.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{RepeatPattern, TimeUnit};
    /// assert_eq!(RepeatPattern::every(2, TimeUnit::Day), RepeatPattern::parse("QOD").expect("a pattern"));
    /// ```
    pub const fn every(period: u32, unit: TimeUnit) -> Self {
        Self {
            times: 1,
            period,
            unit,
        }
    }

    /// Reads a pattern of table 0335.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{RepeatPattern, TimeUnit};
    /// assert_eq!(RepeatPattern::parse("Q6H"), Some(RepeatPattern::every(6, TimeUnit::Hour)));
    /// assert_eq!(RepeatPattern::parse("PRN"), None);
    /// ```
    pub fn parse(code: &str) -> Option<Self> {
        let a_day = |times| Self {
            times,
            period: 1,
            unit: TimeUnit::Day,
        };
        match code {
            "BID" => return Some(a_day(2)),
            "TID" => return Some(a_day(3)),
            "QID" => return Some(a_day(4)),
            "QOD" => return Some(Self::every(2, TimeUnit::Day)),
            _ => {}
        }
        if let Some(times) = code.strip_suffix("ID") {
            return number(times).map(a_day);
        }
        let rest = code.strip_prefix('Q')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (period, unit) = rest.split_at(digits);
        let unit = match unit {
            "S" => TimeUnit::Second,
            "M" => TimeUnit::Minute,
            "H" => TimeUnit::Hour,
            "D" => TimeUnit::Day,
            "W" => TimeUnit::Week,
            "L" => TimeUnit::Month,
            _ => return None,
        };
        let period = if period.is_empty() {
            Some(1)
        } else {
            number(period)
        };
        period.map(|period| Self::every(period, unit))
    }

    /// How many times in the period.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::RepeatPattern;
    /// assert_eq!(RepeatPattern::parse("BID").map(|pattern| pattern.times()), Some(2));
    /// ```
    pub const fn times(self) -> u32 {
        self.times
    }

    /// The length of the period, in units.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::RepeatPattern;
    /// assert_eq!(RepeatPattern::parse("Q6H").map(|pattern| pattern.period()), Some(6));
    /// ```
    pub const fn period(self) -> u32 {
        self.period
    }

    /// The unit of the period.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{RepeatPattern, TimeUnit};
    /// assert_eq!(RepeatPattern::parse("Q6H").map(|pattern| pattern.unit()), Some(TimeUnit::Hour));
    /// ```
    pub const fn unit(self) -> TimeUnit {
        self.unit
    }
}

/// A number above zero, of digits alone.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number > 0)
}

#[cfg(test)]
mod tests {
    use crate::Message;

    use super::*;

    #[test]
    fn patterns() {
        let read = |code| RepeatPattern::parse(code).map(|it| (it.times(), it.period(), it.unit()));
        assert_eq!(read("Q30M"), Some((1, 30, TimeUnit::Minute)));
        assert_eq!(read("QD"), Some((1, 1, TimeUnit::Day)));
        assert_eq!(read("5ID"), Some((5, 1, TimeUnit::Day)));
        assert_eq!(read("Q2L"), Some((1, 2, TimeUnit::Month)));
        for code in ["", "Q", "Q0H", "QAM", "PRN", "ID", "Q+6H", "Q99999999999H", "é"] {
            assert_eq!(read(code), None, "{code}");
        }
    }

    #[test]
    fn a_range_nested_and_not() {
        let msg = Message::parse(
            b"MSH|^~\\&|||||||ADT^A08|1|T|2.5\rPID|||||Doe^Ann^^^^^L^^^20200101&2021~Doe\rORC|||||||5&mg^Q6H^D5^20240101\r",
        )
        .unwrap();
        let pid = msg.segment("PID").unwrap();
        let name = pid.value::<super::super::Xpn<'_>>(5);
        let (start, end) = name.name_validity_range().range().unwrap();
        assert_eq!(start.map(|it| it.to_string()).as_deref(), Some("20200101"));
        assert_eq!(end.map(|it| it.precision()), Some(Precision::Year));
        let tq = msg.segment("ORC").unwrap().value::<Tq<'_>>(7);
        assert_eq!(tq.repeats(), Some(RepeatPattern::every(6, TimeUnit::Hour)));
        assert_eq!(tq.quantity().units().identifier().text(), "mg");
        assert_eq!(tq.start_date_time().date_time().map(|it| it.is_some()), Ok(true));
    }
}
