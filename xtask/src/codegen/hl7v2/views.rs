//! The typed views of the data types: one a data type over all versions, one accessor a component.
//!
//! A component has the type of the newest version, widened so that earlier versions read too: a coded element for a
//! code, `TS` for `DTM`. `spec/views.tsv` overrules names and types where the tables are faulty or not in English; its
//! component 0 is the data type itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Failure, Row, VERSIONS, versions};

/// Data types that have a view written by hand: the name of the table and of the view.
const PRIMITIVES: [(&str, &str); 14] = [
    ("DT", "Dt"),
    ("DTM", "Dtm"),
    ("FT", "Ft"),
    ("GTS", "Gts"),
    ("ID", "Id"),
    ("IS", "Is"),
    ("NM", "Nm"),
    ("SI", "Si"),
    ("SNM", "Snm"),
    ("ST", "St"),
    ("TM", "Tm"),
    ("TN", "Tn"),
    ("TX", "Tx"),
    ("varies", "Varies"),
];

/// Other names of data types.
const ALIASES: [(&str, &str); 5] = [
    ("COMP_ID_DIGIT", "CK"),
    ("COMP_ID_NAME", "CN"),
    ("COMP_QUANT", "CQ"),
    ("CQ_COMP_QUANT", "CQ"),
    ("SET_ID", "SI"),
];

/// Data types of early versions that a later one reads, component by component: they have its view.
const EARLIER: [(&str, &str); 45] = [
    ("CK_ACCOUNT_NO", "CK"),
    ("CK_PAT_ID", "CK"),
    ("CM_AUI", "AUI"),
    ("CM_CCD", "CCD"),
    ("CM_CCP", "CCP"),
    ("CM_CD_ELECTRODE", "WVS"),
    ("CM_CSU", "CSU"),
    ("CM_DDI", "DDI"),
    ("CM_DIN", "DIN"),
    ("CM_DLD", "DLD"),
    ("CM_DLT", "DLT"),
    ("CM_DTN", "DTN"),
    ("CM_EIP", "EIP"),
    ("CM_ELD", "ELD"),
    ("CM_FILLER", "EI"),
    ("CM_FINANCE", "FC"),
    ("CM_GROUP_ID", "EI"),
    ("CM_JOB_CODE", "JCC"),
    ("CM_LA1", "LA2"),
    ("CM_LICENSE_NO", "DLN"),
    ("CM_MDV", "NR"),
    ("CM_MOC", "MOC"),
    ("CM_MSG", "MSG"),
    ("CM_NDL", "NDL"),
    ("CM_OCD", "OCD"),
    ("CM_OSD", "OSD"),
    ("CM_OSP", "OSP"),
    ("CM_PAT_ID", "CX"),
    ("CM_PAT_ID_0192", "CX"),
    ("CM_PCF", "PCF"),
    ("CM_PI", "PI"),
    ("CM_PIP", "PIP"),
    ("CM_PLACER", "EI"),
    ("CM_PLN", "PLN"),
    ("CM_PRL", "PRL"),
    ("CM_PTA", "PTA"),
    ("CM_RANGE", "NR"),
    ("CM_RFR", "RFR"),
    ("CM_RI", "RI"),
    ("CM_RMC", "RMC"),
    ("CM_SPD", "SPD"),
    ("CM_SPS", "SPS"),
    ("CM_UVC", "UVC"),
    ("CM_VR", "VR"),
    ("CM_WVI", "WVI"),
];

/// Methods that every view has.
const TAKEN: [&str; 6] = ["as_type", "is_absent", "is_empty", "is_null", "of", "place"];

/// A component in one span of versions.
struct Span {
    versions: Vec<usize>,
    name: String,
    datatype: String,
}

