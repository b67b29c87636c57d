//! The R4 suite of the FHIRPath specification: an expression, an input, and what it gives or how it fails.

mod suite;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Compiler, Context, Decimal, Error, ErrorKind, Errors, Item};
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
    Ok(tests
        .iter()
        .map(|test| {
            let none = [];
            let documents = test.input.as_deref().and_then(|name| inputs.get(name));
            let documents = documents.map_or(&none[..], |documents| documents);
            Case::run(&test.id, || judge_all(test, documents))
        })
        .collect())
}

/// An input as each of the ways to read it gives it.
fn read(folder: &Path, name: &str) -> Result<Vec<(&'static str, Document<'static>)>, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{name}: {error}");
    let bytes = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let json = bytes(&folder.join("input-json").join(name).with_extension("json"))?;
    let json = Document::from_json_vec(json)
        .map_err(|error| fault(&error))?
        .document;
    // Where the suite has no XML of an input, ours is read back.
    let path = folder.join("input").join(name);
    let xml = match path.extension().is_some_and(|extension| extension == "xml") {
        true => bytes(&path)?,
        false => json.to_xml().into_bytes(),
    };
    let xml = Document::from_xml(&xml).map_err(|error| fault(&error))?.document;
    Ok(vec![("JSON", json), ("XML", xml)])
}

/// A case holds if it does for every way to read its input.
fn judge_all(test: &Test, documents: &[(&str, Document<'_>)]) -> Verdict {
    if documents.is_empty() {
        return judge(test, None);
    }
    for (form, document) in documents {
        if let Verdict::Fail(why) = judge(test, Some(document.root())) {
            return Verdict::Fail(format!("from {form}: {why}"));
        }
    }
    Verdict::Pass
}

fn judge(test: &Test, root: Option<Node<'_>>) -> Verdict {
    // Types are followed, as in the reference implementation: some cases want it without saying so.
    let compiler = match root.and_then(Node::type_id) {
        Some(focus) => Compiler::new().focus(focus).strict(true),
        None => Compiler::new(),
    };
    let program = match compiler.compile(&test.expression) {
        Ok(program) => program,
        Err(errors) => return refused(test, &errors),
    };
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

fn compare(test: &Test, items: &[Item<'_, Node<'_>>]) -> Verdict {
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
fn matches(item: &Item<'_, Node<'_>>, output: &Output) -> Result<(), String> {
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
