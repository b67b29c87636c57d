//! To and from the types of chrono.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone, Timelike};

use super::{DatatypeError, DatatypeErrorKind, Date, DateTime, Offset, Time};

fn fault(kind: DatatypeErrorKind) -> DatatypeError {
    DatatypeError::new(kind, 0)
}

impl TryFrom<Date> for NaiveDate {
    type Error = DatatypeError;

    /// The day; [`DatatypeErrorKind::Precision`] if only a year or month was said.
    fn try_from(date: Date) -> Result<Self, DatatypeError> {
        let (Some(month), Some(day)) = (date.month(), date.day()) else {
            return Err(fault(DatatypeErrorKind::Precision));
        };
        let read = Self::from_ymd_opt(i32::from(date.year()), u32::from(month), u32::from(day));
        read.ok_or(fault(DatatypeErrorKind::Day))
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = DatatypeError;

    /// The day; [`DatatypeErrorKind::Year`] outside the years 1 to 9999.
    fn try_from(date: NaiveDate) -> Result<Self, DatatypeError> {
        let year = u16::try_from(date.year()).map_err(|_| fault(DatatypeErrorKind::Year))?;
        // A month and a day of the calendar fit a byte.
        Self::new(year, Some(date.month() as u8), Some(date.day() as u8))
    }
}

impl From<Time> for NaiveTime {
    /// The first moment that the time holds: minutes and seconds that were not said are zero. The offset is left out.
    fn from(time: Time) -> Self {
        let part = |part: Option<u8>| u32::from(part.unwrap_or(0));
        let read = Self::from_hms_nano_opt(
            u32::from(time.hour()),
            part(time.minute()),
            part(time.second()),
            time.nanoseconds(),
        );
        read.unwrap_or(Self::MIN)
    }
}

impl TryFrom<NaiveTime> for Time {
    type Error = DatatypeError;

    /// The time to the second, and to as many digits of its fraction as say something;
    /// [`DatatypeErrorKind::Second`] in a leap second.
    fn try_from(time: NaiveTime) -> Result<Self, DatatypeError> {
        let mut digits = 9;
        let nanoseconds = time.nanosecond();
        while digits > 0 && nanoseconds.is_multiple_of(10_u32.pow(10 - digits)) {
            digits -= 1;
        }
        if nanoseconds >= 1_000_000_000 {
            return Err(fault(DatatypeErrorKind::Second));
        }
        // Hours, minutes and seconds fit a byte.
        Self::new(
            time.hour() as u8,
            Some(time.minute() as u8),
            Some(time.second() as u8),
        )?
        .with_fraction(nanoseconds, digits as u8)
    }
}

impl TryFrom<DateTime> for NaiveDateTime {
    type Error = DatatypeError;

    /// The first moment that was said, as the clock showed it; [`DatatypeErrorKind::Precision`] if less than a day was
    /// said. The offset is left out.
    fn try_from(date_time: DateTime) -> Result<Self, DatatypeError> {
        let date = NaiveDate::try_from(date_time.date())?;
        let time = date_time.time().map_or(NaiveTime::MIN, NaiveTime::from);
        Ok(Self::new(date, time))
    }
}

impl TryFrom<DateTime> for chrono::DateTime<FixedOffset> {
    type Error = DatatypeError;

    /// The first moment that was said; [`DatatypeErrorKind::Precision`] if less than a day was said, and
    /// [`DatatypeErrorKind::Offset`] if there is no offset: [`DateTime::with_offset`] gives one.
    fn try_from(date_time: DateTime) -> Result<Self, DatatypeError> {
        let local = NaiveDateTime::try_from(date_time)?;
        let offset = date_time.offset().ok_or(fault(DatatypeErrorKind::Offset))?;
        let offset = FixedOffset::east_opt(i32::from(offset.minutes()) * 60);
        offset
            .and_then(|offset| offset.from_local_datetime(&local).single())
            .ok_or(fault(DatatypeErrorKind::Offset))
    }
}

impl TryFrom<NaiveDateTime> for DateTime {
    type Error = DatatypeError;

    /// The moment without an offset; the errors are those of [`Date`] and [`Time`].
    fn try_from(date_time: NaiveDateTime) -> Result<Self, DatatypeError> {
        Self::new(date_time.date().try_into()?, Some(date_time.time().try_into()?))
    }
}

impl<Z: TimeZone> TryFrom<chrono::DateTime<Z>> for DateTime {
    type Error = DatatypeError;

    /// The moment with its offset, cut to whole minutes; the errors are those of [`Date`] and [`Time`], and
    /// [`DatatypeErrorKind::Offset`] beyond 14 hours.
    fn try_from(date_time: chrono::DateTime<Z>) -> Result<Self, DatatypeError> {
        let seconds = date_time.offset().fix().local_minus_utc();
        let offset = i16::try_from(seconds / 60).ok().and_then(Offset::east);
        let offset = offset.ok_or(fault(DatatypeErrorKind::Offset))?;
        // With an offset of fewer seconds, the same moment has another local time.
        let rest = chrono::TimeDelta::seconds(i64::from(seconds % 60));
        let local = date_time.naive_local().checked_sub_signed(rest);
        let local = Self::try_from(local.ok_or(fault(DatatypeErrorKind::Year))?)?;
        Ok(local.with_offset(Some(offset)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in [
            "20240229030405+0000",
            "19000101235959.120-0330",
            "20240229030405.123456789+1400",
        ] {
            let own = DateTime::parse(text).unwrap();
            let theirs = chrono::DateTime::<FixedOffset>::try_from(own).unwrap();
            assert_eq!(theirs.timestamp(), own.unix_seconds(Offset::UTC));
            let again = DateTime::try_from(theirs).unwrap();
            assert_eq!(
                again.compare(&own).is_some_and(|it| it.is_eq()),
                text != "19000101235959.120-0330"
            );
            assert_eq!(again.offset(), own.offset());
        }
    }

    #[test]
    fn offsets_with_seconds() {
        let zone = FixedOffset::east_opt(53 * 60 + 28).unwrap();
        let theirs = zone.with_ymd_and_hms(1890, 3, 31, 12, 0, 0).unwrap();
        let own = DateTime::try_from(theirs).unwrap();
        assert_eq!(own.to_string(), "18900331115932+0053");
        assert_eq!(own.unix_seconds(Offset::UTC), theirs.timestamp());
    }

    #[test]
    fn what_is_less_precise() {
        let month = DateTime::parse("202402").unwrap();
        assert_eq!(
            NaiveDateTime::try_from(month).map_err(|error| error.kind()),
            Err(DatatypeErrorKind::Precision)
        );
        let day = DateTime::parse("20240229").unwrap();
        assert_eq!(
            NaiveDateTime::try_from(day).unwrap().to_string(),
            "2024-02-29 00:00:00"
        );
        assert_eq!(
            chrono::DateTime::<FixedOffset>::try_from(day).map_err(|error| error.kind()),
            Err(DatatypeErrorKind::Offset)
        );
    }
}
