//! Regular expressions apart from programs.

use regex::Regex;

use crate::functions::Function;

/// A regular expression as `matches` takes it, compiled.
///
/// For those who evaluate parts of expressions themselves: it means what it means in a [`Program`](crate::Program). It matches anywhere in a text unless it
/// says where; `.` matches a line feed too.
///
/// # Examples
///
/// ```
/// use carewire_fhirpath::Pattern;
///
/// let number = Pattern::new("^[0-9]+$").expect("a regular expression");
/// assert!(number.is_match("42") && !number.is_match("42 mg"));
/// assert!(Pattern::new("(").is_none());
/// ```
///
/// Spec: FHIRPath 2.0.0, 5.6.9 `matches(regex : String)`.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a regular expression; none for what is none, or too large a one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhirpath::Pattern;
    /// assert!(Pattern::new("^a|b").is_some());
    /// assert!(Pattern::new("[").is_none());
    /// ```
    pub fn new(text: &str) -> Option<Self> {
        Function::Matches.pattern(text).ok().map(Self)
    }

    /// Whether it matches a text.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhirpath::Pattern;
    /// assert!(Pattern::new("b.").is_some_and(|pattern| pattern.is_match("ab\nc")));
    /// ```
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
