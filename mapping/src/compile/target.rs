//! Targets of rules: where a value goes.

use carewire_fhir_model::schema::{Element, Property, TypeId};

use super::expression::Focus;
use super::group::Body;
use super::rule::{Found, step_of, unknown_element};
use super::{Compiler, Type, nearest, types};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::model::{Below, ModelId, Typed};
use crate::program::{
    ElementTarget, Expr, KeyOf, Literal, LooseSlot, Mode, Occurs, Slotted, Step, Target, Transform, variant,
};
use crate::run::{can_be, fits_as_it_stands};
use crate::syntax::{self, Name, Path, TargetKind, TargetListMode};

/// A target, compiled.
pub(super) enum Aim {
    /// `context.element = value as slot`.
    Element(ElementTarget),
    Other(Target),
}

impl Aim {
    /// Whether it looks at the first source of its rule; said of more than need it.
    pub(super) fn uses_focus(&self) -> bool {
        match self {
            Self::Element(element) => element.uses_focus(),
            Self::Other(target) => target.uses_focus(),
        }
    }
}

/// What a transform gives, as far as it is known before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// A new element, or a value of one FHIR type.
    Fhir(TypeId),
    /// A new element of a structure that is no type of R4.
    Model(ModelId),
    /// A string, which fits many primitives.
    Text,
    /// Known while running.
    Unknown,
}

