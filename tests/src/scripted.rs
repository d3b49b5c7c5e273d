//! A payment company that says what a test wants it to say, and remembers what it was asked. How a real one answers on
//! the wire is the sandbox's business.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use async_trait::async_trait;
use okini_server::clock::Clock;
use okini_server::providers::health::Health;
use okini_server::providers::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{AccountKey, Finding, ProviderName};
use okini_shared::time::MINUTE;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;

/// How the next pages are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Creation {
    #[default]
    Works,
    /// Nothing is made, and the provider says so.
    Refused,
    /// The page is made, but the answer does not arrive.
    AnswerLost,
    /// The request does not arrive, and nobody knows.
    RequestLost,
}

/// One call, as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Create(Attempt),
    Query(PaymentId),
    Cancel(PaymentId),
    Refund(RefundRequest),
    QueryRefund(RefundId),
}

/// The fake. Payments are pending until a test says otherwise; refunds are done at once.
pub struct Scripted {
    name: ProviderName,
    clock: Clock,
    state: Mutex<State>,
    hanging: watch::Sender<bool>,
    health: Health,
    bug: AtomicBool,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    creation: Creation,
    made: HashMap<PaymentId, Attempt>,
    findings: HashMap<PaymentId, Finding>,
    refund: Option<RefundFinding>,
    broken: bool,
    refunds: HashMap<RefundId, RefundRequest>,
}

impl Scripted {
    /// A provider that goes by that name; its pages expire five minutes after they were made.
    pub fn new(name: ProviderName, clock: Clock) -> Arc<Self> {
        let (hanging, health) = (watch::Sender::new(false), Health::new(name, AccountKey::Settings(name)));
        let (state, bug) = (Mutex::default(), AtomicBool::new(false));
        Arc::new(Self { name, clock, state, hanging, health, bug })
    }

    /// How pages are made from now on.
    pub fn creation(&self, creation: Creation) {
        self.state().creation = creation;
    }

    /// What the provider says about a payment from now on, whether it made a page for it or not.
    pub fn say(&self, payment: PaymentId, finding: Finding) {
        self.state().findings.insert(payment, finding);
    }

    /// The diner pays exactly what was asked for.
    pub fn pay(&self, payment: PaymentId) {
        let amount = self.state().made.get(&payment).unwrap().amount;
        self.say(payment, paid(payment, amount, "JPY"));
    }

    /// Refunds are done at once from now on, as at the beginning.
    pub fn refunds_work(&self) {
        self.state().refund = None;
    }

    /// What becomes of refunds from now on.
    pub fn refunds(&self, finding: RefundFinding) {
        self.state().refund = Some(finding);
    }

    /// All calls wait from now on until `release`; those that arrived are remembered already.
    pub fn hang(&self) {
        self.hanging.send_replace(true);
    }

    /// Lets waiting calls go on.
    pub fn release(&self) {
        self.hanging.send_replace(false);
    }

    /// No call is answered any more, and none does anything; or all are again.
    pub fn breaks(&self, broken: bool) {
        self.state().broken = broken;
    }

    /// Whoever asks next how it is panics.
    pub fn has_bug(&self) {
        self.bug.store(true, Ordering::SeqCst);
    }

