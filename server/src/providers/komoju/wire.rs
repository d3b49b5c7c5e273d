//! KOMOJU's JSON, as far as we send and read it, and its errors. No decisions about payments.

use crate::providers::checkout::Dialect;
use crate::providers::trouble::Refusal;
use okini_shared::id::{PaymentId, RefundId};
use serde::{Deserialize, Serialize};

/// Body of `POST /sessions`.
#[derive(Serialize)]
pub(super) struct NewSession<'a> {
    pub(super) mode: &'static str,
    pub(super) amount: i64,
    pub(super) currency: &'static str,
    pub(super) return_url: &'a str,
    pub(super) expires_in_seconds: i64,
    pub(super) line_items: [LineItem<'a>; 1],
    pub(super) payment_data: NewPaymentData,
}

/// What the diner reads on the page.
#[derive(Serialize)]
pub(super) struct LineItem<'a> {
    pub(super) description: &'a str,
    pub(super) quantity: i64,
    pub(super) amount: i64,
}

#[derive(Serialize)]
pub(super) struct NewPaymentData {
    pub(super) external_order_num: PaymentId,
    pub(super) capture: &'static str,
}

/// A session; its payment is there once the diner began to pay.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) session_url: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) expired: bool,
    pub(super) payment_data: Option<PaymentData>,
    pub(super) payment: Option<Payment>,
}

#[derive(Deserialize)]
pub(super) struct PaymentData {
    pub(super) external_order_num: Option<String>,
}

/// A payment with what went back of it.
#[derive(Deserialize)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) status: String,
    /// Without the tax, which we never ask for.
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) tax: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) amount_refunded: i64,
    pub(super) external_order_num: Option<String>,
    /// The session that it was made in.
    pub(super) session: Option<String>,
    #[serde(default)]
    pub(super) refunds: Vec<Refund>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) amount: i64,
    /// The merchant's own words: our id.
    pub(super) description: Option<String>,
}

/// Answer to `GET /payments`.
#[derive(Deserialize)]
pub(super) struct Payments {
    pub(super) data: Vec<Payment>,
}

/// Body of `POST /payments/{id}/refund`.
#[derive(Serialize)]
pub(super) struct NewRefund {
    pub(super) amount: i64,
    pub(super) description: RefundId,
}

#[derive(Deserialize)]
struct Problem {
    error: ProblemCode,
}

#[derive(Deserialize)]
struct ProblemCode {
    code: String,
}

/// The key is the name of the user, who has no password.
pub(super) const DIALECT: Dialect = Dialect {
    authorize: |request, key| request.basic_auth(key, None::<&str>),
    key_header: "X-KOMOJU-IDEMPOTENCY",
    content_type: "application/json",
    code: |body| serde_json::from_slice(body).ok().map(|problem: Problem| problem.error.code),
    refusal: |status, _| refusal(status),
};

/// What a status refuses for certain; the codes are more than KOMOJU lists. Nothing for 409, the same request still under
/// way, and for what broke on their side, which leave the outcome open.
fn refusal(status: u16) -> Option<Refusal> {
    Some(match status {
        400 | 402 | 403 | 422 => Refusal::Lasting,
        401 | 429 | 503 => Refusal::Passing,
        404 => Refusal::Missing,
        _ => return None,
    })
}
