//! The names and data types of the places of a message, by its version.

use crate::schema::{ComponentDefinition, DatatypeDefinition, SegmentDefinition, Version};
use crate::segment::Segment;

/// The name and data type of a place; empty where the tables have none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) datatype: &'static str,
    version: Option<Version>,
}

/// The field of a segment. A field whose type varies has that of the field that names it: OBX-2 for OBX-5, MFE-5
/// for MFE-4.
pub(super) fn field(version: Version, segment: Segment<'_>, n: usize) -> Named {
    let definition = SegmentDefinition::find(version, segment.id()).and_then(|found| found.field(n));
    let Some(definition) = definition else {
        return Named {
            version: Some(version),
            ..Named::default()
        };
    };
    let mut datatype = definition.datatype();
    let typed_by = match (segment.id(), n) {
        ("OBX", 5) => segment.field(2),
        ("MFE", 4) => segment.field(5),
        _ => None,
    };
    if let Some(by) = typed_by
        && let Some(found) = DatatypeDefinition::find(version, &by.text())
    {
        datatype = found.id();
    }
    if datatype == "varies" {
        datatype = "";
    }
    Named {
        name: definition.name(),
        datatype,
        version: Some(version),
    }
}

impl Named {
    fn component_definition(&self, n: usize) -> Option<ComponentDefinition> {
        DatatypeDefinition::find(self.version?, self.datatype)?.component(n)
    }

    /// True if the type has components.
    #[cfg(feature = "xml")]
    pub(super) fn has_parts(&self) -> bool {
        let definition = self
            .version
            .and_then(|version| DatatypeDefinition::find(version, self.datatype));
        definition.is_some_and(|definition| definition.component(1).is_some())
    }

    /// The part with number `n` of a place of this type.
    pub(super) fn part(&self, n: usize) -> Self {
        match self.component_definition(n) {
            Some(part) => {
                let datatype = if part.datatype() == "varies" {
                    ""
                } else {
                    part.datatype()
                };
                Self {
                    name: part.name(),
                    datatype,
                    version: self.version,
                }
            }
            None => Self {
                version: self.version,
                ..Self::default()
            },
        }
    }
}
