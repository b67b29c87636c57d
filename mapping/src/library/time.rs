//! Times with their offset.
//!
//! A time of HL7 or FHIR becomes FHIR's dateTime. Its offset is its own, else that at the end of the second argument: an offset (`-05:00`) or a time that has one, as MSH-7 does. A date, which needs none,
//! becomes FHIR's date. A time of day for which no offset is known comes back as it came, and what is written to an element is then
//! up to the zone of the run; so does text that is no time.
//!
//! ```text
//! zonedDateTime(text[, zone])
//! zonedDateTime('202402011030', '20240201110000-0500') => 2024-02-01T10:30:00-05:00
//! zonedDateTime('202402011030+0100', '-0500') => 2024-02-01T10:30:00+01:00
//! zonedDateTime('20240201') => 2024-02-01
//! zonedDateTime('202402011030') => 202402011030
//! zonedDateTime('yesterday') => yesterday
//! ```
//!
//! Spec: HL7 v2.8.2 chapter 2A, 2A.3.22 DTM; FHIR R4, 2.24.0.1 dateTime.

use std::borrow::Cow;

use crate::context::Zone;
use crate::time::Moment;

pub(super) fn zoned_date_time<'t>(text: &'t str, zone: Option<&str>) -> Cow<'t, str> {
    let trimmed = text.trim();
    let Some(moment) = Moment::hl7(trimmed).or_else(|| Moment::fhir(trimmed)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::new();
    match (&moment.clock, moment.zone.or_else(|| zone_of(zone?))) {
        (None, _) => moment.push_date(&mut out),
        (Some(_), Some(zone)) => moment.push_date_time(zone, &mut out),
        (Some(_), None) => return Cow::Borrowed(text),
    }
    Cow::Owned(out)
}

/// The offset that a text is or ends with.
fn zone_of(text: &str) -> Option<Zone> {
    let text = text.trim();
    let of_time = || {
        Moment::hl7(text)
            .or_else(|| Moment::fhir(text))
            .and_then(|moment| moment.zone)
    };
    Zone::parse(text).or_else(of_time)
}
