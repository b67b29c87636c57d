//! Turns the nodes of a tree into operations.

use regex::Regex;

use super::Compiler;
use super::nearest::{nearest, suggesting};
use crate::ast::{Expression, ExpressionKind, Identifier, Literal, Span, TypeOperator, TypeSpecifier};
use crate::error::{Error, ErrorKind, Errors};
use crate::functions::{self, Function};
use crate::node::{Name, TypeReference};
use crate::program::{Names, Op, OpId, Program, Taken, TypeTest};

/// How many operations and names most programs have room for from the start.
const USUAL: usize = 16;

/// A program in the making.
pub(super) struct Builder<'c> {
    compiler: &'c Compiler,
    program: Program,
    /// The variables of `defineVariable` that are in sight, with their slots.
    defined: Vec<(String, usize)>,
    errors: Vec<Error>,
}

impl<'c> Builder<'c> {
    pub(super) fn new(compiler: &'c Compiler, text: &str) -> Self {
        let program = Program {
            text: text.into(),
            ops: Vec::with_capacity(USUAL),
            spans: Vec::with_capacity(USUAL),
            names: Vec::with_capacity(USUAL),
            steps: Vec::new(),
            literals: Vec::new(),
            folded: Vec::new(),
            patterns: Vec::new(),
            warnings: Vec::new(),
            slots: 0,
            root: OpId(0),
        };
        Self {
            compiler,
            program,
            defined: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Adds faults that were found elsewhere.
    pub(super) fn refuse(&mut self, faults: Vec<Error>) {
        self.errors.extend(faults);
    }

    /// Adds warnings that were found elsewhere.
    pub(super) fn warn(&mut self, warnings: Vec<Error>) {
        self.program.warnings.extend(warnings);
    }

    pub(super) fn finish(self, root: OpId) -> Result<Program, Errors> {
        let mut program = self.program;
        match Errors::from_vec(self.errors, &program.text) {
            Some(errors) => Err(errors),
            None => {
                let warnings = Errors::from_vec(program.warnings, &program.text);
                program.warnings = warnings.into_iter().flatten().collect();
                program.root = root;
                if !self.compiler.separate {
                    let count = program.ops.len();
                    super::fold::fold(&mut program);
                    super::fuse::fuse(&mut program, count);
                }
                Ok(program)
            }
        }
    }

    fn push(&mut self, op: Op, span: Span) -> OpId {
        // A tree of at most 4 GiB of text has fewer nodes than that.
        let id = OpId(u32::try_from(self.program.ops.len()).unwrap_or(u32::MAX));
        self.program.ops.push(op);
        self.program.spans.push(span);
        id
    }

    fn fault(&mut self, code: &'static str, span: Span, message: String) {
        self.errors
            .push(Error::new(ErrorKind::Semantic, code, span, message));
    }

    pub(super) fn expression(&mut self, tree: &Expression) -> OpId {
        let op = match &tree.kind {
            ExpressionKind::Literal(Literal::TimeWithOffset(..)) => {
                Op::Fail("time-offset", "a time of day has no offset")
            }
            ExpressionKind::Literal(literal) => self.literal(literal.clone()),
            ExpressionKind::This => Op::This,
            ExpressionKind::Index => Op::Index,
            ExpressionKind::Total => Op::Total,
            ExpressionKind::External(name) => self.external(name, tree.span),
            ExpressionKind::Member { input: None, name } => {
                // Types of the tree begin with a capital; elements of FHIR do not.
                let is_type = name.name.starts_with(|c: char| c.is_ascii_uppercase());
                let specifier = is_type.then(|| TypeReference::new(None, &name.name));
                let names = self.name(name);
                Op::Start { names, specifier }
            }
            ExpressionKind::Member {
                input: Some(input),
                name,
            } => match self.namespaced_start(input, name) {
                Some(op) => op,
                None => {
                    let input = self.expression(input);
                    self.child(input, name)
                }
            },
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                return self.function(input.as_deref(), name, arguments, tree.span);
            }
            ExpressionKind::Indexer { input, index } => {
                let input = self.expression(input);
                let index = self.scoped(index);
                Op::Indexer { input, index }
            }
            ExpressionKind::Polarity { negative, operand } => Op::Sign {
                negative: *negative,
                operand: self.expression(operand),
            },
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let left = self.scoped(left);
                let right = self.scoped(right);
                Op::Binary {
                    operator: *operator,
                    left,
                    right,
                }
            }
            ExpressionKind::Type {
                operator,
                operand,
                specifier,
            } => {
                let test = match operator {
                    TypeOperator::Is => TypeTest::Is,
                    TypeOperator::As => TypeTest::As,
                };
                let input = self.scoped(operand);
                self.type_test(test, input, specifier)
            }
        };
        self.push(op, tree.span)
    }

    /// An expression whose definitions of variables end with it.
    fn scoped(&mut self, tree: &Expression) -> OpId {
        let defined = self.defined.len();
        let id = self.expression(tree);
        self.defined.truncate(defined);
        id
    }

