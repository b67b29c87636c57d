//! Random expressions over random documents.
#![allow(missing_docs, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_fhirpath::{Compiler, Context, Item, Limits, ParseLimits};
use proptest::prelude::*;

/// Names that the documents of [`documents`] have, functions, operators and literals, put together at random.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "name",
        "given",
        "family",
        "value",
        "birthDate",
        "active",
        "extension",
        "$this",
        "$index",
        "$total",
        "{}",
        "1",
        "2.5",
        "'a'",
        "'1'",
        "true",
        "@2024-02-10",
        "@2024-02-10T10:00Z",
        "@T10:00",
        "3 days",
        "4 'mg'",
        "%resource",
        "Patient",
        "id",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let function = prop::sample::select(vec![
            "empty()",
            "exists()",
            "not()",
            "count()",
            "first()",
            "last()",
            "tail()",
            "single()",
            "children()",
            "descendants()",
            "distinct()",
            "isDistinct()",
            "toString()",
            "toInteger()",
            "toQuantity()",
            "toDateTime()",
            "toBoolean()",
            "abs()",
            "sqrt()",
            "exp()",
            "ln()",
            "round()",
            "truncate()",
            "lowBoundary()",
            "highBoundary()",
            "precision()",
            "type()",
            "sort()",
            "upper()",
            "length()",
            "toChars()",
            "trim()",
            "hasValue()",
            "resolve()",
            "allTrue()",
            "is(string)",
            "ofType(HumanName)",
            "join()",
            "highBoundary(3)",
        ]);
        let with = prop::sample::select(vec![
            "where",
            "select",
            "all",
            "exists",
            "repeat",
            "union",
            "combine",
            "intersect",
            "exclude",
            "subsetOf",
            "skip",
            "take",
            "power",
            "log",
            "round",
            "contains",
            "indexOf",
            "substring",
            "split",
            "join",
            "matches",
            "aggregate",
            "sort",
            "comparable",
            "extension",
            "lowBoundary",
            "encode",
            "iif2",
            "trace",
        ]);
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "!~", "<", ">=", "in", "contains",
            "and", "or", "xor", "implies",
        ]);
        prop_oneof![
            (inner.clone(), function).prop_map(|(left, function)| format!("({left}).{function}")),
            (inner.clone(), with, inner.clone()).prop_map(|(left, name, argument)| match name {
                "iif2" => format!("({left}).iif({argument}, $this, {argument})"),
                _ => format!("({left}).{name}({argument})"),
            }),
            (inner.clone(), operator, inner.clone())
                .prop_map(|(left, operator, right)| format!("({left}) {operator} ({right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, index)| format!("({left})[{index}]")),
            inner.prop_map(|operand| format!("-({operand})")),
        ]
    })
}

/// Documents with what a Patient may have and with what it may not.
fn documents() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "\"a\"",
        "\"1970-02-30\"",
        "\"2024-02\"",
        "1",
        "-1e400",
        "99999999999999999999999999999999.5",
        "true",
        "null",
        "[]",
        "{}",
        "[1, null]",
        "{\"id\": \"x\"}",
        "[[1]]",
        "{\"value\": 1, \"code\": \"mg\"}",
        "[{\"given\": [\"A\", \"B\"], \"family\": \"C\"}]",
    ]);
    let key = prop::sample::select(vec![
        "name",
        "birthDate",
        "_birthDate",
        "active",
        "value",
        "id",
        "extension",
        "contact",
        "multipleBirthInteger",
        "nope",
        "deceasedDateTime",
    ]);
    prop::collection::vec((key, value), 0..8).prop_map(|pairs| {
        let body: String = pairs
            .iter()
            .map(|(key, value)| format!(", \"{key}\": {value}"))
            .collect();
        format!("{{\"resourceType\": \"Patient\"{body}}}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn evaluation_ends_and_never_panics(expression in expressions(), json in documents()) {
        let document = Document::from_json(json.as_bytes()).unwrap().document;
        let compiler = Compiler::new().limits(ParseLimits::default());
        if let Ok(program) = compiler.compile(&expression) {
            let limits = Limits::default().steps(50_000).items(10_000);
            let context = Context::at("2024-02-10T10:00:00Z".parse().unwrap()).limits(limits);
            if let Ok(items) = program.evaluate(document.root(), &context) {
                let texts = items.iter().filter_map(Item::text).map(|text| text.len()).sum::<usize>();
                prop_assert!(texts < 1 << 30);
            }
        }
    }
}
