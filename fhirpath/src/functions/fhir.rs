//! What FHIR adds: extensions, values of primitives, references, terminology and profiles.
//!
//! Why: `extension`, `hasValue`, `getValue` and `resolve` within the tree are answered here; terminology and profiles are
//! asked of the context's host. What no one answers is an error of kind unsupported, with its place.
//!
//! ```text
//! 1.hasValue()                                                        => true
//! {}.hasValue()                                                       => false
//! 'a'.getValue()                                                      => 'a'
//! 1.extension('http://example.org/x')                                 => {}
//! 1.conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')     => false
//! 1.conformsTo('http://example.org/none')                             => error
//! 1.checkModifiers('http://example.org/x')                             => 1
//! 'a'.memberOf('http://example.org/vs')                               => error
//! 'Patient/1'.resolve()                                               => {}
//! 'a'.subsumes('b')                                                   => error
//! 'a'.subsumedBy('b')                                                 => error
//! 'a'.htmlChecks()                                                    => error
//! {}.elementDefinition()                                              => {}
//! 1.elementDefinition()                                               => error
//! {}.slice('http://example.org/sd', 'x')                              => {}
//! 1.slice('http://example.org/sd', 'x')                               => error
//! ```
//!
//! Spec: FHIR R4 4.0.1, FHIRPath, 2.1.9.1.5 Additional functions.

use std::collections::hash_map::Entry;
use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::{Name, Node, TypeReference};
use crate::program::OpId;
use crate::targets::Targets;

