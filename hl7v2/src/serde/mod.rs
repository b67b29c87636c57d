//! Messages through serde: the JSON of [`render::json`](crate::render::json) both ways.
//!
//! [`Message`](crate::Message) is `Serialize` and `Deserialize`. What is written is the shape that
//! [`render::json`](crate::render::json) documents, with any format; what is read gives the same bytes, to the last one.
//!
//! # What reading takes
//!
//! - Of a message `children`, `terminator`, `after` and `charset`; of a group `children`; of a segment `segment` (or `sent`), `fields`,
//!   `count` and `before`; of a field `field` and `repetitions`; of a value what it holds. Everything else (names, types,
//!   findings) is passed over, so that JSON written by hand is short.
//! - The first segment is MSH; its fields 1 and 2 are the delimiters that the rest is written with. `charset` is the set
//!   that text is encoded in; without it, that of MSH-18.
//! - `raw` goes before `text`.
//! - The format has to describe itself, as JSON, CBOR and MessagePack do.
//!
//! No error holds a value: a fault is named by the number of its segment and field.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, render};
//!
//! let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\npid|1||7^^^A&B^~\"\"||D\\X6F\\e||\n";
//! let msg = Message::parse(bytes)?;
//! let json = serde_json::to_string(&msg)?;
//! assert_eq!(json, render::json(&msg));
//! let back: Message<'static> = serde_json::from_str(&json)?;
//! assert_eq!(back.as_bytes(), bytes);
//!
//! let by_hand: Message<'static> = serde_json::from_str(r#"{"children": [
//!     {"segment": "MSH", "fields": [
//!         {"field": 1, "repetitions": [{"text": "|"}]},
//!         {"field": 2, "repetitions": [{"text": "^~\\&"}]}]},
//!     {"segment": "NTE", "fields": [{"field": 3, "repetitions": [{"text": "this & that"}]}]}]}"#)?;
//! assert_eq!(by_hand.as_bytes(), b"MSH|^~\\&\rNTE|||this \\T\\ that\r");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod any;
mod read;
mod write;
