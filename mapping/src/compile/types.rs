//! What is known of a value before a run: its FHIR type, or that it is a place of an HL7 v2 message.

use carewire_fhir_model::schema::{Element, Schema, TypeId};

use super::v2;
use crate::model::{ModelId, Models, Typed};

/// What is known of a value before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Nothing: only names can be used.
    Unknown,
    /// A FHIR type.
    Fhir(TypeId),
    /// A structure that is no type of R4.
    Model(ModelId),
    /// A message or a group of one.
    Tree,
    /// A segment.
    Segment([u8; 3]),
    /// A repetition, component or subcomponent.
    Part,
    /// A repetition or a component of a data type.
    Data(&'static str, Level),
    /// A repetition of this field.
    Field([u8; 3], u16),
    /// This component of a field.
    Component([u8; 3], u16, u16),
    /// What `all` of a message gives: its segments wherever they stand.
    All,
    /// A value that was computed.
    Computed,
    /// A computed text.
    Text,
    /// A computed whole number.
    Integer,
}

/// What of a field a value of a data type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Level {
    /// Either: a group says the data type, and is called by no other.
    Unknown,
    Repetition,
    Component,
}

impl Type {
    pub(super) fn is_v2(self) -> bool {
        matches!(
            self.plain(),
            Self::Tree | Self::All | Self::Segment(_) | Self::Part
        )
    }

    /// The type without the field or the data type of a part, which only its long names need.
    pub(super) fn plain(self) -> Self {
        match self {
            Self::Field(..) | Self::Component(..) | Self::Data(..) => Self::Part,
            other => other,
        }
    }

    pub(super) fn fhir(self) -> Option<TypeId> {
        match self {
            Self::Fhir(type_id) => Some(type_id),
            _ => None,
        }
    }

    /// For messages about it.
    pub(super) fn describe(self) -> String {
        match self {
            Self::Unknown => "a value of unknown type".to_owned(),
            Self::Fhir(type_id) => format!("`{}`", type_id.name()),
            Self::Model(_) => "the structure".to_owned(),
            Self::Tree => "a message or group".to_owned(),
            Self::Segment(id) => format!("the segment `{}`", String::from_utf8_lossy(&id)),
            Self::Part | Self::Field(..) | Self::Component(..) => "a part of a field".to_owned(),
            Self::Data(name, _) => format!("the data type `{name}`"),
            Self::All => "all segments of a message".to_owned(),
            Self::Computed => "a computed value".to_owned(),
            Self::Text => "a computed text".to_owned(),
            Self::Integer => "a computed number".to_owned(),
        }
    }

    /// Whether a value of this type may be given where the other is declared.
    pub(super) fn fits(self, declared: Self) -> bool {
        match (self.plain(), declared.plain()) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Computed | Self::Text | Self::Integer, Self::Fhir(type_id)) => type_id.is_primitive(),
            (Self::Computed | Self::Text | Self::Integer, Self::Part) => true,
            (Self::Fhir(own), Self::Fhir(wanted)) => own.is_a(wanted) || wanted.is_a(own),
            // A structure without a model may be any; one with a model may extend another.
            (Self::Model(_), Self::Model(_) | Self::Fhir(_)) | (Self::Fhir(_), Self::Model(_)) => true,
            (own, wanted) => own == wanted,
        }
    }

    /// A part by its data type: groups are compiled for one, not for each field that has it.
    pub(super) fn by_data_type(self) -> Self {
        let (name, level) = match self {
            Self::Field(id, number) => (v2::data_type_of_field(id, number), Level::Repetition),
            Self::Component(id, field, number) => (
                v2::data_type_of_field(id, field).and_then(|of| v2::data_type_of_component(of, number)),
                Level::Component,
            ),
            other => return other,
        };
        name.map_or(Self::Part, |name| Self::Data(name, level))
    }

    /// The narrower of what is declared and what is given.
    pub(super) fn narrowed(self, given: Self) -> Self {
        match (self, given) {
            (Self::Unknown, given) => given.by_data_type(),
            (Self::Data(name, _), Self::Field(..)) => Self::Data(name, Level::Repetition),
            (Self::Data(name, _), Self::Component(..)) => Self::Data(name, Level::Component),
            (Self::Data(name, _), Self::Data(_, level)) => Self::Data(name, level),
            (Self::Fhir(wanted), Self::Fhir(own)) if own.is_a(wanted) => given,
            (declared, _) => declared,
        }
    }
}

