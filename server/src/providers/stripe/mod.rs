//! Stripe Checkout: a session per attempt, opened in a browser, and signed notifications. Decides what Stripe's answers
//! mean; what follows for an order is the domain's.

mod signature;
mod wire;

use self::wire::{DIALECT, Intent, List, Paid, Refund, Session, form};
use super::checkout::{CheckoutSettings, Client, InvalidSecret};
use super::health::Health;
use super::http::{Http, brief, is_page, is_plain};
use super::trouble::{Refusal, Trouble};
use super::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use crate::clock::Clock;
use async_trait::async_trait;
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::{MINUTE, Millis, SECOND};
use serde_json::Value;

/// How long a page can be used: Stripe allows no less than half an hour, by its own clock.
const PAGE: i64 = 31 * MINUTE;
/// How far from an attempt's own time its session can have been made: clocks differ, and a request may take its time.
const BEFORE: i64 = 2 * MINUTE;
const AFTER: i64 = 3 * MINUTE;
/// Lists of a hundred sessions that are looked through for one whose name was lost.
const LISTS: usize = 10;

/// The adapter.
pub struct Stripe {
    client: Client,
    clock: Clock,
}

impl Stripe {
    /// An adapter for one contract.
    ///
    /// # Errors
    /// When the webhook secret is not of its shape.
    pub fn new(settings: CheckoutSettings, http: Http, clock: Clock) -> Result<Self, InvalidSecret> {
        if settings.webhook_secret.strip_prefix("whsec_").is_none_or(str::is_empty) {
            return Err(InvalidSecret("whsec_ and what follows"));
        }
        Ok(Self { client: Client { settings, http, dialect: DIALECT }, clock })
    }

    /// The session of an attempt with its payment.
    async fn session(&self, attempt: &Attempt) -> Result<Paid, Trouble> {
        let id = match &attempt.provider_ref {
            Some(id) => id.clone(),
            None => self.lost_session(attempt).await?,
        };
        if !is_plain(&id) {
            return Err(Trouble::unclear("not a session id"));
        }
        let path = format!("/v1/checkout/sessions/{id}?expand%5B%5D=payment_intent.latest_charge");
        let paid: Paid = self.client.get(&path).await?;
        if paid.session.id != id || !is_about(&paid.session, attempt) {
            return Err(Trouble::unclear("an answer about another payment"));
        }
        Ok(paid)
    }

    /// The name of a session whose answer was lost: Stripe lists by time, not by our id.
    async fn lost_session(&self, attempt: &Attempt) -> Result<String, Trouble> {
        let seconds = |off: i64| attempt.created_at.plus(off).get().div_euclid(SECOND);
        let (from, to) = (seconds(-BEFORE), seconds(AFTER));
        let first = format!("/v1/checkout/sessions?created%5Bgte%5D={from}&created%5Blte%5D={to}&limit=100");
        let mut path = first.clone();
        for _ in 0..LISTS {
            let mut list: List<Session> = self.client.get(&path).await?;
            if let Some(session) = list.data.iter().find(|session| is_about(session, attempt)) {
                return Ok(session.id.clone());
            }
            if !list.has_more {
                return Err(Trouble::Refused("no session".into(), Refusal::Missing));
            }
            let last = list.data.pop().filter(|last| is_plain(&last.id));
            let last = last.ok_or_else(|| Trouble::unclear("a list without an end"))?;
            path = format!("{first}&starting_after={}", last.id);
        }
        Err(Trouble::unclear("too many sessions to look through"))
    }
}

fn is_about(session: &Session, attempt: &Attempt) -> bool {
    session.client_reference_id.as_ref().is_some_and(|id| *id == attempt.id.to_string())
}

