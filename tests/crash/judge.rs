//! Compares the ledger outside with what the server, the payment company and the database say.
//! What was found is told by `main.rs`.

use crate::ledger::Entry;
use futures_util::{StreamExt as _, stream};
use okini_shared::api::order::{GetOrder, ListMyOrders, Order, OrderPage};
use okini_shared::api::path;
use okini_shared::id::{OrderId, PaymentId};
use okini_shared::rules::coupon::HoldState;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::PaymentState;
use okini_tests::caller::{Ask, Caller};
use okini_tests::database::Database;
use serde::Deserialize;
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};

/// Checks under way at once.
const AT_ONCE: usize = 16;

/// What must not be, in words.
#[derive(Default)]
pub struct Verdict {
    pub lost: BTreeSet<String>,
    pub doubled: BTreeSet<String>,
    pub paid_twice: BTreeSet<String>,
}

impl Verdict {
    /// Nothing was found.
    pub fn is_good(&self) -> bool {
        self.all().next().is_none()
    }

    /// All that was found.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.lost.iter().chain(&self.doubled).chain(&self.paid_twice)
    }

    /// Each of these is there as it was acknowledged; asked for again with its key, the same order comes.
    pub async fn orders(&mut self, caller: &Caller, entries: &[Entry], again: bool) {
        let mut findings = stream::iter(entries).map(|entry| look(caller, entry, again)).buffer_unordered(AT_ONCE);
        while let Some((lost, doubled)) = findings.next().await {
            self.lost.extend(lost);
            self.doubled.extend(doubled);
        }
    }

    /// Each phone has the orders that were acknowledged to it, and no other.
    pub async fn phones(&mut self, caller: &Caller, entries: &[Entry]) {
        let mut phones: BTreeMap<&str, BTreeSet<OrderId>> = BTreeMap::new();
        for entry in entries {
            if !phones.entry(&entry.phone).or_default().insert(entry.order.id) {
                self.lost.insert(format!("order {} was given for two keys", entry.order.id));
            }
        }
        let lists = stream::iter(phones.keys()).map(|phone| async move { (*phone, list(caller, phone).await) });
        let mut lists = lists.buffer_unordered(AT_ONCE);
        while let Some((phone, there)) = lists.next().await {
            let expected = phones.get(phone).unwrap();
            let missing = expected.iter().filter(|id| !there.contains(id));
            self.lost.extend(missing.map(|id| format!("order {id} is not in its phone's list")));
            let odd = there.iter().filter(|id| !expected.contains(id));
            self.doubled.extend(odd.map(|id| format!("order {id} was never acknowledged to its phone")));
            if there.len() != there.iter().collect::<BTreeSet<_>>().len() {
                self.doubled.insert(format!("an order is listed twice: {there:?}"));
            }
        }
    }

    /// The payment company took the money of each bill at most once, and the server knows of all that it took.
    pub async fn company(&mut self, taken: &[Taken], database: &Database) {
        let rows = database.rows("SELECT id, order_id, state FROM payment").await;
        let payments: BTreeMap<PaymentId, (String, String)> =
            rows.iter().map(|row| (row.get::<&str, _>(0).parse().unwrap(), (row.get(1), row.get(2)))).collect();
        let mut orders = BTreeSet::new();
        for taken in taken.iter().filter(|taken| taken.status == "COMPLETED") {
            match payments.get(&taken.merchant_payment_id) {
                Some((order, state)) => {
                    if state != PaymentState::Succeeded.name() {
                        self.lost.insert(format!("money for order {order} was taken and is {state} here"));
                    }
                    if !orders.insert(order) {
                        self.paid_twice.insert(format!("order {order} was paid twice at the company"));
                    }
                }
                None => drop(self.lost.insert(format!("payment {} is unknown here", taken.merchant_payment_id))),
            }
        }
        let succeeded = payments.values().filter(|(_, state)| state == PaymentState::Succeeded.name());
        if succeeded.count() != orders.len() {
            self.paid_twice.insert("more payments succeeded here than the company took".to_owned());
        }
    }

    /// Each coupon is set aside once for its order, and used exactly when that is paid. The doctor compares the ledger with these.
    pub async fn coupons(&mut self, database: &Database, entries: &[Entry]) {
        let rows = database.rows("SELECT order_id, state, amount FROM coupon_hold").await;
        let mut there: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
        for row in rows {
            there.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
        }
        for entry in entries {
            let state = if entry.paid.is_some() { HoldState::Redeemed } else { HoldState::Held };
            let expected: Vec<_> =
                entry.order.coupons.iter().map(|coupon| (state.name().to_owned(), coupon.amount.get())).collect();
            let holds = there.remove(&entry.order.id.to_string()).unwrap_or_default();
            let list = if holds.len() > expected.len() { &mut self.doubled } else { &mut self.lost };
            if holds != expected {
                list.insert(format!("order {} has the coupons {holds:?} instead of {expected:?}", entry.order.id));
            }
        }
        self.doubled
            .extend(there.into_keys().map(|order| format!("a coupon is held for order {order}, which nobody has")));
    }

    /// The database has no order but those that were acknowledged.
    pub async fn database(&mut self, database: &Database, acknowledged: usize) {
        let orders = database.count("orders").await;
        if orders != i64::try_from(acknowledged).unwrap() {
            self.doubled.insert(format!("{orders} orders are stored, {acknowledged} were acknowledged"));
        }
    }
}

