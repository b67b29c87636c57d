//! A program without the standard library that reads, builds and writes a document: if it links, they need only `core` and `alloc`.
//!
//! The panic handler and the allocator are its own. Were the standard library anywhere among the dependencies, its
//! panic handler would be a second one, which the compiler refuses.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use carewire_fhir_model::Document;
use carewire_fhir_model::build::Builder;
use carewire_fhir_model::schema::Schema;

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

/// Reads a document, copies it and writes the copy, so that reader, builder and writer are linked.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
pub extern "C" fn carewire_fhir_model_no_std(digit: u8) -> usize {
    let mut bytes = *br#"{"resourceType":"Patient","birthDate":"1970-03-0?"}"#;
    if let Some(last) = bytes.iter_mut().find(|byte| **byte == b'?') {
        *last = digit;
    }
    let Ok(read) = Document::from_json(&bytes) else {
        return 0;
    };
    let mut builder = Builder::new(Schema::r4());
    let Ok(copy) = builder.copy_resource(read.document.root()) else {
        return 0;
    };
    builder.finish(copy).to_json().len() + read.findings.len()
}
