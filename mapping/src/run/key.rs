//! Ids: UUID v5 of declared keys, so that the same message gives the same bytes.

use super::Run;
use super::direct::Direct;
use super::line::Composed;
use super::value::Value;
use crate::context::{Namespace, uuid_of_name};
use crate::line::LineAt;
use crate::program::{Expr, Slot};

impl<'m> Run<'m, '_> {
    /// MSH-3, MSH-4 and MSH-10, each with its length; of a document nothing.
    pub(super) fn message_key(&self) -> &'m str {
        self.key.get_or_init(|| {
            let mut key = Vec::new();
            if let Some(msh) = self.message.and_then(|message| message.segment_at(1)) {
                for field in [3, 4, 10] {
                    let part = msh.field(field).map(|field| field.raw()).unwrap_or_default();
                    match str::from_utf8(part) {
                        Ok(part) => push_part(&mut key, part),
                        // Bytes that differ give keys that differ, whatever their set.
                        Err(_) => push_part(
                            &mut key,
                            &part.iter().map(|byte| char::from(*byte)).collect::<String>(),
                        ),
                    }
                }
            }
            self.arena_text(str::from_utf8(&key).unwrap_or_default())
        })
    }

    /// `uuid(..)`: of the arguments, or without any of the message's key and a count.
    pub(super) fn uuid_of(&self, arguments: &'m [Expr], focus: &Value<'m>) -> Option<&'m str> {
        let mut key = self.new_key();
        for argument in arguments {
            self.key_argument(argument, focus, &mut key);
            key.end();
        }
        self.uuid_of_key(key)
    }

    /// Adds an argument, or what is part of one.
    fn key_argument(&self, argument: &'m Expr, focus: &Value<'m>, key: &mut Key) {
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

    /// As [`Run::uuid_of`], of the arguments that a line adds.
    pub(super) fn id_of_line(&self, line: LineAt, focus: Slot) -> Option<&'m str> {
        let mut key = self.new_key();
        self.add_line(line, focus, &mut key);
        self.uuid_of_key(key)
    }

    /// As [`Run::uuid_of`], of arguments that are evaluated already.
    pub(super) fn uuid_of_values(&self, arguments: &[Vec<Value<'m>>]) -> Option<&'m str> {
        let mut key = self.new_key();
        for values in arguments {
            for value in values {
                key.value(self.text_of(value));
            }
            key.end();
        }
        self.uuid_of_key(key)
    }

    fn new_key(&self) -> Key {
        Key::new(self.name.take(), self.context.namespace)
    }

    #[inline(always)]
    fn uuid_of_key(&self, key: Key) -> Option<&'m str> {
        match key.count {
            0 => Some(self.next_uuid()),
            1 => Some(self.uuid(key)),
            _ if key.is_present => Some(self.uuid(key)),
            _ => {
                self.name.set(key.name);
                None
            }
        }
    }

    /// The next id of this run, of the message's key and a count.
    pub(super) fn next_uuid(&self) -> &'m str {
        let count = self.count.get() + 1;
        self.count.set(count);
        let mut key = self.new_key();
        key.name.push(b'#');
        push_part(&mut key.name, self.message_key());
        push_part(&mut key.name, &count.to_string());
        self.uuid(key)
    }

    #[inline(always)]
    fn uuid(&self, key: Key) -> &'m str {
        let mut name = key.name;
        let id = uuid_of_name(&mut name);
        self.name.set(name);
        let text = self.arena.alloc([0; uuid::fmt::Hyphenated::LENGTH]);
        id.hyphenated().encode_lower(text)
    }
}

/// Arguments joined so that no two lists of them give the same text, behind the namespace of their id.
struct Key {
    name: Vec<u8>,
    /// Where the current argument starts.
    start: usize,
    /// How many arguments have ended.
    count: usize,
    /// Whether an argument behind the first has a value.
    is_present: bool,
}

/// Room for most keys.
const ROOM: usize = 192;

impl Key {
    /// An empty key in the memory of another one's name.
    fn new(mut name: Vec<u8>, namespace: Namespace) -> Self {
        name.clear();
        name.reserve(ROOM);
        name.extend_from_slice(&namespace.0);
        Self {
            start: name.len(),
            name,
            count: 0,
            is_present: false,
        }
    }

    fn value(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            push_part(&mut self.name, text);
        }
    }

    #[inline(always)]
    fn end(&mut self) {
        if self.name.len() > self.start {
            self.is_present |= self.count > 0;
        } else {
            self.name.push(b'-');
        }
        self.name.push(b';');
        self.start = self.name.len();
        self.count += 1;
    }
}

impl<'m> Composed<'m> for Key {
    fn add(&mut self, text: &str) {
        push_part(&mut self.name, text);
    }

    fn add_walk(&mut self, run: &Run<'m, '_>, expr: &'m Expr, focus: &Value<'m>) -> Option<()> {
        run.key_argument(expr, focus, self);
        Some(())
    }

    fn end_argument(&mut self) {
        self.end();
    }
}

/// Appends a part and its length before it.
#[inline(always)]
fn push_part(key: &mut Vec<u8>, part: &str) {
    match part.len() {
        // Most parts are this short.
        length @ 0..10 => key.extend_from_slice(&[b'0' + length as u8, b':']),
        length @ 10..100 => {
            key.extend_from_slice(&[b'0' + (length / 10) as u8, b'0' + (length % 10) as u8, b':']);
        }
        length => key.extend_from_slice(format!("{length}:").as_bytes()),
    }
    key.extend_from_slice(part.as_bytes());
}
