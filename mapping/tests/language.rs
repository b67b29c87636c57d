//! One item of the language a test: list modes, conditions, defaults, cardinality, types and default groups, as `DESIGN.md` decides them.
#![expect(clippy::expect_used, reason = "a test")]

use std::sync::Mutex;

use carewire_fhir_model::Document;
use carewire_mapping::{Context, Host, HostError, HostValue, Input, Maps, Options, Place, Transformed};

/// What a map of these rules over a Patient makes of a Person, and the codes of the findings.
fn run(rules: &str, patient: &str) -> (String, Vec<String>) {
    run_with(rules, "", patient)
}

fn run_with(rules: &str, groups: &str, patient: &str) -> (String, Vec<String>) {
    let done = transformed(&map_of(rules, groups), &patient_of(patient));
    let target = done.targets.first().expect("a target").to_bytes();
    let text = String::from_utf8(target).expect("text");
    let codes = done
        .findings
        .iter()
        .map(|finding| finding.code().as_str().to_owned());
    (
        text.replacen(r#"{"resourceType":"Person""#, "{", 1),
        codes.collect(),
    )
}

/// A map of a Patient to a Person; its rules begin in line 5.
fn map_of(rules: &str, groups: &str) -> String {
    format!(
        "/// url = 'http://example.org/m'\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
         group m(source src : Patient, target tgt : Person) {{\n{rules}\n}}\n{groups}"
    )
}

fn patient_of(members: &str) -> String {
    format!(r#"{{"resourceType":"Patient",{members}}}"#)
}

/// What a run of a map over a resource leaves.
fn transformed(map: &str, json: &str) -> Transformed {
    let maps = Maps::compile(&[("m.map", map)], &Options::default()).map_err(|all| all[0].to_string());
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    maps.expect("the map is compiled")
        .transform("http://example.org/m", &[Input::Node(document.root())], &context)
        .expect("the map runs")
}

/// The lines of the map that findings name.
fn lines(rules: &str, patient: &str) -> Vec<u32> {
    let done = transformed(&map_of(rules, ""), &patient_of(patient));
    let line = |rule: Option<&Place>| rule.map_or(0, Place::line);
    done.findings.iter().map(|finding| line(finding.rule())).collect()
}

/// A check that fails is at its own rule, whatever stands behind it there or does not.
#[test]
fn a_check_is_at_its_rule() {
    let name = r#""name":[{"family":"A","given":["B"]}]"#;
    for (rules, expected) in [
        (
            "  src.name check (family = 'X');\n  src.gender as g -> tgt.gender = g;",
            vec![5],
        ),
        (
            "  src.gender as g -> tgt.gender = g;\n  src.name check (family = 'X');",
            vec![6],
        ),
        (
            "  src.name as n check (family = 'X') then {\n    n.given as g -> tgt.id = g;\n  };",
            vec![5],
        ),
        (
            "  src.name as n then {\n    n.given as g check ($this = 'X'),\n      n.family as f check ($this = 'X') -> tgt.id = f;\n  };",
            vec![6],
        ),
    ] {
        assert_eq!(lines(rules, name), expected, "{rules}");
    }
}

/// What a map makes of a resource.
fn made(map: &str, json: &str) -> String {
    let done = transformed(map, json);
    String::from_utf8(done.targets.first().expect("a target").to_bytes()).expect("text")
}

const THREE: &str = r#""name":[{"family":"A"},{"family":"B"},{"family":"C"}]"#;

/// The families that a list mode of a source leaves.
fn families(mode: &str, patient: &str) -> (String, Vec<String>) {
    let (text, codes) = run(
        &format!("  src.name {mode} as n -> tgt.name as t, t.family = (n.family);"),
        patient,
    );
    (text.chars().filter(|c| matches!(c, 'A'..='C')).collect(), codes)
}

#[test]
fn list_modes_of_sources() {
    let none: Vec<String> = Vec::new();
    for (mode, left) in [
        ("", "ABC"),
        ("first", "A"),
        ("not_first", "BC"),
        ("last", "C"),
        ("not_last", "AB"),
    ] {
        assert_eq!(families(mode, THREE), (left.to_owned(), none.clone()), "{mode}");
    }
    assert_eq!(
        families("only_one", r#""name":[{"family":"B"}]"#),
        ("B".to_owned(), none)
    );
    assert_eq!(
        families("only_one", THREE),
        (String::new(), vec!["only-one".to_owned()])
    );
}

/// The mode counts what `where` has left.
#[test]
fn a_list_mode_comes_after_the_condition() {
    let (text, _) = run(
        "  src.name first as n where (family != 'A') -> tgt.name as t, t.family = (n.family);",
        THREE,
    );
    assert_eq!(text, r#"{,"name":[{"family":"B"}]}"#);
}

#[test]
fn list_modes_of_targets() {
    for (mode, made) in [
        ("", r#"{,"name":[{"family":"A"},{"family":"B"},{"family":"C"}]}"#),
        (
            "first",
            r#"{,"name":[{"family":"C"},{"family":"B"},{"family":"A"}]}"#,
        ),
        (
            "last",
            r#"{,"name":[{"family":"A"},{"family":"B"},{"family":"C"}]}"#,
        ),
    ] {
        let rules = format!("  src.name as n -> tgt.name as t {mode}, t.family = (n.family);");
        assert_eq!(run(&rules, THREE), (made.to_owned(), Vec::new()), "{mode}");
    }
    for mode in ["single", "collate", "share all"] {
        let rules = format!("  src.name as n -> tgt.name as t {mode}, t.given = (n.family);");
        let made = r#"{,"name":[{"given":["A","B","C"]}]}"#;
        assert_eq!(run(&rules, THREE), (made.to_owned(), Vec::new()), "{mode}");
    }
}

#[test]
fn a_check_or_a_cardinality_that_fails_stops_its_rule_alone() {
    let after = "\n  src.gender as g -> tgt.gender = g;";
    for (source, code) in [
        ("src.name as n check (family = 'A')", "check-failed"),
        ("src.name 1..2 as n", "cardinality"),
    ] {
        let rules = format!("  {source} -> tgt.name as t, t.family = (n.family);{after}");
        let (text, codes) = run(&rules, &format!(r#"{THREE},"gender":"male""#));
        assert!(text.ends_with(r#""gender":"male"}"#), "{text}");
        assert!(codes.iter().any(|found| found == code), "{codes:?}");
    }
    let (text, codes) = run(
        "  src.name 1..3 as n -> tgt.name as t, t.family = (n.family);",
        THREE,
    );
    assert!(text.contains("\"C\"") && codes.is_empty(), "{text}");
}

#[test]
fn a_default_stands_for_what_is_not_there() {
    let rules = "  src.gender default ('unknown') as g -> tgt.gender = g;";
    assert_eq!(run(rules, r#""id":"1""#).0, r#"{,"gender":"unknown"}"#);
    assert_eq!(run(rules, r#""gender":"male""#).0, r#"{,"gender":"male"}"#);
}

#[test]
fn a_type_selects_among_a_choice() {
    let rules = "  src.deceased : boolean as d -> tgt.active = d;\n  src.deceased : dateTime as d -> tgt.id = 'dead';";
    assert_eq!(run(rules, r#""deceasedBoolean":true"#).0, r#"{,"active":true}"#);
    assert_eq!(run(rules, r#""deceasedDateTime":"2024""#).0, r#"{,"id":"dead"}"#);
}

#[test]
fn a_default_group_is_called_for_its_types() {
    let groups = "group Name(source s : HumanName, target t : HumanName) <<types>> {\n  s.family as v -> t.text = v;\n}\n";
    let (text, _) = run_with("  src.name -> tgt.name;", groups, THREE);
    assert_eq!(text, r#"{,"name":[{"text":"A"},{"text":"B"},{"text":"C"}]}"#);
    // Without one the elements are copied.
    assert_eq!(
        run("  src.name -> tgt.name;", r#""name":[{"family":"A"}]"#).0,
        r#"{,"name":[{"family":"A"}]}"#
    );
}

#[test]
fn dependent_groups_and_nested_rules_stand_together() {
    let rules =
        "  src.name first as n -> tgt.name as t then Family(n, t) {\n    n.given as g -> t.given = g;\n  };";
    let groups =
        "group Family(source n : HumanName, target t : HumanName) {\n  n.family as v -> t.family = v;\n}\n";
    let (text, _) = run_with(rules, groups, r#""name":[{"family":"A","given":["B"]}]"#);
    assert_eq!(text, r#"{,"name":[{"family":"A","given":["B"]}]}"#);
}

/// A host without functions that keeps what maps log.
#[derive(Default)]
struct Sink(Mutex<Vec<String>>);

impl Host for Sink {
    fn call(&self, _: &str, _: &[Vec<HostValue>]) -> Result<Vec<HostValue>, HostError> {
        Err(HostError)
    }

    fn log(&self, _: &Place, text: &str) {
        self.0.lock().expect("the lines").push(text.to_owned());
    }
}

/// What the rules write to the log of the caller.
fn logged(rules: &str, patient: &str) -> Vec<String> {
    let map = format!(
        "/// url = 'http://example.org/m'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
         group m(source src : Patient, target tgt) {{\n{rules}\n}}\n"
    );
    let maps = Maps::compile(&[("m.map", &map)], &Options::default()).map_err(|all| all[0].to_string());
    let maps = maps.expect("the map is compiled");
    let json = format!(r#"{{"resourceType":"Patient",{patient}}}"#);
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let sink = Sink::default();
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time")).host(&sink);
    maps.transform("http://example.org/m", &[Input::Node(document.root())], &context)
        .expect("the map runs");
    sink.0.into_inner().expect("the lines")
}

/// It says what passed `where` and `check`, of each element, and nothing where the expression is empty.
#[test]
fn a_log_has_what_passed_the_condition_and_the_check() {
    assert_eq!(
        logged(
            "  src.name as n where (family != 'B') log (family) -> tgt.x = 'y';",
            THREE
        ),
        ["A", "C"]
    );
    assert_eq!(
        logged(
            "  src.name as n check (family = 'A') log ('name ' & family) -> tgt.x = 'y';",
            THREE
        ),
        ["name A"],
        "what fails its check is not logged"
    );
    assert_eq!(
        logged("  src.name as n log (text) -> tgt.x = 'y';", THREE),
        Vec::<String>::new()
    );
}

/// In a source, in every kind of expression and in a target; by its name or as `%name`; a variable of its name hides it.
#[test]
fn a_constant_stands_wherever_a_source_variable_does() {
    let with = |constants: &str, rules: &str| {
        let map = format!(
            "/// url = 'http://example.org/m'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
             uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n{constants}\n\
             group m(source src : Patient, target tgt : Person) {{\n{rules}\n}}\n"
        );
        made(&map, &format!(r#"{{"resourceType":"Patient",{THREE}}}"#))
    };
    let second = "let second = 'B';\nlet both = second & '-' & %second;";
    for rule in [
        "src.name as n where (family = second) -> tgt.id = both;",
        "src.name as n where (family = %second) -> tgt.id = (both);",
        "second as s -> tgt.id = (%s & '-B');",
        "src.gender as g default (both) -> tgt.id = g;",
        "src.name first as n -> tgt.id = append(second, '-', second);",
        "src.name first as n check (second = 'B') -> tgt.id = both;",
    ] {
        assert!(
            with(second, &format!("  {rule}")).contains(r#""id":"B-B""#),
            "{rule}"
        );
    }
    // The variable of a rule hides the constant of its name.
    assert!(with("let n = 'B';", "  src.name last as n -> tgt.id = (n.family);").contains(r#""id":"C""#));
    // One that is never named is never evaluated.
    assert!(
        with(
            "let bad = (1 | 2).single();",
            "  src.name last as n -> tgt.id = (n.family);"
        )
        .contains(r#""id":"C""#)
    );
}

/// A type is what its canonical url says, whatever the file calls it; without an alias it has the name of its definition.
#[test]
fn a_type_is_named_by_its_canonical_url() {
    let map = |quantity: &str, name: &str| {
        format!(
            "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'http://hl7.org/fhir/StructureDefinition/Observation' alias Finding as source\n\
             uses 'http://hl7.org/fhir/StructureDefinition/Quantity' {quantity} as source\n\
             uses 'http://hl7.org/fhir/StructureDefinition/Basic' as target\n\
             group m(source src : Finding, target tgt : Basic) {{\n  src.value : {name} as q -> tgt.id = (q.unit);\n\
               src.value : string as s -> tgt.id = s;\n}}\n"
        )
    };
    let run = |map: &str, value: &str| made(map, &format!(r#"{{"resourceType":"Observation",{value}}}"#));
    for (alias, name) in [("alias Amount", "Amount"), ("", "Quantity")] {
        let map = map(alias, name);
        assert!(
            run(&map, r#""valueQuantity":{"unit":"mg"}"#).contains(r#""id":"mg""#),
            "{name}"
        );
        assert!(
            run(&map, r#""valueString":"text""#).contains(r#""id":"text""#),
            "{name}"
        );
    }
    let wrong = map("alias Amount", "Amuont");
    let all = Maps::compile(&[("m.map", &wrong)], &Options::default()).expect_err("a fault");
    assert_eq!(all[0].help(), Some("did you mean `Amount`?"));
}

/// In a condition a bare name is the element's own, in the expression of a target a variable.
#[test]
fn a_bare_name_is_an_element_in_a_condition_and_a_variable_in_a_target() {
    let patient = format!(r#"{THREE},"gender":"male""#);
    let rules =
        "  src.gender as family, src.name as n where (family = 'B') -> tgt.id = (family & '-' & %n.family);";
    assert_eq!(run(rules, &patient).0, r#"{,"id":"male-B"}"#);
    // `%` always says the variable.
    let rules = "  src.gender as family, src.name as n where (%family = 'B') -> tgt.id = (family);";
    assert_eq!(run(rules, &patient).0, "{}");
}

/// Rules in the order of the text, targets from left to right; of a list each adds, of a single primitive the first stays.
#[test]
fn several_rules_that_fill_one_element() {
    let rules = "  src.name first as n -> tgt.name as a, a.family = '1', tgt.name as b, b.family = '2';\n\
                 \x20 src.name last as n -> tgt.name as c, c.family = '3';\n\
                 \x20 src.name first as n -> tgt.gender = 'male';\n  src.name last as n -> tgt.gender = 'female';";
    let (text, codes) = run(rules, THREE);
    let order: Vec<&str> = text
        .split("\"family\":")
        .skip(1)
        .map(|rest| &rest[1..2])
        .collect();
    assert_eq!(order, ["1", "2", "3"]);
    assert!(text.contains(r#""gender":"male""#), "{text}");
    assert_eq!(codes, ["already-set"]);
}

/// An id makes one element below one parent, whatever rule or group names it.
#[test]
fn what_is_shared_is_shared_below_one_parent() {
    let rules = "  src.name as n -> tgt.name as t share one, t.given = (n.family) then More(n, t);\n\
                 \x20 src.name first as n -> tgt.name as t share one, t.text = 'again';\n\
                 \x20 src.name as n -> tgt.link as l, l.target as r share one, r.display = (n.family);";
    let groups = "group More(source n : HumanName, target t : HumanName) {\n\
                  \x20 n.family as f -> t.period as p share one, p.start = '2024-02-01';\n}\n";
    let (text, _) = run_with(rules, groups, THREE);
    assert_eq!(text.matches("\"given\"").count(), 1, "{text}");
    assert!(
        text.contains(r#""given":["A","B","C"]"#) && text.contains(r#""text":"again""#),
        "{text}"
    );
    assert_eq!(
        text.matches("\"period\"").count(),
        1,
        "one below the name: {text}"
    );
    assert_eq!(
        text.matches("\"target\"").count(),
        3,
        "one below each link: {text}"
    );
}

#[test]
fn a_translation_that_finds_nothing_makes_no_element() {
    let map = "conceptmap '#sex' {\n  prefix s = 'urn:s'\n  prefix t = 'urn:t'\n  s:male - t:male\n}\n";
    let rules = "  src.gender as g -> tgt.gender = translate(g, '#sex', 'code'), tgt.id = 'x';";
    for (gender, made, found) in [
        ("male", r#"{,"id":"x","gender":"male"}"#, &[][..]),
        ("female", r#"{,"id":"x"}"#, &["no-translation"]),
    ] {
        let (text, codes) = run_with(rules, map, &format!(r#""gender":"{gender}""#));
        assert_eq!(text, made);
        assert_eq!(codes, found);
    }
}

/// The last source is the fastest, one may start at another's variable, and without a match of each nothing fires.
#[test]
fn several_sources_are_their_product() {
    let patient = r#""name":[{"given":["1","2"]},{"given":["3"]}],"telecom":[{"value":"a"},{"value":"b"}]"#;
    let given = |rules: &str| {
        let (text, _) = run(rules, patient);
        text.split("\"text\":\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        given("  src.name as n, n.given as g, src.telecom as t -> tgt.name as m, m.text = (%g & %t.value);"),
        ["1a", "1b", "2a", "2b", "3a", "3b"]
    );
    assert!(given("  src.name as n, src.photo as p -> tgt.name as m, m.text = 'x';").is_empty());
}

/// Between types that no group maps a rule of the short form says what is missing; primitives are written as text.
#[test]
fn the_short_form_needs_a_way_from_type_to_type() {
    assert_eq!(
        run("  src.birthDate -> tgt.id;", r#""birthDate":"2024-02-01""#).0,
        r#"{,"id":"2024-02-01"}"#
    );
    let map = |rule: &str| {
        format!(
            "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
             uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
             group m(source src : Patient, target tgt : Person) {{\n{rule}\n}}\n"
        )
    };
    for rule in [
        "  src.name -> tgt.address;",
        "  src.name -> tgt.gender;",
        "  src.gender -> tgt.name;",
    ] {
        let maps =
            Maps::compile(&[("m.map", &map(rule))], &Options::default()).map_err(|all| all[0].to_string());
        let all = maps.expect("the map is compiled").warnings().to_vec();
        assert_eq!(
            (all[0].code().as_str(), all[0].line()),
            ("no-default-group", 6),
            "{rule}"
        );
        assert!(all[0].help().is_some_and(|help| help.contains("<<types>>")));
    }
}

/// A word of the language is no name, unless backticks say so; a map has a name.
#[test]
fn a_word_of_the_language_that_is_a_name_is_reported() {
    let warnings = |text: &str| {
        let maps = Maps::compile(&[("m.map", text)], &Options::default()).map_err(|all| all[0].to_string());
        let maps = maps.expect("the map is compiled");
        let all = maps.warnings().iter();
        all.map(|one| (one.code().as_str(), one.line(), one.help().is_some()))
            .collect::<Vec<_>>()
    };
    let map = |name: &str, rules: &str| format!("/// url = 'http://example.org/m'\n{name}\n{rules}");
    let named = "/// name = 'm'";
    let reserved = "let log = 'x';\ngroup types(source source, target tgt) {\n  source.a as first -> tgt.b as type then {\n    first.c as last -> type.d = (%last & %log);\n  };\n}\n";
    assert_eq!(
        warnings(&map(named, reserved)),
        [
            ("reserved-name", 3, true),
            ("reserved-name", 4, true),
            ("reserved-name", 4, true),
            ("reserved-name", 5, true),
            ("reserved-name", 5, true),
            ("reserved-name", 6, true),
        ]
    );
    let fine = "group g(source src, target tgt) {\n  src.type as `first` -> tgt.source = `first`;\n}\n";
    assert_eq!(warnings(&map(named, fine)), []);
    assert_eq!(warnings(&map("", fine)), [("missing-name", 1, true)]);
    let old = "map 'http://example.org/m' = 'm'\ngroup g(source src, target tgt) {\n  src.a as v -> tgt.b = v;\n}\n";
    assert_eq!(warnings(old), []);
}

/// A constant is looked at when the map is compiled, since it can never become right.
#[test]
fn a_constant_that_no_element_of_the_type_can_hold_is_a_fault() {
    let faults = |rule: &str| {
        let map = format!(
            "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
             uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
             group m(source src : Patient, target tgt : Person) {{\n  src -> {rule};\n}}\n"
        );
        match Maps::compile(&[("m.map", &map)], &Options::default()) {
            Ok(_) => String::new(),
            Err(all) => all[0].message().to_owned(),
        }
    };
    assert_eq!(faults("tgt.active = 'maybe'"), "`maybe` is no `boolean`");
    assert_eq!(faults("tgt.birthDate = 'May'"), "`May` is no `date`");
    assert_eq!(faults("tgt.id = 'a b'"), "`a b` is no `id`");
    for right in [
        "tgt.active = 'true'",
        "tgt.active = false",
        "tgt.birthDate = '1980-02'",
        "tgt.birthDate = @1980-02-03",
        "tgt.id = 'a-b'",
    ] {
        assert_eq!(faults(right), "", "{right}");
    }
}

/// Fields, components and subcomponents have the names of the standard beside their numbers, in every kind of expression and in targets.
#[test]
fn parts_of_a_message_have_long_names() {
    let map = "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\n\
         uses 'urn:hl7-org:v2xml:ADT_A01' alias Copy as target\nuses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
         group m(source msg : ADT, target tgt : Person, target copy : Copy) {\n\
         \x20 msg.PID as pid -> copy.PID as to, to.patientName = (%pid.patientName.familyName.surname) then {\n\
         \x20   pid.patientName as v where (givenName.matches('^A')) -> tgt.name as n, n.family = (v.familyName.surname), n.given = (%v.givenName);\n\
         \x20   pid.`Date/Time of Birth` as d -> tgt.birthDate = toDate(d);\n\
         \x20   pid.patientIdentifierList.assigningAuthority.universalId as u -> tgt.id = u;\n\
         \x20   pid where (patientName.givenName.single().toString().length() = 3) -> tgt.active = true;\n  };\n}\n";
    let maps = Maps::compile(&[("m.map", map)], &Options::default()).map_err(|all| all[0].to_string());
    let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.8\rPID|1||7^^^HOSP&2.999.3&ISO||Doe&van^Ann||19800229|F\r";
    let message = carewire_hl7v2::Message::parse(bytes).expect("a message");
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    let done = maps
        .expect("the map is compiled")
        .transform("http://example.org/m", &[Input::Message(&message)], &context)
        .expect("the map runs");
    let text = |at: usize| String::from_utf8(done.targets[at].to_bytes()).expect("text");
    assert_eq!(
        text(0),
        r#"{"resourceType":"Person","id":"2.999.3","name":[{"family":"Doe","given":["Ann"]}],"birthDate":"1980-02-29","active":true}"#
    );
    assert!(text(1).contains("PID|||||Doe\r"), "{}", text(1));
    let wrong = map.replace("givenName.matches", "givnName.matches");
    assert!(Maps::compile(&[("m.map", &wrong)], &Options::default()).is_err());
}

/// A group knows the long names of the data type that its parameter declares, or that it is given, of a field and of a component.
#[test]
fn groups_know_the_long_names_of_data_types() {
    let map = "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\n\
         uses 'urn:hl7-org:v2xml:CX' alias CX as source\nuses 'urn:hl7-org:v2xml:HD' alias HD as source\n\
         uses 'urn:hl7-org:v2xml:ADT_A01' alias Copy as target\nuses 'urn:hl7-org:v2xml:XPN' alias XPN as target\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
         group m(source msg : ADT, target tgt : Person, target copy : Copy) {\n\
         \x20 msg.MSH as msh then { msh.f4 as site -> tgt.identifier as i then Site(site, i); };\n\
         \x20 msg.PID as pid -> copy.PID as to then {\n\
         \x20   pid.f3 as cx -> tgt.identifier as i then Id(cx, i);\n\
         \x20   pid.f5 as xpn -> tgt.name as n, to.f5 as into then Name(xpn, n), Again(xpn, into);\n  };\n}\n\
         group Id(source cx : CX, target i) {\n  cx.idNumber as v -> i.value = v;\n\
         \x20 cx.assigningAuthority as hd then Site(hd, i);\n}\n\
         group Site(source hd : HD, target i) {\n  hd where (universalIdType = 'ISO') -> i.system = ('urn:oid:' & %hd.universalId);\n}\n\
         group Name(source name, target n) {\n  name.familyName.surname as v -> n.family = v;\n  name.givenName as v -> n.given = v;\n}\n\
         group Again(source name, target to : XPN) {\n  name.givenName as v -> to.givenName = v;\n}\n";
    let compile = |map: &str| {
        let maps = Maps::compile(&[("m.map", map)], &Options::default());
        maps.map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    };
    let bytes = b"MSH|^~\\&||A^2.999.4^ISO|||||ADT^A08|1|T|2.8\rPID|1||7^^^HOSP&2.999.3&ISO||Doe&van^Ann||19800229|F\r";
    let message = carewire_hl7v2::Message::parse(bytes).expect("a message");
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    let done = compile(map)
        .expect("the map is compiled")
        .transform("http://example.org/m", &[Input::Message(&message)], &context)
        .expect("the map runs");
    let text = |at: usize| String::from_utf8(done.targets[at].to_bytes()).expect("text");
    assert_eq!(
        text(0),
        r#"{"resourceType":"Person","identifier":[{"system":"urn:oid:2.999.4"},{"system":"urn:oid:2.999.3","value":"7"}],"name":[{"family":"Doe","given":["Ann"]}]}"#
    );
    assert!(text(1).contains("PID|||||^Ann\r"), "{}", text(1));
    for (right, wrong, help) in [
        (
            "name.givenName as v -> n",
            "name.givnName as v -> n",
            "did you mean `givenName`",
        ),
        (
            "cx.idNumber",
            "cx.assigningAutority",
            "did you mean `assigningAuthority`",
        ),
        (
            "pid.f3 as",
            "pid.patientIdentiferList as",
            "did you mean `patientIdentifierList`",
        ),
    ] {
        let said = compile(&map.replace(right, wrong)).err().unwrap_or_default();
        assert!(said.contains(help), "{wrong}: {said}");
    }
}

/// The product of several sources counts against the limits, match by match.
#[test]
fn a_product_ends_at_the_limit_of_steps() {
    let map = "/// url = 'http://example.org/m'\n/// name = 'm'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
         group m(source src : Patient, target tgt : Person) {\n\
         \x20 src.name as a, src.name as b, src.name as c, src.name as d, src.name as e where (%a.family = 'none') -> tgt.active = true;\n}\n";
    let maps = Maps::compile(&[("m.map", map)], &Options::default()).map_err(|all| all[0].to_string());
    let names = vec![r#"{"family":"x"}"#; 60].join(",");
    let json = format!(r#"{{"resourceType":"Patient","name":[{names}]}}"#);
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"))
        .limits(carewire_mapping::Limits::default().steps(10_000));
    let ended = maps
        .expect("the map is compiled")
        .transform("http://example.org/m", &[Input::Node(document.root())], &context)
        .err();
    assert_eq!(ended.map(|error| error.kind().as_str()), Some("limit-steps"));
}
