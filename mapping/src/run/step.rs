//! One step down from a value, with HL7's rules for what is empty and what is null.

use std::borrow::Cow;
use std::ops::ControlFlow;

use carewire_fhir_model::Node;
use carewire_hl7v2::{Component, Place};

use super::Run;
use super::located::Between;
use super::value::Value;
use crate::compile::v2;
use crate::finding::Code;
use crate::program::Step;

/// Goes on, or stops the walk.
pub(super) type Flow = ControlFlow<()>;

impl<'m> Run<'m, '_> {
    /// Visits the matches of a step, in order.
    pub(super) fn each(
        &self,
        value: &Value<'m>,
        step: &Step,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        match (step, value) {
            (Step::Field(number), Value::Segment(segment)) => {
                let mut all = self.repetitions(*segment, *number).iter();
                all.try_for_each(|repeated| visit(Value::Repetition(repeated)))
            }
            (Step::Component(number), Value::Repetition(repeated)) => match self.part_of(repeated, *number) {
                Some(piece) => visit(Value::Component(piece)),
                None => Flow::Continue(()),
            },
            (Step::Subcomponent(number), Value::Component(piece)) => match self.below(piece, *number) {
                Some(part) => visit(Value::Subcomponent(self.arena.alloc(part))),
                None => Flow::Continue(()),
            },
            (Step::Tree(name), Value::Group(group)) => self.named_in_group(*group, name, visit),
            (Step::Element(element), Value::Fhir(node)) => node
                .children_of(element)
                .try_for_each(|child| visit(Value::Fhir(child))),
            (Step::Element(element), Value::Made(id)) => self
                .builder
                .children_of(*id, element.slot())
                .try_for_each(|child| visit(Value::Made(child))),
            (Step::Property(property), Value::Fhir(node)) => node
                .children_of(property.element())
                .filter(|child| child.type_id() == Some(property.type_id()))
                .try_for_each(|child| visit(Value::Fhir(child))),
            (Step::Property(property), Value::Made(id)) => self
                .builder
                .children_of(*id, property.slot())
                .filter(|child| self.builder.type_id(*child) == property.type_id())
                .try_for_each(|child| visit(Value::Made(child))),
            (Step::All, Value::Group(group)) => visit(Value::All(*group)),
            (Step::Descend(id), Value::All(group)) => self.descend(*group, id, visit),
            (Step::Position, Value::Segment(segment)) => visit(position(*segment)),
            (Step::Position, Value::Group(group)) => {
                first_segment(*group).map_or(Flow::Continue(()), |first| visit(position(first)))
            }
            (Step::Position, Value::Loose(_)) => self.named(value, "position", visit),
            (step, Value::Several(values)) => {
                values.iter().try_for_each(|value| self.each(value, step, visit))
            }
            (Step::Whole, value) => match self.whole(value) {
                Some(text) => visit(Value::string(text)),
                None => Flow::Continue(()),
            },
            (Step::Itself, value) if !value.is_empty() => visit(*value),
            (Step::Named(name), value) => self.named(value, name, visit),
            (step, Value::Loose(id)) => match loose_name(step) {
                Some(name) => self.named_loose(*id, &name, visit),
                None => Flow::Continue(()),
            },
            _ => Flow::Continue(()),
        }
    }

    fn named_in_group(
        &self,
        group: carewire_hl7v2::tree::Node<'m>,
        name: &str,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        for member in self.members(group, name) {
            self.look()?;
            visit(member)?;
        }
        Flow::Continue(())
    }

    /// Counts a place that a walk looks at. A walk ends when there were more than steps are allowed: the run fails at its next rule.
    pub(super) fn look(&self) -> Flow {
        let looked = self.looked.get() + 1;
        self.looked.set(looked);
        if looked > self.context.limits.steps {
            Flow::Break(())
        } else {
            Flow::Continue(())
        }
    }

    /// The segments of an id, wherever they stand below a group.
    fn descend(
        &self,
        group: carewire_hl7v2::tree::Node<'m>,
        id: &str,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        if group.parent().is_none() {
            return self.visit_located(self.located(group, id, Between::ALL).iter().copied(), visit);
        }
        // Groups of one structure nest a few levels deep.
        let mut open = vec![group.children()];
        while let Some(children) = open.last_mut() {
            self.look()?;
            match children.next() {
                None => drop(open.pop()),
                Some(child) => match child.segment() {
                    Some(segment) if segment.id() == id => visit(Value::Segment(segment))?,
                    Some(_) => {}
                    None => open.push(child.children()),
                },
            }
        }
        Flow::Continue(())
    }

    /// The text of a place with the delimiters that divide it.
    pub(super) fn whole(&self, value: &Value<'m>) -> Option<&'m str> {
        match value {
            Value::Repetition(repeated) if let Some(only) = self.only_piece(repeated) => {
                Some(self.piece_text(only).unwrap_or_default())
            }
            Value::Component(piece) | Value::Subcomponent(piece) if piece.is_undivided() => {
                Some(self.piece_text(piece).unwrap_or_default())
            }
            Value::Repetition(repeated) if repeated.part.component_count() > 1 => Some(self.spell(|out| {
                for (at, component) in repeated.part.components().enumerate() {
                    if at > 0 {
                        out.push('^');
                    }
                    self.push_whole(component, out);
                }
            })),
            Value::Repetition(repeated) => Some(self.whole_component(repeated.part.components().next()?)),
            Value::Component(piece) => Some(self.whole_component(piece.component()?)),
            Value::Subcomponent(_) => Some(self.text_of(value).unwrap_or_default()),
            _ => None,
        }
    }

    fn whole_component(&self, component: Component<'m>) -> &'m str {
        if component.subcomponent_count() > 1 {
            return self.spell(|out| self.push_whole(component, out));
        }
        self.place_text(Place::from(component)).unwrap_or_default()
    }

    fn push_whole(&self, component: Component<'m>, out: &mut String) {
        for (at, part) in component.subcomponents().enumerate() {
            if at > 0 {
                out.push('&');
            }
            if self.is_there(Place::from(part))
                && let Some(text) = self.place_text(Place::from(part))
            {
                out.push_str(text);
            }
        }
    }

    /// A step whose meaning comes with the value.
    pub(super) fn named(
        &self,
        value: &Value<'m>,
        name: &str,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        let number = |letter| crate::compile::numbered(name, letter);
        match value {
            Value::Group(_) if name == "all" => self.each(value, &Step::All, visit),
            Value::Group(_) | Value::Segment(_) if name == "position" => {
                self.each(value, &Step::Position, visit)
            }
            Value::Group(group) => self.named_in_group(*group, name, visit),
            Value::All(group) => self.descend(*group, name, visit),
            _ if name == "whole" && value.place().is_some() => self.each(value, &Step::Whole, visit),
            Value::Segment(segment) => {
                let number = number('f').or_else(|| field_named(segment.id(), name));
                number.map_or(Flow::Continue(()), |number| {
                    self.each(value, &Step::Field(number), visit)
                })
            }
            Value::Repetition(_) => {
                let number = number('c').or_else(|| part_named(value, name));
                number.map_or(Flow::Continue(()), |number| {
                    self.each(value, &Step::Component(number), visit)
                })
            }
            Value::Component(_) => {
                let number = number('s').or_else(|| part_named(value, name));
                number.map_or(Flow::Continue(()), |number| {
                    self.each(value, &Step::Subcomponent(number), visit)
                })
            }
            Value::Fhir(node) => each_named(*node, name, &mut |child| visit(Value::Fhir(child))),
            Value::Made(id) => {
                let type_id = self.builder.type_id(*id);
                match (type_id.element(name), type_id.property(name)) {
                    (Some(element), _) => self.each(value, &Step::Element(element), visit),
                    (None, Some(property)) => self.each(value, &Step::Property(property), visit),
                    (None, None) if name == "value" && type_id.is_primitive() => visit(*value),
                    (None, None) => Flow::Continue(()),
                }
            }
            Value::Loose(id) => self.named_loose(*id, name, visit),
            Value::Computed(..) if name == "value" => visit(*value),
            _ => Flow::Continue(()),
        }
    }

    /// Whether a place holds something. An explicit null holds nothing, and is reported once.
    #[inline]
    pub(super) fn is_there(&self, place: Place<'m>) -> bool {
        match place.raw() {
            [] => false,
            [b'"', b'"'] => {
                self.null(place);
                false
            }
            [first, rest @ ..] => {
                let separators = self.separators_of(place);
                !separators.has(*first) || rest.iter().any(|byte| !separators.has(*byte))
            }
        }
    }

    #[cold]
    pub(super) fn null(&self, place: Place<'m>) {
        if self.quiet.get() {
            return;
        }
        self.find_once(Code::NullValue, place);
        self.mark(self.bit(place));
    }
}

/// The number of a component of a repetition, or of a subcomponent of a component, by its long name.
fn part_named(value: &Value<'_>, name: &str) -> Option<u16> {
    let location = value.place()?.location();
    let number = |number: usize| u16::try_from(number).ok();
    let field = number(location.field())?;
    let id = segment_id(location.segment())?;
    match value {
        Value::Repetition(_) => v2::component_named(id, field, name),
        _ => v2::subcomponent_named(id, field, number(location.component())?, name),
    }
}

fn field_named(segment: &str, name: &str) -> Option<u16> {
    v2::field_named(segment_id(segment)?, name)
}

fn segment_id(id: &str) -> Option<[u8; 3]> {
    id.as_bytes().try_into().ok()
}

/// The name that a step has below an element of a target that is no FHIR R4.
fn loose_name(step: &Step) -> Option<Cow<'_, str>> {
    Some(match step {
        Step::Tree(name) | Step::Named(name) => Cow::Borrowed(name),
        Step::Element(element) => Cow::Borrowed(element.name()),
        Step::Property(property) => Cow::Borrowed(property.key()),
        Step::Field(number) => Cow::Owned(format!("f{number}")),
        Step::Component(number) => Cow::Owned(format!("c{number}")),
        Step::Subcomponent(number) => Cow::Owned(format!("s{number}")),
        Step::All | Step::Descend(_) | Step::Position | Step::Whole | Step::Itself => return None,
    })
}

fn position<'m>(segment: carewire_hl7v2::Segment<'m>) -> Value<'m> {
    Value::integer(segment.position())
}

pub(super) fn first_segment(group: carewire_hl7v2::tree::Node<'_>) -> Option<carewire_hl7v2::Segment<'_>> {
    let mut at = Some(group);
    while let Some(node) = at {
        if let Some(segment) = node.segment() {
            return Some(segment);
        }
        at = node.children().next();
    }
    None
}

/// The children of a FHIR node by the name of an element, or by the JSON key of a choice.
pub(super) fn each_named<'m>(node: Node<'m>, name: &str, visit: &mut dyn FnMut(Node<'m>) -> Flow) -> Flow {
    let Some(type_id) = node.type_id() else {
        return node.children_named(name).try_for_each(visit);
    };
    match (type_id.element(name), type_id.property(name)) {
        (None, Some(property)) => node
            .children_of(property.element())
            .filter(|child| child.type_id() == Some(property.type_id()))
            .try_for_each(visit),
        (None, None) if name == "value" && node.has_value() => visit(node),
        _ => node.children_named(name).try_for_each(visit),
    }
}
