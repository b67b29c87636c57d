//! Expressions with faults, and every word the compiler says of them: in strict mode, and where it only warns.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_fhir_model::schema::TypeId;
use carewire_fhirpath::{Compiler, Error};
use carewire_testkit::golden;

/// The expressions of a folder of test data, with the path of what is expected of each.
fn expressions(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "fhirpath"))
        .map(|path| {
            (
                fs::read_to_string(&path).unwrap(),
                path.with_extension("expected.txt"),
            )
        })
        .collect()
}

fn shown<'e>(errors: impl IntoIterator<Item = &'e Error>) -> String {
    let mut shown = String::new();
    for error in errors {
        let (line, column) = (error.line(), error.column());
        writeln!(
            shown,
            "{line}:{column} {} {}: {}",
            error.kind().as_str(),
            error.code(),
            error.message()
        )
        .unwrap();
    }
    shown
}

#[test]
fn faults_read_as_expected() {
    let expressions = expressions("faults");
    assert_eq!(expressions.len(), 5);
    let compiler = Compiler::new().focus(TypeId::PATIENT).strict(true);
    for (text, expected) in expressions {
        let errors = compiler.compile(&text).expect_err("a fault");
        golden::check(&expected, &shown(&errors));
    }
}

#[test]
fn warnings_read_as_expected() {
    let expressions = expressions("warnings");
    assert_eq!(expressions.len(), 4);
    let compiler = Compiler::new().focus(TypeId::PATIENT);
    for (text, expected) in expressions {
        let program = compiler.compile(&text).expect("no fault in lenient mode");
        golden::check(&expected, &shown(program.warnings()));
    }
}
