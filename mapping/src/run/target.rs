//! Targets: elements made, found again, filled.

use carewire_fhir_model::build::{BuildError, BuildId};
use carewire_fhir_model::schema::{Property, TypeId, TypeKind};

use super::line::Given;
use super::shared::By;
use super::transform::Made;
use super::value::Value;
use super::write::{fits_by_its_letters, is_moment, own_type};
use super::{Run, Stop};
use crate::finding::Code;
use crate::operation::{Bind, Make, NO_SLOT, Named, OtherTarget, Text};
use crate::program::{
    At, ElementTarget, Expr, KeyOf, Literal, Mode, Slot, Slotted, Target, Transform, variant,
};

/// The text of a value for a primitive.
enum Plain<'m> {
    /// One that fits as it stands.
    Text(&'m str),
    Nothing,
    /// It is to be changed, or to be found in another way.
    Unknown,
}

impl<'m> Run<'m, '_> {
    fn target(&mut self, target: &'m Target, focus: &Value<'m>) -> Result<(), Stop> {
        match target {
            Target::Call(call) => self.call_target(call, focus)?,
            Target::Bind { value, slot } => {
                let value = match self.make(value, focus)? {
                    Made::Nothing => Value::Empty,
                    Made::New(type_id) => Value::Made(self.builder.resource(type_id)),
                    Made::Loose(name) => Value::Loose(self.trees.root(name, name)),
                    Made::Value(value) => value,
                    Made::Several(values) => values.into_iter().next().unwrap_or(Value::Empty),
                    Made::Parts(type_id, parts) => {
                        let id = self.builder.resource(type_id);
                        self.fill_parts(id, &parts);
                        Value::Made(id)
                    }
                    Made::Group(group, type_id, value) => {
                        let id = self.builder.resource(type_id);
                        self.call_group(group, &[value, Value::Made(id)])?;
                        Value::Made(id)
                    }
                };
                self.set(*slot, value);
            }
            Target::Assign { context, value, slot } => {
                let into = self.var(*context);
                if let (Some(value), Value::Loose(id)) = (value, &into) {
                    let id = *id;
                    match self.make(value, focus)? {
                        Made::Value(value) => self.assign_loose(id, &value),
                        Made::Several(values) => values
                            .first()
                            .into_iter()
                            .for_each(|value| self.assign_loose(id, value)),
                        Made::Parts(type_id, parts) => self.fill_loose(id, type_id, &parts),
                        Made::Nothing | Made::New(_) | Made::Loose(_) | Made::Group(..) => {}
                    }
                }
                if let (Some(value), Value::Made(id)) = (value, &into) {
                    let id = *id;
                    match self.make(value, focus)? {
                        Made::Value(value) => self.assign(id, &value),
                        Made::Several(values) => values
                            .first()
                            .into_iter()
                            .for_each(|value| self.assign(id, value)),
                        Made::Parts(_, parts) => self.fill_parts(id, &parts),
                        Made::Nothing | Made::New(_) | Made::Loose(_) | Made::Group(..) => {}
                    }
                }
                self.set(*slot, into);
            }
        }
        Ok(())
    }

    /// Keeps what a line gives in a variable.
    pub(super) fn bind(&mut self, bind: &Bind) -> Result<(), Stop> {
        let value = match self.given_by(bind.line, bind.focus) {
            Given::One(value) => value,
            Given::Nothing => Value::Empty,
            Given::Walk(expr) => match self.values(expr, &self.focus(Some(bind.focus))) {
                Made::Value(value) => value,
                Made::Several(values) => values.into_iter().next().unwrap_or(Value::Empty),
                _ => Value::Empty,
            },
        };
        self.set(bind.slot, value);
        Ok(())
    }

    /// Runs a target that makes no element.
    pub(super) fn other_target(&mut self, other: &'m OtherTarget) -> Result<(), Stop> {
        let focus = self.focus(other.focus);
        self.target(&other.target, &focus)
    }

    /// Makes an element that is none of the plain ones, and gives where the rule goes on: behind it, if `once` found it made already.
    pub(super) fn other_element(&mut self, at: At, number: u32) -> Result<At, Stop> {
        let program = self.program;
        let Some(of) = program.tables.elements.get(number as usize) else {
            return Ok(at + 1);
        };
        let focus = self.focus(of.focus);
        let goes_on = self.element(&of.target, &focus)?;
        Ok(if goes_on { at + 1 } else { of.end })
    }

    /// As [`Run::other_element`], of one that is mostly plain and this time is not.
    #[cold]
    fn element_after_all(&mut self, number: u32) -> Result<(), Stop> {
        let program = self.program;
        if let Some(of) = program.tables.elements.get(number as usize) {
            let focus = self.focus(of.focus);
            self.element(&of.target, &focus)?;
        }
        Ok(())
    }

    fn element(&mut self, target: &'m ElementTarget, focus: &Value<'m>) -> Result<bool, Stop> {
        match self.at(target.context) {
            Some(Value::Made(parent)) if target.path.is_empty() => self.element_of(*parent, target, focus),
            _ => self.element_on_way(target, focus),
        }
    }

    /// As [`Run::element`], where elements are on the way or the target is no FHIR R4.
    fn element_on_way(&mut self, target: &'m ElementTarget, focus: &Value<'m>) -> Result<bool, Stop> {
        let mut at = self.at(target.context).copied().unwrap_or(Value::Empty);
        for step in &target.path {
            at = match at {
                Value::Made(parent) => self.way(parent, step).map_or(Value::Empty, Value::Made),
                Value::Loose(parent) => self.loose_way(parent, step),
                _ => Value::Empty,
            };
        }
        match at {
            Value::Made(parent) => self.element_of(parent, target, focus),
            Value::Loose(parent) => self.loose_element(parent, target, focus),
            _ => {
                self.name(target.slot, None);
                Ok(true)
            }
        }
    }

    fn element_of(
        &mut self,
        parent: BuildId,
        target: &'m ElementTarget,
        focus: &Value<'m>,
    ) -> Result<bool, Stop> {
        // An element that is shared and there is used as it is; its value is not asked for again.
        let shared = match &target.mode {
            Mode::Share(id) => Some((By::Id(*id), false)),
            Mode::Key { key, once } => self
                .key_text(key, focus)
                .filter(|key| !key.is_empty())
                .map(|key| (By::Key(key), *once)),
            _ => None,
        };
        let owner = self.builder.type_id(parent);
        let Some(element) = self.slot_of(owner, &target.element) else {
            self.find(Code::UnknownElement, None);
            self.name(target.slot, None);
            return Ok(true);
        };
        let shared = match shared {
            None => None,
            Some((by, once)) => {
                let place = self.shared.place(parent, element.slot, by);
                if let Some(found) = self.shared.find(place) {
                    // It was made before: by another rule, or of another match.
                    if let Some(slot) = target.slot {
                        self.set(slot, Value::Made(found));
                    }
                    return Ok(!once);
                }
                Some(place)
            }
        };
        let made = match &target.value {
            None => None,
            Some(value) => Some(self.make(value, focus)?),
        };
        let made = self.place_value(parent, target, &element, made)?;
        if let (Some(place), Some(id)) = (shared, made) {
            self.shared.keep(place, id);
        }
        self.name(target.slot, made);
        Ok(true)
    }

    #[inline]
    pub(super) fn key_text(&self, key: &'m KeyOf, focus: &Value<'m>) -> Option<&'m str> {
        let expr = match key {
            KeyOf::Line(line, focus) => match self.given_by(*line, *focus) {
                Given::One(value) => return self.text_of(&value),
                Given::Nothing => return None,
                Given::Walk(expr) => expr,
            },
            KeyOf::Expression(key) => match &**key {
                Expr::Variable(slot) if let Some(Value::Computed(_, text)) = self.at(*slot) => {
                    return Some(text);
                }
                Expr::Literal(Literal::Value(_, text)) => return Some(text),
                key => key,
            },
        };
        self.text_of(&self.one(expr, focus)?)
    }

    /// Keeps the element in the target's variable, if it has one.
    fn name(&mut self, slot: Option<Slot>, made: Option<BuildId>) {
        if let (true, Some(id)) = (self.trace.is_some(), made) {
            self.trace_made(&Value::Made(id));
        }
        if let Some(slot) = slot {
            self.set(slot, made.map_or(Value::Empty, Value::Made));
        }
    }

    /// The element that a plain one stands in.
    #[inline]
    fn made_in(&self, context: Slot) -> Option<BuildId> {
        match self.at(context) {
            Some(Value::Made(parent)) => Some(*parent),
            _ => None,
        }
    }

    /// Keeps a plain element in its variable, if it has one.
    #[inline]
    fn name_plain(&mut self, slot: Slot, made: Option<BuildId>) {
        if let (true, Some(id)) = (self.trace.is_some(), made) {
            self.trace_made(&Value::Made(id));
        }
        if slot != NO_SLOT {
            self.set(slot, made.map_or(Value::Empty, Value::Made));
        }
    }

    /// Makes a complex element without a value.
    #[inline(never)]
    pub(super) fn open(&mut self, make: &Make) -> Result<(), Stop> {
        if let Some(parent) = self.made_in(make.context)
            && let Ok(made) = self.builder.add_property(parent, make.property.property())
        {
            self.name_plain(make.slot, Some(made));
            return Ok(());
        }
        self.element_after_all(make.number)
    }

    /// Makes a primitive with a text that fits.
    #[inline(never)]
    pub(super) fn write_plain(&mut self, make: &Make, text: &'m str) -> Result<(), Stop> {
        let Some(parent) = self.made_in(make.context) else {
            return self.element_after_all(make.number);
        };
        let property = make.property.property();
        let made = match self.builder.set_property_borrowed(parent, property, text) {
            Ok(made) => Some(made),
            Err(_) => self.write_again(parent, property, text),
        };
        self.name_plain(make.slot, made);
        Ok(())
    }

    /// Writes a primitive where there is one already, most likely.
    #[cold]
    fn write_again(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: &'m str,
    ) -> Option<BuildId> {
        let element = ElementOf::of(property);
        self.put_text(parent, &element, property.type_id(), text, &Mode::Append)
    }

    /// Makes a primitive of a value.
    fn write(&mut self, make: &Make, value: &Value<'m>) -> Result<(), Stop> {
        match self.plain_text(make, value) {
            Plain::Text(text) => self.write_plain(make, text),
            Plain::Nothing => {
                self.name_plain(make.slot, None);
                Ok(())
            }
            Plain::Unknown => self.write_fitted(make, value),
        }
    }

    /// The text of a value, where it fits a primitive as it stands.
    #[inline(always)]
    fn plain_text(&self, make: &Make, value: &Value<'m>) -> Plain<'m> {
        let type_id = make.property.property().type_id();
        let text = match value {
            Value::Computed(_, text) => *text,
            // Times are written in another way than HL7's.
            Value::Component(piece) | Value::Subcomponent(piece)
                if !is_moment(type_id) && self.made_in(make.context).is_some() =>
            {
                match self.piece_text(piece) {
                    Some(text) => text,
                    None => return Plain::Nothing,
                }
            }
            _ => return Plain::Unknown,
        };
        if fits_by_its_letters(text, type_id) {
            Plain::Text(text)
        } else {
            Plain::Unknown
        }
    }

    /// As [`Run::write`], where the text is to be changed, or to be found in another way.
    #[inline(never)]
    fn write_fitted(&mut self, make: &Make, value: &Value<'m>) -> Result<(), Stop> {
        if self.made_in(make.context).is_none() || matches!(value, Value::Several(_)) {
            return self.element_after_all(make.number);
        }
        match self.primitive(value, make.property.property().type_id()) {
            Some(text) => self.write_plain(make, text),
            None => {
                self.name_plain(make.slot, None);
                Ok(())
            }
        }
    }

    /// Makes a primitive of what a variable holds.
    #[inline(never)]
    pub(super) fn variable_element(&mut self, make: &Make, slot: Slot) -> Result<(), Stop> {
        // The variable is looked at where it stands: most are written a moment before, and to copy one waits for that.
        match self
            .at(slot)
            .map_or(Plain::Nothing, |value| self.plain_text(make, value))
        {
            Plain::Text(text) => self.write_plain(make, text),
            Plain::Nothing => {
                self.name_plain(make.slot, None);
                Ok(())
            }
            Plain::Unknown => {
                let value = self.var(slot);
                self.write_fitted(make, &value)
            }
        }
    }

    /// Takes the resource in a place for any.
    #[inline]
    pub(super) fn there(&mut self, make: &Make) -> Result<(), Stop> {
        let Some(parent) = self.made_in(make.context) else {
            return self.element_after_all(make.number);
        };
        let there = self.builder.existing(parent, make.property.property().slot());
        self.name_plain(make.slot, there);
        Ok(())
    }

    /// Makes a primitive of what a variable holds, in an element of whatever type.
    #[inline]
    pub(super) fn named_element(&mut self, named: &Named) -> Result<(), Stop> {
        let program = self.program;
        if let Some(parent) = self.made_in(named.context)
            && let Some(name) = program.tables.names.get(named.name as usize)
            && let Some(property) = name.of_type(self.builder.type_id(parent))
            && self.at(named.from).is_some_and(|value| !value.is_empty())
        {
            let make = Make {
                property,
                context: named.context,
                slot: named.slot,
                number: named.number,
            };
            return self.variable_element(&make, named.from);
        }
        self.element_after_all(named.number)
    }

    /// Makes a primitive of an expression.
    pub(super) fn value_element(&mut self, make: &Make) -> Result<(), Stop> {
        if self.made_in(make.context).is_none() {
            return self.element_after_all(make.number);
        }
        match self.plain_value(make)? {
            Some(value) => self.write(make, &value),
            None => self.element_after_all(make.number),
        }
    }

    /// What an expression gives for a primitive; none where it may be several values.
    fn plain_value(&mut self, make: &Make) -> Result<Option<Value<'m>>, Stop> {
        let program = self.program;
        let of = program.tables.elements.get(make.number as usize);
        let Some((value, focus)) = of.and_then(|of| Some((of.target.value.as_ref()?, of.focus))) else {
            return Ok(None);
        };
        Ok(match value {
            Transform::Line(line, focus) => match self.given_by(*line, *focus) {
                Given::Walk(_) => None,
                Given::Nothing => Some(Value::Empty),
                Given::One(value) => Some(value),
            },
            value => match self.make(value, &self.focus(focus))? {
                Made::Value(value) => Some(value),
                _ => Some(Value::Empty),
            },
        })
    }

    /// Makes a primitive of a constant with what a variable holds behind it, without making their text.
    #[inline(never)]
    pub(super) fn prefixed(&mut self, make: &Make, prefix: Text, slot: Slot) -> Result<(), Stop> {
        let property = make.property.property();
        if let (Some(parent), Some(&Value::Computed(_, rest))) = (self.made_in(make.context), self.at(slot))
            && fits_by_its_letters(rest, property.type_id())
            && let Ok(made) =
                (self.builder).set_property_joined(parent, property, self.program.tables.text(prefix), rest)
        {
            self.name_plain(make.slot, Some(made));
            return Ok(());
        }
        self.value_element(make)
    }

    /// Takes the element of a list that was made for a key before, or makes one; gives where the rule goes on.
    #[inline(never)]
    pub(super) fn keyed(&mut self, at: At, make: &Make, key: Slot, once: bool) -> Result<At, Stop> {
        if let (Some(parent), Some(&Value::Computed(_, key))) = (self.made_in(make.context), self.at(key))
            && !key.is_empty()
        {
            let property = make.property.property();
            let place = self.shared.place(parent, property.slot(), By::Key(key));
            if let Some(found) = self.shared.find(place) {
                if make.slot != NO_SLOT {
                    self.set(make.slot, Value::Made(found));
                }
                let of = self.program.tables.elements.get(make.number as usize);
                return Ok(of.filter(|_| once).map_or(at + 1, |of| of.end));
            }
            if let Ok(made) = self.add_known(parent, property) {
                self.shared.keep(place, made);
                self.name_plain(make.slot, Some(made));
                return Ok(at + 1);
            }
        }
        self.other_element(at, make.number)
    }

    /// Makes a resource in a place for any.
    #[inline(never)]
    pub(super) fn resource(&mut self, make: &Make, type_id: TypeId) -> Result<(), Stop> {
        if let Some(parent) = self.made_in(make.context)
            && let Ok(made) = self
                .builder
                .add_resource(parent, make.property.property(), type_id)
        {
            self.name_plain(make.slot, Some(made));
            return Ok(());
        }
        self.element_after_all(make.number)
    }

    /// Puts what a transform made into an element.
    fn place_value(
        &mut self,
        parent: BuildId,
        target: &'m ElementTarget,
        element: &ElementOf,
        made: Option<Made<'m>>,
    ) -> Result<Option<BuildId>, Stop> {
        let mode = &target.mode;
        Ok(match made {
            None => match element
                .property
                .filter(|property| !property.type_id().is_abstract())
            {
                Some(property) => self.new_element(parent, element, property.type_id(), mode),
                // A place for any resource: the one that is there.
                None => self.builder.existing(parent, element.slot),
            },
            Some(Made::Nothing) => None,
            Some(Made::Loose(_)) => {
                self.find(Code::TypeMismatch, None);
                None
            }
            Some(Made::New(type_id)) => self.new_element(parent, element, type_id, mode),
            Some(Made::Parts(type_id, parts)) => {
                let made = self.new_element(parent, element, type_id, mode);
                if let Some(id) = made {
                    self.fill_parts(id, &parts);
                }
                made
            }
            Some(Made::Group(group, type_id, value)) => {
                let made = self.new_element(parent, element, type_id, mode);
                if let Some(id) = made {
                    self.call_group(group, &[value, Value::Made(id)])?;
                }
                made
            }
            Some(Made::Value(value)) => self.put(parent, element, &value, mode),
            Some(Made::Several(values)) => {
                if !element.is_list && values.len() > 1 {
                    self.find(Code::ManyValues, values.first().and_then(Value::path));
                    let first = values.first().cloned().unwrap_or(Value::Empty);
                    self.put(parent, element, &first, mode)
                } else {
                    let mut last = None;
                    for value in &values {
                        last = self.put(parent, element, value, mode);
                    }
                    last
                }
            }
        })
    }

    /// The element on the way to a target: the last one there, else a new one.
    fn way(&mut self, parent: BuildId, step: &Slotted) -> Option<BuildId> {
        let owner = self.builder.type_id(parent);
        let element = self.slot_of(owner, step)?;
        if let Some(last) = self.builder.children_of(parent, element.slot).last() {
            return Some(last);
        }
        let property = element.property?;
        self.builder.add(parent, element.slot, property.type_id()).ok()
    }

    fn slot_of(&self, owner: TypeId, slotted: &Slotted) -> Option<ElementOf> {
        match slotted {
            Slotted::Known(property) => Some(ElementOf::of(property)),
            Slotted::Choice(element) => Some(ElementOf {
                slot: element.slot(),
                is_list: element.is_list(),
                property: None,
            }),
            Slotted::Named(name) => {
                if let Some(element) = owner.element(name) {
                    let property = match element.properties() {
                        [only] => Some(only),
                        _ => None,
                    };
                    return Some(ElementOf {
                        slot: element.slot(),
                        is_list: element.is_list(),
                        property,
                    });
                }
                self.slot_of_key(owner, name)
            }
            Slotted::Loose(slot) => self.slot_of(owner, &Slotted::Named(slot.name.clone())),
        }
    }

    /// The variant of a choice by its JSON key.
    fn slot_of_key(&self, owner: TypeId, key: &str) -> Option<ElementOf> {
        owner.property(key).map(ElementOf::of)
    }

    /// A new element, or the one that is there where only one can be.
    fn new_element(
        &mut self,
        parent: BuildId,
        element: &ElementOf,
        type_id: TypeId,
        mode: &Mode,
    ) -> Option<BuildId> {
        if (!element.is_list || matches!(mode, Mode::Single))
            && let Some(there) = self.builder.existing(parent, element.slot)
        {
            if self.builder.type_id(there) == type_id {
                return Some(there);
            }
            self.find(Code::AlreadySet, None);
            return None;
        }
        let made = match mode {
            Mode::First => self.builder.add_first(parent, element.slot, type_id),
            _ => self.add(parent, element, type_id),
        };
        match made {
            Ok(id) => Some(id),
            Err(_) => {
                self.find(Code::TypeMismatch, None);
                None
            }
        }
    }

    #[inline(never)]
    fn add_known(&mut self, parent: BuildId, property: &'static Property) -> Result<BuildId, BuildError> {
        self.builder.add_property(parent, property)
    }

    /// Adds an element, by its property where that is known.
    #[inline]
    fn add(&mut self, parent: BuildId, element: &ElementOf, type_id: TypeId) -> Result<BuildId, BuildError> {
        match element.property {
            Some(property) if property.type_id() == type_id => self.add_known(parent, property),
            _ => self.builder.add(parent, element.slot, type_id),
        }
    }

    /// Writes a value into an element.
    fn put(
        &mut self,
        parent: BuildId,
        element: &ElementOf,
        value: &Value<'m>,
        mode: &Mode,
    ) -> Option<BuildId> {
        let property = match element.property {
            Some(property) => property,
            None => {
                let owner = self.builder.type_id(parent);
                let found = own_type(value, &self.builder)
                    .and_then(|own| variant(owner.elements().get(usize::from(element.slot))?, own));
                match found {
                    Some(property) => property,
                    None => {
                        self.find(Code::MissingType, value.path());
                        return None;
                    }
                }
            }
        };
        let type_id = property.type_id();
        if property.kind() == TypeKind::Primitive {
            return self.put_primitive(parent, element, type_id, value, mode);
        }
        match value {
            Value::Made(made)
                if self.builder.parent(*made).is_none() && self.builder.type_id(*made).is_a(type_id) =>
            {
                match self.builder.attach(parent, element.slot, *made) {
                    Ok(()) => Some(*made),
                    Err(_) => {
                        self.find(Code::AlreadySet, None);
                        None
                    }
                }
            }
            Value::Made(made) if self.builder.type_id(*made).is_a(type_id) => {
                let own = self.builder.type_id(*made);
                let copy = self.new_element(parent, element, own, mode);
                if let Some(to) = copy {
                    self.copy_made(*made, to);
                }
                copy
            }
            Value::Fhir(node) if node.type_id().is_some_and(|own| own.is_a(type_id)) => {
                if !element.is_list && self.builder.existing(parent, element.slot).is_some() {
                    self.find(Code::AlreadySet, value.path());
                    return None;
                }
                self.trace_node(*node);
                match self.builder.copy(parent, element.slot, *node) {
                    Ok(id) => Some(id),
                    Err(_) => {
                        self.find(Code::TypeMismatch, value.path());
                        None
                    }
                }
            }
            // A text in the place of a Reference is the reference.
            value if type_id == TypeId::REFERENCE => {
                let text = self.text_of(value).filter(|text| !text.is_empty())?;
                let made = self.new_element(parent, element, type_id, mode);
                if let Some(id) = made {
                    self.set_child(id, "reference", text);
                }
                made
            }
            _ => {
                self.find(Code::TypeMismatch, value.path());
                None
            }
        }
    }

    fn put_primitive(
        &mut self,
        parent: BuildId,
        element: &ElementOf,
        type_id: TypeId,
        value: &Value<'m>,
        mode: &Mode,
    ) -> Option<BuildId> {
        let text = self.primitive(value, type_id)?;
        self.put_text(parent, element, type_id, text, mode)
    }

    /// Writes a text that fits into a primitive element.
    fn put_text(
        &mut self,
        parent: BuildId,
        element: &ElementOf,
        type_id: TypeId,
        text: &'m str,
        mode: &Mode,
    ) -> Option<BuildId> {
        if let (Mode::Append, Some(property)) = (mode, element.property)
            && let Ok(id) = self.builder.set_property_borrowed(parent, property, text)
        {
            return Some(id);
        }
        if (!element.is_list || matches!(mode, Mode::Single))
            && let Some(there) = self.builder.existing(parent, element.slot)
        {
            let (same_type, known) = (self.builder.type_id(there) == type_id, self.builder.text(there));
            if same_type && known.is_none() {
                let _ = self.builder.replace_text_borrowed(there, text);
            } else if !same_type || known != Some(text) {
                self.find(Code::AlreadySet, None);
            }
            return Some(there);
        }
        let made = match mode {
            Mode::First => self.builder.add_first(parent, element.slot, type_id),
            _ => self.add(parent, element, type_id),
        };
        let made = made.and_then(|id| self.builder.replace_text_borrowed(id, text).map(|()| id));
        match made {
            Err(BuildError::TooLarge) => self.find(Code::TooLong, None),
            Err(_) => self.find(Code::TypeMismatch, None),
            Ok(_) => {}
        }
        made.ok()
    }

    /// Gives a primitive that was handed to a group its text; a complex element the content of another.
    fn assign(&mut self, id: BuildId, value: &Value<'m>) {
        let type_id = self.builder.type_id(id);
        if type_id.is_primitive() {
            let Some(text) = self.primitive(value, type_id) else {
                return;
            };
            match self.builder.text(id) {
                None => drop(self.builder.replace_text_borrowed(id, text)),
                Some(known) if known == text => {}
                Some(_) => self.find(Code::AlreadySet, value.path()),
            }
            return;
        }
        match value {
            Value::Made(from) if self.builder.type_id(*from) == type_id => self.copy_made(*from, id),
            Value::Fhir(node) if node.type_id() == Some(type_id) => {
                for child in node.children() {
                    if let Some(property) = child.property()
                        && self.builder.copy(id, property.slot(), child).is_err()
                    {
                        self.find(Code::AlreadySet, value.path());
                    }
                }
            }
            _ => self.find(Code::TypeMismatch, value.path()),
        }
    }

    /// Copies what one element of the target holds into another of its type.
    fn copy_made(&mut self, from: BuildId, to: BuildId) {
        let mut work = vec![(from, to)];
        while let Some((from, to)) = work.pop() {
            if let Some(text) = self.builder.text(from).map(str::to_owned) {
                let _ = self.builder.replace_text(to, &text);
            }
            let children: Vec<BuildId> = self.builder.children(from).collect();
            for child in children {
                let Some(property) = self.builder.property(child) else {
                    continue;
                };
                let own = self.builder.type_id(child);
                if let Ok(copy) = self.builder.add(to, property.slot(), own) {
                    work.push((child, copy));
                }
            }
        }
    }

    /// Sets a primitive child by name; the name is one of the type's own.
    pub(super) fn set_child(&mut self, parent: BuildId, name: &str, text: &'m str) {
        let owner = self.builder.type_id(parent);
        let Some(property) = owner.property(name) else {
            return;
        };
        let value = Value::string(text);
        let _ = self.put(parent, &ElementOf::of(property), &value, &Mode::Append);
    }
}

/// A target element, found.
struct ElementOf {
    slot: u8,
    is_list: bool,
    /// Its variant; none for an open choice.
    property: Option<&'static Property>,
}

impl ElementOf {
    fn of(property: &'static Property) -> Self {
        Self {
            slot: property.slot(),
            is_list: property.is_list(),
            property: Some(property),
        }
    }
}
