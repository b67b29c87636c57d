//! What the benchmarks of FHIRPath share: expressions, inputs, the same by hand over the document, and the measuring.
//!
//! It is included by `benches/fhirpath.rs` and by the packages of `peers/`, which are workspaces of their own.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use carewire_fhir_model::schema::{Element, Schema, TypeId};
use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Context, Item, Program, compile};

/// Which inputs an expression runs over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// One patient.
    Patient,
    /// A questionnaire of nested items.
    Questionnaire,
    /// A bundle of 60 kB.
    Bundle,
}

/// One benchmark.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// The expression.
    pub expression: &'static str,
    /// What it runs over.
    pub input: Input,
    /// The same by hand: a number that depends on every item of the result.
    pub by_hand: fn(Node<'_>) -> usize,
}

/// Every benchmark.
pub const CASES: &[Case] = &[
    Case {
        name: "path",
        expression: "name.given",
        input: Input::Patient,
        by_hand: given,
    },
    Case {
        name: "where",
        expression: "name.where(use = 'official').family.first()",
        input: Input::Patient,
        by_hand: official,
    },
    Case {
        name: "ele-1",
        expression: "hasValue() or (children().count() > id.count())",
        input: Input::Patient,
        by_hand: not_empty,
    },
    Case {
        name: "iif",
        expression: "iif(active, name.given.first(), name.family.first())",
        input: Input::Patient,
        by_hand: either,
    },
    Case {
        name: "date",
        expression: "birthDate + 18 years < @1960-06-15",
        input: Input::Patient,
        by_hand: adult,
    },
    Case {
        name: "descendants",
        expression: "descendants().count()",
        input: Input::Patient,
        by_hand: descendants,
    },
    Case {
        name: "repeat",
        expression: "repeat(item).linkId",
        input: Input::Questionnaire,
        by_hand: link_ids,
    },
    Case {
        name: "loinc",
        expression: "entry.resource.ofType(Observation)\
            .where(code.coding.exists(system = 'http://loinc.org' and code = '8867-4')).value.ofType(Quantity).value",
        input: Input::Bundle,
        by_hand: loinc,
    },
];

/// The bytes of the variants of an input, so that no answer is known before it is asked for.
pub fn inputs(which: Input) -> Vec<Vec<u8>> {
    let texts: Vec<String> = match which {
        Input::Questionnaire => (3..7).map(|breadth| questionnaire(breadth, 3)).collect(),
        Input::Patient => {
            let patient = text("patient.json");
            vec![
                patient.replace("\"Rob\"", "\"Bob\",\"Bobby\""),
                patient
                    .replace("\"use\":\"official\"", "\"use\":\"usual\"")
                    .replace("\"active\":true", "\"active\":false"),
                patient
                    .replace("\"nickname\"", "\"official\"")
                    .replace("1942-09-02", "1972-01-31"),
                patient,
            ]
        }
        Input::Bundle => {
            let bundle = text("bundle_60kb.json");
            vec![
                bundle.replace("8867-4", "8867-5"),
                bundle.replace("2885-2", "8867-4"),
                bundle,
            ]
        }
    };
    texts.into_iter().map(String::into_bytes).collect()
}

fn text(name: &str) -> String {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora");
    let deeper = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/corpora");
    let corpora = match std::env::var("CAREWIRE_CORPORA") {
        Ok(corpora) => corpora,
        Err(_) if std::path::Path::new(beside).exists() => beside.to_owned(),
        Err(_) => deeper.to_owned(),
    };
    let path = format!("{corpora}/bench/{name}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn questionnaire(breadth: usize, depth: usize) -> String {
    fn items(breadth: usize, depth: usize, above: &str) -> String {
        let item = |number: usize| {
            let id = format!("{above}.{number}");
            let below = match depth {
                0 => String::new(),
                _ => format!(",\"item\":[{}]", items(breadth, depth - 1, &id)),
            };
            format!("{{\"linkId\":\"{id}\",\"text\":\"Question {id}\",\"type\":\"group\"{below}}}")
        };
        (1..=breadth).map(item).collect::<Vec<_>>().join(",")
    }
    let items = items(breadth, depth - 1, "q");
    format!("{{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":[{items}]}}")
}

/// What a program gives, as a number that depends on every item.
pub fn run<'d>(program: &'d Program, root: Node<'d>, context: &Context<'_, 'd, Node<'d>>) -> usize {
    let mut sum = 0;
    let outcome = program.for_each(root, context, |item| {
        sum += weight(&item);
        ControlFlow::Continue(())
    });
    assert!(outcome.is_ok(), "no fault");
    sum
}

