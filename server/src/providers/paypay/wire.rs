//! PayPay's JSON, as far as we send and read it, and the envelope around every answer. No decisions about payments.

use super::errors::refusal;
use crate::providers::http::{Answer, brief};
use crate::providers::trouble::Trouble;
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An amount in whole units of its currency.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Money {
    pub(super) amount: i64,
    pub(super) currency: String,
}

impl Money {
    pub(super) fn yen(amount: Yen) -> Self {
        Self { amount: amount.get(), currency: "JPY".into() }
    }
}

/// Body of `POST /v2/codes`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateCode<'a> {
    pub(super) merchant_payment_id: PaymentId,
    pub(super) amount: Money,
    pub(super) code_type: &'static str,
    pub(super) order_description: &'a str,
    pub(super) redirect_url: &'a str,
    pub(super) redirect_type: &'static str,
    /// Seconds.
    pub(super) requested_at: i64,
}

/// Answer to it; what else PayPay echoes is not needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Code {
    pub(super) code_id: String,
    pub(super) url: String,
    /// Seconds.
    pub(super) expiry_date: i64,
    pub(super) merchant_payment_id: Option<String>,
    pub(super) amount: Option<Money>,
}

/// Answer to `GET /v2/codes/payments/{merchantPaymentId}`: little more than the status until it is paid.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    pub(super) status: String,
    pub(super) payment_id: Option<String>,
    pub(super) merchant_payment_id: Option<String>,
    pub(super) amount: Option<Money>,
}

/// Body of `POST /v2/refunds`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRefund<'a> {
    pub(super) merchant_refund_id: RefundId,
    pub(super) payment_id: &'a str,
    pub(super) amount: Money,
    /// Seconds.
    pub(super) requested_at: i64,
}

/// Answer to it and to the question how far it got.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund {
    pub(super) status: String,
    pub(super) merchant_refund_id: Option<String>,
    pub(super) payment_id: Option<String>,
    pub(super) amount: Option<Money>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    result_info: ResultInfo,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct ResultInfo {
    code: String,
}

/// Opens the envelope. PayPay's code decides; a status that contradicts it leaves the outcome open.
pub(super) fn open<T: DeserializeOwned>(answer: &Answer) -> Result<T, Trouble> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(&answer.body) else {
        return Err(Trouble::unclear(format!("unreadable answer, status {}", answer.status)));
    };
    let code = envelope.result_info.code;
    let success = (200..300).contains(&answer.status);
    match (code.as_str(), refusal(&code)) {
        ("SUCCESS" | "REQUEST_ACCEPTED", _) if success => {
            serde_json::from_value(envelope.data).map_err(|_| Trouble::unclear("unreadable data"))
        }
        (_, Some(kind)) if !success => Err(Trouble::Refused(code, kind)),
        _ => Err(Trouble::unclear(brief(&code))),
    }
}
