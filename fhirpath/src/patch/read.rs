//! From Parameters to operations.

use std::ops::RangeInclusive;

use carewire_fhir_model::Node;

use super::error::{PatchError, of_path};
use super::{Action, Operation, Target};
use crate::ast::ExpressionKind;
use crate::compile::Compiler;
use crate::parse::parse;

/// The parts of an operation, in the order of [`NAMES`].
struct Parts<'d>([Option<Node<'d>>; 7]);

const NAMES: [&str; 7] = ["type", "path", "name", "value", "index", "source", "destination"];
const TYPE: usize = 0;
const PATH: usize = 1;
const NAME: usize = 2;
const VALUE: usize = 3;
const INDEX: usize = 4;
const SOURCE: usize = 5;
const DESTINATION: usize = 6;

/// The text of a part: of its `value[x]` if that is a primitive.
pub(super) fn text<'d>(part: Node<'d>, name: &str) -> Option<std::borrow::Cow<'d, str>> {
    part.child(name).and_then(Node::text)
}

/// Reads one parameter.
pub(super) fn operation(parameter: Node<'_>, faults: &mut Vec<PatchError>) -> Option<Operation> {
    let before = faults.len();
    let parts = parts(parameter, faults);
    let place = parameter.path();
    let mut missing = |name: &str| {
        faults.push(PatchError::new(
            "missing-part",
            format!("the operation has no `{name}`"),
            place.clone(),
        ));
    };
    let kind = match parts.text(TYPE) {
        Some(kind) => kind,
        None => {
            missing("type");
            return None;
        }
    };
    // What an operation of the type takes beside type and path.
    let wanted: &[usize] = match &*kind {
        "add" => &[NAME, VALUE],
        "insert" => &[VALUE, INDEX],
        "delete" => &[],
        "replace" => &[VALUE],
        "move" => &[SOURCE, DESTINATION],
        _ => {
            let message = "the type is none of add, insert, delete, replace and move";
            faults.push(PatchError::new("unknown-type", message, parts.place(TYPE)));
            return None;
        }
    };
    for part in wanted.iter().chain(&[PATH]) {
        if parts.0.get(*part).is_none_or(Option::is_none)
            && let Some(name) = NAMES.get(*part)
        {
            missing(name);
        }
    }
    for (part, name) in NAMES.iter().enumerate().skip(NAME) {
        if parts.0.get(part).is_some_and(Option::is_some) && !wanted.contains(&part) {
            faults.push(PatchError::new(
                "unknown-part",
                format!("an operation of this type has no `{name}`"),
                parts.place(part),
            ));
        }
    }
    let lists = matches!(&*kind, "insert" | "move");
    let target = parts.target(lists, faults);
    let value = parts.0[VALUE].map(Node::index);
    let mut number = |part: usize| parts.number(part, faults);
    let action = match &*kind {
        "add" => match parts.text(NAME) {
            Some(name) => value.map(|value| Action::Add {
                name: name.into_owned(),
                place: parts.place(NAME),
                value,
            }),
            None => {
                if parts.0[NAME].is_some() {
                    let message = "the name is no text";
                    faults.push(PatchError::new("invalid-value", message, parts.place(NAME)));
                }
                None
            }
        },
        "insert" => value
            .zip(number(INDEX))
            .map(|(value, index)| Action::Insert { index, value }),
        "delete" => Some(Action::Delete),
        "replace" => value.map(|value| Action::Replace { value }),
        _ => number(SOURCE)
            .zip(number(DESTINATION))
            .map(|(source, destination)| Action::Move { source, destination }),
    };
    (faults.len() == before).then_some(())?;
    Some(Operation {
        target: target?,
        action: action?,
        path_place: parts.place(PATH),
        place: [INDEX, SOURCE, VALUE, PATH]
            .into_iter()
            .find(|part| parts.0[*part].is_some())
            .map_or(place, |part| parts.place(part)),
        destination_place: parts.place(DESTINATION),
    })
}

/// The parts by their names.
fn parts<'d>(parameter: Node<'d>, faults: &mut Vec<PatchError>) -> Parts<'d> {
    let mut parts = Parts([None; 7]);
    for part in parameter.children_named("part") {
        let name = text(part, "name").unwrap_or_default();
        let Some(at) = NAMES.iter().position(|one| *one == name) else {
            let message = "an operation has no part of this name";
            faults.push(PatchError::new("unknown-part", message, part.path()));
            continue;
        };
        let Some(place) = parts.0.get_mut(at) else {
            continue;
        };
        if place.is_some() {
            let message = format!("the operation has `{name}` twice");
            faults.push(PatchError::new("repeated-part", message, part.path()));
        }
        *place = Some(part);
    }
    parts
}

impl<'d> Parts<'d> {
    fn get(&self, part: usize) -> Option<Node<'d>> {
        self.0.get(part).copied().flatten()
    }

    fn place(&self, part: usize) -> String {
        self.get(part).map_or_else(String::new, Node::path)
    }

    fn text(&self, part: usize) -> Option<std::borrow::Cow<'d, str>> {
        text(self.get(part)?, "value")
    }

    /// A place in a list, from 0.
    fn number(&self, part: usize, faults: &mut Vec<PatchError>) -> Option<usize> {
        const ALLOWED: RangeInclusive<usize> = 0..=i32::MAX as usize;
        self.get(part)?;
        let number = self.text(part).and_then(|text| text.parse().ok());
        if number.is_none_or(|number| !ALLOWED.contains(&number)) {
            let message = "expected a place in a list, counted from 0";
            faults.push(PatchError::new("invalid-value", message, self.place(part)));
            return None;
        }
        number
    }

    /// The path, compiled; one that must name a list, as what stands before its last name.
    fn target(&self, lists: bool, faults: &mut Vec<PatchError>) -> Option<Target> {
        self.get(PATH)?;
        let place = self.place(PATH);
        let Some(text) = self.text(PATH) else {
            faults.push(PatchError::new("invalid-value", "the path is no text", place));
            return None;
        };
        let mut refuse = |fault: PatchError| {
            faults.push(fault);
            None
        };
        let tree = match parse(&text) {
            Ok(tree) => tree,
            Err(error) => return refuse(PatchError::of_path(&error, &place)),
        };
        let compiled = |tree| Compiler::new().compile_expression(tree, &text);
        if !lists {
            return match compiled(&tree) {
                Ok(program) => Some(Target::Place(program)),
                Err(errors) => refuse(of_path(&errors, &place)),
            };
        }
        let ExpressionKind::Member { input, name } = tree.kind else {
            let message = "expected a path that ends with the name of a list";
            return refuse(PatchError::new("not-a-list", message, place));
        };
        let program = match input {
            None => None,
            Some(input) => match compiled(&input) {
                Ok(program) => Some(program),
                Err(errors) => return refuse(of_path(&errors, &place)),
            },
        };
        Some(Target::List {
            parent: program,
            name: name.name,
        })
    }
}
