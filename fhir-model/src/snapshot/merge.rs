//! What an element of a differential says, laid over what the base says.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::apply::Work;
use super::facts::{Fact, Facts, parse_max};
use super::finding::SnapshotCode;
use super::tree::{Branch, constraint};
use super::{Definitions, text_of, types};
use crate::document::Node;
use crate::schema::Element;

impl<'d: 'p, 'p, D: Definitions + ?Sized> Work<'_, 'd, 'p, D> {
    /// Where the differential names one profile of one type, that profile's root is laid over the base first. Its cardinality
    /// and what it is to its own parent do not count here.
    pub(super) fn template(&mut self, branch: &mut Branch<'p>, node: Node<'p>, at: usize) {
        let mut types = node.children_named("type");
        let (Some(ty), None) = (types.next(), types.next()) else {
            return;
        };
        let Some(profile) = types::profile_of(ty) else {
            return;
        };
        let Some(tree) = self.profile(&profile, at) else {
            return;
        };
        let facts = &tree.root.facts;
        let mut names: BTreeSet<&'static str> = facts.iter().map(|(name, _)| *name).collect();
        for name in [
            "slicing",
            "min",
            "max",
            "base",
            "type",
            "contentReference",
            "isModifier",
            "isSummary",
        ] {
            names.remove(name);
        }
        for name in names {
            let given = facts.all(name).cloned();
            if name == "constraint" {
                union(&mut branch.facts, name, given, |one| text_of(one, "key"));
            } else {
                let given: Vec<Fact<'p>> = given.collect();
                branch.facts.set(name, given);
            }
        }
    }

    /// Lays an element of the differential over a branch. `new_slice`: over one that was made for it.
    pub(super) fn merge(&mut self, branch: &mut Branch<'p>, node: Node<'p>, at: usize, new_slice: bool) {
        let mut said: Vec<(&'static str, Vec<Node<'p>>)> = Vec::new();
        for child in node.children() {
            let Some(name) = child.element().map(Element::name) else {
                continue;
            };
            match said.iter_mut().find(|(known, _)| *known == name) {
                Some((_, nodes)) => nodes.push(child),
                None => said.push((name, Vec::from([child]))),
            }
        }
        let url = self.url.clone();
        let facts = &mut branch.facts;
        let mut notes: Vec<SnapshotCode> = Vec::new();
        for (name, nodes) in said {
            let given = nodes.iter().map(|one| Fact::Given(*one));
            let Some(first) = nodes.first().copied() else {
                continue;
            };
            match name {
                "path" | "id" | "sliceName" | "base" => {}
                "min" => {
                    let number = first.text().and_then(|text| text.parse::<u32>().ok());
                    if !new_slice && number < facts.min() {
                        notes.push(SnapshotCode::CardinalityWidened);
                    } else {
                        facts.set(name, given.take(1));
                    }
                }
                "max" => {
                    let number = first.text().and_then(|text| parse_max(&text));
                    if facts
                        .max()
                        .is_some_and(|old| number.is_none_or(|number| number > old))
                    {
                        notes.push(SnapshotCode::CardinalityWidened);
                    } else {
                        facts.set(name, given.take(1));
                    }
                }
                "type" => notes.extend(narrow_types(facts, &nodes)),
                "binding" => {
                    if is_weaker(facts, first) {
                        notes.push(SnapshotCode::BindingWeakened);
                    }
                    facts.set(name, given.take(1));
                }
                "constraint" => {
                    let given = nodes.iter().map(|one| constraint(*one, &url));
                    union(facts, name, given, |one| text_of(one, "key"));
                }
                "condition" | "alias" => union(facts, name, given, text),
                "mapping" => union(facts, name, given, |one| {
                    text_of(one, "identity") + "|" + &text_of(one, "map")
                }),
                "example" => union(facts, name, given, |one| text_of(one, "label")),
                "extension" => {
                    let urls: BTreeSet<String> = nodes.iter().map(|one| text_of(*one, "url")).collect();
                    let kept = facts
                        .all(name)
                        .filter(|one| one.node().is_some_and(|one| !urls.contains(&text_of(one, "url"))));
                    let kept: Vec<Fact<'p>> = kept.cloned().chain(given).collect();
                    facts.set(name, kept);
                }
                "fixed" | "pattern" => {
                    facts.remove("fixed");
                    facts.remove("pattern");
                    facts.set(name, given.take(1));
                }
                "mustSupport" => {
                    if is_true(facts, name) && first.text().as_deref() != Some("true") {
                        notes.push(SnapshotCode::MustSupportDropped);
                    }
                    facts.set(name, given.take(1));
                }
                // What the base says of that stays: a modifier does not become harmless.
                "isModifier" if is_true(facts, name) => {}
                "definition" | "comment" | "requirements" => {
                    let appended = appended(facts.text(name), first.text());
                    let fact = appended.map_or(Fact::Given(first), Fact::Text);
                    facts.set(name, [fact]);
                }
                _ => facts.set(name, given),
            }
        }
        if let (Some(min), Some(max)) = (facts.min(), facts.max())
            && min > max
        {
            notes.push(SnapshotCode::CardinalityEmpty);
        }
        let mut codes = facts
            .nodes("type")
            .take(types::MOST)
            .map(types::code_of)
            .peekable();
        let has_codes = codes.peek().is_none() || codes.any(|code| types::is_bindable(&code));
        drop(codes);
        if !has_codes && facts.has("binding") {
            facts.remove("binding");
            if node.child("binding").is_some() {
                notes.push(SnapshotCode::BindingWithoutCodes);
            }
        }
        for code in notes {
            self.note(code, at);
        }
    }
}

