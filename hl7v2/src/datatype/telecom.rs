//! Telephone numbers and addresses of electronic mail: XTN in its old and its new form.

use alloc::borrow::Cow;

use super::{Datatype, Xtn};

/// The parts of a telephone number, from the components of XTN or from the text of TN.
///
/// A part that was not sent is empty.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::datatype::Xtn;
///
/// let msg = Message::parse(
///     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||||||||||1 (555)555-0123X45Cevenings~^PRN^PH^^1^555^5550123\r",
/// )?;
/// let pid = msg.segment("PID").expect("a PID");
/// let numbers: Vec<_> = pid.values::<Xtn<'_>>(13).map(|it| it.telephone()).collect();
/// assert_eq!((&*numbers[0].country, &*numbers[0].area, &*numbers[0].local), ("1", "555", "555-0123"));
/// assert_eq!((&*numbers[0].extension, &*numbers[0].text), ("45", "evenings"));
/// assert_eq!(numbers[1].to_string(), "+1 555 5550123");
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.16.89 XTN; HL7 v2.3.1 chapter 2, 2.8.48 XTN.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Telephone<'m> {
    /// The country code, without `+`.
    pub country: Cow<'m, str>,
    /// The area or city code.
    pub area: Cow<'m, str>,
    /// The number within its area.
    pub local: Cow<'m, str>,
    /// The extension.
    pub extension: Cow<'m, str>,
    /// The number of a beeper, of the old form.
    pub beeper: Cow<'m, str>,
    /// Any text beside the number.
    pub text: Cow<'m, str>,
}

impl Telephone<'_> {
    /// True if there is no number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Xtn};
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||||||||||^PRN^PH^^1^555^5550123~^NET^Internet^ann@example.org\r",
    /// )?;
    /// let entries: Vec<_> = msg.segment("PID").into_iter().flat_map(|pid| pid.values::<Xtn<'_>>(13)).collect();
    /// assert!(!entries[0].telephone().is_empty());
    /// assert!(entries[1].telephone().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        [
            &self.country,
            &self.area,
            &self.local,
            &self.extension,
            &self.beeper,
        ]
        .into_iter()
        .all(|part| part.is_empty())
    }
}

impl core::fmt::Debug for Telephone<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Telephone").finish_non_exhaustive()
    }
}

impl core::fmt::Display for Telephone<'_> {
    /// Writes the number as a line to dial, `+1 555 5550123 x45`; text and beeper are left out.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let parts = [
            ("+", &self.country),
            ("", &self.area),
            ("", &self.local),
            ("x", &self.extension),
        ];
        let mut between = "";
        for (mark, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
            write!(f, "{between}{mark}{part}")?;
            between = " ";
        }
        Ok(())
    }
}

