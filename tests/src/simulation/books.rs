//! What is in the database after each step, and what must hold of it: by itself, after the step before, and beside what the
//! company took. Looks past the server's own queries.

#![expect(clippy::disallowed_methods, reason = "the simulation looks into the database behind the server's back")]

use super::company::{Company, Standing};
use super::edges;
use crate::fixture::Town;
use crate::stage::NOW;
use okini_server::domain::doctor;
use okini_server::domain::settlement::{self, Period, Reading};
use okini_server::state::App;
use okini_shared::api::settlement::{ApartKind, Sums};
use okini_shared::day::Day;
use okini_shared::id::{ItemId, PaymentId, RefundId};
use okini_shared::rules::coupon::HoldState;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::PaymentState;
use okini_shared::rules::refund::RefundState;
use okini_shared::rules::settlement::Exact;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::collections::BTreeMap;

/// The coupons that the campaign's money is enough for.
const COUPONS: usize = 3;
/// Portions of the counted dish at the start.
const PORTIONS: i64 = 3;

pub struct OrderRow {
    pub state: OrderState,
    version: i64,
    total: i64,
    /// Portions of the counted dish in it.
    portions: i64,
}

struct BillRow {
    order: String,
    amount: i64,
    state: String,
    paid_by: Option<String>,
}

pub struct PaymentRow {
    pub state: PaymentState,
    bill: String,
    order: String,
    amount: i64,
    live: bool,
    received: Option<i64>,
    given_back: i64,
}

pub struct RefundRow {
    payment: String,
    amount: i64,
    pub state: RefundState,
    reason: String,
}

/// Everything about money, as it is at one moment.
pub struct Books {
    pub orders: BTreeMap<String, OrderRow>,
    bills: BTreeMap<String, BillRow>,
    pub payments: BTreeMap<String, PaymentRow>,
    pub refunds: BTreeMap<String, RefundRow>,
    /// Coupons on bills.
    holds: Vec<HoldState>,
    left: i64,
}

async fn rows(conn: &mut AnyConnection, sql: &'static str) -> Vec<AnyRow> {
    sqlx::query(sql).fetch_all(conn).await.unwrap()
}

fn text(row: &AnyRow, at: usize) -> String {
    row.get::<String, _>(at)
}

impl Books {
    pub async fn read(app: &App, counted: ItemId) -> Self {
        let conn = &mut *app.db.read().await.unwrap();
        let counted = counted.to_string();
        let left = sqlx::query("SELECT portions FROM item WHERE id = $1").bind(&counted);
        let left = left.fetch_one(&mut *conn).await.unwrap().get(0);
        let mut portions: BTreeMap<String, i64> = BTreeMap::new();
        let lines = sqlx::query("SELECT order_id, quantity FROM order_line WHERE item_id = $1").bind(&counted);
        for row in lines.fetch_all(&mut *conn).await.unwrap() {
            *portions.entry(text(&row, 0)).or_default() += row.get::<i64, _>(1);
        }
        let orders = rows(conn, "SELECT id, state, version, total FROM orders").await;
        let order = |row: &AnyRow| {
            let id = text(row, 0);
            let portions = portions.get(&id).copied().unwrap_or_default();
            let state = OrderState::from_name(&text(row, 1)).unwrap();
            (id, OrderRow { state, version: row.get(2), total: row.get(3), portions })
        };
        let orders = orders.iter().map(order).collect();
        let bill = |row: &AnyRow| {
            let bill = BillRow { order: text(row, 1), amount: row.get(2), state: text(row, 3), paid_by: row.get(4) };
            (text(row, 0), bill)
        };
        let bills =
            rows(conn, "SELECT id, order_id, amount, state, paid_by FROM bill").await.iter().map(bill).collect();
        let payment = |row: &AnyRow| {
            let state = PaymentState::from_name(&text(row, 1)).unwrap();
            let (bill, order) = (text(row, 2), text(row, 3));
            let (live, given_back) = (row.get::<i64, _>(5) == 1, row.get::<Option<i64>, _>(7).unwrap_or_default());
            let payment = PaymentRow { state, bill, order, amount: row.get(4), live, received: row.get(6), given_back };
            (text(row, 0), payment)
        };
        let columns = "SELECT id, state, bill_id, order_id, amount, live, received, given_back FROM payment";
        let payments = rows(conn, columns).await;
        let payments = payments.iter().map(payment).collect();
        let refund = |row: &AnyRow| {
            let state = RefundState::from_name(&text(row, 3)).unwrap();
            let (payment, reason) = (text(row, 1), text(row, 4));
            (text(row, 0), RefundRow { payment, amount: row.get(2), state, reason })
        };
        let refunds = rows(conn, "SELECT id, payment_id, amount, state, reason FROM refund").await;
        let holds = rows(conn, "SELECT state FROM coupon_hold").await;
        let holds = holds.iter().map(|row| HoldState::from_name(&text(row, 0)).unwrap()).collect();
        Self { orders, bills, payments, refunds: refunds.iter().map(refund).collect(), holds, left }
    }

