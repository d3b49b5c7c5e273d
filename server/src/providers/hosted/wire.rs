//! The hosted checkout's JSON, as far as we send and read it, and its errors. No decisions about payments.

use crate::providers::checkout::Dialect;
use crate::providers::trouble::Refusal;
use okini_shared::id::{PaymentId, RefundId};
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/sessions`.
#[derive(Serialize)]
pub(super) struct NewSession<'a> {
    pub(super) reference: PaymentId,
    pub(super) amount: i64,
    pub(super) currency: &'static str,
    pub(super) description: &'a str,
    pub(super) return_url: &'a str,
    pub(super) expires_in_seconds: i64,
}

/// A checkout session.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) url: String,
    /// Seconds.
    pub(super) expires_at: i64,
}

/// Body of `POST /v1/refunds`.
#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) session_id: &'a str,
    pub(super) refund_reference: RefundId,
    pub(super) amount: i64,
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) refund_reference: String,
    pub(super) session_id: String,
    pub(super) status: String,
    pub(super) amount: i64,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

pub(super) const DIALECT: Dialect = Dialect {
    authorize: |request, key| request.bearer_auth(key),
    key_header: "Idempotency-Key",
    content_type: "application/json",
    code: |body| serde_json::from_slice(body).ok().map(|Problem { code }| code),
    refusal: |_, code| refusal(code),
};

/// What the code refuses for certain. Nothing when it leaves the outcome open: `internal_error`, every code that nobody
/// knows, and `reference_taken` and `idempotency_key_reused`, which tell of an earlier call that did something.
fn refusal(code: &str) -> Option<Refusal> {
    Some(match code {
        "invalid_request" | "already_paid" | "not_paid" | "amount_too_large" | "refund_refused" => Refusal::Lasting,
        "unauthorized" | "too_many_requests" | "maintenance" => Refusal::Passing,
        "not_found" => Refusal::Missing,
        _ => return None,
    })
}
