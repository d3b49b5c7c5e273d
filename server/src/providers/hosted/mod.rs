//! The hosted checkout of the Resona Bank x Busicom consortium: a session per attempt, opened in a browser, and signed
//! notifications. Decides what its answers mean; what follows for an order is the domain's.

pub mod check;
mod wire;

use self::wire::{DIALECT, NewRefund, NewSession, Refund, Session};
use super::checkout::{CheckoutSettings, Client, InvalidSecret, json};
use super::health::Health;
use super::http::{Http, brief, is_page, is_plain};
use super::standard_webhooks::Secret;
use super::trouble::{Refusal, Trouble};
use super::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use crate::clock::Clock;
use async_trait::async_trait;
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::{Millis, SECOND};
use serde_json::Value;

/// How long a page can be used.
const PAGE_SECONDS: i64 = 600;

/// The adapter.
pub struct Hosted {
    client: Client,
    secret: Secret,
    clock: Clock,
}

impl Hosted {
    /// An adapter for one contract.
    ///
    /// # Errors
    /// When the webhook secret is not of its shape, or too short.
    pub fn new(settings: CheckoutSettings, http: Http, clock: Clock) -> Result<Self, InvalidSecret> {
        let invalid = InvalidSecret("whsec_ and base64 of 24 to 64 bytes");
        let secret = Secret::read(&settings.webhook_secret).ok_or(invalid)?;
        Ok(Self { client: Client { settings, http, dialect: DIALECT }, secret, clock })
    }

    /// The session of an attempt, by its id or, where the answer that named it was lost, by ours.
    async fn session(&self, attempt: &Attempt) -> Result<Session, Trouble> {
        let path = match &attempt.provider_ref {
            Some(id) if is_plain(id) => format!("/v1/sessions/{id}"),
            _ => format!("/v1/sessions?reference={}", attempt.id),
        };
        let session: Session = self.client.get(&path).await?;
        if session.reference != attempt.id.to_string() || !is_plain(&session.id) {
            return Err(Trouble::unclear("an answer about another payment"));
        }
        Ok(session)
    }
}

#[async_trait]
impl Provider for Hosted {
    fn name(&self) -> ProviderName {
        ProviderName::Hosted
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { partial_refunds: true, signed_notifications: true }
    }

    fn page_host(&self) -> String {
        self.client.settings.page_host.clone()
    }

    fn health(&self) -> Option<&Health> {
        self.client.http.health()
    }

    async fn create(&self, attempt: &Attempt) -> Result<Page, ProviderError> {
        let body = NewSession {
            reference: attempt.id,
            amount: attempt.amount.get(),
            currency: "JPY",
            description: &attempt.description,
            return_url: &attempt.return_url,
            expires_in_seconds: PAGE_SECONDS,
        };
        let session: Session = self.client.post("/v1/sessions", &attempt.id.to_string(), json(&body)).await?;
        let ours = session.reference == attempt.id.to_string()
            && session.amount == attempt.amount.get()
            && session.currency == "JPY";
        if !ours || !is_plain(&session.id) || !is_page(&session.url, &self.client.settings.base_url) {
            return Err(ProviderError::Unclear("not the session that was asked for".into()));
        }
        Ok(Page {
            url: session.url,
            expires_at: Millis::new(session.expires_at.saturating_mul(SECOND)),
            provider_ref: session.id,
        })
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        match self.session(attempt).await {
            Ok(session) => finding(session),
            Err(trouble) => trouble.about_payment(),
        }
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        let session = match self.session(attempt).await {
            Ok(session) => session,
            // Nothing was made that could be paid. One that it once named is not gone by being denied.
            Err(Trouble::Refused(_, Refusal::Missing)) if attempt.provider_ref.is_none() => return Ok(()),
            Err(trouble) => return Err(trouble.into()),
        };
        let path = format!("/v1/sessions/{}/cancel", session.id);
        let key = format!("cancel-{}", attempt.id);
        let session: Session = self.client.post(&path, &key, json(&Value::Null)).await?;
        match session.status.as_str() {
            "cancelled" | "expired" | "failed" => Ok(()),
            status => Err(ProviderError::Unclear(format!("status {}", brief(status)))),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        let body = NewRefund {
            session_id: &refund.provider_payment_id,
            refund_reference: refund.id,
            amount: refund.amount.get(),
        };
        let answer = self.client.post::<Refund>("/v1/refunds", &refund.id.to_string(), json(&body)).await;
        answer.map_or_else(RefundFinding::from, |answer| refund_finding(refund, &answer))
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        let answer = self.client.get::<Refund>(&format!("/v1/refunds/{}", refund.id)).await;
        answer.map_or_else(Trouble::about_refund, |answer| refund_finding(refund, &answer))
    }

    fn parse_notification(&self, headers: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        self.secret.verify(headers, body, self.clock.now())?;
        let event: Value = serde_json::from_slice(body).map_err(|_| NotificationError::Unreadable)?;
        let named = event.pointer("/data/reference").and_then(Value::as_str);
        Ok(Hint { payment: named.and_then(|id| id.parse().ok()) })
    }
}

fn finding(session: Session) -> Finding {
    match session.status.as_str() {
        "open" => Finding::Pending,
        // The session is what refunds are asked for by, so it is kept as the payment's id.
        "paid" => Finding::Paid {
            amount: Yen::new(session.amount),
            currency: session.currency,
            provider_payment_id: session.id,
        },
        "failed" => Finding::Failed,
        "cancelled" => Finding::Cancelled,
        "expired" => Finding::Expired,
        "refunded" => Finding::Refunded,
        status => Finding::Unclear(format!("status {}", brief(status))),
    }
}

fn refund_finding(refund: &RefundRequest, answer: &Refund) -> RefundFinding {
    let ours = answer.refund_reference == refund.id.to_string()
        && answer.session_id == refund.provider_payment_id
        && answer.amount == refund.amount.get();
    match answer.status.as_str() {
        _ if !ours => RefundFinding::Unclear("an answer about another refund".into()),
        "succeeded" => RefundFinding::Done,
        "pending" => RefundFinding::Pending,
        "failed" => RefundFinding::Refused("failed".into()),
        status => RefundFinding::Unclear(format!("status {}", brief(status))),
    }
}
