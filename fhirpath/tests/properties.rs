//! Random expressions over random documents.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

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

/// Paths with filters of every sort, as one operation and as several.
fn paths() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "Patient",
        "FHIR.Patient",
        "Observation",
        "$this",
        "name",
        "Patient.name",
        "contact.name",
        "extension",
        "birthDate",
        "children()",
        "descendants()",
        "%resource",
        "('a' | 'b')",
    ]);
    let part = prop::sample::select(vec![
        "name",
        "given",
        "family",
        "value",
        "nope",
        "where(use = 'official')",
        "where(given = 'A')",
        "where(url = 'u')",
        "where(family = 'C' and given.exists())",
        "where($this = 'a')",
        "where(given)",
        "where(nope)",
        "where(true)",
        "where($this is HumanName)",
        "where(%resource.active)",
        "where($index = 0)",
        "where(name.where(family = 'C').exists())",
        "ofType(HumanName)",
        "ofType(string)",
        "ofType(String)",
        "where(birthDate + 1 year > @1971)",
        "where($this - 3 days < @1970-02-28)",
        "where($this + 18 months = @1971-09-01)",
        "first()",
        "last()",
        "exists(family = 'C')",
        "all(url = 'u')",
        "count()",
        "repeat(extension)",
        "select(given.first())",
        "not()",
    ]);
    (start, prop::collection::vec(part, 1..5))
        .prop_map(|(start, parts)| format!("{start}.{}", parts.join(".")))
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

/// What a program gives, without the places.
fn shown<'a, N: carewire_fhirpath::Node<'a>>(
    program: &'a carewire_fhirpath::Program,
    node: N,
) -> Result<Vec<(String, Option<String>)>, &'static str> {
    let limits = Limits::default().steps(200_000).items(20_000);
    let context = Context::at("2024-02-10T10:00:00Z".parse().unwrap()).limits(limits);
    let items = program.evaluate(node, &context).map_err(|error| error.code())?;
    let one = |item: &Item<'a, N>| {
        (
            item.type_name().to_string(),
            item.text().map(|text| text.into_owned()),
        )
    };
    Ok(items.iter().map(one).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn operations_that_run_as_one_give_what_they_give_apart(
        expression in prop_oneof![paths(), expressions()],
        json in documents(),
    ) {
        let document = Document::from_json(json.as_bytes()).unwrap().document;
        let (one, apart) = (Compiler::new(), Compiler::new().separate(true));
        if let (Ok(one), Ok(apart)) = (one.compile(&expression), apart.compile(&expression)) {
            let (given, wanted) = (shown(&one, document.root()), shown(&apart, document.root()));
            // What runs as one takes fewer steps.
            if wanted != Err("step-limit") {
                prop_assert_eq!(given, wanted, "{} over {}", expression, json);
            }
        }
    }
}

/// Expressions of literals alone, or nearly so: what is computed when they are compiled, and what must not be.
fn constants() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "{}",
        "0",
        "1",
        "7",
        "2.50",
        "'a'",
        "'Ab c'",
        "'12'",
        "'3 days'",
        "true",
        "false",
        "@2024-02-29",
        "@2024-02",
        "@2024-02-10T10:00:00.000Z",
        "@T10:00",
        "3 days",
        "1 month",
        "2 'cm'",
        "1 '[in_i]'",
        "4 'mg'",
        "active",
        "now()",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 30, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "div", "mod", "&", "|", "<", ">=", "=", "!=", "~", "!~", "in", "contains",
            "and", "or", "xor", "implies",
        ]);
        let function = prop::sample::select(vec![
            "toString()",
            "toInteger()",
            "toQuantity()",
            "convertsToDate()",
            "first()",
            "last()",
            "tail()",
            "count()",
            "empty()",
            "not()",
            "distinct()",
            "single()",
            "upper()",
            "length()",
            "toChars()",
            "abs()",
            "sqrt()",
            "round(1)",
            "lowBoundary()",
            "type()",
            "trace('x')",
            "select($this)",
            "where(true)",
            "iif(true, 1, 'x')",
            "replace('a', 'b')",
            "matches('^a')",
            "split(' ')",
            "encode('hex')",
            "is(Integer)",
            "ofType(String)",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            (inner.clone(), function).prop_map(|(input, function)| format!("({input}).{function}")),
            (inner.clone(), inner.clone()).prop_map(|(input, index)| format!("({input})[{index}]")),
            inner.prop_map(|operand| format!("(-{operand})")),
        ]
    })
}

