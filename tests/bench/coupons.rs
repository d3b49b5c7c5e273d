//! Paid orders with a coupon: everybody uses the same one, in turn with everybody one of his own, with budgets alike.

use crate::client::drive;
use crate::figures::{Cell, Pair};
use crate::orders::{SHOPS, carts, diners};
use crate::plan::Plan;
use crate::site::{Place, Site};
use okini_server::clock::Clock;
use okini_shared::time::DAY;
use serde_json::{Value, json};
use std::sync::Arc;

/// Diners at once.
const CLIENTS: usize = 32;
const YEN: i64 = 100;

pub async fn measure(plan: &Plan, engine: &str) -> Vec<Pair> {
    let place = Place::make(plan, engine, "coupons").await;
    let site = place.demo().await;
    let codes = site.codes(SHOPS).await;
    let plain = carts(&site, &codes).await;
    let hot = [campaign(&place).await];
    let mut own = Vec::new();
    for _ in 0..CLIENTS {
        own.push(campaign(&place).await);
    }
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds() {
        ours.push(run(plan, &site, &plain, &hot).await);
        bare.push(run(plan, &site, &plain, &own).await);
    }
    site.stop().await;
    place.remove();
    vec![Pair { clients: CLIENTS, ours: Cell::median(&ours), bare: Cell::median(&bare) }]
}

/// Each cart with the next of these campaigns.
async fn run(plan: &Plan, site: &Site, plain: &[String], campaigns: &[String]) -> Cell {
    let with = |(cart, campaign): (&String, &String)| {
        let mut cart: Value = serde_json::from_str(cart).unwrap();
        cart["coupons"] = json!([campaign]);
        cart["expected_total"] = json!(cart["expected_total"].as_i64().unwrap() - YEN);
        cart.to_string()
    };
    let carts: Arc<Vec<String>> = Arc::new(plain.iter().zip(campaigns.iter().cycle()).map(with).collect());
    drive(diners(site, &carts, CLIENTS).await, plan.time(), site.pid).await
}

/// A campaign that applies by itself, with places for all and a budget of its own.
async fn campaign(place: &Place) -> String {
    let ends_at = Clock::System.now().plus(DAY).get();
    let draft = json!({
        "name": {"ja": "割引"}, "claim": "automatic",
        "terms": {
            "kind": "multi_shop", "benefit": {"yen_off": {"yen": YEN}},
            "conditions": {"starts_at": 0, "ends_at": ends_at}, "limits": {"total": 1_000_000},
            "stacking": {"group": null, "rank": 0, "most": 1},
            "shares": {"shop": 0, "consortium": 0, "programme": 10_000},
        },
    });
    let file = place.file("campaign.json", &draft.to_string());
    let first = |line: String| line.split_whitespace().next().unwrap().to_owned();
    let id = first(place.okini(&["campaign", "add", &file]).await);
    let budget = first(place.okini(&["budget", "add", "bench", "1000000000", "--funder", "programme"]).await);
    place.okini(&["budget", "link", &budget, &id]).await;
    place.okini(&["campaign", "rehearse", &id]).await;
    place.okini(&["campaign", "publish", &id]).await;
    id
}
