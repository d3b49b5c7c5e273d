//! Diners who order without a pause, three in ten paying, until it is closing time.
//! Sending again is `okini_tests::caller`; checking is `judge.rs`.

use crate::ledger::{Entry, Ledger};
use okini_shared::api::menu::{GetMenu, Item, Menu};
use okini_shared::api::order::{CartLine, GetOrder, NewOrder, Order, Payment, StartPayment};
use okini_shared::api::path;
use okini_shared::id::CampaignId;
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::tax::Place;
use okini_shared::text::Lang;
use okini_tests::caller::{Ask, Caller};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Orders of one phone.
const ORDERS_OF_A_PHONE: u32 = 4;
/// How many of ten orders are paid.
const PAID_OF_TEN: u32 = 3;

/// What the coupon takes off, in yen; half of the orders that cost more use it.
pub const OFF: i64 = 100;

/// What diners share.
pub struct Town {
    pub caller: Caller,
    pub ledger: Ledger,
    pub menus: Vec<Menu>,
    pub campaign: CampaignId,
    pub closing: AtomicBool,
    pub seed: u64,
}

/// One of those who order.
pub struct Diner {
    town: Arc<Town>,
    name: String,
    rng: StdRng,
    requests: u64,
    phone: Option<String>,
}

/// The menus of the shops that take PayPay.
pub async fn menus(caller: &Caller, codes: &[String]) -> Vec<Menu> {
    let mut menus = Vec::new();
    for code in codes {
        let menu: Menu = caller.ask(Ask::get(&path::<GetMenu>(&[code]))).await.expect(200);
        if menu.facility.providers.iter().any(|at| at.provider == ProviderName::Paypay) {
            menus.push(menu);
        }
    }
    menus
}

/// What can be ordered without a question and without end.
fn is_plain(menu: &Menu, item: &Item) -> bool {
    let no_question = item.groups.iter().all(|id| menu.group(*id).is_some_and(|group| group.min == 0));
    no_question && !item.alcohol && item.sold_out.is_none() && item.left.is_none()
}

impl Diner {
    pub fn new(town: Arc<Town>, number: u64) -> Self {
        let rng = StdRng::seed_from_u64(town.seed.wrapping_mul(1_000).wrapping_add(number));
        Self { name: format!("{}-{number}", town.seed), town, rng, requests: 0, phone: None }
    }

    /// Orders until closing time.
    pub async fn run(mut self) {
        while !self.town.closing.load(Ordering::Relaxed) {
            self.phone = None;
            for _ in 0..ORDERS_OF_A_PHONE {
                let (place, order) = self.order().await;
                if self.rng.random_range(0..10) < PAID_OF_TEN {
                    self.pay(place, &order).await;
                }
                self.look_at_one().await;
            }
        }
    }

    fn key(&mut self) -> String {
        self.requests += 1;
        format!("{}-{}", self.name, self.requests)
    }

    fn cart(&mut self) -> NewOrder {
        let menu = &self.town.menus[self.rng.random_range(0..self.town.menus.len())];
        let items: Vec<&Item> = menu.items().filter(|item| is_plain(menu, item)).collect();
        let lines: Vec<CartLine> = (0..self.rng.random_range(1..=3))
            .map(|_| {
                let item = items[self.rng.random_range(0..items.len())];
                let quantity = self.rng.random_range(1..=3);
                CartLine { item: item.id, options: Vec::new(), quantity, place: Place::EatIn, seen: item.price }
            })
            .collect();
        let total: i64 = lines.iter().map(|line| line.seen.get() * line.quantity).sum();
        let coupons = match total > OFF && self.rng.random_ratio(1, 2) {
            true => vec![self.town.campaign],
            false => Vec::new(),
        };
        NewOrder {
            facility: menu.facility.code.clone(),
            seat: None,
            lines,
            expected_total: Yen::new(if coupons.is_empty() { total } else { total - OFF }),
            coupons,
            note: Some(self.name.clone()),
            adult: false,
            lang: Lang::Ja,
        }
    }

    /// Places one order; its place in the ledger, and itself.
    pub async fn order(&mut self) -> (usize, Order) {
        let (key, body) = (self.key(), serde_json::to_string(&self.cart()).unwrap());
        let ask = Ask::post("/api/v1/orders", &key, &body).from(self.phone.as_deref());
        let answer = self.town.caller.ask(ask).await;
        let order: Order = answer.expect(201);
        if let Some(phone) = answer.phone {
            self.phone = Some(phone);
        }
        let phone = self.phone.clone().expect("the first answer names the phone");
        let entry = Entry { phone, key, body, order: order.clone(), charged: false, paid: None };
        (self.town.ledger.acknowledged(entry), order)
    }

    /// Starts paying and pays on the page; starts anew where the page was lost with the answer.
    async fn pay(&mut self, place: usize, order: &Order) {
        let path = path::<StartPayment>(&[&order.token]);
        let mut key = self.key();
        loop {
            let answer = self.town.caller.ask(Ask::post(&path, &key, r#"{"provider":"paypay"}"#)).await;
            if answer.status == 201 {
                let payment: Payment = answer.expect(201);
                if let Some(page) = payment.url {
                    self.town.caller.approve(&page).await;
                    self.town.ledger.charged(place);
                    return;
                }
                key = self.key();
            } else {
                match answer.refusal() {
                    Code::IdempotencyKeyRunning => {}
                    Code::ProviderUnavailable => key = self.key(),
                    code => panic!("paying was refused: {}", code.name()),
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Looks whether one of the orders that somebody paid for has arrived at the shop.
    async fn look_at_one(&mut self) {
        let waiting = self.town.ledger.unsettled();
        if !waiting.is_empty() {
            let (place, token) = &waiting[self.rng.random_range(0..waiting.len())];
            self.town.look(*place, token).await;
        }
    }
}

impl Town {
    pub fn new(caller: Caller, menus: Vec<Menu>, campaign: CampaignId, seed: u64) -> Self {
        Self { caller, ledger: Ledger::default(), menus, campaign, closing: AtomicBool::new(false), seed }
    }

    /// Looks at an order that is paid for; a number on it is the server's word that the shop has it.
    pub async fn look(&self, place: usize, token: &str) {
        let order: Order = self.caller.ask(Ask::get(&path::<GetOrder>(&[token]))).await.expect(200);
        if order.state == OrderState::Submitted {
            self.ledger.paid(place, order);
        }
    }
}
