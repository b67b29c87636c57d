//! The table of a record: which field of the struct stands where in a message.

use alloc::vec::Vec;
use core::fmt;

use crate::edit::Value;
use crate::record::Unread;
use crate::value::Place;

/// A struct with places in a message; see the [module](crate::record).
///
/// Reading starts from [`Default`].
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
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|1|O\r")?;
/// assert_eq!(Mapping::<Visit>::new()?.read(&msg)?.class, "O");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Record: Default + 'static {
    /// What is read and written, in this order. The segment of the first is that of the [rows](crate::record::Mapping::rows).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::column;
    /// use carewire_hl7v2::record::{Column, Record};
    ///
    /// #[derive(Debug, Default)]
    /// struct Visit { class: String }
    ///
    /// impl Record for Visit {
    ///     const COLUMNS: &'static [Column<Self>] = &[column!(class: "PV1-2")];
    /// }
    ///
    /// let paths: Vec<_> = Visit::COLUMNS.iter().map(|column| column.path()).collect();
    /// assert_eq!(paths, ["PV1-2"]);
    /// ```
    const COLUMNS: &'static [Column<Self>];
}

/// One line of the table of a [`Record`]: a path, how it fills the struct, and how it is written; made by
/// [`column!`](crate::column) for a field that is a [`Cell`](crate::record::Cell).
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::record::{Column, Mapping, Record, Unread, Written};
/// use carewire_hl7v2::{Message, Value};
///
/// #[derive(Default)]
/// struct Sender {
///     in_production: bool,
/// }
///
/// impl Record for Sender {
///     const COLUMNS: &'static [Column<Self>] = &[Column::new(
///         "MSH-11.1",
///         |sender, places| {
///             sender.in_production = places.next().ok_or(Unread::Missing)?.text() == "P";
///             Ok(())
///         },
///         |sender| Written::One(Value::text(if sender.in_production { "P" } else { "T" })),
///     )];
/// }
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|P|2.5.1\r")?;
/// assert!(Mapping::<Sender>::new()?.read(&msg)?.in_production);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Column<R> {
    pub(super) path: &'static str,
    pub(super) read: Read<R>,
    pub(super) write: fn(&R) -> Written<'_>,
}

type Read<R> = for<'m> fn(&mut R, &mut dyn Iterator<Item = Place<'m>>) -> Result<(), Unread>;

impl<R> Column<R> {
    /// A column with its own reading and writing. `read` is given the places at the path, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::record::{Cell, Column, Written};
    /// #[derive(Default)]
    /// struct Visit { outpatient: bool }
    ///
    /// let class = Column::<Visit>::new(
    ///     "PV1-2",
    ///     |visit, places| {
    ///         visit.outpatient = String::read(places)? == "O";
    ///         Ok(())
    ///     },
    ///     |visit| Written::One(if visit.outpatient { "O" } else { "I" }.into()),
    /// );
    /// assert_eq!(class.path(), "PV1-2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn new(path: &'static str, read: Read<R>, write: fn(&R) -> Written<'_>) -> Self {
        Self { path, read, write }
    }

    /// The path.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{column, record::Column};
    /// #[derive(Default)]
    /// struct Visit { class: String }
    ///
    /// let class: Column<Visit> = column!(class: "PV1-2");
    /// assert_eq!(class.path(), "PV1-2");
    /// ```
    pub fn path(&self) -> &'static str {
        self.path
    }
}

impl<R> fmt::Debug for Column<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.path).finish()
    }
}

/// What a field of a struct writes at its path.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Value;
/// use carewire_hl7v2::record::{Cell, Presence, Written};
///
/// /// A flag of a site that writes `1`, and nothing where it is not set.
/// fn write(flag: bool) -> Written<'static> {
///     if flag { Written::One(Value::text("1")) } else { Written::Keep }
/// }
///
/// assert!(matches!(write(false), Written::Keep));
/// assert!(matches!(Presence::<String>::Absent.write(), Written::Keep));
/// assert!(matches!(vec![7_u32, 8].write(), Written::Each(values) if values.len() == 2));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Written<'r> {
    /// Nothing is changed.
    Keep,
    /// The place is removed, with what would trail.
    Remove,
    /// The place, or each place, has this value.
    One(Value<'r>),
    /// The repetitions of the field have these values, one each; a part is removed from the repetitions that are left.
    Each(Vec<Value<'r>>),
}

/// A [`Column`](crate::record::Column) for a field of a struct that is a [`Cell`](crate::record::Cell):
/// `column!(family: "PID-5.1")`, in the implementation of [`Record`](crate::record::Record) or wherever the type of
/// the record is known.
///
/// A path that is not well formed is found by [`Mapping::new`](crate::record::Mapping::new).
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, column};
/// use carewire_hl7v2::record::{Column, Mapping, Record};
///
/// #[derive(Default)]
/// struct Name { family: String }
///
/// #[derive(Default)]
/// struct Patient { name: Name, phones: Vec<String> }
///
/// impl Record for Patient {
///     // The field may be one of a field.
///     const COLUMNS: &'static [Column<Self>] = &[column!(name.family: "PID-5.1"), column!(phones: "PID-13[*].1")];
/// }
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann||||||||1~2\r")?;
/// let patient = Mapping::<Patient>::new()?.read(&msg)?;
/// assert_eq!((patient.name.family.as_str(), patient.phones.len()), ("Doe", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! column {
    ($($field:ident).+ : $path:expr) => {
        $crate::record::Column::new(
            $path,
            |record, places| {
                record.$($field).+ = $crate::record::Cell::read(places)?;
                Ok(())
            },
            |record| $crate::record::Cell::write(&record.$($field).+),
        )
    };
}
