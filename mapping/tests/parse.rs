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
        let mut text = String::from("/// url = 'http://example.org/m'\nlet c0 = 'x';\n");
        for at in 1..count {
            let before = at - 1;
            text.push_str(&format!("let c{at} = %c{before} & %c{before};\n"));
        }
        text + "group g(source a, target b) {\n}\n"
    };
    assert!(Maps::compile(&[("m.fml", &constants(60))], &Options::default()).is_ok());
    let all = Maps::compile(&[("m.fml", &constants(1_000))], &Options::default()).unwrap_err();
    assert_eq!((all[0].code(), all[0].line()), (Code::TooDeep, 2 + 64));
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
