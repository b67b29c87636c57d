//! Evaluation over documents and over a tree of the test's own: hosts, variables, limits, and what must never happen.
#![allow(missing_docs, reason = "a test")]

use std::cell::RefCell;
use std::ops::ControlFlow;

use carewire_fhir_model::{Document, Node as Place};
use carewire_fhirpath::{
    Compiler, Context, Decimal, Error, ErrorKind, Errors, Host, Item, Limits, Name, Node, Program, TypeName,
    TypeReference, compile,
};
use carewire_testkit::markers::{Markers, leak};

const BUNDLE: &str = r##"{"resourceType": "Bundle", "entry": [
    {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1", "gender": "female",
        "contained": [{"resourceType": "Organization", "id": "o1", "name": "Ward"}],
        "managingOrganization": {"reference": "#o1"},
        "multipleBirthInteger": 2, "birthDate": "1970-03"}},
    {"fullUrl": "http://example.org/Observation/x", "resource": {"resourceType": "Observation", "id": "x",
        "subject": {"reference": "Patient/p1"}, "performer": [{"reference": "urn:uuid:1"}, {"reference": "Patient/none"}],
        "valueQuantity": {"value": 5.40, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}}}]}"##;

fn texts(document: &Document<'_>, expression: &str) -> Result<Vec<String>, String> {
    let program = compile(expression).map_err(|errors| errors.to_string())?;
    let items = program
        .evaluate(document.root(), &Context::new())
        .map_err(|error| error.to_string())?;
    Ok(items
        .iter()
        .map(|item| format!("{} {}", item.type_name(), item.text().unwrap_or_default()))
        .collect())
}

#[test]
fn modifiers_that_are_not_named_are_a_fault() {
    let json = r#"{"resourceType": "Patient", "id": "p1", "name": [{"family": "Doe"}],
        "modifierExtension": [{"url": "http://example.org/a", "valueBoolean": true}, {"url": "http://example.org/b"}]}"#;
    let document = Document::from_json(json.as_bytes()).unwrap().document;
    for (expression, wanted) in [
        (
            "checkModifiers('http://example.org/b', 'http://example.org/a').id",
            true,
        ),
        ("checkModifiers('http://example.org/a').id", false),
        ("checkModifiers().id", false),
        ("name.checkModifiers().family", true),
        ("address.checkModifiers()", true),
    ] {
        let program = compile(expression).unwrap();
        let outcome = program.evaluate(document.root(), &Context::new());
        match outcome {
            Ok(_) => assert!(wanted, "{expression} gives no fault"),
            Err(error) => assert_eq!(
                (wanted, error.code()),
                (false, "unknown-modifier"),
                "{expression}"
            ),
        }
    }
}

#[test]
fn paths_over_a_bundle() {
    let document = Document::from_json(BUNDLE.as_bytes()).unwrap().document;
    for (expression, wanted) in [
        (
            "entry.resource.ofType(Patient).birthDate",
            &["FHIR.date 1970-03"][..],
        ),
        (
            "entry.resource.ofType(Patient).multipleBirth",
            &["FHIR.integer 2"],
        ),
        ("entry.resource.subject.resolve().gender", &["FHIR.code female"]),
        ("entry.resource.performer.resolve().id", &["FHIR.id p1"]),
        (
            "entry.resource.managingOrganization.resolve().name",
            &["FHIR.string Ward"],
        ),
        (
            "entry.resource.value.ofType(Quantity).value",
            &["FHIR.decimal 5.40"],
        ),
        ("entry.resource.value", &["FHIR.Quantity 5.40 'mg'"]),
        ("entry.resource.value = 5.4 'mg'", &["System.Boolean true"]),
        ("entry[1].resource.value * 2", &["System.Quantity 10.80 'mg'"]),
        (
            "entry.resource.value.unit is FHIR.string",
            &["System.Boolean true"],
        ),
        (
            "entry.resource.contained.type()",
            &["System.TypeInfo FHIR.Organization"],
        ),
        ("entry.resource.noSuch", &[]),
        // The key of JSON is no name: the element is `value`.
        ("entry.resource.valueQuantity | entry.resource.valueString", &[]),
        (
            "entry.resource.defineVariable('r').id.where(%r.gender.exists())",
            &["FHIR.id p1", "FHIR.id x"],
        ),
        ("%context.entry.count() & %resource.entry.count()", &[]),
        ("entry.first().fullUrl & 'a'", &["System.String urn:uuid:1a"]),
        (
            "descendants().where($this is id)",
            &["FHIR.id p1", "FHIR.id o1", "FHIR.id x"],
        ),
        ("entry.resource.gender.length()", &["System.Integer 6"]),
    ] {
        match texts(&document, expression) {
            Ok(found) => assert_eq!(found, wanted, "{expression}"),
            Err(error) => assert!(wanted.is_empty(), "{expression}: {error}"),
        }
    }
}

