//! What a set of maps is compiled with.

use crate::library::{self, Library};
use crate::model::Model;

/// What a set of maps is compiled with.
///
/// ```
/// use carewire_mapping::{Maps, Options};
///
/// let text = "/// url = 'http://example.org/m'\n/// name = 'M'\n/// carewire = 'superset'\n\
///     group m(source a, target b) {\n  ignore a.x \"never used\";\n}\n";
/// assert!(Maps::compile(&[("m.fml", text)], &Options::default()).is_ok());
/// let refused = Maps::compile(&[("m.fml", text)], &Options::default().strict(true)).unwrap_err();
/// assert_eq!(refused[0].code().as_str(), "superset");
/// ```
#[derive(Clone, Debug)]
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

/// A function's name and the number of its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) min: usize,
    pub(crate) max: usize,
    /// Which of the library it is; the host answers any other.
    pub(crate) library: Option<&'static Library>,
}

/// The standard language and the superset, with the library's functions and no host's.
impl Default for Options {
    fn default() -> Self {
        let function = |library: &'static Library| Function {
            name: library.name.to_owned(),
            min: library.arguments.0,
            max: library.arguments.1,
            library: Some(library),
        };
        Self {
            strict: false,
            functions: library::FUNCTIONS.iter().map(function).collect(),
            reachable_only: false,
            models: Vec::new(),
            #[cfg(test)]
            without_quick: false,
        }
    }
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
    /// Maps call it in expressions and as a transform. It takes the place of a library function of the same name, and of one declared before.
    #[must_use]
    pub fn function(mut self, name: &str, min: usize, max: usize) -> Self {
        self.functions.retain(|function| function.name != name);
        self.functions.push(Function {
            name: name.to_owned(),
            min,
            max,
            library: None,
        });
        self
    }
}