fn is_true(facts: &Facts<'_>, name: &str) -> bool {
    facts.text(name).as_deref() == Some("true")
}

fn text(node: Node<'_>) -> String {
    node.text().map(Cow::into_owned).unwrap_or_default()
}

/// Adds what is not there yet, told apart by a key.
fn union<'p>(
    facts: &mut Facts<'p>,
    name: &'static str,
    given: impl Iterator<Item = Fact<'p>>,
    key: impl Fn(Node<'p>) -> String,
) {
    let mut known: BTreeSet<String> = facts.nodes(name).map(&key).collect();
    for fact in given {
        if fact.node().is_some_and(|node| known.insert(key(node))) {
            facts.push(name, fact);
        }
    }
}

/// Replaces the types by those of `nodes` that the base allows.
fn narrow_types<'p>(facts: &mut Facts<'p>, nodes: &[Node<'p>]) -> Option<SnapshotCode> {
    let base: BTreeSet<String> = facts
        .nodes("type")
        .take(types::MOST)
        .map(types::code_of)
        .collect();
    let allowed = |ty: &Node<'p>| {
        let code = types::code_of(*ty);
        base.is_empty() || base.contains(&code) || base.iter().any(|base| types::is_within(&code, base))
    };
    let kept: Vec<Fact<'p>> = nodes
        .iter()
        .take(types::MOST)
        .copied()
        .filter(allowed)
        .map(Fact::Given)
        .collect();
    let finding = (kept.len() < nodes.len()).then_some(SnapshotCode::TypeNotInBase);
    if !kept.is_empty() {
        facts.set("type", kept);
    }
    finding
}

/// Whether a binding is weaker than what the base has allows: a required one stays required, an extensible one is made
/// required at most.
fn is_weaker(facts: &Facts<'_>, binding: Node<'_>) -> bool {
    let strength = facts
        .nodes("binding")
        .next()
        .map(|base| text_of(base, "strength"));
    let new = text_of(binding, "strength");
    match strength.as_deref() {
        Some("required") => new != "required",
        Some("extensible") => !matches!(new.as_str(), "required" | "extensible"),
        _ => false,
    }
}

/// The text of the base with what the profile adds, which starts with three full stops.
fn appended(base: Option<Cow<'_, str>>, text: Option<Cow<'_, str>>) -> Option<Arc<str>> {
    let (base, text) = (base?, text?);
    let more = text.strip_prefix("...")?;
    Some(format!("{base}\n{more}").into())
}