#[test]
fn result_nodes_know_their_place() {
    let document = Document::from_json(BUNDLE.as_bytes()).unwrap().document;
    let program = compile("entry.resource.ofType(Observation).subject.reference").unwrap();
    let items = program.evaluate(document.root(), &Context::new()).unwrap();
    let place = items[0].node().unwrap();
    assert_eq!(Node::path(place), "Bundle.entry[1].resource.subject.reference");
    let offset = Node::offset(place).unwrap();
    assert_eq!(&BUNDLE[offset..offset + 10], "Patient/p1");
}

/// A tree without schema, as the mapping room has for HL7 v2.
#[derive(Debug)]
struct Branch(&'static str, &'static str, Vec<Branch>);

impl<'a> Node<'a> for &'a Branch {
    fn each_child<B>(self, name: &Name, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        self.2
            .iter()
            .filter(|child| child.0 == name.as_str())
            .try_for_each(visit)
    }
    fn each<B>(self, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        self.2.iter().try_for_each(visit)
    }
    fn name(self) -> &'a str {
        self.0
    }
    fn value(self) -> Option<Item<'a, Self>> {
        (!self.1.is_empty()).then(|| Item::String(self.1.into()))
    }
    fn type_name(self) -> TypeName<'a> {
        TypeName {
            namespace: "V2",
            name: "Part",
        }
    }
    fn is_type(self, specifier: &TypeReference) -> bool {
        specifier.is_named("V2", "Part")
    }
    fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self, other)
    }
}

struct House<'a> {
    pid: &'a Branch,
    traced: RefCell<Vec<String>>,
}

impl<'a> Host<'a, &'a Branch> for House<'a> {
    fn variable(&self, name: &str, index: Option<usize>, push: &mut dyn FnMut(Item<'a, &'a Branch>)) -> bool {
        if name != "pid" {
            return false;
        }
        assert_eq!(index, Some(0));
        push(Item::Node(self.pid));
        true
    }

    fn call(
        &self,
        name: &str,
        index: usize,
        input: &[Item<'a, &'a Branch>],
        arguments: &[Vec<Item<'a, &'a Branch>>],
    ) -> Result<Vec<Item<'a, &'a Branch>>, Error> {
        assert_eq!((name, index), ("shout", 0));
        if arguments.len() == 2 {
            return Err(Error::host("too-loud", "one argument is loud enough"));
        }
        let text = arguments
            .iter()
            .flatten()
            .chain(input)
            .filter_map(Item::text)
            .collect::<Vec<_>>()
            .join("+");
        Ok(vec![Item::String(text.to_uppercase().into())])
    }

    fn trace(&self, name: &str, items: &[Item<'a, &'a Branch>]) {
        self.traced.borrow_mut().push(format!("{name} {}", items.len()));
    }

    fn slice(&self, item: &Item<'a, &'a Branch>, structure: &str, name: &str) -> Result<Option<bool>, Error> {
        let kind = item
            .node()
            .and_then(|node| node.2.iter().find(|child| child.0 == "c5"));
        Ok((structure == "urn:cx").then(|| kind.is_some_and(|kind| kind.1 == name)))
    }

    /// Of whatever has no parts.
    fn element_definition(&self, item: &Item<'a, &'a Branch>) -> Result<Option<&'a Branch>, Error> {
        Ok(item
            .node()
            .filter(|node| node.2.is_empty())
            .map(|_| &self.pid.2[0]))
    }

    fn convert(&self, value: Decimal, from: &str, to: &str) -> Result<Option<Decimal>, Error> {
        Ok(match (from, to) {
            ("g", "mg") => format!("{value}000").parse().ok(),
            _ => None,
        })
    }
}

