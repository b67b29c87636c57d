//! The invariants of FHIR R4 must compile, and their names must be names of the schema.
#![allow(missing_docs, reason = "a test")]

use std::collections::BTreeSet;

use carewire_fhir_model::schema::{Schema, TypeId};
use carewire_fhirpath::{Compiler, compile};

/// The type that an invariant at a path is about; none where an element has several.
fn focus(path: &str) -> Option<TypeId> {
    let schema = Schema::r4();
    schema.type_named(path).or_else(|| {
        let mut types = schema.element(path)?.types();
        types.next().filter(|_| types.next().is_none())
    })
}

#[test]
fn every_invariant_compiles() {
    let mut count = 0;
    for invariant in Schema::r4().invariants() {
        let Some(expression) = invariant.expression() else {
            continue;
        };
        count += 1;
        if let Err(errors) = compile(expression) {
            panic!("{} {}: {errors}", invariant.path(), invariant.key());
        }
    }
    assert!(count > 230, "{count}");
}

#[test]
fn invariants_fit_the_schema_apart_from_known_faults_of_theirs() {
    let mut faulty = BTreeSet::new();
    let mut checked = 0;
    for invariant in Schema::r4().invariants() {
        let (Some(expression), Some(focus)) = (invariant.expression(), focus(invariant.path())) else {
            continue;
        };
        checked += 1;
        if let Err(errors) = Compiler::new().focus(focus).strict(true).compile(expression) {
            faulty.insert((invariant.key(), errors.to_string()));
        }
    }
    assert!(checked > 200, "{checked}");
    // ChargeItemDefinition has no name in R4.
    let wanted = (
        "cid-0",
        "ChargeItemDefinition has no element `name` at 1:1".to_owned(),
    );
    assert_eq!(faulty, BTreeSet::from([wanted]));
}
