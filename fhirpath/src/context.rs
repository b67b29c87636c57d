//! What the caller hands to one evaluation: the time, variables, functions, services and limits.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

use crate::error::Error;
use crate::item::Item;
use crate::node::Node;
use crate::value::{DateTime, Decimal};

/// What one evaluation is given. Nothing in it is required; nothing is read from the machine.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{Compiler, Context, Item, NoNode};
/// let program = Compiler::new().variable("limit").compile("now() < @2025 and %limit = 3")?;
/// let context = Context::at("2024-02-01T10:00:00Z".parse()?).variable("limit", [Item::Integer(3)]);
/// assert_eq!(program.evaluate_without_node::<NoNode>(&context)?[0].as_boolean(), Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Context<'h, 'a, N> {
    pub(crate) now: Option<DateTime>,
    pub(crate) variables: Vec<(String, Vec<Item<'a, N>>)>,
    pub(crate) resource: Option<N>,
    pub(crate) root_resource: Option<N>,
    pub(crate) host: Option<&'h dyn Host<'a, N>>,
    pub(crate) limits: Limits,
    /// The most steps that an evaluation took.
    pub(crate) steps: Cell<u64>,
}

impl<N> Default for Context<'_, '_, N> {
    fn default() -> Self {
        Self {
            now: None,
            variables: Vec::new(),
            resource: None,
            root_resource: None,
            host: None,
            limits: Limits::default(),
            steps: Cell::new(0),
        }
    }
}

impl<'h, 'a, N: Node<'a>> Context<'h, 'a, N> {
    /// A context without a time: `now()`, `today()` and `timeOfDay()` are then unsupported.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A context at a time.
    #[must_use]
    pub fn at(now: DateTime) -> Self {
        Self {
            now: Some(now),
            ..Self::default()
        }
    }

    /// Sets the value of `%name`. The variables of a [`Host`] come first.
    #[must_use]
    pub fn variable(mut self, name: &str, items: impl IntoIterator<Item = Item<'a, N>>) -> Self {
        self.variables
            .push((name.to_owned(), items.into_iter().collect()));
        self
    }

    /// Sets `%resource` and, unless set apart, `%rootResource`. Without it both are the node that is evaluated.
    #[must_use]
    pub fn resource(self, resource: N) -> Self {
        Self {
            resource: Some(resource),
            ..self
        }
    }

    /// Sets `%rootResource`: the resource that contains `%resource`.
    #[must_use]
    pub fn root_resource(self, resource: N) -> Self {
        Self {
            root_resource: Some(resource),
            ..self
        }
    }

    /// Sets what answers variables, host functions, terminology, units and `trace()`.
    #[must_use]
    pub fn host(self, host: &'h dyn Host<'a, N>) -> Self {
        Self {
            host: Some(host),
            ..self
        }
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The most steps that one evaluation with this context took: how near the limit it came.
    ///
    /// ```
    /// # use carewire_fhirpath::{Context, NoNode};
    /// let program = carewire_fhirpath::compile("(1 | 2).select($this + 1)")?;
    /// let context = Context::new();
    /// program.evaluate_without_node::<NoNode>(&context)?;
    /// assert_eq!(context.steps_used(), 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn steps_used(&self) -> u64 {
        self.steps.get()
    }
}

