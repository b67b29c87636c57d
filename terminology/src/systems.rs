//! The URIs of coding systems by their names in HL7 table 0396, as a message writes them in CWE.3.

use crate::generated::CODING_SYSTEMS;
use crate::tables;

/// The URI of a coding system by its name in HL7 table 0396, such as `LN` for LOINC.
///
/// `HL7nnnn` gives the code system of table nnnn. Case does not matter. `None` means that the name is not in the
/// table, that nobody has given the system a URI, or that it [is local](is_local).
///
/// # Examples
///
/// ```
/// use carewire_terminology::systems;
/// assert_eq!(systems::by_mnemonic("LN"), Some("http://loinc.org"));
/// assert_eq!(systems::by_mnemonic("HL70078"), Some("http://terminology.hl7.org/CodeSystem/v2-0078"));
/// assert_eq!(systems::by_mnemonic("99LAB"), None);
/// assert!(systems::is_local("99LAB"));
/// ```
///
/// Spec: HL7 v2 chapter 2.C, table 0396 Coding System.
#[must_use]
pub fn by_mnemonic(mnemonic: &str) -> Option<&'static str> {
    if let Some(system) = coding_system(mnemonic) {
        return Some(system.uri);
    }
    let (prefix, number) = mnemonic.split_at_checked(3)?;
    if prefix.eq_ignore_ascii_case("HL7") {
        tables::table(number).map(tables::Table::system)
    } else {
        None
    }
}

/// The URI of a coding system by its object identifier, without `urn:oid:`, as CWE.14 gives it.
///
/// # Examples
///
/// ```
/// use carewire_terminology::systems;
/// assert_eq!(systems::by_oid("2.16.840.1.113883.6.1"), Some("http://loinc.org"));
/// let identifier_type = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// assert_eq!(systems::by_oid("2.16.840.1.113883.12.203"), Some(identifier_type));
/// assert_eq!(systems::by_oid("1.2.3"), None);
/// ```
#[must_use]
pub fn by_oid(oid: &str) -> Option<&'static str> {
    if oid.is_empty() {
        return None;
    }
    if let Some(system) = CODING_SYSTEMS.iter().find(|it| it.oid == oid) {
        return Some(system.uri);
    }
    // The tables' own arc: the last number is the table's.
    let number = oid.strip_prefix("2.16.840.1.113883.12.")?.as_bytes();
    let mut name = [b'0'; 4];
    name.get_mut(4_usize.checked_sub(number.len())?..)?
        .copy_from_slice(number);
    let table = tables::table(str::from_utf8(&name).ok()?)?;
    (table.oid() == Some(oid)).then(|| table.system())
}

/// Whether a name stands for a local coding system: `L`, or `99` and more, such as `99LAB`.
#[must_use]
pub fn is_local(mnemonic: &str) -> bool {
    mnemonic.eq_ignore_ascii_case("L") || (mnemonic.len() > 2 && mnemonic.starts_with("99"))
}

/// What is known of a coding system by its name in HL7 table 0396; case does not matter.
#[must_use]
pub fn coding_system(mnemonic: &str) -> Option<&'static CodingSystem> {
    match CODING_SYSTEMS.binary_search_by(|it| it.mnemonic.cmp(mnemonic)) {
        Ok(place) => CODING_SYSTEMS.get(place),
        Err(_) => CODING_SYSTEMS
            .iter()
            .find(|it| it.mnemonic.eq_ignore_ascii_case(mnemonic)),
    }
}

/// A coding system of HL7 table 0396 that has a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodingSystem {
    mnemonic: &'static str,
    uri: &'static str,
    oid: &'static str,
    title: &'static str,
}

impl CodingSystem {
    pub(crate) const fn new(
        mnemonic: &'static str,
        uri: &'static str,
        oid: &'static str,
        title: &'static str,
    ) -> Self {
        Self {
            mnemonic,
            uri,
            oid,
            title,
        }
    }

    /// The name in table 0396, such as `LN`.
    #[must_use]
    pub const fn mnemonic(&self) -> &'static str {
        self.mnemonic
    }

    /// The URI in FHIR, such as `http://loinc.org`.
    #[must_use]
    pub const fn uri(&self) -> &'static str {
        self.uri
    }

    /// The object identifier.
    #[must_use]
    pub fn oid(&self) -> Option<&'static str> {
        Some(self.oid).filter(|it| !it.is_empty())
    }

    /// The title in table 0396.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_messages_use_are_known() {
        for (name, uri) in [
            ("SCT", "http://snomed.info/sct"),
            ("UCUM", "http://unitsofmeasure.org"),
            ("RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"),
            ("I9C", "http://hl7.org/fhir/sid/icd-9-cm"),
            ("I10", "http://hl7.org/fhir/sid/icd-10"),
            ("I10C", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("CVX", "http://hl7.org/fhir/sid/cvx"),
            ("NDC", "http://hl7.org/fhir/sid/ndc"),
            ("C4", "http://www.ama-assn.org/go/cpt"),
            ("cdcrec", "urn:oid:2.16.840.1.113883.6.238"),
            ("NULLFL", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"),
            ("hl70136", "http://terminology.hl7.org/CodeSystem/v2-0136"),
        ] {
            assert_eq!(by_mnemonic(name), Some(uri), "{name}");
        }
        for name in ["", "L", "99X", "HL7", "HL79999", "HL70", "LOCAL", "é7", "HLé0136"] {
            assert_eq!(by_mnemonic(name), None, "{name}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_finds_each_of_its_names() {
        assert!(CODING_SYSTEMS.is_sorted_by_key(|it| it.mnemonic));
        for system in CODING_SYSTEMS {
            assert_eq!(coding_system(system.mnemonic), Some(system));
        }
    }

    #[test]
    fn local_names_are_told_apart() {
        assert!(is_local("L") && is_local("99zzz"));
        assert!(!is_local("99") && !is_local("LN") && !is_local(""));
    }
}