    /// What must hold at every moment.
    pub fn check(&self, before: &Self, company: &Company) {
        self.follows(before);
        self.adds_up();
        self.agrees_with(company);
        let in_use = self.holds.iter().filter(|hold| matches!(hold, HoldState::Held | HoldState::Redeemed)).count();
        assert!(in_use <= COUPONS, "{in_use} coupons are in use, with money for {COUPONS}");
    }

    /// Nothing is lost, and everything moved along its edges.
    fn follows(&self, before: &Self) {
        for (id, was) in &before.orders {
            let is = self.orders.get(id).unwrap_or_else(|| panic!("order {id} is lost"));
            assert!(edges::leads(&edges::ORDER, was.state, is.state), "{id}: {:?} to {:?}", was.state, is.state);
            assert_eq!((was.total, was.portions), (is.total, is.portions), "{id} changed");
            assert!(was.state == is.state || was.version < is.version, "{id} moved without a new version");
        }
        for (id, was) in &before.payments {
            let is = self.payments.get(id).unwrap_or_else(|| panic!("payment {id} is lost"));
            assert!(edges::leads(&edges::PAYMENT, was.state, is.state), "{id}: {:?} to {:?}", was.state, is.state);
            assert_eq!((was.amount, &was.bill), (is.amount, &is.bill), "{id} changed");
        }
        for (id, was) in &before.bills {
            let is = self.bills.get(id).unwrap_or_else(|| panic!("bill {id} is lost"));
            assert!(was.state == "open" || was.state == is.state, "{id}: {} to {}", was.state, is.state);
            assert!(was.paid_by.is_none() || was.paid_by == is.paid_by, "{id} is paid by another payment now");
        }
        for (id, was) in &before.refunds {
            let is = self.refunds.get(id).unwrap_or_else(|| panic!("refund {id} is lost"));
            assert!(edges::leads(&edges::REFUND, was.state, is.state), "{id}: {:?} to {:?}", was.state, is.state);
            assert_eq!((was.amount, &was.payment), (is.amount, &is.payment), "{id} changed");
        }
    }

    /// Orders, bills, payments, refunds and portions fit each other.
    fn adds_up(&self) {
        assert_eq!(self.bills.len(), self.orders.len(), "an order has one bill");
        let mut sold = 0;
        for (id, order) in &self.orders {
            sold += if order.state.gives_money_back() { 0 } else { order.portions };
            let bill = self.bills.values().find(|bill| bill.order == *id).unwrap();
            assert_eq!(bill.amount, order.total, "{id}");
            assert_eq!(bill.state == "open", order.state == OrderState::AwaitingPayment, "{id}: {}", bill.state);
            let fed = order.state.on_board() || order.state == OrderState::Completed;
            assert!(!fed || bill.state == "paid", "{id} is {:?} and not paid", order.state);
        }
        assert!(self.left >= 0, "fewer than no portions");
        assert_eq!(self.left + sold, PORTIONS, "portions left and sold");
        for (id, bill) in &self.bills {
            let of_bill = || self.payments.values().filter(|payment| payment.bill == *id);
            assert!(of_bill().filter(|payment| payment.state.is_live()).count() <= 1, "{id} has two live attempts");
            let kept = of_bill().filter(|payment| payment.state == PaymentState::Succeeded).count();
            assert!(kept <= 1, "{id} is paid twice");
            assert_eq!(bill.state == "paid", bill.paid_by.is_some(), "{id}");
            if let Some(by) = &bill.paid_by {
                let payment = &self.payments[by];
                let came = came(payment.state);
                assert!(came && payment.bill == *id && payment.amount == bill.amount, "{id} is paid by {by}");
            }
            let ended = self.orders[&bill.order].state.gives_money_back();
            assert!(!ended || kept == 0, "{id}: money is kept for an order that ended");
        }
        for (id, payment) in &self.payments {
            assert_eq!(payment.live, payment.state.is_live(), "{id}");
            let given: Vec<_> = self.standing().filter(|refund| refund.payment == *id).collect();
            let sum = given.iter().map(|refund| refund.amount).sum::<i64>();
            assert_eq!(sum, payment.given_back, "{id}: refunds and what was set aside for them");
            assert!(sum <= payment.received.unwrap_or_default(), "{id}: more goes back than came in");
            let whole = matches!(payment.state, PaymentState::Refunding | PaymentState::Refunded);
            assert_eq!(whole, sum > 0 && Some(sum) == payment.received, "{id}: {:?}", payment.state);
            let back = whole && given.iter().all(|refund| refund.state.is_back());
            assert_eq!(payment.state == PaymentState::Refunded, back, "{id}");
            let closed = self.bills[&payment.bill].state != "open";
            let kept = payment.state == PaymentState::Stranded && payment.received.unwrap_or_default() > 0;
            assert!(!kept || !closed, "{id}: other money is kept for a closed bill");
        }
    }

