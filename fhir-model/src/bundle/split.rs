//! One Bundle to several.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use super::{Bundle, Entry, Resolution, url};
use crate::document::{Document, Node};
use crate::error::Error as ReadError;
use crate::json::{self, JsonStyle};
use crate::limits::Limits;
use crate::schema::TypeId;

/// Why a Bundle was not split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SplitError {
    /// Entries that must stay in one transaction are more than fit into one.
    #[error(
        "{count} entries refer to one another by ids that only this transaction knows, and {most} may be in one"
    )]
    TooManyTogether {
        /// How many there are.
        count: usize,
        /// How many may be.
        most: usize,
    },
    /// A part passes a limit.
    #[error("a part cannot be read: {0}")]
    Result(ReadError),
}

impl<'d> Bundle<'d> {
    /// The resource of each entry as a document by itself.
    ///
    /// # Errors
    ///
    /// [`SplitError::Result`] if one passes the default [`Limits`].
    pub fn resources(&self) -> impl Iterator<Item = Result<Document<'static>, SplitError>> {
        let resources = self.entries.iter().filter_map(|entry| entry.resource);
        resources.map(|resource| made(resource.to_json()))
    }

    /// Transactions of at most `most` entries each, which together do what the Bundle does when they are sent in
    /// their order.
    ///
    /// Entries stay together if one refers to the other by what only their transaction knows: a `fullUrl` that is no
    /// RESTful URL, or that of a resource that is created. An entry without a request gets one: `PUT` if its resource
    /// has an id and its `fullUrl` is RESTful, else `POST`. A batch is split into batches, anything else into
    /// transactions. What is about the Bundle as a whole (`id`, `identifier`, `total`, `link`, `signature`) is left out.
    ///
    /// # Errors
    ///
    /// [`SplitError::TooManyTogether`] if entries that must stay together do not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::{Document, bundle::Bundle};
    /// let json = br#"{"resourceType": "Bundle", "type": "transaction", "entry": [
    ///     {"fullUrl": "urn:uuid:0b0d04b5-9a54-4b9d-8a2a-0c7d6bfb5b11", "resource": {"resourceType": "Patient"},
    ///      "request": {"method": "POST", "url": "Patient"}},
    ///     {"resource": {"resourceType": "Group", "id": "g"}, "request": {"method": "PUT", "url": "Group/g"}},
    ///     {"resource": {"resourceType": "Basic", "subject": {"reference": "urn:uuid:0b0d04b5-9a54-4b9d-8a2a-0c7d6bfb5b11"}},
    ///      "request": {"method": "POST", "url": "Basic"}}]}"#;
    /// let document = Document::from_json(json)?.document;
    /// let bundle = Bundle::new(document.root()).ok_or("no Bundle")?;
    /// let parts = bundle.transactions(2)?;
    /// let sizes: Vec<_> = parts.iter().map(|part| part.root().children_named("entry").count()).collect();
    /// assert_eq!(sizes, [2, 1]); // patient and basic, then the group
    /// assert!(bundle.transactions(1).is_err()); // patient and basic must stay together
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transactions(&self, most: usize) -> Result<Vec<Document<'static>>, SplitError> {
        let together = self.together();
        // The groups in the order of their first entries.
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut number_of: Vec<Option<usize>> = alloc::vec![None; self.entries.len()];
        for (entry, &first) in together.iter().enumerate() {
            let known = number_of.get(first).copied().flatten();
            let number = known.unwrap_or(groups.len());
            if known.is_none() {
                groups.push(Vec::new());
                if let Some(number_of) = number_of.get_mut(first) {
                    *number_of = Some(number);
                }
            }
            if let Some(group) = groups.get_mut(number) {
                group.push(entry);
            }
        }
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for group in groups {
            if group.len() > most {
                return Err(SplitError::TooManyTogether {
                    count: group.len(),
                    most,
                });
            }
            match parts.last_mut() {
                Some(last) if last.len() + group.len() <= most => last.extend(group),
                _ => parts.push(group),
            }
        }
        parts
            .into_iter()
            .map(|mut part| {
                part.sort_unstable();
                let entries = part.iter().filter_map(|entry| self.entries.get(*entry));
                made(self.part(entries))
            })
            .collect()
    }

    /// For each entry the first of those it must stay with.
    fn together(&self) -> Vec<usize> {
        let mut first: Vec<usize> = (0..self.entries.len()).collect();
        fn find(first: &mut [usize], mut at: usize) -> usize {
            while let Some(&up) = first.get(at) {
                if up == at {
                    break;
                }
                let above = first.get(up).copied().unwrap_or(up);
                if let Some(one) = first.get_mut(at) {
                    *one = above;
                }
                at = above;
            }
            at
        }
        for (from, entry) in self.entries.iter().enumerate() {
            let Some(resource) = entry.resource else { continue };
            for node in resource.descendants() {
                let reference = match node.type_id() {
                    Some(TypeId::REFERENCE) => node.child("reference").and_then(Node::text),
                    Some(TypeId::URI | TypeId::URL | TypeId::CANONICAL) => node.text(),
                    _ => None,
                };
                let Some(reference) = reference else { continue };
                let Resolution::Resource(target) = self.resolve_from(node, &reference) else {
                    continue;
                };
                let Some(to) = self.entry_of(target.index()) else {
                    continue;
                };
                let to = to as usize;
                if to != from && self.entries.get(to).is_some_and(is_temporary) {
                    let (one, other) = (find(&mut first, from), find(&mut first, to));
                    if let Some(later) = first.get_mut(one.max(other)) {
                        *later = one.min(other);
                    }
                }
            }
        }
        (0..first.len()).map(|at| find(&mut first, at)).collect()
    }

    fn part<'e>(&self, entries: impl Iterator<Item = &'e Entry<'d>>) -> String
    where
        'd: 'e,
    {
        let kind = self.root.child("type").and_then(Node::text);
        let kind = if kind.as_deref() == Some("batch") {
            "batch"
        } else {
            "transaction"
        };
        let mut out = format!("{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\",\"entry\":[");
        let mut comma = "";
        for entry in entries {
            out.push_str(comma);
            comma = ",";
            push_entry(&mut out, entry);
        }
        out.push_str("]}");
        out
    }
}

