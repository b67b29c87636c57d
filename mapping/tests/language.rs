//! One item of the language a test: list modes, conditions, defaults, cardinality, types and default groups, as `DESIGN.md` decides them.
#![expect(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_mapping::{Context, Input, Maps, Options};

/// What a map of these rules over a Patient makes of a Person, and the codes of the findings.
fn run(rules: &str, patient: &str) -> (String, Vec<String>) {
    run_with(rules, "", patient)
}

fn run_with(rules: &str, groups: &str, patient: &str) -> (String, Vec<String>) {
    let map = format!(
        "/// url = 'http://example.org/m'\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
         uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
         group m(source src : Patient, target tgt : Person) {{\n{rules}\n}}\n{groups}"
    );
    let maps = Maps::compile(&[("m.map", &map)], &Options::default()).map_err(|all| all[0].to_string());
    let maps = maps.expect("the map is compiled");
    let json = format!(r#"{{"resourceType":"Patient",{patient}}}"#);
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let context = Context::at("2024-02-01T10:00:00Z".parse().expect("a time"));
    let done = maps
        .transform("http://example.org/m", &[Input::Node(document.root())], &context)
        .expect("the map runs");
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
