//! The HL7 v2 tables: HL7 terminology first, then FHIR R4, then the HL7 v2 database.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::packages::{Element, Fhir, Tho};
use super::{Failure, line};

const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v2-";

#[derive(Default)]
struct Table {
    title: String,
    oid: String,
    system: String,
    /// Code to display, and whether the code is retired.
    codes: BTreeMap<String, (String, bool)>,
}

/// `= NUMBER TAB URI TAB OID TAB title` opens a table, other lines are `code TAB display`, with ` TAB -` for a code
/// that is retired or deprecated.
pub(super) fn table(tho: &Tho, core: &Fhir, structures: &[Value]) -> Result<String, Failure> {
    let mut tables = listed(tho)?;
    for (number, table) in &mut tables {
        let from_tho = tho
            .files
            .get(&format!("sourceOfTruth/v2/codeSystems/cs-v2-{number}.xml"));
        let from_r4 = core.resource("CodeSystem", &format!("{SYSTEM}{number}"));
        if let Some(system) = from_tho {
            table.codes = from_terminology(system);
        } else if let Some(system) = from_r4 {
            table.codes = from_fhir(system);
        } else {
            let foreign = !table.system.is_empty() && !table.system.starts_with(SYSTEM);
            table.codes = from_database(structures, number, foreign);
        }
        // A code system of their own has the tables that terminology or R4 define as one; the others name the
        // foreign system that their codes are from, such as CVX.
        let own = from_tho.is_some() || (from_r4.is_some() && table.system.starts_with(SYSTEM));
        if own || table.system.is_empty() || table.system.ends_with(".html") {
            table.system = format!("{SYSTEM}{number}");
        }
    }
    let mut text = String::from("# HL7 v2 tables\n");
    for (number, table) in &tables {
        writeln!(
            text,
            "= {number}\t{}\t{}\t{}",
            table.system,
            table.oid,
            line(&table.title)
        )?;
        for (code, (display, retired)) in &table.codes {
            let mark = if *retired { "\t-" } else { "" };
            writeln!(text, "{code}\t{}{mark}", line(display))?;
        }
    }
    Ok(text)
}

/// The table of tables: number, title, the table's OID and the URI of its code system.
fn listed(tho: &Tho) -> Result<BTreeMap<String, Table>, Failure> {
    let list = tho
        .files
        .get("sourceOfTruth/v2/v2-tables.xml")
        .ok_or("no list of tables")?;
    let mut tables = BTreeMap::new();
    for concept in list.concepts() {
        let number = concept.value("code");
        if number.len() == 4 && number.bytes().all(|it| it.is_ascii_digit()) {
            let table = Table {
                title: concept.value("display").to_owned(),
                oid: concept.property("v2-table-oid").to_owned(),
                system: concept.property("v2-cs-uri").to_owned(),
                codes: BTreeMap::new(),
            };
            tables.insert(number.to_owned(), table);
        }
    }
    Ok(tables)
}

fn from_terminology(system: &Element) -> BTreeMap<String, (String, bool)> {
    let row = |concept: &Element| {
        let retired = matches!(concept.property("status"), "retired" | "deprecated");
        (
            concept.value("code").to_owned(),
            (concept.value("display").to_owned(), retired),
        )
    };
    system
        .concepts()
        .into_iter()
        .map(row)
        .filter(|it| is_code(&it.0))
        .collect()
}

fn from_fhir(system: &Value) -> BTreeMap<String, (String, bool)> {
    let mut codes = BTreeMap::new();
    let mut open: Vec<&Value> = system["concept"].as_array().into_iter().flatten().collect();
    while let Some(concept) = open.pop() {
        let text = |name: &str| concept[name].as_str().unwrap_or_default().to_owned();
        codes.insert(text("code"), (text("display"), false));
        open.extend(concept["concept"].as_array().into_iter().flatten());
    }
    codes.retain(|code, _| is_code(code));
    codes
}

/// The codes of all versions, the newest first; of a foreign system only those of the newest that has any, since older
/// versions had codes of their own.
fn from_database(versions: &[Value], number: &str, newest_only: bool) -> BTreeMap<String, (String, bool)> {
    let mut codes = BTreeMap::new();
    for version in versions {
        if newest_only && !codes.is_empty() {
            break;
        }
        for (code, display) in version["tables"][number]["codes"]
            .as_object()
            .into_iter()
            .flatten()
        {
            if is_code(code) {
                let display = display.as_str().unwrap_or_default().to_owned();
                codes.entry(code.clone()).or_insert((display, false));
            }
        }
    }
    codes
}

/// Leaves out what stands in the place of a code: an ellipsis, a phrase, damaged text.
fn is_code(code: &str) -> bool {
    let plain = code.bytes().all(|it| (b' '..=b'~').contains(&it));
    let phrase = code.split(' ').count() > 3 || code.contains("..") || code.contains("zzz");
    plain && !phrase && !code.trim().is_empty()
}
