//! JSON merge patches.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::document::Document;
use crate::document::tape::{ITEM, Kind};
use crate::error::{Error, ErrorKind};
use crate::json;
use crate::json::escape::unescape;
use crate::limits::Limits;
use crate::schema::TypeId;

impl Document<'_> {
    /// The document with a JSON merge patch applied: objects are merged, `null` deletes, anything else replaces.
    ///
    /// It works on the JSON as it stands, so an array is replaced whole, and the key with an underscore of a
    /// primitive is a key like others. What the patch does not name keeps its text; new keys come last.
    ///
    /// # Errors
    ///
    /// [`Error`] if the patch is no JSON object, since no resource could come of it, or if a limit is passed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let json = br#"{"resourceType": "Patient", "active": true, "text": {"status": "empty"}, "name": [{"family": "Doe"}]}"#;
    /// let patient = Document::from_json(json)?.document;
    /// let patched = patient.merge_patch(br#"{"active": null, "text": {"div": "<div/>"}, "gender": "other"}"#)?;
    /// assert_eq!(
    ///     patched.to_json(),
    ///     r#"{"resourceType":"Patient","text":{"status":"empty","div":"<div/>"},"name":[{"family":"Doe"}],"gender":"other"}"#,
    /// );
    /// // And the patch that leads back.
    /// let back = patched.merge_patch_to(&patient);
    /// assert_eq!(back, r#"{"text":{"div":null},"gender":null,"active":true}"#);
    /// assert!(patched.merge_patch(back.as_bytes())?.is_equivalent(&patient));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    ///
    /// Spec: [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396).
    pub fn merge_patch(&self, patch: &[u8]) -> Result<Document<'static>, Error> {
        let limits = Limits::default();
        let patch = core::str::from_utf8(patch).map_err(|_| Error::at_start(ErrorKind::NotUtf8))?;
        let patch = json::untyped(Cow::Borrowed(patch), &limits)?;
        let target = json::untyped(Cow::Owned(self.to_json()), &limits)?;
        let mut writer = Writer {
            from: &target,
            to: &patch,
            creates: false,
            out: Vec::with_capacity(target.source.len() + patch.source.len()),
            work: Vec::new(),
        };
        writer.run();
        let root = self.root().type_id().filter(|ty| !ty.is_resource());
        json::document_over(writer.text(), root.unwrap_or(TypeId::RESOURCE), &limits)
    }

    /// The JSON merge patch that makes `other` of this document.
    ///
    /// What is `null` in `other` outside of an array is as if it were not there: a merge patch cannot say it, and FHIR
    /// does not have it. The order of keys is not told.
    ///
    /// Spec: [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396).
    pub fn merge_patch_to(&self, other: &Document<'_>) -> String {
        let limits = Limits::default()
            .max_depth(usize::MAX)
            .max_bytes(usize::MAX)
            .max_nodes(usize::MAX);
        let read = |document: &Document<'_>| json::untyped(Cow::Owned(document.to_json()), &limits);
        let (Ok(from), Ok(to)) = (read(self), read(other)) else {
            // A document's own JSON is an object.
            return String::from("{}");
        };
        let mut writer = Writer {
            from: &from,
            to: &to,
            creates: true,
            out: Vec::new(),
            work: Vec::new(),
        };
        writer.run();
        writer.text()
    }
}

/// What is still to be done.
enum Step<'d> {
    /// Two objects, the first of which may not be there.
    Objects(Option<u32>, u32),
    Byte(u8),
    /// A key with the object under it, which is left out if it stays empty.
    Nested {
        key: Key<'d>,
        from: Option<u32>,
        to: u32,
    },
    /// A key with its values in the one document or the other.
    From(u32, u32),
    To(u32, u32),
    Null(Key<'d>),
    /// The end of an object that began at a place of `out`, with what stands before it.
    End {
        before: usize,
        start: usize,
    },
}

/// The slot that has the key, and in which document.
type Key<'d> = (&'d Document<'d>, u32);

/// Applies or creates a patch. Without recursion: a patch is as deep as its sender likes.
struct Writer<'d> {
    from: &'d Document<'d>,
    to: &'d Document<'d>,
    creates: bool,
    out: Vec<u8>,
    work: Vec<Step<'d>>,
}

/// The keys of an object with their first slots, in their order.
fn members<'d>(document: &'d Document<'d>, object: Option<u32>) -> Vec<(Cow<'d, str>, u32)> {
    let mut found = Vec::new();
    let Some(object) = object else { return found };
    let end = document.tape.slot(object).map_or(0, |slot| slot.extent);
    let mut at = object + 1;
    while at < end {
        let Some(slot) = document.tape.slot(at) else { break };
        if !slot.continues() {
            let key = document.node(at).map_or("", |node| node.unknown_key());
            found.push((unescape(key), at));
        }
        at = slot.next(at);
    }
    found
}

