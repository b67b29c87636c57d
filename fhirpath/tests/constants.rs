//! What is computed when an expression is compiled: it takes a step, and no more when it runs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_fhirpath::{Compiler, Context, Item, NoNode, compile};

/// How many steps an expression takes, and what it gives.
fn run(expression: &str) -> (u64, Result<Vec<String>, &'static str>) {
    let program = compile(expression).unwrap();
    let context = Context::at("2024-02-10T10:00:00Z".parse().unwrap());
    let items = program.evaluate_without_node::<NoNode>(&context);
    let texts = |items: Vec<Item<'_, NoNode>>| {
        items
            .iter()
            .filter_map(Item::text)
            .map(|it| it.into_owned())
            .collect()
    };
    let shown = items.map(texts).map_err(|fault| fault.code());
    (context.steps_used(), shown)
}

#[test]
fn what_depends_on_literals_alone_takes_one_step() {
    for (expression, wanted) in [
        ("1 + 2 * 3 - 4", "3"),
        ("-(2.50 + 1)", "-3.50"),
        ("'a' + 'b' & 'c'.upper()", "abC"),
        ("@2024-02-29 + 1 year", "2025-02-28"),
        ("(3 days).toString()", "3 days"),
        ("'2 weeks'.toQuantity()", "2 weeks"),
        ("4 'mg' + 2 'mg'", "6 'mg'"),
        ("true and (false or 1 < 2)", "true"),
        ("('b' | 'a' | 'b')[1]", "a"),
        ("(1 | 2 | 3).tail().first()", "2"),
        ("'a,b'.split(',').count() = 2", "true"),
        ("1 is Integer", "true"),
        ("'abc'.matches('^a.c$')", "true"),
    ] {
        assert_eq!(run(expression), (1, Ok(vec![wanted.to_owned()])), "{expression}");
    }
    assert_eq!(run("{} + 1"), (1, Ok(Vec::new())));
    let (steps, items) = run("'a' | 'b' | 'a'");
    assert_eq!((steps, items), (3, Ok(vec!["a".to_owned(), "b".to_owned()])));
}

#[test]
fn what_fails_or_asks_runs_when_it_is_asked_for() {
    for (expression, wanted) in [
        ("'a' + 1", Err("operand-types")),
        ("(1 | 2).single()", Err("not-singular")),
        ("1.toString(  ) - 1", Err("operand-types")),
        ("now().toString().length() > 0", Ok("true")),
        ("(1).trace('it') = 1", Ok("true")),
        ("1 '[in_i]' = 2.54 'cm'", Ok("true")),
    ] {
        let (steps, given) = run(expression);
        assert_eq!(given, wanted.map(|it| vec![it.to_owned()]), "{expression}");
        assert!(steps > 1, "{expression}");
    }
    // The fault has the place of the part that fails, which is not evaluated where nothing asks for it.
    let program = compile("1 = 1 and ('a' + 1) = 2").unwrap();
    let fault = program
        .evaluate_without_node::<NoNode>(&Context::new())
        .map(|_| ())
        .unwrap_err();
    assert_eq!((fault.code(), fault.column()), ("operand-types", 11));
    assert_eq!(run("iif(true, 1, 'a' + 1)").1, Ok(vec!["1".to_owned()]));
}

#[test]
fn results_are_bounded() {
    // 4,096 bytes, which is more than is kept.
    let doubled = "'aaaaaaaa'".to_owned() + &".replace('a', 'aa')".repeat(9);
    let (steps, given) = run(&doubled);
    assert_eq!(given.unwrap()[0].len(), 4_096);
    assert!(steps > 1);
    // Each of the results would be kept: there is room for some.
    let text = "a".repeat(900);
    let many = vec![format!("'{text}'.upper() = 'x'"); 150].join(" or ");
    let (steps, given) = run(&many);
    assert_eq!(given, Ok(vec!["false".to_owned()]));
    let program = Compiler::new().separate(true).compile(&many).unwrap();
    let context = Context::new();
    program.evaluate_without_node::<NoNode>(&context).unwrap();
    assert!(steps > 150 && steps < context.steps_used(), "{steps}");
}

#[test]
fn a_part_that_was_computed_is_explained() {
    let expression = "1 + 2 * 3 in (7 | 8)";
    let program = compile(expression).unwrap();
    let json = carewire_fhir_model::Document::from_json(br#"{"resourceType": "Basic"}"#)
        .unwrap()
        .document;
    let context = Context::new();
    let shown: Vec<_> = program
        .explain(json.root(), &context)
        .parts
        .iter()
        .map(|part| (part.text, part.items.len()))
        .collect();
    assert_eq!(
        shown,
        [
            ("1 + 2 * 3 in (7 | 8)", 1),
            ("1 + 2 * 3", 1),
            ("2 * 3", 1),
            ("(7 | 8)", 1)
        ]
    );
    let apart = Compiler::new().separate(true).compile(expression).unwrap();
    assert_eq!(apart.explain(json.root(), &Context::new()).parts.len(), 4);
}
