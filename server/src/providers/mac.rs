//! The keyed hash that signatures are made of, and the stamps that go with them. How a provider lays out its signature
//! belongs to its adapter.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256 over the parts in order: take its bytes to sign, or let it compare in constant time.
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "a key of any length is a key to HMAC")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// Whether the text is the hash in lower-case hex, compared without telling by the time how much was right.
pub(super) fn is_hex_of(mac: Hmac<Sha256>, text: &str) -> bool {
    let ours: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    aws_lc_rs::constant_time::verify_slices_are_equal(ours.as_bytes(), text.as_bytes()).is_ok()
}

/// A stamp in seconds. Digits only: no sign, no blank, so that one moment is written in one way.
pub(super) fn seconds(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
