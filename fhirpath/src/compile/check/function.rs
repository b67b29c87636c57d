//! What functions take and give.

use super::{Checker, Types, type_argument};
use crate::ast::{Expression, Identifier};
use crate::compile::types::{Family, Type};
use carewire_fhir_model::schema::TypeId;

impl Checker<'_> {
    pub(super) fn function(
        &mut self,
        input: Types,
        name: &Identifier,
        arguments: &[Expression],
        this: &Types,
    ) -> Types {
        let word = name.name.as_str();
        if let Some(signature) = self.functions.iter().find(|one| one.name == word) {
            return self.host_function(signature, &input, name, arguments, this);
        }
        if matches!(word, "is" | "as" | "ofType") {
            return match arguments.first().and_then(type_argument) {
                Some(specifier) => self.tested(word, name.span, &input, &specifier),
                None => Types::any(),
            };
        }
        let lambda = matches!(
            word,
            "where" | "exists" | "all" | "select" | "repeat" | "aggregate" | "sort" | "trace"
        );
        let item = input.clone().one();
        let given: Vec<Types> = arguments
            .iter()
            .map(|argument| match word {
                _ if lambda => self.types(argument, &item),
                "iif" | "defineVariable" => self.types(argument, &input.clone().some()),
                _ => self.types(argument, this),
            })
            .collect();
        self.input_fits(&input, name);
        self.arguments_fit(name, arguments, &given);
        self.result(input, name, given)
    }

    /// Sees that the input is of a type, and of a number, that the function takes.
    fn input_fits(&mut self, input: &Types, name: &Identifier) {
        let word = name.name.as_str();
        let wanted = match word {
            "startsWith" | "endsWith" | "contains" | "matches" | "matchesFull" | "indexOf"
            | "lastIndexOf" | "upper" | "lower" | "substring" | "replace" | "replaceMatches" | "trim"
            | "split" | "toChars" | "encode" | "decode" | "escape" | "unescape" | "length" => {
                Some(("a string", &[Family::Text][..]))
            }
            "abs" => Some(("a number", &[Family::Number, Family::Quantity][..])),
            "ceiling" | "floor" | "exp" | "ln" | "log" | "power" | "round" | "sqrt" | "truncate" => {
                Some(("a number", &[Family::Number][..]))
            }
            "lowBoundary" | "highBoundary" | "precision" => Some((
                "a number, a date or a time",
                &[Family::Number, Family::Quantity, Family::Date, Family::Time][..],
            )),
            "not" => {
                self.wants_condition("`not`", name.span, input);
                return;
            }
            "getValue" | "comparable" | "memberOf" | "subsumes" | "subsumedBy" | "conformsTo"
            | "htmlChecks" => None,
            "today" => return,
            word if word.starts_with("to") || word.starts_with("convertsTo") => None,
            "allTrue" | "anyTrue" | "allFalse" | "anyFalse" => {
                if input.never(|kind| kind.family() == Family::Boolean) {
                    self.takes("booleans", input, name);
                }
                return;
            }
            _ => return,
        };
        self.wants_one(&format!("`{word}`"), name.span, input);
        if let Some((what, families)) = wanted
            && input.never(|kind| families.contains(&kind.family()))
        {
            self.takes(what, input, name);
        }
    }

    fn takes(&mut self, what: &str, input: &Types, name: &Identifier) {
        let message = format!("expected {what} for `{}`, found {}", name.name, input.describe());
        self.fault("wrong-type", name.span, message);
    }

    /// Sees that each argument is of a type, and of a number, that the function takes.
    fn arguments_fit(&mut self, name: &Identifier, arguments: &[Expression], given: &[Types]) {
        let word = name.name.as_str();
        let wanted = match word {
            "where" | "exists" | "all" => {
                for (argument, types) in arguments.iter().zip(given) {
                    self.wants_condition(&format!("the criteria of `{word}`"), argument.span, types);
                }
                return;
            }
            "iif" => return self.criterion(name, given.first()),
            "startsWith" | "endsWith" | "contains" | "matches" | "matchesFull" | "indexOf"
            | "lastIndexOf" | "replace" | "replaceMatches" | "split" | "join" | "encode" | "decode"
            | "escape" | "unescape" | "extension" | "memberOf" | "conformsTo" => ("a string", Family::Text),
            "substring" | "skip" | "take" | "round" | "lowBoundary" | "highBoundary" | "log" | "power" => {
                ("a number", Family::Number)
            }
            _ => return,
        };
        for (argument, types) in arguments.iter().zip(given) {
            self.wants_one(&format!("an argument of `{word}`"), argument.span, types);
            if types.never(|kind| kind.family() == wanted.1) {
                let message = format!(
                    "expected {} as an argument of `{word}`, found {}",
                    wanted.0,
                    types.describe()
                );
                self.fault("wrong-type", argument.span, message);
            }
        }
    }

    fn criterion(&mut self, name: &Identifier, criteria: Option<&Types>) {
        let Some(criteria) = criteria else { return };
        if criteria.literals.len() > 1 {
            let message = "expected one item as the criterion of `iif`".to_owned();
            self.fault("not-singular", name.span, message);
        } else if criteria.never(|kind| kind.family() == Family::Boolean || !kind.is_primitive()) {
            let message = format!(
                "expected a boolean as the criterion of `iif`, found {}",
                criteria.describe()
            );
            self.fault("wrong-type", name.span, message);
        } else {
            self.wants_one("the criterion of `iif`", name.span, criteria);
        }
    }

    fn result(&mut self, input: Types, name: &Identifier, given: Vec<Types>) -> Types {
        let first = given.first().cloned();
        match name.name.as_str() {
            "where" | "distinct" | "intersect" | "exclude" | "trace" | "sort" | "defineVariable" => {
                input.some()
            }
            "first" | "last" | "single" => input.one(),
            "abs" => input.one(),
            "skip" | "take" | "tail" => {
                if !input.ordered {
                    let message = format!("`{}` is asked of items whose order is not defined", name.name);
                    self.fault("unordered", name.span, message);
                }
                input.some()
            }
            "select" => {
                let each = first.unwrap_or_else(Types::any);
                Types {
                    many: each.many || input.many,
                    ordered: each.ordered && input.ordered,
                    ..each.some()
                }
            }
            "repeat" => first.unwrap_or_else(Types::any).several(),
            "union" | "combine" => given
                .into_iter()
                .fold(input.some(), |all, more| all.union(more.some()))
                .several(),
            "children" | "descendants" => Types {
                ordered: false,
                ..Types::any().several()
            },
            "iif" => {
                let mut branches = given.into_iter().skip(1);
                let then = branches.next().unwrap_or_else(Types::any);
                then.union(branches.next().unwrap_or_else(Types::nothing)).some()
            }
            "extension" => Types::of([Type::Fhir(TypeId::EXTENSION)]).several(),
            "resolve" => Types {
                many: input.many,
                ..Types::any()
            },
            "count" | "length" | "toInteger" | "precision" | "indexOf" | "lastIndexOf" => {
                Types::system("Integer")
            }
            "toChars" | "split" => Types::system("String").several(),
            "upper" | "lower" | "substring" | "replace" | "replaceMatches" | "trim" | "encode" | "decode"
            | "escape" | "unescape" | "join" | "toString" => Types::system("String"),
            "empty" | "exists" | "all" | "allTrue" | "anyTrue" | "allFalse" | "anyFalse" | "subsetOf"
            | "supersetOf" | "isDistinct" | "not" | "hasValue" | "memberOf" | "subsumes" | "subsumedBy"
            | "conformsTo" | "htmlChecks" | "toBoolean" | "startsWith" | "endsWith" | "contains"
            | "matches" | "matchesFull" | "comparable" => Types::boolean(),
            "toDate" | "today" => Types::system("Date"),
            "toDateTime" | "now" => Types::system("DateTime"),
            "toTime" | "timeOfDay" => Types::system("Time"),
            "toDecimal" => Types::system("Decimal"),
            "toQuantity" => Types::system("Quantity"),
            "type" => Types {
                many: input.many,
                ..Types::system("TypeInfo")
            },
            converts if converts.starts_with("convertsTo") => Types::boolean(),
            _ => Types::any(),
        }
    }
}
