//! The time: the caller's, else the clock's. No other code of the workspace reads a clock.

use carewire_fhirpath::DateTime;
use chrono::{SecondsFormat, Utc};

use crate::failure::Failure;

/// The time of `--now`, else the present second.
pub(crate) fn now(given: Option<&str>) -> Result<DateTime, Failure> {
    let text = given.map_or_else(
        || Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        str::to_owned,
    );
    let wrong = || {
        Failure::new(
            "bad-time",
            "--now needs a time with its offset, such as 2024-01-02T03:04:05+01:00",
        )
    };
    // An offset is what makes a time a point in time.
    if chrono::DateTime::parse_from_rfc3339(&text).is_err() {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}
