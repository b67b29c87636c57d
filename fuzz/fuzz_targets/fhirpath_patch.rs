#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| carewire_fuzz::fhirpath_patch(data));
