//! `$expand`: the codes of a value set.

use std::borrow::Cow;

use crate::Error;

/// Lists the codes of a value set.
///
/// A code system implements it too: its codes are the expansion of the value set of all its codes.
///
/// Spec: FHIR R4, ValueSet operation [`$expand`](http://hl7.org/fhir/R4/valueset-operation-expand.html).
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tables")] {
/// use carewire_terminology::{Expand, ExpandRequest, valuesets};
/// let url = "http://hl7.org/fhir/ValueSet/link-type";
/// let set = valuesets::r4().get(url).expect("it is embedded");
/// let page = set.expand(&ExpandRequest::new(url).page(1, 2))?;
/// assert_eq!(page.total, 4);
/// assert_eq!(page.contains.iter().map(|it| &*it.code).collect::<Vec<_>>(), ["replaced-by", "replaces"]);
/// # }
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
pub trait Expand: Send + Sync {
    /// Lists the codes of a value set, in the same order on every run: that of its definition where it has one.
    ///
    /// # Errors
    ///
    /// [`UnknownValueSet`](crate::ErrorKind::UnknownValueSet) and
    /// [`UnknownCodeSystem`](crate::ErrorKind::UnknownCodeSystem) if something is not there,
    /// [`Limit`](crate::ErrorKind::Limit) if the set has more codes than allowed, and
    /// [`NotSupported`](crate::ErrorKind::NotSupported).
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error>;
}

/// The input of [`Expand::expand`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ExpandRequest<'a> {
    /// The canonical URL of the value set, with or without `|version`.
    pub url: &'a str,
    /// Text that a code or display must hold, without regard to case.
    pub filter: Option<&'a str>,
    /// How many codes to skip.
    pub offset: usize,
    /// The most codes to give; `None` means all.
    pub count: Option<usize>,
    /// Leave out codes that are inactive.
    pub active_only: bool,
}

impl<'a> ExpandRequest<'a> {
    /// Asks for all codes of a value set.
    #[must_use]
    pub const fn new(url: &'a str) -> Self {
        Self {
            url,
            filter: None,
            offset: 0,
            count: None,
            active_only: false,
        }
    }

    /// Keeps codes that hold `filter` in code or display, without regard to case.
    #[must_use]
    pub const fn filter(mut self, filter: &'a str) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Gives a page: `count` codes after the first `offset`.
    #[must_use]
    pub const fn page(mut self, offset: usize, count: usize) -> Self {
        self.offset = offset;
        self.count = Some(count);
        self
    }

    /// Leaves out codes that are inactive.
    #[must_use]
    pub const fn active_only(mut self, active_only: bool) -> Self {
        self.active_only = active_only;
        self
    }

    /// Cuts a list of candidates down to what the request asks for.
    pub(crate) fn select<'s>(&self, all: impl Iterator<Item = ExpansionContains<'s>>) -> Expansion<'s> {
        let filter = self.filter.map(str::to_lowercase);
        let mut expansion = Expansion::default();
        for item in all {
            if self.active_only && item.inactive {
                continue;
            }
            if let Some(filter) = &filter
                && !item.code.to_lowercase().contains(filter)
                && !item
                    .display
                    .as_ref()
                    .is_some_and(|it| it.to_lowercase().contains(filter))
            {
                continue;
            }
            let place = expansion.total;
            expansion.total += 1;
            if place >= self.offset && self.count.is_none_or(|count| place - self.offset < count) {
                expansion.contains.push(item);
            }
        }
        expansion
    }
}

/// The output of [`Expand::expand`]; flat, texts borrow from the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expansion<'a> {
    /// How many codes there are in all pages.
    pub total: usize,
    /// The codes of this page.
    pub contains: Vec<ExpansionContains<'a>>,
}

/// A code of an [`Expansion`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpansionContains<'a> {
    /// The canonical URL of the code system.
    pub system: Cow<'a, str>,
    /// The code.
    pub code: Cow<'a, str>,
    /// The display.
    pub display: Option<Cow<'a, str>>,
    /// The code is no longer for use.
    pub inactive: bool,
    /// The code groups others and is not for use.
    pub abstract_code: bool,
}

impl<'a> ExpansionContains<'a> {
    /// A code of a system, active and for use.
    #[must_use]
    pub const fn new(system: &'a str, code: &'a str, display: Option<&'a str>) -> Self {
        Self {
            system: Cow::Borrowed(system),
            code: Cow::Borrowed(code),
            display: match display {
                Some(it) => Some(Cow::Borrowed(it)),
                None => None,
            },
            inactive: false,
            abstract_code: false,
        }
    }
}
