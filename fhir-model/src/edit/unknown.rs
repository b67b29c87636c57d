//! What stands under keys that the schema does not have.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::overlay::{NO, Part};
use super::{Edit, EditError, Spot};
use crate::error::{Error, ErrorKind};
use crate::json;

impl Edit<'_> {
    /// Puts JSON under a key that the schema does not have, in the place of all that stands there.
    ///
    /// The JSON is any one value, an array too, and is written as it is but for white space. A new key comes last in
    /// its object.
    ///
    /// # Errors
    ///
    /// [`EditError::Known`] if the type has an element of that key, [`EditError::Root`] for `resourceType`,
    /// [`EditError::Json`] if the JSON is not one value.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_fhir_model::edit::Edit;
    ///
    /// let patient = Document::from_json(br#"{"resourceType": "Patient", "shoes": [43], "active": true}"#)?.document;
    /// let mut edit = Edit::new(&patient);
    /// edit.set_unknown(patient.root(), "shoes", "[43, 44.0]")?;
    /// edit.set_unknown(patient.root(), "hats", r#"{"size": 58}"#)?;
    /// let error = edit.set_unknown(patient.root(), "active", "1").err().ok_or("it should be refused")?;
    /// assert_eq!(error.to_string(), "Patient.active is an element that the type has");
    /// assert_eq!(
    ///     edit.finish()?.to_json(),
    ///     r#"{"resourceType":"Patient","shoes":[43,44.0],"active":true,"hats":{"size":58}}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_unknown(&mut self, parent: impl Into<Spot>, key: &str, json: &str) -> Result<(), EditError> {
        let object = self.object(parent.into())?;
        self.check_unknown(object, key)?;
        let value = self.value_of(json)?;
        let group = match self.overlay.unknown_group(object, key) {
            Some(group) => group,
            None => self.overlay.add_unknown_group(object, key),
        };
        self.overlay.empty_group(group);
        if let Some(group) = self.overlay.groups.get_mut(group as usize) {
            // The JSON is all that stands there, its brackets too.
            group.is_array = (false, false);
        }
        self.overlay.link(group, NO, value, Part::Nothing);
        let above = self.overlay.objects.get(object as usize).map(|one| one.item);
        self.overlay.change(above.unwrap_or(NO));
        Ok(())
    }

    /// Deletes all that stands under a key that the schema does not have.
    ///
    /// # Errors
    ///
    /// As [`Edit::set_unknown`], and [`EditError::Gone`] if there is no such key.
    pub fn delete_unknown(&mut self, parent: impl Into<Spot>, key: &str) -> Result<(), EditError> {
        let object = self.object(parent.into())?;
        self.check_unknown(object, key)?;
        let group = self.overlay.unknown_group(object, key);
        let group = group.filter(|group| {
            self.overlay
                .groups
                .get(*group as usize)
                .is_some_and(|one| one.count > 0)
        });
        self.overlay.empty_group(group.ok_or(EditError::Gone)?);
        Ok(())
    }

    fn check_unknown(&self, object: u32, key: &str) -> Result<(), EditError> {
        let Some(owner) = self.owner(object) else {
            return Ok(());
        };
        let plain = key.strip_prefix('_');
        let companion = plain
            .and_then(|key| owner.property(key))
            .filter(|one| one.type_id().is_primitive());
        match owner.property(key).or(companion) {
            Some(property) => Err(EditError::Known {
                element: property.element().id(),
            }),
            // The type of a resource is no key that an edit may change.
            None if owner.is_resource() && key == "resourceType" => Err(EditError::Root),
            None => Ok(()),
        }
    }

    /// One JSON value, whatever it is.
    fn value_of(&mut self, json: &str) -> Result<Part, EditError> {
        let text = format!("{{\"x\":{json}}}");
        let document = json::untyped(text.into(), &self.limits).map_err(EditError::Json)?;
        let tape = &document.tape;
        let end = tape.slots.len() as u32;
        let mut at = 1;
        while let Some(slot) = tape.slot(at) {
            if at > 1 && !slot.continues() {
                // Something of the JSON was a key.
                let error = Error::at_start(ErrorKind::TrailingText);
                return Err(EditError::Json(error));
            }
            at = slot.next(at);
        }
        let mut out = Vec::new();
        json::write_values(&document, 1, end, &mut out);
        let out = String::from_utf8(out).unwrap_or_default();
        Ok(self.keep(&out))
    }
}
