//! Documents and typed values through serde.
//!
//! [`Document`](crate::Document), [`Node`](crate::Node) and every struct of [`r4`](crate::r4) are `Serialize`, documents
//! and structs `Deserialize`, and so are the dates, times, decimals and texts of them alone. They can be fields of other types, bodies of a web framework, messages of a queue.
//! What is written is FHIR's JSON, the same that [`to_json`](crate::to_json) writes; no `serde_json::Value` is made.
//!
//! # What is kept
//!
//! Everything but, in some formats, digits of decimals: serde knows numbers of 64 bits, and `1.50` is not `1.5` in FHIR.
//!
//! | format | written | read |
//! | --- | --- | --- |
//! | serde_json, with this crate's feature `serde_json` | every digit | every digit, and the order of keys, keys that are there twice, escapes |
//! | serde_json, with its own feature `raw_value` | as below | as above |
//! | serde_json, with its own feature `arbitrary_precision` | as below | every digit |
//! | others, and a value that serde buffers (`flatten`, `untagged`) | integers up to 64 bits; else the nearest `f64` | as the format gives it |
//!
//! A number that is beyond the range of `f64`, in a format that cannot have its text, is an error and never another
//! number. The format has to describe itself, as JSON, CBOR and YAML do. It may nest 128 objects.
//!
//! # Findings
//!
//! Reading is lenient as in [`from_json`](crate::from_json), and nothing is lost; but serde has no place for findings. Who
//! wants them reads with [`from_json`](crate::from_json). No error of this module holds a value.
//!
//! # Examples
//!
//! ```
//! # #[cfg(all(feature = "typed", feature = "serde_json"))] {
//! use carewire_fhir_model::r4::Patient;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Job {
//!     priority: u8,
//!     patient: Patient,
//! }
//!
//! let json = r#"{"priority":1,"patient":{"resourceType":"Patient","active":true,"shoeSize":43.0}}"#;
//! let job: Job = serde_json::from_str(json).expect("a job");
//! assert_eq!(job.patient.active, Some(true));
//! assert_eq!(serde_json::to_string(&job).expect("no failure"), json);
//! # }
//! ```

#[cfg(feature = "typed")]
mod primitive;
mod read;
mod text;
mod write;

#[cfg(feature = "typed")]
pub(crate) use read::typed as read_typed;
#[cfg(feature = "typed")]
pub(crate) use write::typed as write_typed;

/// Values nest no deeper: as many objects as a document may have by default, each in an array.
const DEPTH: usize = 256;
const TOO_DEEP: &str = "objects nested too deep";

/// Both traits for a typed value.
#[cfg(feature = "typed")]
macro_rules! bridge {
    ($name:ty) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::serde::write_typed(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::serde::read_typed(deserializer)
            }
        }
    };
}

#[cfg(feature = "typed")]
pub(crate) use bridge;

#[cfg(feature = "typed")]
bridge!(crate::r4::Resource);
