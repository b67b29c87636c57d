//! `$lookup`: what a code system says about a code.

use std::borrow::Cow;

use crate::Error;

/// Says what a code system knows about a code.
///
/// Spec: FHIR R4, CodeSystem operation [`$lookup`](http://hl7.org/fhir/R4/codesystem-operation-lookup.html).
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tables")] {
/// use carewire_terminology::{Lookup, LookupRequest, tables};
/// let sex = tables::table("0001").expect("it is embedded");
/// let found = sex.lookup(&LookupRequest::new(sex.system(), "F"))?;
/// assert_eq!(found.display.as_deref(), Some("Female"));
/// # }
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
pub trait Lookup: Send + Sync {
    /// Looks a code up.
    ///
    /// # Errors
    ///
    /// [`UnknownCodeSystem`](crate::ErrorKind::UnknownCodeSystem) if the source does not have the system or version,
    /// [`UnknownCode`](crate::ErrorKind::UnknownCode) if the system does not have the code.
    fn lookup(&self, request: &LookupRequest<'_>) -> Result<LookupResponse<'_>, Error>;
}

/// The input of [`Lookup::lookup`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct LookupRequest<'a> {
    /// The canonical URL of the code system, with or without `|version`.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
}

impl<'a> LookupRequest<'a> {
    /// Asks for `code` of `system`.
    #[must_use]
    pub const fn new(system: &'a str, code: &'a str) -> Self {
        Self { system, code }
    }
}

/// The output of [`Lookup::lookup`]; texts borrow from the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LookupResponse<'a> {
    /// The name of the code system.
    pub name: Cow<'a, str>,
    /// The version of the code system that answered.
    pub version: Option<Cow<'a, str>>,
    /// The code, spelled as the code system spells it.
    pub code: Cow<'a, str>,
    /// The preferred display.
    pub display: Option<Cow<'a, str>>,
    /// The definition, where the code system carries one.
    pub definition: Option<Cow<'a, str>>,
    /// Other displays, by language.
    pub designation: Vec<Designation<'a>>,
    /// Properties, with `parent`, `inactive` and `notSelectable` among them where they hold.
    pub property: Vec<Property<'a>>,
}

/// A display in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Designation<'a> {
    /// The language, a BCP 47 code.
    pub language: Option<Cow<'a, str>>,
    /// The text.
    pub value: Cow<'a, str>,
}

/// A property of a concept; the value is its text whatever its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property<'a> {
    /// The property's code, as the code system declares it.
    pub code: Cow<'a, str>,
    /// The value: a code, text, a number, `true` or `false`, or a date.
    pub value: Cow<'a, str>,
}

impl<'a> LookupResponse<'a> {
    /// The values of a property, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::LookupResponse;
    /// assert_eq!(LookupResponse::default().property("parent").next(), None);
    /// ```
    pub fn property(&self, code: &str) -> impl Iterator<Item = &str> {
        self.property
            .iter()
            .filter(move |it| it.code == code)
            .map(|it| &*it.value)
    }
}