impl<'m> Xtn<'m> {
    /// The parts of the number: components 5 to 9 where there are any, else component 12 (the whole as the local
    /// number), else the text of component 1, read as `NN (999)999-9999X99999B99999C any text`. What of that text
    /// has another form is the local number.
    ///
    /// Empty where the entry is an address of electronic mail.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Xtn};
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||||||||||^PRN^PH^^1^555^5550123~^NET^Internet^ann@example.org\r",
    /// )?;
    /// let entries: Vec<_> = msg.segment("PID").into_iter().flat_map(|pid| pid.values::<Xtn<'_>>(13)).collect();
    /// let number = entries[0].telephone();
    /// assert_eq!((&*number.country, &*number.area, &*number.local), ("1", "555", "5550123"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn telephone(&self) -> Telephone<'m> {
        let new = Telephone {
            country: self.country_code().text(),
            area: self.area_city_code().text(),
            local: self.local_number().text(),
            extension: self.extension().text(),
            beeper: Cow::Borrowed(""),
            text: self.any_text().text(),
        };
        if !new.is_empty() {
            return new;
        }
        let unformatted = self.unformatted_telephone_number().text();
        if !unformatted.is_empty() {
            return Telephone {
                local: unformatted,
                ..new
            };
        }
        if self.is_email() {
            return new;
        }
        let mut old = match self.telephone_number().text() {
            Cow::Borrowed(text) => from_text(text),
            Cow::Owned(text) => owned(&from_text(&text)),
        };
        if old.text.is_empty() {
            old.text = new.text;
        }
        old
    }

    /// True if the entry is an address of electronic mail: the equipment type is `Internet` or `X.400`, the use
    /// code `NET`, or an address with `@` stands alone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, datatype::Xtn};
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||||||||||^PRN^PH^^1^555^5550123~^NET^Internet^ann@example.org\r",
    /// )?;
    /// let entries: Vec<_> = msg.segment("PID").into_iter().flat_map(|pid| pid.values::<Xtn<'_>>(13)).collect();
    /// assert!(!entries[0].is_email() && entries[1].is_email());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_email(&self) -> bool {
        matches!(
            self.telecommunication_equipment_type().text().as_ref(),
            "Internet" | "X.400"
        ) || self.telecommunication_use_code().text() == "NET"
            || (self.telephone_number().is_empty() && self.communication_address().text().contains('@'))
    }

    /// The address of electronic mail: component 4, or component 1 where senders put it; `None` if the entry
    /// [is none](Self::is_email).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::datatype::Xtn;
    ///
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||||||||||^NET^Internet^ann@example.org~555-0123\r",
    /// )?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// let found: Vec<_> = pid.values::<Xtn<'_>>(13).filter_map(|it| it.email()).collect();
    /// assert_eq!(found, ["ann@example.org"]);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn email(&self) -> Option<Cow<'m, str>> {
        if !self.is_email() {
            return None;
        }
        let address = self.communication_address().value();
        address.or_else(|| self.telephone_number().value().filter(|text| text.contains('@')))
    }
}

/// `[NN] [(999)]999-9999[X99999][B99999][C any text]`
fn from_text(text: &str) -> Telephone<'_> {
    let (number, any) = match text.find(['C', 'c']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let (number, beeper) = number.split_once(['B', 'b']).unwrap_or((number, ""));
    let (number, extension) = number.split_once(['X', 'x']).unwrap_or((number, ""));
    let plain = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit() || b" -.+()/".contains(&byte))
    };
    if ![number, beeper, extension].into_iter().all(plain) {
        return Telephone {
            local: Cow::Borrowed(text.trim()),
            ..Telephone::default()
        };
    }
    let (country, area, local) = match number.split_once('(') {
        Some((country, rest)) => match rest.split_once(')') {
            Some((area, local)) => (country, area, local),
            None => ("", "", number),
        },
        None => ("", "", number),
    };
    let part = |part| Cow::Borrowed(str::trim(part));
    Telephone {
        country: Cow::Borrowed(country.trim().trim_start_matches('+')),
        area: part(area),
        local: part(local),
        extension: part(extension),
        beeper: part(beeper),
        text: part(any),
    }
}

fn owned<'m>(number: &Telephone<'_>) -> Telephone<'m> {
    let part = |part: &Cow<'_, str>| Cow::Owned(part.clone().into_owned());
    Telephone {
        country: part(&number.country),
        area: part(&number.area),
        local: part(&number.local),
        extension: part(&number.extension),
        beeper: part(&number.beeper),
        text: part(&number.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_form() {
        for (text, shown, any) in [
            ("(555)555-0100", "555 555-0100", ""),
            ("555-0100", "555-0100", ""),
            (
                "49 (555)555-0100X12B99Ccall first",
                "+49 555 555-0100 x12",
                "call first",
            ),
            ("+1 (555) 555-0100", "+1 555 555-0100", ""),
            ("5550100Cé", "5550100", "é"),
            ("ask at desk", "ask at desk", ""),
            ("(555", "(555", ""),
            ("", "", ""),
        ] {
            let number = from_text(text);
            assert_eq!(
                (number.to_string().as_str(), number.text.as_ref()),
                (shown, any),
                "{text}"
            );
            assert!(owned(&number) == number);
        }
    }
}