/// What a program gives, as texts: for a look at whether another crate gives the same.
#[allow(dead_code, reason = "the peers look")]
pub fn texts(program: &Program, root: Node<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    let outcome = program.for_each(root, &Context::new(), |item| {
        texts.push(item.text().unwrap_or_default().into_owned());
        ControlFlow::Continue(())
    });
    assert!(outcome.is_ok(), "no fault");
    texts
}

fn weight(item: &Item<'_, Node<'_>>) -> usize {
    match item {
        Item::Node(node) => length(*node),
        Item::Boolean(value) => 1 + usize::from(*value),
        Item::Integer(value) => usize::try_from(*value).unwrap_or(0),
        _ => 0,
    }
}

fn length(node: Node<'_>) -> usize {
    node.raw_value().map_or(1, str::len)
}

/// An element that a loop by hand looks for; looked up once, as a program does.
macro_rules! element {
    ($owner:expr, $name:literal) => {{
        static FOUND: std::sync::OnceLock<&'static Element> = std::sync::OnceLock::new();
        *FOUND.get_or_init(|| $owner.element($name).expect("an element of R4"))
    }};
}

/// A type that a loop by hand goes through.
macro_rules! type_named {
    ($name:literal) => {{
        static FOUND: std::sync::OnceLock<TypeId> = std::sync::OnceLock::new();
        *FOUND.get_or_init(|| Schema::r4().type_named($name).expect("a type of R4"))
    }};
}

fn given(root: Node<'_>) -> usize {
    let names = root.children_of(element!(TypeId::PATIENT, "name"));
    names
        .flat_map(|name| name.children_of(element!(TypeId::HUMAN_NAME, "given")))
        .map(length)
        .sum()
}

fn official(root: Node<'_>) -> usize {
    let names = root.children_of(element!(TypeId::PATIENT, "name"));
    let mut official = names.filter(|name| {
        let mut uses = name.children_of(element!(TypeId::HUMAN_NAME, "use"));
        uses.next()
            .is_some_and(|it| it.text().as_deref() == Some("official"))
    });
    official
        .find_map(|name| name.children_of(element!(TypeId::HUMAN_NAME, "family")).next())
        .map_or(0, length)
}

fn not_empty(root: Node<'_>) -> usize {
    let ids = root.children_of(element!(TypeId::PATIENT, "id")).count();
    1 + usize::from(root.has_value() || root.children().count() > ids)
}

fn either(root: Node<'_>) -> usize {
    let active = root.children_of(element!(TypeId::PATIENT, "active")).next();
    let mut names = root.children_of(element!(TypeId::PATIENT, "name"));
    let found = if active.is_some_and(|it| it.raw_value() == Some("true")) {
        names.find_map(|name| name.children_of(element!(TypeId::HUMAN_NAME, "given")).next())
    } else {
        names.find_map(|name| name.children_of(element!(TypeId::HUMAN_NAME, "family")).next())
    };
    found.map_or(0, length)
}

fn adult(root: Node<'_>) -> usize {
    let birth = root.children_of(element!(TypeId::PATIENT, "birthDate")).next();
    let date: Option<carewire_fhirpath::Date> = birth.and_then(|it| it.raw_value()?.parse().ok());
    // The day of month is kept: the 29th of February is in no input.
    date.map_or(0, |date| {
        let then = (date.year() + 18, date.month(), date.day());
        1 + usize::from(then < (1960, Some(6), Some(15)))
    })
}

fn descendants(root: Node<'_>) -> usize {
    root.children().map(|child| 1 + descendants(child)).sum()
}

fn link_ids(root: Node<'_>) -> usize {
    fn below(node: Node<'_>, items: &Element, ids: &Element, nested: &Element) -> usize {
        node.children_of(items)
            .map(|item| item.children_of(ids).map(length).sum::<usize>() + below(item, nested, ids, nested))
            .sum()
    }
    let item = type_named!("Questionnaire.item");
    below(
        root,
        element!(TypeId::QUESTIONNAIRE, "item"),
        element!(item, "linkId"),
        element!(item, "item"),
    )
}

