//! fhir-sdk's typed resources, from JSON and to it.

use fhir_model::r4b::resources::{Bundle, Observation, Patient};

/// A resource of fhir-sdk.
pub enum Resource {
    Bundle(Bundle),
    Observation(Observation),
    Patient(Patient),
}

/// Reads a resource whose type is known, as a caller of fhir-sdk would. `None` if it refuses it.
pub fn read(name: &str, json: &[u8]) -> Option<Resource> {
    Some(match name {
        "Observation" => Resource::Observation(serde_json::from_slice(json).ok()?),
        "Patient" => Resource::Patient(serde_json::from_slice(json).ok()?),
        _ => Resource::Bundle(serde_json::from_slice(json).ok()?),
    })
}

/// Writes a resource.
pub fn write(resource: &Resource, out: &mut Vec<u8>) {
    let written = match resource {
        Resource::Bundle(bundle) => serde_json::to_writer(out, bundle),
        Resource::Observation(observation) => serde_json::to_writer(out, observation),
        Resource::Patient(patient) => serde_json::to_writer(out, patient),
    };
    written.expect("written");
}