#[test]
fn a_host_answers_variables_functions_units_and_traces() {
    let leaf = |name, text| Branch(name, text, Vec::new());
    let id = |value, kind| Branch("f3", value, vec![leaf("c1", value), leaf("c5", kind)]);
    let pid = Branch("PID", "", vec![id("7", "MR"), id("8", "SS")]);
    let house = House {
        pid: &pid,
        traced: RefCell::default(),
    };
    let compiler = Compiler::new().variable("pid").function("shout", 0, 2);
    for (expression, wanted) in [
        ("%pid.f3.where(c5 = 'MR').c1", Ok("V2.Part 7")),
        ("%pid.f3.c1.join('-')", Ok("System.String 7-8")),
        ("f3.first().c5.trace('kind').lower()", Ok("System.String mr")),
        ("'a'.shout('b')", Ok("System.String B+A")),
        ("f3.c1.toInteger().empty()", Err("not-singular")),
        (
            "f3.select(c1.toInteger()).aggregate($total + $this, 0)",
            Ok("System.Integer 15"),
        ),
        ("shout(1, 2)", Err("too-loud")),
        ("2 'g' = 2000 'mg'", Ok("System.Boolean true")),
        ("2 'g' < 1 'm'", Ok("")),
        ("f3.slice('urn:cx', 'SS').c1", Ok("V2.Part 8")),
        ("f3.slice('urn:cx', 'XX')", Ok("")),
        ("f3.slice('urn:cx', {})", Ok("")),
        ("f3.slice('urn:none', 'SS')", Err("unknown-slice")),
        ("f3.c1.elementDefinition().c5", Ok("V2.Part MR, V2.Part MR")),
        ("(f3 | 1).elementDefinition()", Ok("")),
        ("%nothing", Err("unknown-variable")),
        ("now()", Err("no-time")),
        ("f3[0].is(V2.Part)", Ok("System.Boolean true")),
    ] {
        let program = compiler.compile(expression).unwrap();
        let context = Context::new().host(&house);
        match (program.evaluate(&pid, &context), wanted) {
            (Ok(items), Ok(wanted)) => {
                let found: Vec<_> = items
                    .iter()
                    .map(|item| format!("{} {}", item.type_name(), item.text().unwrap_or_default()))
                    .collect();
                assert_eq!(found.join(", "), wanted, "{expression}");
            }
            (Err(error), Err(code)) => assert_eq!(error.code(), code, "{expression}"),
            (given, _) => panic!("{expression}: {:?}", given.map(|items| items.len())),
        }
    }
    assert_eq!(*house.traced.borrow(), ["kind 1"]);
}

#[test]
fn limits_bite() {
    let document = Document::from_json(BUNDLE.as_bytes()).unwrap().document;
    for (expression, limits, code) in [
        (
            "1.repeat($this + 1)",
            Limits::default().steps(10_000),
            "step-limit",
        ),
        ("descendants().count()", Limits::default().depth(2), "depth-limit"),
        ("descendants()", Limits::default().items(5), "item-limit"),
        (
            "'aaaaaaaa'.select($this).replace('a', 'bbbb').replace('b', 'cccc')",
            Limits::default().text(64),
            "text-limit",
        ),
        (
            "(1|2|3|4).aggregate($total & 'xxxxxxxxxxxxxxxx', 'y')",
            Limits::default().text(30),
            "text-limit",
        ),
    ] {
        let program = compile(expression).unwrap();
        let outcome = program.evaluate(document.root(), &Context::new().limits(limits));
        let error = outcome.map(|items| items.len()).unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Limit, code),
            "{expression}"
        );
    }
}

#[test]
fn long_texts_cost_steps() {
    for (length, wanted) in [(64, true), (64 * 100, false)] {
        let program = compile(&format!("'{}'.select($this).contains('b')", "a".repeat(length))).unwrap();
        let context = Context::new().limits(Limits::default().steps(60));
        let outcome = program.evaluate_without_node::<carewire_fhirpath::NoNode>(&context);
        assert_eq!(outcome.is_ok(), wanted, "{length}");
    }
}

