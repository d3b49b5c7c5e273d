//! KOMOJU: a session per attempt, opened in a browser, which makes a payment, and signed notifications. Decides what its
//! answers mean; what follows for an order is the domain's.

mod wire;

use self::wire::{DIALECT, LineItem, NewPaymentData, NewRefund, NewSession, Payment, Payments, Session};
use super::checkout::{Body, CheckoutSettings, Client, InvalidSecret, json};
use super::health::Health;
use super::http::{Http, brief, is_page, is_plain};
use super::mac::{hmac_sha256, is_hex_of};
use super::trouble::{Refusal, Trouble};
use super::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use crate::clock::Clock;
use async_trait::async_trait;
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::SECOND;
use serde_json::Value;

/// How long a page can be used.
const PAGE_SECONDS: i64 = 600;
/// A secret token is chosen by the merchant; a shorter one protects nothing.
const SHORTEST_SECRET: usize = 16;

/// The adapter.
pub struct Komoju {
    client: Client,
    clock: Clock,
}

impl Komoju {
    /// An adapter for one contract.
    ///
    /// # Errors
    /// When the webhook secret is too short.
    pub fn new(settings: CheckoutSettings, http: Http, clock: Clock) -> Result<Self, InvalidSecret> {
        if settings.webhook_secret.len() < SHORTEST_SECRET {
            return Err(InvalidSecret("at least 16 characters"));
        }
        Ok(Self { client: Client { settings, http, dialect: DIALECT }, clock })
    }

    /// The session of an attempt. Where the answer that named it was lost it can be found only by a payment: nobody has
    /// seen the page of one that has none, and it ends by itself.
    async fn session(&self, attempt: &Attempt) -> Result<Session, Trouble> {
        let id = match &attempt.provider_ref {
            Some(id) if is_plain(id) => id.clone(),
            _ => self.session_of_payment(attempt).await?,
        };
        let session: Session = self.client.get(&format!("/api/v1/sessions/{id}")).await?;
        let numbers = [
            session.payment_data.as_ref().and_then(|data| data.external_order_num.as_deref()),
            session.payment.as_ref().and_then(|payment| payment.external_order_num.as_deref()),
        ];
        let ours = attempt.id.to_string();
        if session.id != id || numbers.into_iter().flatten().any(|number| number != ours) {
            return Err(Trouble::unclear("an answer about another payment"));
        }
        Ok(session)
    }

    async fn session_of_payment(&self, attempt: &Attempt) -> Result<String, Trouble> {
        let ours = attempt.id.to_string();
        let payments: Payments = self.client.get(&format!("/api/v1/payments?external_order_num={ours}")).await?;
        let named =
            payments.data.into_iter().find(|payment| payment.external_order_num.as_deref() == Some(ours.as_str()));
        let payment = named.ok_or_else(|| Trouble::Refused("no payment".into(), Refusal::Missing))?;
        payment.session.filter(|id| is_plain(id)).ok_or_else(|| Trouble::unclear("a payment without a session"))
    }

    /// Ends what can still be paid: a payment that waits for its payer, and the page.
    async fn end(&self, attempt: &Attempt, session: &Session) -> Result<(), Trouble> {
        let key = format!("cancel-{}", attempt.id);
        if let Some(waiting) = session.payment.as_ref().filter(|payment| payment.is_waiting() && is_plain(&payment.id))
        {
            let path = format!("/api/v1/payments/{}/cancel", waiting.id);
            let payment: Payment = self.client.post(&path, &format!("{key}-payment"), nothing()).await?;
            ended(&payment.status)?;
        }
        if session.status == "pending" {
            let path = format!("/api/v1/sessions/{}/cancel", session.id);
            let session: Session = self.client.post(&path, &key, nothing()).await?;
            ended(&session.status)?;
        }
        Ok(())
    }
}

fn nothing() -> Body {
    Ok(b"{}".to_vec())
}

fn ended(status: &str) -> Result<(), Trouble> {
    if status == "cancelled" { Ok(()) } else { Err(Trouble::unclear(format!("status {}", brief(status)))) }
}

impl Payment {
    fn is_waiting(&self) -> bool {
        self.status == "pending" || self.status == "authorized"
    }
}