    fn literal(&mut self, literal: Literal) -> Op {
        let index = u32::try_from(self.program.literals.len()).unwrap_or(u32::MAX);
        self.program.literals.push(literal);
        self.program.patterns.push(None);
        Op::Literal(index)
    }

    fn external(&mut self, name: &str, span: Span) -> Op {
        if let Some((_, slot)) = self.defined.iter().rev().find(|(defined, _)| defined == name) {
            return Op::Defined(*slot);
        }
        let declared = self
            .compiler
            .variables
            .iter()
            .position(|declared| declared == name);
        if declared.is_none() {
            let fixed = match name {
                "resource" => return Op::Resource,
                "rootResource" => return Op::RootResource,
                "context" => return Op::Root,
                "sct" => Some("http://snomed.info/sct".to_owned()),
                "loinc" => Some("http://loinc.org".to_owned()),
                "ucum" => Some("http://unitsofmeasure.org".to_owned()),
                _ => match (name.strip_prefix("vs-"), name.strip_prefix("ext-")) {
                    (Some(value_set), _) => Some(format!("http://hl7.org/fhir/ValueSet/{value_set}")),
                    (_, Some(extension)) => {
                        Some(format!("http://hl7.org/fhir/StructureDefinition/{extension}"))
                    }
                    _ => None,
                },
            };
            if let Some(url) = fixed {
                return self.literal(Literal::String(url));
            }
            if self.compiler.strict {
                let known = ["resource", "rootResource", "context", "sct", "loinc", "ucum"];
                let declared = self.compiler.variables.iter().map(String::as_str);
                let defined = self.defined.iter().map(|(name, _)| name.as_str());
                let meant = nearest(name, declared.chain(defined).chain(known));
                let message = suggesting(format!("there is no variable `%{name}`"), meant);
                self.fault("unknown-variable", span, message);
            }
        }
        Op::Variable {
            declared,
            name: name.into(),
        }
    }

    /// `FHIR.Patient` at the start of a path.
    fn namespaced_start(&mut self, input: &Expression, name: &Identifier) -> Option<Op> {
        let ExpressionKind::Member {
            input: None,
            name: namespace,
        } = &input.kind
        else {
            return None;
        };
        (namespace.name == "FHIR").then(|| Op::Start {
            names: self.name(name),
            specifier: Some(TypeReference::new(Some("FHIR"), &name.name)),
        })
    }

    /// Adds a name to the list.
    fn name(&mut self, name: &Identifier) -> Names {
        let start = u32::try_from(self.program.names.len()).unwrap_or(u32::MAX);
        self.program.names.push(Name::new(&name.name));
        Names { start, count: 1 }
    }

    /// The children of a name of what an operation gives. Names that follow each other are one operation.
    fn child(&mut self, input: OpId, name: &Identifier) -> Op {
        let added = self.name(name);
        let is_last = input.0 as usize + 1 == self.program.ops.len();
        let is_path = matches!(self.program.op(input), Some(Op::Start { .. } | Op::Child { .. }));
        if is_last && is_path && !self.compiler.separate {
            self.program.spans.pop();
            if let Some(mut op) = self.program.ops.pop() {
                if let Op::Start { names, .. } | Op::Child { names, .. } = &mut op {
                    // They are the last of the list: nothing was compiled since.
                    names.count += 1;
                }
                return op;
            }
        }
        Op::Child { input, names: added }
    }

    fn type_test(&mut self, test: TypeTest, input: OpId, specifier: &TypeSpecifier) -> Op {
        let reference = TypeReference::new(specifier.namespace.as_deref(), &specifier.name);
        if !reference.is_known() {
            return Op::Fail("unknown-type", "there is no such type");
        }
        let filters = test == TypeTest::As && self.compiler.as_filters;
        let test = if filters { TypeTest::OfType } else { test };
        Op::Type {
            test,
            input,
            specifier: reference,
        }
    }

