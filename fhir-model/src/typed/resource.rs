//! What any resource can be asked, and resources without a type of their own.

use alloc::boxed::Box;
use alloc::string::String;
use core::any::Any;
use core::fmt;

use super::fields::{Fields, Item, Refused, Value, add, put};
use super::{FhirString, Items, erased};
use crate::document::Document;
use crate::r4::Resource;
use crate::schema::TypeId;

/// A resource that has no type here, as JSON: R4 does not have it, it does not say what it is, or the feature of its
/// category is turned off.
#[derive(Clone, PartialEq, Eq)]
pub struct Other(pub(super) String);

impl Other {
    /// The JSON, on one line.
    pub fn json(&self) -> &str {
        &self.0
    }

    /// The resource as a document.
    ///
    /// # Errors
    ///
    /// As [`Document::from_json`].
    pub fn document(&self) -> Result<Document<'_>, crate::Error> {
        Document::from_json(self.0.as_bytes()).map(|read| read.document)
    }
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "resource({})", self.0.len())
    }
}

impl Resource {
    /// Its type. `None` if it has none here.
    pub fn fhir_type(&self) -> Option<TypeId> {
        self.fields().map(Fields::fhir_type)
    }

    /// The resource if it is of type `T`: `resource.get::<Patient>()`.
    pub fn get<T: Any>(&self) -> Option<&T> {
        let any: &dyn Any = self.fields()?;
        any.downcast_ref()
    }

    /// As [`Resource::get`], to be changed.
    pub fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        let any: &mut dyn Any = self.fields_mut()?;
        any.downcast_mut()
    }

    /// Its id.
    pub fn id(&self) -> Option<&FhirString> {
        match self.fields()?.get(0)?.1 {
            Value::Leaf(super::Leaf::Text(id)) => Some(id),
            _ => None,
        }
    }

    /// The JSON of a resource that has no type here.
    pub(crate) fn json(&self) -> Option<&str> {
        match self {
            Self::Other(other) => Some(&other.0),
            _ => None,
        }
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        match (self.fields(), other.fields()) {
            (Some(a), Some(b)) => erased::equal(a, b),
            (None, None) => self.json() == other.json(),
            _ => false,
        }
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.fields(), self) {
            (Some(fields), _) => erased::debug(fields, f),
            (None, Self::Other(other)) => other.fmt(f),
            (None, _) => Ok(()),
        }
    }
}

impl Item for Resource {
    fn value(&self) -> (u8, Value<'_>) {
        (0, Value::Resource(self))
    }

    fn node(into: &mut Option<Self>, _: u8, ty: TypeId) -> Result<&mut dyn Fields, Refused> {
        put(into, || Self::empty(ty))?;
        into.as_mut().and_then(Self::fields_mut).ok_or(Refused::Misfit)
    }

    fn other(into: &mut Option<Self>, json: &str) -> Result<(), Refused> {
        put(into, || super::FhirType::other(json))
    }

    fn nodes(into: &mut Items<Self>, ty: TypeId, hint: usize) -> Result<&mut dyn Fields, Refused> {
        add(into, Self::empty(ty), hint)?;
        into.last_mut().and_then(Self::fields_mut).ok_or(Refused::Misfit)
    }

    fn others(into: &mut Items<Self>, json: &str, hint: usize) -> Result<(), Refused> {
        add(into, super::FhirType::other(json), hint)
    }
}

impl super::FhirType for Resource {
    const TYPE: TypeId = TypeId::RESOURCE;

    fn blank(ty: TypeId) -> Option<Self> {
        Self::empty(ty)
    }

    fn other(json: &str) -> Option<Self> {
        Some(Self::Other(Box::new(Other(json.into()))))
    }

    fn fields(&self) -> Option<&dyn Fields> {
        Resource::fields(self)
    }

    fn fields_mut(&mut self) -> Option<&mut dyn Fields> {
        Resource::fields_mut(self)
    }

    fn json(&self) -> Option<&str> {
        Resource::json(self)
    }
}
