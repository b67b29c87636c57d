//! A program without the standard library that reads a message: if it links, the parser needs only `core` and `alloc`.
//!
//! The panic handler and the allocator are its own. Were the standard library anywhere among the dependencies, its
//! panic handler would be a second one, which the compiler refuses.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use carewire_hl7v2::Message;

/// Has no memory to give. It is linked and never asked.
struct Nothing;

// SAFETY: a null pointer is how an allocator says that there is no memory; as none is ever given, none is taken back.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Reads a message and asks it for a value, so that the parser is linked.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
pub extern "C" fn carewire_hl7v2_no_std(version: u8) -> usize {
    let mut bytes = *b"MSH|^~\\&|||||||ADT^A08|1|T|2.5\rPID|1||7||Doe^Ann\r";
    bytes[29] = version;
    let Ok(message) = Message::parse(&bytes) else {
        return 0;
    };
    let Ok(name) = message.find("PID-5.2") else {
        return 0;
    };
    name.map_or(0, |name| name.text().len() + message.findings().len())
}
