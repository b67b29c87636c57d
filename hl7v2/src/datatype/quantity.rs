//! Structured numerics: SN.

use super::{DatatypeError, DatatypeErrorKind, Number, Sn};

/// What a structured numeric says.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::{Measure, Number, Sn};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|SN|||>^100~^1^:^128~^2^-^3~^2^+\r")?;
/// let obx = msg.segment("OBX").expect("an OBX");
/// let number = Number::parse;
/// let found: Vec<_> = obx.values::<Sn<'_>>(5).map(|it| it.measure()).collect::<Result<_, _>>()?;
/// assert_eq!(found[0], Some(Measure::Compared(">", number("100")?)));
/// assert_eq!(found[1], Some(Measure::Ratio(number("1")?, number("128")?)));
/// assert_eq!(found[2], Some(Measure::Range(number("2")?, number("3")?)));
/// assert_eq!(found[3], Some(Measure::Degree(number("2")?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.16.65 SN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure<'m> {
    /// A number alone; `=`, the comparator that is meant when none is sent, says no more.
    Exactly(Number<'m>),
    /// Compared with a number: `>`, `<`, `>=`, `<=` or `<>`.
    Compared(&'static str, Number<'m>),
    /// From one number to another: separator `-`.
    Range(Number<'m>, Number<'m>),
    /// One number to another: separator `:` or `/`.
    Ratio(Number<'m>, Number<'m>),
    /// A degree such as `2+`: suffix `+`.
    Degree(Number<'m>),
}

impl<'m> Sn<'m> {
    /// What the parts say together; `None` if nothing was sent.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Syntax`] if a part is no number, or the comparator or separator none of the standard.
    /// A comparator beside a second number has no meaning of the standard and is such an error too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::{Measure, Number, Sn}};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|SN|||<^5~<^5^-^6\r")?;
    /// let found: Vec<_> = msg.segment("OBX").into_iter().flat_map(|obx| obx.values::<Sn<'_>>(5)).collect();
    /// assert_eq!(found[0].measure()?, Some(Measure::Compared("<", Number::parse("5")?)));
    /// assert!(found[1].measure().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn measure(&self) -> Result<Option<Measure<'m>>, DatatypeError> {
        let fault = || DatatypeError::new(DatatypeErrorKind::Syntax, 0);
        let (first, second) = (self.num1().number()?, self.num2().number()?);
        let (comparator, separator) = (self.comparator().text(), self.separator_suffix().text());
        let Some(first) = first else {
            let nothing = second.is_none() && comparator.is_empty() && separator.is_empty();
            return if nothing { Ok(None) } else { Err(fault()) };
        };
        let compared = match comparator.trim() {
            "" | "=" => None,
            ">" => Some(">"),
            "<" => Some("<"),
            ">=" => Some(">="),
            "<=" => Some("<="),
            "<>" => Some("<>"),
            _ => return Err(fault()),
        };
        Ok(Some(match (compared, separator.trim(), second) {
            (None, "", None) => Measure::Exactly(first),
            (Some(comparator), "", None) => Measure::Compared(comparator, first),
            (None, "-", Some(second)) => Measure::Range(first, second),
            (None, ":" | "/", Some(second)) => Measure::Ratio(first, second),
            (None, "+", None) => Measure::Degree(first),
            _ => return Err(fault()),
        }))
    }
}
