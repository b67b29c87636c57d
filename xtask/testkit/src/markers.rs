//! Marker texts to plant in every field of an input, and the search for them in every text that must not quote the input.
//!
//! A marker is `Zqxv` and a number. A text leaks if the stem `zqxv` stands in it in any case, as it stands, or as the list of byte
//! values that `{:?}` of a `&[u8]` prints: an error that quotes half a field or its bytes is found as well.
//!
//! # Examples
//!
//! ```
//! use carewire_testkit::markers::{Markers, leak};
//!
//! let mut markers = Markers::default();
//! let message = markers.plant_er7("MSH|^~\\&|A|B|||20240102||ADT^A01|1|P|2.5\rPID|1||7^^^H||Doe^Ann\r", &["MSH-9", "MSH-12"]);
//! assert!(message.starts_with("MSH|^~\\&|Zqxv1|Zqxv2|||Zqxv3||ADT^A01|"));
//! assert!(leak("field 5 of PID").is_none());
//! assert!(leak("expected a date, found `Zqxv3`").is_some());
//! ```

const STEM: &str = "Zqxv";

/// Makes markers, each different from the last.
#[derive(Debug, Default)]
pub struct Markers {
    made: usize,
}

impl Markers {
    /// A marker that no earlier call gave.
    pub fn marker(&mut self) -> String {
        self.made += 1;
        format!("{STEM}{}", self.made)
    }

    /// Replaces each occurrence of `placeholder` in a template by a marker of its own.
    pub fn plant(&mut self, template: &str, placeholder: &str) -> String {
        let mut parts = template.split(placeholder);
        let mut planted = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            planted.push_str(&self.marker());
            planted.push_str(part);
        }
        planted
    }

    /// Replaces every part that has text in an ER7 message by a marker.
    ///
    /// Segment ids, the separators of MSH-1 and MSH-2 and the fields named in `keep` (`MSH-9`) stay, so that the
    /// message is still read as what it was.
    pub fn plant_er7(&mut self, message: &str, keep: &[&str]) -> String {
        let mut planted = String::with_capacity(message.len() * 2);
        for line in message.split_inclusive(['\r', '\n']) {
            let (segment, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
            let mut fields = segment.split('|');
            let id = fields.next().unwrap_or_default();
            planted.push_str(id);
            // Between MSH and its first separator lies MSH-1: what follows is MSH-2.
            let first = if matches!(id, "MSH" | "FHS" | "BHS") { 2 } else { 1 };
            for (number, field) in (first..).zip(fields) {
                planted.push('|');
                let name = format!("{id}-{number}");
                if (first == 2 && number == 2) || keep.contains(&name.as_str()) {
                    planted.push_str(field);
                } else {
                    self.plant_parts(field, &mut planted);
                }
            }
            planted.push_str(end);
        }
        planted
    }

    fn plant_parts(&mut self, field: &str, planted: &mut String) {
        for part in field.split_inclusive(['~', '^', '&']) {
            let text = part.trim_end_matches(['~', '^', '&']);
            if !text.is_empty() {
                planted.push_str(&self.marker());
            }
            planted.push_str(&part[text.len()..]);
        }
    }
}

/// Where the first marker stands in a text that must hold none, as a byte offset; `None` if there is none.
pub fn leak(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let stem = STEM.to_ascii_lowercase();
    let bytes = STEM
        .bytes()
        .map(|byte| byte.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    lower.find(&stem).or_else(|| text.find(&bytes))
}

/// Fails the test if a marker stands in `text`; `source` says whose text it is.
///
/// # Panics
///
/// If there is a marker: that is how a test fails.
#[track_caller]
pub fn assert_none(source: &str, text: &str) {
    assert!(leak(text).is_none(), "{source} quotes the input: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_with_text_gets_its_own_marker() {
        let mut markers = Markers::default();
        let planted = markers.plant_er7("MSH|^~\\&|A||\"\"\rPID|1|a^b&c~d^^e\r\n", &["PID-1"]);
        assert_eq!(
            planted,
            "MSH|^~\\&|Zqxv1||Zqxv2\rPID|1|Zqxv3^Zqxv4&Zqxv5~Zqxv6^^Zqxv7\r\n"
        );
    }

    #[test]
    fn placeholders_are_replaced_one_by_one() {
        assert_eq!(
            Markers::default().plant("{\"a\":\"@\",\"b\":\"@\"}", "@"),
            "{\"a\":\"Zqxv1\",\"b\":\"Zqxv2\"}"
        );
    }

    #[test]
    fn markers_are_found_in_any_case_in_part_and_as_bytes() {
        let marker = Markers::default().marker();
        assert_eq!(leak(&format!("at {marker}")), Some(3));
        assert_eq!(leak(&marker.to_uppercase()), Some(0));
        assert_eq!(leak(&marker[..4]), Some(0));
        assert!(leak(&format!("{:?}", marker.as_bytes())).is_some());
        assert_eq!(leak("segment 2, field 5, length 6"), None);
    }
}
