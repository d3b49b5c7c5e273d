//! A payment company with moods: it loses requests and answers, shows money late, declines, and stops every call twice, on
//! its way in and on its way out, until the schedule lets it go on. What it took and gave back is the truth of the money.

use async_trait::async_trait;
use okini_server::clock::Clock;
use okini_server::providers::{
    Attempt, Capabilities, Headers, Hint, NotificationError, Page, Provider, ProviderError, RefundFinding,
    RefundRequest,
};
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::{MINUTE, Millis};
use rand::RngExt as _;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{Notify, oneshot};

/// A page and what became of it.
#[derive(Debug, Clone)]
pub struct Bill {
    pub amount: Yen,
    pub expires_at: Millis,
    pub standing: Standing,
}

/// Where a page stands in truth, whatever the company says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// So much was taken; the company says so from a moment on.
    Paid(Yen, Millis),
    Declined,
    Withdrawn,
}

pub struct Company {
    clock: Clock,
    state: Mutex<State>,
    arrived: Notify,
}

struct State {
    rng: StdRng,
    /// No moods and no stops: the end of the day.
    honest: bool,
    waiting: Option<oneshot::Sender<()>>,
    bills: BTreeMap<PaymentId, Bill>,
    given_back: BTreeMap<RefundId, RefundRequest>,
    refused: Vec<RefundId>,
}

impl Company {
    pub fn new(clock: Clock, rng: StdRng) -> Arc<Self> {
        let state = State {
            rng,
            honest: false,
            waiting: None,
            bills: BTreeMap::new(),
            given_back: BTreeMap::new(),
            refused: Vec::new(),
        };
        Arc::new(Self { clock, state: Mutex::new(state), arrived: Notify::new() })
    }

    /// From here on it does what it should.
    pub fn come_to_reason(&self) {
        self.state().honest = true;
    }

    /// Waits until a call is stopped; gives what lets it go on.
    pub async fn stopped(&self) -> oneshot::Sender<()> {
        loop {
            self.arrived.notified().await;
            if let Some(waiting) = self.state().waiting.take() {
                return waiting;
            }
        }
    }

    /// The diner pays on a page, or does not get through.
    pub fn pay(&self, id: PaymentId) -> Standing {
        let now = self.clock.now();
        let state = &mut *self.state();
        let bill = state.bills.get_mut(&id).unwrap();
        if bill.standing == Standing::Open && now <= bill.expires_at {
            let seen = now.plus(if state.rng.random_ratio(1, 3) { state.rng.random_range(0..120 * MINUTE) } else { 0 });
            bill.standing = match state.rng.random_range(0..16) {
                0 => Standing::Declined,
                1 => Standing::Paid(Yen::new(bill.amount.get() + state.rng.random_range(1..500)), seen),
                2 => Standing::Paid(Yen::new(state.rng.random_range(0..bill.amount.get())), seen),
                _ => Standing::Paid(bill.amount, seen),
            };
        }
        bill.standing
    }

    /// Every page that was made.
    pub fn bills(&self) -> BTreeMap<PaymentId, Bill> {
        self.state().bills.clone()
    }

    /// What went back for a payment.
    pub fn given_back(&self, payment: PaymentId) -> Yen {
        let state = self.state();
        let of_payment = state.given_back.values().filter(|refund| refund.payment == payment);
        Yen::checked_sum(of_payment.map(|refund| refund.amount)).unwrap()
    }

