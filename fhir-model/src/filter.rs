//! Parts of resources: FHIR's `_summary` and `_elements`.

use alloc::vec::Vec;

use crate::document::{Document, Node, ValueKind};
use crate::edit::{Edit, EditError, Value};
use crate::schema::{Element, Schema, TypeId};

/// What FHIR's `_summary` leaves of a resource.
///
/// Spec: <https://hl7.org/fhir/R4/search.html#summary>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Summary {
    /// `true`: the elements that the definitions mark as part of a summary, on every level, and those that a resource
    /// cannot do without or that change its meaning.
    True,
    /// `text`: the narrative, `id`, `meta` and the mandatory elements of the resource.
    Text,
    /// `data`: all but the narrative.
    Data,
    /// `count`: of a Bundle its type and the number of matches, which is counted if it is not there. Of any other
    /// resource as `Text` without the narrative.
    Count,
}

const SUBSETTED: &str =
    r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;

impl Document<'_> {
    /// The parts of the resource that FHIR's `_summary` asks for, marked with the tag `SUBSETTED`.
    ///
    /// Of a Bundle the resources of its entries are cut, the Bundle itself is left as it is.
    ///
    /// # Errors
    ///
    /// [`EditError::Result`] if the result passes a limit, which only a document with unusual [`Limits`](crate::Limits)
    /// does.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::{Document, Summary};
    ///
    /// let json = br#"{"resourceType": "Patient", "id": "p", "text": {"status": "empty"}, "active": true,
    ///     "photo": [{"title": "a"}], "name": [{"family": "Doe", "_family": {"extension": [{"url": "u"}]}}]}"#;
    /// let patient = Document::from_json(json)?.document;
    /// assert_eq!(
    ///     patient.summary(Summary::True)?.to_json(),
    ///     concat!(
    ///         r#"{"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Doe"}],"meta":{"tag":["#,
    ///         r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}}"#,
    ///     ),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: <https://hl7.org/fhir/R4/search.html#summary>
    pub fn summary(&self, summary: Summary) -> Result<Document<'static>, EditError> {
        let root = self.root();
        if summary == Summary::Count && root.type_id() == Some(TypeId::BUNDLE) {
            return count(root);
        }
        let mut edit = Edit::new(self);
        for resource in cut_resources(root) {
            match summary {
                Summary::True => keep_summary(&mut edit, resource)?,
                Summary::Data => drop_children(&mut edit, resource, |child| !is(child, "text"))?,
                Summary::Text | Summary::Count => drop_children(&mut edit, resource, |child| {
                    (summary == Summary::Text && is(child, "text")) || is_kept_always(child)
                })?,
            }
            mark(&mut edit, resource)?;
        }
        edit.finish()
    }

    /// The named elements of the resource, those that it cannot do without or that change its meaning, `id` and
    /// `meta`, marked with the tag `SUBSETTED`: FHIR's `_elements`.
    ///
    /// A name may have its type before it, `Patient.name`, and then holds for resources of that type alone. Of a
    /// Bundle the resources of its entries are cut.
    ///
    /// # Errors
    ///
    /// As [`Document::summary`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let json = br#"{"resourceType": "Observation", "status": "final", "issued": "2024-02-01T10:00:00Z", "code": {"text": "t"},
    ///     "valueString": "v"}"#;
    /// let cut = Document::from_json(json)?.document.elements(&["value", "Patient.name"])?;
    /// assert!(cut.to_json().starts_with(r#"{"resourceType":"Observation","status":"final","code":{"text":"t"},"valueString":"v""#));
    /// assert_eq!(cut.get("issued")?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: <https://hl7.org/fhir/R4/search.html#elements>
    pub fn elements(&self, names: &[&str]) -> Result<Document<'static>, EditError> {
        let named: Vec<(Option<TypeId>, &str)> = names
            .iter()
            .map(|name| match name.split_once('.') {
                Some((ty, rest)) if Schema::r4().type_named(ty).is_some() => {
                    (Schema::r4().type_named(ty), rest)
                }
                _ => (None, *name),
            })
            .collect();
        let mut edit = Edit::new(self);
        for resource in cut_resources(self.root()) {
            let ty = resource.type_id();
            let asked = |child: &Node<'_>| {
                named.iter().any(|(of, name)| {
                    of.is_none_or(|of| ty.is_some_and(|ty| ty.is_a(of)))
                        && (child.name() == name.strip_suffix("[x]").unwrap_or(name) || child.key() == *name)
                })
            };
            drop_children(&mut edit, resource, |child| asked(child) || is_kept_always(child))?;
            mark(&mut edit, resource)?;
        }
        edit.finish()
    }
}

