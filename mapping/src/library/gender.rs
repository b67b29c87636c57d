//! Sex and gender.
//!
//! Codes of HL7 table 0001, FHIR's own codes and the English words become a code of AdministrativeGender. `A` (ambiguous), `N` (not applicable) and `X` are `other`, as the
//! HL7 v2-to-FHIR guide has it. Anything else comes back as it came, which is no such code, or as the
//! second argument says.
//!
//! ```text
//! administrativeGender(text[, otherwise])
//! administrativeGender('F') => female
//! administrativeGender('MALE') => male
//! administrativeGender('A') => other
//! administrativeGender('7') => 7
//! administrativeGender('7', 'unknown') => unknown
//! ```
//!
//! Spec: HL7 table 0001; FHIR R4, value set administrative-gender.

use std::borrow::Cow;

pub(super) fn administrative_gender<'t>(text: &'t str, unknown: Option<&str>) -> Cow<'t, str> {
    let code = match text.trim().to_ascii_lowercase().as_str() {
        "f" | "female" | "woman" | "girl" => "female",
        "m" | "male" | "man" | "boy" => "male",
        "o" | "other" | "a" | "ambiguous" | "n" | "not applicable" | "x" | "non-binary" | "nonbinary" => {
            "other"
        }
        "u" | "unk" | "unknown" => "unknown",
        _ => return unknown.map_or(Cow::Borrowed(text), |unknown| Cow::Owned(unknown.to_owned())),
    };
    Cow::Borrowed(code)
}
