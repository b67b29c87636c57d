//! `hl7v2-malformed`: the findings of each malformed file are the `defects` of the index, no more and no fewer.
//!
//! How many lines are no segments is not compared: the index takes `|` for the separator of every file, and counts
//! lines of white space in some.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use carewire_hl7v2::batch;
use carewire_testkit::conformance::{Case, Verdict};

use crate::{index, writing};

/// The vocabulary of the index, and the code that is ours for each word.
const CODES: [(&str, &str); 6] = [
    ("no-MSH", "no-msh"),
    ("no-MSH-9", "no-msh-9"),
    ("no-MSH-12", "no-msh-12"),
    ("bad-enc-chars", "encoding-characters"),
    ("non-segment-lines", "segment-id"),
    ("indented-segments", "indented-segment"),
];

type Counts = BTreeMap<&'static str, usize>;

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let rows = index::rows(corpora, true)?;
    Ok(rows
        .into_iter()
        .map(|row| Case::run(row.path.clone(), || verdict(corpora, &row)))
        .collect())
}

fn verdict(corpora: &Path, row: &index::Row) -> Verdict {
    let outcome = fs::read(corpora.join("hl7v2").join(&row.path))
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            writing::checked(&bytes)?;
            Ok((expected(&row.defects)?, found(&bytes)))
        });
    match outcome {
        Ok((expected, found)) if expected == found => Verdict::Pass,
        Ok((expected, found)) => Verdict::Fail(format!("found {found:?}, the index has {expected:?}")),
        Err(why) => Verdict::Fail(why),
    }
}

fn expected(defects: &[String]) -> Result<Counts, String> {
    let mut counts = Counts::new();
    for defect in defects {
        let (word, count) = defect.split_once('=').unwrap_or((defect, "1"));
        let code = CODES
            .iter()
            .find(|(known, _)| *known == word)
            .ok_or(format!("unknown defect {word}"))?
            .1;
        *counts.entry(code).or_default() += count.parse::<usize>().map_err(|error| error.to_string())?;
    }
    if let Some(lines) = counts.get_mut("segment-id") {
        *lines = 1;
    }
    Ok(counts)
}

fn found(bytes: &[u8]) -> Counts {
    let mut counts = Counts::new();
    let mut count = |code: &str| {
        if let Some((_, own)) = CODES.iter().find(|(_, own)| *own == code) {
            *counts.entry(own).or_default() += 1;
        }
    };
    let mut messages = batch::messages(bytes);
    let mut refused = Vec::new();
    let mut read = false;
    for raw in messages.by_ref() {
        match raw.parse() {
            Ok(message) => {
                read = true;
                message
                    .findings()
                    .iter()
                    .for_each(|finding| count(finding.code().as_str()));
            }
            Err(error) => refused.push(error.code()),
        }
    }
    messages
        .findings()
        .iter()
        .for_each(|finding| count(finding.code().as_str()));
    // Lines around messages are lines that are no segments; a file without any message has no MSH.
    refused
        .into_iter()
        .filter(|code| !read || *code != "no-msh")
        .for_each(count);
    if let Some(lines) = counts.get_mut("segment-id") {
        *lines = 1;
    }
    counts
}
