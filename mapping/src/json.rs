//! Writes JSON.

/// Appends a string with its quotation marks.
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, behind) = rest.split_at(at);
        out.push_str(plain);
        let mut letters = behind.chars();
        match letters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(control) => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a text is a number of JSON.
pub(crate) fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..)),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// An object or array in the making, a member a time.
#[derive(Default)]
pub(crate) struct Object {
    out: String,
}

impl Object {
    /// Adds a member whose value is JSON already.
    pub(crate) fn raw(&mut self, key: &str, value: &str) -> &mut Self {
        self.out.push(if self.out.is_empty() { '{' } else { ',' });
        push_string(key, &mut self.out);
        self.out.push(':');
        self.out.push_str(value);
        self
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        let mut quoted = String::with_capacity(value.len() + 2);
        push_string(value, &mut quoted);
        self.raw(key, &quoted)
    }

    /// Adds an array of what is JSON already; none if it is empty.
    pub(crate) fn array(&mut self, key: &str, values: &[String]) -> &mut Self {
        if values.is_empty() {
            return self;
        }
        self.raw(key, &format!("[{}]", values.join(",")))
    }

    /// The JSON.
    pub(crate) fn finish(self) -> String {
        if self.out.is_empty() {
            return "{}".to_owned();
        }
        self.out + "}"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers() {
        let mut out = String::new();
        push_string("a\"b\\\n\u{1}é", &mut out);
        assert_eq!(out, "\"a\\\"b\\\\\\n\\u0001é\"");
        for text in ["0", "-1", "10.50", "1e3", "0.1E-2"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "01", ".5", "5.", "1e", "+1", "0x1", "NaN"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
