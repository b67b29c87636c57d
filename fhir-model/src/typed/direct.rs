//! From JSON to typed values with no document between, where there is nothing to report.
//!
//! Most resources are as FHIR says. For one that is, the document would be made only to be read once: here each value goes
//! into its field as it comes. Whatever would be a finding or an error ends this, and reading starts again over the
//! document, which alone knows what to report and what to keep. The value is the same either way.

use alloc::vec;

use super::Extra;
use super::fields::{Fields, Slot};
use super::leaf::{JsonLeaf, Raw};
use super::read::{DEPTH, Rare, put};
use crate::document::tape::Kind;
use crate::json::guess::{Guesses, with_guesses};
use crate::json::key::property_at;
use crate::json::{escape, scan};
use crate::limits::Limits;
use crate::schema::key::find_text;
use crate::schema::{JsonForm, Property, PropertyId, Schema, TypeId, TypeKind};

/// A larger input gains less, and more often has something to report: then it would be read twice.
const LARGEST: usize = 1 << 16;

/// An input whose type is known.
pub(super) struct Start<'a> {
    text: &'a str,
    pub(super) ty: TypeId,
    /// Behind `resourceType`, or behind the brace of what is no resource.
    at: usize,
    depth: usize,
}

/// Looks for the type of the root, which is `wanted` or, of an abstract one, any resource. `None`: read a document.
pub(super) fn start<'a>(input: &'a [u8], wanted: TypeId, limits: &Limits) -> Option<Start<'a>> {
    // A value takes two bytes at least, so that there are not too many.
    if input.len() > LARGEST.min(limits.bytes) || input.len() / 2 >= limits.nodes {
        return None;
    }
    let text = core::str::from_utf8(input).ok()?;
    let at = space(input, 0);
    if input.get(at) != Some(&b'{') {
        return None;
    }
    let (ty, at) = if wanted.is_resource() {
        resource_type(text, at + 1)?
    } else {
        (wanted, at + 1)
    };
    (ty == wanted || wanted == TypeId::RESOURCE).then_some(Start {
        text,
        ty,
        at,
        depth: limits.depth.min(DEPTH),
    })
}

impl Start<'_> {
    /// Fills `to`, which is blank and of the type. False if that ended before the input did: read a document.
    pub(super) fn fill(&self, to: &mut dyn Fields) -> bool {
        with_guesses(|follows| {
            let mut reader = Reader {
                text: self.text,
                bytes: self.text.as_bytes(),
                follows,
                depth: self.depth,
            };
            let end = reader.object(self.at, self.ty, 0, to, 0);
            end.is_some_and(|end| space(reader.bytes, end) == reader.bytes.len())
        })
    }
}

struct Reader<'a, 'n> {
    text: &'a str,
    bytes: &'a [u8],
    follows: &'n mut Guesses,
    /// How many objects may be inside one another.
    depth: usize,
}

impl Reader<'_, '_> {
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Fills `to` from the object whose brace, or `resourceType`, ends at `at`; `opener` is the property that holds it. The
    /// end of the object.
    fn object(
        &mut self,
        mut at: usize,
        owner: TypeId,
        opener: u16,
        to: &mut dyn Fields,
        depth: usize,
    ) -> Option<usize> {
        if depth >= self.depth {
            return None;
        }
        let row = owner.row();
        // What the reader of documents guesses the first key from.
        let mut last = opener ^ 0x155;
        if row.kind == TypeKind::Resource {
            last = row.first_property;
            match self.next(at)? {
                (b',', behind) => at = behind,
                (b'}', behind) => return Some(behind),
                _ => return None,
            }
        }
        let mut seen = [0_u64; 4];
        loop {
            at = space(self.bytes, at);
            if self.byte(at) != b'"' {
                return None;
            }
            let start = at + 1;
            at = match property_at(self.bytes, self.follows, owner, last, start) {
                Some((id, property)) => {
                    if is_again(&mut seen, id.wrapping_sub(row.first_property)) {
                        return None;
                    }
                    last = id;
                    let end = start + usize::from(property.length) + 1;
                    let slot = to.slot(property.slot())?;
                    match self.plain(end, property) {
                        Some((leaf, behind)) => {
                            slot.leaf(property.variant, Raw::Json(leaf), 1).ok()?;
                            behind
                        }
                        None if property.is_list => self.list(self.colon(end)?, id, property, slot, depth)?,
                        None => self.value(self.colon(end)?, id, property, slot, 1, depth)?,
                    }
                }
                None => self.companion(start, owner, to, depth)?,
            };
            match self.next(at)? {
                (b',', behind) => at = behind,
                (b'}', behind) => return Some(behind),
                _ => return None,
            }
        }
    }