static EXTENSION: Name = Name::fixed("extension");
static MODIFIER_EXTENSION: Name = Name::fixed("modifierExtension");
static URL: Name = Name::fixed("url");
static REFERENCE: Name = Name::fixed("reference");
const BASE: &str = "http://hl7.org/fhir/StructureDefinition/";

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn fhir(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        match call.function {
            Function::Extension => self.extension(call, scope, out),
            Function::Resolve => self.eval(call.input, scope, &mut |item| self.resolve(call.op, &item, out)),
            Function::HasValue => {
                let has = self.has_value(call.input, scope)?;
                out(Item::Boolean(has))
            }
            Function::GetValue => match self.single(call.op, call.input, scope)? {
                Some(item) => item
                    .value()
                    .map_or(ControlFlow::Continue(()), |value| out(value.into_owned())),
                None => ControlFlow::Continue(()),
            },
            Function::CheckModifiers => self.check_modifiers(call, scope, out),
            Function::ElementDefinition => self.each(call.input, scope, &mut |item| {
                let answer = self.host().element_definition(&item);
                match self.ask(call.op, answer)? {
                    Some(definition) => out(Item::Node(definition)),
                    None => ControlFlow::Continue(()),
                }
            }),
            Function::Slice => self.slice(call, scope, out),
            _ => self.asked(call, scope, out),
        }
    }

    /// True if an operation gives one item, and that has a value.
    pub(crate) fn has_value(&self, input: OpId, scope: &Scope<'_, 'a, N>) -> Step<bool> {
        let mut count = 0;
        let mut has = false;
        self.each(input, scope, &mut |item| {
            count += 1;
            has = match item {
                Item::Node(node) => node.has_value(),
                _ => true,
            };
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(count == 1 && has)
    }

    fn extension(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let Some(url) = self.string(argument, scope)? else {
            return ControlFlow::Continue(());
        };
        self.eval(call.input, scope, &mut |item| {
            let Item::Node(node) = item else {
                return ControlFlow::Continue(());
            };
            node.each_child(&EXTENSION, |extension| {
                self.step(call.op)?;
                let mut is_it = false;
                extension.each_child(&URL, |own| {
                    is_it |= matches!(own.value(), Some(Item::String(own)) if own == url);
                    ControlFlow::Continue(())
                })?;
                if is_it {
                    out(Item::Node(extension))
                } else {
                    ControlFlow::Continue(())
                }
            })
        })
    }

    /// Pushes the items that are in a slice, which must be known.
    fn slice(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let mut texts = [None, None];
        for (text, argument) in texts.iter_mut().zip(call.arguments) {
            *text = self.string(*argument, scope)?;
        }
        let [Some(structure), Some(name)] = texts else {
            return ControlFlow::Continue(());
        };
        self.each(call.input, scope, &mut |item| {
            let answer = self.host().slice(&item, &structure, &name);
            match self.ask(call.op, answer)? {
                Some(true) => out(item),
                Some(false) => ControlFlow::Continue(()),
                None => self.fail(
                    call.op,
                    "unknown-slice",
                    "the definition or its slice is not known",
                ),
            }
        })
    }

    /// Pushes the input if it has no modifier extension but those that are named; another one is a fault.
    fn check_modifiers(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let mut known = Vec::with_capacity(call.arguments.len());
        for argument in call.arguments {
            known.extend(self.string(*argument, scope)?);
        }
        self.eval(call.input, scope, &mut |item| {
            if let Item::Node(node) = item {
                node.each_child(&MODIFIER_EXTENSION, |modifier| {
                    self.step(call.op)?;
                    let mut is_known = false;
                    modifier.each_child(&URL, |own| {
                        is_known |= known.iter().any(|url| own.is_text(url) == Some(true));
                        ControlFlow::Continue(())
                    })?;
                    if is_known {
                        return ControlFlow::Continue(());
                    }
                    let message = "there is a modifier extension that is not among those named";
                    self.fail(call.op, "unknown-modifier", message)
                })?;
            }
            out(item)
        })
    }

    /// Pushes the place a reference leads to: first in the tree, then where the host says. One that leads nowhere is
    /// left out.
    fn resolve(&self, op: OpId, item: &Item<'a, N>, out: Out<'_, 'a, N>) -> Step {
        let mut reference = item.as_string();
        if let Item::Node(node) = item
            && reference.is_none()
        {
            node.each_child(&REFERENCE, |child| {
                reference = Item::Node(child).as_string();
                ControlFlow::Continue(())
            })?;
        }
        let Some(reference) = reference else {
            return ControlFlow::Continue(());
        };
        let inside = match item.node().or(self.root_node()) {
            Some(node) if reference.starts_with('#') => node.resolve(&reference),
            Some(node) => self.target(op, node, &reference)?,
            None => None,
        };
        match inside.or_else(|| self.host().resolve(&reference)) {
            Some(node) => out(Item::Node(node)),
            None => ControlFlow::Continue(()),
        }
    }

    /// The place in the tree of a node that a reference leads to. What the tree lists is noted once in an evaluation.
    fn target(&self, op: OpId, node: N, reference: &str) -> Step<Option<N>> {
        let mut targets = self.kept().targets.borrow_mut();
        let known = match targets.entry(node.tree()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let found = Targets::of(node);
                for _ in 0..found.len() {
                    self.step(op)?;
                }
                place.insert(found)
            }
        };
        ControlFlow::Continue(if known.is_empty() {
            node.resolve(reference)
        } else {
            known.find(reference)
        })
    }

    /// The functions that the host answers for one item.
    fn asked(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(item) = self.single(call.op, call.input, scope)? else {
            return ControlFlow::Continue(());
        };
        let answer = match (call.function, call.argument(0)) {
            (Function::HtmlChecks, _) => self.host().html_checks(&item),
            (Function::Subsumes | Function::SubsumedBy, Some(argument)) => {
                let Some(other) = self.single(call.op, argument, scope)? else {
                    return ControlFlow::Continue(());
                };
                match call.function {
                    Function::Subsumes => self.host().subsumes(&item, &other),
                    _ => self.host().subsumes(&other, &item),
                }
            }
            (function, Some(argument)) => {
                let Some(url) = self.string(argument, scope)? else {
                    return ControlFlow::Continue(());
                };
                if function == Function::MemberOf {
                    self.host().member_of(&item, &url)
                } else {
                    return self.conforms_to(call, &item, &url, out);
                }
            }
            _ => return ControlFlow::Continue(()),
        };
        match self.ask(call.op, answer)? {
            Some(answer) => out(Item::Boolean(answer)),
            None => ControlFlow::Continue(()),
        }
    }

    /// A base definition of FHIR is answered by the item's type, another profile by the host.
    fn conforms_to(&self, call: Call<'a>, item: &Item<'a, N>, profile: &str, out: Out<'_, 'a, N>) -> Step {
        if let Some(name) = profile.strip_prefix(BASE) {
            let base = TypeReference::new(Some("FHIR"), name);
            if base.fhir().is_some() {
                return out(Item::Boolean(item.is_type(&base)));
            }
        }
        let answer = self.host().conforms_to(item, profile);
        match self.ask(call.op, answer)? {
            Some(answer) => out(Item::Boolean(answer)),
            None => self.fail(call.op, "unknown-profile", "the profile is not known"),
        }
    }
}
