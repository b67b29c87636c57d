//! The type of a resource whose `resourceType` does not come first.

use super::escape::unescape;
use super::scan::{skip_space, skip_string, skip_value};

/// How many times the input may be looked through in all.
const PASSES: usize = 8;

/// What is left to look through.
pub(super) struct Lookahead {
    left: usize,
}

impl Lookahead {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            left: bytes.saturating_mul(PASSES),
        }
    }

    /// The text of `resourceType` in the object whose first key is at `start`.
    pub(super) fn resource_type<'a>(&mut self, bytes: &'a [u8], start: usize) -> Option<&'a [u8]> {
        let mut at = start;
        loop {
            // One value is skipped whole, so that nothing may be left before it is.
            if self.left == 0 || at - start > self.left {
                self.left = 0;
                return None;
            }
            at = skip_space(bytes, at);
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            let end = skip_string(bytes, at + 1);
            let key = bytes.get(at + 1..end.saturating_sub(1))?;
            at = skip_space(bytes, end);
            if bytes.get(at) != Some(&b':') {
                break;
            }
            at = skip_space(bytes, at + 1);
            if key == b"resourceType" || escaped(key) {
                self.left -= (at - start).min(self.left);
                if bytes.get(at) != Some(&b'"') {
                    return None;
                }
                let end = skip_string(bytes, at + 1);
                return bytes.get(at + 1..end.saturating_sub(1));
            }
            let end = skip_value(bytes, at);
            at = skip_space(bytes, end);
            if bytes.get(at) != Some(&b',') {
                break;
            }
            at += 1;
        }
        self.left -= (at - start).min(self.left);
        None
    }
}

/// Whether a key is `resourceType` written with escapes.
fn escaped(key: &[u8]) -> bool {
    key.contains(&b'\\') && core::str::from_utf8(key).is_ok_and(|key| unescape(key) == "resourceType")
}
