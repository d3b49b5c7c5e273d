//! Diners: they order, tap "pay", and look. When they do what belongs to the parts.

use okini_shared::api::menu::{GetMenu, Item, Menu};
use okini_shared::api::order::{CartLine, GetOrder, NewOrder, Order, Payment, StartPayment};
use okini_shared::api::path;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::tax::Place;
use okini_shared::text::Lang;
use okini_tests::caller::{Ask, Caller};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The two that every shop takes here.
pub const BOTH: [ProviderName; 2] = [ProviderName::Paypay, ProviderName::Hosted];

/// Many of them, whose keys never repeat.
pub struct Diners {
    pub caller: Caller,
    carts: Vec<String>,
    keys: AtomicU64,
}

/// What a tap on "pay" led to.
#[derive(Debug, Clone)]
pub struct Tap {
    pub status: u16,
    pub page: Option<String>,
    pub refusal: Option<Code>,
    /// How long the answer took.
    pub took: Duration,
}

/// Something plain from a menu.
fn cart(menu: &Menu) -> Option<NewOrder> {
    let plain = |item: &&Item| {
        let no_question = item.groups.iter().all(|id| menu.group(*id).is_some_and(|group| group.min == 0));
        no_question && !item.alcohol && item.sold_out.is_none() && item.left.is_none()
    };
    let item = menu.items().find(plain)?;
    let line = CartLine { item: item.id, options: Vec::new(), quantity: 1, place: Place::EatIn, seen: item.price };
    Some(NewOrder {
        facility: menu.facility.code.clone(),
        seat: None,
        lines: vec![line],
        coupons: Vec::new(),
        expected_total: item.price,
        note: None,
        adult: false,
        lang: Lang::Ja,
    })
}

impl Diners {
    /// Of these shops.
    pub async fn of(caller: &Caller, codes: &[String]) -> Self {
        let mut carts = Vec::new();
        for code in codes {
            let menu: Menu = caller.ask(Ask::get(&path::<GetMenu>(&[code]))).await.expect(200);
            carts.extend(cart(&menu).map(|cart| serde_json::to_string(&cart).unwrap()));
        }
        assert!(!carts.is_empty());
        Self { caller: caller.clone(), carts, keys: AtomicU64::new(0) }
    }

    /// A key that was never used.
    pub fn key(&self) -> String {
        format!("tap-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// Places an order.
    pub async fn place(&self, number: usize) -> Order {
        let cart = &self.carts[number % self.carts.len()];
        self.caller.ask(Ask::post("/api/v1/orders", &self.key(), cart)).await.expect(201)
    }

    /// Taps "pay".
    pub async fn tap(&self, order: &Order, provider: ProviderName, key: &str) -> Tap {
        let body = json!({"provider": provider.name()}).to_string();
        let path = path::<StartPayment>(&[&order.token]);
        let begun = Instant::now();
        let answer = self.caller.ask(Ask::post(&path, key, &body)).await;
        let took = begun.elapsed();
        match answer.status {
            201 => {
                let payment: Payment = answer.expect(201);
                Tap { status: 201, page: payment.url, refusal: None, took }
            }
            500 => Tap { status: 500, page: None, refusal: None, took },
            status => Tap { status, page: None, refusal: Some(answer.refusal()), took },
        }
    }

    /// Orders, and has a page to pay on, as it is when nothing is wrong.
    pub async fn begin(&self, number: usize, provider: ProviderName) -> (Order, String) {
        let order = self.place(number).await;
        let tap = self.tap(&order, provider, &self.key()).await;
        let page = tap.page.unwrap_or_else(|| panic!("no page: {} {:?}", tap.status, tap.refusal));
        (order, page)
    }

    /// The order as it is now.
    pub async fn look(&self, order: &Order) -> Order {
        self.look_by(&order.token).await
    }

    /// The same, by its token.
    pub async fn look_by(&self, token: &str) -> Order {
        self.caller.ask(Ask::get(&path::<GetOrder>(&[token]))).await.expect(200)
    }

    /// Looks until the order is with the shop, first `soon` and then less and less often, so that looking does not slow down
    /// a machine that is slow already; false when it takes longer than `patience`.
    pub async fn see(&self, order: &Order, soon: Duration, patience: Duration) -> bool {
        let seeing = async {
            let mut pause = soon;
            while self.look(order).await.state != OrderState::Submitted {
                tokio::time::sleep(pause).await;
                pause = (pause * 5 / 4).min(Duration::from_millis(500));
            }
        };
        tokio::time::timeout(patience, seeing).await.is_ok()
    }
}
