//! From a list of changes to the edit that does them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Change, ChangeKind, Diff, Side};
use crate::document::Document;
use crate::edit::{Edit, EditError, Spot, Value};
use crate::json;
use crate::json::escape::unescape;

impl<'o> Diff<'o, '_> {
    /// The new document, made of the old one: what no change names keeps its text, keys that come are the last ones.
    ///
    /// It has no difference to the new document, and is [equivalent](Document::is_equivalent) to it if that was read
    /// without a finding.
    ///
    /// # Errors
    ///
    /// [`EditError::Result`] if it passes the default limits; see [`Diff::edit`].
    pub fn apply(&self) -> Result<Document<'static>, EditError> {
        self.edit()?.finish()
    }

    /// The edit of the old document with all changes done, to add others or to finish it with other limits.
    ///
    /// # Errors
    ///
    /// [`EditError`] if a change is refused, which none is that comparing has found.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_fhir_model::edit::Value;
    ///
    /// let old = Document::from_json(br#"{"resourceType": "Basic", "id": "b1", "language": "de"}"#)?.document;
    /// let new = Document::from_json(br#"{"resourceType": "Basic", "id": "b2"}"#)?.document;
    /// let diff = old.diff(&new)?;
    /// let mut edit = diff.edit()?;
    /// edit.set("Basic.created", Value::text("2024-05-01"))?;
    /// assert_eq!(edit.finish()?.to_json(), r#"{"resourceType":"Basic","id":"b2","created":"2024-05-01"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn edit(&self) -> Result<Edit<'o>, EditError> {
        let mut edit = Edit::new(self.old);
        // What was put there, by its node in the new document.
        let mut spots: BTreeMap<u32, Spot> = BTreeMap::new();
        for change in &self.changes {
            if change.is_unknown {
                unknown(&mut edit, change)?;
                continue;
            }
            match (change.kind, &change.old, &change.new) {
                (ChangeKind::Delete, Some(old), _) => edit.delete(old.node)?,
                (ChangeKind::Replace, Some(old), Some(new)) => {
                    let spot = edit.replace(old.node, Value::node(new.node))?;
                    spots.insert(new.node.index(), spot);
                }
                (ChangeKind::Move, Some(old), Some(new)) => match self.anchor(new, &spots) {
                    Some(before) => edit.move_after(old.node, before)?,
                    None => edit.move_to(old.node, 0)?,
                },
                (ChangeKind::Add, _, Some(new)) => {
                    let value = Value::node(new.node);
                    let spot = match self.anchor(new, &spots) {
                        Some(before) => edit.insert_after(before, value)?,
                        None => edit.insert(change.parents.0, new.node.key(), 0, value)?,
                    };
                    spots.insert(new.node.index(), spot);
                }
                _ => return Err(EditError::Gone),
            }
        }
        Ok(edit)
    }

    /// What stands before a node of the new document, where it is now.
    fn anchor(&self, new: &Side<'_>, spots: &BTreeMap<u32, Spot>) -> Option<Spot> {
        let before = new.before?.index();
        let old = || self.pairs.get(&before).and_then(|old| self.old.node(*old));
        spots.get(&before).copied().or_else(|| old().map(Spot::from))
    }
}

/// Puts or deletes what stands under an unknown key.
fn unknown(edit: &mut Edit<'_>, change: &Change<'_, '_>) -> Result<(), EditError> {
    let (parent, other) = change.parents;
    match (&change.new, &change.old) {
        (Some(new), _) => {
            let mut json = Vec::new();
            let end = other.slot().next(other.index());
            json::write_values(new.node.document(), new.node.index(), end, &mut json);
            // Whole texts of the source and ASCII.
            let json = String::from_utf8(json).unwrap_or_default();
            edit.set_unknown(parent, &unescape(new.node.unknown_key()), &json)
        }
        (None, Some(old)) => edit.delete_unknown(parent, &unescape(old.node.unknown_key())),
        (None, None) => Ok(()),
    }
}
