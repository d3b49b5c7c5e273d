//! Paid orders from outside: a cart of three lines is ordered, its payment started, paid at the company, told by a
//! notification, and seen as paid. In turn with the bare loop of the same SQL.

use crate::bare;
use crate::client::{Client, Line, drive, get, post};
use crate::company::Company;
use crate::figures::{Cell, Pair};
use crate::plan::{CLIENTS, Plan};
use crate::site::{HOOK, Place, Site, json};
use okini_server::clock::{Clock, Ids};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Facilities that are ordered from in turn.
pub const SHOPS: usize = 32;
const LINES: usize = 3;

/// A diner with a phone of its own.
pub struct Diner {
    line: Line,
    company: Arc<Company>,
    carts: Arc<Vec<String>>,
    headers: String,
    ids: Ids,
    next: usize,
    /// How long after the notification an order is paid, as experience has it.
    patience: Duration,
}

/// An order whose payment has begun.
pub struct Placed {
    pub id: String,
    token: String,
    pub payment: String,
}

impl Diner {
    fn keyed(&self) -> String {
        format!("{}idempotency-key: {}\r\n", self.headers, self.ids.token())
    }

    /// Orders and starts paying.
    pub async fn order(&mut self) -> Placed {
        self.next = (self.next + 1) % self.carts.len();
        let request = post("/api/v1/orders", &self.keyed(), &self.carts[self.next]);
        let answer = self.line.ask(&request).await.well();
        let (id, token) = (answer.text("id"), answer.text("token"));
        let path = format!("/api/v1/orders/{token}/payments");
        let request = post(&path, &self.keyed(), "{\"provider\":\"paypay\"}");
        let url = self.line.ask(&request).await.well().text("url");
        Placed { id, token, payment: url.rsplit('/').next().unwrap().to_owned() }
    }

    /// Pays at the company, which tells the server.
    pub async fn pay(&mut self, payment: &str) {
        self.company.pay(payment);
        let body = json!({
            "notification_type": "Transaction", "merchant_id": "000000000000000001", "order_id": "04123456789012345678",
            "merchant_order_id": payment, "paid_at": "2026-11-22T19:27:02+09:00", "order_amount": "2960",
            "state": "COMPLETED",
        });
        let request = post(&format!("/hooks/paypay/{HOOK}"), "", &body.to_string());
        self.line.ask(&request).await.well();
    }

    /// Looks until the order is paid. Looking has its price too, so a diner looks when it is about time.
    async fn see(&mut self, token: &str) {
        let request = get(&format!("/api/v1/orders/{token}"), &self.headers);
        let mut wait = self.patience;
        loop {
            tokio::time::sleep(wait).await;
            if self.line.ask(&request).await.well().text("state") == "submitted" {
                break;
            }
            self.patience = self.patience.mul_f64(1.1);
            wait = self.patience / 4;
        }
        self.patience = self.patience.mul_f64(0.98).max(Duration::from_micros(500));
    }
}

impl Client for Diner {
    async fn operation(&mut self) {
        let placed = self.order().await;
        self.pay(&placed.payment).await;
        self.see(&placed.token).await;
    }
}

/// So many diners who order these carts.
pub async fn diners(site: &Site, carts: &Arc<Vec<String>>, count: usize) -> Vec<Diner> {
    let ids = Ids::system(Clock::System);
    let mut diners = Vec::new();
    for next in 0..count {
        diners.push(Diner {
            line: site.line().await,
            company: Arc::clone(&site.company),
            carts: Arc::clone(carts),
            headers: format!("cookie: okini={}\r\n", ids.secret()),
            ids: ids.clone(),
            next,
            patience: Duration::from_millis(2),
        });
    }
    diners
}

/// A cart for each of these facilities that has three dishes for it.
pub async fn carts(site: &Site, codes: &[String]) -> Arc<Vec<String>> {
    let mut carts = Vec::new();
    for code in codes {
        let menu = site.json(&format!("/api/v1/facilities/{code}/menu")).await;
        carts.extend(cart(code, &menu).map(|cart| cart.to_string()));
    }
    Arc::new(carts)
}

/// Three dishes that need no choice and are not counted.
fn cart(code: &str, menu: &Value) -> Option<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let needed = list(&menu["groups"]).into_iter().filter(|group| group["min"] != 0);
    let needed: Vec<Value> = needed.map(|group| group["id"].clone()).collect();
    let plain = |item: &Value| {
        let choice = list(&item["groups"]).iter().any(|group| needed.contains(group));
        !choice && item["left"].is_null() && item["alcohol"] != true
    };
    let items = list(&menu["categories"]).into_iter().flat_map(|category| list(&category["items"]));
    let items: Vec<Value> = items.filter(plain).take(LINES).collect();
    let line = |item: &Value| json!({"item": item["id"], "quantity": 1, "place": "eat_in", "seen": item["price"]});
    let total: i64 = items.iter().filter_map(|item| item["price"].as_i64()).sum();
    let lines: Vec<Value> = items.iter().map(line).collect();
    let cart = json!({"facility": code, "lines": lines, "expected_total": total, "lang": "ja"});
    (items.len() == LINES).then_some(cart)
}

/// One order, placed but not paid, as the server answers it.
pub async fn sample(site: &Site, carts: &Arc<Vec<String>>) -> Value {
    let mut diner = diners(site, carts, 1).await.remove(0);
    let request = post("/api/v1/orders", &diner.keyed(), &carts[0]);
    json(&diner.line.ask(&request).await.well())
}

pub async fn measure(plan: &Plan, engine: &str) -> Vec<Pair> {
    let place = Place::make(plan, engine, "paid").await;
    let site = place.demo().await;
    let codes = site.codes(SHOPS).await;
    let carts = carts(&site, &codes).await;
    let other = bare::Bare::prepare(plan, engine, &sample(&site, &carts).await).await;
    let mut pairs = Vec::new();
    for clients in CLIENTS {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds() {
            ours.push(drive(diners(&site, &carts, clients).await, plan.time(), site.pid).await);
            bare.push(other.run(clients, plan.time()).await);
        }
        pairs.push(Pair { clients, ours: Cell::median(&ours), bare: Cell::median(&bare) });
    }
    site.stop().await;
    other.remove();
    place.remove();
    pairs
}