impl Compiler<'_> {
    /// Compiles a target. One with a fault still declares its variable, so that what follows is not at fault for it.
    pub(super) fn target(
        &mut self,
        body: &mut Body,
        target: &syntax::Target,
        slot: u16,
        found: &Found,
        simple: bool,
        has_dependents: bool,
    ) -> Option<Aim> {
        let compiled = self.one_target(body, target, slot, found, simple, has_dependents);
        if let (None, Some(alias)) = (&compiled, &target.alias) {
            let slot = body.scope.slot();
            body.scope.declare(alias, slot, Type::Unknown, true);
            body.scope.is_element(None);
        }
        compiled
    }

    fn one_target(
        &mut self,
        body: &mut Body,
        target: &syntax::Target,
        slot: u16,
        found: &Found,
        simple: bool,
        has_dependents: bool,
    ) -> Option<Aim> {
        let focus = Focus {
            ty: found.ty,
            slot: Some(slot),
        };
        match &target.kind {
            TargetKind::Expression(value) => {
                let (value, ty) = self.typed_expression(body, value, focus, true);
                let slot = body.scope.slot();
                match &target.alias {
                    Some(alias) => body.scope.declare(alias, slot, ty, false),
                    None => {
                        let help = Some("name it: `(..) as x`".to_owned());
                        self.report(
                            body.unit,
                            Code::Syntax,
                            target.span,
                            "the value goes nowhere",
                            help,
                        );
                    }
                }
                let value = Transform::Value(value);
                Some(Aim::Other(Target::Bind { value, slot }))
            }
            TargetKind::Invocation(invocation) => {
                if !self.is_transform(body.unit, &invocation.name.text) {
                    let call = self.call(body, invocation, found.ty, slot)?;
                    return Some(Aim::Other(Target::Call(call)));
                }
                let (value, given) = self.transform(body, invocation, focus)?;
                let slot = body.scope.slot();
                if let Some(alias) = &target.alias {
                    let (ty, is_target) = match given {
                        Given::Fhir(type_id) => (Type::Fhir(type_id), matches!(value, Transform::Create(_))),
                        Given::Model(id) => (Type::Model(id), true),
                        Given::Unknown if matches!(value, Transform::CreateLoose(_)) => (Type::Unknown, true),
                        Given::Text => (Type::Text, false),
                        Given::Unknown => (Type::Unknown, false),
                    };
                    body.scope.declare(alias, slot, ty, is_target);
                }
                Some(Aim::Other(Target::Bind { value, slot }))
            }
            TargetKind::Element { path, transform } => {
                let value = match transform {
                    None => None,
                    Some(transform) => Some(self.value(body, transform, focus)?),
                };
                self.element_target(body, target, path, value, slot, found, simple, has_dependents)
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what is known of the rule so far, used nowhere else"
    )]
    fn element_target(
        &mut self,
        body: &mut Body,
        target: &syntax::Target,
        path: &Path,
        value: Option<(Transform, Given)>,
        source_slot: u16,
        found: &Found,
        simple: bool,
        has_dependents: bool,
    ) -> Option<Aim> {
        let Some(context) = body.scope.find(&path.context.text).cloned() else {
            self.unknown_variable(body, &path.context);
            return None;
        };
        if !context.is_target && context.ty != Type::Unknown {
            let message = format!("`{}` is a source and cannot be filled", path.context.text);
            self.report(body.unit, Code::ParameterMode, path.context.span, message, None);
            return None;
        }
        let mut elements: &[Name] = &path.elements;
        // `value` of a primitive is the primitive itself.
        if let [only] = elements
            && only.text == "value"
            && context.ty.fhir().is_some_and(TypeId::is_primitive)
        {
            elements = &[];
        }
        let Some((last, way)) = elements.split_last() else {
            let slot = if target.alias.is_some() {
                body.scope.slot()
            } else {
                context.slot
            };
            if let Some(alias) = &target.alias {
                body.scope.declare(alias, slot, context.ty, true);
            }
            let value = value.map(|(value, _)| value);
            let context = context.slot;
            return Some(Aim::Other(Target::Assign { context, value, slot }));
        };
        let mut ty = context.ty;
        let mut steps = Vec::with_capacity(way.len());
        for name in way {
            let (slotted, below) = self.slotted(body.unit, ty, name, Given::Unknown)?;
            if matches!(slotted, Slotted::Choice(_)) {
                self.report(
                    body.unit,
                    Code::ChoiceType,
                    name.span,
                    "a choice on the way needs its type, as in `valueQuantity`",
                    None,
                );
                return None;
            }
            steps.push(slotted);
            ty = below;
        }
        let given = value.as_ref().map(|(_, given)| *given);
        let (element, below) = self.slotted(body.unit, ty, last, given.unwrap_or(Given::Unknown))?;
        let value = match value {
            Some((value, given)) => {
                self.check_value(body.unit, last.span, &element, below, given);
                self.check_codes(body.unit, last.span, &element, &value, given);
                self.check_constant(body.unit, last.span, &element, &value);
                Some(value)
            }
            None if simple => {
                let value = self.identity(body, source_slot, found, &element, below);
                self.check_identity(body.unit, last.span, found, &element, &value);
                Some(value)
            }
            None => {
                self.check_made(
                    body.unit,
                    last,
                    &element,
                    below,
                    target.alias.is_some() || has_dependents,
                );
                None
            }
        };
        let mode = self.mode(
            body,
            target,
            Focus {
                ty: found.ty,
                slot: Some(source_slot),
            },
        );
        let below = match (given, below) {
            // `entry.resource = create('Patient')` makes a Patient.
            (Some(Given::Fhir(type_id)), Type::Unknown) => Type::Fhir(type_id),
            (Some(Given::Model(id)), _) => Type::Model(id),
            (Some(Given::Fhir(type_id)), Type::Fhir(declared)) if type_id.is_a(declared) => {
                Type::Fhir(type_id)
            }
            (_, below) => below,
        };
        let slot = target.alias.as_ref().map(|alias| {
            let slot = body.scope.slot();
            body.scope.declare(alias, slot, below, true);
            slot
        });
        let is_fit = match (&element, &value) {
            (Slotted::Known(property), Some(Transform::Value(Expr::Literal(Literal::Value(_, text))))) => {
                fits_as_it_stands(text, property.type_id())
            }
            _ => false,
        };
        Some(Aim::Element(ElementTarget {
            is_fit,
            context: context.slot,
            path: steps.into(),
            element,
            value,
            slot,
            mode,
        }))
    }

    fn mode(&mut self, body: &mut Body, target: &syntax::Target, focus: Focus) -> Mode {
        match &target.list_mode {
            None | Some(TargetListMode::Last) => Mode::Append,
            Some(TargetListMode::First) => Mode::First,
            Some(TargetListMode::Single | TargetListMode::Collate) => Mode::Single,
            Some(TargetListMode::Share(id)) => {
                let next = u32::try_from(self.shares.len()).unwrap_or(u32::MAX);
                Mode::Share(*self.shares.entry(id.text.clone()).or_insert(next))
            }
            Some(TargetListMode::ShareKey(key)) => {
                self.superset(body.unit, key.span, "a share by key");
                Mode::Key {
                    key: KeyOf::Expression(Box::new(self.expression(body, key, focus, true))),
                    once: false,
                }
            }
            Some(TargetListMode::OnceKey(key)) => {
                self.superset(body.unit, key.span, "`once`");
                Mode::Key {
                    key: KeyOf::Expression(Box::new(self.expression(body, key, focus, true))),
                    once: true,
                }
            }
        }
    }

    /// The row of a target element, and the type of what stands there.
    fn slotted(&mut self, unit: usize, ty: Type, name: &Name, given: Given) -> Option<(Slotted, Type)> {
        let type_id = match ty {
            Type::Fhir(type_id) => type_id,
            Type::Unknown => return Some((Slotted::Named(name.text.as_str().into()), Type::Unknown)),
            Type::Model(id) => return self.loose_slot(unit, id, name),
            Type::Tree
            | Type::Segment(_)
            | Type::Part
            | Type::Field(..)
            | Type::Component(..)
            | Type::Data(..) => {
                return self.v2_slot(unit, ty, name);
            }
            _ => {
                self.report(
                    unit,
                    Code::ParameterMode,
                    name.span,
                    format!("{} cannot be filled", ty.describe()),
                    None,
                );
                return None;
            }
        };
        if let Some(element) = type_id.element(&name.text) {
            return Some(match variant_for(element, given) {
                Some(property) => (Slotted::Known(property), types_of(property, element)),
                None => (Slotted::Choice(element), Type::Unknown),
            });
        }
        if let Some(property) = type_id.property(&name.text) {
            return Some((Slotted::Known(property), Type::Fhir(property.type_id())));
        }
        if type_id.is_abstract() {
            return Some((Slotted::Named(name.text.as_str().into()), Type::Unknown));
        }
        let help = nearest::help_or_list(&name.text, type_id.elements().iter().map(Element::name));
        self.report(
            unit,
            Code::UnknownElement,
            name.span,
            format!("`{}` has no element `{}`", type_id.name(), name.text),
            help,
        );
        None
    }

    /// An element of a structure that is no type of R4.
    fn loose_slot(&mut self, unit: usize, id: ModelId, name: &Name) -> Option<(Slotted, Type)> {
        let (slot, ty) = match self.models.below(id, &name.text) {
            Below::Open => return Some((Slotted::Named(name.text.as_str().into()), Type::Unknown)),
            Below::Nothing => {
                let (message, help) = unknown_element(&self.models, Type::Model(id), &name.text);
                self.report(unit, Code::UnknownElement, name.span, message, help);
                return None;
            }
            Below::Element(element, typed) => {
                let slot = LooseSlot {
                    name: name.text.as_str().into(),
                    occurs: if element.is_list {
                        Occurs::List
                    } else {
                        Occurs::Once
                    },
                    primitive: match typed {
                        Typed::Fhir(type_id) if type_id.is_primitive() => Some(type_id),
                        _ => None,
                    },
                    is_choice: element.is_choice && element.name == name.text,
                };
                (slot, types::of_model(typed))
            }
        };
        Some((Slotted::Loose(Box::new(slot)), ty))
    }

    /// A segment, a group or a part of a message that is made.
    fn v2_slot(&mut self, unit: usize, ty: Type, name: &Name) -> Option<(Slotted, Type)> {
        let step = step_of(&self.models, ty, &name.text).filter(|(step, _)| {
            matches!(
                step,
                Step::Tree(_) | Step::Field(_) | Step::Component(_) | Step::Subcomponent(_)
            )
        });
        let Some((step, below)) = step else {
            let (message, help) = unknown_element(&self.models, ty, &name.text);
            self.report(unit, Code::UnknownElement, name.span, message, help);
            return None;
        };
        let occurs = match step {
            Step::Component(_) | Step::Subcomponent(_) => Occurs::Once,
            _ => Occurs::Unknown,
        };
        // A long name is written as its number.
        let number = match step {
            Step::Field(number) => format!("f{number}"),
            Step::Component(number) => format!("c{number}"),
            Step::Subcomponent(number) => format!("s{number}"),
            _ => name.text.to_string(),
        };
        let slot = LooseSlot {
            name: number.into(),
            occurs,
            primitive: None,
            is_choice: false,
        };
        Some((Slotted::Loose(Box::new(slot)), below))
    }

    /// An element without a value: made if it is complex; a primitive must be filled by what follows.
    fn check_made(&mut self, unit: usize, name: &Name, element: &Slotted, below: Type, filled: bool) {
        match (element, below) {
            (Slotted::Choice(choice), _) => {
                let types: Vec<&str> = choice.types().take(8).map(TypeId::name).collect();
                let help = Some(format!(
                    "write `= create('{}')` or another of {}",
                    types.first().unwrap_or(&""),
                    types.join(", ")
                ));
                self.report(
                    unit,
                    Code::ChoiceType,
                    name.span,
                    format!("`{}` has several types", name.text),
                    help,
                );
            }
            (Slotted::Known(property), _) if property.type_id().is_primitive() && !filled => {
                let message = format!("`{}` is a primitive and needs a value", name.text);
                self.report(unit, Code::NeedsTransform, name.span, message, None);
            }
            _ => {}
        }
    }

    fn check_value(&mut self, unit: usize, span: Span, element: &Slotted, below: Type, given: Given) {
        let fits = match (element, below, given) {
            (Slotted::Known(_), Type::Fhir(wanted), Given::Fhir(given)) => {
                given.is_a(wanted)
                    || wanted.is_a(given)
                    || (given.is_primitive() && (wanted.is_primitive() || wanted == TypeId::REFERENCE))
            }
            (Slotted::Known(_), Type::Fhir(wanted), Given::Text) => {
                wanted.is_primitive() || wanted == TypeId::REFERENCE
            }
            (Slotted::Choice(choice), _, Given::Fhir(given)) => {
                self.report(
                    unit,
                    Code::ChoiceType,
                    span,
                    format!("`{}` cannot be a `{}`", choice.name(), given.name()),
                    None,
                );
                true
            }
            _ => true,
        };
        if !fits {
            let given = match given {
                Given::Fhir(type_id) => format!("a `{}`", type_id.name()),
                _ => "a text".to_owned(),
            };
            self.report(
                unit,
                Code::TypeMismatch,
                span,
                format!("{} is written to {}", given, below.describe()),
                None,
            );
        }
    }

    /// A constant that no element of the type can hold.
    fn check_constant(&mut self, unit: usize, span: Span, element: &Slotted, value: &Transform) {
        let (Slotted::Known(property), Transform::Value(Expr::Literal(Literal::Value(_, text)))) =
            (element, value)
        else {
            return;
        };
        let type_id = property.type_id();
        if type_id.is_primitive() && !text.is_empty() && !can_be(text, type_id) {
            let message = format!("`{text}` is no `{}`", type_id.name());
            self.report(unit, Code::TypeMismatch, span, message, None);
        }
    }

    /// A rule of the short form between elements that no group maps and that cannot be copied as they are.
    fn check_identity(
        &mut self,
        unit: usize,
        span: Span,
        found: &Found,
        element: &Slotted,
        value: &Transform,
    ) {
        let (Type::Fhir(source), Slotted::Known(property), Transform::Default { groups, .. }) =
            (found.ty, element, value)
        else {
            return;
        };
        let target = property.type_id();
        let is_alike = source.is_a(target) || target.is_a(source);
        let is_text = source.is_primitive() && (target.is_primitive() || target == TypeId::REFERENCE);
        if groups.is_empty() && !is_alike && !is_text {
            let message = format!("no group maps a `{}` to a `{}`", source.name(), target.name());
            self.report(unit, Code::NoDefaultGroup, span, message, None);
        }
    }

    /// What a rule of the short form does with its value.
    fn identity(
        &mut self,
        body: &Body,
        slot: u16,
        found: &Found,
        element: &Slotted,
        below: Type,
    ) -> Transform {
        let sources: Vec<TypeId> = match found.ty.fhir() {
            Some(only) => vec![only],
            None => found.choice.clone(),
        };
        let mut groups = Vec::new();
        // A structure of which the engine has no types: the one that is declared decides.
        if let (Type::Model(_), Type::Model(_) | Type::Fhir(_)) = (found.ty, below)
            && !below.fhir().is_some_and(TypeId::is_primitive)
            && let Some((group, types)) = self.default_group(body.unit, found.ty, Some(below))
        {
            let target = below.fhir().unwrap_or(TypeId::ELEMENT);
            groups.push((None, target, self.specialise(group, types)));
        }
        for source in sources {
            let group = match element {
                Slotted::Known(property) => {
                    let target = property.type_id();
                    self.default_group(body.unit, Type::Fhir(source), Some(Type::Fhir(target)))
                        .map(|group| (target, group))
                }
                Slotted::Choice(choice) => {
                    let plus = self.default_group(body.unit, Type::Fhir(source), None);
                    plus.and_then(|(group, types)| {
                        let target = types.get(1)?.fhir()?;
                        choice.property_of(target)?;
                        Some((target, (group, types)))
                    })
                }
                Slotted::Loose(_) => self
                    .default_group(body.unit, Type::Fhir(source), Some(below))
                    .filter(|_| !source.is_primitive())
                    .map(|group| (TypeId::ELEMENT, group)),
                Slotted::Named(_) => None,
            };
            if let Some((target, (group, types))) = group
                && !target.is_primitive()
            {
                groups.push((Some(source), target, self.specialise(group, types)));
            }
        }
        Transform::Default {
            value: Expr::Variable(slot),
            groups: groups.into(),
        }
    }
}

/// The variant that a value of this type fills; none while a choice is open.
fn variant_for(element: &'static Element, given: Given) -> Option<&'static Property> {
    match (element.properties(), given) {
        ([only], _) => Some(only),
        (_, Given::Fhir(type_id)) => variant(element, type_id),
        (_, Given::Text) => variant(element, TypeId::STRING),
        (_, Given::Unknown | Given::Model(_)) => None,
    }
}

fn types_of(property: &'static Property, element: &'static Element) -> Type {
    if element.is_choice() {
        Type::Fhir(property.type_id())
    } else {
        types::of_element(element)
    }
}
