//! The compiled expression: a flat list of operations over tables of names, types and literals.

use std::fmt;
use std::ops::ControlFlow;

use regex::Regex;

use crate::ast::{BinaryOperator, CalendarUnit, Literal, Span};
use crate::context::Context;
use crate::error::Error;
use crate::eval::{Run, Stop};
use crate::functions::Function;
use crate::item::Item;
use crate::node::{Name, Node, TypeReference};
use crate::value::Date;

/// The place of an operation in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpId(pub(crate) u32);

/// One operation. Operands stand before what uses them.
#[derive(Debug)]
pub(crate) enum Op {
    Literal(u32),
    /// Several values that were computed when the program was compiled.
    Literals(Literals),
    /// What is well formed and cannot be evaluated: a code and a message.
    Fail(&'static str, &'static str),
    This,
    Index,
    Total,
    Resource,
    RootResource,
    Root,
    Variable {
        declared: Option<usize>,
        name: Box<str>,
    },
    /// A variable of `defineVariable`, by its slot.
    Defined(usize),
    /// A path from the focus. Its first name is the focus itself if it is of that type, else its children of that name.
    Start {
        names: Names,
        specifier: Option<TypeReference>,
    },
    /// A path from what another operation gives.
    Child {
        input: OpId,
        names: Names,
    },
    /// Names and filters from the focus on, in one go. `plain` is the same as operations one by one.
    Path {
        steps: Steps,
        plain: OpId,
    },
    /// `path = 'text'` of the focus. `plain` is the same as operations one by one.
    IsText {
        names: Names,
        text: u32,
        plain: OpId,
    },
    /// `path + 3 days < @2024-01-01`, from the focus. `plain` is the same as operations one by one.
    OrderOfMoved {
        operator: BinaryOperator,
        /// The [`Op::Shift`].
        moved: OpId,
        date: Date,
        plain: OpId,
    },
    /// `left + 3 days` or `left - 3 days`: how many of which unit is known.
    Shift {
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        count: i64,
        unit: CalendarUnit,
    },
    Indexer {
        input: OpId,
        index: OpId,
    },
    Sign {
        negative: bool,
        operand: OpId,
    },
    Binary {
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
    },
    /// The operators `is` and `as`, and the functions `is`, `as` and `ofType`.
    Type {
        test: TypeTest,
        input: OpId,
        specifier: TypeReference,
    },
    Call {
        function: Function,
        input: OpId,
        arguments: Box<[OpId]>,
    },
    Define {
        input: OpId,
        slot: usize,
        value: Option<OpId>,
    },
    Host {
        index: usize,
        name: Box<str>,
        input: Taken,
        arguments: Box<[Taken]>,
    },
}

/// What a function of the host is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) op: OpId,
    /// Whether its signature takes one item at most.
    pub(crate) one: bool,
}

/// Names that follow each other in a program's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

/// Literals that follow each other in a program's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literals {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

/// Steps that follow each other in a program's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

