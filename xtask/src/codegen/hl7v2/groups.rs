//! The names of groups as constants.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Failure, Pool, Row, grammar};

/// The text of `groups.rs`: a constant a name, with the structures that have such a group.
pub(super) fn text(names: &mut Pool<String>, structures: &[Row]) -> Result<String, Failure> {
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in structures {
        for node in grammar::read(&row[2])? {
            if node.group && !node.name.is_empty() {
                groups.entry(node.name).or_default().insert(&row[0]);
            }
        }
    }
    let mut text = String::from("use crate::tree::groups;\n\ngroups! {\n");
    for (name, structures) in &groups {
        let constant: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        // A name that is spelled with `_` elsewhere; as a text it still works.
        if constant != *name && groups.contains_key(&constant) {
            continue;
        }
        let some: Vec<_> = structures.iter().take(4).map(|id| format!("`{id}`")).collect();
        let more = match structures.len() {
            0..=4 => String::new(),
            count => format!(" and {} more", count - 4),
        };
        let number = names.number(name.clone())?;
        let _ = writeln!(
            text,
            "{constant} {number} {name:?} {:?};",
            some.join(", ") + &more
        );
    }
    text.push_str("}\n");
    Ok(text)
}
