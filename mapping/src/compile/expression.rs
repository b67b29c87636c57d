//! Embedded FHIRPath: parsed, its bare names told apart, then compiled to steps, or by `carewire_fhirpath` where it needs more.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use carewire_fhirpath::Program;
use carewire_fhirpath::ast::{self, ExpressionKind};

use super::group::Body;
use super::rule::{step_of, unknown_element};
use super::{Compiler, Type, nearest};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::parse::single_quoted;
use crate::program::{Expr, General, Literal, Named, Slot, Special};
use crate::syntax::{self, Word};

/// What an expression starts from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Focus {
    pub(super) ty: Type,
    /// The slot that holds it; none where the runtime hands it over.
    pub(super) slot: Option<Slot>,
}

/// How deep the trees of expressions may be; the parser of FHIRPath has a limit of its own, this one guards the walk here.
pub(super) const DEEPEST: usize = 250;

impl Compiler<'_> {
    /// Compiles an expression of a rule. `variables_first` says what a bare name is that could be both a variable and an element.
    pub(super) fn expression(
        &mut self,
        body: &mut Body,
        text: &syntax::Expression,
        focus: Focus,
        variables_first: bool,
    ) -> Expr {
        self.typed_expression(body, text, focus, variables_first).0
    }

    /// As [`Compiler::expression`], with what is known of the result.
    pub(super) fn typed_expression(
        &mut self,
        body: &mut Body,
        text: &syntax::Expression,
        focus: Focus,
        variables_first: bool,
    ) -> (Expr, Type) {
        self.compile_expression(Some(body), body_unit(body), text, focus.ty, variables_first)
    }

    /// Compiles the value of a constant: it sees the other constants and no focus.
    pub(super) fn constant_expression(&mut self, unit: usize, text: &syntax::Expression) -> Expr {
        self.compile_expression(None, unit, text, Type::Computed, true).0
    }

    fn compile_expression(
        &mut self,
        body: Option<&Body>,
        unit: usize,
        text: &syntax::Expression,
        focus: Type,
        variables_first: bool,
    ) -> (Expr, Type) {
        let nothing = (Expr::Literal(Literal::Empty), Type::Unknown);
        // A fault in the text was reported when the map was parsed.
        let Some(tree) = self.tree(text) else {
            return nothing;
        };
        let mut names = Names {
            body,
            unit,
            span: text.span,
            variables_first,
            used: std::mem::take(&mut self.used),
            bare: Vec::new(),
        };
        let known = self.resolve(&mut names, &tree, focus, true, 0);
        if let Some(quick) = self.quick(&names, &tree, focus) {
            self.used = names.used;
            self.used.clear();
            return quick;
        }
        let variables = names.used.iter().map(|(_, what)| *what).collect();
        match self.program(&names, &tree, text) {
            Ok(program) => (Expr::General(Box::new(General { program, variables })), known),
            Err(errors) => {
                for error in &errors {
                    let span = inner_span(text.span, error.offset());
                    self.report(unit, Code::FhirPath, span, error.message().to_owned(), None);
                }
                nothing
            }
        }
    }

    /// The program of an expression, compiled once for all places that mean the same by it.
    fn program(
        &mut self,
        names: &Names<'_>,
        tree: &ast::Expression,
        text: &syntax::Expression,
    ) -> Result<Arc<Program>, carewire_fhirpath::Errors> {
        let meaning = names.meaning(text);
        if let Some(program) = self.programs.get(&meaning) {
            return Ok(Arc::clone(program));
        }
        let mut compiler = carewire_fhirpath::Compiler::new().function("uuid", 0, 64);
        for function in &self.options.functions {
            compiler = compiler.function(&function.name, function.min, function.max);
        }
        for name in &meaning.variables {
            compiler = compiler.variable(name);
        }
        let mut tree = Cow::Borrowed(tree);
        if !names.bare.is_empty() {
            names.mark_variables(tree.to_mut(), 0);
        }
        let program = Arc::new(compiler.compile_expression(&tree, &single_quoted(&text.text))?);
        self.programs.insert(meaning, Arc::clone(&program));
        Ok(program)
    }

    /// The tree of an expression: as it was parsed with a map, or now.
    fn tree(&mut self, text: &syntax::Expression) -> Option<Rc<ast::Expression>> {
        if let Some(tree) = self.trees.get(&text.text) {
            return Some(Rc::clone(tree));
        }
        let tree = Rc::new(carewire_fhirpath::parse(&single_quoted(&text.text)).ok()?);
        self.trees.insert(text.text.clone(), Rc::clone(&tree));
        Some(tree)
    }

    /// Finds the bare names that are variables, and looks up every `%name`. Gives what is known of the result.
    fn resolve(
        &mut self,
        names: &mut Names<'_>,
        tree: &ast::Expression,
        focus: Type,
        is_root: bool,
        depth: usize,
    ) -> Type {
        if depth > DEEPEST {
            return Type::Unknown;
        }
        let next = depth + 1;
        match &tree.kind {
            ExpressionKind::Literal(constant) => literal_type(constant),
            ExpressionKind::This => focus,
            ExpressionKind::Index | ExpressionKind::Total => Type::Integer,
            ExpressionKind::External(name) => self.external(names, name, tree.span),
            ExpressionKind::Member { input: None, name } => {
                self.bare(names, &name.name, tree.span, focus, is_root)
            }
            ExpressionKind::Member {
                input: Some(input),
                name,
            } => {
                let ty = self.resolve(names, input, focus, is_root, next);
                match step_of(&self.models, ty, &name.name) {
                    Some((step, below)) => {
                        self.note_read(ty, &step);
                        below
                    }
                    None => {
                        self.unknown(names, ty, &name.name, name.span);
                        Type::Unknown
                    }
                }
            }
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                let of = match input {
                    Some(input) => self.resolve(names, input, focus, is_root, next),
                    None => focus,
                };
                // Criteria and projections look at each item of the input, other arguments at the focus.
                let each = matches!(
                    name.name.as_str(),
                    "where" | "select" | "all" | "exists" | "repeat" | "aggregate" | "iif" | "sort"
                );
                let is_type = matches!(name.name.as_str(), "is" | "as" | "ofType");
                self.library_is_superset(
                    names.unit,
                    &name.name,
                    inner_span(names.span, name.span.start as usize),
                );
                let mut last = Type::Unknown;
                if !is_type {
                    for argument in arguments {
                        let inner = if each { of } else { focus };
                        last = self.resolve(
                            names,
                            argument,
                            inner,
                            is_root && !(each && input.is_some()),
                            next,
                        );
                    }
                }
                match name.name.as_str() {
                    "combine" if last == of => of,
                    "iif" => last,
                    "where" | "first" | "last" | "tail" | "skip" | "take" | "single" | "trace"
                    | "distinct" => of,
                    "select" => last,
                    name => function_type(name).unwrap_or(Type::Unknown),
                }
            }
            ExpressionKind::Indexer { input, index } => {
                self.resolve(names, index, focus, is_root, next);
                self.resolve(names, input, focus, is_root, next)
            }
            ExpressionKind::Polarity { operand, .. } => {
                self.resolve(names, operand, focus, is_root, next);
                Type::Computed
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let a = self.resolve(names, left, focus, is_root, next);
                let b = self.resolve(names, right, focus, is_root, next);
                match operator {
                    ast::BinaryOperator::Union if a == b => a,
                    ast::BinaryOperator::Union => Type::Unknown,
                    ast::BinaryOperator::Concatenate => Type::Text,
                    ast::BinaryOperator::Add
                    | ast::BinaryOperator::Subtract
                    | ast::BinaryOperator::Multiply
                    | ast::BinaryOperator::Divide
                    | ast::BinaryOperator::Div
                    | ast::BinaryOperator::Mod => Type::Unknown,
                    _ => Type::Computed,
                }
            }
            ExpressionKind::Type { operand, .. } => {
                self.resolve(names, operand, focus, is_root, next);
                Type::Unknown
            }
            _ => Type::Unknown,
        }
    }

    /// A name at the start of a path: a variable, or an element of the focus.
    fn bare(
        &mut self,
        names: &mut Names<'_>,
        name: &str,
        span: ast::Span,
        focus: Type,
        is_root: bool,
    ) -> Type {
        let variable = names.find(self, name);
        let is_open = self.is_open(focus);
        let element = if is_open {
            None
        } else {
            step_of(&self.models, focus, name)
        };
        // Inside a criterion over something of unknown type FHIRPath's own meaning holds: an element of the item.
        let take_variable = match (&variable, &element) {
            (None, _) => false,
            (Some(_), Some(_)) => names.variables_first && is_root,
            (Some(_), None) => is_root || !is_open,
        };
        if take_variable && let Some((what, ty)) = variable {
            names.remember(name, what);
            names.bare.push(span.start);
            return ty;
        }
        match element {
            Some((step, ty)) => {
                self.note_read(focus, &step);
                ty
            }
            None if is_open || name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                super::types::named(name).map_or(Type::Unknown, Type::Fhir)
            }
            None => {
                self.unknown(names, focus, name, span);
                Type::Unknown
            }
        }
    }

    fn external(&mut self, names: &mut Names<'_>, name: &str, span: ast::Span) -> Type {
        if let Some((what, ty)) = names.find(self, name) {
            names.remember(name, what);
            return ty;
        }
        if let Some(special) = Special::named(name) {
            names.remember(name, Named::Special(special));
            return self.special_type(special);
        }
        let known = matches!(
            name,
            "resource" | "rootResource" | "context" | "ucum" | "sct" | "loinc"
        );
        if !known && !name.starts_with("vs-") && !name.starts_with("ext-") {
            let specials = ["now", "bundle", "messageKey", "msg"];
            let help = nearest::help(
                name,
                names
                    .body
                    .into_iter()
                    .flat_map(|body| body.scope.names())
                    .chain(specials),
            );
            let at = inner_span(names.span, span.start as usize);
            self.report(
                names.unit,
                Code::UnknownVariable,
                at,
                format!("there is no variable `%{name}` here"),
                help,
            );
        }
        Type::Unknown
    }

    /// Whether any name may stand below a value of the type.
    fn is_open(&self, ty: Type) -> bool {
        match ty {
            Type::Unknown => true,
            Type::Model(id) => matches!(self.models.below(id, ""), crate::model::Below::Open),
            _ => false,
        }
    }

    /// The source is a message wherever a map of the set starts by an event.
    pub(super) fn special_type(&self, special: Special) -> Type {
        match special {
            Special::Root if self.takes_messages => Type::Tree,
            Special::Root => Type::Unknown,
            Special::Now => Type::Computed,
            Special::Bundle | Special::MessageKey => Type::Text,
        }
    }

    fn unknown(&mut self, names: &Names<'_>, ty: Type, name: &str, span: ast::Span) {
        let (message, mut help) = unknown_element(&self.models, ty, name);
        if help.is_none() {
            help = nearest::help(name, names.body.into_iter().flat_map(|body| body.scope.names()));
        }
        self.report(
            names.unit,
            Code::UnknownElement,
            inner_span(names.span, span.start as usize),
            message,
            help,
        );
    }
}

