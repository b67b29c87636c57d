//! How precisely a moment is said.

/// How far a date or time was said; a more precise one is greater.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{DateTime, Precision};
///
/// assert_eq!(DateTime::parse("202402")?.precision(), Precision::Month);
/// assert!(Precision::Month < Precision::Second);
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// A year.
    Year,
    /// A month of a year.
    Month,
    /// A day.
    Day,
    /// An hour of a day.
    Hour,
    /// A minute.
    Minute,
    /// A second.
    Second,
    /// A fraction of a second, of as many digits as were said.
    Fraction,
}

impl Precision {
    /// The precision that the second component of TS says: `Y`, `L` (month), `D`, `H`, `M`, `S`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Precision;
    /// assert_eq!(Precision::of_degree("L"), Some(Precision::Month));
    /// assert_eq!(Precision::of_degree("X"), None);
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.16.79.2 Degree of precision, table 0529.
    pub fn of_degree(code: &str) -> Option<Self> {
        Some(match code {
            "Y" => Self::Year,
            "L" => Self::Month,
            "D" => Self::Day,
            "H" => Self::Hour,
            "M" => Self::Minute,
            "S" => Self::Second,
            _ => return None,
        })
    }
}
