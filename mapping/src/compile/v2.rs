//! What HL7 v2 has under a name, in any of its versions: maps are written for all of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use carewire_hl7v2::schema::{DatatypeDefinition, Elements, SegmentDefinition, Structure, Version};

use crate::coverage::StaticUnread;
use crate::run::hash::Seeded;

/// The greatest number of fields a segment has in any version. None for a segment that no version has; Z segments have any.
pub(super) fn field_count(id: &str) -> Option<u16> {
    static COUNTS: OnceLock<HashMap<&'static str, u16, Seeded>> = OnceLock::new();
    if id.starts_with('Z') {
        return Some(u16::MAX);
    }
    let counts = COUNTS.get_or_init(|| {
        let mut counts = HashMap::default();
        for segment in Version::ALL.into_iter().flat_map(SegmentDefinition::all) {
            let last = segment.fields().last().map_or(0, |field| field.number());
            let count = counts.entry(segment.id()).or_insert(0);
            *count = u16::try_from(last).unwrap_or(u16::MAX).max(*count);
        }
        counts
    });
    counts.get(id).copied()
}

/// The number of the table that a field has codes of, in four digits, in the newest version that has the segment.
#[cfg(feature = "codes")]
pub(super) fn table_of(id: [u8; 3], number: u16) -> Option<String> {
    let id = std::str::from_utf8(&id).ok()?;
    let newest = Version::ALL
        .into_iter()
        .rev()
        .find_map(|version| SegmentDefinition::find(version, id))?;
    let table = newest.field(usize::from(number))?.table()?;
    Some(format!("{:04}", table.number()))
}

/// The number of a field by its long name (`patientName`), in the newest version that has the name.
pub(crate) fn field_named(id: [u8; 3], name: &str) -> Option<u16> {
    let found = definitions(&id).find_map(|(_, segment)| segment.field_named(name))?;
    u16::try_from(found.number()).ok()
}

/// The number of a component of a field by its long name (`familyName`).
pub(crate) fn component_named(id: [u8; 3], field: u16, name: &str) -> Option<u16> {
    let found = data_types(&id, field).find_map(|(_, of)| of.component_named(name))?;
    u16::try_from(found.number()).ok()
}

/// The number of a subcomponent of a field's component by its long name (`surname`).
pub(crate) fn subcomponent_named(id: [u8; 3], field: u16, component: u16, name: &str) -> Option<u16> {
    let found = data_types(&id, field).find_map(|(version, of)| {
        let part = of.component(usize::from(component))?;
        DatatypeDefinition::find(version, part.datatype())?.component_named(name)
    })?;
    u16::try_from(found.number()).ok()
}

/// The number of a component of a data type by its long name, in the newest version that has the name.
pub(super) fn part_named(data_type: &str, name: &str) -> Option<u16> {
    let found = data_types_named(data_type).find_map(|of| of.component_named(name))?;
    u16::try_from(found.number()).ok()
}

/// A data type as the standard spells it, if a version has it.
pub(super) fn data_type(name: &str) -> Option<&'static str> {
    Some(data_types_named(name).next()?.id())
}

/// The data type of a field, in the newest version that has the field.
pub(super) fn data_type_of_field(id: [u8; 3], field: u16) -> Option<&'static str> {
    Some(data_types(&id, field).next()?.1.id())
}

/// The data type of a component of another, in the newest version that has the component.
pub(super) fn data_type_of_component(of: &str, number: u16) -> Option<&'static str> {
    data_type(
        data_types_named(of)
            .find_map(|of| of.component(usize::from(number)))?
            .datatype(),
    )
}

/// The long names of the fields of a segment, as a path has them.
pub(super) fn field_names(id: [u8; 3]) -> Vec<String> {
    let newest = definitions(&id).next();
    newest.map_or(Vec::new(), |(_, segment)| {
        segment.fields().map(|field| in_path(field.name())).collect()
    })
}

