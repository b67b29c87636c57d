/// How a target stands to its source, read from the target: `wider` means that the target is wider.
///
/// Spec: FHIR R4, ValueSet `http://hl7.org/fhir/ValueSet/concept-map-equivalence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Equivalence {
    /// `relatedto`: related in a way that is not known.
    RelatedTo,
    /// `equivalent`: the same meaning.
    Equivalent,
    /// `equal`: the same definition.
    Equal,
    /// `wider`: the target is wider.
    Wider,
    /// `subsumes`: the target subsumes the source.
    Subsumes,
    /// `narrower`: the target is narrower.
    Narrower,
    /// `specializes`: the target specializes the source.
    Specializes,
    /// `inexact`: the two overlap.
    Inexact,
    /// `unmatched`: there is no match in the target system.
    Unmatched,
    /// `disjoint`: the two are known not to match.
    Disjoint,
}

impl Equivalence {
    const ALL: [(Self, &'static str); 10] = [
        (Self::RelatedTo, "relatedto"),
        (Self::Equivalent, "equivalent"),
        (Self::Equal, "equal"),
        (Self::Wider, "wider"),
        (Self::Subsumes, "subsumes"),
        (Self::Narrower, "narrower"),
        (Self::Specializes, "specializes"),
        (Self::Inexact, "inexact"),
        (Self::Unmatched, "unmatched"),
        (Self::Disjoint, "disjoint"),
    ];

    /// The code in FHIR, such as `relatedto`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        // The table is in the order of the variants, and a test says so.
        Self::ALL[self as usize].1
    }

    /// The equivalence with a FHIR code.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::Equivalence;
    /// assert_eq!(Equivalence::from_code("wider"), Some(Equivalence::Wider));
    /// assert_eq!(Equivalence::from_code("Wider"), None);
    /// ```
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|it| it.1 == code).map(|it| it.0)
    }

    /// Whether a target with this equivalence is a translation: all but `unmatched` and `disjoint`.
    #[must_use]
    pub const fn is_match(self) -> bool {
        !matches!(self, Self::Unmatched | Self::Disjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_variants() {
        for (equivalence, code) in Equivalence::ALL {
            assert_eq!(equivalence.code(), code);
            assert_eq!(Equivalence::from_code(code), Some(equivalence));
        }
    }
}