/// A fault by its code, line and column.
type Fault = (&'static str, u32, u32);

/// The fault of a program with its place, or what it gives.
fn outcome<'a, N: carewire_fhirpath::Node<'a>>(
    program: &'a carewire_fhirpath::Program,
    node: N,
) -> Result<Vec<(String, Option<String>)>, Fault> {
    let context = Context::at("2024-02-10T10:00:00Z".parse().unwrap());
    let items = program.evaluate(node, &context);
    let items = items.map_err(|error| (error.code(), error.line(), error.column()))?;
    let one = |item: &Item<'a, N>| {
        let text = item.text().map(|text| text.into_owned());
        (item.type_name().to_string(), text)
    };
    Ok(items.iter().map(one).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_computed_before_it_runs_is_what_would_be_computed_then(expression in constants()) {
        let document = Document::from_json(br#"{"resourceType": "Patient", "active": true}"#).unwrap().document;
        let (folded, apart) = (Compiler::new(), Compiler::new().separate(true));
        if let (Ok(folded), Ok(apart)) = (folded.compile(&expression), apart.compile(&expression)) {
            let wanted = outcome(&apart, document.root());
            prop_assert_eq!(outcome(&folded, document.root()), wanted, "{}", expression);
            // Whoever watches sees each part, computed before or not.
            let context = || Context::at("2024-02-10T10:00:00Z".parse().unwrap());
            let (one, other) = (context(), context());
            let (seen, wanted) = (folded.explain(document.root(), &one), apart.explain(document.root(), &other));
            let parts = |parts: &[carewire_fhirpath::Part<'_, _>]| -> Vec<(String, u64, usize)> {
                parts.iter().map(|part| (part.text.to_owned(), part.times, part.items.len())).collect()
            };
            prop_assert_eq!(parts(&seen.parts), parts(&wanted.parts), "{}", expression);
        }
    }
}

/// Where references lead in a tree: each expression with how many places it gives.
#[cfg(any(feature = "serde_json", feature = "typed"))]
const REFERRING: (&str, &[(&str, usize)]) = (
    r##"{"resourceType": "Bundle", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1",
            "contained": [{"resourceType": "Organization", "id": "o1", "partOf": {"reference": "#"}}],
            "managingOrganization": {"reference": "#o1"}, "_birthDate": {"extension": [{"url": "u", "valueCode": "x"}]}}},
        {"resource": {"resourceType": "Observation", "subject": {"reference": "Patient/p1/_history/2"},
            "performer": [{"reference": "urn:uuid:1"}, {"reference": "#"}, {"reference": "Patient/none"}]}}]}"##,
    &[
        ("descendants().ofType(Reference).resolve().id", 4),
        ("entry.resource.contained.partOf.resolve().id", 1),
        ("entry.resource.birthDate.extension('u').value", 1),
        ("entry.resource.birthDate.hasValue()", 1),
        ("entry.resource.performer.resolve().type().name", 2),
    ],
);