/// A payment as the company lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    merchant_payment_id: PaymentId,
    status: String,
}

/// What is lost and what is doubled about one order.
async fn look(caller: &Caller, entry: &Entry, again: bool) -> (Option<String>, Option<String>) {
    let id = entry.order.id;
    let phone = Some(entry.phone.as_str());
    let answer = caller.ask(Ask::get(&path::<GetOrder>(&[&entry.order.token])).from(phone)).await;
    let lost = match answer.status {
        200 => difference(entry, answer.expect(200)).map(|what| format!("order {id}: {what}")),
        status => Some(format!("order {id} is answered {status}")),
    };
    if !again {
        return (lost, None);
    }
    let answer = caller.ask(Ask::post("/api/v1/orders", &entry.key, &entry.body).from(phone)).await;
    let other = match answer.status {
        201 => Some(answer.expect::<Order>(201).id).filter(|other| *other != id).map(|other| other.to_string()),
        status => Some(format!("an answer {status}")),
    };
    (lost, other.map(|other| format!("the key of order {id} led to {other}")))
}

/// How an order differs from what was acknowledged; it may only have been paid since.
fn difference(entry: &Entry, mut now: Order) -> Option<String> {
    let known = entry.paid.as_ref().unwrap_or(&entry.order);
    let moved_on = known.state == OrderState::AwaitingPayment && now.state == OrderState::Submitted;
    if now.state != known.state && !moved_on {
        return Some(format!("it was {:?} and is {:?}", known.state, now.state));
    }
    if moved_on || entry.paid.is_none() {
        // Paying adds these; everything else stays for ever.
        now.state = known.state;
        now.version = known.version;
        now.number.clone_from(&known.number);
        now.submitted_at = known.submitted_at;
        now.answer_by = known.answer_by;
        now.payment.clone_from(&known.payment);
        now.coupons.clone_from(&known.coupons);
        now.payable_until = known.payable_until;
    }
    // Others than its phone see the order without these.
    now.yours = known.yours;
    now.note.clone_from(&known.note);
    (now != *known).then(|| format!("it changed from {known:?} to {now:?}"))
}

async fn list(caller: &Caller, phone: &str) -> Vec<OrderId> {
    let mut ids = Vec::new();
    let mut path = path::<ListMyOrders>(&[]);
    loop {
        let page: OrderPage = caller.ask(Ask::get(&path).from(Some(phone))).await.expect(200);
        ids.extend(page.orders.iter().map(|order| order.id));
        match page.next {
            Some(next) => path = format!("{}?after={next}", okini_shared::api::path::<ListMyOrders>(&[])),
            None => return ids,
        }
    }
}
