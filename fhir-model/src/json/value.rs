//! Documents over JSON that this crate wrote, and single values.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::Notes;
use crate::document::{Document, error_at};
use crate::error::Error;
use crate::limits::Limits;
use crate::schema::TypeId;

/// The document over a text; what there is to find in it is not kept.
pub(crate) fn document_over(text: String, root: TypeId, limits: &Limits) -> Result<Document<'static>, Error> {
    let mut notes = Notes::new(0);
    limits.check_bytes(text.len())?;
    let tape = super::read(&text, root, limits, &mut notes).map_err(|fault| error_at(&text, fault))?;
    Ok(Document {
        source: Cow::Owned(text),
        tape,
        origin: None,
    })
}

/// A document whose root is the object that `json` is, of a type if that is known; any other value is the one
/// member of an object.
pub(crate) fn value_of(json: &str, ty: Option<TypeId>, limits: &Limits) -> Result<Document<'static>, Error> {
    let is_object = json.trim_start().starts_with('{');
    let text = if is_object {
        String::from(json)
    } else {
        format!("{{\"value\":{json}}}")
    };
    let root = ty.filter(|ty| is_object && !ty.is_primitive());
    document_over(text, root.unwrap_or(TypeId::RESOURCE), limits)
}

/// A JSON object of which nothing is known.
pub(crate) fn untyped<'a>(text: Cow<'a, str>, limits: &Limits) -> Result<Document<'a>, Error> {
    limits.check_bytes(text.len())?;
    let tape = super::read_untyped(&text, limits).map_err(|fault| error_at(&text, fault))?;
    Ok(Document {
        source: text,
        tape,
        origin: None,
    })
}
