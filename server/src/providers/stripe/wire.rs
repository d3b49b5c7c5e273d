//! Stripe's forms and JSON, as far as we send and read them, and its errors. No decisions about payments.

use crate::providers::checkout::{Body, Dialect};
use crate::providers::trouble::Refusal;
use serde::Deserialize;
use std::collections::HashMap;

/// The version of the API that this is written for; without it Stripe answers in the one that the account began with.
const VERSION: &str = "2026-10-28.endive";

/// A checkout session.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    /// Only while it can be paid.
    pub(super) url: Option<String>,
    pub(super) status: String,
    pub(super) payment_status: String,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) client_reference_id: Option<String>,
    /// Seconds.
    pub(super) expires_at: i64,
}

/// A session with its payment, there once the diner began to pay, and with what was charged for it.
#[derive(Deserialize)]
pub(super) struct Paid {
    #[serde(flatten)]
    pub(super) session: Session,
    pub(super) payment_intent: Option<Intent>,
}

#[derive(Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) latest_charge: Option<Charge>,
}

#[derive(Deserialize)]
pub(super) struct Charge {
    pub(super) refunded: bool,
    pub(super) amount_refunded: i64,
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) payment_intent: Option<String>,
    metadata: Option<HashMap<String, String>>,
}

impl Refund {
    /// Whether it carries our id.
    pub(super) fn is_named(&self, id: &str) -> bool {
        self.metadata.as_ref().and_then(|data| data.get("refund")).is_some_and(|name| name == id)
    }
}

/// Part of a list, the newest first.
#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

#[derive(Deserialize)]
struct Problem {
    error: ProblemCode,
}

#[derive(Deserialize)]
struct ProblemCode {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
}

pub(super) const DIALECT: Dialect = Dialect {
    authorize: |request, key| request.bearer_auth(key).header("Stripe-Version", VERSION),
    key_header: "Idempotency-Key",
    content_type: "application/x-www-form-urlencoded",
    code: |body| serde_json::from_slice(body).ok().map(|Problem { error }| error.code.unwrap_or(error.kind)),
    refusal,
};

/// What status and code refuse for certain. Nothing for 409, for what broke on their side, and for an `idempotency_error`,
/// which tells of an earlier call that did something.
fn refusal(status: u16, code: &str) -> Option<Refusal> {
    Some(match (status, code) {
        (_, "idempotency_error") => return None,
        (400 | 404, "resource_missing") => Refusal::Missing,
        (400 | 402 | 403, _) => Refusal::Lasting,
        (401 | 429, _) => Refusal::Passing,
        _ => return None,
    })
}

/// A form.
pub(super) fn form(fields: &[(&str, &str)]) -> Body {
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes())
}
