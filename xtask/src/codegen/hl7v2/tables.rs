//! The HL7 tables as rows over one text: each code is followed by its display, each name stands once.

use std::collections::BTreeMap;

use super::{Failure, Row, list, versions};

/// Bytes of the text on a line.
const LINE: usize = 180;

/// The files of the tables, from the rows of `tables.tsv` and `codes.tsv`.
pub(super) fn files(tables: &[Row], codes: &[Row]) -> Result<[(String, String); 2], Failure> {
    let mut pool = String::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut place = |text: String| {
        *places.entry(text).or_insert_with_key(|text| {
            pool.push_str(text);
            pool.len() - text.len()
        })
    };
    let mut spans: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut code_rows = Vec::new();
    for (at, row) in codes.iter().enumerate() {
        spans.entry(&row[0]).or_insert((at, 0)).1 += 1;
        let (code, display) = (&row[1], &row[3]);
        let lengths = (u8::try_from(code.len())?, u8::try_from(display.len())?);
        let start = place(format!("{code}{display}"));
        code_rows.push(format!(
            "k({start},{},{},{:#x})",
            lengths.0,
            lengths.1,
            mask(&row[2])?
        ));
    }
    if !codes.is_sorted_by_key(|row| (&row[0], &row[1])) {
        return Err("codes.tsv is not sorted".into());
    }
    let mut table_rows = Vec::new();
    for row in tables {
        let number: u16 = row[0].parse()?;
        let kind = match row[2].as_str() {
            "hl7" => "b'H'",
            "user" => "b'U'",
            "imported" => "b'E'",
            "" => "b'-'",
            other => return Err(format!("table {number}: kind {other}").into()),
        };
        let (start, count) = spans.get(row[0].as_str()).copied().unwrap_or_default();
        let length = u8::try_from(row[3].len())?;
        let name = place(row[3].clone());
        table_rows.push(format!(
            "t({number},{:#x},{kind},{name},{length},{start},{count})",
            mask(&row[1])?
        ));
    }
    let mut text = String::from("use crate::schema::rows::{CodeRow, TableRow, k, t};\n\n");
    text.push_str(&list("TABLES", "TableRow", table_rows));
    text.push('\n');
    text.push_str(&list("CODES", "CodeRow", code_rows));
    let words = long_text("TEXT", &pool);
    Ok([
        ("tables.rs".to_owned(), text),
        ("table_text.rs".to_owned(), words),
    ])
}

/// `static NAME: &str`, on lines of about the same width.
pub(super) fn long_text(name: &str, content: &str) -> String {
    let mut text = format!("pub(crate) static {name}: &str = concat!(\n");
    let mut rest = content;
    while !rest.is_empty() {
        let mut end = rest.len().min(LINE);
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (line, after) = rest.split_at(end);
        text.push_str(&format!("{line:?},\n"));
        rest = after;
    }
    text.push_str(");\n");
    text
}

/// One bit a version, the oldest lowest.
fn mask(text: &str) -> Result<u16, Failure> {
    Ok(versions(text)?
        .into_iter()
        .fold(0, |mask, version| mask | 1 << version))
}
