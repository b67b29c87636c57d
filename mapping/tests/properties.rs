#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]
//! What is true of every message: no panic, the same bytes twice, and no value in anything that is printed.

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Limits, MapErrorKind, Maps, Options, v2_to_fhir};
use carewire_testkit::markers::{Markers, assert_none};
use proptest::prelude::*;

const RESULT: &str = "MSH|^~\\&|APP|HOSP|||20240201103000||ORU^R01^ORU_R01|17|T|2.5.1\r\
    PID|1|2|7^^^HOSP&1.2&ISO^MR~8^^^LAB||Doe^Ann~Roe^\"\"^A||19800229|F|||Road 1^^Town||555-0100||en|M\rPV1|1|I|W^1^2||||9^Moe\r\
    ORC|RE|1^A|2^B\rOBR|1|1^A|2^B|c^Code^LN|||20240101\rOBX|1|NM|a^A^LN||+5.50|mg|<7|H|||F|||202401|15|16^Loe\rNTE|1||one\r\
    OBX|2|ST|b^B^L||text~more||||||P\rOBX|3|CWE|c||x^X^99L||||||\"\"\rOBX|4|DT|d||bad||||||F\rSPM|1|s^1||BLD\rZZZ|local\r";

const ADMISSION: &str = "MSH|^~\\&|APP|HOSP|||20240201||ADT^A08^ADT_A01|17|T|2.5.1\rEVN|A08|2024|||op|2024\r\
    PID|1|2|7^^^HOSP&1.2&ISO^MR||Doe^Ann||1980|F||2106-3|Road 1||555-0100|555-0101|en|M|CHR|acc\rPD1|1|2|3|4\rNK1|1|Roe^Jo|SPO|Road 2|555-0102\r\
    PV1|1|I|W^1^2|R|3||4^Moe|5^Loe|6^Noe\rAL1|1|DA|9^Nuts|SV|Hives\rDG1|1||J18.9^Pneumonia^I10|text|20240201|A\rIN1|1|plan|8|Insurer\r";

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

#[test]
fn nothing_that_is_printed_holds_a_value() {
    for template in [RESULT, ADMISSION] {
        for keep in [
            &["MSH-9", "MSH-12"][..],
            &["MSH-9", "MSH-12", "OBX-2"],
            &["MSH-12"],
        ] {
            let planted = Markers::default().plant_er7(template, keep);
            let msg = Message::parse(planted.as_bytes()).unwrap();
            let outcome = match v2_to_fhir().run(&msg, &context()) {
                Ok(outcome) => outcome,
                Err(error) => {
                    assert_none("the error", &format!("{error} {error:?}"));
                    assert_eq!(error.kind(), MapErrorKind::NoEntry);
                    continue;
                }
            };
            for finding in &outcome.findings {
                assert_none("a finding", &format!("{finding} {finding:?}"));
            }
            assert_none("the unread fields", &format!("{:?}", outcome.unread));
            assert_none("the outcome", &format!("{outcome:?}"));
        }
    }
}

#[test]
fn a_group_that_calls_itself_meets_the_limits() {
    let loops = "/// url = 'urn:loop'\n/// carewire.entry = '*'\ngroup g(source msg, target out) {\n  msg then g(msg, out);\n}\n";
    let maps = Maps::compile(&[("loop.map", loops)], &Options::default()).unwrap();
    let msg = Message::parse(ADMISSION.as_bytes()).unwrap();
    let error = maps.run(&msg, &context()).unwrap_err();
    assert_eq!(error.kind(), MapErrorKind::Depth);
    let deepest = context().limits(Limits::default().depth(u32::MAX));
    assert_eq!(maps.run(&msg, &deepest).unwrap_err().kind(), MapErrorKind::Depth);
    let error = maps
        .run(&msg, &context().limits(Limits::default().steps(10)))
        .unwrap_err();
    assert_eq!(error.kind(), MapErrorKind::Steps);
    let error = v2_to_fhir()
        .run(&msg, &context().limits(Limits::default().elements(20)))
        .unwrap_err();
    assert_eq!(error.kind(), MapErrorKind::Output);
}

#[test]
fn walks_over_many_segments_count_as_steps() {
    let walks = "/// url = 'urn:walks'\n/// carewire = 'superset'\n/// carewire.entry = '*'\nuses \"urn:hl7-org:v2xml:OBR\" alias OBR as source\n\
        group g(source msg, target out) {\n  msg.all.OBR as obr then h(obr, out);\n}\ngroup h(source obr : OBR, target out) {\n  \
        obr -> (%msg.all.OBR.where(position < %obr.position and f4.c1 = %obr.f4.c1).count()) as before,\n    \
        out.entry as e, e.fullUrl = ('urn:before:' & %before.toString());\n}\n";
    let maps = Maps::compile(&[("walks.map", walks)], &Options::default()).unwrap();
    let mut text = RESULT.to_owned();
    for number in 0..400 {
        text.push_str(&format!("OBR|{number}||{number}^A|c^d^LN\r"));
    }
    let msg = Message::parse(text.as_bytes()).unwrap();
    // The rule is tried 401 times, and looks at the segments before each.
    let few = context().limits(Limits::default().steps(50_000));
    assert_eq!(maps.run(&msg, &few).unwrap_err().kind(), MapErrorKind::Steps);
    assert!(maps.run(&msg, &context()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_messages_map_without_panic_and_twice_the_same(
        which in 0..2_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, "[|^~&\r\"A-Z0-9.<>+-]{0,6}"), 0..6),
    ) {
        let mut text = [RESULT, ADMISSION][which].to_owned();
        for (at, length, with) in damage {
            let start = 70 + at.index(text.len() - 80);
            let end = (start + length).min(text.len());
            text.replace_range(start..end, &with);
        }
        let msg = Message::parse(text.as_bytes()).unwrap();
        let run = || v2_to_fhir().run(&msg, &context()).map(|out| (out.bundle.to_json(), out.findings, out.unread));
        prop_assert_eq!(run(), run());
    }
}
