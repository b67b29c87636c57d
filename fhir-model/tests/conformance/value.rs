//! JSON values for comparing, read by a few lines that share nothing with the crate: numbers by their text,
//! objects without order.

use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Object(BTreeMap<String, Value>),
    Array(Vec<Value>),
    Text(String),
    /// A number, `true`, `false` or `null`, as it is written.
    Word(String),
}

impl Value {
    /// `None` if `text` is not one JSON value.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut letters = Letters {
            text: text.trim_start_matches('\u{feff}').chars().collect(),
            at: 0,
        };
        let value = letters.value(0)?;
        letters.space();
        (letters.at == letters.text.len()).then_some(value)
    }

    /// Puts a member into every object, and says how many there were.
    pub(crate) fn plant(&mut self, key: &str, json: &str) -> usize {
        match self {
            Self::Object(members) => {
                let inside: usize = members.values_mut().map(|one| one.plant(key, json)).sum();
                members.extend(Self::read(json).map(|value| (key.to_owned(), value)));
                inside + 1
            }
            Self::Array(items) => items.iter_mut().map(|one| one.plant(key, json)).sum(),
            Self::Text(_) | Self::Word(_) => 0,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Object(members) => {
                out.push('{');
                for (place, (key, value)) in members.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
            Self::Array(items) => {
                out.push('[');
                for (place, value) in items.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    value.write(out);
                }
                out.push(']');
            }
            Self::Text(text) => write_text(text, out),
            Self::Word(word) => out.push_str(word),
        }
    }
}

/// Whatever is not ASCII, or has a meaning in JSON, by its number.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if (b' '..0x7f).contains(&byte) && !b"\"\\".contains(&byte) => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.push('"');
}

struct Letters {
    text: Vec<char>,
    at: usize,
}

impl Letters {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|letter| letter.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.space();
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > 200 {
            return None;
        }
        self.space();
        match self.peek()? {
            '{' => {
                self.at += 1;
                let mut members = BTreeMap::new();
                if self.take('}').is_some() {
                    return Some(Value::Object(members));
                }
                loop {
                    self.space();
                    let key = self.string()?;
                    self.take(':')?;
                    members.insert(key, self.value(depth + 1)?);
                    if self.take(',').is_none() {
                        self.take('}')?;
                        return Some(Value::Object(members));
                    }
                }
            }
            '[' => {
                self.at += 1;
                let mut items = Vec::new();
                if self.take(']').is_some() {
                    return Some(Value::Array(items));
                }
                loop {
                    items.push(self.value(depth + 1)?);
                    if self.take(',').is_none() {
                        self.take(']')?;
                        return Some(Value::Array(items));
                    }
                }
            }
            '"' => self.string().map(Value::Text),
            _ => {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
                {
                    self.at += 1;
                }
                (self.at > start).then(|| Value::Word(self.text[start..self.at].iter().collect()))
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut units = Vec::new();
        let mut text = String::new();
        loop {
            let letter = self.peek()?;
            self.at += 1;
            if letter == '\\' {
                let escape = self.peek()?;
                self.at += 1;
                let unit = match escape {
                    'n' => 10,
                    'r' => 13,
                    't' => 9,
                    'b' => 8,
                    'f' => 12,
                    'u' => {
                        let digits: String = self.text.get(self.at..self.at + 4)?.iter().collect();
                        self.at += 4;
                        u16::from_str_radix(&digits, 16).ok()?
                    }
                    other => other as u16,
                };
                units.push(unit);
                continue;
            }
            text.push_str(&String::from_utf16_lossy(&units));
            units.clear();
            if letter == '"' {
                return Some(text);
            }
            text.push(letter);
        }
    }
}

impl Value {
    /// The same with every narrative in one spelling: the corpus' XML was made with other white space, with `"`
    /// for `&quot;` and `<a/>` for `<a></a>`.
    pub(crate) fn with_plain_narratives(self) -> Self {
        match self {
            Self::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| match value {
                        Self::Text(text) if key == "div" => (key, Self::Text(plain(&text))),
                        other => (key, other.with_plain_narratives()),
                    })
                    .collect(),
            ),
            Self::Array(items) => Self::Array(items.into_iter().map(Self::with_plain_narratives).collect()),
            other => other,
        }
    }
}

fn plain(narrative: &str) -> String {
    let mut text: String = narrative.split_whitespace().collect();
    for (reference, letter) in [("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'")] {
        text = text.replace(reference, letter);
    }
    let mut out = String::new();
    for piece in text.split_inclusive('>') {
        let is_end = piece.starts_with("</");
        let start = out.rfind('<').unwrap_or(0);
        let before = &out[start..];
        // An end tag right behind the start tag that it ends; without white space `<ahref` starts with `<a`.
        if is_end
            && before.ends_with('>')
            && !before.ends_with("/>")
            && before.starts_with(&format!("<{}", &piece[2..piece.len() - 1]))
        {
            out.pop();
            out.push_str("/>");
        } else {
            out.push_str(piece);
        }
    }
    out
}
