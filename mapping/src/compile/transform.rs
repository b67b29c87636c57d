//! Transforms: the values of targets.

use carewire_fhir_model::schema::TypeId;

use super::expression::Focus;
use super::group::Body;
use super::target::Given;
use super::{Compiler, Type, nearest, types};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::model::ModelId;
use crate::program::{Clock, Composite, Escaping, Expr, Kind, Literal, Output, Transform, Translation};
use crate::syntax::{self, Argument, Invocation, LiteralKind};

/// The transforms with the least and the greatest number of their arguments.
const TRANSFORMS: &[(&str, usize, usize)] = &[
    ("append", 1, usize::MAX),
    ("c", 2, 3),
    ("cast", 1, 2),
    ("cc", 1, 3),
    ("copy", 1, 1),
    ("cp", 1, 2),
    ("create", 1, 1),
    ("dateOp", 2, 2),
    ("escape", 3, 3),
    ("evaluate", 1, 2),
    ("id", 2, 3),
    ("pointer", 1, 1),
    ("qty", 1, 4),
    ("reference", 1, 1),
    ("toDate", 1, 2),
    ("toDateTime", 1, 2),
    ("toTime", 1, 2),
    ("translate", 2, 4),
    ("truncate", 2, 2),
    ("unixToDate", 1, 2),
    ("unixToDateTime", 1, 2),
    ("unixToTime", 1, 2),
    ("uuid", 0, usize::MAX),
];

/// Whether the language has a transform of this name.
pub(crate) fn is_transform_name(name: &str) -> bool {
    TRANSFORMS.iter().any(|(known, ..)| *known == name)
}

/// A type that a map names.
enum Named {
    Fhir(TypeId),
    /// One that R4 does not have, by its name.
    Model(String, Option<ModelId>),
}

/// A constant of the text as the program holds it.
pub(super) fn literal(literal: &syntax::Literal) -> Literal {
    let kind = match literal.kind {
        LiteralKind::Null => return Literal::Empty,
        LiteralKind::Quantity | LiteralKind::CalendarQuantity => {
            let unit = literal.unit.as_deref().unwrap_or("1");
            return Literal::Quantity {
                number: literal.value.as_str().into(),
                unit: unit.into(),
            };
        }
        LiteralKind::Boolean => Kind::Boolean,
        LiteralKind::Long | LiteralKind::Integer => Kind::Integer,
        LiteralKind::Decimal => Kind::Decimal,
        LiteralKind::Date => Kind::Date,
        LiteralKind::DateTime => Kind::DateTime,
        LiteralKind::Time => Kind::Time,
        LiteralKind::String | LiteralKind::Markdown => Kind::String,
    };
    Literal::Value(kind, literal.value.as_str().into())
}

/// What is known of a constant's type.
fn given_literal(literal: &Literal) -> Given {
    let name = match literal {
        Literal::Empty => return Given::Unknown,
        Literal::Quantity { .. } => "Quantity",
        Literal::Value(kind, _) => match kind {
            Kind::String => return Given::Text,
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Date => "date",
            Kind::DateTime => "dateTime",
            Kind::Time => "time",
        },
    };
    types::named(name).map_or(Given::Unknown, Given::Fhir)
}

/// What is known of a value by its type.
fn given_type(ty: Type) -> Given {
    match ty.plain() {
        Type::Fhir(type_id) => Given::Fhir(type_id),
        Type::Part | Type::Text => Given::Text,
        _ => Given::Unknown,
    }
}

