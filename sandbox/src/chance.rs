//! Ids and secrets: the only place that takes randomness. Nothing in a test depends on what comes out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng;
use rand::rngs::SysRng;

const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "a sandbox whose ids repeat would prove nothing")]
    SysRng.try_fill_bytes(&mut bytes).expect("the system's randomness failed");
    bytes
}

/// Sixteen letters and digits.
pub(crate) fn letters() -> String {
    bytes::<16>()
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// Twenty digits, as PayPay numbers payments.
pub(crate) fn digits() -> String {
    format!("{:020}", u64::from_be_bytes(bytes()))
}

/// Thirty-two hex digits.
pub(crate) fn hex() -> String {
    format!("{:032x}", u128::from_be_bytes(bytes()))
}

/// So many small letters and digits, 64 at most.
pub(crate) fn name(length: usize) -> String {
    format!("{}{}", hex(), hex()).chars().take(length).collect()
}

/// A secret of 256 bits in base64.
pub(crate) fn secret() -> String {
    STANDARD.encode(bytes::<32>())
}
