//! The table of a record, compiled.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use crate::edit::{Edit, EditError, EditErrorKind, Spot, Spots};
use crate::message::Message;
use crate::path::{Path, Query, Select};
use crate::record::{Record, RecordError, RecordErrorKind, Written};
use crate::segment::Segment;

/// The paths of a [`Record`], compiled once: immutable, `Send` and `Sync`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, column};
/// use carewire_hl7v2::record::{Column, Mapping, Record};
///
/// #[derive(Debug, Default)]
/// struct Visit { class: String }
///
/// impl Record for Visit {
///     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
/// }
///
/// let visits = Mapping::<Visit>::new()?;
/// for class in ["I", "O"] {
///     let text = format!("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|1|{class}\r");
///     assert_eq!(visits.read(&Message::parse_str(&text)?)?.class, class);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mapping<R> {
    paths: Vec<Path>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Mapping<R> {
    /// Compiles the paths of a record.
    ///
    /// # Errors
    ///
    /// [`RecordErrorKind::Path`] if one is not well formed or names no field: a fault of the program.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::column;
    /// # use carewire_hl7v2::record::{Column, Mapping, Record};
    /// #
    /// # #[derive(Debug, Default)]
    /// # struct Visit { class: String }
    /// #
    /// # impl Record for Visit {
    /// #     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// # }
    /// assert!(Mapping::<Visit>::new().is_ok());
    ///
    /// #[derive(Default)]
    /// struct Wrong { class: String }
    ///
    /// impl Record for Wrong {
    ///     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-two")];
    /// }
    ///
    /// assert_eq!(Mapping::<Wrong>::new().unwrap_err().path(), "PV1-two");
    /// ```
    pub fn new() -> Result<Self, RecordError> {
        let compiled = R::COLUMNS.iter().map(|column| {
            let path = Path::parse(column.path)
                .map_err(|error| RecordError::new(column.path, RecordErrorKind::Path(error)))?;
            if path.field == 0 {
                let level = EditError::new(EditErrorKind::Level);
                return Err(RecordError::new(column.path, RecordErrorKind::Edit(level)));
            }
            Ok(path)
        });
        Ok(Self {
            paths: compiled.collect::<Result<_, _>>()?,
            record: PhantomData,
        })
    }

    /// Reads one record from a message.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for the first column that is not what its cell has to be.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, column};
    /// # use carewire_hl7v2::record::{Column, Mapping, Record};
    /// #
    /// # #[derive(Debug, Default)]
    /// # struct Visit { class: String }
    /// #
    /// # impl Record for Visit {
    /// #     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// # }
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|1|O\r")?;
    /// let visit = Mapping::<Visit>::new()?.read(&msg)?;
    /// assert_eq!(visit.class, "O");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, message: &Message<'_>) -> Result<R, RecordError> {
        self.read_with(|path| message.query(path))
    }

    /// Reads a record from each segment with the id of the first column: the columns with that id in this segment,
    /// the others in the message.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{Message, column};
    /// use carewire_hl7v2::record::{Column, Mapping, Record};
    ///
    /// #[derive(Debug, Default)]
    /// struct Observation { code: String, value: Option<String>, patient: String }
    ///
    /// impl Record for Observation {
    ///     const COLUMNS: &'static [Column<Self>] = &[
    ///         column!(code: "OBX-3.1"),
    ///         column!(value: "OBX-5"),
    ///         column!(patient: "PID-3.1"),
    ///     ];
    /// }
    ///
    /// let mut msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|||7\rOBX|1|NM|8867-4||61\rOBX|2|NM|8310-5\r",
    /// )?;
    /// let observations = Mapping::<Observation>::new()?;
    /// let mut rows = observations.rows(&msg).collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!((&*rows[1].code, &rows[1].value, &*rows[1].patient), ("8310-5", &None, "7"));
    ///
    /// rows[1].value = Some("37.1".to_owned());
    /// observations.push(&mut msg, &rows[1])?;
    /// assert!(msg.as_bytes().ends_with(b"OBX|||8310-5||37.1\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows<'s>(&'s self, message: &'s Message<'_>) -> impl Iterator<Item = Result<R, RecordError>> + 's {
        let id = self.paths.first().map_or("", Path::segment);
        let segments = message.segments().filter(move |segment| segment.id() == id);
        segments.map(|segment| self.read_segment(message, segment))
    }

    fn read_segment<'s>(&'s self, message: &'s Message<'_>, segment: Segment<'s>) -> Result<R, RecordError> {
        self.read_with(|path| {
            if path.segment() == segment.id() {
                Query::within(segment, path)
            } else {
                message.query(path)
            }
        })
    }

    fn read_with<'s>(&'s self, query: impl Fn(&'s Path) -> Query<'s, 's>) -> Result<R, RecordError> {
        let mut record = R::default();
        for (column, path) in R::COLUMNS.iter().zip(&self.paths) {
            (column.read)(&mut record, &mut query(path))
                .map_err(|why| RecordError::new(column.path, RecordErrorKind::Unread(why)))?;
        }
        Ok(record)
    }

    /// Writes a record into a message: every column, all or none.
    ///
    /// # Errors
    ///
    /// [`RecordErrorKind::Edit`] with the reason; the message is as it was. Segments are not made, and neither is a
    /// repetition with a condition: [`EditErrorKind::Missing`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, column};
    /// # use carewire_hl7v2::record::{Column, Mapping, Record};
    /// #
    /// # #[derive(Debug, Default)]
    /// # struct Visit { class: String }
    /// #
    /// # impl Record for Visit {
    /// #     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// # }
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|1|O\r")?;
    /// Mapping::<Visit>::new()?.write(&mut msg, &Visit { class: "I".to_owned() })?;
    /// assert!(msg.as_bytes().ends_with(b"PV1|1|I\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&self, message: &mut Message<'_>, record: &R) -> Result<(), RecordError> {
        self.write_with(message, record, None)
    }

    /// Adds a segment with the id of the first column at the end of a message, and writes the columns with that id
    /// into it; the others are left alone. See [`rows`](Self::rows).
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, column};
    /// # use carewire_hl7v2::record::{Column, Mapping, Record};
    /// #
    /// # #[derive(Debug, Default)]
    /// # struct Visit { class: String }
    /// #
    /// # impl Record for Visit {
    /// #     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// # }
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r")?;
    /// Mapping::<Visit>::new()?.push(&mut msg, &Visit { class: "I".to_owned() })?;
    /// assert!(msg.as_bytes().ends_with(b"\rPV1||I\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push(&self, message: &mut Message<'_>, record: &R) -> Result<(), RecordError> {
        let (Some(first), Some(column)) = (self.paths.first(), R::COLUMNS.first()) else {
            return Ok(());
        };
        let failed = |error| RecordError::new(column.path, RecordErrorKind::Edit(error));
        let pushed = message.push_segment(first.segment()).map_err(failed)?;
        let position = message.segments().len();
        let written = self.write_with(message, record, Some(position));
        if written.is_err() {
            message.undo(pushed).map_err(failed)?;
        }
        written
    }

    fn write_with(
        &self,
        message: &mut Message<'_>,
        record: &R,
        position: Option<usize>,
    ) -> Result<(), RecordError> {
        let mut edits = Vec::new();
        for (column, path) in R::COLUMNS.iter().zip(&self.paths) {
            if let Err(error) = write(message, path, position, (column.write)(record), &mut edits) {
                for edit in edits.into_iter().rev() {
                    let _ = message.undo(edit);
                }
                return Err(RecordError::new(column.path, RecordErrorKind::Edit(error)));
            }
        }
        Ok(())
    }
}

