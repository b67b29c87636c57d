//! FHIRPath Patch: changes of a resource, each at the place that an expression gives.

mod error;
mod read;
mod value;

use std::fmt;

use carewire_fhir_model::edit::{Edit, EditError};
use carewire_fhir_model::schema::Schema;
use carewire_fhir_model::{Document, Node};

pub use error::{PatchError, PatchErrors};

use crate::context::{Context, Limits};
use crate::item::Item;
use crate::program::Program;
use crate::value::DateTime;

/// A FHIRPath Patch, compiled once: operations that a `Parameters` resource holds.
///
/// `add` puts a value at the end of an element, `insert` at a place of a list, `replace` in the place of another; `delete`
/// takes out the element that is there, if there is one; `move` gives an element of a list another place. Places count
/// from 0. Each operation meets what those before it left. All are done or none. The path of `insert` and `move` ends
/// with the name of the list; every other must give one place.
///
/// A value is a `value[x]` of the element's type, a `resource`, or `part`s named as the elements of a backbone element.
/// Of primitives one may stand for another that it is derived from or that is derived from it (`code` for `string`), and
/// texts for each other; `boolean` never stands for `date`. Ids and extensions of the value are taken along.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhirpath::Patch;
///
/// let parameters = br#"{"resourceType": "Parameters", "parameter": [
///     {"name": "operation", "part": [
///         {"name": "type", "valueCode": "replace"},
///         {"name": "path", "valueString": "Patient.name.where(use = 'official').family"},
///         {"name": "value", "valueString": "Roe"}]},
///     {"name": "operation", "part": [
///         {"name": "type", "valueCode": "add"},
///         {"name": "path", "valueString": "Patient"},
///         {"name": "name", "valueString": "contact"},
///         {"name": "value", "part": [{"name": "name", "valueHumanName": {"text": "Ann"}}]}]}]}"#;
/// let patch = Patch::compile(&Document::from_json(parameters)?.document)?;
///
/// let patient = br#"{"resourceType":"Patient","name":[{"use":"official","family":"Doe"}]}"#;
/// let patched = patch.apply(&Document::from_json(patient)?.document)?;
/// assert_eq!(
///     patched.to_json(),
///     r#"{"resourceType":"Patient","name":[{"use":"official","family":"Roe"}],"contact":[{"name":{"text":"Ann"}}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIR R4 4.0.1, FHIRPath Patch, <https://hl7.org/fhir/R4/fhirpatch.html>.
pub struct Patch {
    parameters: Document<'static>,
    operations: Vec<Operation>,
    limits: Limits,
    now: Option<DateTime>,
}

/// Shows how many operations there are, no value.
impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patch")
            .field("operations", &self.operations.len())
            .finish_non_exhaustive()
    }
}

struct Operation {
    target: Target,
    action: Action,
    /// Of the path, of what may be out of range or not fit, and of the destination of a move.
    path_place: String,
    place: String,
    destination_place: String,
}

/// Where an operation works.
enum Target {
    /// One place.
    Place(Program),
    /// The list of a name in one place, or in the resource.
    List { parent: Option<Program>, name: String },
}

/// Values are parts of the Parameters, by their nodes.
enum Action {
    Add { name: String, place: String, value: u32 },
    Insert { index: usize, value: u32 },
    Delete,
    Replace { value: u32 },
    Move { source: usize, destination: usize },
}

impl Patch {
    /// Reads the operations of a `Parameters` resource and compiles their paths.
    ///
    /// # Errors
    ///
    /// [`PatchErrors`]: every fault of the Parameters, with its place there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// # use carewire_fhirpath::Patch;
    /// let parameters = br#"{"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
    ///     {"name": "type", "valueCode": "move"}, {"name": "path", "valueString": "Patient.name["},
    ///     {"name": "source", "valueInteger": -1}]}]}"#;
    /// let errors = Patch::compile(&Document::from_json(parameters)?.document).err().ok_or("it should be refused")?;
    /// let codes: Vec<_> = errors.iter().map(|error| (error.code(), error.place())).collect();
    /// assert_eq!(codes, [
    ///     ("missing-part", "Parameters.parameter[0]"),
    ///     ("bad-path", "Parameters.parameter[0].part[1]"),
    ///     ("invalid-value", "Parameters.parameter[0].part[2]"),
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(parameters: &Document<'_>) -> Result<Self, PatchErrors> {
        let parameters = parameters.clone().into_owned();
        let root = parameters.root();
        let mut faults = Vec::new();
        let mut operations = Vec::new();
        if root.type_id() != Schema::r4().type_named("Parameters") {
            faults.push(PatchError::new(
                "bad-parameters",
                "expected a Parameters resource",
                root.path(),
            ));
        } else {
            for (number, parameter) in root.children_named("parameter").enumerate() {
                let before = faults.len();
                if read::text(parameter, "name").as_deref() == Some("operation") {
                    operations.extend(read::operation(parameter, &mut faults));
                } else {
                    let message = "expected a parameter named `operation`";
                    faults.push(PatchError::new("bad-parameters", message, parameter.path()));
                }
                let faults = faults.iter_mut().skip(before);
                faults.for_each(|fault| *fault = fault.clone().in_operation(number));
            }
        }
        PatchErrors::from_vec(faults)?;
        Ok(Self {
            parameters,
            operations,
            limits: Limits::default(),
            now: None,
        })
    }

