//! The hosted checkout of the Resona Bank x Busicom consortium: a session per attempt, opened in a browser, and signed
//! notifications. Decides what its answers mean; what follows for an order is the domain's.

mod wire;

use self::wire::{NewRefund, NewSession, Refund, Session, open};
use super::http::{Http, Timeouts, brief, is_page, is_plain};
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
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// How long a page can be used.
const PAGE_SECONDS: i64 = 600;

/// What one contract with a hosted checkout needs.
#[derive(Clone)]
pub struct HostedSettings {
    /// Where the API begins, before `/v1`.
    pub base_url: String,
    pub api_key: String,
    /// `whsec_` and base64 of 24 to 64 bytes.
    pub webhook_secret: String,
    /// The host that diners are told they will see.
    pub page_host: String,
    pub timeouts: Timeouts,
}

/// A webhook secret that is not of its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSecret;

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a webhook secret is whsec_ and base64 of 24 to 64 bytes")
    }
}

impl std::error::Error for InvalidSecret {}

/// The adapter.
pub struct Hosted {
    settings: HostedSettings,
    secret: Secret,
    http: Http,
    clock: Clock,
}

impl Hosted {
    /// An adapter for one contract.
    ///
    /// # Errors
    /// When the webhook secret is not of its shape, or too short.
    pub fn new(settings: HostedSettings, http: Http, clock: Clock) -> Result<Self, InvalidSecret> {
        let secret = Secret::read(&settings.webhook_secret).ok_or(InvalidSecret)?;
        Ok(Self { settings, secret, http, clock })
    }

    fn request(&self, method: Method, path: &str, timeout: Duration) -> RequestBuilder {
        let url = format!("{}{path}", self.settings.base_url.trim_end_matches('/'));
        self.http.request(method, &url, timeout).bearer_auth(&self.settings.api_key)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let request = self.request(Method::GET, path, self.settings.timeouts.asking);
        open(&self.http.send(request).await?)
    }

    /// `key` makes a repeated request the same request.
    async fn post<T: DeserializeOwned>(&self, path: &str, key: &str, body: &impl Serialize) -> Result<T, Trouble> {
        let body = serde_json::to_vec(body).map_err(|_| Trouble::NotSent("request not possible"))?;
        let request = self.request(Method::POST, path, self.settings.timeouts.moving);
        let request = request.header("Idempotency-Key", key).header(CONTENT_TYPE, "application/json").body(body);
        open(&self.http.send(request).await?)
    }

    /// The session of an attempt, by its id or, where the answer that named it was lost, by ours.
    async fn session(&self, attempt: &Attempt) -> Result<Session, Trouble> {
        let session: Session = match &attempt.provider_ref {
            Some(id) if is_plain(id) => self.get(&format!("/v1/sessions/{id}")).await?,
            _ => self.get(&format!("/v1/sessions?reference={}", attempt.id)).await?,
        };
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
        Capabilities { cancel_unpaid: true, partial_refunds: true, signed_notifications: true }
    }

    fn page_host(&self) -> String {
        self.settings.page_host.clone()
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
        let session: Session = self.post("/v1/sessions", &attempt.id.to_string(), &body).await?;
        let ours = session.reference == attempt.id.to_string()
            && session.amount == attempt.amount.get()
            && session.currency == "JPY";
        if !ours || !is_plain(&session.id) || !is_page(&session.url, &self.settings.base_url) {
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
            Err(Trouble::Refused(_, Refusal::Missing)) => Finding::NotFound,
            Err(trouble) => Finding::Unclear(trouble.detail()),
        }
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        let session = match self.session(attempt).await {
            Ok(session) => session,
            // Nothing was made that could be paid.
            Err(Trouble::Refused(_, Refusal::Missing)) => return Ok(()),
            Err(trouble) => return Err(trouble.into()),
        };
        let path = format!("/v1/sessions/{}/cancel", session.id);
        let session: Session = self.post(&path, &format!("cancel-{}", attempt.id), &Value::Null).await?;
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
        match self.post::<Refund>("/v1/refunds", &refund.id.to_string(), &body).await {
            Ok(answer) => refund_finding(refund, &answer),
            Err(Trouble::Refused(code, Refusal::Lasting | Refusal::Missing)) => RefundFinding::Refused(code),
            Err(trouble) => RefundFinding::Unclear(trouble.detail()),
        }
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        match self.get::<Refund>(&format!("/v1/refunds/{}", refund.id)).await {
            Ok(answer) => refund_finding(refund, &answer),
            Err(Trouble::Refused(_, Refusal::Missing)) => RefundFinding::NotFound,
            Err(trouble) => RefundFinding::Unclear(trouble.detail()),
        }
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
