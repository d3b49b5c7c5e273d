//! PayPay's Open Payment API: a code per attempt, opened in a browser or in PayPay's own program.
//! Decides what PayPay's answers mean; what follows for an order is the domain's.

mod auth;
mod client;
mod errors;
pub mod file;
mod wire;

pub use auth::{Signed, authorization};

use self::client::Client;
use self::wire::{Code, CreateCode, CreateRefund, Money, Payment, Refund};
use super::health::Health;
use super::http::{Http, Timeouts, brief, is_page, is_plain};
use super::trouble::{Refusal, Trouble};
use super::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use crate::clock::{Clock, Ids};
use async_trait::async_trait;
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::{Millis, SECOND};
use serde_json::{Map, Value};

/// What one contract with PayPay needs.
#[derive(Clone)]
pub struct PayPaySettings {
    /// `https://apigw.paypay.ne.jp`, or where the sandbox listens. It may end in a path, which is not signed.
    pub base_url: String,
    pub api_key: String,
    pub api_secret: String,
    /// The host that diners are told they will see.
    pub page_host: String,
    pub timeouts: Timeouts,
}

/// The adapter.
pub struct PayPay(Client);

impl PayPay {
    /// An adapter for one contract; `ids` gives the nonces.
    pub fn new(settings: PayPaySettings, http: Http, clock: Clock, ids: Ids) -> Self {
        Self(Client { settings, http, clock, ids })
    }

    /// For a code that cannot be withdrawn: it was deleted, ran out or was never made, unless it was paid.
    async fn cannot_be_paid(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        match self.query(attempt).await {
            Finding::Paid { .. } | Finding::Refunded => Err(ProviderError::Refused("DYNAMIC_QR_ALREADY_PAID".into())),
            Finding::Unclear(why) => Err(ProviderError::Unclear(why)),
            Finding::Pending | Finding::Failed | Finding::Cancelled | Finding::Expired | Finding::NotFound => Ok(()),
        }
    }
}

#[async_trait]
impl Provider for PayPay {
    fn name(&self) -> ProviderName {
        ProviderName::Paypay
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { partial_refunds: true, signed_notifications: false }
    }

    fn page_host(&self) -> String {
        self.0.settings.page_host.clone()
    }

    fn health(&self) -> Option<&Health> {
        self.0.http.health()
    }

    async fn create(&self, attempt: &Attempt) -> Result<Page, ProviderError> {
        let body = CreateCode {
            merchant_payment_id: attempt.id,
            amount: Money::yen(attempt.amount),
            code_type: "ORDER_QR",
            order_description: &attempt.description,
            redirect_url: &attempt.return_url,
            redirect_type: "WEB_LINK",
            requested_at: self.0.seconds(),
        };
        let code: Code = self.0.post("/v2/codes", attempt.merchant.as_deref(), &body).await?;
        let ours = code.merchant_payment_id.is_none_or(|id| id == attempt.id.to_string())
            && code.amount.is_none_or(|amount| amount == Money::yen(attempt.amount));
        if !ours || !is_plain(&code.code_id) || !is_page(&code.url, &self.0.settings.base_url) {
            return Err(ProviderError::Unclear("not the code that was asked for".into()));
        }
        Ok(Page {
            url: code.url,
            expires_at: Millis::new(code.expiry_date.saturating_mul(SECOND)),
            provider_ref: code.code_id,
        })
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        let path = format!("/v2/codes/payments/{}", attempt.id);
        match self.0.get::<Payment>(&path, "", attempt.merchant.as_deref()).await {
            Ok(payment) => finding(attempt, payment),
            Err(Trouble::Refused(code, _)) if code == "DYNAMIC_QR_PAYMENT_NOT_FOUND" => Finding::NotFound,
            Err(trouble) => Finding::Unclear(trouble.detail()),
        }
    }

    /// Deletes the code. Where the answer that named it was lost, the payment is cancelled instead: then nobody has seen
    /// the code, and PayPay makes a payment on it fail.
    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        let path = match &attempt.provider_ref {
            Some(code_id) if is_plain(code_id) => format!("/v2/codes/{code_id}"),
            _ => format!("/v2/payments/{}", attempt.id),
        };
        match self.0.delete::<Value>(&path, attempt.merchant.as_deref()).await {
            Ok(_) => Ok(()),
            Err(Trouble::Refused(_, Refusal::Missing)) => self.cannot_be_paid(attempt).await,
            // Said of expired, cancelled and refunded payments alike.
            Err(Trouble::Refused(code, _)) if code == "ORDER_NOT_REVERSIBLE" => self.cannot_be_paid(attempt).await,
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        let body = CreateRefund {
            merchant_refund_id: refund.id,
            payment_id: &refund.provider_payment_id,
            amount: Money::yen(refund.amount),
            requested_at: self.0.seconds(),
        };
        match self.0.post::<Refund>("/v2/refunds", refund.merchant.as_deref(), &body).await {
            Ok(answer) => refund_finding(refund, answer),
            Err(trouble) => trouble.into(),
        }
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !is_plain(&refund.provider_payment_id) {
            return RefundFinding::Unclear("not a payment id".into());
        }
        let path = format!("/v2/refunds/{}", refund.id);
        let query = format!("?paymentId={}", refund.provider_payment_id);
        match self.0.get::<Refund>(&path, &query, refund.merchant.as_deref()).await {
            Ok(answer) => refund_finding(refund, answer),
            Err(trouble) => trouble.about_refund(),
        }
    }

    /// PayPay signs nothing, and names no order of ours in some notifications: all that is taken from it is whom to ask.
    fn parse_notification(&self, _: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|_| NotificationError::Unreadable)?;
        let named = fields.get("merchant_order_id").and_then(Value::as_str);
        Ok(Hint { payment: named.and_then(|id| id.parse().ok()) })
    }
}

fn finding(attempt: &Attempt, payment: Payment) -> Finding {
    let ours = payment.merchant_payment_id.as_ref().map(|id| *id == attempt.id.to_string());
    match (payment.status.as_str(), ours) {
        (_, Some(false)) => Finding::Unclear("an answer about another payment".into()),
        ("CREATED", _) => Finding::Pending,
        ("COMPLETED", Some(true)) => paid(payment),
        ("REFUNDED", _) => Finding::Refunded,
        ("FAILED", _) => Finding::Failed,
        ("CANCELED", _) => Finding::Cancelled,
        ("EXPIRED", _) => Finding::Expired,
        (status, _) => Finding::Unclear(format!("status {}", brief(status))),
    }
}

fn paid(payment: Payment) -> Finding {
    match (payment.amount, payment.payment_id) {
        (Some(Money { amount, currency }), Some(id)) if is_plain(&id) => {
            Finding::Paid { amount: Yen::new(amount), currency, provider_payment_id: id }
        }
        _ => Finding::Unclear("paid, but no amount or payment id".into()),
    }
}

fn refund_finding(refund: &RefundRequest, answer: Refund) -> RefundFinding {
    let ours = answer.merchant_refund_id.is_none_or(|id| id == refund.id.to_string())
        && answer.payment_id.is_none_or(|id| id == refund.provider_payment_id)
        && answer.amount.is_none_or(|amount| amount == Money::yen(refund.amount));
    match answer.status.as_str() {
        _ if !ours => RefundFinding::Unclear("an answer about another refund".into()),
        "CREATED" | "REFUNDED" => RefundFinding::Done,
        status => RefundFinding::Unclear(format!("status {}", brief(status))),
    }
}