/// What an expression may ask of the program around it. Every method has a default that knows nothing.
///
/// An [`Error`] made by a host must hold no value of a patient; the evaluator adds the place.
///
/// # Examples
///
/// ```
/// use carewire_fhirpath::{Compiler, Context, Error, Host, Item, NoNode};
///
/// struct Clerk;
///
/// impl<'a> Host<'a, NoNode> for Clerk {
///     fn call(
///         &self, _: &str, _: usize, input: &[Item<'a, NoNode>], _: &[Vec<Item<'a, NoNode>>],
///     ) -> Result<Vec<Item<'a, NoNode>>, Error> {
///         match input {
///             [Item::Integer(value)] => Ok(vec![Item::Integer(value * 2)]),
///             _ => Err(Error::host("expected-integer", "expected one integer")),
///         }
///     }
/// }
///
/// let program = Compiler::new().function("double", 0, 0).compile("21.double()")?;
/// let answer = program.evaluate_without_node(&Context::new().host(&Clerk))?;
/// assert_eq!(answer[0].as_integer(), Some(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Host<'a, N: Node<'a>> {
    /// The items of a variable, pushed to `push`; false if it has none such. `index` is the variable's place among
    /// the declared ones ([`crate::Compiler::variable`]), for hosts that keep them in slots; `None` for one that was
    /// not declared.
    fn variable(&self, name: &str, index: Option<usize>, push: &mut dyn FnMut(Item<'a, N>)) -> bool {
        let _ = (name, index, push);
        false
    }

    /// Calls a host function that was declared with [`crate::Compiler::function`]; `index` is its place among them.
    ///
    /// # Errors
    ///
    /// What the function makes of its input, without values.
    fn call(
        &self,
        name: &str,
        index: usize,
        input: &[Item<'a, N>],
        arguments: &[Vec<Item<'a, N>>],
    ) -> Result<Vec<Item<'a, N>>, Error> {
        let _ = (index, input, arguments);
        Err(Error::unsupported(
            "host-function",
            format!("nothing answers the function `{name}`"),
        ))
    }

    /// Takes what `trace(name)` shows. The items hold values: show them only where the user asked for it.
    fn trace(&self, name: &str, items: &[Item<'a, N>]) {
        let _ = (name, items);
    }

    /// The place a reference leads to, when it is not in the tree.
    fn resolve(&self, reference: &str) -> Option<N> {
        let _ = reference;
        None
    }

    /// True if the code, Coding or CodeableConcept is in the value set; `None` if that is not known.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn member_of(&self, item: &Item<'a, N>, value_set: &str) -> Result<Option<bool>, Error> {
        let _ = (item, value_set);
        Err(Error::unsupported(
            "no-terminology",
            "no terminology service answers `memberOf`",
        ))
    }

    /// True if the first code subsumes the second.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn subsumes(&self, general: &Item<'a, N>, special: &Item<'a, N>) -> Result<Option<bool>, Error> {
        let _ = (general, special);
        Err(Error::unsupported(
            "no-terminology",
            "no terminology service answers `subsumes`",
        ))
    }

    /// True if the place conforms to a profile; `None` if the profile is not known. The base definitions of FHIR are
    /// answered without asking.
    ///
    /// # Errors
    ///
    /// What went wrong while judging.
    fn conforms_to(&self, item: &Item<'a, N>, profile: &str) -> Result<Option<bool>, Error> {
        let _ = (item, profile);
        Ok(None)
    }

    /// True if the place is in a slice that a structure definition names; `None` if the definition or the slice is not
    /// known. It is what `slice(structure, name)` asks of each item.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn slice(&self, item: &Item<'a, N>, structure: &str, name: &str) -> Result<Option<bool>, Error> {
        let _ = (item, structure, name);
        Err(Error::unsupported(
            "no-definitions",
            "nothing knows the slices of profiles",
        ))
    }

    /// The ElementDefinition of the place, as a place of a tree of the host; `None` for an item that has none. It is what
    /// `elementDefinition()` asks of each item.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn element_definition(&self, item: &Item<'a, N>) -> Result<Option<N>, Error> {
        let _ = item;
        Err(Error::unsupported(
            "no-definitions",
            "nothing knows the definitions of elements",
        ))
    }

    /// True if the narrative holds only what FHIR allows.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn html_checks(&self, item: &Item<'a, N>) -> Result<Option<bool>, Error> {
        let _ = item;
        Err(Error::unsupported(
            "no-narrative-check",
            "nothing checks narrative",
        ))
    }

    /// A number in one UCUM unit, expressed in another; `None` if the one does not convert to the other.
    ///
    /// Equal units, durations and calendar units are answered without asking. The default answers with UCUM if the
    /// feature `terminology` is on. It computes with fractions and rounds once, at the end, to the 28 digits that a decimal of the
    /// language has: an inch has 2.54 cm, and a centimetre no finite number of inches. `=`, `<` and the like do not go
    /// through it ([`Host::compare_quantities`]), so that nothing is rounded before it is compared.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn convert(&self, value: Decimal, from: &str, to: &str) -> Result<Option<Decimal>, Error> {
        #[cfg(feature = "terminology")]
        return Ok(crate::units::convert(value, from, to));
        #[cfg(not(feature = "terminology"))]
        {
            let _ = (value, from, to);
            Err(Error::unsupported("no-units", "nothing converts units"))
        }
    }

    /// The order of two numbers, each in its UCUM unit; `None` if the one unit does not convert to the other.
    ///
    /// `=`, `<` and the like ask it for units that differ, durations apart; [`Host::convert`] is asked where a number is to
    /// be computed. The default compares exactly by UCUM if the feature `terminology` is on, beyond the 28 digits of a decimal as well,
    /// and asks [`Host::convert`] for what UCUM does not know.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhirpath::{Context, NoNode, compile};
    /// // An inch has 2.54 cm; a centimetre no decimal number of inches.
    /// for (expression, wanted) in [
    ///     ("1 '[in_i]' = 2.54 'cm'", true),
    ///     ("1 'cm' = 0.3937007874015748031496062992 '[in_i]'", false),
    ///     ("1 'Ym' > 1 'ym'", true),
    /// ] {
    ///     let program = compile(expression)?;
    ///     let given = program.evaluate_without_node::<NoNode>(&Context::new())?;
    ///     assert_eq!(given[0].as_boolean(), Some(wanted), "{expression}");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn compare_quantities(
        &self,
        left: (Decimal, &str),
        right: (Decimal, &str),
    ) -> Result<Option<Ordering>, Error> {
        #[cfg(feature = "terminology")]
        if let Some(order) = crate::units::compare(left, right) {
            return Ok(Some(order));
        }
        let converted = self.convert(left.0, left.1, right.1)?;
        Ok(converted.map(|value| value.cmp(&right.0)))
    }

    /// The unit of a product or, with `divide`, of a quotient; `None` if a unit is not known. The default answers with
    /// UCUM if the feature `terminology` is on.
    ///
    /// # Errors
    ///
    /// Of kind unsupported when nothing answers.
    fn combine_units(&self, left: &str, right: &str, divide: bool) -> Result<Option<Cow<'a, str>>, Error> {
        #[cfg(feature = "terminology")]
        return Ok(crate::units::combine(left, right, divide).map(Cow::Owned));
        #[cfg(not(feature = "terminology"))]
        {
            let _ = (left, right, divide);
            Err(Error::unsupported("no-units", "nothing multiplies units"))
        }
    }
}

