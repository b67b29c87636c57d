use alloc::borrow::Cow;
use core::fmt;

use crate::document::Node;
use crate::schema::TypeId;

/// What an edit puts into a document. `Debug` shows its sort and type, no value.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhir_model::edit::{Edit, Value};
/// use carewire_fhir_model::schema::TypeId;
///
/// let document = Document::from_json(br#"{"resourceType": "Observation", "status": "final"}"#)?.document;
/// let mut edit = Edit::new(&document);
/// let root = document.root();
/// edit.add(root, "value", Value::text("1.50").of(TypeId::STRING))?; // a choice needs the type
/// edit.add(root, "issued", Value::text("2024-02-01T10:00:00Z"))?;
/// edit.add(root, "code", Value::json(r#"{"text": "Body height"}"#))?;
/// let subject = edit.add(root, "subject", Value::object())?; // filled step by step
/// edit.add(subject, "reference", Value::text("Patient/7"))?;
/// assert_eq!(
///     edit.finish()?.to_json(),
///     concat!(
///         r#"{"resourceType":"Observation","status":"final","valueString":"1.50","issued":"2024-02-01T10:00:00Z","#,
///         r#""code":{"text":"Body height"},"subject":{"reference":"Patient/7"}}"#,
///     ),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Value<'v> {
    pub(super) content: Content<'v>,
    pub(super) ty: Option<TypeId>,
}

#[derive(Clone)]
pub(super) enum Content<'v> {
    Node(Node<'v>),
    Text(Cow<'v, str>),
    Json(Cow<'v, str>),
    Object,
}

impl<'v> Value<'v> {
    /// A copy of a node, of any document, with all it holds: id, extensions, what is unknown.
    pub fn node(node: Node<'v>) -> Self {
        Self {
            content: Content::Node(node),
            ty: None,
        }
    }

    /// The value of a primitive, unescaped. A number or boolean is written bare if JSON can write it so, else in
    /// quotation marks.
    pub fn text(text: impl Into<Cow<'v, str>>) -> Self {
        Self {
            content: Content::Text(text.into()),
            ty: None,
        }
    }

    /// The JSON of one element: an object, or the bare value of a primitive. It may have what the schema does not
    /// know, and is kept as it is.
    pub fn json(json: impl Into<Cow<'v, str>>) -> Self {
        Self {
            content: Content::Json(json.into()),
            ty: None,
        }
    }

    /// An object to add to. If nothing is added it is not written.
    pub fn object() -> Self {
        Self {
            content: Content::Object,
            ty: None,
        }
    }

    /// With its type, which a choice and a place for any resource need; a node knows its own.
    #[must_use]
    pub fn of(mut self, ty: TypeId) -> Self {
        self.ty = Some(ty);
        self
    }

    /// The type as far as it is known without the place it goes to.
    pub(super) fn known_type(&self) -> Option<TypeId> {
        self.ty.or(match &self.content {
            Content::Node(node) => node.type_id(),
            _ => None,
        })
    }
}

impl<'v> From<Node<'v>> for Value<'v> {
    fn from(node: Node<'v>) -> Self {
        Self::node(node)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sort = match self.content {
            Content::Node(_) => "node",
            Content::Text(_) => "text",
            Content::Json(_) => "json",
            Content::Object => "object",
        };
        f.debug_struct("Value")
            .field("content", &sort)
            .field("type", &self.known_type())
            .finish()
    }
}
