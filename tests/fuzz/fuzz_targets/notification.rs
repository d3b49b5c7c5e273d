//! Hands the fuzzer's bytes to `okini_tests::fuzz`. What must hold for them is there.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| okini_tests::fuzz::notification(data));
