#![no_main]

#[path = "../src/typed.rs"]
mod typed;

libfuzzer_sys::fuzz_target!(|data: &[u8]| typed::fhir_typed(data));