fn loinc(root: Node<'_>) -> usize {
    let entry = type_named!("Bundle.entry");
    let is = |node: Node<'_>, element, wanted: &str| {
        node.children_of(element)
            .next()
            .is_some_and(|it| it.text().as_deref() == Some(wanted))
    };
    let mut sum = 0;
    for node in root.children_of(element!(TypeId::BUNDLE, "entry")) {
        for resource in node.children_of(element!(entry, "resource")) {
            if resource.type_id() != Some(TypeId::OBSERVATION) {
                continue;
            }
            let codes = resource.children_of(element!(TypeId::OBSERVATION, "code"));
            let mut codings =
                codes.flat_map(|code| code.children_of(element!(TypeId::CODEABLE_CONCEPT, "coding")));
            let matches = codings.any(|coding| {
                is(coding, element!(TypeId::CODING, "system"), "http://loinc.org")
                    && is(coding, element!(TypeId::CODING, "code"), "8867-4")
            });
            if !matches {
                continue;
            }
            for value in resource.children_of(element!(TypeId::OBSERVATION, "value")) {
                if value.type_id() == Some(TypeId::QUANTITY) {
                    sum += value
                        .children_of(element!(TypeId::QUANTITY, "value"))
                        .map(length)
                        .sum::<usize>();
                }
            }
        }
    }
    sum
}

/// The least nanoseconds a call of each function takes, of calls that take turns: what else the machine does meets all
/// alike, and only ever adds.
pub fn in_turns<const N: usize>(
    turns: usize,
    calls: usize,
    mut functions: [&mut dyn FnMut() -> usize; N],
) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..turns {
        for (function, best) in functions.iter_mut().zip(&mut best) {
            black_box(function());
            let start = Instant::now();
            for _ in 0..calls {
                black_box(function());
            }
            *best = best.min(start.elapsed().as_nanos() as f64 / calls as f64);
        }
    }
    best
}

/// Documents of the inputs of a case.
pub fn documents(input: Input) -> Vec<Document<'static>> {
    let read = |bytes| Document::from_json_vec(bytes).expect("a document").document;
    inputs(input).into_iter().map(read).collect()
}

/// Another crate that is measured beside ours, each function of [`in_turns`] on the same bytes.
#[allow(dead_code, reason = "the packages of the peers have one each")]
pub struct Peer {
    /// What the lines call it.
    pub name: &'static str,
    /// What its compiling is, which does less than ours.
    pub compiling: &'static str,
}

#[allow(dead_code, reason = "the packages of the peers measure")]
impl Peer {
    /// How many times as long as ours an evaluation is to take there.
    const EVALUATION: f64 = 10.0;

    /// How many times as long as ours compiling is to take there.
    const COMPILING: f64 = 5.0;

    /// Measures a case and prints how it stands, and whether both give the same; false where they do and the peer is nearer than
    /// it is to be. `theirs` are its results over the same documents as texts; `words` is its expression where that is another.
    pub fn evaluation(
        &self,
        case: &Case,
        words: Option<&str>,
        documents: &[Document<'_>],
        theirs: &[Vec<String>],
        evaluate: &mut dyn FnMut() -> usize,
    ) -> bool {
        let program = compile(case.expression).expect("an expression");
        let context = Context::new();
        let mut pairs = documents.iter().zip(theirs);
        let differs = pairs.find_map(|(document, theirs)| {
            let own = texts(&program, document.root());
            (own != *theirs).then(|| format!(" ({} there, {} here)", brief(theirs), brief(&own)))
        });
        let calls = if case.input == Input::Patient { 50 } else { 2 };
        let ours = &mut || {
            let each = documents.iter().map(|it| run(&program, it.root(), &context));
            each.sum()
        };
        let times = in_turns(40, calls, [ours, evaluate]).map(|time| time / documents.len() as f64);
        let note = if words.is_some() { " (in their words)" } else { "" };
        let same = differs.is_none();
        let note = differs.unwrap_or_default() + note;
        self.line("fhirpath", case, times, &note) >= Self::EVALUATION || !same
    }

    /// Measures how long an expression takes to be made ready; false where the peer is nearer than it is to be.
    pub fn compiling(&self, case: &Case, theirs: &mut dyn FnMut() -> usize) -> bool {
        let ours = &mut || compile(case.expression).map_or(0, |it| it.text().len());
        let times = in_turns(100, 20, [ours, theirs]);
        self.line("compile", case, times, &format!(" ({})", self.compiling)) >= Self::COMPILING
    }

    fn line(&self, what: &str, case: &Case, [ours, theirs]: [f64; 2], note: &str) -> f64 {
        let (name, ratio) = (self.name, theirs / ours);
        let title = format!("{what}/{}", case.name);
        println!("{title:<21} carewire {ours:>9.1} ns, {name} {theirs:>10.1} ns: {ratio:.1} times{note}");
        ratio
    }
}

/// What the first items of a result are, and how many there are.
#[allow(dead_code, reason = "the peers look")]
fn brief(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first, ..] => format!("{} items from {first} on", texts.len()),
    }
}

/// Failure if `--check` was asked for and something does not hold.
pub fn exit(holds: bool) -> ExitCode {
    if holds || !std::env::args().any(|argument| argument == "--check") {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
