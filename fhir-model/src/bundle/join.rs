//! Several Bundles to one.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use super::split::entry_json;
use crate::document::{Document, Node};
use crate::error::Error as ReadError;
use crate::json;
use crate::limits::Limits;
use crate::schema::TypeId;

/// Why Bundles were not joined. It names numbers, from 0, and no URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JoinError {
    /// A document is no transaction.
    #[error("document {document} is no transaction")]
    NoTransaction {
        /// Which of the documents.
        document: usize,
    },
    /// Two entries have one `fullUrl` and are not the same.
    #[error(
        "entry {entry} of document {document} and entry {other_entry} of document {other_document} have one fullUrl"
    )]
    Clash {
        /// The document of the first.
        other_document: usize,
        /// The first of the two.
        other_entry: usize,
        /// The document of the second.
        document: usize,
        /// The second of the two.
        entry: usize,
    },
    /// The result passes a limit.
    #[error("the result cannot be read: {0}")]
    Result(ReadError),
}

/// One transaction with the entries of several, in their order. What stands in two of them alike is in it once.
///
/// # Errors
///
/// [`JoinError`] if one is no transaction, and if two entries have one `fullUrl` and hold different things: neither may
/// win silently.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, bundle};
/// let read = |json: &'static str| Document::from_json(json.as_bytes()).map(|read| read.document);
/// let one = read(r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:oid:1.2","resource":{"resourceType":"Basic","id":"a"}}]}"#)?;
/// let other = read(r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:oid:1.2","resource":{"resourceType":"Basic","id":"b"}}]}"#)?;
/// assert_eq!(bundle::join([&one, &one])?.to_json(), one.to_json());
/// let clash = bundle::join([&one, &other]).err().map(|error| error.to_string());
/// assert_eq!(clash.as_deref(), Some("entry 0 of document 1 and entry 0 of document 0 have one fullUrl"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn join<'d>(
    documents: impl IntoIterator<Item = &'d Document<'d>>,
) -> Result<Document<'static>, JoinError> {
    let mut out = Vec::from(&br#"{"resourceType":"Bundle","type":"transaction","entry":["#[..]);
    let mut seen: BTreeMap<Cow<'d, str>, (usize, usize, Node<'d>)> = BTreeMap::new();
    let mut count = 0_usize;
    for (document, bundle) in documents.into_iter().enumerate() {
        let root = bundle.root();
        let kind = root.child("type").and_then(Node::text);
        if root.type_id() != Some(TypeId::BUNDLE) || kind.as_deref() != Some("transaction") {
            return Err(JoinError::NoTransaction { document });
        }
        for (entry, node) in root.children_named("entry").enumerate() {
            if let Some(url) = node.child("fullUrl").and_then(Node::text) {
                if let Some(&(other_document, other_entry, other)) = seen.get(&url) {
                    if node.is_equivalent(other) {
                        continue;
                    }
                    return Err(JoinError::Clash {
                        other_document,
                        other_entry,
                        document,
                        entry,
                    });
                }
                seen.insert(url, (document, entry, node));
            }
            if count > 0 {
                out.push(b',');
            }
            count += 1;
            entry_json(node, &mut out);
        }
    }
    // A Bundle without entries has no array of them.
    if count == 0 {
        out.truncate(out.len() - br#","entry":["#.len());
        out.push(b'}');
    } else {
        out.extend_from_slice(b"]}");
    }
    // Whole texts of the sources, and ASCII.
    let text = String::from_utf8(out).unwrap_or_default();
    json::document_over(text, TypeId::RESOURCE, &Limits::default()).map_err(JoinError::Result)
}
