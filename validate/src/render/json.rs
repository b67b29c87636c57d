//! Writes JSON by hand: a report is small and flat, and its writer needs no tree.

/// Appends `text` as a JSON string with its quotes.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends `,` unless the array or object that is open has no member yet.
pub(crate) fn comma(out: &mut String) {
    if !out.ends_with(['[', '{']) {
        out.push(',');
    }
}

/// Appends `"key":` after a comma where one is due.
pub(crate) fn key(out: &mut String, key: &str) {
    comma(out);
    string(out, key);
    out.push(':');
}

/// Appends `"key":"text"`.
pub(crate) fn member(out: &mut String, name: &str, text: &str) {
    key(out, name);
    string(out, text);
}

#[cfg(test)]
mod tests {
    use super::{comma, key, member};

    #[test]
    fn strings_are_escaped_and_members_separated() {
        let mut out = String::from("{");
        member(&mut out, "a", "\"\\\n\r\t\u{1}ä");
        key(&mut out, "b");
        out.push('[');
        comma(&mut out);
        out.push_str("1]}");
        let value: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
        assert_eq!(value["a"], "\"\\\n\r\t\u{1}ä");
        assert_eq!(value["b"][0], 1);
    }
}
