use core::cmp::Ordering;

use crate::r4::{DateTime, Period};

impl Period {
    /// Whether a moment is in the period, both ends included. `None` if the precisions leave that open.
    ///
    /// A start that is absent is long ago, an end that is absent is not yet known. The end reaches to the end of
    /// what it names: a period until `2024-05` has all of May.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::Period;
    /// let period = Period { start: "2024-02".parse().ok(), end: "2024-05".parse().ok(), ..Default::default() };
    /// assert_eq!(period.contains("2024-05-31".parse()?), Some(true));
    /// assert_eq!(period.contains("2024-06-01".parse()?), Some(false));
    /// assert_eq!(period.contains("2024".parse()?), None);
    /// # Ok::<(), carewire_fhir_model::r4::NotDate>(())
    /// ```
    ///
    /// Spec: <https://hl7.org/fhir/R4/datatypes.html#Period>
    pub fn contains(&self, at: DateTime) -> Option<bool> {
        let from = self.start.map_or(Some(true), |start| not_after(start, at, true));
        let to = self.end.map_or(Some(true), |end| not_after(at, end, false));
        match (from, to) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

/// Whether `first` is not after `second`, where the bound, `first` or `second`, stands for all that it names.
fn not_after(first: DateTime, second: DateTime, first_is_bound: bool) -> Option<bool> {
    let (bound, other) = if first_is_bound {
        (first, second)
    } else {
        (second, first)
    };
    match first.partial_cmp(&second) {
        Some(order) => Some(order != Ordering::Greater),
        // Of what is not decided, that which lies in the bound is in the period.
        None if bound.covers(other) => Some(true),
        None => None,
    }
}