    /// Whether nobody has met the bug yet.
    pub fn bug_waits(&self) -> bool {
        self.bug.load(Ordering::SeqCst)
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The attempts that have a page, the latest last.
    pub fn attempts(&self) -> Vec<Attempt> {
        let mut made: Vec<Attempt> = self.state().made.values().cloned().collect();
        made.sort_by_key(|attempt| attempt.id);
        made
    }

    /// What went back for a payment, each refund id counted once.
    pub fn given_back(&self, payment: PaymentId) -> Yen {
        let state = self.state();
        let of_payment = state.refunds.values().filter(|refund| refund.payment == payment);
        Yen::checked_sum(of_payment.map(|refund| refund.amount)).unwrap()
    }

    /// The body of a notification about a payment. One that begins with `forged` is refused.
    pub fn notification(payment: PaymentId) -> String {
        format!("about {payment}")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// False when it is not answered.
    async fn arrive(&self, call: Call) -> bool {
        self.state().calls.push(call);
        let mut hanging = self.hanging.subscribe();
        hanging.wait_for(|hanging| !hanging).await.unwrap();
        let broken = self.state().broken;
        if broken {
            self.health.went_silent()
        } else {
            self.health.answered()
        }
        !broken
    }
}

/// Paid: this much, in this currency.
pub fn paid(payment: PaymentId, amount: Yen, currency: &str) -> Finding {
    Finding::Paid { amount, currency: currency.into(), provider_payment_id: format!("scripted-{payment}") }
}

#[async_trait]
impl Provider for Scripted {
    fn name(&self) -> ProviderName {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { partial_refunds: true, signed_notifications: false }
    }

    fn page_host(&self) -> String {
        "pay.test".into()
    }

    fn health(&self) -> Option<&Health> {
        assert!(!self.bug.swap(false, Ordering::SeqCst), "the bug");
        Some(&self.health)
    }

    async fn create(&self, attempt: &Attempt) -> Result<Page, ProviderError> {
        if !self.arrive(Call::Create(attempt.clone())).await {
            return Err(ProviderError::Refused("no connection".into()));
        }
        let mut state = self.state();
        let creation = state.creation;
        if matches!(creation, Creation::Works | Creation::AnswerLost) {
            state.made.insert(attempt.id, attempt.clone());
        }
        match creation {
            Creation::Works => Ok(Page {
                url: format!("https://pay.test/{}", attempt.id),
                expires_at: self.clock.now().plus(5 * MINUTE),
                provider_ref: format!("page-{}", attempt.id),
            }),
            Creation::Refused => Err(ProviderError::Refused("SCRIPTED".into())),
            Creation::AnswerLost | Creation::RequestLost => Err(ProviderError::Unclear("timeout".into())),
        }
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        if !self.arrive(Call::Query(attempt.id)).await {
            return Finding::Unclear("no connection".into());
        }
        let state = self.state();
        let silent = if state.made.contains_key(&attempt.id) { Finding::Pending } else { Finding::NotFound };
        state.findings.get(&attempt.id).cloned().unwrap_or(silent)
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        if !self.arrive(Call::Cancel(attempt.id)).await {
            return Err(ProviderError::Refused("no connection".into()));
        }
        let mut state = self.state();
        if let Some(Finding::Paid { .. } | Finding::Refunded) = state.findings.get(&attempt.id) {
            return Err(ProviderError::Refused("PAID".into()));
        }
        state.findings.insert(attempt.id, Finding::Cancelled);
        Ok(())
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !self.arrive(Call::Refund(refund.clone())).await {
            return RefundFinding::Unclear("no connection".into());
        }
        let mut state = self.state();
        let finding = state.refund.clone().unwrap_or(RefundFinding::Done);
        if matches!(finding, RefundFinding::Done | RefundFinding::Pending) {
            state.refunds.insert(refund.id, refund.clone());
        }
        finding
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        if !self.arrive(Call::QueryRefund(refund.id)).await {
            return RefundFinding::Unclear("no connection".into());
        }
        let state = self.state();
        let known = state.refunds.contains_key(&refund.id);
        state.refund.clone().unwrap_or(if known { RefundFinding::Done } else { RefundFinding::NotFound })
    }

    fn parse_notification(&self, _: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        match std::str::from_utf8(body).map(|text| text.split_once(' ')) {
            Ok(Some(("about", payment))) => Ok(Hint { payment: payment.parse().ok() }),
            Ok(Some(("forged", _))) => Err(NotificationError::Forged),
            _ => Err(NotificationError::Unreadable),
        }
    }
}