/// One step of [`Op::Path`], from each place that the one before leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathStep {
    /// To what the path of an [`Op::Start`] leads to.
    Start(OpId),
    /// To the children of names.
    Names(Names),
    /// To the place itself if a condition holds there.
    Where(OpId),
    /// To the place itself if names lead to this text.
    IsText { names: Names, text: u32 },
    /// To what names lead to, to what they lead to from there, and so on, each place once. It is the first step if any.
    Repeat(Names),
    /// To the place itself if it is of the type that an [`Op::Type`] asks for.
    OfType(OpId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeTest {
    Is,
    As,
    OfType,
}

/// An expression that is ready to run: immutable, shared by threads, with every name resolved.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhirpath::{Context, compile};
///
/// let json = br#"{"resourceType": "Patient", "name": [{"use": "official", "given": ["Ann", "Lee"]}]}"#;
/// let read = Document::from_json(json)?;
/// let given = compile("Patient.name.where(use = 'official').given")?;
/// let found = given.evaluate(read.document.root(), &Context::new())?;
/// let text: Vec<_> = found.iter().filter_map(|item| item.text()).collect();
/// assert_eq!(text, ["Ann", "Lee"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIRPath 2.0.0.
#[derive(Debug)]
pub struct Program {
    pub(crate) text: Box<str>,
    pub(crate) ops: Vec<Op>,
    pub(crate) spans: Vec<Span>,
    /// The names of all paths.
    pub(crate) names: Vec<Name>,
    /// The steps of all paths that run in one go.
    pub(crate) steps: Vec<PathStep>,
    pub(crate) literals: Vec<Literal>,
    /// The operations that were computed when the program was compiled, in order, with what each was before.
    pub(crate) folded: Vec<(OpId, OpId)>,
    /// The pattern of a literal that stands where a regular expression is wanted.
    pub(crate) patterns: Vec<Option<Regex>>,
    pub(crate) warnings: Vec<Error>,
    pub(crate) slots: usize,
    pub(crate) root: OpId,
}

impl Program {
    /// The text the program was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the compiler found that does not keep the expression from running, in the order of the places: an element
    /// that no type there has, a collection where one item is taken, a comparison that is always false.
    ///
    /// It is empty where neither [`crate::Compiler::focus`] nor [`crate::Compiler::strict`] was set: types are then not
    /// followed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// # use carewire_fhirpath::Compiler;
    /// let program = Compiler::new().focus(TypeId::PATIENT).compile("name.given + birthDate.year")?;
    /// let codes: Vec<_> = program.warnings().iter().map(|warning| (warning.code(), warning.column())).collect();
    /// assert_eq!(codes, [("not-singular", 1), ("unknown-element", 24)]);
    /// # Ok::<(), carewire_fhirpath::Errors>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[Error] {
        &self.warnings
    }

    /// Evaluates the expression with `node` as its focus.
    ///
    /// # Errors
    ///
    /// An [`Error`] of kind execution, unsupported or limit, with its place in the expression and no value of the tree.
    ///
    /// # Examples
    ///
    /// See [`Program`].
    pub fn evaluate<'a, N: Node<'a>>(
        &'a self,
        node: N,
        context: &Context<'_, 'a, N>,
    ) -> Result<Vec<Item<'a, N>>, Error> {
        self.evaluate_item(&Item::Node(node), context)
    }

    /// Evaluates the expression with an item as its focus, which may be a computed value.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate`].
    pub fn evaluate_item<'a, N: Node<'a>>(
        &'a self,
        focus: &Item<'a, N>,
        context: &Context<'_, 'a, N>,
    ) -> Result<Vec<Item<'a, N>>, Error> {
        Run::new(self, context, Some(focus)).all()
    }

    /// Evaluates an expression that needs no tree.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate`].
    pub fn evaluate_without_node<'a, N: Node<'a>>(
        &'a self,
        context: &Context<'_, 'a, N>,
    ) -> Result<Vec<Item<'a, N>>, Error> {
        Run::new(self, context, None).all()
    }

    /// Evaluates the expression as a condition: true if it gives `true`, or one item that is not a boolean.
    ///
    /// An empty result is false, as in `where`.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate`], and when the result has several items.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// # use carewire_fhirpath::{Context, compile};
    /// let read = Document::from_json(br#"{"resourceType": "Patient", "active": true}"#)?;
    /// let rule = compile("active and name.empty()")?;
    /// assert!(rule.evaluate_bool(read.document.root(), &Context::new())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn evaluate_bool<'a, N: Node<'a>>(
        &'a self,
        node: N,
        context: &Context<'_, 'a, N>,
    ) -> Result<bool, Error> {
        self.evaluate_bool_item(&Item::Node(node), context)
    }

    /// Evaluates the expression as a condition on an item, which may be a computed value.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate_bool`].
    pub fn evaluate_bool_item<'a, N: Node<'a>>(
        &'a self,
        focus: &Item<'a, N>,
        context: &Context<'_, 'a, N>,
    ) -> Result<bool, Error> {
        let holds = Run::new(self, context, Some(focus)).condition()?;
        Ok(holds == Some(true))
    }

    /// Evaluates the expression as a condition of three values: none where the result is empty.
    ///
    /// Judges of invariants want to tell that from `false`: R4's own ref-1 comes to nothing for a reference that has
    /// only a display.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate_bool`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// # use carewire_fhirpath::{Context, compile};
    /// let patient = Document::from_json(br#"{"resourceType": "Patient"}"#)?.document;
    /// assert_eq!(compile("active.not()")?.truth(patient.root(), &Context::new())?, None);
    /// assert_eq!(compile("active.exists()")?.truth(patient.root(), &Context::new())?, Some(false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn truth<'a, N: Node<'a>>(
        &'a self,
        node: N,
        context: &Context<'_, 'a, N>,
    ) -> Result<Option<bool>, Error> {
        Run::new(self, context, Some(&Item::Node(node))).condition()
    }

    /// Pushes the items of the result one by one, until the visitor breaks; nothing is collected.
    ///
    /// # Errors
    ///
    /// As [`Program::evaluate`]. Items pushed before the fault stay pushed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use carewire_fhir_model::Document;
    /// # use carewire_fhirpath::{Context, compile};
    /// let read = Document::from_json(br#"{"resourceType": "Patient", "name": [{"given": ["A", "B"]}]}"#)?;
    /// let mut seen = 0;
    /// compile("name.given")?.for_each(read.document.root(), &Context::new(), |_| {
    ///     seen += 1;
    ///     ControlFlow::Break(())
    /// })?;
    /// assert_eq!(seen, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_each<'a, N: Node<'a>>(
        &'a self,
        node: N,
        context: &Context<'_, 'a, N>,
        mut visit: impl FnMut(Item<'a, N>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        Run::new(self, context, Some(&Item::Node(node)))
            .push(&mut |item| visit(item).map_break(|()| Stop::Done))
    }

    /// Evaluates the expression and keeps what each part of it gave, in the order of the text; the result comes beside,
    /// so that a fault shows what was there before it.
    ///
    /// The names of a path are one part unless [`crate::Compiler::separate`] keeps them apart. It takes the memory of
    /// all items on the way; their number is limited as that of one collection is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// # use carewire_fhirpath::{Compiler, Context, Explanation};
    /// let json = br#"{"resourceType": "Patient", "name": [{"given": ["Ann", "Lee"]}, {"given": ["A"]}]}"#;
    /// let document = Document::from_json(json)?.document;
    /// let program = Compiler::new().separate(true).compile("name.where(given.count() = 2).given")?;
    /// let Explanation { parts, result } = program.explain(document.root(), &Context::new());
    /// assert_eq!(result?.len(), 2);
    /// let shown: Vec<_> = parts.iter().map(|part| (part.text, part.times, part.items.len())).collect();
    /// assert_eq!(shown[..3], [("name.where(given.count() = 2).given", 1, 2), ("name.where(given.count() = 2)", 1, 1), ("name", 1, 2)]);
    /// assert_eq!(shown[3..], [("given.count() = 2", 2, 2), ("given.count()", 2, 2), ("given", 2, 3)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain<'a, N: Node<'a>>(&'a self, node: N, context: &Context<'_, 'a, N>) -> Explanation<'a, N> {
        let focus = Item::Node(node);
        let (watch, outcome) = Run::new(self, context, Some(&focus)).watched();
        let seen = watch.into_seen().into_iter();
        let mut parts: Vec<_> = seen
            .zip(&self.spans)
            .zip((0..).map(OpId))
            .filter(|((seen, span), id)| {
                seen.times > 0 && span.start < span.end && !matches!(self.unfolded(*id), Some(Op::Literal(_)))
            })
            .map(|((seen, span), _)| Part {
                span: *span,
                text: self
                    .text
                    .get(span.start as usize..span.end as usize)
                    .unwrap_or_default(),
                times: seen.times,
                items: seen.items,
            })
            .collect();
        parts.sort_by_key(|part| (part.span.start, std::cmp::Reverse(part.span.end)));
        Explanation {
            parts,
            result: outcome,
        }
    }

    #[inline]
    pub(crate) fn op(&self, id: OpId) -> Option<&Op> {
        self.ops.get(id.0 as usize)
    }

    /// The place of an operation as it was before it was computed.
    pub(crate) fn plain(&self, id: OpId) -> OpId {
        match self.folded.binary_search_by_key(&id.0, |(folded, _)| folded.0) {
            Ok(at) => self.folded.get(at).map_or(id, |(_, plain)| *plain),
            Err(_) => id,
        }
    }

    fn unfolded(&self, id: OpId) -> Option<&Op> {
        self.op(self.plain(id))
    }

    #[inline]
    pub(crate) fn names(&self, names: Names) -> &[Name] {
        let start = names.start as usize;
        self.names
            .get(start..start + names.count as usize)
            .unwrap_or_default()
    }

    #[inline]
    pub(crate) fn steps(&self, steps: Steps) -> &[PathStep] {
        let start = steps.start as usize;
        self.steps
            .get(start..start + steps.count as usize)
            .unwrap_or_default()
    }

    /// The text of a literal that is one.
    #[inline]
    pub(crate) fn text_of(&self, literal: u32) -> Option<&str> {
        match self.literals.get(literal as usize)? {
            Literal::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn span(&self, id: OpId) -> Span {
        self.spans.get(id.0 as usize).copied().unwrap_or_default()
    }
}

/// What an expression gave, and each of its parts; see [`Program::explain`].
pub struct Explanation<'a, N> {
    /// The parts that were evaluated, in the order of the text, the longer of two that begin at one place first.
    pub parts: Vec<Part<'a, N>>,
    /// The result, or the fault that the evaluation ended with.
    pub result: Result<Vec<Item<'a, N>>, Error>,
}

/// A part of an expression, and what it gave; see [`Program::explain`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Part<'a, N> {
    /// Where it stands in the expression.
    pub span: Span,
    /// Its text.
    pub text: &'a str,
    /// How often it was evaluated: once, or once for each item it was asked of.
    pub times: u64,
    /// All it gave, in order.
    pub items: Vec<Item<'a, N>>,
}

/// Shows the place and numbers; never an item.
impl<N> fmt::Debug for Part<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Part");
        shown.field("text", &self.text).field("times", &self.times);
        shown.field("items", &self.items.len()).finish_non_exhaustive()
    }
}
