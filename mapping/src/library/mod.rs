//! The library functions of maps: they bring what feeds send into one form.
//!
//! Each is **total** (any text gives a text), **idempotent** (its result gives itself) and **loses nothing**: what a function does not understand comes back as it came.
//! Where a result differs from what was sent, the groups of `maps/library/Normal.map` keep the sent text beside it.

mod address;
mod countries;
mod gender;
mod identifier;
mod name;
mod phone;
mod time;
mod unit;

use std::borrow::Cow;

pub(crate) use self::identifier::identifier_system;

use crate::context::HostValue;

/// What a library function does to a text, with the text of its second argument.
type Normalise = for<'t> fn(&'t str, Option<&str>) -> Cow<'t, str>;

/// A library function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Library {
    pub(crate) name: &'static str,
    /// The least and the greatest number of arguments.
    pub(crate) arguments: (usize, usize),
    call: Normalise,
}

macro_rules! functions {
    ($($file:ident { $($name:literal $min:literal ..= $max:literal $call:ident)* })*) => {
        &[$($(Library { name: $name, arguments: ($min, $max), call: $file::$call },)*)*]
    };
}

/// All of them, by the file that holds them.
#[rustfmt::skip]
pub(crate) static FUNCTIONS: &[Library] = functions! {
    name {
        "personName" 1..=1 person_name
    }
    phone {
        "e164" 1..=2 e164
    }
    address {
        "addressLine" 1..=1 address_line
        "usState" 1..=1 us_state
        "postalCode" 1..=2 postal_code
        "countryCode" 1..=1 country_code
    }
    time {
        "zonedDateTime" 1..=2 zoned_date_time
    }
    gender {
        "administrativeGender" 1..=2 administrative_gender
    }
    unit {
        "ucum" 1..=2 ucum
    }
    identifier {
        "identifierSystem" 1..=1 identifier_system
    }
};

impl Library {
    /// Each value of the first argument, normalised.
    pub(crate) fn answer(&self, arguments: &[Vec<HostValue>]) -> Vec<HostValue> {
        let values = arguments.first().map(Vec::as_slice).unwrap_or_default();
        let other = arguments.get(1).and_then(|values| values.first());
        let other = other.map(HostValue::text);
        let one = |value: &HostValue| {
            let text = value.text();
            HostValue::Text((self.call)(&text, other.as_deref()).into_owned())
        };
        values.iter().map(one).collect()
    }
}

/// A text without what surrounds it and with single spaces inside; `None` where it is so already.
fn single_spaced(text: &str) -> Option<String> {
    let is_so =
        text.trim() == text && !text.contains("  ") && text.chars().all(|c| c == ' ' || !c.is_whitespace());
    (!is_so).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether letters of one case only stand in a text, two of them at least.
fn is_of_one_case(text: &str) -> bool {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    (upper == 0) != (lower == 0)
}

/// A letter in the other case, where it has one and the way back leads to it again.
fn cased(c: char, upper: bool) -> char {
    let (mut to_upper, mut to_lower) = (c.to_uppercase(), c.to_lowercase());
    let mut there: [Option<char>; 2] = if upper {
        [to_upper.next(), to_upper.next()]
    } else {
        [to_lower.next(), to_lower.next()]
    };
    let Some(other) = there[0].take().filter(|_| there[1].is_none()) else {
        return c;
    };
    let mut back: [Option<char>; 2] = if upper {
        let mut back = other.to_lowercase();
        [back.next(), back.next()]
    } else {
        let mut back = other.to_uppercase();
        [back.next(), back.next()]
    };
    if other == c || (back[0].take() == Some(c) && back[1].is_none()) {
        other
    } else {
        c
    }
}

/// Pushes a word with a capital first and small letters after it.
fn push_capitalised(word: &str, out: &mut String) {
    let mut at_start = true;
    for c in word.chars() {
        out.push(cased(c, at_start));
        at_start = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts that look like what the functions read, among any others.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[A-Z' .-]{0,20}",
            "[a-z' .-]{0,20}",
            "\\+?[0-9() .x-]{0,18}(ext [0-9]{1,4})?",
            "[0-9]{4,14}(\\.[0-9]{1,3})?([+-][0-9]{4})?",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?",
            "[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}",
            "[A-Za-z0-9/%*^.\\[\\]{} ]{0,12}",
            "[0-2](\\.[0-9]{1,6}){1,6}",
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ]
    }

    fn others() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "US|DE|GBR|CA|NLD|IT|RU|FR|",
            "20240201(-0500|\\+0100|Z)?"
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_function_is_total_and_idempotent(text in texts(), other in others(), again in others()) {
            for function in FUNCTIONS {
                // The second argument of these two is what is given for what they do not understand.
                let other = if matches!(function.name, "administrativeGender" | "ucum") { None } else { Some(other.as_str()) };
                let once = (function.call)(&text, other).into_owned();
                let twice = (function.call)(&once, other).into_owned();
                prop_assert_eq!(&twice, &once, "{}", function.name);
                prop_assert_eq!(once.trim().is_empty(), text.trim().is_empty(), "{}", function.name);
                // A number that is international is so wherever it is read, and a time that has an offset keeps it.
                if matches!(function.name, "e164" | "zonedDateTime") && once != text {
                    prop_assert_eq!((function.call)(&once, Some(&again)).into_owned(), once, "{}", function.name);
                }
            }
        }

        #[test]
        fn names_and_addresses_keep_every_letter(text in texts()) {
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
            for function in ["personName", "addressLine"] {
                let function = FUNCTIONS.iter().find(|known| known.name == function).unwrap();
                prop_assert_eq!(letters(&(function.call)(&text, None)), letters(&text), "{}", function.name);
            }
        }

        #[test]
        fn telephone_numbers_keep_every_digit_of_the_subscriber(national in "[2-9][0-9]{2}[2-9][0-9]{6}", extension in "[0-9]{1,5}") {
            let (a, b, c) = (&national[..3], &national[3..6], &national[6..]);
            let wanted = format!("+1{national}");
            for text in [national.clone(), format!("({a}) {b}-{c}"), format!("{a}.{b}.{c}"), format!("1-{a}-{b}-{c}"), format!("+1 {a} {b} {c}"), format!("0111{national}")] {
                let number = phone::e164(&text, Some("US"));
                prop_assert_eq!(number.as_ref(), wanted.as_str(), "{}", text);
            }
            let text = format!("({a}) {b}-{c} x{extension}");
            let number = phone::e164(&text, Some("USA")).into_owned();
            prop_assert_eq!(number, format!("{wanted};ext={extension}"));
        }
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FUNCTIONS.len());
    }
}
