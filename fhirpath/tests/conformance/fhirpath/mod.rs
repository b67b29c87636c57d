//! The R4 suite of the FHIRPath specification: an expression, an input, and what it gives or how it fails.

mod suite;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use carewire_fhir_model::r4::Resource;
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::{Document, Typed};
use carewire_fhirpath::{
    Compiler, Context, Decimal, Error, ErrorKind, Errors, Item, NoNode, Node, Program, TypedTree,
};
use carewire_testkit::conformance::{Case, Verdict};

use suite::{Output, Test};

/// The caller's time in every case; the suite wants one after 1974.
const NOW: &str = "2025-01-15T10:30:00.000+01:00";

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("fhir/fhirpath/r4");
    let tests = suite::read(&folder.join("tests-fhir-r4.xml"))?;
    let mut inputs = BTreeMap::new();
    for name in tests.iter().filter_map(|test| test.input.as_deref()) {
        if !inputs.contains_key(name) {
            inputs.insert(name, read(&folder, name)?);
        }
    }
    let counts: Vec<Cell<usize>> = FORMS.iter().map(|_| Cell::new(0)).collect();
    let cases = tests
        .iter()
        .map(|test| {
            let forms = test.input.as_deref().and_then(|name| inputs.get(name));
            Case::run(&test.id, || {
                judge_all(test, forms.map(|forms| &forms[..]), &counts)
            })
        })
        .collect();
    let fitting = inputs
        .values()
        .filter(|forms| {
            forms.iter().all(|form| match form {
                Input::Typed(resource) => TypedTree::new(&**resource).fits(),
                Input::Document(_) => true,
            })
        })
        .count();
    println!("fhirpath: {fitting} of {} inputs fit their types", inputs.len());
    if fitting * 2 < inputs.len() {
        return Err("most typed resources are not walked themselves".to_owned());
    }
    // Each way is gone for every case that has an input.
    let wanted = tests.iter().filter(|test| test.input.is_some()).count();
    for (form, count) in FORMS.iter().zip(&counts) {
        println!(
            "fhirpath: {} of {wanted} cases with an input run over the {form}",
            count.get()
        );
        if count.get() != wanted {
            return Err(format!("{} cases of {wanted} run over the {form}", count.get()));
        }
    }
    Ok(cases)
}

/// The ways that an input is read and walked, in their order in [`read`].
const FORMS: [&str; 4] = [
    "document from JSON",
    "document from XML",
    "typed resource from JSON",
    "typed resource from XML",
];

