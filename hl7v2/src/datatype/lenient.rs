//! Forms of dates and times that the standard does not have and senders write.

use super::DatatypeError;

/// A way in which a date or time departs from its form.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{Date, Departure};
///
/// let read = Date::parse_lenient("2024/02/29")?;
/// assert_eq!(read.departures().collect::<Vec<_>>(), [Departure::Separators]);
/// let read = Date::parse_lenient("20240000")?;
/// assert_eq!((read.value().to_string().as_str(), read.departures().next()), ("2024", Some(Departure::ZeroPart)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Departure {
    /// Spaces stand around the value or in it.
    Spaces,
    /// Parts are separated as in ISO 8601: `2024-02-29T03:04:05`, also `2024/02/29`.
    Separators,
    /// The offset is written `Z`, `+01` or `+01:00`.
    OffsetForm,
    /// A month or day of zeros, with nothing but zeros after it, stands for one that is not known.
    ZeroPart,
    /// A fraction has more than nine digits; those after the ninth are cut off.
    LongFraction,
    /// A date has a time, which is left out.
    TimeInDate,
}

impl Departure {
    const ALL: [Self; 6] = [
        Self::Spaces,
        Self::Separators,
        Self::OffsetForm,
        Self::ZeroPart,
        Self::LongFraction,
        Self::TimeInDate,
    ];
}

/// A set of [`Departure`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Departures(u8);

impl Departures {
    pub(super) const NONE: Self = Self(0);

    pub(super) fn add(&mut self, departure: Departure) {
        self.0 |= 1 << departure as u8;
    }

    fn has(self, departure: Departure) -> bool {
        self.0 >> departure as u8 & 1 == 1
    }
}

/// A value that was read leniently, and how its text departs from the standard.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{DateTime, Departure};
///
/// let read = DateTime::parse_lenient("2024-02-29T03:04:05Z")?;
/// assert_eq!(read.value().to_string(), "20240229030405+0000");
/// assert_eq!(read.departures().collect::<Vec<_>>(), [Departure::Separators, Departure::OffsetForm]);
/// assert!(DateTime::parse_lenient("20240229")?.is_exact());
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lenient<T> {
    value: T,
    departures: Departures,
}

impl<T: Copy> Lenient<T> {
    pub(super) fn new(value: T, departures: Departures) -> Self {
        Self { value, departures }
    }

    /// The value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// let read = Date::parse_lenient("2024-01-02")?;
    /// assert_eq!(read.value(), Date::parse("20240102")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self) -> T {
        self.value
    }

    /// True if the text has the form of the standard.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// let read = Date::parse_lenient("2024-01-02")?;
    /// assert!(!read.is_exact() && Date::parse_lenient("20240102")?.is_exact());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_exact(&self) -> bool {
        self.departures == Departures::NONE
    }

    /// How the text departs from the standard, each way once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// let read = Date::parse_lenient("2024-01-02")?;
    /// assert_eq!(read.departures().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn departures(&self) -> impl Iterator<Item = Departure> + use<T> {
        let departures = self.departures;
        Departure::ALL
            .into_iter()
            .filter(move |departure| departures.has(*departure))
    }

    pub(super) fn all(&self) -> Departures {
        self.departures
    }

    /// The value of the text itself, or of the standard form of what `form` makes of it. The error is that of
    /// the text without spaces around it.
    pub(super) fn read(
        bytes: &[u8],
        read: fn(&[u8]) -> Result<T, DatatypeError>,
        form: fn(&mut Rewrite<'_>),
    ) -> Result<Self, DatatypeError> {
        let mut departures = Departures::NONE;
        let text = bytes.trim_ascii();
        if text.len() != bytes.len() {
            departures.add(Departure::Spaces);
        }
        let error = match read(text) {
            Ok(value) => return Ok(Self::new(value, departures)),
            Err(error) => error,
        };
        let mut rewrite = Rewrite {
            rest: text,
            out: [0; LONGEST],
            length: 0,
            departures,
        };
        form(&mut rewrite);
        let form = rewrite.out.get(..rewrite.length).unwrap_or_default();
        match read(form) {
            Ok(value) if rewrite.rest.is_empty() => Ok(Self::new(value, rewrite.departures)),
            _ => Err(error),
        }
    }
}

