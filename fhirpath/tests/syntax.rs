//! The parser: what it reads, where its faults are, and that nothing makes it fall over.
#![allow(missing_docs, reason = "a test")]

use carewire_fhirpath::ast::ExpressionKind;
use carewire_fhirpath::{ErrorKind, ParseLimits, parse, parse_prefix, parse_with};
use proptest::prelude::*;

/// Text, and the text the tree prints as.
const SHAPES: &[(&str, &str)] = &[
    ("a.b.c", "a.b.c"),
    ("1+2*3", "1 + 2 * 3"),
    ("(1+2)*3", "(1 + 2) * 3"),
    ("1-(2-3)", "1 - (2 - 3)"),
    ("(1-2)-3", "1 - 2 - 3"),
    ("-1.abs()", "-1.abs()"),
    ("(-1).abs()", "(-1).abs()"),
    ("- -1", "--1"),
    ("a is FHIR.Patient", "a is FHIR.Patient"),
    ("(a as Quantity).unit", "(a as Quantity).unit"),
    ("1 > 2 is Boolean", "1 > 2 is Boolean"),
    ("(1 > 2) is Boolean", "(1 > 2) is Boolean"),
    ("a or b and c implies d", "a or b and c implies d"),
    ("(a or b) and c", "(a or b) and c"),
    ("a|b|c in d", "a | b | c in d"),
    ("`div`.`a b`", "`div`.`a b`"),
    ("`div`.mod", "`div`.mod"),
    ("contains.contains('x')", "contains.contains('x')"),
    ("a.is(FHIR.`Patient`)", "a.is(FHIR.Patient)"),
    ("%`vs-x` = %\"vs-x\"", "%`vs-x` = %`vs-x`"),
    ("%ucum", "%ucum"),
    ("$this.$this", "$this"),
    ("a[$index + 1][0]", "a[$index + 1][0]"),
    ("{} = { }", "{} = {}"),
    ("4.50 'mg' + 3 days - 1 year", "4.50 'mg' + 3 days - 1 year"),
    (
        "8200000000000000000000000000.00",
        "8200000000000000000000000000.0",
    ),
    ("@2024 @", ""),
    ("@2024T", "@2024T"),
    ("@2024-02-01T10:30+01:00", "@2024-02-01T10:30+01:00"),
    ("@T10:30:00.120", "@T10:30:00.120"),
    (r"'\u0041\'\\\/\n\`\q'", r"'A\'\\/\n`q'"),
    (r"'\ud83d\ude00'", "'\u{1f600}'"),
    ("a /* b */ . /* c */ d // e", "a.d"),
];

#[test]
fn trees_print_as_expected() {
    for (text, printed) in SHAPES {
        match parse(text) {
            Ok(tree) => {
                assert_eq!(&tree.to_string(), printed, "{text}");
                assert_eq!(parse(printed).unwrap(), tree, "{text}");
            }
            Err(error) => assert_eq!(*printed, "", "{text}: {error}"),
        }
    }
}

/// Text, code of the fault, its offset.
const FAULTS: &[(&str, &str, usize)] = &[
    ("", "expected-operand", 0),
    ("2 + 2 /", "expected-operand", 7),
    ("2 + 2 /* open", "unfinished-comment", 6),
    ("a.", "expected-name", 2),
    ("a b", "expected-end", 2),
    ("f(a", "expected-close", 3),
    ("a[1", "expected-close", 3),
    ("(a", "expected-close", 2),
    ("'abc", "unfinished-string", 0),
    (r"'\ud83d'", "bad-escape", 0),
    ("@20", "bad-date", 0),
    ("@2024-13", "bad-date", 0),
    ("%", "expected-name", 0),
    ("a is 1", "expected-type", 5),
    ("and", "expected-operand", 0),
    ("99999999999999999999", "number-too-large", 0),
    ("a # b", "bad-token", 2),
];