/// An input in one of the forms.
enum Input {
    Document(Document<'static>),
    Typed(Box<Resource>),
}

/// An input in each of the [`FORMS`].
fn read(folder: &Path, name: &str) -> Result<[Input; 4], String> {
    let fault = |error: &dyn std::fmt::Display| format!("{name}: {error}");
    let bytes = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let json = bytes(&folder.join("input-json").join(name).with_extension("json"))?;
    let document = Document::from_json(&json)
        .map_err(|error| fault(&error))?
        .document
        .into_owned();
    // Where the suite has no XML of an input, ours is read back.
    let path = folder.join("input").join(name);
    let xml = match path.extension().is_some_and(|extension| extension == "xml") {
        true => bytes(&path)?,
        false => document.to_xml().into_bytes(),
    };
    let from_xml = Document::from_xml(&xml).map_err(|error| fault(&error))?.document;
    let typed = |read: Result<Typed<Resource>, _>| -> Result<Input, String> {
        let resource = read
            .map_err(|error: carewire_fhir_model::Error| fault(&error))?
            .value;
        match resource.fields() {
            Some(_) => Ok(Input::Typed(Box::new(resource))),
            None => Err(fault(&"the resource has no type")),
        }
    };
    Ok([
        Input::Document(document),
        Input::Document(from_xml),
        typed(carewire_fhir_model::from_json(&json))?,
        typed(carewire_fhir_model::from_xml(&xml))?,
    ])
}

/// A case holds if it does for every form of its input.
fn judge_all(test: &Test, forms: Option<&[Input]>, counts: &[Cell<usize>]) -> Verdict {
    let Some(forms) = forms else {
        return match compiled(test, None) {
            Ok(program) => judge(test, &program, None::<NoNode>),
            Err(verdict) => verdict,
        };
    };
    for ((input, form), count) in forms.iter().zip(FORMS).zip(counts) {
        count.set(count.get() + 1);
        let focus = match input {
            Input::Document(document) => document.root().type_id(),
            Input::Typed(resource) => resource.fhir_type(),
        };
        let verdict = match (compiled(test, focus), input) {
            (Err(verdict), _) => verdict,
            (Ok(program), Input::Document(document)) => judge(test, &program, Some(document.root())),
            (Ok(program), Input::Typed(resource)) => {
                let tree = TypedTree::new(&**resource);
                judge(test, &program, Some(tree.root()))
            }
        };
        if let Verdict::Fail(why) = verdict {
            return Verdict::Fail(format!("over the {form}: {why}"));
        }
    }
    Verdict::Pass
}

/// The program, or the verdict on a test whose expression was refused.
fn compiled(test: &Test, focus: Option<TypeId>) -> Result<Program, Verdict> {
    // Types are followed, as in the reference implementation: some cases want it without saying so.
    let compiler = match focus {
        Some(focus) => Compiler::new().focus(focus).strict(true),
        None => Compiler::new(),
    };
    compiler
        .compile(&test.expression)
        .map_err(|errors| refused(test, &errors))
}

fn judge<'a, N: Node<'a>>(test: &Test, program: &'a Program, root: Option<N>) -> Verdict {
    let now = NOW.parse().unwrap_or_else(|_| unreachable!("a constant"));
    let context = Context::at(now);
    let given = match root {
        Some(root) => program.evaluate(root, &context),
        None => program.evaluate_without_node(&context),
    };
    match (given, test.invalid.as_deref()) {
        (Ok(_), Some(kind)) => Verdict::Fail(format!("no {kind} error")),
        (Ok(items), None) => compare(test, &items),
        (Err(error), Some(kind)) => by_kind(kind, &error),
        (Err(error), None) => Verdict::Fail(error.to_string()),
    }
}

fn refused(test: &Test, errors: &Errors) -> Verdict {
    match (errors.first(), test.invalid.as_deref()) {
        (Some(error), Some(kind)) => by_kind(kind, error),
        _ => Verdict::Fail(errors.to_string()),
    }
}

fn by_kind(wanted: &str, error: &Error) -> Verdict {
    if error.kind().as_str() == wanted && error.kind() != ErrorKind::Unsupported {
        Verdict::Pass
    } else {
        Verdict::Fail(format!(
            "a {} error, not {wanted}: {error}",
            error.kind().as_str()
        ))
    }
}

fn compare<'a, N: Node<'a>>(test: &Test, items: &[Item<'a, N>]) -> Verdict {
    if test.predicate {
        let holds = match items {
            [] => false,
            [item] => item.as_boolean().unwrap_or(true),
            _ => true,
        };
        let wanted = test.outputs.iter().all(|output| output.text == "true");
        return if holds == wanted {
            Verdict::Pass
        } else {
            Verdict::Fail(format!("is {holds}"))
        };
    }
    if items.len() != test.outputs.len() {
        return Verdict::Fail(format!("{} items, not {}", items.len(), test.outputs.len()));
    }
    if test.ordered {
        for (item, output) in items.iter().zip(&test.outputs) {
            if let Err(why) = matches(item, output) {
                return Verdict::Fail(why);
            }
        }
        return Verdict::Pass;
    }
    let mut left: Vec<_> = test.outputs.iter().collect();
    for item in items {
        match left.iter().position(|output| matches(item, output).is_ok()) {
            Some(at) => left.swap_remove(at),
            None => return Verdict::Fail("an item that is not expected".to_owned()),
        };
    }
    Verdict::Pass
}

/// Types are compared by name: `boolean` is `FHIR.boolean` and `System.Boolean`. Numbers are compared as numbers.
fn matches<'a, N: Node<'a>>(item: &Item<'a, N>, output: &Output) -> Result<(), String> {
    let own = item.type_name();
    if let Some(wanted) = &output.kind {
        let same = if own.namespace == "System" {
            let mut letters = own.name.chars();
            let first = letters.next().map(|c| c.to_ascii_lowercase());
            let name: String = first.into_iter().chain(letters).collect();
            *wanted == name || wanted == own.name
        } else {
            wanted == own.name
        };
        if !same {
            return Err(format!("of type {own}, not {wanted}"));
        }
    }
    let text = item.text().unwrap_or_default();
    let wanted = output
        .text
        .strip_prefix("@T")
        .or_else(|| output.text.strip_prefix('@'));
    let wanted = wanted.unwrap_or(&output.text);
    let numbers = (text.parse::<Decimal>(), wanted.parse::<Decimal>());
    let same = match (item.value().as_deref(), numbers) {
        (Some(Item::Integer(_) | Item::Decimal(_)), (Ok(own), Ok(wanted))) => own == wanted,
        _ => text == wanted,
    };
    if same {
        Ok(())
    } else {
        Err(format!("gives {text}, not {wanted}"))
    }
}
