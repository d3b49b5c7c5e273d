//! Stripe's signature of a notification, `Stripe-Signature: t=...,v1=...`. What a notification says is not read here.

use crate::providers::mac::{hmac_sha256, is_hex_of, seconds};
use okini_shared::time::{Millis, SECOND};

/// How many seconds old a stamp may be. One ahead of our clock passes, as it does in Stripe's own programs: whoever could
/// sign it could sign any.
const TOLERANCE: i64 = 300;

/// Whether one of the signatures is right and the stamp not too old. The secret is used as it is written, `whsec_` and
/// all.
pub(super) fn is_genuine(secret: &str, header: &str, body: &[u8], now: Millis) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, stamp)) = parts().find(|(name, _)| *name == "t") else { return false };
    let fresh = seconds(stamp).is_some_and(|at| now.get().div_euclid(SECOND).saturating_sub(at) <= TOLERANCE);
    let mac = hmac_sha256(secret.as_bytes(), &[stamp.as_bytes(), b".", body]);
    fresh && parts().any(|(name, signature)| name == "v1" && is_hex_of(mac.clone(), signature))
}