#[test]
fn items_that_are_kept_cost_a_step_whenever_they_are_read() {
    let given = "\"a\",".repeat(199);
    let json = format!("{{\"resourceType\": \"Patient\", \"name\": [{{\"given\": [{given} \"b\"]}}]}}");
    let document = Document::from_json(json.as_bytes()).unwrap().document;
    for expression in [
        "name.given.aggregate($total.combine($this)).count()",
        "defineVariable('all', name.given).name.given.select(%all.count())",
    ] {
        let program = compile(expression).unwrap();
        let context = Context::new().limits(Limits::default().steps(2_000));
        let outcome = program.evaluate(document.root(), &context);
        assert_eq!(
            outcome.map(|_| ()).unwrap_err().code(),
            "step-limit",
            "{expression}"
        );
    }
}

#[test]
fn many_texts_are_told_apart_in_few_steps() {
    let codes = |last: &str| {
        let codes: String = (0..20_000)
            .map(|it| format!("{{\"code\": \"c{it}\"}},"))
            .collect();
        format!("{{\"resourceType\": \"CodeSystem\", \"concept\": [{codes} {{\"code\": \"{last}\"}}]}}")
    };
    let distinct = compile("concept.code.isDistinct()").unwrap();
    for (last, wanted) in [("d", true), ("c7", false)] {
        let json = codes(last);
        let document = Document::from_json(json.as_bytes()).unwrap().document;
        let context = Context::new().limits(Limits::default().steps(100_000));
        assert_eq!(
            distinct.evaluate_bool(document.root(), &context),
            Ok(wanted),
            "{last}"
        );
    }
    for (items, wanted) in [
        ("1.combine('1').combine(true)", true),
        ("1.combine('a').combine(1.0)", false),
        ("'a'.combine('A')", true),
        ("@2024.combine(@2024)", false),
        ("{}", true),
    ] {
        let program = compile(&format!("({items}).isDistinct()")).unwrap();
        let answer = program.evaluate_without_node::<carewire_fhirpath::NoNode>(&Context::new());
        assert_eq!(answer.unwrap()[0].as_boolean(), Some(wanted), "{items}");
    }
}

#[test]
fn a_replacement_is_measured_before_it_is_made() {
    // Ten thousand million bytes.
    let (text, with) = ("a".repeat(100_000), "$0".repeat(100_000));
    let program = compile(&format!("'{text}'.replaceMatches('^.*$', '{with}')")).unwrap();
    let outcome = program.evaluate_without_node::<carewire_fhirpath::NoNode>(&Context::new());
    assert_eq!(outcome.map(|_| ()).unwrap_err().code(), "text-limit");
}

#[test]
fn deep_expressions_fit_a_small_stack() {
    let run = || {
        let document = Document::from_json(BUNDLE.as_bytes()).unwrap().document;
        for text in [
            format!("{}1{}", "(".repeat(195), ")".repeat(195)),
            format!("1{}", " + 1".repeat(195)),
            format!("true{}", " and true".repeat(195)),
            format!("{}1{}", "iif(true, ".repeat(98), ")".repeat(98)),
            format!("$this{}", ".where(true)".repeat(98)),
            format!("{}true{}", "where(".repeat(98), ")".repeat(98)),
            format!("{}1", "-".repeat(195)),
        ] {
            let program = compile(&text).unwrap();
            assert!(
                program.evaluate(document.root(), &Context::new()).is_ok(),
                "{text}"
            );
            assert!(!carewire_fhirpath::parse(&text).unwrap().to_string().is_empty());
        }
    };
    // A thread of the size Rust gives by itself.
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn errors_hold_no_value() {
    let mut markers = Markers::default();
    let json = markers.plant(
        r#"{"resourceType": "Patient", "id": "@", "gender": "@", "birthDate": "@", "active": true,
            "name": [{"family": "@", "given": ["@", "@"]}, {"family": "@"}],
            "extension": [{"url": "@", "valueQuantity": {"value": 1, "unit": "@", "code": "@", "system": "http://unitsofmeasure.org"}}]}"#,
        "@",
    );
    let document = Document::from_json(json.as_bytes()).unwrap().document;
    let mut failed = 0;
    for expression in [
        "name.family.single()",
        "name.family & 'x'",
        "gender + 1",
        "gender < 1",
        "-gender",
        "gender.memberOf(gender)",
        "gender.subsumes(id)",
        "conformsTo(gender)",
        "name.where(given)",
        "name.family.substring(gender)",
        "gender.abs()",
        "gender.lowBoundary()",
        "'a'.matches(gender & '(')",
        "extension.value = 1 'g'",
        "extension.value + 1 'g'",
        "birthDate + 1 day",
        "birthDate + extension.value",
        "name.given.join(active)",
        "name.take(gender)",
        "iif(name.given, 1)",
        "name.sort($this)",
        "gender.toQuantity(id)",
        "gender is Nope",
        "name.given.allTrue()",
        "%nope",
        "extension.htmlChecks()",
        "gender.trace(active)",
    ] {
        let program = compile(expression).unwrap();
        if let Err(error) = program.evaluate(document.root(), &Context::new()) {
            failed += 1;
            for text in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
                error.message().to_owned(),
            ] {
                assert_eq!(leak(&text), None, "{expression}");
            }
        }
    }
    assert!(failed > 20, "{failed}");
}