/// The resources that are cut: those of a Bundle's entries, or the one there is.
fn cut_resources(root: Node<'_>) -> Vec<Node<'_>> {
    if root.type_id() == Some(TypeId::BUNDLE) {
        let entries = root.children_named("entry");
        let resources = entries.filter_map(|entry| entry.child("resource"));
        // What stands in an array inside an array is none.
        return resources
            .filter(|one| one.value_kind() == ValueKind::Object)
            .collect();
    }
    alloc::vec![root]
}

fn is(node: &Node<'_>, name: &str) -> bool {
    node.is_known() && node.name() == name
}

/// Whether an element of a resource is left whatever is asked for.
fn is_kept_always(child: &Node<'_>) -> bool {
    is(child, "id") || is(child, "meta") || child.element().is_some_and(is_needed)
}

fn is_needed(element: &Element) -> bool {
    element.min() > 0 || element.is_modifier()
}

fn drop_children<'d>(
    edit: &mut Edit<'d>,
    resource: Node<'d>,
    keeps: impl Fn(&Node<'d>) -> bool,
) -> Result<(), EditError> {
    for child in resource.children().filter(|child| !keeps(child)) {
        edit.delete(child)?;
    }
    Ok(())
}

fn keep_summary<'d>(edit: &mut Edit<'d>, resource: Node<'d>) -> Result<(), EditError> {
    let mut work = alloc::vec![resource];
    while let Some(node) = work.pop() {
        for child in node.children() {
            let keeps = child
                .element()
                .is_some_and(|element| element.is_summary() || is_needed(element));
            // An array inside an array is no element, and cannot be kept in parts.
            if keeps && child.value_kind() != ValueKind::Array {
                // A modifier extension means nothing in parts.
                if child.type_id() != Some(TypeId::EXTENSION) {
                    work.push(child);
                }
            } else {
                edit.delete(child)?;
            }
        }
    }
    Ok(())
}

/// Says that the resource is not whole.
fn mark<'d>(edit: &mut Edit<'d>, resource: Node<'d>) -> Result<(), EditError> {
    if resource.type_id().is_none() {
        return Ok(());
    }
    let there = resource.child("meta").is_some_and(|meta| {
        meta.children_named("tag").any(|tag| {
            let code = tag.child("code").and_then(|code| code.text());
            code.as_deref() == Some("SUBSETTED")
        })
    });
    if there {
        return Ok(());
    }
    // What is no object holds no tag.
    let is_odd = |child: &Node<'_>| child.value_kind() != ValueKind::Object;
    for odd in resource.children_named("meta").filter(is_odd) {
        match edit.delete(odd) {
            Ok(()) | Err(EditError::Gone) => {}
            Err(other) => return Err(other),
        }
    }
    let meta = match edit.child(resource, "meta", 0)? {
        Some(meta) => meta,
        None => edit.add(resource, "meta", Value::object())?,
    };
    edit.add(meta, "tag", Value::json(SUBSETTED))?;
    Ok(())
}

/// A Bundle without its entries.
fn count(bundle: Node<'_>) -> Result<Document<'static>, EditError> {
    let mut edit = Edit::new(bundle.document());
    let mut matches = 0_usize;
    for entry in bundle.children_named("entry") {
        let mode = entry.child("search").and_then(|search| search.child("mode"));
        let mode = mode.and_then(|mode| mode.text());
        matches += usize::from(mode.is_none_or(|mode| mode == "match"));
        edit.delete(entry)?;
    }
    if bundle.child("total").is_none() {
        edit.add(bundle, "total", Value::text(alloc::format!("{matches}")))?;
    }
    edit.finish()
}
