//! Which key is likely to follow another: the one that did last time.

/// How many keys are told apart.
pub(super) const GUESSES: usize = 1 << 10;

/// The number of the property that followed, by the number of the one before; 0 is as good a guess as any.
pub(crate) type Guesses = [u16; GUESSES];

/// Reads with what a thread learnt from the documents before: a small one would be over before much is learnt. Every
/// guess is compared with the text, so that a wrong one costs time and nothing else.
#[cfg(feature = "std")]
pub(crate) fn with_guesses<R>(read: impl FnOnce(&mut Guesses) -> R) -> R {
    use std::cell::RefCell;

    std::thread_local! {
        static LEARNT: RefCell<Guesses> = const { RefCell::new([0; GUESSES]) };
    }
    LEARNT.with(|learnt| match learnt.try_borrow_mut() {
        Ok(mut learnt) => read(&mut learnt),
        Err(_) => read(&mut [0; GUESSES]),
    })
}

#[cfg(not(feature = "std"))]
pub(crate) fn with_guesses<R>(read: impl FnOnce(&mut Guesses) -> R) -> R {
    read(&mut [0; GUESSES])
}