    fn function(
        &mut self,
        input: Option<&Expression>,
        name: &Identifier,
        arguments: &[Expression],
        span: Span,
    ) -> OpId {
        let input = match input {
            Some(input) => self.expression(input),
            None => self.push(
                Op::This,
                Span {
                    start: name.span.start,
                    end: name.span.start,
                },
            ),
        };
        let host = self
            .compiler
            .functions
            .iter()
            .position(|signature| signature.name == name.name);
        if let Some(index) = host {
            let signature = &self.compiler.functions[index];
            self.count(name, arguments.len(), signature.min, signature.max);
            let input = Taken {
                op: input,
                one: signature.takes_one_item(),
            };
            let taken = |(at, argument)| Taken {
                op: self.scoped(argument),
                one: signature.takes_one_argument(at),
            };
            let arguments = arguments.iter().enumerate().map(taken).collect();
            return self.push(
                Op::Host {
                    index,
                    name: name.name.as_str().into(),
                    input,
                    arguments,
                },
                span,
            );
        }
        let test = match name.name.as_str() {
            "is" => Some(TypeTest::Is),
            "as" => Some(TypeTest::As),
            "ofType" => Some(TypeTest::OfType),
            _ => None,
        };
        if let Some(test) = test {
            self.count(name, arguments.len(), 1, 1);
            let op = match arguments.first().map(type_argument) {
                Some(Some(specifier)) => self.type_test(test, input, &specifier),
                Some(None) => {
                    let message = format!("expected the name of a type as the argument of `{}`", name.name);
                    self.fault("expected-type", name.span, message);
                    Op::This
                }
                None => Op::This,
            };
            return self.push(op, span);
        }
        if name.name == "defineVariable" {
            return self.define(input, name, arguments, span);
        }
        let Some(definition) = functions::named(&name.name) else {
            let compiler = self.compiler;
            let declared = compiler.functions.iter().map(|one| -> &str { &one.name });
            let built_in = functions::names().map(|name| -> &str { name });
            let meant = nearest(&name.name, declared.chain(built_in));
            let message = suggesting(format!("there is no function `{}`", name.name), meant);
            self.fault("unknown-function", name.span, message);
            for argument in arguments {
                self.scoped(argument);
            }
            return self.push(Op::This, span);
        };
        self.count(name, arguments.len(), definition.min, definition.max);
        let arguments: Box<[OpId]> = arguments.iter().map(|argument| self.scoped(argument)).collect();
        if definition.function.takes_pattern() {
            self.prepare_pattern(definition.function, arguments.first().copied());
        }
        self.push(
            Op::Call {
                function: definition.function,
                input,
                arguments,
            },
            span,
        )
    }

    fn count(&mut self, name: &Identifier, given: usize, min: usize, max: usize) {
        if (min..=max).contains(&given) {
            return;
        }
        let wanted = match (min, max) {
            (0, 0) => "no argument".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (min, max) if min == max => format!("{min} arguments"),
            (min, usize::MAX) => format!("at least {min} arguments"),
            (min, max) => format!("{min} to {max} arguments"),
        };
        let message = format!("expected {wanted} for `{}`, found {given}", name.name);
        self.fault("argument-count", name.span, message);
    }

    /// `defineVariable(name, value)`: in sight to the right of it, in the same chain.
    fn define(&mut self, input: OpId, name: &Identifier, arguments: &[Expression], span: Span) -> OpId {
        self.count(name, arguments.len(), 1, 2);
        let value = arguments.get(1).map(|argument| self.scoped(argument));
        let slot = self.program.slots;
        match arguments.first().map(|argument| &argument.kind) {
            Some(ExpressionKind::Literal(Literal::String(variable))) => {
                let taken = self.defined.iter().any(|(defined, _)| defined == variable)
                    || matches!(variable.as_str(), "context" | "resource" | "rootResource");
                if taken {
                    let message = "the variable is defined already".to_owned();
                    self.fault("variable-defined", name.span, message);
                }
                self.defined.push((variable.clone(), slot));
                self.program.slots += 1;
            }
            Some(_) => {
                let message = "expected a string literal as the name of a variable".to_owned();
                self.fault("expected-name", name.span, message);
            }
            None => {}
        }
        self.push(Op::Define { input, slot, value }, span)
    }

    /// Compiles a pattern that is a literal. A bad one is a fault.
    fn prepare_pattern(&mut self, function: Function, argument: Option<OpId>) {
        let Some(argument) = argument else { return };
        let Some(Op::Literal(index)) = self.program.op(argument) else {
            return;
        };
        let index = *index as usize;
        let Some(Literal::String(pattern)) = self.program.literals.get(index) else {
            return;
        };
        match function.pattern(pattern) {
            Ok(pattern) => {
                if let Some(place) = self.program.patterns.get_mut(index) {
                    *place = Some(pattern);
                }
            }
            Err(()) => {
                let span = self.program.span(argument);
                self.fault(
                    "bad-pattern",
                    span,
                    "the regular expression is not one we can run".to_owned(),
                );
            }
        }
    }
}

/// The type that an argument names: `Quantity`, `FHIR.Quantity`.
pub(super) fn type_argument(argument: &Expression) -> Option<TypeSpecifier> {
    let ExpressionKind::Member { input, name } = &argument.kind else {
        return None;
    };
    let namespace = match input.as_deref().map(|input| &input.kind) {
        None => None,
        Some(ExpressionKind::Member { input: None, name }) => Some(name.name.clone()),
        Some(_) => return None,
    };
    Some(TypeSpecifier {
        namespace,
        name: name.name.clone(),
        span: argument.span,
    })
}

impl Function {
    /// True if the first argument is a regular expression.
    pub(crate) fn takes_pattern(self) -> bool {
        matches!(self, Self::Matches | Self::MatchesFull | Self::ReplaceMatches)
    }

    /// Makes the regular expression for this function. `.` matches a line feed too; the size is limited.
    pub(crate) fn pattern(self, text: &str) -> Result<Regex, ()> {
        let full;
        let pattern = if self == Self::MatchesFull {
            full = format!("^(?:{text})$");
            &full
        } else {
            text
        };
        let mut builder = regex::RegexBuilder::new(pattern);
        builder
            .dot_matches_new_line(true)
            .size_limit(1 << 20)
            .dfa_size_limit(1 << 20);
        builder.build().map_err(|_| ())
    }
}