/// The type that a structure's url names. None for a FHIR type that R4 does not have.
pub(super) fn of_url(url: &str, models: &mut Models) -> Option<Type> {
    if let Some(name) = url.strip_prefix("urn:hl7-org:v2xml:") {
        return Some(v2_thing(name));
    }
    if models.is_given(url) {
        return Some(Type::Model(models.of_url(url)));
    }
    let version_and_name = url
        .strip_prefix("http://hl7.org/fhir/")
        .and_then(|rest| rest.split_once("StructureDefinition/"));
    let Some((version, name)) = version_and_name else {
        return Some(Type::Model(models.of_url(url)));
    };
    match version {
        "" | "4.0/" | "4.0.1/" => named(name).map(Type::Fhir),
        _ => Some(Type::Model(models.of_url(url))),
    }
}

/// A type of R4 by its name.
pub(super) fn named(name: &str) -> Option<TypeId> {
    Schema::r4().type_named(name)
}

/// The HL7 v2 thing of a name: structures have `_`, groups a dot, segments three characters unless a data type has the name; `message` is any
/// structure.
fn v2_thing(name: &str) -> Type {
    let bytes = name.as_bytes();
    match <[u8; 3]>::try_from(bytes) {
        _ if name == "message" || name.contains(['_', '.']) => Type::Tree,
        Ok(id) if !DATA_TYPES.contains(&name) => Type::Segment(id),
        _ => v2::data_type(name).map_or(Type::Part, |name| Type::Data(name, Level::Unknown)),
    }
}

/// The data types whose names have three characters, as those of segments have. Spec: HL7 v2.8.2 chapter 2A, and types withdrawn before.
const DATA_TYPES: &[&str] = &[
    "AUI", "CCD", "CCP", "CNE", "CNN", "CSU", "CWE", "DDI", "DIN", "DLD", "DLN", "DLT", "DTM", "DTN", "EIP",
    "ELD", "ERL", "GTS", "ICD", "JCC", "LA1", "LA2", "MOC", "MOP", "MSG", "NDL", "OCD", "OSD", "OSP", "PCF",
    "PIP", "PLN", "PPN", "PRL", "PTA", "QIP", "QSC", "RCD", "RFR", "RMC", "RPT", "SAD", "SCV", "SNM", "SPD",
    "SPS", "SRT", "UVC", "VID", "WVI", "WVS", "XAD", "XCN", "XON", "XPN", "XTN",
];

/// The type of a component of what has a data type.
pub(super) fn component_of(data_type: &str, level: Level, number: u16) -> Type {
    let name = match level {
        Level::Repetition => v2::data_type_of_component(data_type, number),
        Level::Component | Level::Unknown => None,
    };
    name.map_or(Type::Part, |name| Type::Data(name, Level::Component))
}

/// The type of a model's element.
pub(super) fn of_model(typed: Typed) -> Type {
    match typed {
        Typed::Unknown => Type::Unknown,
        Typed::Fhir(type_id) => Type::Fhir(type_id),
        Typed::Model(id) => Type::Model(id),
    }
}

/// The type of an element that has only one.
pub(super) fn of_element(element: &Element) -> Type {
    let mut types = element.types();
    match (types.next(), types.next()) {
        (Some(only), None) if !only.is_abstract() || !only.is_resource() => Type::Fhir(only),
        _ => Type::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_three_letters_is_a_segment_unless_a_data_type_has_it() {
        assert_eq!(v2_thing("PID"), Type::Segment(*b"PID"));
        for name in ["XPN", "SAD", "MSG", "ST"] {
            assert_eq!(v2_thing(name).plain(), Type::Part, "{name}");
        }
        // A name of another length is never taken for a segment, and stands in no list.
        assert!(DATA_TYPES.iter().all(|name| name.len() == 3) && DATA_TYPES.is_sorted());
        assert_eq!(v2_thing("ADT_A01"), Type::Tree);
        assert_eq!(v2_thing("message"), Type::Tree);
    }
}