    /// Refunds that count: not those that another one stands for.
    fn standing(&self) -> impl Iterator<Item = &RefundRow> {
        self.refunds.values().filter(|refund| refund.state != RefundState::Replaced)
    }

    /// So much went back or is to go back as the state says.
    fn going(&self, state: impl Fn(RefundState) -> bool) -> i64 {
        self.standing().filter(|refund| state(refund.state)).map(|refund| refund.amount).sum()
    }

    /// We booked nothing that the company did not do.
    fn agrees_with(&self, company: &Company) {
        let bills = company.bills();
        for (id, payment) in self.payments.iter().filter(|(_, payment)| came(payment.state)) {
            let bill = bills.get(&id.parse::<PaymentId>().unwrap());
            let taken = bill.map(|bill| bill.standing);
            assert!(
                matches!(taken, Some(Standing::Paid(amount, _)) if Some(amount.get()) == payment.received),
                "{id} is booked as paid, in truth {taken:?} of {:?}",
                payment.received
            );
            assert_eq!(self.orders[&payment.order].total, payment.amount, "{id}");
            let succeeded = payment.state == PaymentState::Succeeded;
            assert!(!succeeded || payment.received == Some(payment.amount), "{id} paid with other money");
            let given = company.given_back(id.parse().unwrap()).get();
            let of_payment = |refund: &&RefundRow| refund.payment == *id && refund.state == RefundState::Done;
            let booked: i64 = self.refunds.values().filter(of_payment).map(|refund| refund.amount).sum();
            assert!(booked <= given, "{id} is booked as given back: {booked} of {given}");
        }
    }

    /// Where everything stands, in words.
    pub fn ends(&self) -> impl Iterator<Item = String> {
        let orders = self.orders.values().map(|order| format!("order {}", order.state.name()));
        let payments = self.payments.values().map(|payment| format!("payment {}", payment.state.name()));
        let refunds = self.refunds.values();
        let refunds = refunds.map(|refund| format!("refund for {}: {}", refund.reason, refund.state.name()));
        let holds = self.holds.iter().map(|state| format!("coupon {}", state.name()));
        orders.chain(payments).chain(refunds).chain(holds)
    }

