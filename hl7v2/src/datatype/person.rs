//! Names of persons.

use alloc::borrow::Cow;
use alloc::string::String;

use super::{Cn, Cnn, FamilyName, Pn, Ppn, St, Xcn, Xpn};

/// What the views of names have in common: `Name "example";`.
macro_rules! person {
    ($($name:ident $sample:literal;)*) => {$(
        impl<'m> $name<'m> {
            /// The surname: the first part of the family name; empty if there is none.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "\\r\")?;")]
            #[doc = concat!("let name = msg.segment(\"ZAB\").map(|zab| zab.value::<", stringify!($name), "<'_>>(1)).expect(\"a ZAB\");")]
            /// assert_eq!(name.surname(), "Doe");
            /// # Ok::<(), carewire_hl7v2::Error>(())
            /// ```
            pub fn surname(&self) -> Cow<'m, str> {
                family(self.family_name())
            }

            /// The name as a line to show: prefix, given names, family name, suffix; what is missing is left out.
            /// The order is that of the West: an application that shows names elsewhere puts the parts together
            /// itself.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("# use carewire_hl7v2::{Message, datatype::", stringify!($name), "};")]
            #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A08|1|T|2.5.1\\rZAB|", $sample, "\\r\")?;")]
            #[doc = concat!("let name = msg.segment(\"ZAB\").map(|zab| zab.value::<", stringify!($name), "<'_>>(1)).expect(\"a ZAB\");")]
            /// assert_eq!(name.display_name(), "Dr Ann B Doe III");
            /// # Ok::<(), carewire_hl7v2::Error>(())
            /// ```
            pub fn display_name(&self) -> String {
                join(&[
                    self.prefix().text(),
                    self.given_name().text(),
                    self.second_and_further_given_names_or_initials_thereof().text(),
                    self.surname(),
                    self.suffix().text(),
                ])
            }
        }
    )*};
}

person! {
    Xpn "Doe^Ann^B^III^Dr";
    Xcn "7^Doe^Ann^B^III^Dr";
    Ppn "7^Doe^Ann^B^III^Dr";
    Pn "Doe^Ann^B^III^Dr";
    Cn "7^Doe^Ann^B^III^Dr";
    Cnn "7^Doe^Ann^B^III^Dr";
}

/// The text of a family name, whichever type it has.
trait Family<'m> {
    fn surname_text(self) -> Cow<'m, str>;
}

impl<'m> Family<'m> for FamilyName<'m> {
    fn surname_text(self) -> Cow<'m, str> {
        self.surname().text()
    }
}

impl<'m> Family<'m> for St<'m> {
    fn surname_text(self) -> Cow<'m, str> {
        self.text()
    }
}

fn family<'m>(name: impl Family<'m>) -> Cow<'m, str> {
    name.surname_text()
}

fn join(parts: &[Cow<'_, str>]) -> String {
    let mut name = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(part);
    }
    name
}

#[cfg(test)]
mod tests {
    use crate::Message;

    use super::*;

    #[test]
    fn a_name_of_each_version() {
        let read = |name: &str| {
            let text = format!("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||{name}\r");
            let msg = Message::parse(text.as_bytes()).unwrap();
            let pid = msg.segment("PID").unwrap();
            let name = pid.value::<Xpn<'_>>(5);
            (name.surname().into_owned(), name.display_name())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read("Doe^Ann^B^III^Dr"), pair("Doe", "Dr Ann B Doe III"));
        assert_eq!(read("Van Doe&Van&Doe^Ann"), pair("Van Doe", "Ann Van Doe"));
        assert_eq!(read("Doe"), pair("Doe", "Doe"));
        assert_eq!(read("\"\""), pair("", ""));
        assert_eq!(read(""), pair("", ""));
    }
}
