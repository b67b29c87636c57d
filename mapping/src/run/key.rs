//! Ids: UUID v5 of declared keys, so that the same message gives the same bytes.

use super::Run;
use super::direct::{Direct, Look};
use super::value::Value;
use crate::program::Expr;

impl<'m> Run<'m, '_> {
    /// MSH-3, MSH-4 and MSH-10, each with its length; of a document nothing.
    pub(super) fn message_key(&self) -> &'m str {
        self.key.get_or_init(|| {
            self.spell(|key| {
                if let Some(msh) = self.message.and_then(|message| message.segment_at(1)) {
                    for field in [3, 4, 10] {
                        let part = msh.field(field).map(|field| field.raw()).unwrap_or_default();
                        match str::from_utf8(part) {
                            Ok(part) => push_part(key, part),
                            // Bytes that differ give keys that differ, whatever their set.
                            Err(_) => push_part(
                                key,
                                &part.iter().map(|byte| char::from(*byte)).collect::<String>(),
                            ),
                        }
                    }
                }
            })
        })
    }

    /// `uuid(..)`: of the arguments, or without any of the message's key and a count.
    pub(super) fn uuid_of(&self, arguments: &'m [Expr], focus: &Value<'m>) -> Option<&'m str> {
        let mut key = Key::new(self.scratch.take());
        for argument in arguments {
            self.key_argument(argument, focus, &mut key);
            key.end();
        }
        self.uuid_of_key(key)
    }

    fn key_argument(&self, argument: &'m Expr, focus: &Value<'m>, key: &mut Key) {
        match self.look_at(argument, focus) {
            Look::Nothing => return,
            Look::One(text) => return key.value(text),
            Look::Unknown => {}
        }
        match self.direct(argument, focus) {
            Direct::Nothing => {}
            Direct::One(value) => key.value(self.text_of(&value)),
            Direct::Unknown => {
                let _ = self.eval(argument, focus, &mut |value| {
                    key.value(self.text_of(&value));
                    std::ops::ControlFlow::Continue(())
                });
            }
        }
    }

    /// As [`Run::uuid_of`], of arguments that are evaluated already.
    pub(super) fn uuid_of_values(&self, arguments: &[Vec<Value<'m>>]) -> Option<&'m str> {
        let mut key = Key::new(self.scratch.take());
        for values in arguments {
            for value in values {
                key.value(self.text_of(value));
            }
            key.end();
        }
        self.uuid_of_key(key)
    }

    fn uuid_of_key(&self, key: Key) -> Option<&'m str> {
        let id = match key.count {
            0 => Some(self.next_uuid()),
            1 => Some(self.uuid(&key.text)),
            _ => key.is_present.then(|| self.uuid(&key.text)),
        };
        self.scratch.set(key.text);
        id
    }

    /// The next id of this run, of the message's key and a count.
    pub(super) fn next_uuid(&self) -> &'m str {
        let count = self.count.get() + 1;
        self.count.set(count);
        let mut key = String::from("#");
        push_part(&mut key, self.message_key());
        push_part(&mut key, &count.to_string());
        self.uuid(&key)
    }

    fn uuid(&self, key: &str) -> &'m str {
        let id = self.context.namespace.id(key);
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        self.arena.alloc_str(id.hyphenated().encode_lower(&mut text))
    }
}

/// Arguments joined so that no two lists of them give the same text.
#[derive(Default)]
struct Key {
    text: String,
    /// Where the current argument starts.
    start: usize,
    /// How many arguments have ended.
    count: usize,
    /// Whether an argument behind the first has a value.
    is_present: bool,
}

impl Key {
    /// An empty key in the memory of a text.
    fn new(mut text: String) -> Self {
        text.clear();
        Self {
            text,
            ..Self::default()
        }
    }

    fn value(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            push_part(&mut self.text, text);
        }
    }

    fn end(&mut self) {
        if self.text.len() > self.start {
            self.is_present |= self.count > 0;
        } else {
            self.text.push('-');
        }
        self.text.push(';');
        self.start = self.text.len();
        self.count += 1;
    }
}

/// Appends a part and its length before it.
fn push_part(key: &mut String, part: &str) {
    match part.len() {
        // Most parts are this short.
        length @ 0..100 => {
            if length >= 10 {
                key.push(char::from(b'0' + (length / 10) as u8));
            }
            key.push(char::from(b'0' + (length % 10) as u8));
        }
        length => key.push_str(&length.to_string()),
    }
    key.push(':');
    key.push_str(part);
}
