//! Types, followed through the tree: what can only fail, be empty or be false is said before it runs.

mod function;
mod host;

use carewire_fhir_model::schema::{Schema, TypeId};

use super::builder::type_argument;
use super::nearest::{nearest, suggesting};
use super::types::{Family, Type, Types};
use crate::ast::{BinaryOperator, Expression, ExpressionKind, Identifier, Span, TypeSpecifier};
use crate::error::{Error, ErrorKind};
use crate::node::TypeReference;
use crate::signature::Signature;

/// What was found: what a strict compiler refuses, and what the data decide.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Error>,
    pub(super) warnings: Vec<Error>,
}

/// Follows the types of a tree whose focus is of a type, if that is known. `as_filters` says that `as` takes several items;
/// `functions` are those of the host.
pub(super) fn check(
    tree: &Expression,
    own: Option<TypeId>,
    as_filters: bool,
    functions: &[Signature],
) -> Findings {
    let focus = own.map_or_else(Types::any, |own| Types::of([Type::Fhir(own)]));
    let resource = match own {
        Some(own) if own.is_resource() => focus.clone(),
        _ => Types::any(),
    };
    let mut checker = Checker {
        focus: focus.clone(),
        resource,
        as_filters,
        functions,
        findings: Findings::default(),
    };
    checker.types(tree, &focus);
    checker.findings
}

struct Checker<'c> {
    /// Of `%context`.
    focus: Types,
    /// Of `%resource`.
    resource: Types,
    /// Whether `as` takes several items.
    as_filters: bool,
    /// The functions of the host, which come before built-in ones.
    functions: &'c [Signature],
    findings: Findings,
}

