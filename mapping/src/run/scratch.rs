//! Texts in the making.

use std::cell::RefCell;

/// As many as are open at once, since one may ask for another; they are kept for the next.
#[derive(Default)]
pub(super) struct Scratch(RefCell<Vec<String>>);

/// Room for most texts that are made.
const ROOM: usize = 128;

impl Scratch {
    /// Writes a text, and looks at it once it is whole.
    #[inline]
    pub(super) fn spell<T>(&self, write: impl FnOnce(&mut String), take: impl FnOnce(&str) -> T) -> T {
        let kept = self.0.borrow_mut().pop();
        let mut text = kept.unwrap_or_else(|| String::with_capacity(ROOM));
        write(&mut text);
        let taken = take(&text);
        text.clear();
        self.0.borrow_mut().push(text);
        taken
    }
}
