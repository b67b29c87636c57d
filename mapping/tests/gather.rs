//! `by (key)`: the matches of a source with an equal key are one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fmt::Write;

use carewire_hl7v2::Message;
use carewire_mapping::syntax::{Release, from_structure_map, parse, render, to_structure_map};
use carewire_mapping::{Context, Input, Limits, Maps, Options, Transformed};

const HEAD: &str = "MSH|^~\\&|LAB|HOSP|||20240201||ORU^R01|1|P|2.5.1\r";

fn compiled(rules: &str) -> Maps {
    let map = format!(
        "/// url = 'http://example.org/m'\n/// carewire = 'superset'\nuses 'http://example.org/Out' alias Out as target\n\n\
         group m(source msg, target out : Out) {{\n{rules}\n}}\n"
    );
    Maps::compile(&[("m.map", &map)], &Options::default()).unwrap_or_else(|all| panic!("{}", all[0]))
}

fn run(rules: &str, segments: &str) -> Transformed {
    let bytes = format!("{HEAD}{segments}");
    let message = Message::parse(bytes.as_bytes()).unwrap();
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap()).lineage(true);
    compiled(rules)
        .transform("http://example.org/m", &[Input::Message(&message)], &context)
        .unwrap()
}

fn text(rules: &str, segments: &str) -> (String, Vec<&'static str>) {
    let done = run(rules, segments);
    let codes = done
        .findings
        .iter()
        .map(|finding| finding.code().as_str())
        .collect();
    (String::from_utf8(done.targets[0].to_bytes()).unwrap(), codes)
}

const LINES: &str = "OBX|1|TX|A||a1\rOBX|2|TX|B||b1\rOBX|3|TX|A||a2\rOBX|4|NM|C||7\rOBX|5|TX|||x\rOBX|6|TX|A||a3\rOBX|7|TX|||y\r";

