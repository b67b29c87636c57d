//! From tree to program: names, functions, variables and types resolved once.

mod builder;
mod check;
mod fold;
mod fuse;
mod nearest;
mod types;

use carewire_fhir_model::schema::TypeId;

use crate::ast::Expression;
use crate::error::Errors;
use crate::parse::{ParseLimits, parse_with};
use crate::program::Program;
use crate::signature::Signature;
use builder::Builder;
pub(crate) use nearest::{nearest, suggesting};

/// Compiles an expression with nothing declared: lenient, without host functions.
///
/// # Errors
///
/// Every fault that can be told without a tree: bad syntax, unknown functions, wrong numbers of arguments.
///
/// # Examples
///
/// ```
/// let program = carewire_fhirpath::compile("Patient.name.where(use='official').given")?;
/// assert_eq!(program.text(), "Patient.name.where(use='official').given");
/// # Ok::<(), carewire_fhirpath::Errors>(())
/// ```
pub fn compile(text: &str) -> Result<Program, Errors> {
    Compiler::new().compile(text)
}

/// What an expression is compiled against.
///
/// # Examples
///
/// ```
/// use carewire_fhirpath::Compiler;
/// let compiler = Compiler::new().variable("pid").function("uuid", 0, 9).strict(true);
/// assert!(compiler.compile("uuid('Patient', %pid)").is_ok());
/// let faults = compiler.compile("uid(%pd)").unwrap_err();
/// assert_eq!(faults.iter().map(|fault| fault.code()).collect::<Vec<_>>(), ["unknown-function", "unknown-variable"]);
/// ```
///
/// Spec: FHIRPath 2.0.0, 9 Environment Variables and 11 Type Safety and Strict Evaluation.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    variables: Vec<String>,
    functions: Vec<Signature>,
    strict: bool,
    focus: Option<TypeId>,
    as_filters: bool,
    separate: bool,
    limits: ParseLimits,
}

impl Compiler {
    /// A compiler with nothing declared.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable, `%name`. The order of declarations numbers them from 0 for [`crate::Host::variable`].
    #[must_use]
    pub fn variable(mut self, name: &str) -> Self {
        self.variables.push(name.to_owned());
        self
    }

    /// Declares a function that the host answers, with the least and the greatest number of its arguments. It comes
    /// before a built-in function of its name. The order of declarations numbers them from 0 for [`crate::Host::call`].
    #[must_use]
    pub fn function(mut self, name: &str, min: usize, max: usize) -> Self {
        self.functions.push(Signature::untyped(name, min, max));
        self
    }

    /// Declares a function that the host answers with the types it takes and gives, as [`Compiler::function`] does without.
    ///
    /// Where one is declared types are followed, whether a focus is known or not: an argument of a type that never fits is a fault
    /// where [`Compiler::strict`] is set, else a warning; several items where one is taken are a warning when the expression
    /// is compiled, and a fault of code `not-singular` if several come when it runs, before the host is asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhirpath::{Compiler, Signature};
    /// let compiler = Compiler::new().declare(Signature::parse("String.padded(width: Integer): String")?);
    /// let program = compiler.compile("'a'.padded('3') + 1")?;
    /// let shown: Vec<_> = program.warnings().iter().map(|warning| warning.to_string()).collect();
    /// assert_eq!(shown, [
    ///     "`+` has no meaning between System.String and System.Integer at 1:1",
    ///     "expected Integer as `width` of `padded`, found System.String: `toInteger()` converts it at 1:12",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn declare(mut self, signature: Signature) -> Self {
        self.functions.push(signature);
        self
    }

    /// Whether what can only fail or be empty is a fault: a variable that is not declared, an element that no type
    /// there has, an operand of a type that never fits. Off unless set: a variable is then looked up when it is needed,
    /// an element gives nothing, and what is known of types is a warning ([`Program::warnings`]).
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Says what type the focus will be of. The types are followed from there: unknown elements and types that never
    /// fit are faults where [`Compiler::strict`] is set, else warnings; what the data decide, such as a collection where
    /// one item is taken, is a warning always. Both have a place and, where a name is near, a suggestion.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// # use carewire_fhirpath::Compiler;
    /// let compiler = Compiler::new().focus(TypeId::PATIENT);
    /// let warned = compiler.compile("name.givn")?;
    /// assert_eq!(warned.warnings()[0].to_string(), "HumanName has no element `givn`, did you mean `given`? at 1:6");
    /// assert_eq!(compiler.compile("name.family.upper()")?.warnings()[0].code(), "not-singular");
    /// assert!(compiler.strict(true).compile("name.givn").is_err());
    /// # Ok::<(), carewire_fhirpath::Errors>(())
    /// ```
    #[must_use]
    pub fn focus(self, focus: TypeId) -> Self {
        Self {
            focus: Some(focus),
            ..self
        }
    }

    /// Whether `as` on several items keeps those of the type, as `ofType` does, and is no fault. Off unless set; R4's
    /// own invariant dom-3 is written so.
    ///
    /// ```
    /// # use carewire_fhirpath::{Compiler, Context, NoNode};
    /// let program = Compiler::new().as_filters(true).compile("(1 | 'a').as(String)")?;
    /// assert_eq!(program.evaluate_without_node::<NoNode>(&Context::new())?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn as_filters(self, as_filters: bool) -> Self {
        Self { as_filters, ..self }
    }

    /// Whether the names of a path are kept apart, so that [`Program::explain`] shows what each gave. Off unless set: names
    /// that follow each other are one operation, which runs faster, and what depends on literals alone is computed once, when
    /// the expression is compiled. What fails, and what a [`crate::Host`] or the time decides, is computed when it runs.
    #[must_use]
    pub fn separate(self, separate: bool) -> Self {
        Self { separate, ..self }
    }

    /// Sets how large an expression may be.
    #[must_use]
    pub fn limits(self, limits: ParseLimits) -> Self {
        Self { limits, ..self }
    }

    /// Compiles a text.
    ///
    /// # Errors
    ///
    /// As [`compile`].
    pub fn compile(&self, text: &str) -> Result<Program, Errors> {
        let tree = parse_with(text, self.limits)?;
        self.compile_expression(&tree, text)
    }

    /// Compiles a tree that was read from `text`, whole or as a part of it; faults are placed in `text`.
    ///
    /// # Errors
    ///
    /// As [`compile`], syntax apart.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhirpath::{Compiler, parse_prefix};
    /// let rule = "nope() -> x";
    /// let prefix = parse_prefix(rule)?;
    /// let faults = Compiler::new().compile_expression(&prefix.expression, rule).unwrap_err();
    /// assert_eq!(faults.to_string(), "there is no function `nope` at 1:1");
    /// # Ok::<(), carewire_fhirpath::Error>(())
    /// ```
    pub fn compile_expression(&self, tree: &Expression, text: &str) -> Result<Program, Errors> {
        let mut builder = Builder::new(self, text);
        let root = builder.expression(tree);
        let is_typed = self.functions.iter().any(Signature::is_typed);
        if self.strict || self.focus.is_some() || is_typed {
            let check::Findings { faults, warnings } =
                check::check(tree, self.focus, self.as_filters, &self.functions);
            if self.strict {
                builder.refuse(faults);
            } else {
                builder.warn(faults);
            }
            builder.warn(warnings);
        }
        builder.finish(root)
    }
}