/// The text of `views.rs`, from the rows of `datatypes.tsv`, `components.tsv` and `views.tsv`.
pub(super) fn text(
    datatypes: &[Row],
    components: &[Row],
    fields: &[Row],
    overrules: &[Row],
) -> Result<String, Failure> {
    let mut wholes: BTreeMap<&str, Vec<(Vec<usize>, &str)>> = BTreeMap::new();
    for row in datatypes.iter().filter(|row| later(&row[0]).is_none()) {
        wholes
            .entry(&row[0])
            .or_default()
            .push((versions(&row[1])?, &row[3]));
    }
    let mut parts: BTreeMap<&str, BTreeMap<usize, Vec<Span>>> = BTreeMap::new();
    for row in components.iter().filter(|row| later(&row[0]).is_none()) {
        let spans = parts.entry(&row[0]).or_default();
        spans.entry(row[1].parse()?).or_default().push(Span {
            versions: versions(&row[2])?,
            name: row[3].clone(),
            datatype: row[4].clone(),
        });
    }
    let mut overrules: BTreeMap<(&str, usize), (&str, &str)> = overrules
        .iter()
        .map(|row| {
            Ok((
                (row[0].as_str(), row[1].parse()?),
                (row[2].as_str(), row[3].as_str()),
            ))
        })
        .collect::<Result<_, Failure>>()?;
    let mut text = String::new();
    let mut written: BTreeSet<String> = BTreeSet::new();
    for (id, spans) in &parts {
        let whole = wholes.get(id).ok_or_else(|| format!("{id}: no data type"))?;
        let title = newest(whole.iter().map(|(versions, name)| (versions, *name)));
        let all: Vec<_> = whole.iter().flat_map(|(versions, _)| versions).copied().collect();
        let title = match overrules.remove(&(*id, 0)) {
            Some((given, _)) => given,
            None if title.is_empty() => *id,
            None => title,
        };
        let mut when = ranges(all);
        for (earlier, _) in EARLIER.iter().filter(|(_, later)| later == id) {
            let rows = datatypes.iter().filter(|row| row[0] == *earlier);
            let all: Vec<Vec<usize>> = rows.map(|row| versions(&row[1])).collect::<Result<_, _>>()?;
            let _ = write!(when, "; `{earlier}` {}", ranges(all.concat()));
        }
        let (segment, n) = home(id, fields)?;
        let example = format!("{segment}{}one^two", "|".repeat(n));
        let _ = writeln!(
            text,
            "{} {id:?} {title:?} {when:?} {example:?} {segment:?} {n} {{",
            view(id)?
        );
        let mut accessors = BTreeSet::new();
        for (n, spans) in spans {
            let overrule = overrules.remove(&(*id, *n)).unwrap_or_default();
            let name = newest(spans.iter().map(|span| (&span.versions, span.name.as_str())));
            let accessor = match overrule.0 {
                "" => accessor(name, *n),
                given => given.to_owned(),
            };
            if TAKEN.contains(&accessor.as_str()) || !accessors.insert(accessor.clone()) {
                return Err(format!("{id}.{n}: the name {accessor} is taken; add a row to views.tsv").into());
            }
            let datatype = match overrule.1 {
                "" => widest(id, spans),
                given => given,
            };
            let datatype = view(datatype)?;
            if PRIMITIVES.iter().any(|(_, name)| *name == datatype) {
                written.insert(datatype.clone());
            }
            let given = overrule.0.replace('_', " ");
            let name = if given.is_empty() { name } else { &given };
            let _ = writeln!(text, "{n} {accessor}: {datatype} {:?};", doc(id, name, spans));
        }
        text.push_str("}\n");
    }
    let written = Vec::from_iter(written).join(", ");
    text.insert_str(
        0,
        &format!("use crate::datatype::{{composites, {written}}};\n\ncomposites! {{\n"),
    );
    text.push_str("}\n");
    if let Some(((id, n), _)) = overrules.first_key_value() {
        return Err(format!("views.tsv: {id}.{n} is no component").into());
    }
    text.push_str("\n/// The view of each data type of the tables.\n#[cfg(test)]\npub(crate) const VIEWS: &[(&str, &str)] = &[\n");
    let ids: BTreeSet<&str> = datatypes.iter().map(|row| row[0].as_str()).collect();
    for id in ids {
        let name = if parts.contains_key(id) || is_primitive(id) {
            view(id)?
        } else {
            other(id)?
        };
        let _ = writeln!(text, "({id:?}, {name:?}),");
    }
    text.push_str("];\n");
    Ok(text)
}

/// A field of the data type for its example, the best known segments first; a field of a site if there is none.
fn home<'f>(id: &str, fields: &'f [Row]) -> Result<(&'f str, usize), Failure> {
    let known = ["PID", "PV1", "OBR", "OBX", "ORC", "NK1"];
    let own = |row: &&Row| row[4] == id && row[0] != "MSH";
    let rank = |row: &&Row| known.iter().position(|it| *it == row[0]).unwrap_or(known.len());
    Ok(match fields.iter().filter(own).min_by_key(rank) {
        Some(row) => (&row[0], row[1].parse()?),
        None => ("ZAB", 1),
    })
}

/// The data type whose view reads an early one.
fn later(id: &str) -> Option<&'static str> {
    let found = EARLIER.iter().find(|(earlier, _)| *earlier == id);
    found.map(|(_, later)| *later)
}

fn is_primitive(id: &str) -> bool {
    PRIMITIVES.iter().any(|(name, _)| *name == id)
}

/// The view of a data type that the tables give no components.
fn other(id: &str) -> Result<String, Failure> {
    match ALIASES.iter().chain(&EARLIER).find(|(alias, _)| *alias == id) {
        Some((_, name)) => view(name),
        None if id.starts_with("CM") => Ok("Varies".to_owned()),
        None => Err(format!("{id}: no view").into()),
    }
}

/// The name of a view: `XPN` is `Xpn`, `CM_ABS_RANGE` is `CmAbsRange`. `Fn` is Rust's: that one has its name in full.
fn view(id: &str) -> Result<String, Failure> {
    if let Some((_, name)) = PRIMITIVES.iter().find(|(name, _)| *name == id) {
        return Ok((*name).to_owned());
    }
    if id == "FN" {
        return Ok("FamilyName".to_owned());
    }
    if id == "CM" {
        return Ok("Varies".to_owned());
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first
            .chain(letters.flat_map(char::to_lowercase))
            .collect::<String>()
    };
    let id = id.split('+').next().unwrap_or_default();
    let name: String = id.split('_').map(word).collect();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(format!("{id}: no name for its view").into());
    }
    Ok(name)
}