#[test]
fn faults_have_a_code_and_a_place() {
    for (text, code, offset) in FAULTS {
        let error = parse(text).expect_err(text);
        assert_eq!(
            (error.kind(), error.code(), error.offset()),
            (ErrorKind::Syntax, *code, *offset),
            "{text}"
        );
    }
    let error = parse("a and\n  b c").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 5));
}

#[test]
fn spans_are_the_text_of_their_node() {
    let text = "name . where( use = 'x' ).given";
    let tree = parse(text).unwrap();
    let ExpressionKind::Member {
        input: Some(input),
        name,
    } = tree.kind
    else {
        panic!("a member")
    };
    let piece = |span: carewire_fhirpath::ast::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(piece(name.span), "given");
    assert_eq!(piece(input.span), "name . where( use = 'x' )");
}

#[test]
fn a_prefix_ends_before_what_is_not_its_own() {
    for (text, end) in [
        ("a.b) then", 3),
        ("a = 1 -> b", 5),
        ("a -> b", 1),
        ("a then { }", 1),
        ("a // note\n; b", 1),
        ("a.where(b -> c", usize::MAX),
        ("a, b", 1),
        ("a \"x\"", 1),
        ("a #", 1),
        ("a /* open", 1),
        ("a + ;", usize::MAX),
        ("exists() and (b or c) log 'x'", 21),
    ] {
        match parse_prefix(text) {
            Ok(prefix) => assert_eq!(prefix.end, end, "{text}"),
            Err(error) => assert_eq!(end, usize::MAX, "{text}: {error}"),
        }
    }
}

#[test]
fn depth_is_limited_in_every_direction() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        format!("a{}", ".a".repeat(100_000)),
        format!("1{}", "+1".repeat(100_000)),
        format!("a{}", "[0]".repeat(100_000)),
        format!("a{}", " is B".repeat(100_000)),
        "f(".repeat(100_000),
        "a[".repeat(100_000),
        "1|(".repeat(100_000),
    ] {
        assert_eq!(parse(&text).unwrap_err().kind(), ErrorKind::Limit);
    }
    assert!(parse(&format!("{}1{}", "(".repeat(190), ")".repeat(190))).is_ok());
    assert!(parse(&format!("1{}", "+1".repeat(190))).is_ok());
    let long = ParseLimits::default().bytes(3);
    assert_eq!(parse_with("1234", long).unwrap_err().code(), "text-limit");
}

/// Pieces that make text look like expressions.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a"),
        Just("name"),
        Just(".where("),
        Just(".is("),
        Just(")"),
        Just("("),
        Just("["),
        Just("]"),
        Just("."),
        Just(" and "),
        Just(" or "),
        Just(" is "),
        Just(" as "),
        Just("|"),
        Just("="),
        Just("!~"),
        Just("<="),
        Just("->"),
        Just("'x'"),
        Just("'\\u00"),
        Just("`q r`"),
        Just("1"),
        Just("2.50"),
        Just(" 'mg'"),
        Just(" days"),
        Just("@2024-02"),
        Just("@T10"),
        Just("T10:30Z"),
        Just("$this"),
        Just("$index"),
        Just("%x"),
        Just("{}"),
        Just("/*"),
        Just("*/"),
        Just("//"),
        Just("\n"),
        Just(" div "),
        Just("true"),
        Just("-"),
        Just("+"),
        Just(","),
        Just("é"),
        Just("\u{0}"),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![pieces(), any::<String>()]) {
        if let Ok(tree) = parse(&text) {
            let printed = tree.to_string();
            prop_assert_eq!(parse(&printed).unwrap(), tree, "{}", printed);
        }
        if let Ok(prefix) = parse_prefix(&text) {
            prop_assert!(text.is_char_boundary(prefix.end));
            prop_assert_eq!(parse(&text[..prefix.end]).unwrap(), prefix.expression);
        }
    }
}