impl<'d> Writer<'d> {
    fn text(self) -> String {
        // Whole texts of the documents, and ASCII.
        String::from_utf8(self.out).unwrap_or_default()
    }

    fn run(&mut self) {
        self.work.push(Step::Objects(Some(0), 0));
        while let Some(step) = self.work.pop() {
            match step {
                Step::Objects(from, to) => self.objects(from, to),
                Step::Byte(byte) => self.out.push(byte),
                Step::Nested { key, from, to } => {
                    let before = self.out.len();
                    self.comma();
                    json::write_key(key.0, key.1, &mut self.out);
                    let start = self.out.len();
                    self.work.push(Step::End { before, start });
                    self.work.push(Step::Objects(from, to));
                }
                Step::End { before, start } => {
                    // A patch says nothing of an object in which nothing changes.
                    if self.creates && self.out.len() == start + 2 {
                        self.out.truncate(before);
                    }
                }
                Step::From(at, end) => self.member(self.from, at, end),
                Step::To(at, end) => self.member(self.to, at, end),
                Step::Null(key) => {
                    self.comma();
                    json::write_key(key.0, key.1, &mut self.out);
                    self.out.extend_from_slice(b"null");
                }
            }
        }
    }

    fn comma(&mut self) {
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
    }

    fn member(&mut self, document: &'d Document<'d>, at: u32, end: u32) {
        self.comma();
        json::write_key(document, at, &mut self.out);
        json::write_values(document, at, end, &mut self.out);
    }

    fn is_object(document: &Document<'_>, at: u32) -> bool {
        let slot = document.tape.slot(at);
        slot.is_some_and(|slot| slot.kind == Kind::Object && !slot.has(ITEM))
    }

    fn is_null(document: &Document<'_>, at: u32) -> bool {
        let slot = document.tape.slot(at);
        slot.is_some_and(|slot| slot.kind == Kind::Null && !slot.has(ITEM))
    }

    fn objects(&mut self, from: Option<u32>, to: u32) {
        let (from_document, to_document) = (self.from, self.to);
        let end_of = |document: &Document<'_>, at: u32| document.tape.slot(at).map_or(0, |slot| slot.extent);
        let from_end = from.map_or(0, |from| end_of(from_document, from));
        let to_end = end_of(to_document, to);
        // Of a key that is there twice the last counts.
        let mut others: BTreeMap<Cow<'d, str>, (u32, bool)> = BTreeMap::new();
        let to_members = members(to_document, Some(to));
        for (key, at) in &to_members {
            others.insert(key.clone(), (*at, false));
        }
        let mut steps = Vec::new();
        for (key, at) in members(from_document, from) {
            let Some((other, used)) = others.get_mut(&key) else {
                // Not named by a patch; or not there any more.
                steps.push(if self.creates {
                    Step::Null((from_document, at))
                } else {
                    Step::From(at, from_end)
                });
                continue;
            };
            if core::mem::replace(used, true) {
                continue;
            }
            let other = *other;
            if Self::is_null(to_document, other) {
                // Applied it deletes; of two documents it is as if it were not there.
                if self.creates && !Self::is_null(from_document, at) {
                    steps.push(Step::Null((from_document, at)));
                }
            } else if Self::is_object(to_document, other) {
                let from = Self::is_object(from_document, at).then_some(at);
                if self.creates && from.is_none() {
                    steps.push(Step::To(other, to_end));
                } else {
                    let key = (to_document, other);
                    steps.push(Step::Nested { key, from, to: other });
                }
            } else if !self.creates || !self.is_same(at, from_end, other, to_end) {
                steps.push(Step::To(other, to_end));
            }
        }
        for (key, at) in to_members {
            if others.get(&key) != Some(&(at, false)) || Self::is_null(to_document, at) {
                continue;
            }
            if !self.creates && Self::is_object(to_document, at) {
                // Its own nulls delete nothing and are left out.
                let key = (to_document, at);
                steps.push(Step::Nested {
                    key,
                    from: None,
                    to: at,
                });
            } else {
                steps.push(Step::To(at, to_end));
            }
        }
        self.out.push(b'{');
        self.work.push(Step::Byte(b'}'));
        self.work.extend(steps.into_iter().rev());
    }

    /// Whether the values under two keys are written alike.
    fn is_same(&self, from: u32, from_end: u32, to: u32, to_end: u32) -> bool {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        json::write_values(self.from, from, from_end, &mut one);
        json::write_values(self.to, to, to_end, &mut other);
        one == other
    }
}