impl Checker<'_> {
    /// What has no answer, or none but the empty one, whatever the data are.
    fn fault(&mut self, code: &'static str, span: Span, message: String) {
        let fault = Error::new(ErrorKind::Semantic, code, span, message);
        self.findings.faults.push(fault);
    }

    /// What has an answer that was perhaps not meant, or none for some data.
    fn warn(&mut self, code: &'static str, span: Span, message: String) {
        let warning = Error::new(ErrorKind::Semantic, code, span, message);
        self.findings.warnings.push(warning);
    }

    /// The types of an expression; `this` are those of the focus.
    fn types(&mut self, tree: &Expression, this: &Types) -> Types {
        match &tree.kind {
            ExpressionKind::Literal(literal) => Types::literal(literal),
            ExpressionKind::This => this.clone().some(),
            ExpressionKind::Index => Types::system("Integer"),
            ExpressionKind::Total => Types::any(),
            ExpressionKind::External(name) => match name.as_str() {
                "context" => self.focus.clone(),
                "resource" => self.resource.clone(),
                "sct" | "loinc" | "ucum" => Types::system("String"),
                name if name.starts_with("vs-") || name.starts_with("ext-") => Types::system("String"),
                _ => Types::any(),
            },
            ExpressionKind::Member { input: None, name } => self.start(name, this),
            ExpressionKind::Member {
                input: Some(input),
                name,
            } => match &input.kind {
                ExpressionKind::Member {
                    input: None,
                    name: namespace,
                } if namespace.name == "FHIR" => self.start(name, this),
                _ => {
                    let input = self.types(input, this);
                    self.child(&input, name)
                }
            },
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                let input = match input {
                    Some(input) => self.types(input, this),
                    None => this.clone(),
                };
                self.function(input, name, arguments, this)
            }
            ExpressionKind::Indexer { input, index } => {
                let at = self.types(index, this);
                self.wants_one("an index", index.span, &at);
                self.types(input, this).one()
            }
            ExpressionKind::Polarity { operand, .. } => {
                let own = self.types(operand, this);
                self.wants_one("a sign", operand.span, &own);
                own.one()
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let sides = [self.types(left, this), self.types(right, this)];
                self.binary(*operator, sides, [left.span, right.span], tree.span)
            }
            ExpressionKind::Type {
                operator,
                operand,
                specifier,
            } => {
                let own = self.types(operand, this);
                self.tested(operator.as_str(), operand.span, &own, specifier)
            }
        }
    }

    /// The first name of a path: the focus' own type, or an element of it.
    fn start(&mut self, name: &Identifier, this: &Types) -> Types {
        let named = TypeReference::new(None, &name.name).fhir();
        if let (Some(named), true) = (named, name.name.starts_with(|c: char| c.is_ascii_uppercase())) {
            let fits = |kind: &Type| match kind {
                Type::Fhir(own) => own.is_a(named) || named.is_a(*own),
                Type::System(_) => false,
            };
            let own = Types {
                many: this.many,
                ..Types::of([Type::Fhir(named)])
            };
            match &this.kinds {
                None => return own,
                Some(kinds) if kinds.iter().any(fits) => return own,
                Some(_) => {
                    let message = format!("the focus is {}, never {}", this.describe(), named.name());
                    self.fault("wrong-type", name.span, message);
                    return Types::any();
                }
            }
        }
        self.child(this, name)
    }

    fn child(&mut self, input: &Types, name: &Identifier) -> Types {
        match input.child(&name.name) {
            Ok(children) => children.some(),
            Err(()) => {
                let message = format!("{} has no element `{}`", input.describe(), name.name);
                let message = suggesting(message, input.suggestion(&name.name));
                self.fault("unknown-element", name.span, message);
                Types::any()
            }
        }
    }

    /// Says that several items may come where one is taken.
    fn wants_one(&mut self, what: &str, span: Span, given: &Types) {
        if given.many {
            let message = format!("expected one item for {what}, there may be several");
            self.warn("not-singular", span, message);
        }
    }

    /// Says that what is taken as a condition is never a boolean: one item of another type counts as true.
    fn wants_condition(&mut self, what: &str, span: Span, given: &Types) {
        self.wants_one(what, span, given);
        if given.never(|kind| kind.family() == Family::Boolean) {
            let message = format!(
                "expected a condition for {what}, found {}, which counts as true",
                given.describe()
            );
            self.warn("not-boolean", span, message);
        }
    }

    /// What `is`, `as` or `ofType` gives.
    fn tested(&mut self, word: &str, span: Span, own: &Types, specifier: &TypeSpecifier) -> Types {
        let filters = word == "ofType" || word == "as" && self.as_filters;
        if !filters {
            self.wants_one(&format!("`{word}`"), span, own);
        }
        let narrowed = self.narrowed(own, specifier, word != "is");
        match word {
            "is" => Types::boolean(),
            _ if filters => Types {
                many: own.many,
                ordered: own.ordered,
                ..narrowed
            },
            _ => narrowed,
        }
    }

    /// The items that are of the type; `taken` says that they, and not a boolean, are the result.
    fn narrowed(&mut self, own: &Types, specifier: &TypeSpecifier, taken: bool) -> Types {
        let reference = TypeReference::new(specifier.namespace.as_deref(), &specifier.name);
        if !reference.is_known() {
            let names = Schema::r4().types().map(TypeId::name);
            let message = format!("there is no type `{}`", specifier.name);
            let message = suggesting(message, nearest(&specifier.name, names));
            self.warn("unknown-type", specifier.span, message);
        } else if own.never_is(&reference) {
            let outcome = if taken { "empty" } else { "false" };
            let message = format!(
                "{} is never {}: this is always {outcome}",
                own.describe(),
                specifier.name
            );
            self.warn("never-of-type", specifier.span, message);
        }
        Types::narrowed(&reference)
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        [left, right]: [Types; 2],
        spans: [Span; 2],
        span: Span,
    ) -> Types {
        use BinaryOperator as B;
        let what = format!("`{}`", operator.as_str());
        match operator {
            B::Union => return left.union(right).several_unless_empty(),
            B::Equal | B::NotEqual | B::Equivalent | B::NotEquivalent => {
                if left.never_with(&right, Family::can_equal) {
                    let (left, right) = (left.describe(), right.describe());
                    let message = format!("{left} never equals {right}");
                    self.warn("never-equal", span, message);
                }
                return Types::boolean();
            }
            B::And | B::Or | B::Xor | B::Implies => {
                self.wants_condition(&what, spans[0], &left);
                self.wants_condition(&what, spans[1], &right);
                return Types::boolean();
            }
            B::In | B::Contains => {
                let (one, at) = if operator == B::In {
                    (&left, spans[0])
                } else {
                    (&right, spans[1])
                };
                self.wants_one(&what, at, one);
                if left.never_with(&right, Family::can_equal) {
                    let message = format!("{} never equals {}", left.describe(), right.describe());
                    self.warn("never-equal", span, message);
                }
                return Types::boolean();
            }
            _ => {}
        }
        self.wants_one(&what, spans[0], &left);
        self.wants_one(&what, spans[1], &right);
        match operator {
            B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual => {
                if left.never_with(&right, Family::has_order) {
                    self.mismatch(operator, &left, &right, span);
                }
                Types::boolean()
            }
            B::Concatenate => {
                if left.never_with(&right, |one, other| (one, other) == (Family::Text, Family::Text)) {
                    self.mismatch(operator, &left, &right, span);
                }
                Types::system("String")
            }
            _ => {
                if left.never_with(&right, |one, other| has_arithmetic(operator, one, other)) {
                    if left.never(|kind| kind.family() != Family::Date)
                        && right.never(|kind| kind.family() != Family::Number)
                    {
                        let message = format!(
                            "expected an amount of time after `{}`, found a number",
                            operator.as_str()
                        );
                        self.fault("operand-types", span, message);
                    } else {
                        self.mismatch(operator, &left, &right, span);
                    }
                }
                if left.kinds == right.kinds && matches!(operator, B::Add | B::Subtract) {
                    left.one()
                } else {
                    Types::any()
                }
            }
        }
    }

    /// Operators meet the types of their sides when they run: it is then that one without a meaning is a fault.
    fn mismatch(&mut self, operator: BinaryOperator, left: &Types, right: &Types, span: Span) {
        let message = format!(
            "`{}` has no meaning between {} and {}",
            operator.as_str(),
            left.describe(),
            right.describe()
        );
        self.warn("operand-types", span, message);
    }
}

/// True if an arithmetic operator has a result between the two.
fn has_arithmetic(operator: BinaryOperator, left: Family, right: Family) -> bool {
    use Family as F;
    let number = |family| matches!(family, F::Number | F::Quantity);
    match operator {
        BinaryOperator::Add | BinaryOperator::Subtract => match (left, right) {
            (F::Date | F::Time, right) => right == F::Quantity,
            (F::Text, F::Text) => operator == BinaryOperator::Add,
            (left, right) => number(left) && number(right),
        },
        _ => number(left) && number(right),
    }
}

impl Types {
    /// The types of a union: several items may come, unless one side is known to be empty.
    fn several_unless_empty(self) -> Self {
        let literals = self.literals.len();
        if self.many || (literals == 0 && self.kinds.as_ref().is_none_or(|kinds| kinds.len() > 1)) {
            self.several()
        } else {
            self
        }
    }
}
