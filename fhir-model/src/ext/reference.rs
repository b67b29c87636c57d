use alloc::format;

use crate::r4::Reference;
use crate::schema::{Schema, TypeId};

/// Where a [`Reference`] points, as its text says. See [`Reference::target`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'a> {
    /// `#id`: a resource contained in the same resource; `#` alone is that resource itself.
    Contained(&'a str),
    /// `Patient/23` or `http://example.org/fhir/Patient/23/_history/2`.
    Resource {
        /// What stands before the type, without the slash; `None` if the reference is relative.
        base: Option<&'a str>,
        /// The type.
        ty: TypeId,
        /// The id.
        id: &'a str,
        /// The version after `_history/`.
        version: Option<&'a str>,
    },
    /// Any other URI: `urn:uuid:...`, or an address that names no type and id.
    Other(&'a str),
}

impl core::fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Contained(_) => f.write_str("Contained"),
            Self::Resource { ty, .. } => write!(f, "Resource({ty})"),
            Self::Other(_) => f.write_str("Other"),
        }
    }
}

impl Reference {
    /// A reference to a resource of the same server: `Patient/23`.
    pub fn to(ty: TypeId, id: &str) -> Self {
        Self {
            reference: Some(format!("{ty}/{id}").into()),
            ..Self::default()
        }
    }

    /// Where it points. `None` if it has no `reference`, as one with an identifier alone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::Reference;
    /// # use carewire_fhir_model::ext::Target;
    /// # use carewire_fhir_model::schema::TypeId;
    /// let subject = Reference { reference: Some("http://example.org/fhir/Patient/23".into()), ..Default::default() };
    /// let Some(Target::Resource { base, ty, id, .. }) = subject.target() else { return Err("no resource") };
    /// assert_eq!((base, ty, id), (Some("http://example.org/fhir"), TypeId::PATIENT, "23"));
    /// assert_eq!(Reference::to(TypeId::GROUP, "7").reference.as_deref(), Some("Group/7"));
    /// # Ok::<(), &str>(())
    /// ```
    ///
    /// Spec: <https://hl7.org/fhir/R4/references.html#literal>
    pub fn target(&self) -> Option<Target<'_>> {
        let text = self.reference.as_deref()?;
        if let Some(id) = text.strip_prefix('#') {
            return Some(Target::Contained(id));
        }
        Some(resource(text).unwrap_or(Target::Other(text)))
    }
}

fn resource(text: &str) -> Option<Target<'_>> {
    let (rest, version) = match text.split_once("/_history/") {
        Some((rest, version)) => (rest, Some(version).filter(|version| is_id(version))),
        None => (text, None),
    };
    if version.is_none() && rest.len() < text.len() {
        return None;
    }
    let (rest, id) = rest.rsplit_once('/')?;
    let (base, name) = match rest.rsplit_once('/') {
        Some((base, name)) => (Some(base), name),
        None => (None, rest),
    };
    let ty = Schema::r4().type_named(name).filter(|ty| ty.is_resource())?;
    is_id(id).then_some(Target::Resource {
        base,
        ty,
        id,
        version,
    })
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Reference {
        Reference {
            reference: Some(text.into()),
            ..Reference::default()
        }
    }

    #[test]
    fn references_are_told_apart() {
        assert!(matches!(of("#p1").target(), Some(Target::Contained("p1"))));
        assert!(matches!(of("#").target(), Some(Target::Contained(""))));
        let versioned = of("Patient/23/_history/2");
        let expected = Target::Resource {
            base: None,
            ty: TypeId::PATIENT,
            id: "23",
            version: Some("2"),
        };
        assert_eq!(versioned.target(), Some(expected));
        for text in [
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "Spaceship/1",
            "Patient",
            "Patient/",
            "Patient/a b",
            "Patient/1/_history/",
        ] {
            assert!(
                matches!(of(text).target(), Some(Target::Other(other)) if other == text),
                "{text}"
            );
        }
        assert!(Reference::default().target().is_none());
    }
}