fn newest<'r>(spans: impl Iterator<Item = (&'r Vec<usize>, &'r str)>) -> &'r str {
    let named = spans.filter(|(_, name)| !name.is_empty());
    named
        .max_by_key(|(versions, _)| versions.iter().max().copied())
        .map_or("", |(_, name)| name)
}

/// `Alternate Identifier (ST)` as `alternate_identifier`.
fn accessor(name: &str, n: usize) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for letter in name.chars() {
        match letter {
            '(' | '<' => depth += 1,
            ')' | '>' => depth = depth.saturating_sub(1),
            _ if depth > 0 || letter == '\'' => {}
            _ if letter.is_ascii_alphanumeric() => plain.push(letter.to_ascii_lowercase()),
            _ => plain.push(' '),
        }
    }
    let words: Vec<_> = plain.split_whitespace().collect();
    if words.is_empty() {
        return format!("component_{n}");
    }
    words.join("_")
}

/// The type that reads all versions.
fn widest<'s>(id: &str, spans: &'s [Span]) -> &'s str {
    let mut types: Vec<(usize, &str)> = spans
        .iter()
        .filter(|span| span.datatype != "varies" && span.datatype != "CM" && span.datatype != id)
        .map(|span| {
            (
                span.versions.iter().max().copied().unwrap_or(0),
                span.datatype.as_str(),
            )
        })
        .collect();
    types.sort_unstable();
    let Some((_, newest)) = types.last() else {
        return "varies";
    };
    let has = |name: &str| types.iter().any(|(_, datatype)| *datatype == name);
    if has("TS") {
        return "TS";
    }
    if has("CE") || has("CWE") {
        return "CWE";
    }
    // A composite reads what was its first component alone.
    let composite = types.iter().rev().find(|(_, name)| !is_primitive(name));
    if let Some((_, name)) = composite {
        return name;
    }
    newest
}

/// `Family Name; FN 2.3.1-2.8.2, ST 2.3`. A type that varies, or the data type in itself, marks what is withdrawn.
fn doc(id: &str, name: &str, spans: &[Span]) -> String {
    let mut types: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for span in spans {
        let withdrawn = span.datatype == "varies" || span.datatype == id;
        let datatype = if withdrawn { "" } else { &span.datatype };
        types.entry(datatype).or_default().extend(&span.versions);
    }
    let mut types: Vec<_> = types.into_iter().collect();
    types.sort_by_key(|(_, versions)| std::cmp::Reverse(versions.iter().max().copied()));
    let types: Vec<_> = types
        .into_iter()
        .map(|(datatype, versions)| match datatype {
            "" => format!("withdrawn {}", ranges(versions)),
            _ => format!("`{datatype}` {}", ranges(versions)),
        })
        .collect();
    let has_name = name.contains(|c: char| c.is_ascii_alphanumeric());
    let name = if has_name { name } else { "without a name" };
    // Brackets and the like would be Markdown.
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '[' | ']' | '`' | '*'))
        .collect();
    format!("{name}; {}", types.join(", "))
}

/// `2.3-2.8.2`
fn ranges(mut versions: Vec<usize>) -> String {
    versions.sort_unstable();
    versions.dedup();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for version in versions {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == version => *last = version,
            _ => parts.push((version, version)),
        }
    }
    let part = |(first, last): &(usize, usize)| {
        if first == last {
            VERSIONS[*first].to_owned()
        } else {
            format!("{}-{}", VERSIONS[*first], VERSIONS[*last])
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() -> Result<(), Failure> {
        assert_eq!(view("CM_ABS_RANGE")?, "CmAbsRange");
        assert_eq!(view("FN")?, "FamilyName");
        assert_eq!(
            accessor("Parent's Placer Order Number (EI)", 1),
            "parents_placer_order_number"
        );
        assert_eq!(accessor("<none>", 2), "component_2");
        Ok(())
    }

    #[test]
    fn earlier_versions_read_with_the_later_type() {
        let span = |version, datatype: &str| Span {
            versions: vec![version],
            name: String::new(),
            datatype: datatype.to_owned(),
        };
        assert_eq!(widest("X", &[span(2, "TS"), span(9, "DTM")]), "TS");
        assert_eq!(widest("X", &[span(2, "IS"), span(9, "CWE")]), "CWE");
        assert_eq!(widest("X", &[span(2, "ST"), span(4, "FN")]), "FN");
        assert_eq!(widest("X", &[span(2, "CM"), span(4, "RI")]), "RI");
        assert_eq!(widest("X", &[span(2, "NM"), span(4, "ST")]), "ST");
        assert_eq!(widest("X", &[span(4, "X")]), "varies");
    }
}
