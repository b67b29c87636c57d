//! Why a record was not read or written.

use core::fmt;

use crate::edit::EditError;
use crate::error::PathError;
use crate::record::Unread;

/// Why a record was not read or written: the column and the reason, never a value.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, column};
/// use carewire_hl7v2::record::{Column, Mapping, Record, RecordErrorKind, Unread};
///
/// #[derive(Debug, Default)]
/// struct Visit { number: u32 }
///
/// impl Record for Visit {
///     const COLUMNS: &'static [Column<Self>] = &[column!(number: "PV1-19.1")];
/// }
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|||||||||||||||||||A7\r")?;
/// let error = Mapping::<Visit>::new()?.read(&msg).unwrap_err();
/// assert_eq!((error.path(), error.kind()), ("PV1-19.1", RecordErrorKind::Unread(Unread::Format)));
/// assert_eq!(error.to_string(), "a value of another form at PV1-19.1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} at {path}", Why(self.kind))]
pub struct RecordError {
    path: &'static str,
    kind: RecordErrorKind,
}

/// The kinds of [`RecordError`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, column};
/// use carewire_hl7v2::record::{Column, Mapping, Record, RecordErrorKind, Unread};
///
/// #[derive(Debug, Default)]
/// struct Visit { class: String }
///
/// impl Record for Visit {
///     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
/// }
///
/// let visits = Mapping::<Visit>::new()?;
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r")?;
/// let error = visits.read(&msg).unwrap_err();
/// assert_eq!(error.kind(), RecordErrorKind::Unread(Unread::Missing));
/// // Writing makes no segments.
/// let error = visits.write(&mut msg, &Visit::default()).unwrap_err();
/// assert!(matches!(error.kind(), RecordErrorKind::Edit(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordErrorKind {
    /// The path of a column is not well formed.
    Path(PathError),
    /// A value was not read.
    Unread(Unread),
    /// A value was not written.
    Edit(EditError),
}

impl RecordError {
    pub(super) fn new(path: &'static str, kind: RecordErrorKind) -> Self {
        Self { path, kind }
    }

    /// The path of the column, as the record has it.
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
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r")?;
    /// let error = Mapping::<Visit>::new()?.read(&msg).unwrap_err();
    /// assert_eq!(error.path(), "PV1-2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The reason.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, column};
    /// # use carewire_hl7v2::record::{Column, Mapping, Record, RecordErrorKind, Unread};
    /// #
    /// # #[derive(Debug, Default)]
    /// # struct Visit { class: String }
    /// #
    /// # impl Record for Visit {
    /// #     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// # }
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r")?;
    /// let error = Mapping::<Visit>::new()?.read(&msg).unwrap_err();
    /// assert_eq!(error.kind(), RecordErrorKind::Unread(Unread::Missing));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> RecordErrorKind {
        self.kind
    }
}

/// The reason in words.
struct Why(RecordErrorKind);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            RecordErrorKind::Path(error) => error.fmt(f),
            RecordErrorKind::Unread(Unread::Missing) => f.write_str("a value that is missing"),
            RecordErrorKind::Unread(Unread::Format) => f.write_str("a value of another form"),
            RecordErrorKind::Unread(Unread::Text) => f.write_str("text that cannot be decoded"),
            RecordErrorKind::Edit(error) => error.fmt(f),
        }
    }
}