/// Whether the URL of an entry means nothing outside its transaction.
fn is_temporary(entry: &Entry<'_>) -> bool {
    let request = entry
        .node
        .child("request")
        .and_then(|request| request.child("method"));
    let method = request.and_then(Node::text);
    entry.full_url.as_deref().and_then(url::base).is_none() || method.as_deref() == Some("POST")
}

fn push_entry(out: &mut String, entry: &Entry<'_>) {
    let json = entry.node.to_json();
    let resource = entry.resource.filter(|_| entry.node.child("request").is_none());
    let (Some(resource), Some(open)) = (resource, json.strip_suffix('}')) else {
        return out.push_str(&json);
    };
    let name = resource.type_id().map_or("", TypeId::name);
    let id = resource.child("id").and_then(Node::text);
    let restful = entry.full_url.as_deref().and_then(url::base).is_some();
    let (method, url) = match id.filter(|id| restful && url::is_relative(&format!("{name}/{id}"))) {
        Some(id) => ("PUT", format!("{name}/{id}")),
        None => ("POST", String::from(name)),
    };
    out.push_str(open);
    out.push_str(&format!(
        ",\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"}}}}"
    ));
}

pub(super) fn made(text: String) -> Result<Document<'static>, SplitError> {
    json::document_over(text, TypeId::RESOURCE, &Limits::default()).map_err(SplitError::Result)
}

/// An entry as it stands.
pub(super) fn entry_json(entry: Node<'_>, out: &mut Vec<u8>) {
    json::write(entry.document(), entry.index(), &JsonStyle::compact(), out);
}
