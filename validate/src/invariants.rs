//! The invariants of the definitions, compiled once from the schema's FHIRPath expressions.
//!
//! Those that a rule of the register checks itself (`bdl-7`, `ext-1`...) are left to it. `ele-1` is the rule
//! `element-empty`; `dom-6`, the advice that every resource have a narrative, is not given.

use std::collections::HashMap;
use std::sync::LazyLock;

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::{Element, ElementId, Invariant, Schema, TypeId};
use carewire_fhirpath::{Context, Program, compile};

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// An invariant that is ready to run.
#[derive(Debug)]
struct Compiled {
    rule: Rule,
    path: &'static str,
    expression: &'static str,
    /// `None` if the expression has something that the evaluator does not know.
    program: Option<Program>,
}

/// Every invariant that is evaluated, in the order of the paths.
static ALL: LazyLock<Vec<Compiled>> =
    LazyLock::new(|| Schema::r4().invariants().filter_map(compiled).collect());

/// What holds for each type, by its number: its own invariants and those of its bases.
static OF_TYPE: LazyLock<Vec<Vec<&'static Compiled>>> = LazyLock::new(|| {
    Schema::r4()
        .types()
        .map(|ty| bases(ty).flat_map(|ty| at(ty.name())).collect())
        .collect()
});

/// What holds for single elements.
static OF_ELEMENT: LazyLock<HashMap<ElementId, Vec<&'static Compiled>>> = LazyLock::new(|| {
    let elements = Schema::r4().types().flat_map(|ty| ty.elements());
    let found = elements.map(|element| (element.id(), at(element.path().as_str()).collect::<Vec<_>>()));
    found.filter(|(_, invariants)| !invariants.is_empty()).collect()
});

fn compiled(invariant: Invariant) -> Option<Compiled> {
    let (key, expression) = (invariant.key(), invariant.expression()?);
    if matches!(key, "ele-1" | "dom-6") || Rule::all().iter().any(|rule| rule.id == key) {
        return None;
    }
    let rule = Rule {
        id: key,
        severity: if invariant.is_error() {
            Severity::Error
        } else {
            Severity::Warning
        },
        code: IssueType::Invariant,
        message: "an invariant does not hold",
    };
    Some(Compiled {
        rule,
        path: invariant.path(),
        expression,
        program: compile(expression).ok(),
    })
}

fn bases(ty: TypeId) -> impl Iterator<Item = TypeId> {
    std::iter::successors(Some(ty), |ty| ty.base())
}

/// The invariants that are declared at a path.
fn at(path: &str) -> impl Iterator<Item = &'static Compiled> + use<> {
    let start = ALL.partition_point(|one| one.path < path);
    let end = ALL.partition_point(|one| one.path <= path);
    ALL.get(start..end).unwrap_or_default().iter()
}

/// The rule of an invariant by its key; of several with one key the first.
pub(crate) fn rule(key: &str) -> Option<&'static Rule> {
    ALL.iter().find(|one| one.rule.id == key).map(|one| &one.rule)
}

/// Asks the invariants of a type and of the element that the node is.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, node: Node<'a>, ty: TypeId, element: Option<&Element>) -> Flow {
    let own = OF_TYPE.get(ty.index()).map(Vec::as_slice).unwrap_or_default();
    let here = element
        .and_then(|element| OF_ELEMENT.get(&element.id()))
        .map(Vec::as_slice)
        .unwrap_or_default();
    for one in own.iter().chain(here) {
        if walk.wants(&one.rule) {
            judge(walk, node, one)?;
        }
    }
    Flow::Continue(())
}

fn judge<'a>(walk: &mut Walk<'a>, node: Node<'a>, one: &'static Compiled) -> Flow {
    let Some(program) = &one.program else {
        walk.leave_open(one.rule.id, "the expression has a part that is not supported");
        return Flow::Continue(());
    };
    let mut context = Context::new();
    if let Some((resource, root)) = walk.resources() {
        context = context.resource(resource).root_resource(root);
    }
    match program.truth(node, &context) {
        Ok(Some(true)) => Flow::Continue(()),
        Ok(Some(false)) => walk.report_more(&one.rule, node, || one.expression.into()),
        // Such as two dates of which one is a year and the other a day of it: that one is before the other is not known.
        Ok(None) => {
            walk.leave_open(one.rule.id, "the values leave it open whether it holds");
            Flow::Continue(())
        }
        Err(_) => {
            walk.leave_open(one.rule.id, "the expression could not be evaluated");
            Flow::Continue(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, OF_ELEMENT, OF_TYPE};
    use carewire_fhir_model::schema::TypeId;

    #[test]
    fn every_expression_compiles() {
        let open: Vec<&str> = ALL
            .iter()
            .filter(|one| one.program.is_none())
            .map(|one| one.rule.id)
            .collect();
        assert_eq!(open, [""; 0]);
        assert!(ALL.len() > 200, "{}", ALL.len());
    }

    #[test]
    fn types_have_the_invariants_of_their_bases() {
        let keys = |ty: TypeId| {
            OF_TYPE[ty.index()]
                .iter()
                .map(|one| one.rule.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(TypeId::AGE), ["age-1", "qty-3"]);
        assert!(!OF_ELEMENT.is_empty());
    }
}
