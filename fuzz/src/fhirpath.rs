//! Expressions.

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath as fhirpath;

use super::question;

/// Evaluates an expression over a document: the line is the expression, or, where it is none, what one is generated from.
/// The limits hold, every way to ask gives the same answer, and an error keeps to the expression.
pub fn fhirpath_evaluate(data: &[u8]) {
    let Some((line, json)) = question(data) else {
        return;
    };
    let program = match fhirpath::compile(line) {
        Ok(program) => program,
        Err(errors) => {
            assert!(errors.iter().all(|it| it.offset() <= line.len()));
            let generated = expression(&mut line.bytes(), 4);
            match fhirpath::compile(&generated) {
                Ok(program) => program,
                Err(errors) => return assert!(errors.iter().all(|it| it.offset() <= generated.len())),
            }
        }
    };
    let Ok(read) = Document::from_json(json) else {
        return;
    };
    const STEPS: u64 = 100_000;
    const ITEMS: usize = 10_000;
    const TEXT: usize = 1 << 16;
    let limits = fhirpath::Limits::default().steps(STEPS).items(ITEMS).text(TEXT);
    let root = read.document.root();
    let context = fhirpath::Context::new().limits(limits).resource(root);
    let outcome = program.evaluate(root, &context);
    // The step that is one too many is counted; a text is counted as a whole.
    assert!(
        context.steps_used() <= STEPS + 1 + (TEXT.max(json.len()) as u64),
        "steps are limited"
    );
    let mut pushed = Vec::new();
    let ended = program.for_each(root, &context, |item| {
        pushed.push(item);
        std::ops::ControlFlow::Continue(())
    });
    match &outcome {
        Ok(items) => {
            assert!(items.len() <= ITEMS, "items are limited");
            for item in items {
                if let fhirpath::Item::String(text) = item {
                    assert!(text.len() <= TEXT.max(data.len()), "text is limited");
                }
            }
            assert!(ended.is_ok());
            assert_eq!(
                shown(items),
                shown(&pushed),
                "what is collected is what is pushed"
            );
            let again = program.evaluate(root, &context).map(|it| shown(&it));
            assert_eq!(
                again.ok(),
                Some(shown(items)),
                "the same question has the same answer"
            );
        }
        Err(error) => {
            assert!(
                error.offset() <= program.text().len(),
                "an error is in the expression"
            );
            // What is collected may be too much where what is pushed is not.
            let is_limit = |error: &fhirpath::Error| error.kind() == fhirpath::ErrorKind::Limit;
            if let Err(other) = ended
                && !is_limit(error)
                && !is_limit(&other)
            {
                assert_eq!(error.code(), other.code(), "the same question has the same error");
            }
        }
    }
    // Watched, the same comes out, unless more is kept than may be.
    let explained = program.explain(root, &context).result;
    if let (Ok(items), Ok(explained)) = (&outcome, &explained) {
        assert_eq!(shown(items), shown(explained), "an explanation has the answer");
    }
    if let Ok(truth) = program.truth(root, &context) {
        let holds = program.evaluate_bool(root, &context).ok();
        assert_eq!(
            holds,
            Some(truth == Some(true)),
            "a condition holds where it is true"
        );
    }
}

/// Types and texts of items.
fn shown<'a>(items: &[fhirpath::Item<'a, Node<'a>>]) -> Vec<(String, Option<String>)> {
    let text = |it: &fhirpath::Item<'a, Node<'a>>| it.text().map(|text| text.into_owned());
    items
        .iter()
        .map(|it| (it.type_name().to_string(), text(it)))
        .collect()
}

