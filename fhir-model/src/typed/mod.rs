//! What the types of [`r4`](crate::r4) have in common: reading, writing, walking.
//!
//! - [`Fields`] is any typed value by its elements, [`Visit`] what it shows them to, [`Value`] what they hold.
//! - [`Extra`] is what is rare: ids and extensions, of primitives too, and what the schema does not have.
//! - [`Items`] holds an element that repeats, [`FhirString`], [`Decimal`], [`DateTime`] and others the primitives.

pub(crate) mod alias;
mod date;
mod decimal;
mod direct;
pub(crate) mod erased;
mod extra;
pub(crate) mod fields;
mod items;
pub(crate) mod leaf;
mod read;
mod resource;
pub(crate) mod shape;
mod string;
mod time;
mod write;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::document::{Document, Read};
use crate::error::{Error, ErrorKind, Refusal};
use crate::finding::Finding;
use crate::json::Notes;
use crate::limits::Limits;
use crate::schema::TypeId;

pub use date::{Date, DateTime, Instant, NotDate};
pub use decimal::{Decimal, NotDecimal};
pub use extra::{Extra, Primitive, ResourceExtra, Unknown};
#[doc(hidden)]
pub use fields::Slot;
pub use fields::{Fields, List, Value, Visit};
pub use items::Items;
pub use leaf::Leaf;
#[doc(hidden)]
pub use leaf::Raw;
pub use resource::Other;
pub use string::FhirString;
pub use time::Time;

/// A type that JSON and XML are read as: every data type and resource, and [`Resource`](crate::r4::Resource) for
/// any. It is implemented here alone.
pub trait FhirType: Sized + fmt::Debug {
    /// Its type in the schema; `Resource` for any resource.
    const TYPE: TypeId;

    #[doc(hidden)]
    fn blank(ty: TypeId) -> Option<Self>;

    #[doc(hidden)]
    fn other(_json: &str) -> Option<Self> {
        None
    }

    /// The value by its fields. `None` for a resource that has no type here.
    fn fields(&self) -> Option<&dyn Fields>;

    /// As [`FhirType::fields`], to be changed.
    fn fields_mut(&mut self) -> Option<&mut dyn Fields>;

    #[doc(hidden)]
    fn json(&self) -> Option<&str> {
        None
    }
}

/// What reading gives: the value and everything that was found on the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Typed<T> {
    /// The value. What did not fit is in its `extra`, so that it is written again.
    pub value: T,
    /// The findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// How many findings were left out because there were more than
    /// [`Limits::max_findings`](crate::Limits::max_findings).
    pub findings_dropped: usize,
}

impl<T> Typed<T> {
    /// The value if there was nothing to report.
    ///
    /// # Errors
    ///
    /// The first [`Finding`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::Patient;
    /// let json = br#"{"resourceType": "Patient", "birthDate": "1974-13"}"#;
    /// let refused = carewire_fhir_model::from_json::<Patient>(json)?.strict().err().ok_or("it should be refused")?;
    /// assert_eq!(refused.to_string(), "invalid-value: the value is none of its type at Patient.birthDate (line 1, column 43)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn strict(self) -> Result<T, Finding> {
        match self.findings.into_iter().next() {
            None => Ok(self.value),
            Some(first) => Err(first),
        }
    }
}

/// Reads a value from JSON, leniently and with the default [`Limits`].
///
/// Everything is kept: what the type does not have or cannot hold is in the `extra` of the element and is written
/// again. Every such place is a [`Finding`]; see [`Typed::strict`].
///
/// # Errors
///
/// [`Error`] if the input is no JSON object or passes a limit, or if it is a resource of another type.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Patient;
/// let json = br#"{"resourceType": "Patient", "name": [{"family": "Chalmers"}], "shoeSize": 43}"#;
/// let read = carewire_fhir_model::from_json::<Patient>(json)?;
/// let family = read.value.name.first().and_then(|name| name.family.as_deref());
/// assert_eq!(family, Some("Chalmers"));
/// assert_eq!(read.findings[0].code().code(), "unknown-element");
/// assert_eq!(read.value.extra.unknown()[0].key(), "shoeSize");
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
pub fn from_json<T: FhirType>(input: &[u8]) -> Result<Typed<T>, Error> {
    read_json(input, &Limits::default())
}

/// Reads a value from JSON strictly: nothing may be left to report.
///
/// # Errors
///
/// [`Refusal`]: as [`from_json`], or the first finding.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Patient;
/// let json = br#"{"resourceType": "Patient", "gender": "female", "shoeSize": 43}"#;
/// let refused = carewire_fhir_model::from_json_strict::<Patient>(json).err().ok_or("it should be refused")?;
/// assert!(refused.to_string().starts_with("unknown-element"));
/// # Ok::<(), &str>(())
/// ```
pub fn from_json_strict<T: FhirType>(input: &[u8]) -> Result<T, Refusal> {
    from_json(input)?.strict().map_err(Refusal::Finding)
}

/// As [`from_json`], with limits.
///
/// # Errors
///
/// As [`from_json`].
pub fn read_json<T: FhirType>(input: &[u8], limits: &Limits) -> Result<Typed<T>, Error> {
    if let Some(start) = direct::start(input, T::TYPE, limits)
        && let Some(mut typed) = T::blank(start.ty).map(found)
        && let Some(fields) = typed.value.fields_mut()
        && start.fill(fields)
    {
        return Ok(typed);
    }
    let root = if T::TYPE.is_resource() {
        TypeId::RESOURCE
    } else {
        T::TYPE
    };
    of_read(Document::read_json_as(input, root, limits)?, limits)
}