/// Each key where its first line stands; what has no key stays alone.
#[test]
fn lines_of_one_key_are_one_match_wherever_they_stand() {
    let rules = "  msg.all.OBX as lines where (f2 = 'TX') by (f3.c1) -> out.text = (%lines.f5.join('|'));";
    assert_eq!(
        text(rules, LINES),
        (r#"{"text":["a1|a2|a3","b1","x","y"]}"#.to_owned(), vec![])
    );
}

/// Expressions that run as steps and those that go to FHIRPath whole, sources below it, targets, arguments and nested rules see each of the lines.
#[test]
fn the_variable_is_each_of_the_lines() {
    for (rule, expected) in [
        ("-> out.n = (%lines.count());", r#"{"n":[3,1,1,1]}"#),
        ("-> out.n = (%lines.first().f1);", r#"{"n":["1","2","5","7"]}"#),
        (
            "-> out.n = (%lines.f5.select($this & '!').last());",
            r#"{"n":["a3!","b1!","x!","y!"]}"#,
        ),
        ("-> out.n = (%lines.skip(1).f1.join());", r#"{"n":"36"}"#),
        (
            "-> out.n = (iif(%lines.f5.exists($this = 'a2'), 'yes', 'no'));",
            r#"{"n":["yes","no","no","no"]}"#,
        ),
        (
            "then { lines.f5 as v -> out.n = v; };",
            r#"{"n":["a1","a2","a3","b1","x","y"]}"#,
        ),
        (
            "then { lines as line where (f1 != '3') -> out.n = (%line.f1); };",
            r#"{"n":["1","6","2","5","7"]}"#,
        ),
        (
            "-> out.g as g then Texts(lines, g);",
            r#"{"g":[{"t":["a1","a2","a3"]},{"t":"b1"},{"t":"x"},{"t":"y"}]}"#,
        ),
    ] {
        let rules = format!(
            "  msg.all.OBX as lines where (f2 = 'TX') by (f3.c1) {rule}\n}}\n\ngroup Texts(source lines, target g) {{\n  lines.f5 as v -> g.t = v;"
        );
        let (made, codes) = text(&rules, LINES);
        // A line without the text makes no element, and an empty join an empty one.
        assert_eq!(
            made.replace(r#","""#, "").replace(r#","","""#, ""),
            expected,
            "{rule}"
        );
        assert!(codes.is_empty(), "{rule}: {codes:?}");
    }
}

/// The list mode, the cardinality, `check` and `log` come after it.
#[test]
fn what_stands_behind_it_counts_the_groups() {
    let first = "  msg.all.OBX first as lines by (f3.c1) -> out.n = (%lines.f5.join('|'));";
    assert_eq!(text(first, LINES).0, r#"{"n":"a1|a2|a3"}"#);
    let last = "  msg.all.OBX last as lines where (f3.exists()) by (f3.c1) -> out.n = (%lines.f5);";
    assert_eq!(text(last, LINES).0, r#"{"n":"7"}"#);
    let most = "  msg.all.OBX 0..2 as lines by (f3.c1) -> out.n = (%lines.f5);";
    assert_eq!(text(most, LINES), ("{}".to_owned(), vec!["cardinality"]));
    let check = "  msg.all.OBX as lines where (f3.exists()) by (f3.c1) check (%lines.count() > 1) -> out.n = (%lines.count());";
    assert_eq!(
        text(check, LINES),
        (r#"{"n":3}"#.to_owned(), vec!["check-failed", "check-failed"])
    );
}

/// Every line is named as a source of what is made of it.
#[test]
fn lineage_names_every_line() {
    let rules = "  msg.all.OBX as lines where (f3 = 'A') by (f3.c1) -> out.text = (%lines.f5.join('|')), out.mark = 'x';";
    let lineage = run(rules, LINES).lineage.unwrap();
    let places = |path: &str| {
        let element = lineage
            .elements()
            .iter()
            .find(|element| element.path() == path)
            .unwrap();
        let places: Vec<String> = element
            .sources()
            .iter()
            .map(|place| place.path().to_owned())
            .collect();
        places.join(" ")
    };
    assert_eq!(places("text"), "OBX-5 OBX[3]-5 OBX[6]-5");
    assert_eq!(places("mark"), "OBX OBX[3] OBX[6]");
}

/// So many lines take as many steps as they are, not their square.
#[test]
fn many_lines_of_many_keys_stay_linear() {
    let mut segments = String::new();
    for at in 0..20_000 {
        write!(segments, "OBX|{at}|TX|K{}||line {at}\r", at % 5_000).unwrap();
    }
    let rules = "  msg.all.OBX as lines by (f3.c1) -> out.text = (%lines.f5.join('|'));";
    let bytes = format!("{HEAD}{segments}");
    let message = Message::parse(bytes.as_bytes()).unwrap();
    let limits = Limits::default().steps(60_000);
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap()).limits(limits);
    let done = compiled(rules)
        .transform("http://example.org/m", &[Input::Message(&message)], &context)
        .unwrap();
    let made = String::from_utf8(done.targets[0].to_bytes()).unwrap();
    assert!(made.contains("line 7|line 5007|line 10007|line 15007"));
    assert_eq!(made.matches("line ").count(), 20_000);
}

/// It is of the superset, is written as it was read, and comes back from a StructureMap.
#[test]
fn it_is_marked_rendered_and_exported() {
    let plain = "/// url = 'http://example.org/m'\n/// name = 'M'\n/// status = 'draft'\n\ngroup m(source src, target tgt) {\n  src.name as n where (use = 'usual') by (family) check (given.exists()) -> tgt.name = n \"r\";\n}\n";
    let refused = Maps::compile(&[("m.map", plain)], &Options::default()).unwrap_err();
    assert_eq!(refused[0].code().as_str(), "superset");
    let parsed = parse("m.map", plain);
    assert!(parsed.diagnostics.is_empty());
    assert_eq!(render(&parsed.map), plain);
    let exported = to_structure_map(&parsed.map, Release::R4);
    assert!(exported.losses.iter().any(|loss| loss.what().contains("`by`")));
    let back = from_structure_map(exported.json.as_bytes()).unwrap();
    assert_eq!(render(&parse("m.map", &back).map), plain);
}
