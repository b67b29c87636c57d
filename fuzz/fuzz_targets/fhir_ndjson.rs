#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| carewire_fuzz::fhir_ndjson(data));
