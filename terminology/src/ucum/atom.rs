//! The tables: prefixes and units by their codes.

use std::sync::LazyLock;

use super::function::Function;
use crate::generated::{ATOMS, PREFIXES};

/// A unit of UCUM's table, such as `m` or `[in_i]`: what stands in a unit's code beside prefixes, exponents and
/// operators.
///
/// # Examples
///
/// ```
/// use carewire_terminology::ucum;
/// let litre = ucum::atoms().iter().find(|it| it.code() == "L").ok_or("none")?;
/// assert_eq!((litre.name(), litre.property(), litre.is_metric()), ("liter", "volume", true));
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: UCUM, 4 Tables of Terminal Symbols.
#[derive(Debug, PartialEq, Eq)]
pub struct Atom {
    code: &'static str,
    upper: &'static str,
    name: &'static str,
    property: &'static str,
    metric: bool,
    arbitrary: bool,
    pub(super) definition: Definition,
}

/// What an atom is made of. Numbers and units are texts of the essence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Definition {
    /// A base unit.
    Base,
    /// An arbitrary unit: a dimension of its own.
    Arbitrary,
    /// So many of another unit.
    Ratio(&'static str, &'static str),
    /// A function of the quotient by so many of another unit.
    Special(Function, &'static str, &'static str),
}

/// A prefix such as `k`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(super) code: &'static str,
    upper: &'static str,
    pub(super) name: &'static str,
    pub(super) value: &'static str,
}

/// Every unit of the table, sorted by its code.
#[must_use]
pub fn atoms() -> &'static [Atom] {
    ATOMS
}

impl Atom {
    pub(crate) const fn new(
        code: &'static str,
        upper: &'static str,
        name: &'static str,
        property: &'static str,
        metric: bool,
        arbitrary: bool,
        definition: Definition,
    ) -> Self {
        Self {
            code,
            upper,
            name,
            property,
            metric,
            arbitrary,
            definition,
        }
    }

    /// The case sensitive code, such as `mol`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The case insensitive code in capitals, such as `MOL`. It is often another word: `h` is `HR`.
    #[must_use]
    pub const fn upper_code(&self) -> &'static str {
        self.upper
    }

    /// The name, such as `mole`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it measures, such as `amount of substance`.
    #[must_use]
    pub const fn property(&self) -> &'static str {
        self.property
    }

    /// True if prefixes may stand before it.
    #[must_use]
    pub const fn is_metric(&self) -> bool {
        self.metric
    }

    /// True for a unit of a procedure's own, such as `[iU]`, which converts to nothing else.
    #[must_use]
    pub const fn is_arbitrary(&self) -> bool {
        self.arbitrary
    }

    /// True for a unit that is not on a ratio scale, such as `Cel` and `[pH]`.
    #[must_use]
    pub const fn is_special(&self) -> bool {
        matches!(self.definition, Definition::Special(..))
    }
}

impl Prefix {
    pub(crate) const fn new(
        code: &'static str,
        upper: &'static str,
        name: &'static str,
        value: &'static str,
    ) -> Self {
        Self {
            code,
            upper,
            name,
            value,
        }
    }
}

/// The atom of a number in the table.
pub(super) fn atom(number: u16) -> Option<&'static Atom> {
    ATOMS.get(usize::from(number))
}

/// The prefix of a number in the table.
pub(super) fn prefix(number: u8) -> Option<&'static Prefix> {
    PREFIXES.get(usize::from(number))
}

/// Where a code stands in the table.
pub(super) fn find_atom(code: &str, case_sensitive: bool) -> Option<u16> {
    if case_sensitive {
        let at = ATOMS.binary_search_by(|it| it.code.cmp(code)).ok()?;
        return u16::try_from(at).ok();
    }
    let code = code.to_ascii_uppercase();
    let at = BY_UPPER.binary_search_by(|it| it.0.cmp(code.as_str())).ok()?;
    BY_UPPER.get(at).map(|it| it.1)
}

/// Where a prefix stands in the table.
pub(super) fn find_prefix(code: &str, case_sensitive: bool) -> Option<u8> {
    let at = if case_sensitive {
        PREFIXES.iter().position(|it| it.code == code)
    } else {
        PREFIXES.iter().position(|it| it.upper.eq_ignore_ascii_case(code))
    };
    u8::try_from(at?).ok()
}

/// The atoms by their codes in capitals. Where two share one (`l` and `L`, `[iU]` and `[IU]`), they are the same unit,
/// and the first by its case sensitive code stands for both.
static BY_UPPER: LazyLock<Vec<(&'static str, u16)>> = LazyLock::new(|| {
    let mut codes: Vec<_> = ATOMS.iter().map(|it| it.upper).zip(0..).collect();
    codes.sort_unstable();
    codes.dedup_by_key(|it| it.0);
    codes
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_complete() {
        assert!(ATOMS.is_sorted_by(|left, right| left.code < right.code));
        assert_eq!((ATOMS.len(), PREFIXES.len()), (312, 24));
        let bases = ATOMS.iter().filter(|it| it.definition == Definition::Base);
        assert_eq!(
            bases.map(Atom::code).collect::<Vec<_>>(),
            ["C", "K", "cd", "g", "m", "rad", "s"]
        );
    }

    /// A text is an atom, or one prefix before one metric atom, in one way only.
    #[test]
    fn no_code_can_be_read_in_two_ways() {
        for case_sensitive in [true, false] {
            let mut all: Vec<String> = Vec::new();
            let code = |it: &Atom| if case_sensitive { it.code } else { it.upper };
            for atom in ATOMS {
                all.push(code(atom).to_owned());
                for prefix in PREFIXES.iter().filter(|_| atom.metric) {
                    let prefix = if case_sensitive { prefix.code } else { prefix.upper };
                    all.push(format!("{prefix}{}", code(atom)));
                }
            }
            all.sort_unstable();
            let mut twice: Vec<_> = all
                .windows(2)
                .filter(|it| it[0] == it[1])
                .map(|it| it[0].clone())
                .collect();
            twice.retain(|it| !["L", "[IU]"].iter().any(|same| it.ends_with(same)));
            assert_eq!(twice, Vec::<String>::new(), "case sensitive: {case_sensitive}");
        }
    }
}
