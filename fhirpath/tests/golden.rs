//! Expressions with faults, and every word the compiler says of them.
#![allow(missing_docs, reason = "a test")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use carewire_fhir_model::schema::TypeId;
use carewire_fhirpath::Compiler;
use carewire_testkit::golden;

#[test]
fn faults_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/faults");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "fhirpath") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let errors = Compiler::new()
            .focus(TypeId::PATIENT)
            .strict(true)
            .compile(&text)
            .expect_err("a fault");
        let mut shown = String::new();
        for error in &errors {
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
        golden::check(&path.with_extension("expected.txt"), &shown);
    }
    assert_eq!(count, 5);
}
