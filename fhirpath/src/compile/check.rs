//! Types, followed through the tree: what can only fail or be empty is a fault before it runs.

use std::collections::BTreeSet;

use carewire_fhir_model::schema::TypeId;

use super::builder::type_argument;
use super::types::{Type, Types};
use crate::ast::{BinaryOperator, Expression, ExpressionKind, Identifier, Span, TypeOperator, TypeSpecifier};
use crate::error::{Error, ErrorKind};
use crate::node::TypeReference;

/// Follows the types of a tree whose focus is of a type.
pub(super) fn check(tree: &Expression, own: TypeId) -> Vec<Error> {
    let focus = Types::of([Type::Fhir(own)]);
    let resource = if own.is_resource() {
        focus.clone()
    } else {
        Types::any()
    };
    let mut checker = Checker {
        focus: focus.clone(),
        resource,
        errors: Vec::new(),
    };
    checker.types(tree, &focus);
    checker.errors
}

struct Checker {
    /// Of `%context`.
    focus: Types,
    /// Of `%resource`.
    resource: Types,
    errors: Vec<Error>,
}

impl Checker {
    fn fault(&mut self, code: &'static str, span: Span, message: String) {
        self.errors
            .push(Error::new(ErrorKind::Semantic, code, span, message));
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
                self.types(index, this);
                self.types(input, this).some()
            }
            ExpressionKind::Polarity { operand, .. } => self.types(operand, this).some(),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let left = self.types(left, this);
                let right = self.types(right, this);
                self.binary(*operator, left, right, tree.span)
            }
            ExpressionKind::Type {
                operator,
                operand,
                specifier,
            } => {
                self.types(operand, this);
                match operator {
                    TypeOperator::Is => Types::boolean(),
                    TypeOperator::As => narrowed(specifier),
                }
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
            match &this.kinds {
                None => return Types::of([Type::Fhir(named)]),
                Some(kinds) if kinds.iter().any(fits) => return Types::of([Type::Fhir(named)]),
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
                let mut message = format!("{} has no element `{}`", input.describe(), name.name);
                if let Some(suggestion) = input.suggestion(&name.name) {
                    message.push_str(&format!(", did you mean `{suggestion}`?"));
                }
                self.fault("unknown-element", name.span, message);
                Types::any()
            }
        }
    }

    fn binary(&mut self, operator: BinaryOperator, left: Types, right: Types, span: Span) -> Types {
        use BinaryOperator as B;
        match operator {
            B::Union => left.union(right),
            B::Multiply | B::Divide | B::Div | B::Mod => Types::any(),
            B::Add | B::Subtract => {
                let moment =
                    !left.never(Type::is_date) && left.kinds.as_ref().is_some_and(|kinds| !kinds.is_empty());
                if moment && left.never(|kind| !kind.is_date()) && right.never(|kind| !kind.is_number()) {
                    let message = format!(
                        "expected an amount of time after `{}`, found a number",
                        operator.as_str()
                    );
                    self.fault("operand-types", span, message);
                }
                if left.kinds == right.kinds {
                    left.some()
                } else {
                    Types::any()
                }
            }
            B::Concatenate => Types::system("String"),
            _ => Types::boolean(),
        }
    }

    fn function(&mut self, input: Types, name: &Identifier, arguments: &[Expression], this: &Types) -> Types {
        let each = input.clone().some();
        let lambda = matches!(
            name.name.as_str(),
            "where" | "exists" | "all" | "select" | "repeat" | "aggregate" | "sort" | "trace" | "iif"
        );
        if matches!(name.name.as_str(), "is" | "as" | "ofType") {
            let specifier = arguments.first().and_then(type_argument);
            return match (name.name.as_str(), specifier) {
                ("is", _) | (_, None) => Types::boolean(),
                (_, Some(specifier)) => narrowed(&specifier),
            };
        }
        let given: Vec<Types> = arguments
            .iter()
            .map(|argument| self.types(argument, if lambda { &each } else { this }))
            .collect();
        match name.name.as_str() {
            "where" | "first" | "last" | "single" | "distinct" | "intersect" | "exclude" | "trace"
            | "sort" | "abs" | "defineVariable" => each,
            "skip" | "take" | "tail" => {
                if !input.ordered {
                    let message = format!("`{}` is asked of items whose order is not defined", name.name);
                    self.fault("unordered", name.span, message);
                }
                each
            }
            "select" | "repeat" => given.into_iter().next().unwrap_or_else(Types::any).some(),
            "union" | "combine" => given.into_iter().fold(each, |all, more| all.union(more.some())),
            "children" | "descendants" => Types {
                ordered: false,
                ..Types::any()
            },
            "iif" => self.iif(name, given),
            "extension" => Types::of([Type::Fhir(TypeId::EXTENSION)]),
            "count" | "length" | "toInteger" | "precision" => Types::system("Integer"),
            "startsWith" | "endsWith" | "contains" | "matches" | "matchesFull" => {
                self.wants_string(name, &input);
                Types::boolean()
            }
            "indexOf" | "lastIndexOf" => {
                self.wants_string(name, &input);
                Types::system("Integer")
            }
            "upper" | "lower" | "substring" | "replace" | "replaceMatches" | "trim" | "split" | "toChars"
            | "encode" | "decode" | "escape" | "unescape" => {
                self.wants_string(name, &input);
                Types::system("String")
            }
            "join" | "toString" => Types::system("String"),
            "empty" | "exists" | "all" | "allTrue" | "anyTrue" | "allFalse" | "anyFalse" | "subsetOf"
            | "supersetOf" | "isDistinct" | "not" | "hasValue" | "memberOf" | "subsumes" | "subsumedBy"
            | "conformsTo" | "htmlChecks" | "toBoolean" => Types::boolean(),
            "toDate" | "today" => Types::system("Date"),
            "toDateTime" | "now" => Types::system("DateTime"),
            "toTime" | "timeOfDay" => Types::system("Time"),
            "toDecimal" => Types::system("Decimal"),
            "toQuantity" => Types::system("Quantity"),
            "type" => Types::system("TypeInfo"),
            converts if converts.starts_with("convertsTo") => Types::boolean(),
            _ => Types::any(),
        }
    }

    fn wants_string(&mut self, name: &Identifier, input: &Types) {
        if input.never(Type::is_primitive) {
            let message = format!(
                "expected a string for `{}`, found {}",
                name.name,
                input.describe()
            );
            self.fault("wrong-type", name.span, message);
        }
    }

    fn iif(&mut self, name: &Identifier, given: Vec<Types>) -> Types {
        let mut given = given.into_iter();
        if let Some(criteria) = given.next() {
            if criteria.literals.len() > 1 {
                self.fault(
                    "not-singular",
                    name.span,
                    "expected one item as the criterion of `iif`".to_owned(),
                );
            } else if criteria.never(|kind| kind.is_boolean() || !kind.is_primitive()) {
                let message = format!(
                    "expected a boolean as the criterion of `iif`, found {}",
                    criteria.describe()
                );
                self.fault("wrong-type", name.span, message);
            }
        }
        given
            .next()
            .unwrap_or_else(Types::any)
            .union(given.next().unwrap_or_else(|| Types {
                kinds: Some(BTreeSet::new()),
                ..Types::any()
            }))
            .some()
    }
}

fn narrowed(specifier: &TypeSpecifier) -> Types {
    Types::narrowed(&TypeReference::new(
        specifier.namespace.as_deref(),
        &specifier.name,
    ))
}
