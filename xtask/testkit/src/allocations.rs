//! Counts the allocations of a test, for what must make none.
//!
//! ```
//! use carewire_testkit::allocations::{Counting, counted};
//!
//! #[global_allocator]
//! static ALLOCATOR: Counting = Counting;
//!
//! assert_eq!(counted(|| drop(Box::new(1))), 1);
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, counted: a test makes it its `#[global_allocator]`.
pub struct Counting;

#[expect(
    unsafe_code,
    reason = "an allocator cannot be written without it; this one only counts and passes on"
)]
// SAFETY: every call goes to the system allocator with the arguments it came with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        let bytes = BYTES.with(|bytes| {
            bytes.set(bytes.get() + layout.size() as isize);
            bytes.get()
        });
        PEAK.with(|peak| peak.set(peak.get().max(bytes)));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.with(|bytes| bytes.set(bytes.get() - layout.size() as isize));
        // SAFETY: the pointer came from `alloc` above, and so from the system allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How many allocations a piece of work makes in this thread; 0 unless [`Counting`] is the allocator.
pub fn counted(work: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

/// What a piece of work gives, and how many bytes more are allocated in this thread than before it: what the result
/// holds, less what the work has freed.
pub fn retained<T>(work: impl FnOnce() -> T) -> (T, isize) {
    let before = BYTES.with(Cell::get);
    let result = work();
    (result, BYTES.with(Cell::get) - before)
}

/// What a piece of work gives, and how many bytes more than before it were allocated in this thread at any time of it. Where memory grows, what it was and what it
/// becomes both count for a moment.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, isize) {
    let before = BYTES.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    let result = work();
    (result, PEAK.with(Cell::get) - before)
}
