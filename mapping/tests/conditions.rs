//! Conditions of sources that one look decides, and those of the same words that need more: explicit nulls, parts of delimiters alone, several repetitions.
#![expect(clippy::expect_used, reason = "a test")]

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Input, Maps, Options};

/// How many of the repetitions of PID-5 meet a condition: asked of the source that takes them, and of one that takes what a variable holds.
fn met(condition: &str, name: &str) -> [usize; 2] {
    let taken = format!("pid.f5 as n where ({condition}) -> out.hit = 'x' \"one\";");
    let held =
        format!("pid.f5 as n then {{ n as same where ({condition}) -> out.hit = 'x' \"two\"; }} \"each\";");
    [taken, held].map(|rule| {
        let map = format!(
            "/// url = 'http://example.org/m'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT_A01 as source\n\
             uses 'http://example.org/Out' alias Out as target\n\
             group m(source msg : ADT_A01, target out : Out) {{\n  msg.PID as pid then {{ {rule} }} \"pid\";\n}}\n"
        );
        let maps = Maps::compile(&[("m.map", &map)], &Options::default()).map_err(|all| all[0].to_string());
        let bytes = format!("MSH|^~\\&|A|B|||20240201||ADT^A08|1|P|2.5.1\rPID|||||{name}\r");
        let message = Message::parse(bytes.as_bytes()).expect("a message");
        let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
        let done = maps
            .expect("the map is compiled")
            .transform("http://example.org/m", &[Input::Message(&message)], &context)
            .expect("the map runs");
        let json = String::from_utf8(done.targets.first().expect("a target").to_bytes()).expect("text");
        json.matches("\"x\"").count()
    })
}

#[test]
fn a_condition_means_the_same_however_it_is_decided() {
    // Of each name: how many repetitions have the second component, any of the second and the third, and none of these; whose first is A, and is another.
    for (name, second, any, none, is, is_not) in [
        ("A", 0, 0, 1, 1, 0),
        ("B^C", 1, 1, 0, 0, 1),
        ("A^^C", 0, 1, 0, 1, 0),
        // An explicit null is nothing to take.
        ("A^\"\"", 0, 0, 1, 1, 0),
        ("A^\"\"^C", 0, 1, 0, 1, 0),
        // Nor is a part of delimiters alone; the text of one is that of its first part.
        ("A&x^&", 0, 0, 1, 1, 0),
        ("A^&B", 1, 1, 0, 1, 0),
        // What is not there is not another text.
        ("^B", 1, 1, 0, 0, 0),
        ("\"\"^B", 1, 1, 0, 0, 0),
        ("A^B~C~A^\"\"", 1, 1, 2, 2, 1),
    ] {
        for (condition, expected) in [
            ("c2.exists()", second),
            ("c2.exists() or c3.exists()", any),
            ("c2.empty() and c3.empty()", none),
            ("(c2.exists() or c3.exists()).not()", none),
            ("c1 = 'A'", is),
            ("c1 != 'A'", is_not),
            ("(c1 = 'A').not()", is_not),
        ] {
            assert_eq!(met(condition, name), [expected; 2], "{condition} of {name}");
        }
    }
}

#[test]
fn a_null_among_repetitions_is_told_by_the_rule_that_meets_it() {
    let map = "/// url = 'http://example.org/m'\n/// carewire = 'superset'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT_A01 as source\n\
        uses 'http://example.org/Out' alias Out as target\n\
        group m(source msg : ADT_A01, target out : Out) {\n  msg.PID as pid then {\n    pid then { ignore pid.f3 'left out here'; } \"left\";\n    \
        pid.f3 as id -> out.id = id \"met\";\n    pid.f3 as id -> out.again = id \"again\";\n  } \"pid\";\n}\n";
    let maps = Maps::compile(&[("m.map", map)], &Options::default()).map_err(|all| all[0].to_string());
    let message = b"MSH|^~\\&|A|B|||20240201||ADT^A08|1|P|2.5.1\rPID|||1~\"\"~2\r";
    let message = Message::parse(message).expect("a message");
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    let done = maps
        .expect("the map is compiled")
        .transform("http://example.org/m", &[Input::Message(&message)], &context)
        .expect("the map runs");
    let told: Vec<String> = done.findings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told.iter()
            .all(|one| one.contains("PID-3[2]") && one.contains("m.map:8:")),
        "{told:?}"
    );
    let json = String::from_utf8(done.targets.first().expect("a target").to_bytes()).expect("text");
    assert_eq!(json, r#"{"id":["1","2"],"again":["1","2"]}"#);
}