/// The same question to both trees of one text.
#[cfg(feature = "serde_json")]
mod json {
    use carewire_fhirpath::JsonNode;
    use serde_json::Value;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn a_value_and_a_document_give_the_same(expression in expressions(), json in documents()) {
            // Written again, both have one order of keys and one form of numbers.
            let Ok(value) = serde_json::from_str::<Value>(&json) else { return Ok(()) };
            // What stands beside a primitive is a list where the primitive is, and an object else.
            let beside = &value["_birthDate"];
            prop_assume!(beside.is_null() || beside.is_object() && !value["birthDate"].is_array());
            let text = value.to_string();
            let document = Document::from_json(text.as_bytes()).unwrap().document;
            if let Ok(program) = Compiler::new().compile(&expression) {
                prop_assert_eq!(shown(&program, JsonNode::new(&value)), shown(&program, document.root()), "{} over {}", expression, text);
            }
        }
    }

    #[test]
    fn references_of_a_value_lead_where_those_of_a_document_do() {
        let (text, expressions) = REFERRING;
        let value: Value = serde_json::from_str(text).unwrap();
        let document = Document::from_json(text.as_bytes()).unwrap().document;
        for (expression, count) in expressions {
            let program = Compiler::new().compile(expression).unwrap();
            let wanted = shown(&program, document.root());
            assert_eq!(wanted.as_ref().map(Vec::len), Ok(*count), "{expression}");
            assert_eq!(shown(&program, JsonNode::new(&value)), wanted, "{expression}");
        }
    }
}

/// The same question to a typed value and to the document of its JSON.
#[cfg(feature = "typed")]
mod typed {
    use carewire_fhir_model::r4::{Patient, Resource};
    use carewire_fhir_model::{from_json, to_document};
    use carewire_fhirpath::{Node, TypedTree};

    use super::*;