    /// A plain string that stands in no list, right behind the key that ends at `end`: most of what there is.
    #[inline(always)]
    fn plain(&self, end: usize, property: &Property) -> Option<(JsonLeaf<'_>, usize)> {
        let is_single = property.form == Some(JsonForm::String) && !property.is_list;
        if !is_single || self.bytes.get(end..end + 2) != Some(b":\"") {
            return None;
        }
        let start = end + 2;
        let end = scan::string_end(self.bytes, start);
        let leaf = JsonLeaf {
            source: self.text,
            start: start as u32,
            length: (end - start) as u32,
            kind: Kind::String,
            escaped: false,
        };
        (self.byte(end) == b'"').then_some((leaf, end + 1))
    }

    /// The byte that comes next, and the place behind it.
    #[inline]
    fn next(&self, at: usize) -> Option<(u8, usize)> {
        let at = space(self.bytes, at);
        Some((*self.bytes.get(at)?, at + 1))
    }

    /// The place of the value whose key ends at `at`.
    #[inline]
    fn colon(&self, at: usize) -> Option<usize> {
        match self.next(at)? {
            (b':', behind) => Some(space(self.bytes, behind)),
            _ => None,
        }
    }

    /// The items of an array, which has one at least.
    fn list(
        &mut self,
        at: usize,
        id: u16,
        property: &'static Property,
        slot: &mut dyn Slot,
        depth: usize,
    ) -> Option<usize> {
        if self.byte(at) != b'[' {
            return None;
        }
        let mut at = at + 1;
        let mut count = 0;
        loop {
            at = space(self.bytes, at);
            count += 1;
            at = self.value(at, id, property, slot, count, depth)?;
            match self.next(at)? {
                (b',', behind) => at = behind,
                (b']', behind) => {
                    at = behind;
                    break;
                }
                _ => return None,
            }
        }
        // Two were made room for.
        if count > 2 {
            slot.fit();
        }
        Some(at)
    }

    /// One value, of as many so far as `count`.
    #[inline]
    fn value(
        &mut self,
        at: usize,
        id: u16,
        property: &'static Property,
        slot: &mut dyn Slot,
        count: usize,
        depth: usize,
    ) -> Option<usize> {
        if let Some(form) = property.form {
            let (leaf, end) = self.leaf(at, form)?;
            slot.leaf(property.variant, Raw::Json(leaf), count).ok()?;
            return Some(end);
        }
        if self.byte(at) != b'{' {
            return None;
        }
        let (ty, at) = if property.kind == TypeKind::Resource {
            resource_type(self.text, at + 1)?
        } else {
            (property.ty, at + 1)
        };
        let node = slot.node(property.variant, ty, count).ok()?;
        self.object(at, ty, id, node, depth + 1)
    }

    #[inline]
    fn leaf(&self, at: usize, form: JsonForm) -> Option<(JsonLeaf<'_>, usize)> {
        let mut escaped = false;
        let (kind, start, end, behind) = match form {
            JsonForm::String if self.byte(at) == b'"' => {
                let start = at + 1;
                let mut end = scan::string_end(self.bytes, start);
                if self.byte(end) != b'"' {
                    escaped = true;
                    end = self.escaped_end(end)?;
                }
                (Kind::String, start, end, end + 1)
            }
            JsonForm::Number => {
                let end = at + scan::number(self.bytes.get(at..)?)?;
                (Kind::Number, at, end, end)
            }
            JsonForm::Boolean if self.bytes.get(at..)?.starts_with(b"true") => {
                (Kind::True, at, at + 4, at + 4)
            }
            JsonForm::Boolean if self.bytes.get(at..)?.starts_with(b"false") => {
                (Kind::False, at, at + 5, at + 5)
            }
            _ => return None,
        };
        let leaf = JsonLeaf {
            source: self.text,
            start: start as u32,
            length: (end - start) as u32,
            kind,
            escaped,
        };
        Some((leaf, behind))
    }

