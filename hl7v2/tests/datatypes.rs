//! Views of data types over messages, and dates and numbers over all texts.

use std::cmp::Ordering;

use carewire_hl7v2::Message;
use carewire_hl7v2::datatype::{
    Cwe, Cx, Datatype, Date, DateTime, Ed, Hd, Nm, Number, Offset, Precision, Sn, Time, Tq, Ts, Varies, Xpn,
    Xtn,
};
use proptest::prelude::*;

fn with_pid(version: &str, field: usize, text: &str) -> Vec<u8> {
    let bars = "|".repeat(field);
    format!("MSH|^~\\&|||||||ADT^A08|1|T|{version}\rPID{bars}{text}\r").into_bytes()
}

#[test]
fn one_view_for_the_types_of_all_versions() {
    // CE of 2.3 and CWE of 2.7; an IS of 2.3 that is a CWE in 2.7.
    for (version, text) in [("2.3", "F^Female^L"), ("2.7", "F^Female^L^^^^1.0"), ("2.3", "F")] {
        let bytes = with_pid(version, 8, text);
        let message = Message::parse(&bytes).unwrap();
        let sex = message.segment("PID").unwrap().value::<Cwe<'_>>(8);
        assert_eq!(sex.identifier().text(), "F", "{version}");
        assert_eq!(sex.codings().count(), 1);
    }
    // ST of 2.3 and FN of 2.5.
    for text in ["Doe^Ann", "Doe&Van^Ann"] {
        let bytes = with_pid("2.3", 5, text);
        let message = Message::parse(&bytes).unwrap();
        let name = message.segment("PID").unwrap().value::<Xpn<'_>>(5);
        assert_eq!(name.family_name().surname().text(), "Doe");
    }
    // TS of 2.3 with its degree of precision, and DTM of 2.7.
    for (text, precision) in [
        ("197002^L", Precision::Month),
        ("19700228", Precision::Day),
        ("1970^Y", Precision::Year),
    ] {
        let bytes = with_pid("2.3", 7, text);
        let message = Message::parse(&bytes).unwrap();
        let born = message.segment("PID").unwrap().value::<Ts<'_>>(7);
        assert_eq!(
            born.date_time().unwrap().map(|it| it.precision()),
            Some(precision)
        );
    }
}

#[test]
fn absent_empty_and_null() {
    let bytes = with_pid("2.5.1", 3, "\"\"^^^\"\"|||");
    let message = Message::parse(&bytes).unwrap();
    let pid = message.segment("PID").unwrap();
    let id = pid.value::<Cx<'_>>(3);
    assert!(id.id_number().is_null() && id.id_number().value().is_none());
    assert!(id.identifier_check_digit().is_empty() && !id.identifier_check_digit().is_absent());
    assert!(id.assigning_authority().is_null() && id.assigning_authority().namespace_id().is_null());
    assert!(id.assigning_authority().universal_id().is_absent());
    assert!(id.effective_date().is_absent() && id.effective_date().date() == Ok(None));
    assert!(pid.value::<Xpn<'_>>(5).is_empty() && !pid.value::<Xpn<'_>>(5).is_absent());
    let beyond = pid.value::<Xpn<'_>>(40);
    assert!(beyond.is_absent() && beyond.family_name().own_surname().is_absent());
    assert_eq!(beyond.display_name(), "");
}

#[test]
fn a_type_in_a_subcomponent_is_its_first_component() {
    // The authority of an identifier that is itself a subcomponent.
    let bytes = with_pid("2.5.1", 3, "1^^^A&1.2&ISO");
    let message = Message::parse(&bytes).unwrap();
    let authority = message
        .segment("PID")
        .unwrap()
        .value::<Cx<'_>>(3)
        .assigning_authority();
    let inner = authority.universal_id().as_type::<Hd<'_>>();
    assert_eq!(inner.namespace_id().text(), "1.2");
    assert!(inner.universal_id().is_absent());
    assert_eq!(
        authority.place().map(|it| it.location().to_string()).as_deref(),
        Some("PID-3.4")
    );
}

#[test]
fn data_is_decoded_when_asked_for() {
    let data = |field: &str| {
        let bytes = with_pid("2.5.1", 3, field);
        let message = Message::parse(&bytes).unwrap();
        let ed = message.segment("PID").unwrap().value::<Ed<'_>>(3);
        ed.bytes().map_err(|error| error.to_string())
    };
    assert_eq!(data("^TEXT^^A^a\\T\\b"), Ok(b"a&b".to_vec()));
    assert_eq!(data("^^^Base64^Zm9v\\X0D\\YmFy"), Ok(b"foobar".to_vec()));
    assert_eq!(data("^^^hex^00 FF"), Ok(vec![0, 255]));
    assert_eq!(data("^^^Base64^"), Ok(vec![]));
    assert_eq!(
        data("^^^Base64^Zm9*"),
        Err("the form of the data type is not kept at byte 3".to_owned())
    );
    assert_eq!(
        data("^^^uu^x"),
        Err("the encoding is none of A, Hex, Base64 at byte 0".to_owned())
    );
}