/// `YYYYMMDDHHMMSS.SSSSSSSSS+ZZZZ`
const LONGEST: usize = 29;

/// A text on its way to the form of the standard.
pub(super) struct Rewrite<'t> {
    rest: &'t [u8],
    out: [u8; LONGEST],
    length: usize,
    departures: Departures,
}

impl Rewrite<'_> {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.out.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn next_is(&self, at: usize, test: impl Fn(u8) -> bool) -> bool {
        self.rest.get(at).is_some_and(|byte| test(*byte))
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Moves so many digits over, if they are there.
    fn digits(&mut self, count: usize) -> bool {
        let all = (0..count).all(|at| self.next_is(at, |byte| byte.is_ascii_digit()));
        if all {
            for _ in 0..count {
                self.push(self.rest[0]);
                self.skip();
            }
        }
        all
    }

    /// Leaves one of the separators out, if digits follow it.
    fn separator(&mut self, separators: &[u8], departure: Departure) {
        let digit = |byte: u8| byte.is_ascii_digit();
        if self.next_is(0, |byte| separators.contains(&byte)) && self.next_is(1, digit) {
            self.skip();
            self.departures.add(departure);
        }
    }

    /// True, and the rest is gone, if a part of zeros and nothing but zeros follow.
    fn is_unknown(&mut self) -> bool {
        let unknown = self.rest.len() >= 2 && self.rest.iter().all(|byte| *byte == b'0');
        if unknown {
            self.rest = &[];
            self.departures.add(Departure::ZeroPart);
        }
        unknown
    }

    fn fraction(&mut self) {
        if !self.next_is(0, |byte| byte == b'.' || byte == b',') {
            return;
        }
        if self.rest[0] == b',' {
            self.departures.add(Departure::Separators);
        }
        self.push(b'.');
        self.skip();
        let mut count = 0;
        while self.next_is(0, |byte| byte.is_ascii_digit()) {
            if count < 9 {
                self.push(self.rest[0]);
            } else {
                self.departures.add(Departure::LongFraction);
            }
            count += 1;
            self.skip();
        }
    }

    fn offset(&mut self) {
        if self.next_is(0, |byte| byte == b' ') && self.next_is(1, |byte| matches!(byte, b'+' | b'-')) {
            self.skip();
            self.departures.add(Departure::Spaces);
        }
        match self.rest {
            [b'Z' | b'z'] => {
                b"+0000".iter().for_each(|byte| self.push(*byte));
                self.departures.add(Departure::OffsetForm);
                self.rest = &[];
            }
            [sign @ (b'+' | b'-'), ..] => {
                self.push(*sign);
                self.skip();
                if !self.digits(2) {
                    return;
                }
                self.separator(b":", Departure::OffsetForm);
                if !self.digits(2) {
                    b"00".iter().for_each(|byte| self.push(*byte));
                    self.departures.add(Departure::OffsetForm);
                }
            }
            _ => {}
        }
    }
}

/// The clock and the offset after it.
pub(super) fn time_form(rewrite: &mut Rewrite<'_>) {
    if rewrite.digits(2) {
        rewrite.separator(b":", Departure::Separators);
        if rewrite.digits(2) {
            rewrite.separator(b":", Departure::Separators);
            if rewrite.digits(2) {
                rewrite.fraction();
            }
        }
    }
    rewrite.offset();
}

/// The date, and what may follow it.
pub(super) fn date_time_form(rewrite: &mut Rewrite<'_>) {
    if !rewrite.digits(4) {
        return;
    }
    rewrite.separator(b"-/.", Departure::Separators);
    if rewrite.is_unknown() || !rewrite.digits(2) {
        return rewrite.offset();
    }
    rewrite.separator(b"-/.", Departure::Separators);
    if rewrite.is_unknown() || !rewrite.digits(2) {
        return rewrite.offset();
    }
    rewrite.separator(b"Tt ", Departure::Separators);
    time_form(rewrite);
}
