#![expect(missing_docs, reason = "a test")]

use carewire_mapping::{Code, Maps, Options, syntax};
use proptest::prelude::*;

const MAP: &str = r##"/// url = 'http://example.org/maps/All'
/// name = 'All'
/// description = """
Two
lines.
"""
/// jurisdiction =
/// jurisdiction.coding.code = 'AQ'
/// carewire = 'superset'

conceptmap "#Sex" {
  prefix s = "http://example.org/s"
  prefix t = "http://example.org/t"
  unmapped for s = fixed "unknown"
  s:M - t:male
  s:"F" == t:"female" "Female"
  s:X --
}

uses "urn:hl7-org:v2xml:PID" alias PID as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
imports "http://example.org/maps/*"
let five = 5 'mg';
let six = 6 // not seven
;

// The group
group All(source pid : PID, target p : Patient) extends Base <<type+>> {
  pid.f3 as x where (c5 = 'MR') check (c1.exists()) log ('seen') -> p.identifier as i share ids then CX(x, i), CX2(x, 'a', 5, (%x.c1)) { // inside
    x -> i.use = 'usual';
  } "identifiers"; // after
  pid.f5 : XPN 0..1 default (name) first as n, pid.f7 as d -> p.name as name first, (n.c1) as z, p.birthDate = toDate(d, 'yyyy') last;
  pid.f8 as s where (c1 = 'F') -> p.gender = translate(s, '#Sex', 'code');
  else pid.f8 as s -> p.gender = 'unknown', p.active = true, p.x = @2024-01-02, p.y = 5 days, p.z = -> p.q;
  src -> tgt : a, b, `c-d` "batch";
  ignore pid.f4, pid.f9 "not carried";
}
"##;

#[test]
fn one_error_does_not_hide_the_next() {
    let text = MAP
        .replace("check (c1.exists())", "check (c1.exists(")
        .replace("ignore pid.f4,", "ignore pid.f4;");
    let all = syntax::parse("all.fml", &text).diagnostics;
    let places: Vec<_> = all.iter().map(|one| (one.code(), one.line())).collect();
    let lines = [29, 34, 36].map(|line| (Code::Syntax, line));
    assert_eq!(places, lines);
    let broken = syntax::parse("all.fml", MAP);
    let [only] = &broken.diagnostics[..] else {
        panic!("one error is expected")
    };
    assert_eq!((only.line(), only.column()), (34, 101));
    assert_eq!(
        only.message(),
        "expected a value, a variable, a transform or an expression in parentheses, found `->`"
    );
    assert_eq!(
        broken.map.groups[0].rules.len(),
        5,
        "the other rules of the group are read"
    );
}

#[test]
fn what_is_rendered_parses_to_the_same() {
    let text = MAP.replace(", p.z = -> p.q", "");
    let parsed = syntax::parse("all.fml", &text);
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics[0]);
    assert_eq!(parsed.map.url(), Some("http://example.org/maps/All"));
    let rendered = syntax::render(&parsed.map);
    let again = syntax::parse("all.fml", &rendered);
    assert!(
        again.diagnostics.is_empty(),
        "{}\n{rendered}",
        again.diagnostics[0]
    );
    assert_eq!(again.map, parsed.map);
    assert_eq!(syntax::render(&again.map), rendered);
    assert!(rendered.contains("} \"identifiers\"; // after\n"), "{rendered}");
}

#[test]
fn deep_nesting_is_refused() {
    let mut text = String::from("group g(source a, target b) {\n");
    text.push_str(&"a then {\n".repeat(10_000));
    let all = syntax::parse("deep.fml", &text).diagnostics;
    assert_eq!(all[0].code(), Code::TooDeep);
}

/// Texts that made each error, comment or constant cost a walk over the whole text, or more.
#[test]
fn hostile_texts_are_read_in_time() {
    let start = "/// url = 'http://example.org/m'\ngroup g(source a, target b) {\n";
    let unclosed = format!("{start}{}", "  a.x where (b -> b.y;\n".repeat(10_000));
    let all = syntax::parse("unclosed.fml", &unclosed).diagnostics;
    assert_eq!(all.len(), 100, "after a hundred errors the rest is not read");
    let comments = format!("{start}{}}}\n", "/**/".repeat(50_000));
    let parsed = syntax::parse("comments.fml", &comments);
    assert_eq!(parsed.map.comments.len(), 50_000);
    assert!(parsed.map.comments.iter().skip(1).all(|comment| comment.trailing));
}

#[test]
fn constants_that_fan_out_compile_and_those_that_nest_too_deep_are_refused() {
    let constants = |count: usize| {
        let mut text = String::from("/// url = 'http://example.org/m'\n/// name = 'm'\nlet c0 = 'x';\n");
        for at in 1..count {
            let before = at - 1;
            text.push_str(&format!("let c{at} = %c{before} & %c{before};\n"));
        }
        text + "group g(source a, target b) {\n}\n"
    };
    assert!(Maps::compile(&[("m.fml", &constants(60))], &Options::default()).is_ok());
    let all = Maps::compile(&[("m.fml", &constants(1_000))], &Options::default()).unwrap_err();
    assert_eq!((all[0].code(), all[0].line()), (Code::TooDeep, 3 + 64));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        let _ = syntax::parse("any.fml", &text);
    }

    #[test]
    fn a_damaged_map_is_read_without_panic(at in 0..MAP.len(), length in 0_usize..40, with in "[-a-z(){}'\"`;:/%@$ \n]{0,8}") {
        let end = (at + length).min(MAP.len());
        if MAP.is_char_boundary(at) && MAP.is_char_boundary(end) {
            let damaged = format!("{}{with}{}", &MAP[..at], &MAP[end..]);
            let parsed = syntax::parse("damaged.fml", &damaged);
            for diagnostic in &parsed.diagnostics {
                prop_assert!(!diagnostic.to_string().is_empty());
            }
            let _ = syntax::render(&parsed.map);
        }
    }
}

/// A rule of forms that stand together in any way: each part is of the grammar by itself.
fn rule() -> impl Strategy<Value = String> {
    let source = (
        prop::sample::select(vec![
            "src",
            "src.a",
            "src.a.b",
            "src.`odd-name`",
            "src.where",
            "msg.PID",
        ]),
        prop::sample::select(vec!["", " : code"]),
        prop::sample::select(vec!["", " 0..1", " 1..*"]),
        prop::sample::select(vec!["", " default ('x')"]),
        prop::sample::select(vec![
            "",
            " first",
            " not_first",
            " last",
            " not_last",
            " only_one",
        ]),
        prop::sample::select(vec![
            "",
            " where (a = 'M' and b.exists())",
            " where ($this.length() > 1)",
        ]),
        prop::sample::select(vec!["", " check (true)", " check (v in ('a' | 'b'))"]),
        prop::sample::select(vec!["", " log ('seen')"]),
    );
    let target = (
        prop::sample::select(vec!["tgt.b", "tgt.b.c", "tgt.`odd-name`"]),
        prop::sample::select(vec![
            "",
            " = v",
            " = 'text'",
            " = 5",
            " = 5.50",
            " = true",
            " = @2024-01-02",
            " = @T10:00",
            " = {}",
            " = (v.x & 'it\\'s')",
            " = create('Patient')",
            " = cc('urn:x', 'y')",
            " = translate(v, '#sex', 'code')",
            " = truncate(v, 5)",
            " = uuid()",
            " = evaluate(v, x.y)",
            " = v.x",
        ]),
        prop::sample::select(vec!["", " as w"]),
        prop::sample::select(vec!["", " first", " last", " single", " share one"]),
    );
    let then = prop::sample::select(vec![
        "",
        " then G(v, tgt)",
        " then G(v, tgt), H(v, 'x')",
        " then { v -> tgt.z = 1 \"inner\"; }",
        " then G(v, tgt) { v.q as q -> tgt.z = q; }",
        " then {}",
    ]);
    let name = prop::sample::select(vec!["", " \"name\"", " \"a \\\"quoted\\\" name\""]);
    let source = source.prop_map(|(path, ty, count, default, mode, condition, check, log)| {
        format!("{path}{ty}{count}{default}{mode} as v{condition}{check}{log}")
    });
    let target = target.prop_map(|(path, value, alias, mode)| format!("{path}{value}{alias}{mode}"));
    let sources = prop::collection::vec(source, 1..3);
    let targets = prop::collection::vec(target, 0..3);
    (sources, targets, then, name).prop_map(|(sources, targets, then, name)| {
        let arrow = if targets.is_empty() { "" } else { " -> " };
        let then = if targets.is_empty() && then.is_empty() {
            " then {}"
        } else {
            then
        };
        format!(
            "  {}{arrow}{}{then}{name};\n",
            sources.join(", "),
            targets.join(", ")
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// As text, and as a StructureMap of either release.
    #[test]
    fn any_rule_is_the_same_when_it_was_written_and_read_again(
        rules in prop::collection::vec(rule(), 1..6),
        head in prop::sample::select(vec!["", " extends Base", " <<types>>", " extends Base <<type+>>"]),
    ) {
        let text = format!(
            "/// url = 'http://example.org/m'\n/// name = 'M'\n/// status = 'draft'\nlet five = 5 'mg';\n\ngroup M(source src : A, target tgt : B){head} {{\n{}}}\n",
            rules.concat()
        );
        let read = |text: &str| {
            let parsed = syntax::parse("m.map", text);
            assert!(parsed.diagnostics.is_empty(), "{}\n{text}", parsed.diagnostics[0]);
            parsed.map
        };
        let map = read(&text);
        let rendered = syntax::render(&map);
        prop_assert_eq!(&read(&rendered), &map, "{}", rendered);
        for release in [syntax::Release::R4, syntax::Release::R5] {
            let json = syntax::to_structure_map(&map, release).json;
            let back = syntax::from_structure_map(json.as_bytes()).map_err(|error| error.to_string());
            let back = back.expect("a StructureMap");
            prop_assert_eq!(&read(&back), &map, "{}\n{}", json, back);
        }
    }
}

/// A word that is nearly one of the language is told from it.
#[test]
fn a_misspelt_word_has_its_neighbour_beside_it() {
    let map = |rule: &str| {
        format!("/// url = 'http://example.org/m'\ngroup g(source s, target t) {{\n  {rule}\n}}\n")
    };
    for (text, help) in [
        (
            "/// url = 'http://example.org/m'\ngruop g(source s, target t) {\n}\n".to_owned(),
            "`group`",
        ),
        (map("s.a as v wehre (true) -> t.b = v;"), "`where`"),
        (map("s.a as v chekc (true) -> t.b = v;"), "`check`"),
        (map("s.a as v -> t.b = v thne g(v, t);"), "`then`"),
        (map("s.a as v - t.b = v;"), "`->`"),
        (map("s.a as v -> t.b = 'open;"), "quote"),
    ] {
        let parsed = syntax::parse("m.map", &text);
        let first = parsed.diagnostics.first().expect("a finding");
        assert!(first.help().is_some_and(|said| said.contains(help)), "{first}");
    }
}