/// An expression that bytes choose: names that resources have, functions, operators and literals.
fn expression(bytes: &mut dyn Iterator<Item = u8>, depth: usize) -> String {
    const LEAVES: &[&str] = &[
        "name",
        "given",
        "id",
        "extension",
        "value",
        "code.coding",
        "entry.resource",
        "birthDate",
        "item",
        "$this",
        "$index",
        "{}",
        "1",
        "2.5",
        "'a'",
        "true",
        "@2024-02-10",
        "@T10:00",
        "3 days",
        "4 'mg'",
        "%resource",
        "descendants()",
    ];
    const CALLS: &[&str] = &[
        "empty()",
        "count()",
        "first()",
        "last()",
        "tail()",
        "children()",
        "descendants()",
        "distinct()",
        "toString()",
        "toQuantity()",
        "lowBoundary()",
        "highBoundary()",
        "sort()",
        "resolve()",
        "hasValue()",
        "not()",
        "type()",
        "repeat(children())",
        "ofType(Quantity)",
        "join('-')",
        "upper()",
        "toChars()",
    ];
    const WITH: &[&str] = &[
        "where",
        "select",
        "all",
        "exists",
        "repeat",
        "union",
        "combine",
        "intersect",
        "exclude",
        "skip",
        "take",
        "contains",
        "indexOf",
        "split",
        "matches",
        "aggregate",
        "sort",
        "subsetOf",
        "trace",
        "power",
        "iif",
    ];
    const OPERATORS: &[&str] = &[
        "+", "-", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "<", ">=", "in", "contains", "and", "or",
        "xor", "implies",
    ];
    let mut pick = |from: &[&'static str]| {
        let at = bytes.next().map_or(0, usize::from);
        from[at % from.len()]
    };
    let leaf = pick(LEAVES);
    if depth == 0 {
        return leaf.to_owned();
    }
    match pick(&["", "call", "with", "operator", "call", "with"]) {
        "call" => {
            let call = pick(CALLS);
            format!("({}).{call}", expression(bytes, depth - 1))
        }
        "with" => {
            let name = pick(WITH);
            let (left, right) = (expression(bytes, depth - 1), expression(bytes, depth - 1));
            match name {
                "iif" => format!("({left}).iif({right}, $this, {leaf})"),
                name => format!("({left}).{name}({right})"),
            }
        }
        "operator" => {
            let operator = pick(OPERATORS);
            let (left, right) = (expression(bytes, depth - 1), expression(bytes, depth - 1));
            format!("({left}) {operator} ({right})")
        }
        _ => leaf.to_owned(),
    }
}

/// Parses an expression and writes it; it reads back as the same tree.
pub fn fhirpath_parse(data: &[u8]) {
    let (expression, _document) = question(data).unwrap_or(("", data));
    let parsed = match fhirpath::parse(expression) {
        Ok(parsed) => parsed,
        Err(error) => return assert!(error.offset() <= expression.len() && !error.to_string().is_empty()),
    };
    let written = parsed.to_string();
    let again = fhirpath::parse(&written).map(|it| it.to_string());
    assert_eq!(
        again.as_ref(),
        Ok(&written),
        "what is written reads back and is written alike"
    );
    let prefix = fhirpath::parse_prefix(expression).map(|it| it.end);
    assert!(prefix.is_ok_and(|it| it <= expression.len()));
}

/// Compiles the Parameters on the first line as a patch and applies it to the resource after it: both stay as they are, the
/// same patch gives the same, what it gives is the document of its JSON, and the limit of steps holds.
pub fn fhirpath_patch(data: &[u8]) {
    let Some((line, json)) = question(data) else {
        return;
    };
    let (Ok(parameters), Ok(resource)) = (Document::from_json(line.as_bytes()), Document::from_json(json))
    else {
        return;
    };
    let patch = match fhirpath::Patch::compile(&parameters.document) {
        Ok(patch) => patch,
        Err(errors) => {
            let told =
                |error: &fhirpath::PatchError| !error.code().is_empty() && !error.to_string().is_empty();
            return assert!(errors.iter().count() > 0 && errors.iter().all(told));
        }
    };
    let patch = patch.limits(fhirpath::Limits::default().steps(100_000).items(10_000));
    let before = resource.document.to_json();
    let outcome = patch.apply(&resource.document);
    assert_eq!(resource.document.to_json(), before, "the resource stays as it is");
    let again = patch.apply(&resource.document).map(|it| it.to_json());
    match outcome {
        Ok(patched) => {
            let written = patched.to_json();
            assert_eq!(again.as_ref().ok(), Some(&written), "and once more the same");
            let read = Document::from_json(written.as_bytes()).map(|it| it.document.to_json());
            assert_eq!(
                read.ok(),
                Some(written),
                "what it gives is the document of its JSON"
            );
        }
        Err(error) => {
            let again = again.map_err(|it| it.to_string());
            assert_eq!(again, Err(error.to_string()), "and once more refused alike");
        }
    }
}