/// The host of a context without one: it knows nothing.
pub(crate) struct Nobody;

impl<'a, N: Node<'a>> Host<'a, N> for Nobody {}

/// How much one evaluation may do.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{Context, ErrorKind, Limits, NoNode};
/// let program = carewire_fhirpath::compile("1.repeat($this + 1).count()")?;
/// let context = Context::new().limits(Limits::default().steps(1_000));
/// let fault = program.evaluate_without_node::<NoNode>(&context).map(|_| ()).unwrap_err();
/// assert_eq!(fault.kind(), ErrorKind::Limit);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) steps: u64,
    pub(crate) depth: u32,
    pub(crate) items: usize,
    pub(crate) text: usize,
}

impl Default for Limits {
    /// 10 million steps, 200 levels of a tree, 1 million items in one collection, 16 MiB in one string.
    fn default() -> Self {
        Self {
            steps: 10_000_000,
            depth: 200,
            items: 1_000_000,
            text: 16 << 20,
        }
    }
}

impl Limits {
    /// Sets how many steps an evaluation may take: each operation, place visited, pair compared and 64 bytes of text made
    /// or searched is one.
    #[must_use]
    pub fn steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// Sets how deep `descendants()` and comparisons go into a tree.
    #[must_use]
    pub fn depth(self, depth: u32) -> Self {
        Self {
            depth: depth.min(1_000),
            ..self
        }
    }

    /// Sets how many items one collection may hold.
    #[must_use]
    pub fn items(self, items: usize) -> Self {
        Self { items, ..self }
    }

    /// Sets how many bytes one computed string may take.
    #[must_use]
    pub fn text(self, bytes: usize) -> Self {
        Self { text: bytes, ..self }
    }
}
