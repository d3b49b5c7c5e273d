//! Checking notifications that are signed by Standard Webhooks (standardwebhooks.com). What a notification says is its
//! adapter's business.

use super::mac::{hmac_sha256, seconds};
use super::{Headers, NotificationError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use okini_shared::time::{Millis, SECOND};

/// How many seconds a stamp may be off, in either direction.
const TOLERANCE: u64 = 300;
/// What the scheme allows a secret to be, in bytes.
const SECRET_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret shared with the sender.
#[derive(Clone)]
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// Reads `whsec_` and base64; nothing when it is not that, or too short to protect anything.
    pub(super) fn read(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        SECRET_LENGTH.contains(&key.len()).then_some(Self(key))
    }

    /// Accepts the body when the stamp is near `now` and one of the signatures is right.
    pub(super) fn verify(&self, headers: Headers<'_>, body: &[u8], now: Millis) -> Result<(), NotificationError> {
        let header = |name| headers(name).ok_or(NotificationError::Forged);
        let (id, stamp) = (header("webhook-id")?, header("webhook-timestamp")?);
        let now = now.get().div_euclid(SECOND);
        let near = seconds(stamp).is_some_and(|at| now.abs_diff(at) <= TOLERANCE);
        let mac = hmac_sha256(&self.0, &[id.as_bytes(), b".", stamp.as_bytes(), b".", body]);
        let signed = header("webhook-signature")?.split(' ').any(|signature| {
            let theirs = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
            theirs.is_some_and(|theirs| mac.clone().verify_slice(&theirs).is_ok())
        });
        if near && signed { Ok(()) } else { Err(NotificationError::Forged) }
    }
}
