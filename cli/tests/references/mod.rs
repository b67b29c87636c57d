//! Whether a Bundle hangs together, by its text.

use std::collections::HashMap;

/// How many references inside the Bundle name no entry, and entries have a `fullUrl` that another has too.
pub(crate) fn loose(bundle: &str) -> usize {
    let mut entries: HashMap<&str, usize> = HashMap::new();
    for url in texts(bundle, "\"fullUrl\":\"") {
        *entries.entry(url).or_default() += 1;
    }
    let twice = entries.values().filter(|times| **times > 1).count();
    texts(bundle, "\"reference\":\"")
        .filter(|one| !entries.contains_key(one))
        .count()
        + twice
}

/// The texts after a key of compact JSON; none of them holds a quote.
fn texts<'t>(json: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    json.split(key).skip(1).filter_map(|rest| rest.split('"').next())
}
