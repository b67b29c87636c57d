//! Typed values as sources and as targets of maps.

use carewire_fhir_model::{FhirType, Node, Typed, from_document, to_document};

use crate::context::Context;
use crate::error::{MapError, MapErrorKind};
use crate::maps::{Input, Maps, Outcome, Output, Transformed};

impl Maps {
    /// Runs the map with this url over a typed value. What it makes is what [`Maps::transform`] makes of the same value as a document;
    /// [`Output::typed`] makes a typed value of a target.
    ///
    /// # Errors
    ///
    /// As [`Maps::transform`], and [`MapErrorKind::Typed`] if the value is too large for a document.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::r4::{Patient, Person};
    /// use carewire_mapping::{Context, Maps, Options};
    ///
    /// let map = "/// url = 'http://example.org/maps/p'\n\
    ///     group p(source src : Patient, target tgt : Person) {\n  src.name -> tgt.name;\n  src.birthDate -> tgt.birthDate;\n}";
    /// let maps = Maps::compile(&[("p.map", map)], &Options::default()).map_err(|all| all[0].clone())?;
    /// let patient: Patient = carewire_fhir_model::from_json(br#"{"resourceType":"Patient","birthDate":"1980-02"}"#)?.value;
    /// let out = maps.transform_typed("http://example.org/maps/p", &patient, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
    /// let person: Person = out.targets[0].typed()?.value;
    /// assert_eq!(person.birth_date.map(|date| date.to_string()).as_deref(), Some("1980-02"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transform_typed<T: FhirType>(
        &self,
        url: &str,
        source: &T,
        context: &Context<'_>,
    ) -> Result<Transformed, MapError> {
        let document = to_document(source).map_err(|_| MapError::new(MapErrorKind::Typed))?;
        let root: Node<'_> = document.root();
        self.transform(url, &[Input::Node(root)], context)
    }
}

impl Output {
    /// The target as a typed value, with what did not fit its type as findings.
    ///
    /// # Errors
    ///
    /// [`MapErrorKind::NoDocument`] if it is no FHIR R4, [`MapErrorKind::Typed`] if it is of another type.
    pub fn typed<T: FhirType>(&self) -> Result<Typed<T>, MapError> {
        match self {
            Self::Document(document) => {
                from_document(document).map_err(|_| MapError::new(MapErrorKind::Typed))
            }
            _ => Err(MapError::new(MapErrorKind::NoDocument)),
        }
    }
}

impl Outcome {
    /// The first target as a typed value: for the standard maps a `Bundle`.
    ///
    /// # Errors
    ///
    /// [`MapErrorKind::Typed`] if it is of another type.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::r4::{Bundle, Patient};
    /// use carewire_hl7v2::Message;
    /// use carewire_mapping::{Context, v2_to_fhir};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rPID|1||7^^^HOSP^MR||Doe^Ann\rPV1|1|I\r")?;
    /// let out = v2_to_fhir().run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
    /// let bundle: Bundle = out.typed()?.value;
    /// let patient = bundle.resources_of::<Patient>().next().ok_or("a patient")?;
    /// assert_eq!(patient.name[0].family.as_deref(), Some("Doe"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn typed<T: FhirType>(&self) -> Result<Typed<T>, MapError> {
        from_document(&self.bundle).map_err(|_| MapError::new(MapErrorKind::Typed))
    }
}