    /// The end of a string that has a mark at `at`: escapes, none of them malformed.
    #[cold]
    fn escaped_end(&self, mut at: usize) -> Option<usize> {
        loop {
            match self.bytes.get(at)? {
                b'"' => return Some(at),
                b'\\' => at += self.text.get(at..).and_then(escape::length)?,
                _ => return None,
            }
            at = scan::string_end(self.bytes, at);
        }
    }

    /// Id and extensions of a primitive that is no list, under its key with an underscore, if there is no other such in the
    /// object. The place behind them.
    #[cold]
    fn companion(&mut self, start: usize, owner: TypeId, to: &mut dyn Fields, depth: usize) -> Option<usize> {
        let end = scan::string_end(self.bytes, start);
        let key = self.bytes.get(start..end)?.strip_prefix(b"_")?;
        let PropertyId(field) = find_text(owner, key)?;
        let property = PropertyId(field).property();
        let is_known = property.kind == TypeKind::Primitive && !property.is_list;
        if !is_known || self.byte(end) != b'"' || !to.extra().primitives().is_empty() {
            return None;
        }
        let at = self.colon(end + 1)?;
        if self.byte(at) != b'{' {
            return None;
        }
        let mut extra = Extra::default();
        let end = self.object(at + 1, property.ty, field, &mut extra, depth + 1)?;
        let rare = Rare {
            field,
            index: 0,
            is_hole: false,
            extra,
        };
        put(vec![rare], to.extra_mut());
        Some(end)
    }
}

/// Whether the property at a place among those of its type was there before; it is noted.
#[inline(always)]
fn is_again(seen: &mut [u64; 4], place: u16) -> bool {
    let word = &mut seen[usize::from(place >> 6) & 3];
    let bit = 1 << (place & 63);
    let is_again = *word & bit != 0;
    *word |= bit;
    is_again
}

/// The type that `resourceType` names, if it is the first key behind the brace that ends at `at`, and the place behind it.
fn resource_type(text: &str, at: usize) -> Option<(TypeId, usize)> {
    const KEY: &[u8] = b"\"resourceType\"";
    let bytes = text.as_bytes();
    let at = space(bytes, at);
    if !bytes.get(at..)?.starts_with(KEY) {
        return None;
    }
    let at = space(bytes, at + KEY.len());
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    let at = space(bytes, at + 1);
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = scan::string_end(bytes, at + 1);
    if bytes.get(end) != Some(&b'"') {
        return None;
    }
    let ty = Schema::r4().type_named(text.get(at + 1..end)?)?;
    (ty.is_resource() && !ty.is_abstract()).then_some((ty, end + 1))
}