impl Compiler<'_> {
    /// Whether a name is a transform or a host function.
    pub(super) fn is_transform(&self, unit: usize, name: &str) -> bool {
        let built_in = TRANSFORMS.iter().any(|(known, ..)| *known == name);
        let is_group = || !self.find_groups(unit, name).is_empty();
        built_in
            || self
                .options
                .functions
                .iter()
                .any(|function| function.name == name)
                && !is_group()
    }

    pub(super) fn value(
        &mut self,
        body: &mut Body,
        transform: &syntax::Transform,
        focus: Focus,
    ) -> Option<(Transform, Given)> {
        match transform {
            syntax::Transform::Literal(constant) => {
                let constant = literal(constant);
                let given = given_literal(&constant);
                Some((Transform::Value(Expr::Literal(constant)), given))
            }
            syntax::Transform::Copy(path) => {
                let found = self.path(body, &path.context, &path.elements)?;
                let start = match found.start {
                    crate::program::Start::Slot(slot) => Expr::Variable(slot),
                    crate::program::Start::Constant(constant) => Expr::Constant(constant),
                    crate::program::Start::Root => Expr::Special(crate::program::Special::Root),
                };
                let value = found
                    .steps
                    .into_iter()
                    .fold(start, |input, step| Expr::Child(Box::new(input), step));
                Some((Transform::Value(value), given_type(found.ty)))
            }
            syntax::Transform::Expression(text) => {
                let (value, ty) = self.typed_expression(body, text, focus, true);
                Some((Transform::Value(value), given_type(ty)))
            }
            syntax::Transform::Invocation(invocation) => {
                if !self.is_transform(body.unit, &invocation.name.text) {
                    let names = TRANSFORMS.iter().map(|(name, ..)| *name);
                    let functions = self
                        .options
                        .functions
                        .iter()
                        .map(|function| function.name.as_str());
                    let help = nearest::help(&invocation.name.text, names.chain(functions));
                    let message = format!("there is no transform `{}`", invocation.name.text);
                    self.report(
                        body.unit,
                        Code::UnknownTransform,
                        invocation.name.span,
                        message,
                        help,
                    );
                    return None;
                }
                self.transform(body, invocation, focus)
            }
        }
    }

    pub(super) fn transform(
        &mut self,
        body: &mut Body,
        invocation: &Invocation,
        focus: Focus,
    ) -> Option<(Transform, Given)> {
        let name = invocation.name.text.as_str();
        let arguments = invocation.arguments.as_slice();
        if !self.check_count(body.unit, invocation) {
            return None;
        }
        let fhir = |name: &str| types::named(name).map_or(Given::Unknown, Given::Fhir);
        if name == "create" {
            return match self.type_argument(body.unit, arguments.first()?)? {
                Named::Fhir(type_id) => Some((Transform::Create(type_id), Given::Fhir(type_id))),
                Named::Model(name, id) => Some((
                    Transform::CreateLoose(name.into()),
                    id.map_or(Given::Unknown, Given::Model),
                )),
            };
        }
        if name == "evaluate" {
            return self.evaluate(body, arguments, focus);
        }
        if let Some(host) = self
            .options
            .functions
            .iter()
            .position(|function| function.name == name)
        {
            self.library_is_superset(body.unit, name, invocation.span);
            let arguments = self.operands(body, arguments, focus)?;
            let function = u16::try_from(host).unwrap_or(u16::MAX);
            return Some((
                Transform::Value(Expr::Host { function, arguments }),
                Given::Unknown,
            ));
        }
        if name == "translate" {
            return self.translate(body, arguments, focus);
        }
        if name == "escape" {
            let value = self.operand(body, arguments.first()?, focus)?.0;
            let from = self.escaping(body.unit, arguments.get(1)?)?;
            let to = self.escaping(body.unit, arguments.get(2)?)?;
            return Some((Transform::Escape { value, from, to }, Given::Text));
        }
        if name == "cast" {
            let value = self.operand(body, arguments.first()?, focus)?.0;
            let Some(wanted) = arguments.get(1) else {
                return Some((Transform::Value(value), Given::Unknown));
            };
            return match self.type_argument(body.unit, wanted)? {
                Named::Fhir(type_id) => Some((Transform::Cast(value, type_id), Given::Fhir(type_id))),
                // Nothing is known of the type: the value as it is.
                Named::Model(..) => Some((Transform::Value(value), Given::Unknown)),
            };
        }
        if name == "dateOp" {
            let text = arguments
                .iter()
                .map(|argument| self.argument_text(body.unit, argument))
                .collect::<Vec<_>>()
                .join(" + ");
            let expression = syntax::Expression {
                text: text.into(),
                span: invocation.span,
            };
            let (value, _) = self.typed_expression(body, &expression, focus, true);
            return Some((Transform::Value(value), Given::Unknown));
        }
        let (first, first_type) = match arguments.first() {
            Some(argument) => self.operand(body, argument, focus)?,
            None => (Expr::Literal(Literal::Empty), Type::Unknown),
        };
        let mut more = Vec::new();
        for argument in arguments.iter().skip(1) {
            more.push(self.operand(body, argument, focus)?.0);
        }
        let mut second = (!more.is_empty()).then(|| more.swap_remove(0));
        let unix = |kind, value, zone| Transform::FromUnix { value, zone, kind };
        Some(match name {
            "copy" => (Transform::Value(first), given_type(first_type)),
            "truncate" => (
                Transform::Truncate(Box::new((first, second.take()?))),
                Given::Text,
            ),
            "reference" | "pointer" => (Transform::Reference(first), Given::Text),
            "toDate" => (Transform::ToDate(first, second.map(Box::new)), fhir("date")),
            "toDateTime" => (
                Transform::ToDateTime(first, second.map(Box::new)),
                fhir("dateTime"),
            ),
            "toTime" => (Transform::ToTime(first, second.map(Box::new)), fhir("time")),
            "unixToDate" => (unix(Clock::Date, first, second.map(Box::new)), fhir("date")),
            "unixToDateTime" => (
                unix(Clock::DateTime, first, second.map(Box::new)),
                fhir("dateTime"),
            ),
            "unixToTime" => (unix(Clock::Time, first, second.map(Box::new)), fhir("time")),
            _ => {
                let all = self.operands(body, arguments, focus)?;
                match name {
                    "append" => (Transform::Append(all), Given::Text),
                    "uuid" => {
                        if !arguments.is_empty() {
                            self.superset(body.unit, invocation.span, "`uuid` with arguments");
                        }
                        (Transform::Value(Expr::Uuid(all)), Given::Text)
                    }
                    "cc" => (
                        Transform::Compose(Composite::CodeableConcept, all),
                        fhir("CodeableConcept"),
                    ),
                    "c" => (Transform::Compose(Composite::Coding, all), fhir("Coding")),
                    "qty" => (Transform::Compose(Composite::Quantity, all), fhir("Quantity")),
                    "id" => (Transform::Compose(Composite::Identifier, all), fhir("Identifier")),
                    _ => (
                        Transform::Compose(Composite::ContactPoint, all),
                        fhir("ContactPoint"),
                    ),
                }
            }
        })
    }

    fn check_count(&mut self, unit: usize, invocation: &Invocation) -> bool {
        let name = invocation.name.text.as_str();
        let host = self
            .options
            .functions
            .iter()
            .find(|function| function.name == name)
            .map(|function| (function.min, function.max));
        let built_in = TRANSFORMS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, min, max)| (*min, *max));
        let Some((min, max)) = host.or(built_in) else {
            return false;
        };
        let count = invocation.arguments.len();
        if (min..=max).contains(&count) {
            return true;
        }
        let expected = match (min, max) {
            (min, usize::MAX) => format!("at least {min}"),
            (min, max) if min == max => min.to_string(),
            (min, max) => format!("{min} to {max}"),
        };
        let message = format!("`{name}` takes {expected} arguments, and {count} are given");
        self.report(unit, Code::ParameterCount, invocation.span, message, None);
        false
    }

    fn operand(&mut self, body: &mut Body, argument: &Argument, focus: Focus) -> Option<(Expr, Type)> {
        self.argument(body, argument, focus.ty, focus.slot.unwrap_or(0))
            .map(|(value, ty, _)| (value, ty))
    }

    fn operands(&mut self, body: &mut Body, arguments: &[Argument], focus: Focus) -> Option<Box<[Expr]>> {
        arguments
            .iter()
            .map(|argument| self.operand(body, argument, focus).map(|(value, _)| value))
            .collect()
    }

    /// An argument as FHIRPath text.
    fn argument_text(&self, unit: usize, argument: &Argument) -> String {
        let span = argument.span();
        let of = self.units.get(unit);
        let text = of
            .and_then(|of| of.source.text.get(span.start as usize..span.end as usize))
            .unwrap_or_default();
        format!("({text})")
    }

    /// The type that `create('Patient')` names.
    fn type_argument(&mut self, unit: usize, argument: &Argument) -> Option<Named> {
        let (name, span) = match argument {
            Argument::Literal(literal) if literal.kind == LiteralKind::String => {
                (literal.value.clone(), literal.span)
            }
            Argument::Variable(name) => (name.text.clone(), name.span),
            other => {
                self.report(
                    unit,
                    Code::BadArgument,
                    other.span(),
                    "expected the name of a type, quoted",
                    None,
                );
                return None;
            }
        };
        let name = name.strip_prefix("FHIR.").unwrap_or(&name).to_owned();
        match self.type_named(unit, &name, span) {
            Type::Fhir(type_id) => Some(Named::Fhir(type_id)),
            Type::Model(id) => Some(Named::Model(name, Some(id))),
            Type::Unknown if self.has_models(unit) => Some(Named::Model(name, None)),
            Type::Unknown => None,
            other => {
                self.report(
                    unit,
                    Code::BadArgument,
                    span,
                    format!("{} cannot be made", other.describe()),
                    None,
                );
                None
            }
        }
    }

    fn evaluate(
        &mut self,
        body: &mut Body,
        arguments: &[Argument],
        focus: Focus,
    ) -> Option<(Transform, Given)> {
        let (context, ty) = self.operand(body, arguments.first()?, focus)?;
        let Some(expression) = arguments.get(1) else {
            return Some((Transform::Value(context), given_type(ty)));
        };
        if let Argument::Literal(constant) = expression {
            let constant = literal(constant);
            let given = given_literal(&constant);
            return Some((Transform::Value(Expr::Literal(constant)), given));
        }
        let text = match expression {
            Argument::Expression(text) => text.clone(),
            Argument::Variable(name) => syntax::Expression {
                text: name.text.clone(),
                span: name.span,
            },
            Argument::Literal(_) => return None,
        };
        let (value, ty) = self.typed_expression(body, &text, Focus { ty, slot: None }, false);
        Some((Transform::Evaluate(Box::new((context, value))), given_type(ty)))
    }

    fn translate(
        &mut self,
        body: &mut Body,
        arguments: &[Argument],
        focus: Focus,
    ) -> Option<(Transform, Given)> {
        let (source, _) = self.operand(body, arguments.first()?, focus)?;
        let (url, span) =
            self.text_argument(body.unit, arguments.get(1)?, "the url of a concept map, quoted")?;
        let output = match arguments.get(2) {
            None => Output::Code,
            Some(argument) => {
                let (word, span) = self.text_argument(
                    body.unit,
                    argument,
                    "`code`, `system`, `display`, `Coding` or `CodeableConcept`, quoted",
                )?;
                match word.as_str() {
                    "code" => Output::Code,
                    "system" => Output::System,
                    "display" => Output::Display,
                    "Coding" => Output::Coding,
                    "CodeableConcept" => Output::CodeableConcept,
                    _ => {
                        let outputs = ["code", "system", "display", "Coding", "CodeableConcept"];
                        let help = nearest::help_or_list(&word, outputs.into_iter());
                        self.report(
                            body.unit,
                            Code::BadArgument,
                            span,
                            format!("a translation has no `{word}`"),
                            help,
                        );
                        return None;
                    }
                }
            }
        };
        let default = match arguments.get(3) {
            None => None,
            Some(argument) => {
                self.superset(body.unit, argument.span(), "a default of `translate`");
                Some(self.operand(body, argument, focus)?.0)
            }
        };
        let map = self.find_concept_map(body.unit, &url, span);
        if let (Argument::Variable(name), None) = (arguments.first()?, &default) {
            let bound = body.scope.find(&name.text).and_then(|variable| variable.bound);
            self.check_gaps(body.unit, span, bound, &map);
        }
        let given = match output {
            Output::Code | Output::System | Output::Display => Given::Text,
            Output::Coding => types::named("Coding").map_or(Given::Unknown, Given::Fhir),
            Output::CodeableConcept => types::named("CodeableConcept").map_or(Given::Unknown, Given::Fhir),
        };
        Some((
            Transform::Translate(Box::new(Translation {
                source,
                map,
                output,
                default,
            })),
            given,
        ))
    }

    fn text_argument(
        &mut self,
        unit: usize,
        argument: &Argument,
        expected: &str,
    ) -> Option<(syntax::Word, Span)> {
        match argument {
            Argument::Literal(literal) if literal.kind == LiteralKind::String => {
                Some((literal.value.clone(), literal.span))
            }
            other => {
                self.report(
                    unit,
                    Code::BadArgument,
                    other.span(),
                    format!("expected {expected}"),
                    None,
                );
                None
            }
        }
    }

    fn escaping(&mut self, unit: usize, argument: &Argument) -> Option<Escaping> {
        let (word, span) = self.text_argument(unit, argument, "the name of an escaping, quoted")?;
        let found = match word.as_str() {
            "text" => Escaping::Text,
            "html" | "xml" => Escaping::Html,
            "json" => Escaping::Json,
            "uri" => Escaping::Uri,
            "base64" => Escaping::Base64,
            "hex" => Escaping::Hex,
            _ => {
                let escapings = ["text", "html", "xml", "json", "uri", "base64", "hex"];
                let help = nearest::help_or_list(&word, escapings.into_iter());
                self.report(
                    unit,
                    Code::BadArgument,
                    span,
                    format!("there is no escaping `{word}`"),
                    help,
                );
                return None;
            }
        };
        Some(found)
    }
}
