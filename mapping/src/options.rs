//! What a set of maps is compiled with.

use crate::model::Model;

/// What a set of maps is compiled with.
///
/// ```
/// use carewire_mapping::{Maps, Options};
///
/// let text = "/// url = 'http://example.org/m'\n/// carewire = 'superset'\n\
///     group m(source a, target b) {\n  ignore a.x \"never used\";\n}\n";
/// assert!(Maps::compile(&[("m.fml", text)], &Options::default()).is_ok());
/// let refused = Maps::compile(&[("m.fml", text)], &Options::default().strict(true)).unwrap_err();
/// assert_eq!(refused[0].code().as_str(), "superset");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(crate) strict: bool,
    pub(crate) functions: Vec<Function>,
    /// Compiles what a run by an event can reach and leaves the other groups unchecked: the standard maps are checked by a test.
    pub(crate) reachable_only: bool,
    pub(crate) models: Vec<Model>,
    /// Leaves every expression to `carewire_fhirpath`: what the quick ones are compared with.
    #[cfg(test)]
    pub(crate) without_quick: bool,
}

/// A host function's name and the number of its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

impl Options {
    /// Refuses everything that is not of the standard language, whatever a map's metadata says.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    pub(crate) fn reachable_only(mut self) -> Self {
        self.reachable_only = true;
        self
    }

    /// Gives the model of a structure that is no type of R4, which maps name by its url.
    #[must_use]
    pub fn model(mut self, model: Model) -> Self {
        self.models.push(model);
        self
    }

    /// Declares a function that the [`Host`](crate::Host) answers, with the least and the greatest number of its arguments.
    ///
    /// Maps call it in expressions and as a transform.
    #[must_use]
    pub fn function(mut self, name: &str, min: usize, max: usize) -> Self {
        self.functions.push(Function {
            name: name.to_owned(),
            min,
            max,
        });
        self
    }
}