#[async_trait]
impl Provider for Komoju {
    fn name(&self) -> ProviderName {
        ProviderName::Komoju
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
        let amount = attempt.amount.get();
        let body = NewSession {
            mode: "payment",
            amount,
            currency: "JPY",
            return_url: &attempt.return_url,
            expires_in_seconds: PAGE_SECONDS,
            line_items: [LineItem { description: &attempt.description, quantity: 1, amount }],
            payment_data: NewPaymentData { external_order_num: attempt.id, capture: "auto" },
        };
        let key = attempt.id.to_string();
        let session: Session = self.client.post("/api/v1/sessions", &key, json(&body)).await?;
        let named = session.payment_data.and_then(|data| data.external_order_num);
        let ours = session.amount == amount && session.currency == "JPY" && named.is_none_or(|number| number == key);
        if !ours || !is_plain(&session.id) || !is_page(&session.session_url, &self.client.settings.base_url) {
            return Err(ProviderError::Unclear("not the session that was asked for".into()));
        }
        Ok(Page {
            url: session.session_url,
            // KOMOJU does not say when; counted from the answer it is not too early.
            expires_at: self.clock.now().plus(PAGE_SECONDS * SECOND),
            provider_ref: session.id,
        })
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        match self.session(attempt).await {
            Ok(session) => finding(attempt, &session),
            Err(trouble) => trouble.about_payment(),
        }
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        let session = match self.session(attempt).await {
            Ok(session) => session,
            // Nobody has seen a page that could be paid. One that it once named is not gone by being denied.
            Err(Trouble::Refused(_, Refusal::Missing)) if attempt.provider_ref.is_none() => return Ok(()),
            Err(trouble) => return Err(trouble.into()),
        };
        match finding(attempt, &session) {
            Finding::Pending => Ok(self.end(attempt, &session).await?),
            Finding::Failed | Finding::Cancelled | Finding::Expired | Finding::NotFound => Ok(()),
            Finding::Paid { .. } | Finding::Refunded => Err(ProviderError::Refused("captured".into())),
            Finding::Unclear(why) => Err(ProviderError::Unclear(why)),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !is_plain(&refund.provider_payment_id) {
            return RefundFinding::Unclear("not a payment id".into());
        }
        let path = format!("/api/v1/payments/{}/refund", refund.provider_payment_id);
        let body = NewRefund { amount: refund.amount.get(), description: refund.id };
        match self.client.post(&path, &refund.id.to_string(), json(&body)).await {
            Ok(payment) => {
                refund_finding(refund, payment).unwrap_or(RefundFinding::Unclear("not in the answer".into()))
            }
            Err(trouble) => trouble.into(),
        }
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !is_plain(&refund.provider_payment_id) {
            return RefundFinding::Unclear("not a payment id".into());
        }
        match self.client.get(&format!("/api/v1/payments/{}", refund.provider_payment_id)).await {
            Ok(payment) => refund_finding(refund, payment).unwrap_or(RefundFinding::NotFound),
            Err(trouble) => trouble.about_refund(),
        }
    }

    /// The signature covers no time and no number: an old notification is as good as a new one, and both only hints.
    fn parse_notification(&self, headers: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        let signature = headers("x-komoju-signature").ok_or(NotificationError::Forged)?;
        let mac = hmac_sha256(self.client.settings.webhook_secret.as_bytes(), &[body]);
        if !is_hex_of(mac, signature) {
            return Err(NotificationError::Forged);
        }
        let event: Value = serde_json::from_slice(body).map_err(|_| NotificationError::Unreadable)?;
        let named = event.pointer("/data/external_order_num").and_then(Value::as_str);
        Ok(Hint { payment: named.and_then(|id| id.parse().ok()) })
    }
}

/// A payment that failed in a session that is still open may be followed by one that works: only the session ends an
/// attempt.
fn finding(attempt: &Attempt, session: &Session) -> Finding {
    let payment = session.payment.as_ref().map(|payment| (payment.status.as_str(), payment));
    match (session.status.as_str(), payment) {
        (_, Some(("captured", payment))) => paid(attempt, payment),
        (_, Some(("refunded", _))) => Finding::Refunded,
        ("cancelled", _) => Finding::Cancelled,
        ("pending", _) if session.expired => Finding::Expired,
        ("pending", None | Some(("pending" | "authorized" | "failed" | "cancelled" | "expired", _))) => {
            Finding::Pending
        }
        ("completed", Some(("pending" | "authorized", _))) => Finding::Pending,
        ("completed", Some(("failed", _))) => Finding::Failed,
        ("completed", Some(("cancelled", _))) => Finding::Cancelled,
        ("completed", Some(("expired", _))) => Finding::Expired,
        (_, Some((status, _))) | (status, None) => Finding::Unclear(format!("status {}", brief(status))),
    }
}

/// What is left of it: money that went back without our asking does not pay anything.
fn paid(attempt: &Attempt, payment: &Payment) -> Finding {
    if !is_plain(&payment.id) || payment.external_order_num.as_deref() != Some(attempt.id.to_string().as_str()) {
        return Finding::Unclear("an answer about another payment".into());
    }
    let whole = payment.amount.saturating_add(payment.tax);
    Finding::Paid {
        amount: Yen::new(whole.saturating_sub(payment.amount_refunded)),
        currency: payment.currency.clone(),
        provider_payment_id: payment.id.clone(),
    }
}

/// Nothing when there is no refund of that name.
fn refund_finding(refund: &RefundRequest, payment: Payment) -> Option<RefundFinding> {
    let ours = refund.id.to_string();
    let found = payment.refunds.into_iter().find(|found| found.description.as_deref() == Some(ours.as_str()))?;
    if found.amount == refund.amount.get() && payment.id == refund.provider_payment_id {
        Some(RefundFinding::Done)
    } else {
        Some(RefundFinding::Unclear("an answer about another refund".into()))
    }
}