    /// Patients without anything that no type has, with every sort of primitive and what stands beside it.
    fn patients() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            r#""id": "p1""#,
            r#""meta": {"lastUpdated": "2024-02-10T10:00:00.50+01:00", "tag": [{"code": "a"}, {"userSelected": false}]}"#,
            r#""language": "de", "_language": {"id": "l"}"#,
            r#""extension": [{"url": "u", "valueDecimal": 1.50}, {"url": "a", "extension": [{"url": "b", "valueTime": "10:00:00"}]}]"#,
            r#""active": true"#,
            r#""name": [{"id": "n", "use": "official", "given": ["A", "B"], "family": "C"}, {"given": ["a"]}]"#,
            r#""name": [{"given": [null, "B", null], "_given": [{"id": "x"}, null, {"extension": [{"url": "u"}]}]}]"#,
            r#""name": [{"_given": [{"id": "x"}, {"id": "y"}]}]"#,
            r#""name": [{"given": ["B"], "_given": [null, {"id": "y"}], "_family": {"extension": [{"url": "u", "valueCode": "x"}]}}]"#,
            r#""telecom": [{"system": "phone", "rank": 1, "period": {"start": "2024-02"}}, {"system": "nope", "value": "a"}]"#,
            r#""gender": "female""#,
            r#""birthDate": "1970-03-01", "_birthDate": {"id": "b", "extension": [{"url": "u", "valueDateTime": "2024-02-10T10:00:00Z"}]}"#,
            r#""_birthDate": {"id": "b"}"#,
            r#""deceasedDateTime": "2024-02-10""#,
            r#""multipleBirthInteger": 2, "_multipleBirthInteger": {"id": "m"}"#,
            r#""contained": [{"resourceType": "Patient", "id": "c"}, {"resourceType": "Basic", "id": "d"}]"#,
            r#""contact": [{"modifierExtension": [{"url": "m", "valueQuantity": {"value": 4, "unit": "mg"}}], "name": {"text": "a"}}]"#,
            r#""photo": [{"size": 10, "data": "YQ=="}]"#,
        ]);
        let key = |part: &&str| part.split(':').next().unwrap_or_default().replace('_', "");
        prop::collection::vec(part, 0..8).prop_map(move |mut parts| {
            parts.sort_by_key(key);
            parts.dedup_by_key(|part| key(part));
            let body: String = parts.iter().map(|part| format!(", {part}")).collect();
            format!("{{\"resourceType\": \"Patient\"{body}}}")
        })
    }

    fn judge(expression: &str, json: &str) -> Result<(), TestCaseError> {
        let patient: Patient = from_json(json.as_bytes()).unwrap().value;
        let document = to_document(&patient).unwrap();
        let tree = TypedTree::new(&patient);
        if let Ok(program) = Compiler::new().compile(expression) {
            prop_assert_eq!(
                shown(&program, tree.root()),
                shown(&program, document.root()),
                "{} over {}",
                expression,
                json
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn a_typed_value_and_a_document_give_the_same(expression in expressions(), json in patients()) {
            judge(&expression, &json)?;
        }

        #[test]
        fn so_they_do_where_the_value_holds_what_no_type_has(expression in expressions(), json in documents()) {
            judge(&expression, &json)?;
        }
    }

    #[test]
    fn every_place_is_the_same_in_both() {
        let runner = &mut proptest::test_runner::TestRunner::deterministic();
        runner
            .run(&patients(), |json| {
                let patient: Patient = from_json(json.as_bytes()).unwrap().value;
                let document = to_document(&patient).unwrap();
                let tree = TypedTree::new(&patient);
                let program = Compiler::new().compile("descendants()").unwrap();
                let own = program.evaluate(tree.root(), &Context::new()).unwrap();
                let wanted = program.evaluate(document.root(), &Context::new()).unwrap();
                prop_assert_eq!(own.len(), wanted.len());
                for (at, (own, wanted)) in own.iter().zip(&wanted).enumerate() {
                    let (node, place) = (own.node().unwrap(), wanted.node().unwrap());
                    prop_assert_eq!(node.path(), Node::path(place), "{}", json);
                    prop_assert_eq!(Node::name(node), Node::name(place));
                    prop_assert_eq!(own.type_name(), wanted.type_name());
                    prop_assert_eq!(own.text(), wanted.text());
                    prop_assert_eq!(Node::has_value(node), Node::has_value(place));
                    prop_assert_eq!(node.typed().is_some(), place.has_value() || !node.is_primitive());
                    // The places are told apart, and found again.
                    let again = program.evaluate(tree.root(), &Context::new()).unwrap();
                    let same = again.iter().filter(|it| node.is_same(it.node().unwrap())).count();
                    prop_assert_eq!((same, node.is_same(again[at].node().unwrap())), (1, true));
                }
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn references_of_a_typed_value_lead_where_those_of_a_document_do() {
        let (text, expressions) = REFERRING;
        let bundle: Resource = from_json(text.as_bytes()).unwrap().value;
        let document = to_document(&bundle).unwrap();
        let tree = TypedTree::new(&bundle);
        for (expression, count) in expressions {
            let program = Compiler::new().compile(expression).unwrap();
            let wanted = shown(&program, document.root());
            assert_eq!(wanted.as_ref().map(Vec::len), Ok(*count), "{expression}");
            assert_eq!(shown(&program, tree.root()), wanted, "{expression}");
        }
    }

    #[test]
    fn a_value_that_holds_what_no_type_has_is_still_told_from_its_parts() {
        let json = br#"{"resourceType": "Patient", "shoeSize": 43, "birthDate": "soon",
            "name": [{"family": "Doe", "given": ["Ann", "Lee"]}]}"#;
        let patient: Patient = from_json(json).unwrap().value;
        let tree = TypedTree::new(&patient);
        let typed = |expression: &str| {
            let program = Compiler::new().compile(expression).unwrap();
            let found = program.evaluate(tree.root(), &Context::new()).unwrap();
            found[0].node().unwrap().typed().map(|value| format!("{value:?}"))
        };
        assert_eq!(typed("name.given.last()").as_deref(), Some("string(3)"));
        assert_eq!(typed("name"), Some(format!("{:?}", patient.name[0])));
        assert_eq!(typed("shoeSize"), None);
        assert_eq!(typed("birthDate"), None);
    }
}
