//! The primitives that are texts, by their names.

use super::FhirString;

macro_rules! texts {
    ($($name:ident $fhir:literal,)*) => { $(
        #[doc = concat!("A [`", $fhir, "`](https://hl7.org/fhir/R4/datatypes.html#", $fhir, "), as text.")]
        pub type $name = FhirString;
    )* };
}

texts! {
    Base64Binary "base64Binary",
    Canonical "canonical",
    Code "code",
    Id "id",
    Markdown "markdown",
    Oid "oid",
    Uri "uri",
    Url "url",
    Uuid "uuid",
    Xhtml "xhtml",
}