#[test]
fn what_is_shared_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Program>();
    shared::<Compiler>();
    shared::<Error>();
    shared::<Errors>();
    shared::<Item<'static, Place<'static>>>();
    shared::<carewire_fhirpath::ast::Expression>();
    shared::<Limits>();
}

/// Where dates are moved and compared in one go: what is no plain date of the tree is answered all the same.
#[test]
fn dates_that_are_moved_are_compared_as_they_would_be_apart() {
    let patient = |birth: &str| format!("{{\"resourceType\": \"Patient\", \"birthDate\": {birth}}}");
    for birth in [
        "\"1942-09-02\"",
        "\"1942-06-15\"",
        "\"1942-06\"",
        "\"1942\"",
        "\"1940-02-29\"",
        "\"9999-12-31\"",
        "\"1942-\\u0030\\u0036-14\"",
        "\"yesterday\"",
        "null",
        "3",
        "[\"1942-09-02\", \"1950-01-01\"]",
    ] {
        let json = patient(birth);
        let document = Document::from_json(json.as_bytes()).unwrap().document;
        for expression in [
            "birthDate + 18 years < @1960-06-15",
            "Patient.birthDate - 1 day >= @1942-06-14",
            "birthDate.select($this + 18 years > @1960-06)",
            "(birthDate + 18 years <= @1960-06-15) and true",
            "birthDate + 18 years < @1960-06-15T10:00",
        ] {
            let apart = Compiler::new().separate(true).compile(expression).unwrap();
            let shown = |program: &carewire_fhirpath::Program| match program
                .evaluate(document.root(), &Context::new())
            {
                Ok(items) => Ok(items.iter().map(Item::as_boolean).collect::<Vec<_>>()),
                Err(fault) => Err((fault.code(), fault.column())),
            };
            assert_eq!(
                shown(&compile(expression).unwrap()),
                shown(&apart),
                "{expression} over {birth}"
            );
        }
    }
}

/// `repeat` of names tells equal places apart from others, however it runs.
#[test]
fn repeat_gives_each_place_once() {
    let item =
        |id: &str, inner: &str| format!("{{\"linkId\": \"{id}\", \"type\": \"group\", \"item\": [{inner}]}}");
    let leaves = (0..40)
        .map(|it| item(&format!("l{}", it % 13), ""))
        .collect::<Vec<_>>()
        .join(",");
    let json = format!(
        "{{\"resourceType\": \"Questionnaire\", \"item\": [{}, {}]}}",
        item("a", &leaves),
        item("b", &leaves)
    );
    let document = Document::from_json(json.as_bytes()).unwrap().document;
    for (expression, wanted) in [
        ("repeat(item).linkId", 15),
        ("repeat(item).where(linkId = 'l3').linkId", 1),
        ("item.repeat(item).linkId", 13),
        ("repeat(item | {}).linkId", 15),
    ] {
        let apart = Compiler::new().separate(true).compile(expression).unwrap();
        for program in [&compile(expression).unwrap(), &apart] {
            let given = program.evaluate(document.root(), &Context::new()).unwrap();
            assert_eq!(given.len(), wanted, "{expression}");
        }
    }
}
