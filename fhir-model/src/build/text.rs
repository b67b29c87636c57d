//! The texts of primitives: given, copied or lent, and read.

use super::{BORROWED, Borrowed, BuildError, BuildId, Builder, ESCAPE, LONG, Made, NO_NODE, room};
use crate::json::scan;
use crate::schema::{Property, TypeId};

impl<'t> Builder<'t> {
    /// Adds a primitive with a text: to the end of a list, or as the single value.
    ///
    /// The text is what FHIR calls the value, unescaped. The caller has checked that it fits the type; a number or
    /// boolean that JSON could not write bare is written in quotation marks.
    ///
    /// # Errors
    ///
    /// As [`Builder::add`], and if `variant` is no primitive.
    pub fn set_text(
        &mut self,
        parent: BuildId,
        slot: u8,
        variant: TypeId,
        text: &str,
    ) -> Result<BuildId, BuildError> {
        if !variant.is_primitive() {
            return Err(BuildError::NotPrimitive { ty: variant });
        }
        let id = self.add(parent, slot, variant)?;
        self.replace_text(id, text)?;
        Ok(id)
    }

    /// As [`Builder::set_text`], by the property of an element: its slot and its type are not looked up.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let family = TypeId::HUMAN_NAME.property("family").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let name = builder.resource(TypeId::HUMAN_NAME);
    /// let id = builder.set_property(name, family, "Chalmers")?;
    /// assert_eq!(builder.text(id), Some("Chalmers"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Builder::set_text`].
    #[inline]
    pub fn set_property(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: &str,
    ) -> Result<BuildId, BuildError> {
        if property.form.is_none() {
            return Err(BuildError::NotPrimitive { ty: property.ty });
        }
        self.check_room(text.len())?;
        self.append(parent, property, Some([text, ""]))
    }

    /// As [`Builder::set_property`], of a text in two parts.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let reference = TypeId::REFERENCE.property("reference").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let subject = builder.resource(TypeId::REFERENCE);
    /// let id = builder.set_property_joined(subject, reference, "Patient/", "17")?;
    /// assert_eq!(builder.text(id), Some("Patient/17"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Builder::set_text`].
    #[inline]
    pub fn set_property_joined(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: &str,
        more: &str,
    ) -> Result<BuildId, BuildError> {
        if property.form.is_none() {
            return Err(BuildError::NotPrimitive { ty: property.ty });
        }
        self.check_room(text.len() + more.len())?;
        self.append(parent, property, Some([text, more]))
    }

    /// As [`Builder::set_property`], but a text of 4 KiB or more is not copied: it is written from where it lies.
    ///
    /// Of such a text only what JSON has to escape counts six times, as copied text does; one without, as base64 is, may have 4 GiB.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let report = "TWFu".repeat(1 << 20);
    /// let data = TypeId::ATTACHMENT.property("data").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let attachment = builder.resource(TypeId::ATTACHMENT);
    /// let id = builder.set_property_borrowed(attachment, data, &report)?;
    /// assert!(std::ptr::eq(builder.text(id).ok_or("no text")?, &*report));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Builder::set_text`].
    #[inline(always)]
    pub fn set_property_borrowed(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: &'t str,
    ) -> Result<BuildId, BuildError> {
        // There is room for a short text beside what is looked at.
        if text.len() < LONG
            && property.form.is_some()
            && self.has_room()
            && let Some(id) = self.try_append(parent, property, Some([text, ""]))
        {
            return Ok(id);
        }
        self.set_property_long(parent, property, text)
    }

    /// As [`Builder::set_property_borrowed`], for a long text or to say why a short one is refused.
    #[cold]
    fn set_property_long(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: &'t str,
    ) -> Result<BuildId, BuildError> {
        if text.len() < LONG {
            return self.set_property(parent, property, text);
        }
        let (borrowed, room) = self.room_beside(text)?;
        let id = self.set_property(parent, property, "")?;
        self.lend(id, borrowed, room);
        Ok(id)
    }

    /// A text with what is left of the room beside it and a node more.
    fn room_beside(&self, text: &'t str) -> Result<(Borrowed<'t>, u64), BuildError> {
        let is_plain = scan::is_plain(text.as_bytes());
        let length = text.len() as u64;
        let weight = if is_plain { length.div_ceil(ESCAPE) } else { length };
        let left = self.room.saturating_sub(weight);
        if room(self.nodes.len() + 1, self.texts.len()) < left {
            Ok((Borrowed { text, is_plain }, left))
        } else {
            Err(BuildError::TooLarge)
        }
    }

