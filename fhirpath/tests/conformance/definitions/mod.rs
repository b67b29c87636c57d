//! The expressions that FHIR R4 itself has: invariants and search parameters must compile without a type warning, and the
//! invariants must hold on the official examples.

mod examples;
mod package;

use std::path::Path;

use carewire_fhir_model::schema::{Schema, TypeId};
use carewire_fhirpath::{Compiler, Program};
use carewire_testkit::conformance::{Case, Verdict};

use package::{Definitions, Invariant, SearchParameter};

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let definitions = package::read(&corpora.join("fhir/definitions/hl7.fhir.r4.core-4.0.1.tgz"))?;
    let Definitions {
        invariants,
        search_parameters,
    } = &definitions;
    let mut cases: Vec<Case> = invariants
        .iter()
        .map(|one| {
            Case::run(format!("invariant/{}/{}", one.path, one.key), || {
                of_invariant(one)
            })
        })
        .collect();
    cases.extend(
        search_parameters
            .iter()
            .map(|one| Case::run(format!("search/{}", one.id), || of_search_parameter(one))),
    );
    cases.extend(examples::cases(corpora, invariants)?);
    Ok(cases)
}

fn of_invariant(invariant: &Invariant) -> Verdict {
    verdict(compiler(&invariant.path).compile(&invariant.expression))
}

/// One that is defined for several resources begins each branch with the resource's name.
fn of_search_parameter(parameter: &SearchParameter) -> Verdict {
    let compiler = match parameter.bases.as_slice() {
        [base] => compiler(base),
        _ => compiler(""),
    };
    verdict(compiler.compile(&parameter.expression))
}

/// A strict compiler for expressions at a path. R4's definitions take `as` of several items for a filter.
fn compiler(path: &str) -> Compiler {
    let compiler = Compiler::new().strict(true).as_filters(true);
    match focus(path) {
        Some(focus) => compiler.focus(focus),
        None => compiler,
    }
}

/// The type that an expression at a path is about; none where an element has several.
fn focus(path: &str) -> Option<TypeId> {
    let schema = Schema::r4();
    // `SimpleQuantity` and `MoneyQuantity` are profiles of it.
    if path.ends_with("Quantity") {
        return Some(TypeId::QUANTITY);
    }
    schema.type_named(path).or_else(|| {
        let mut types = schema.element(path)?.types();
        types.next().filter(|_| types.next().is_none())
    })
}

fn verdict(compiled: Result<Program, carewire_fhirpath::Errors>) -> Verdict {
    match compiled {
        Err(errors) => Verdict::Fail(errors.to_string()),
        Ok(program) => match program.warnings() {
            [] => Verdict::Pass,
            warnings => {
                let shown: Vec<_> = warnings.iter().map(ToString::to_string).collect();
                Verdict::Fail(shown.join("; "))
            }
        },
    }
}