    /// Sets the limits on what all paths of one [`Patch::apply`] do together. Each operation also takes a step for each
    /// node of the resource, since it is written anew.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets the time of `now()` and `today()` in paths, which are unsupported without.
    #[must_use]
    pub fn at(self, now: DateTime) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    /// The resource with every operation done, in their order; the document itself stays as it is.
    ///
    /// What no operation touches keeps its text: numbers, escapes, the order of the keys, what the schema does not know.
    /// Whether the result is valid is not judged: `carewire-validate` does.
    ///
    /// # Errors
    ///
    /// [`PatchError`] for the first operation that cannot be done: its path gives no place or several (`delete` of none
    /// does nothing), the element is there already, does not exist in the type or does not take the value, the place is
    /// behind the end of the list, or a limit is reached.
    pub fn apply(&self, document: &Document<'_>) -> Result<Document<'static>, PatchError> {
        let mut changed: Option<Document<'static>> = None;
        let mut left = self.limits.steps;
        for (number, operation) in self.operations.iter().enumerate() {
            let document = changed.as_ref().unwrap_or(document);
            let next = self.done(operation, document, &mut left);
            match next.map_err(|error| error.in_operation(number))? {
                Some(next) => changed = Some(next),
                None => continue,
            }
        }
        Ok(changed.unwrap_or_else(|| document.clone().into_owned()))
    }

    /// The document with an operation done; none where there is nothing to do.
    fn done(
        &self,
        operation: &Operation,
        document: &Document<'_>,
        left: &mut u64,
    ) -> Result<Option<Document<'static>>, PatchError> {
        let Operation {
            path_place, place, ..
        } = operation;
        let refused = |error: EditError| PatchError::of_edit(&error, place);
        let many = || {
            let message = format!("the patch takes more than {} steps", self.limits.steps);
            PatchError::new("limit", message, path_place)
        };
        *left = left.checked_sub(document.node_count() as u64).ok_or_else(many)?;
        let mut edit = Edit::new(document);
        let value = |index: u32| self.parameters.node(index);
        let root = document.root();
        match (&operation.target, &operation.action) {
            (Target::Place(path), Action::Delete) => {
                match self.places(path, path_place, root, left)?.as_slice() {
                    [] => return Ok(None),
                    [one] if *one == root => return Err(PatchError::of_edit(&EditError::Root, path_place)),
                    [one] => edit.delete(*one).map_err(refused)?,
                    _ => return Err(several(path_place)),
                }
            }
            (Target::Place(path), Action::Replace { value: part }) => {
                let one = self.one(path, path_place, root, left)?;
                if one == root {
                    return Err(PatchError::of_edit(&EditError::Root, path_place));
                }
                value::replace(&mut edit, one, value(*part), place)?;
            }
            (
                Target::Place(path),
                Action::Add {
                    name,
                    place: name_place,
                    value: part,
                },
            ) => {
                let one = self.one(path, path_place, root, left)?;
                let to = value::To {
                    parent: one.into(),
                    owner: one.type_id(),
                    name,
                    name_place,
                    index: None,
                };
                value::put(&mut edit, &to, value(*part), place)?;
            }
            (Target::List { parent, name }, action) => {
                let parent = match parent {
                    Some(parent) => self.one(parent, path_place, root, left)?,
                    None => root,
                };
                match action {
                    Action::Insert { index, value: part } => {
                        let to = value::To {
                            parent: parent.into(),
                            owner: parent.type_id(),
                            name,
                            name_place: path_place,
                            index: Some((*index, place)),
                        };
                        value::put(&mut edit, &to, value(*part), place)?;
                    }
                    Action::Move { source, destination } => {
                        let of_path = |error: EditError| PatchError::of_edit(&error, path_place);
                        let count = edit.len(parent, name).map_err(of_path)?;
                        let index = *source;
                        let moved = edit.child(parent, name, index).map_err(of_path)?;
                        let moved = moved.ok_or_else(|| refused(EditError::OutOfRange { index, count }))?;
                        edit.move_to(moved, *destination)
                            .map_err(|error| PatchError::of_edit(&error, &operation.destination_place))?;
                    }
                    _ => return Ok(None),
                }
            }
            (Target::Place(_), Action::Insert { .. } | Action::Move { .. }) => return Ok(None),
        }
        edit.finish().map(Some).map_err(refused)
    }

    /// The places that a path gives.
    fn places<'d>(
        &self,
        path: &'d Program,
        place: &str,
        root: Node<'d>,
        left: &mut u64,
    ) -> Result<Vec<Node<'d>>, PatchError> {
        let context = match self.now {
            Some(now) => Context::at(now),
            None => Context::new(),
        };
        let context = context.limits(self.limits.steps(*left)).resource(root);
        let mut places = Vec::new();
        let mut computed = false;
        let outcome = path.for_each(root, &context, |item| {
            match item {
                // A collection may have a place twice.
                Item::Node(node) if places.contains(&node) => {}
                Item::Node(node) => places.push(node),
                _ => computed = true,
            }
            if computed || places.len() > 1 {
                return std::ops::ControlFlow::Break(());
            }
            std::ops::ControlFlow::Continue(())
        });
        *left = left.saturating_sub(context.steps_used());
        outcome.map_err(|error| PatchError::of_path(&error, place))?;
        if computed {
            let message = "the path gives a computed value and no place of the resource";
            return Err(PatchError::new("not-a-place", message, place));
        }
        Ok(places)
    }

    /// The one place that a path gives.
    fn one<'d>(
        &self,
        path: &'d Program,
        place: &str,
        root: Node<'d>,
        left: &mut u64,
    ) -> Result<Node<'d>, PatchError> {
        match self.places(path, place, root, left)?.as_slice() {
            [one] => Ok(*one),
            [] => Err(PatchError::new(
                "no-place",
                "the path gives no place of the resource",
                place,
            )),
            _ => Err(several(place)),
        }
    }
}

fn several(place: &str) -> PatchError {
    PatchError::new("several-places", "the path gives several places", place)
}