#[async_trait]
impl Provider for Stripe {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
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
        let id = attempt.id.to_string();
        let expires_at = attempt.created_at.plus(PAGE).get().div_euclid(SECOND).to_string();
        let body = form(&[
            ("mode", "payment"),
            ("client_reference_id", &id),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", "jpy"),
            ("line_items[0][price_data][unit_amount]", &attempt.amount.get().to_string()),
            ("line_items[0][price_data][product_data][name]", &attempt.description),
            ("success_url", &attempt.return_url),
            ("cancel_url", &attempt.return_url),
            ("expires_at", &expires_at),
            // What notifications are about: some come from the session, some from its payment.
            ("metadata[payment]", &id),
            ("payment_intent_data[metadata][payment]", &id),
        ]);
        let session: Session = self.client.post("/v1/checkout/sessions", &id, body).await?;
        let ours = is_about(&session, attempt)
            && session.amount_total == Some(attempt.amount.get())
            && session.currency.as_deref() == Some("jpy");
        match session.url {
            Some(url) if ours && is_plain(&session.id) && is_page(&url, &self.client.settings.base_url) => Ok(Page {
                url,
                expires_at: Millis::new(session.expires_at.saturating_mul(SECOND)),
                provider_ref: session.id,
            }),
            _ => Err(ProviderError::Unclear("not the session that was asked for".into())),
        }
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        match self.session(attempt).await {
            Ok(paid) => finding(paid),
            Err(trouble) => trouble.about_payment(),
        }
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        let paid = match self.session(attempt).await {
            Ok(paid) => paid,
            // Nothing was made that could be paid. One that it once named is not gone by being denied.
            Err(Trouble::Refused(_, Refusal::Missing)) if attempt.provider_ref.is_none() => return Ok(()),
            Err(trouble) => return Err(trouble.into()),
        };
        if paid.session.status == "open" {
            let path = format!("/v1/checkout/sessions/{}/expire", paid.session.id);
            let session: Session = self.client.post(&path, &format!("expire-{}", attempt.id), form(&[])).await?;
            return match session.status.as_str() {
                "expired" => Ok(()),
                status => Err(ProviderError::Unclear(format!("status {}", brief(status)))),
            };
        }
        match finding(paid) {
            Finding::Failed | Finding::Cancelled | Finding::Expired | Finding::NotFound => Ok(()),
            Finding::Paid { .. } | Finding::Refunded => Err(ProviderError::Refused("paid".into())),
            // In a shop with a slip of paper, say; Stripe cannot take that back.
            Finding::Pending => Err(ProviderError::Unclear("being paid".into())),
            Finding::Unclear(why) => Err(ProviderError::Unclear(why)),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        let (id, amount) = (refund.id.to_string(), refund.amount.get().to_string());
        let body =
            form(&[("payment_intent", &refund.provider_payment_id), ("amount", &amount), ("metadata[refund]", &id)]);
        let answer = self.client.post("/v1/refunds", &id, body).await;
        answer.map_or_else(RefundFinding::from, |answer| refund_finding(refund, &answer))
    }

    /// By our id, which Stripe keeps with the refund; its own was in an answer that may be lost.
    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !is_plain(&refund.provider_payment_id) {
            return RefundFinding::Unclear("not a payment id".into());
        }
        let path = format!("/v1/refunds?payment_intent={}&limit=100", refund.provider_payment_id);
        let list: List<Refund> = match self.client.get(&path).await {
            Ok(list) => list,
            Err(trouble) => return trouble.about_refund(),
        };
        let id = refund.id.to_string();
        match list.data.iter().find(|found| found.is_named(&id)) {
            Some(found) => refund_finding(refund, found),
            None if list.has_more => RefundFinding::Unclear("too many refunds to look through".into()),
            None => RefundFinding::NotFound,
        }
    }

    fn parse_notification(&self, headers: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        let header = headers("stripe-signature").ok_or(NotificationError::Forged)?;
        if !signature::is_genuine(&self.client.settings.webhook_secret, header, body, self.clock.now()) {
            return Err(NotificationError::Forged);
        }
        let event: Value = serde_json::from_slice(body).map_err(|_| NotificationError::Unreadable)?;
        let named = event.pointer("/data/object/metadata/payment").and_then(Value::as_str);
        Ok(Hint { payment: named.and_then(|id| id.parse().ok()) })
    }
}

/// A card that is refused leaves the session open for another one: only the session ends an attempt.
fn finding(Paid { session, payment_intent }: Paid) -> Finding {
    match (session.status.as_str(), session.payment_status.as_str(), payment_intent) {
        ("open", "unpaid", _) => Finding::Pending,
        ("expired", "unpaid", _) => Finding::Expired,
        ("complete", "paid", Some(intent)) => paid(session.amount_total, session.currency, intent),
        ("complete", "unpaid", Some(intent)) => match intent.status.as_str() {
            "processing" | "requires_action" => Finding::Pending,
            "requires_payment_method" | "canceled" => Finding::Failed,
            status => Finding::Unclear(format!("status {}", brief(status))),
        },
        (status, payment, _) => Finding::Unclear(format!("status {} {}", brief(status), brief(payment))),
    }
}

/// What is left of it: money that went back without our asking does not pay anything.
fn paid(amount: Option<i64>, currency: Option<String>, intent: Intent) -> Finding {
    let charge = intent.latest_charge.as_ref();
    if charge.is_some_and(|charge| charge.refunded) {
        return Finding::Refunded;
    }
    let given_back = charge.map_or(0, |charge| charge.amount_refunded);
    match (amount, currency) {
        (Some(amount), Some(currency)) if is_plain(&intent.id) => Finding::Paid {
            amount: Yen::new(amount.saturating_sub(given_back)),
            currency: currency.to_ascii_uppercase(),
            provider_payment_id: intent.id,
        },
        _ => Finding::Unclear("paid, but no amount or payment id".into()),
    }
}

fn refund_finding(refund: &RefundRequest, answer: &Refund) -> RefundFinding {
    let ours = answer.is_named(&refund.id.to_string())
        && answer.payment_intent.as_ref() == Some(&refund.provider_payment_id)
        && answer.amount == refund.amount.get();
    match answer.status.as_str() {
        _ if !ours => RefundFinding::Unclear("an answer about another refund".into()),
        "succeeded" => RefundFinding::Done,
        "pending" | "requires_action" => RefundFinding::Pending,
        "failed" | "canceled" => RefundFinding::Refused(answer.status.clone()),
        status => RefundFinding::Unclear(format!("status {}", brief(status))),
    }
}
