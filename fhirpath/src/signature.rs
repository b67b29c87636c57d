//! What a function of the host takes and gives.

use std::str::FromStr;

use crate::error::Error;
use crate::node::TypeReference;
use crate::parse::parse_signature;

/// A function that the host answers: its name, and the types and the cardinality of its input, arguments and result.
///
/// It is written as `input.name(parameter: type, ...): result`. A type is one of the System model, of FHIR, or `Any`; with `*`
/// behind it several items may come, else at most one. A parameter with `?` behind its name may be left out, and so may all
/// behind it. Input and result may be left out of the text: nothing is then known of them.
///
/// # Errors
///
/// [`Signature::parse`] gives a fault of kind syntax or semantic with its place in the text: an unknown type comes with the name
/// that was perhaps meant.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::schema::TypeId;
/// use carewire_fhirpath::{Compiler, Signature};
///
/// let best = Signature::parse("HumanName*.best(use: code, limit?: Integer): HumanName")?;
/// let compiler = Compiler::new().declare(best).focus(TypeId::PATIENT).strict(true);
/// assert!(compiler.compile("name.best('official').family")?.warnings().is_empty());
///
/// let faults = compiler.compile("telecom.best(3).familly").unwrap_err();
/// let shown: Vec<_> = faults.iter().map(|fault| fault.to_string()).collect();
/// assert_eq!(shown, [
///     "expected HumanName as the input of `best`, found ContactPoint at 1:9",
///     "expected code as `use` of `best`, found System.Integer: `toString()` converts it at 1:14",
///     "HumanName has no element `familly`, did you mean `family`? at 1:17",
/// ]);
/// let unknown = Signature::parse("HumanNam.best()").unwrap_err();
/// assert_eq!(unknown.to_string(), "there is no type `HumanNam`, did you mean `HumanName`? at 1:1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 11 Type Safety and Strict Evaluation.
#[derive(Clone, Debug)]
pub struct Signature {
    pub(crate) name: String,
    pub(crate) input: Option<Declared>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) result: Option<Declared>,
    /// The least and the greatest number of arguments.
    pub(crate) min: usize,
    pub(crate) max: usize,
}

/// A parameter of a [`Signature`].
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) takes: Declared,
}

/// A type with its cardinality.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) reference: TypeReference,
    /// Whether several items may come.
    pub(crate) many: bool,
}

impl Signature {
    /// Reads a signature.
    ///
    /// # Errors
    ///
    /// See [`Signature`].
    ///
    /// # Examples
    ///
    /// See [`Signature`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse_signature(text).map_err(|fault| fault.locate(text))
    }

    /// A signature that says how many arguments there are, and nothing of types.
    pub(crate) fn untyped(name: &str, min: usize, max: usize) -> Self {
        Self {
            name: name.to_owned(),
            input: None,
            parameters: Vec::new(),
            result: None,
            min,
            max,
        }
    }

    /// The function's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True if a type is declared.
    pub(crate) fn is_typed(&self) -> bool {
        self.input.is_some() || self.result.is_some() || !self.parameters.is_empty()
    }

    /// True if one item at most may come as the input.
    pub(crate) fn takes_one_item(&self) -> bool {
        self.input.as_ref().is_some_and(|input| !input.many)
    }

    /// True if one item at most may come as an argument.
    pub(crate) fn takes_one_argument(&self, at: usize) -> bool {
        self.parameters.get(at).is_some_and(|one| !one.takes.many)
    }
}

impl FromStr for Signature {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