/// The long names of the components of a data type, as a path has them.
pub(super) fn part_names(data_type: &str) -> Vec<String> {
    let newest = data_types_named(data_type).next();
    newest.map_or(Vec::new(), |of| {
        of.components().map(|part| in_path(part.name())).collect()
    })
}

/// `Assigning Authority` as `assigningAuthority`; what stands in brackets is no part of a name.
fn in_path(name: &str) -> String {
    let bare = name.split('(').next().unwrap_or_default();
    let words = bare.split(|c: char| !c.is_ascii_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    let mut all = words.next().unwrap_or_default().to_ascii_lowercase();
    for word in words {
        let (first, rest) = word.split_at(1);
        all.extend([&first.to_ascii_uppercase(), rest]);
    }
    all
}

/// What the versions say of a data type, the newest first.
fn data_types_named(name: &str) -> impl Iterator<Item = DatatypeDefinition> {
    let versions = Version::ALL.into_iter().rev();
    versions.filter_map(move |version| DatatypeDefinition::find(version, name))
}

/// What the versions say of a segment, the newest first.
fn definitions(id: &[u8; 3]) -> impl Iterator<Item = (Version, SegmentDefinition)> {
    let id = std::str::from_utf8(id).unwrap_or_default();
    let versions = Version::ALL.into_iter().rev();
    versions.filter_map(move |version| Some((version, SegmentDefinition::find(version, id)?)))
}

/// The data types that the versions give a field, the newest first.
fn data_types(id: &[u8; 3], field: u16) -> impl Iterator<Item = (Version, DatatypeDefinition)> {
    definitions(id).filter_map(move |(version, segment)| {
        let field = segment.field(usize::from(field))?;
        Some((version, DatatypeDefinition::find(version, field.datatype())?))
    })
}

/// Every segment and group that stands in a structure of any version.
pub(super) fn tree_names() -> &'static BTreeSet<&'static str> {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = HashSet::default();
        for structure in Version::ALL.into_iter().flat_map(Structure::all) {
            gather(structure.elements(), &mut names, 0);
        }
        names.into_iter().collect()
    })
}

/// The fields that are not among those read, of the segments of which one is.
pub(crate) fn unread_fields(reads: &BTreeSet<([u8; 3], u16)>) -> impl Iterator<Item = StaticUnread> {
    let mut ids: Vec<[u8; 3]> = reads.iter().map(|(id, _)| *id).collect();
    ids.dedup();
    ids.into_iter().flat_map(move |id| {
        let segment = std::str::from_utf8(&id).ok().and_then(|id| {
            Version::ALL
                .into_iter()
                .rev()
                .find_map(|version| SegmentDefinition::find(version, id))
        });
        segment
            .into_iter()
            .flat_map(|segment| segment.fields().collect::<Vec<_>>())
            .filter(move |field| !reads.contains(&(id, u16::try_from(field.number()).unwrap_or(u16::MAX))))
            .map(move |field| StaticUnread {
                path: format!("{}-{}", String::from_utf8_lossy(&id), field.number()),
                name: field.name(),
            })
    })
}

fn gather(elements: Elements, names: &mut HashSet<&'static str, Seeded>, depth: usize) {
    if depth > 16 {
        return;
    }
    for element in elements {
        names.insert(element.name());
        if element.is_group() {
            gather(element.elements(), names, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_versions() {
        assert_eq!(field_count("PID"), Some(40));
        assert_eq!(field_count("ZZZ"), Some(u16::MAX));
        assert_eq!(field_count("XXX"), None);
        assert_eq!(in_path("Date/Time of Birth"), "dateTimeOfBirth");
        assert_eq!(in_path("ID Number (ST)"), "idNumber");
        for name in ["ORDER_OBSERVATION", "RESPONSE", "PATIENT_RESULT", "OBX"] {
            assert!(tree_names().contains(name), "{name}");
        }
    }
}
