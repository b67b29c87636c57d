//! The standard maps with files of a site among them.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::maps::{Maps, fhir_to_v2_files, v2_to_fhir_files};
use crate::options::Options;
use crate::syntax;

/// A file: its name and its text.
type File<'f> = (&'f str, &'f str);

/// The standard maps from HL7 v2 to FHIR R4, compiled with files of a site.
///
/// A file may lie over a standard one and replace its groups (`carewire.overlay`), import from them, or have the url of one and take its place. If a file says which
/// messages it maps (`carewire.entry`), only those of the files are mapped. The maps of a [`SiteTable`](crate::SiteTable) are such files.
///
/// # Errors
///
/// As [`Maps::compile`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, Options, v2_to_fhir_with};
///
/// let active = "/// url = 'http://example.org/maps/active'\n/// carewire = 'superset'\n/// carewire.overlay = 'urn:carewire:maps:segment:PID'\n\
///     group PIDPatient(source pid, source patient, target p, target out) extends PIDPatient {\n  pid -> p.active = true;\n}";
/// let maps = v2_to_fhir_with(&[("active.map", active)], &Options::default()).map_err(|all| all[0].clone())?;
/// let msg = Message::parse(b"MSH|^~\\&|ADT|MAIN|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rPID|1||7^^^MAIN^MR||Doe^Ann\rPV1|1|O\r")?;
/// let out = maps.run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
/// assert!(out.bundle.to_json().contains(r#""active":true"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn v2_to_fhir_with(own: &[File<'_>], options: &Options) -> Result<Maps, Vec<Diagnostic>> {
    Maps::compile(&joined(own, v2_to_fhir_files()), options)
}

/// The standard maps from FHIR R4 to HL7 v2, compiled with files of a site, as [`v2_to_fhir_with`] does for the other way.
///
/// # Errors
///
/// As [`Maps::compile`].
///
/// # Examples
///
/// ```
/// use carewire_mapping::{Options, fhir_to_v2_with};
///
/// let maps = fhir_to_v2_with(&[], &Options::default()).map_err(|all| all[0].clone())?;
/// assert!(maps.urls().contains(&"urn:carewire:maps:back:message:ADT"));
/// # Ok::<(), carewire_mapping::Diagnostic>(())
/// ```
pub fn fhir_to_v2_with(own: &[File<'_>], options: &Options) -> Result<Maps, Vec<Diagnostic>> {
    Maps::compile(&joined(own, fhir_to_v2_files()), options)
}

/// The files of a site, and of the standard ones those that stay.
fn joined<'f>(own: &[File<'f>], standard: &[File<'f>]) -> Vec<File<'f>> {
    let heads: Vec<syntax::Map> = own
        .iter()
        .map(|(name, text)| syntax::parse(name, text).map)
        .collect();
    let urls: HashSet<&str> = heads.iter().filter_map(syntax::Map::url).collect();
    let has_entries = heads
        .iter()
        .any(|map| map.metadata_text("carewire.entry").is_some());
    let stays = |text: &str| {
        let is_replaced = metadata(text, "url").is_some_and(|url| urls.contains(url));
        let is_left_out = has_entries && metadata(text, "carewire.entry").is_some();
        !is_replaced && !is_left_out
    };
    let standard = standard.iter().filter(|(_, text)| stays(text));
    own.iter().chain(standard).copied().collect()
}

/// A metadata line of a standard map, whose lines are laid out: nothing is parsed.
fn metadata<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.lines().map_while(|line| line.strip_prefix("/// "));
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = '"))?;
    value.strip_suffix('\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_every_standard_map_are_read_without_parsing() {
        for (name, text) in v2_to_fhir_files().iter().chain(fhir_to_v2_files()) {
            let map = syntax::parse(name, text).map;
            assert_eq!(metadata(text, "url"), map.url(), "{name}");
            assert_eq!(
                metadata(text, "carewire.entry").is_some(),
                map.metadata_text("carewire.entry").is_some(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_file_takes_the_place_of_one_with_its_url_and_entries_those_of_the_standard() {
        let (name, text) = v2_to_fhir_files()[0];
        let all = v2_to_fhir_files().len();
        assert_eq!(joined(&[], v2_to_fhir_files()).len(), all);
        assert_eq!(joined(&[(name, text)], v2_to_fhir_files()).len(), all);
        let own = "/// url = 'http://example.org/own'\n/// carewire.entry = 'ADT^A01'\ngroup g(source a, target b) {}\n";
        let maps = v2_to_fhir_with(&[("own.map", own)], &Options::default()).unwrap();
        assert_eq!(maps.entries(), ["ADT^A01"]);
    }
}