    /// Whether a refund was refused for good.
    pub fn refused(&self, refund: RefundId) -> bool {
        self.state().refused.contains(&refund)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    async fn stop(&self) {
        let (go, gone) = oneshot::channel();
        {
            let mut state = self.state();
            if state.honest {
                return;
            }
            state.waiting = Some(go);
        }
        self.arrived.notify_one();
        let _ = gone.await;
    }

    /// A mood from 0 to 19; an honest company is always in the last.
    fn mood(&self) -> u32 {
        let mut state = self.state();
        if state.honest { 19 } else { state.rng.random_range(0..20) }
    }

    fn make(&self, attempt: &Attempt) -> Page {
        let expires_at = self.clock.now().plus(5 * MINUTE);
        let bill = Bill { amount: attempt.amount, expires_at, standing: Standing::Open };
        let before = self.state().bills.insert(attempt.id, bill);
        assert!(before.is_none(), "a merchant payment id was used twice");
        Page {
            url: format!("https://pay.test/{}", attempt.id),
            expires_at,
            provider_ref: format!("page-{}", attempt.id),
        }
    }

    fn find(&self, id: PaymentId) -> Finding {
        let now = self.clock.now();
        let mut state = self.state();
        let Some(bill) = state.bills.get(&id).cloned() else { return Finding::NotFound };
        match bill.standing {
            Standing::Paid(amount, seen) if now >= seen => {
                Finding::Paid { amount, currency: "JPY".into(), provider_payment_id: format!("sim-{id}") }
            }
            Standing::Open | Standing::Paid(..) if now > bill.expires_at && state.rng.random_ratio(1, 2) => {
                Finding::Expired
            }
            Standing::Open | Standing::Paid(..) => Finding::Pending,
            Standing::Declined => Finding::Failed,
            Standing::Withdrawn => Finding::Cancelled,
        }
    }

    fn withdraw(&self, id: PaymentId) -> Result<(), ProviderError> {
        let mut state = self.state();
        match state.bills.get_mut(&id) {
            Some(bill) if matches!(bill.standing, Standing::Open | Standing::Withdrawn) => {
                bill.standing = Standing::Withdrawn;
                Ok(())
            }
            _ => Err(ProviderError::Refused("CANNOT".into())),
        }
    }

    fn give_back(&self, refund: &RefundRequest) -> RefundFinding {
        let taken = match self.state().bills.get(&refund.payment).map(|bill| bill.standing) {
            Some(Standing::Paid(amount, _)) => amount,
            other => panic!("money back for what was not paid: {refund:?}, {other:?}"),
        };
        self.state().given_back.insert(refund.id, refund.clone());
        let given = self.given_back(refund.payment);
        assert!(given <= taken, "more goes back than was paid: {given:?} of {taken:?}");
        RefundFinding::Done
    }
}

#[async_trait]
impl Provider for Company {
    fn name(&self) -> ProviderName {
        ProviderName::Paypay
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { partial_refunds: true, signed_notifications: false }
    }

    fn page_host(&self) -> String {
        "pay.test".into()
    }

    async fn create(&self, attempt: &Attempt) -> Result<Page, ProviderError> {
        self.stop().await;
        let lost = || Err(ProviderError::Unclear("timeout".into()));
        let answer = match self.mood() {
            0 => Err(ProviderError::Refused("NO".into())),
            1 | 2 => lost(),
            3 | 4 => {
                self.make(attempt);
                lost()
            }
            _ => Ok(self.make(attempt)),
        };
        self.stop().await;
        answer
    }

    async fn query(&self, attempt: &Attempt) -> Finding {
        self.stop().await;
        let finding = if self.mood() < 2 { Finding::Unclear("timeout".into()) } else { self.find(attempt.id) };
        self.stop().await;
        finding
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError> {
        self.stop().await;
        let lost = Err(ProviderError::Unclear("timeout".into()));
        let answer = match self.mood() {
            0 => lost,
            1 => self.withdraw(attempt.id).and(lost),
            _ => self.withdraw(attempt.id),
        };
        self.stop().await;
        answer
    }

    async fn refund(&self, refund: &RefundRequest) -> RefundFinding {
        self.stop().await;
        let known = self.state().given_back.contains_key(&refund.id);
        let finding = match self.mood() {
            _ if known => RefundFinding::Done,
            0 => {
                self.state().refused.push(refund.id);
                RefundFinding::Refused("NO".into())
            }
            1 => RefundFinding::Unclear("timeout".into()),
            2 | 3 => {
                self.give_back(refund);
                RefundFinding::Unclear("timeout".into())
            }
            4 => {
                self.give_back(refund);
                RefundFinding::Pending
            }
            _ => self.give_back(refund),
        };
        self.stop().await;
        finding
    }

    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding {
        self.stop().await;
        let known = self.state().given_back.contains_key(&refund.id);
        let finding = match self.mood() {
            0 => RefundFinding::Unclear("timeout".into()),
            _ if self.refused(refund.id) => RefundFinding::Refused("NO".into()),
            _ if known => RefundFinding::Done,
            _ => RefundFinding::NotFound,
        };
        self.stop().await;
        finding
    }

    fn parse_notification(&self, _: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError> {
        match std::str::from_utf8(body).map(|text| text.split_once(' ')) {
            Ok(Some(("about", payment))) => Ok(Hint { payment: payment.parse().ok() }),
            _ => Err(NotificationError::Forged),
        }
    }
}