/// A valid date and time, as text.
fn dtm() -> impl Strategy<Value = String> {
    let offset = prop::option::of((any::<bool>(), 0_u16..=840));
    let clock = (0_u8..24, 0_u8..60, 0_u8..60, "[0-9]{1,9}");
    (1_u16..=9999, 1_u8..=12, 1_u8..=28, clock, 0_usize..7, offset).prop_map(
        |(year, month, day, (hour, minute, second, fraction), parts, offset)| {
            let mut text = format!("{year:04}");
            for part in [month, day, hour, minute, second].into_iter().take(parts) {
                text += &format!("{part:02}");
            }
            if parts == 6 {
                text += &format!(".{fraction}");
            }
            if let Some((west, minutes)) = offset {
                let sign = if west && minutes > 0 { '-' } else { '+' };
                text += &format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
            }
            text
        },
    )
}

fn decimal() -> impl Strategy<Value = (String, i64)> {
    ("0{0,3}", -1_000_000_i64..1_000_000, "0{0,3}").prop_map(|(before, thousandths, after)| {
        let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
        let sign = if thousandths < 0 { "-" } else { "" };
        (format!("{sign}{before}{whole}.{rest:03}{after}"), thousandths)
    })
}

proptest! {
    #[test]
    fn a_moment_is_written_as_it_was_read(text in dtm()) {
        let moment = DateTime::parse(&text).unwrap();
        prop_assert_eq!(moment.to_string(), text.as_str());
        let lenient = DateTime::parse_lenient(&text).unwrap();
        prop_assert!(lenient.is_exact());
        prop_assert_eq!(lenient.value(), moment);
        prop_assert_eq!(moment.compare(&moment), Some(Ordering::Equal));
        prop_assert_eq!(moment.with_offset(None).with_offset(moment.offset()), moment);
    }

    #[test]
    fn what_is_less_precise_holds_what_is_more(text in dtm()) {
        let moment = DateTime::parse(&text).unwrap();
        for precision in [Precision::Year, Precision::Month, Precision::Day, Precision::Hour, Precision::Minute, Precision::Second] {
            let cut = moment.truncated(precision);
            prop_assert!(cut.precision() <= moment.precision());
            let expected = (cut.precision() == moment.precision()).then_some(Ordering::Equal);
            prop_assert_eq!(cut.compare(&moment), expected);
            prop_assert_eq!(DateTime::parse(&cut.to_string()), Ok(cut));
        }
    }

    #[test]
    fn moments_are_ordered(one in dtm(), other in dtm(), third in dtm()) {
        let [one, other, third] = [one, other, third].map(|text| DateTime::parse(&text).unwrap());
        prop_assert_eq!(one.compare(&other), other.compare(&one).map(Ordering::reverse));
        if one.compare(&other) == Some(Ordering::Less) && other.compare(&third) == Some(Ordering::Less)
            && [one, other, third].iter().all(|it| it.offset().is_some())
        {
            prop_assert_eq!(one.compare(&third), Some(Ordering::Less));
        }
        if one.compare(&other) == Some(Ordering::Less) && one.offset().is_some() == other.offset().is_some() {
            prop_assert!(one.unix_seconds(Offset::UTC) <= other.unix_seconds(Offset::UTC));
        }
    }

    #[test]
    fn numbers_are_ordered_exactly((one, first) in decimal(), (other, second) in decimal()) {
        let (left, right) = (Number::parse(&one).unwrap(), Number::parse(&other).unwrap());
        prop_assert_eq!(left.cmp(&right), first.cmp(&second));
        prop_assert_eq!(left.to_string(), one.as_str());
        prop_assert_eq!(left.to_i64(), (first % 1000 == 0).then_some(first / 1000));
    }

    #[test]
    fn no_text_makes_them_panic_or_tell(text in "\\PC{0,40}|[0-9TZ:.+ -]{0,30}") {
        let errors = [
            DateTime::parse_lenient(&text).err(),
            Date::parse_lenient(&text).err(),
            Time::parse_lenient(&text).err(),
            Number::parse(&text).err(),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(error.offset() <= text.len());
            let told = format!("{error} {error:?}");
            prop_assert!(text.chars().filter(|c| c.is_alphabetic()).count() < 4 || !told.contains(text.trim()));
        }
        if let Ok(read) = DateTime::parse_lenient(&text) {
            // The standard form of what was read reads back as it.
            prop_assert_eq!(DateTime::parse(&read.value().to_string()), Ok(read.value()));
        }
    }

    #[test]
    fn no_field_makes_a_view_panic_or_tell(text in "[A-Z0-9^&~\\\\. \"+-]{0,60}") {
        let bytes = with_pid("2.5.1", 3, &format!("SECRET{text}"));
        let message = Message::parse(&bytes).unwrap();
        let pid = message.segment("PID").unwrap();
        for (n, _) in pid.fields().enumerate() {
            let told = format!(
                "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
                pid.value::<Nm<'_>>(n).number().map(|_| ()),
                pid.value::<Sn<'_>>(n).measure().map(|_| ()),
                pid.value::<Ts<'_>>(n).date_time(),
                pid.value::<Ed<'_>>(n).bytes().map(|_| ()),
                pid.value::<Xtn<'_>>(n).telephone(),
                pid.value::<Cx<'_>>(n).verify_check_digit(),
                pid.value::<Tq<'_>>(n).repeats(),
                pid.value::<Xpn<'_>>(n),
                pid.value::<Varies<'_>>(n).component(2),
            );
            prop_assert!(!told.contains("SECRET"));
        }
    }
}
