//! Structs of a program, filled from messages and written into them, by a table of paths.
//!
//! A struct implements [`Record`] by one constant: a [`Column`] for each field of the struct that has a place in a
//! message. [`Mapping`] compiles the paths once; it is `Send + Sync`. What a field may be is a [`Cell`]: text,
//! numbers, `bool` (`Y` and `N`), dates and times, `Option`, `Vec` for repetitions, and [`Presence`] where leaving out
//! and deleting are two things.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, column};
//! use carewire_hl7v2::record::{Column, Mapping, Presence, Record};
//!
//! #[derive(Debug, Default, PartialEq)]
//! struct Patient {
//!     mrn: String,
//!     family: String,
//!     given: Option<String>,
//!     phones: Vec<String>,
//!     death: Presence<String>,
//! }
//!
//! impl Record for Patient {
//!     const COLUMNS: &'static [Column<Self>] = &[
//!         column!(mrn: "PID-3[.5='MR'].1"),
//!         column!(family: "PID-5.1"),
//!         column!(given: "PID-5.2"),
//!         column!(phones: "PID-13[*].1"),
//!         column!(death: "PID-29"),
//!     ];
//! }
//!
//! let patients = Mapping::<Patient>::new()?;
//! let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^A^PI~8^^^B^MR||Doe||||||||1~2^X|\r")?;
//! let mut patient = patients.read(&msg)?;
//! assert_eq!((&*patient.mrn, &*patient.family, patient.phones.len()), ("8", "Doe", 2));
//! assert_eq!((&patient.given, &patient.death), (&None, &Presence::Absent));
//!
//! patient.given = Some("Ann".to_owned());
//! patient.death = Presence::Null;
//! patients.write(&mut msg, &patient)?;
//! assert!(msg.as_bytes().ends_with(b"PID|||7^^^A^PI~8^^^B^MR||Doe^Ann||||||||1~2^X||||||||||||||||\"\"\r"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod column;
mod error;
mod mapping;

pub use cell::{Cell, Presence, Unread};
pub use column::{Column, Record, Written};
pub use error::{RecordError, RecordErrorKind};
pub use mapping::Mapping;