#[inline]
fn space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(byte) if *byte > b' ' => at,
        _ => scan::skip_space(bytes, at),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::r4::{HumanName, Patient, Resource};
    use crate::typed::{FhirType, from_document, from_json, to_json};
    use crate::{Document, Limits};

    fn is_read<T: FhirType>(text: &str, limits: &Limits) -> bool {
        let Some(start) = start(text.as_bytes(), T::TYPE, limits) else {
            return false;
        };
        let mut value = T::blank(start.ty).expect("a type");
        start.fill(value.fields_mut().expect("fields"))
    }

    /// Whatever the way, the value and the findings are those of the document.
    fn is_read_alike(text: &str) -> bool {
        let read = Document::from_json(text.as_bytes());
        let typed = from_json::<Resource>(text.as_bytes());
        match (read, typed) {
            (Ok(read), Ok(typed)) => {
                let over = from_document::<Resource>(&read.document).expect("a resource");
                assert_eq!(to_json(&typed.value), to_json(&over.value), "{text}");
                assert!(typed.value == over.value, "{text}");
                assert_eq!(
                    typed.findings.len(),
                    read.findings.len() + over.findings.len(),
                    "{text}"
                );
                let is_read = is_read::<Resource>(text, &Limits::default());
                assert!(!is_read || typed.findings.is_empty(), "{text}");
                is_read
            }
            (Err(read), Err(typed)) => {
                assert_eq!(read, typed, "{text}");
                is_read::<Resource>(text, &Limits::default())
            }
            _ => panic!("one reads and the other does not: {text}"),
        }
    }

    #[test]
    fn what_has_nothing_to_report_is_read() {
        for text in [
            r#"{"resourceType":"Patient"}"#,
            r#" { "resourceType" : "Patient" , "active" : true , "gender" : "male" } "#,
            r#"{"resourceType":"Patient","name":[{"given":["A"]},{"given":["B","C"]},{"given":["D","E","F"]}]}"#,
            r#"{"resourceType":"Patient","name":[{},"#,
            r#"{"resourceType":"Patient","birthDate":"1974","_birthDate":{"id":"b"},"multipleBirthInteger":2}"#,
            r#"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueString":"a\n\u00e9\ud83d\ude00"}]}}"#,
            r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","deceasedBoolean":false}}]}"#,
        ] {
            assert_eq!(is_read_alike(text), !text.ends_with(','), "{text}");
        }
        assert!(is_read::<HumanName>(r#"{"family":"Doe"}"#, &Limits::default()));
    }

    #[test]
    fn what_has_something_to_report_is_left_to_the_document() {
        for inside in [
            r#""shoeSize":43"#,
            r#""active":true,"active":true"#,
            r#""active":"true""#,
            r#""active":null"#,
            r#""active":truely"#,
            r#""active":[true]"#,
            r#""active":{}"#,
            r#""birthDate":"1974-13""#,
            r#""birthDate":"a\qb""#,
            r#""birthDate":"a"#,
            r#""id":"a\"#,
            r#""id":"a\\\""#,
            "\"id\":\"a\u{1}\"",
            r#""name":{"family":"Doe"}"#,
            r#""name":[]"#,
            r#""name":[{}]"#,
            r#""name":[[{"family":"Doe"}]]"#,
            r#""name":[{"family":"Doe"},null]"#,
            r#""name":[{"family":"Doe"} {"family":"Doe"}]"#,
            r#""name":[{"given":["A",null],"_given":[null,{"id":"g"}]}]"#,
            r#""_name":{"id":"n"}"#,
            r#""_birthDate":{}"#,
            r#""_birthDate":{"id":"b"},"_birthDate":{"id":"b"}"#,
            r#""_birthDate":{"id":"b"},"_gender":{"id":"g"}"#,
            r#""deceasedBoolean":true,"deceasedDateTime":"1974""#,
            r#""multipleBirthInteger":01"#,
            r#""multipleBirthInteger":1.5"#,
            r#""multipleBirthInteger":1x"#,
            r#""contained":[{"id":"c","resourceType":"Group"}]"#,
            r#""contained":[{"resourceType":"Nobody"}]"#,
            r#""gender":"male","#,
            r#""gender" "male""#,
            r#""gender":"male"}"#,
            r#""\u0067ender":"male""#,
        ] {
            let text = alloc::format!(r#"{{"resourceType":"Patient",{inside}}}"#);
            assert!(!is_read_alike(&text), "{text}");
        }
        for text in [
            "",
            "[]",
            r#"{"id":"a","resourceType":"Patient"}"#,
            "\u{feff}{\"resourceType\":\"Patient\"}",
        ] {
            assert!(!is_read_alike(text), "{text}");
        }
        assert!(!is_read::<Patient>(
            r#"{"resourceType":"Group"}"#,
            &Limits::default()
        ));
        assert!(!is_read::<HumanName>("{}", &Limits::default()));
    }

    #[test]
    fn limits_are_left_to_the_document() {
        let text = r#"{"resourceType":"Patient","name":[{"period":{"start":"1974"}}]}"#;
        assert!(is_read::<Patient>(text, &Limits::default().max_depth(3)));
        for limits in [
            Limits::default().max_depth(2),
            Limits::default().max_bytes(20),
            Limits::default().max_nodes(3),
        ] {
            assert!(!is_read::<Patient>(text, &limits));
        }
        let long: String = core::iter::repeat_n(' ', LARGEST).collect();
        assert!(!is_read::<Patient>(&(long + text), &Limits::default()));
    }
}