/// Writes what a column has to say, in a segment of a position or wherever its path leads.
fn write(
    message: &mut Message<'_>,
    path: &Path,
    position: Option<usize>,
    written: Written<'_>,
    edits: &mut Vec<Edit>,
) -> Result<(), EditError> {
    let only = |message: &Message<'_>| match position {
        None => Ok(None),
        Some(position) => {
            let segment = message.segment_at(position);
            let own = segment.is_some_and(|segment| segment.id() == path.segment());
            own.then_some(Some(position)).ok_or(())
        }
    };
    let Ok(only) = only(message) else { return Ok(()) };
    let spots = |message: &Message<'_>, path: &Path| {
        let segment = only.and_then(|position| message.segment_at(position));
        path.spots_in(message, segment)
    };
    match written {
        Written::Keep => {}
        Written::Remove => {
            let found = spots(message, path);
            edits.push(message.remove(found)?);
        }
        Written::One(value) => {
            let found = spots(message, path);
            edits.push(message.set(found, value)?);
        }
        Written::Each(values) => {
            let numbered = |n: usize| Path {
                repetition: Select::Number(n as u32),
                ..path.clone()
            };
            let count = values.len();
            for (n, value) in values.into_iter().enumerate() {
                let found = spots(message, &numbered(n + 1));
                edits.push(message.set(found, value)?);
            }
            let whole = Path {
                component: 0,
                subcomponent: 0,
                repetition: Select::All,
                ..path.clone()
            };
            // All that are left over in one edit.
            let mut left = Spots::default();
            for spot in spots(message, &whole).iter() {
                if spot.repetition as usize > count {
                    left.push(Spot {
                        component: path.component,
                        subcomponent: path.subcomponent,
                        ..*spot
                    });
                }
            }
            edits.push(message.remove(left)?);
        }
    }
    Ok(())
}

impl<R> fmt::Debug for Mapping<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mapping").field(&self.paths.len()).finish()
    }
}