    /// Makes a text the one of a node.
    fn lend(&mut self, id: BuildId, borrowed: Borrowed<'t>, room: u64) {
        if let Some(made) = self.nodes.get_mut(id.0 as usize) {
            made.text = self.borrowed.len() as u32;
            made.length = BORROWED;
            self.borrowed.push(borrowed);
            self.room = room;
        }
    }

    /// Adds to the text of the primitive that was given its own last.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let reference = TypeId::REFERENCE.property("reference").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let subject = builder.resource(TypeId::REFERENCE);
    /// let id = builder.set_property(subject, reference, "Patient/")?;
    /// builder.append_text(id, "17")?;
    /// assert_eq!(builder.text(id), Some("Patient/17"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BuildError::NotPrimitive`] for any other node, and [`BuildError::TooLarge`] as in [`Builder::replace_text`].
    #[inline]
    pub fn append_text(&mut self, id: BuildId, text: &str) -> Result<(), BuildError> {
        self.check_room(text.len())?;
        let end = self.texts.len();
        let made = self
            .nodes
            .get_mut(id.0 as usize)
            .filter(|made| made.length < BORROWED && made.text as usize + made.length as usize == end);
        let Some(made) = made else {
            return self.append_to_borrowed(id, text);
        };
        made.length += text.len() as u32;
        self.texts.push_str(text);
        Ok(())
    }

    /// As [`Builder::append_text`], to a text that was borrowed: it is copied.
    #[cold]
    fn append_to_borrowed(&mut self, id: BuildId, text: &str) -> Result<(), BuildError> {
        let last = self.nodes.len().wrapping_sub(1) == id.0 as usize;
        match self.made(id.0).and_then(|made| self.borrowed_of(made)) {
            Some(before) if last => {
                self.check_room(before.text.len() + text.len())?;
                self.replace_text(id, before.text)?;
                self.append_text(id, text)
            }
            _ => Err(BuildError::NotPrimitive { ty: self.type_id(id) }),
        }
    }

    /// As [`Builder::replace_text`], but a text of 4 KiB or more is not copied, as in [`Builder::set_property_borrowed`].
    ///
    /// # Errors
    ///
    /// As [`Builder::replace_text`].
    pub fn replace_text_borrowed(&mut self, id: BuildId, text: &'t str) -> Result<(), BuildError> {
        if text.len() < LONG {
            return self.replace_text(id, text);
        }
        let (borrowed, room) = self.room_beside(text)?;
        self.replace_text(id, "")?;
        self.lend(id, borrowed, room);
        Ok(())
    }

    /// Gives a primitive another text.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotPrimitive`], and [`BuildError::TooLarge`] for more than about 700 MB of copied text in all.
    pub fn replace_text(&mut self, id: BuildId, text: &str) -> Result<(), BuildError> {
        self.check_room(text.len())?;
        let start = self.texts.len() as u32;
        let Some(made) = self
            .nodes
            .get_mut(id.0 as usize)
            .filter(|made| made.ty.is_primitive())
        else {
            return Err(BuildError::NotPrimitive { ty: self.type_id(id) });
        };
        made.text = start;
        made.length = text.len() as u32;
        self.texts.push_str(text);
        self.enliven(id.0);
        Ok(())
    }

    /// The text of a primitive.
    pub fn text(&self, id: BuildId) -> Option<&str> {
        let made = self.made(id.0).filter(|made| made.length != NO_NODE)?;
        Some(self.text_of(made))
    }

    /// The text of a node that has one.
    #[inline]
    pub(super) fn text_of(&self, made: &Made) -> &str {
        match self.copied(made) {
            Some(text) => text,
            None => self.borrowed_of(made).map_or("", |borrowed| borrowed.text),
        }
    }

    /// As [`Builder::text_of`]; none for one that is borrowed: no copied text goes so far.
    #[inline]
    pub(super) fn copied(&self, made: &Made) -> Option<&str> {
        let start = made.text as usize;
        self.texts.get(start..start.wrapping_add(made.length as usize))
    }

    /// The length of the text of a node that has one.
    #[inline]
    pub(super) fn length_of(&self, made: &Made) -> usize {
        match made.length {
            BORROWED => self.text_of(made).len(),
            length => length as usize,
        }
    }

    /// The text of a node that has one which is borrowed.
    #[cold]
    pub(super) fn borrowed_of(&self, made: &Made) -> Option<Borrowed<'t>> {
        let number = (made.length == BORROWED).then_some(made.text as usize)?;
        self.borrowed.get(number).copied()
    }

    /// How many bytes of text are borrowed.
    pub(super) fn borrowed_len(&self) -> usize {
        self.borrowed.iter().map(|borrowed| borrowed.text.len()).sum()
    }
}
