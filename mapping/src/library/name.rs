//! Names of people.
//!
//! A name that is written in letters of one case gets a capital at the start of each word, and behind an apostrophe, a hyphen and `Mc`; numbers of generations stay. A name
//! of both cases is the sender's own spelling and stays, but for white space. What one case does not tell (`MACY`, `VAN DER BERG`) is not guessed at.
//!
//! ```text
//! personName(text)
//! personName('O\'BRIEN-SMITH') => O'Brien-Smith
//! personName('  MCDONALD   iii ') => MCDONALD iii
//! personName('MCDONALD III') => McDonald III
//! personName('van der Berg') => van der Berg
//! ```

use std::borrow::Cow;

use super::{is_of_one_case, push_capitalised, single_spaced};

pub(super) fn person_name<'t>(text: &'t str, _: Option<&str>) -> Cow<'t, str> {
    let spaced = single_spaced(text).map_or(Cow::Borrowed(text), Cow::Owned);
    if !is_of_one_case(&spaced) {
        return spaced;
    }
    let mut out = String::with_capacity(spaced.len());
    for word in spaced.split_inclusive([' ', '-', '\'', '\u{2019}', '.']) {
        push_word(word, &mut out);
    }
    Cow::Owned(out)
}

fn push_word(word: &str, out: &mut String) {
    let bare = word.trim_end_matches([' ', '.']);
    let is_generation = matches!(bare.to_ascii_lowercase().as_str(), "ii" | "iii" | "iv");
    if is_generation {
        out.push_str(&word.to_ascii_uppercase());
        return;
    }
    let rest = word
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case("mc"))
        .and_then(|_| word.get(2..));
    match rest.filter(|rest| rest.chars().next().is_some_and(char::is_alphabetic)) {
        Some(rest) => {
            out.push_str("Mc");
            push_capitalised(rest, out);
        }
        None => push_capitalised(word, out),
    }
}
