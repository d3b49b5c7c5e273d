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
pub const YEN: i64 = 100;

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
    let budget = budget(place, 1_000_000_000).await;
    publish(place, "automatic", json!({"total": 1_000_000}), &budget).await
}

/// A budget of the programme.
pub async fn budget(place: &Place, yen: i64) -> String {
    first(place.okini(&["budget", "add", "bench", &yen.to_string(), "--funder", "programme"]).await)
}

/// A published campaign that takes `YEN` off, which the budget pays.
pub async fn publish(place: &Place, claim: &str, limits: Value, budget: &str) -> String {
    let ends_at = Clock::System.now().plus(DAY).get();
    let draft = json!({
        "name": {"ja": "割引"}, "claim": claim,
        "terms": {
            "kind": "multi_shop", "benefit": {"yen_off": {"yen": YEN}},
            "conditions": {"starts_at": 0, "ends_at": ends_at}, "limits": limits,
            "stacking": {"group": null, "rank": 0, "most": 1},
            "shares": {"shop": 0, "consortium": 0, "programme": 10_000},
        },
    });
    let file = place.file("campaign.json", &draft.to_string());
    let id = first(place.okini(&["campaign", "add", &file]).await);
    place.okini(&["budget", "link", budget, &id]).await;
    place.okini(&["campaign", "rehearse", &id]).await;
    place.okini(&["campaign", "publish", &id]).await;
    id
}

fn first(line: String) -> String {
    line.split_whitespace().next().unwrap().to_owned()
}
