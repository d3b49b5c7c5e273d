//! Reading the fields of a request to PayPay within their documented bounds. What they are used for is not said here.

use super::envelope::{INVALID, MISSING, Outcome};
use okini_shared::money::Yen;
use serde_json::{Map, Value};

/// Eleven digits.
const MOST: i64 = 99_999_999_999;

/// A request's body.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Outcome> {
        serde_json::from_slice(body).map(Self).map_err(|_| INVALID)
    }

    /// A text of at most `most` characters, if there is one.
    pub(super) fn text(&self, name: &str, most: usize) -> Result<Option<&str>, Outcome> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text)),
            Some(_) => Err(INVALID),
        }
    }

    /// A name that the merchant gave: 1 to 64 letters, digits, `-` and `_`.
    pub(super) fn id(&self, name: &str) -> Result<&str, Outcome> {
        let id = self.text(name, 64)?.ok_or(MISSING)?;
        let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if plain && !id.is_empty() { Ok(id) } else { Err(INVALID) }
    }

    /// `amount`, one yen at least.
    pub(super) fn amount(&self) -> Result<Yen, Outcome> {
        let money = self.0.get("amount").ok_or(MISSING)?;
        let currency = money.get("currency").ok_or(MISSING)?;
        let amount = money.get("amount").ok_or(MISSING)?;
        match (amount.as_i64(), currency.as_str()) {
            (Some(amount @ 1..=MOST), Some("JPY")) => Ok(Yen::new(amount)),
            _ => Err(INVALID),
        }
    }

    /// A moment in seconds, if there is one.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<i64>, Outcome> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().filter(|seconds| *seconds > 0).map(Some).ok_or(INVALID),
        }
    }
}