    /// What must hold when everything ran out: nothing waits, and the company's money is ours to the yen.
    pub fn check_end(&self, company: &Company) {
        assert!(!self.holds.contains(&HoldState::Held), "a coupon is still set aside");
        for (id, order) in &self.orders {
            let waits = matches!(order.state, OrderState::AwaitingPayment | OrderState::Submitted);
            assert!(!waits, "{id} is still {:?}", order.state);
        }
        for (id, refund) in &self.refunds {
            assert!(!refund.state.is_under_way(), "refund {id} is still {:?}", refund.state);
            let refused = company.refused(id.parse::<RefundId>().unwrap());
            assert!(refund.state == RefundState::Done || refused, "refund {id} was not refused");
        }
        let (mut taken, mut left, mut given) = (0, 0, 0);
        for (id, bill) in company.bills() {
            let Standing::Paid(amount, _) = bill.standing else { continue };
            let ours = self.payments.get(&id.to_string()).unwrap_or_else(|| panic!("money for unknown {id}"));
            if amount == bill.amount {
                assert!(came(ours.state), "{id} was paid and is {:?} here", ours.state);
            } else {
                let decided = [PaymentState::Closed, PaymentState::Refunding, PaymentState::Refunded];
                let nothing = ours.state == PaymentState::Stranded && amount.get() == 0;
                assert!(
                    nothing || decided.contains(&ours.state),
                    "{id} was paid with another amount: {:?}",
                    ours.state
                );
                if !came(ours.state) {
                    left += amount.get();
                }
            }
            taken += amount.get();
            given += company.given_back(id).get();
        }
        let came = self.payments.values().filter(|payment| came(payment.state));
        let kept: i64 = came.map(|payment| payment.received.unwrap_or_default() - payment.given_back).sum();
        assert_eq!(taken, kept + self.going(|_| true) + left, "the company's money and ours");
        assert_eq!(
            given,
            self.going(|state| state == RefundState::Done),
            "what the company gave back and what we booked"
        );
        // What staff gave back of orders that were made is theirs; all else that was kept was for food.
        let fed = self.orders.values().filter(|order| !order.state.gives_money_back());
        let fed: i64 = fed.map(|order| order.total).sum();
        let of_food = |refund: &&RefundRow| {
            let order = &self.payments[&refund.payment].order;
            let paid_by = self.bills.values().any(|bill| bill.paid_by.as_deref() == Some(refund.payment.as_str()));
            paid_by && !self.orders[order].state.gives_money_back()
        };
        let returned: i64 = self.standing().filter(of_food).map(|refund| refund.amount).sum();
        assert_eq!(kept, fed - returned, "orders that were made and money that was kept");
    }
}

/// Settlement over all facilities says what the company took and gave back, to the yen; what is in no sum is listed apart.
pub async fn settled(app: &App, town: &Town, company: &Company) {
    let period = Period::new(Day::of(NOW).plus(-1), Day::of(app.clock.now())).unwrap();
    let (mut taken, mut given) = (0, 0);
    for shop in [&town.shop, &town.other, &town.suspended] {
        let found = settlement::settle(app, shop.id.into(), period).await.unwrap();
        let days = found.days.iter().map(|day| day.sums.net.get()).sum::<i64>();
        let Sums { paid, refunded, fee, net, .. } = found.total;
        assert_eq!((days, paid.get() - refunded.get() - fee.get()), (net.get(), net.get()));
        let kept = found.apart.iter().filter(|one| one.kind != ApartKind::ByHand);
        taken += paid.get() + kept.filter_map(|one| one.received).sum::<i64>();
        given += refunded.get();
        let mut reading = Reading::new(shop.id.into(), period);
        let (mut exact, mut lines) = (Exact::ZERO, reading.next(app, 7).await.unwrap());
        while !lines.is_empty() {
            exact = lines.iter().fold(exact, |sum, line| sum.checked_add(line.net).unwrap());
            lines = reading.next(app, 7).await.unwrap();
        }
        let rounded = Exact::of(net).unwrap().checked_sub(exact).unwrap();
        assert!((0..10_000).contains(&rounded.get()), "lines make {exact}, the sums {}", net.get());
    }
    let bills = company.bills();
    let paid = bills.values().filter_map(|bill| match bill.standing {
        Standing::Paid(amount, _) => Some(amount.get()),
        _ => None,
    });
    assert_eq!(taken, paid.sum::<i64>(), "what the company took and what we settled");
    let back = bills.keys().map(|id| company.given_back(*id).get()).sum::<i64>();
    assert_eq!(given, back, "what the company gave back and what we settled");
}

/// The money of such a payment came in, whatever became of it since.
fn came(state: PaymentState) -> bool {
    matches!(state, PaymentState::Succeeded | PaymentState::Refunding | PaymentState::Refunded)
}

/// Each query finds work that the timer left undone.
const LEFT: [&str; 4] = [
    "SELECT id FROM payment WHERE ask_at IS NOT NULL",
    "SELECT id FROM payment WHERE live = 1",
    "SELECT id FROM refund WHERE ask_at IS NOT NULL",
    "SELECT id FROM orders WHERE due_at IS NOT NULL",
];

/// Nothing waits for the timer, and the doctor finds nothing.
pub async fn at_rest(app: &App) {
    let conn = &mut *app.db.read().await.unwrap();
    for sql in LEFT {
        let found = rows(conn, sql).await;
        assert!(found.is_empty(), "{sql}: {}", text(&found[0], 0));
    }
    let report = doctor::examine(conn, None, app.clock.now()).await.unwrap();
    assert!(report.sound, "{:#?}", report.findings);
}