/// Reads a resource from XML, leniently and with the default [`Limits`]. See [`from_json`].
///
/// # Errors
///
/// [`Error`] if the input is not well-formed or passes a limit, or if it is no resource of the type.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Patient;
/// let xml = br#"<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>"#;
/// let patient: Patient = carewire_fhir_model::from_xml(xml)?.strict()?;
/// assert_eq!(patient.active, Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "xml")]
pub fn from_xml<T: FhirType>(input: &[u8]) -> Result<Typed<T>, Error> {
    read_xml(input, &Limits::default())
}

/// As [`from_xml`], with limits.
///
/// # Errors
///
/// As [`from_xml`].
#[cfg(feature = "xml")]
pub fn read_xml<T: FhirType>(input: &[u8], limits: &Limits) -> Result<Typed<T>, Error> {
    of_read(Document::read_xml(input, limits)?, limits)
}

/// Makes a typed value of a document. The findings are those of the types alone, not those of the document's reader.
///
/// # Errors
///
/// [`Error`] if the document is of another type, or nested too deep.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, r4::Resource};
/// let document = Document::from_json(br#"{"resourceType": "Basic", "id": "b1"}"#)?.document;
/// let resource: Resource = carewire_fhir_model::from_document(&document)?.value;
/// assert_eq!(resource.id().map(|id| id.as_str()), Some("b1"));
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
pub fn from_document<T: FhirType>(document: &Document<'_>) -> Result<Typed<T>, Error> {
    let mut notes = Notes::new(Limits::default().findings);
    let mut typed = fill(document, &mut notes)?;
    typed.findings = document.findings(&mut notes, document.source());
    typed.findings_dropped = notes.dropped;
    Ok(typed)
}

fn of_read<T: FhirType>(read: Read<'_>, limits: &Limits) -> Result<Typed<T>, Error> {
    let mut notes = Notes::new(limits.findings.saturating_sub(read.findings.len()));
    let mut typed = fill(&read.document, &mut notes)?;
    typed.findings = read.findings;
    if !notes.kept.is_empty() {
        let more = read.document.findings(&mut notes, read.document.source());
        typed.findings.extend(more);
        typed.findings.sort_by_key(Finding::offset);
    }
    typed.findings_dropped = read.findings_dropped + notes.dropped;
    Ok(typed)
}

/// A value of which nothing is reported yet.
#[inline]
fn found<T>(value: T) -> Typed<T> {
    Typed {
        value,
        findings: Vec::new(),
        findings_dropped: 0,
    }
}

/// The value, filled where it stays, for a resource is some hundred bytes; its findings are for the caller to add.
#[inline]
fn fill<T: FhirType>(document: &Document<'_>, notes: &mut Notes) -> Result<Typed<T>, Error> {
    let root = document.root();
    let error = |kind, at: u32| {
        let node = document.node(at).unwrap_or(root);
        let (line, column) = node.line_column();
        Error {
            kind,
            offset: node.offset() as u32,
            line,
            column,
        }
    };
    let ty = root.type_id().filter(|ty| !ty.is_abstract());
    let wanted = T::TYPE == TypeId::RESOURCE || ty == Some(T::TYPE);
    let wrong = || error(ErrorKind::WrongType, 0);
    if !wanted {
        return Err(wrong());
    }
    let Some(mut typed) = ty.and_then(T::blank).map(found) else {
        return T::other(&document.to_json()).map(found).ok_or_else(wrong);
    };
    let fields = typed.value.fields_mut().ok_or_else(wrong)?;
    read::fill(document, 0, fields, notes).map_err(|(kind, at)| error(kind, at))?;
    Ok(typed)
}

/// The value as JSON on one line, in the order of the schema.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::{Patient, HumanName};
/// let name = HumanName { family: Some("Chalmers".into()), ..Default::default() };
/// let patient = Patient { name: name.into(), ..Default::default() };
/// assert_eq!(carewire_fhir_model::to_json(&patient), r#"{"resourceType":"Patient","name":[{"family":"Chalmers"}]}"#);
/// ```
pub fn to_json<T: FhirType>(value: &T) -> String {
    let mut out = Vec::with_capacity(512);
    write_json(value, &mut out);
    // Whole texts and ASCII alone are written.
    String::from_utf8(out).unwrap_or_default()
}

/// Appends the value as JSON on one line to `out`.
pub fn write_json<T: FhirType>(value: &T, out: &mut Vec<u8>) {
    match (value.fields(), value.json()) {
        (Some(fields), _) => write::write(fields, out),
        (None, json) => out.extend_from_slice(json.unwrap_or("{}").as_bytes()),
    }
}

/// The value as JSON, indented by two spaces, in the order of the schema.
pub fn to_json_pretty<T: FhirType>(value: &T) -> String {
    match to_document(value) {
        Ok(document) => document.to_json_pretty(),
        Err(_) => to_json(value),
    }
}

/// The value as a document.
///
/// # Errors
///
/// [`Error`] if it is too large: 1 GiB of JSON and more.
pub fn to_document<T: FhirType>(value: &T) -> Result<Document<'static>, Error> {
    let root = if T::TYPE.is_resource() {
        TypeId::RESOURCE
    } else {
        T::TYPE
    };
    let limits = Limits::default().max_depth(usize::MAX / 2);
    let read = Document::read_json_as(to_json(value).into_bytes(), root, &limits)?;
    Ok(read.document)
}

/// The resource as XML without spaces between elements. See [`Document::to_xml_in`] for other styles.
///
/// # Errors
///
/// As [`to_document`].
#[cfg(feature = "xml")]
pub fn to_xml<T: FhirType>(value: &T) -> Result<String, Error> {
    to_document(value).map(|document| document.to_xml())
}
