//! Values put at a path.

use super::{Edit, EditError, Spot, Value};
use crate::document::Document;
use crate::path::ElementPath;
use crate::schema::Property;

impl Edit<'_> {
    /// Puts a value at a path, and makes what is not there on the way to it.
    ///
    /// A step without a place is the first value of its element. A place may be one behind the last.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`] and [`Edit::replace`]; [`EditError::OutOfRange`] for a place further behind. What was made
    /// on the way to a refused step is not written, as nothing is in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_fhir_model::edit::{Edit, Value};
    ///
    /// let patient = Document::from_json(br#"{"resourceType": "Patient", "name": [{"family": "Doe"}]}"#)?.document;
    /// let mut edit = Edit::new(&patient);
    /// edit.set("Patient.name[0].family", Value::text("Roe"))?;
    /// edit.set("Patient.contact[0].name.given[0]", Value::text("Ann"))?;
    /// assert_eq!(
    ///     edit.finish()?.to_json(),
    ///     r#"{"resourceType":"Patient","name":[{"family":"Roe"}],"contact":[{"name":{"given":["Ann"]}}]}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set<'v>(&mut self, path: &str, value: impl Into<Value<'v>>) -> Result<Spot, EditError> {
        let path = ElementPath::parse(path)?;
        self.set_at(&path, value)
    }

    /// As [`Edit::set`], for a path that was parsed before.
    ///
    /// # Errors
    ///
    /// As [`Edit::set`].
    pub fn set_at<'v>(&mut self, path: &ElementPath, value: impl Into<Value<'v>>) -> Result<Spot, EditError> {
        let root = self.overlay.document.root();
        if !path.starts_at(root) {
            return Err(EditError::NoSuchElement { owner: path.root });
        }
        let Some((last, steps)) = path.steps.split_last() else {
            return Err(EditError::Root);
        };
        let mut at = Spot::from(root);
        for step in steps {
            let index = step.index.unwrap_or(0);
            at = match self.child(at, &step.name, index)? {
                Some(found) => found,
                None => self.insert(at, &step.name, index, Value::object())?,
            };
        }
        let index = last.index.unwrap_or(0);
        match self.child(at, &last.name, index)? {
            Some(found) => {
                let mut value = value.into();
                // The key says which type of a choice is meant.
                if value.known_type().is_none() {
                    let object = self.object(at)?;
                    let property = self.owner(object).and_then(|ty| ty.property(&last.name));
                    value.ty = property.map(Property::type_id);
                }
                self.replace(found, value)
            }
            None => self.insert(at, &last.name, index, value),
        }
    }
}

impl Document<'_> {
    /// The document with a value put at a path: see [`Edit::set`]; for more than one change use an [`Edit`].
    ///
    /// # Errors
    ///
    /// As [`Edit::set`] and [`Edit::finish`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::{Document, edit::Value};
    /// let patient = Document::from_json(br#"{"resourceType": "Patient", "active": true}"#)?.document;
    /// let changed = patient.set("Patient.active", Value::text("false"))?;
    /// assert_eq!(changed.to_json(), r#"{"resourceType":"Patient","active":false}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set<'v>(
        &'v self,
        path: &str,
        value: impl Into<Value<'v>>,
    ) -> Result<Document<'static>, EditError> {
        let mut edit = Edit::new(self);
        edit.set(path, value)?;
        edit.finish()
    }
}