/// What an expression says, and which of its names are variables.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Meaning {
    text: Word,
    variables: Vec<Word>,
    bare: Vec<u32>,
}

/// The names with `%` in an expression, with what each means.
pub(super) type Used = Vec<(Word, Named)>;

/// The names that an expression can use.
pub(super) struct Names<'b> {
    body: Option<&'b Body>,
    unit: usize,
    span: Span,
    variables_first: bool,
    /// Every `%name` of the expression.
    used: Used,
    /// Where the names without `%` stand that are variables.
    bare: Vec<u32>,
}

impl Names<'_> {
    fn find(&self, compiler: &Compiler<'_>, name: &str) -> Option<(Named, Type)> {
        if let Some(variable) = self.body.and_then(|body| body.scope.find(name)) {
            return Some((Named::Slot(variable.slot), variable.ty));
        }
        let constant = compiler
            .units
            .get(self.unit)
            .and_then(|unit| unit.constants.get(name));
        constant.map(|constant| (Named::Constant(*constant), Type::Computed))
    }

    pub(super) fn type_of(&self, name: &str) -> Type {
        self.body
            .and_then(|body| body.scope.find(name))
            .map_or(Type::Unknown, |variable| variable.ty)
    }

    fn remember(&mut self, name: &str, what: Named) {
        if !self.used.iter().any(|(known, _)| known == name) {
            self.used.push((name.into(), what));
        }
    }

    fn meaning(&self, text: &syntax::Expression) -> Meaning {
        let mut bare = self.bare.clone();
        bare.sort_unstable();
        bare.dedup();
        Meaning {
            text: text.text.clone(),
            variables: self.used.iter().map(|(name, _)| name.clone()).collect(),
            bare,
        }
    }

    /// Whether a name without `%` that stands at a place is a variable.
    pub(super) fn is_variable(&self, span: ast::Span) -> bool {
        self.bare.contains(&span.start)
    }

    /// Writes the names that are variables as `%name`.
    fn mark_variables(&self, tree: &mut ast::Expression, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let below = |tree: &mut ast::Expression| self.mark_variables(tree, depth + 1);
        match &mut tree.kind {
            ExpressionKind::Member { input: None, name } if self.is_variable(tree.span) => {
                tree.kind = ExpressionKind::External(std::mem::take(&mut name.name));
            }
            ExpressionKind::Member {
                input: Some(input), ..
            } => below(input),
            ExpressionKind::Function { input, arguments, .. } => {
                input.iter_mut().for_each(|input| below(input));
                arguments.iter_mut().for_each(below);
            }
            ExpressionKind::Indexer { input, index } => {
                below(input);
                below(index);
            }
            ExpressionKind::Binary { left, right, .. } => {
                below(left);
                below(right);
            }
            ExpressionKind::Polarity { operand, .. } | ExpressionKind::Type { operand, .. } => below(operand),
            _ => {}
        }
    }

    pub(super) fn used(&self, name: &str) -> Option<Named> {
        self.used
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, what)| *what)
    }
}

/// What is known of a constant.
pub(super) fn literal_type(constant: &ast::Literal) -> Type {
    match constant {
        ast::Literal::Empty => Type::Unknown,
        ast::Literal::String(_) => Type::Text,
        ast::Literal::Integer(_) => Type::Integer,
        _ => Type::Computed,
    }
}

/// What is known of a function's result, whatever it is given.
pub(super) fn function_type(name: &str) -> Option<Type> {
    Some(match name {
        "upper" | "lower" | "trim" | "substring" | "toString" | "replace" | "join" | "replaceMatches"
        | "uuid" => Type::Text,
        "count" | "length" | "indexOf" => Type::Integer,
        "exists" | "empty" | "not" | "all" | "startsWith" | "endsWith" | "contains" | "matches" | "is" => {
            Type::Computed
        }
        _ => return None,
    })
}

fn body_unit(body: &Body) -> usize {
    body.unit
}

fn inner_span(outer: Span, offset: usize) -> Span {
    let at = (outer.start as usize + offset).min(outer.end as usize);
    Span::new(at, at + 1)
}
