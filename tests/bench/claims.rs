//! Everybody wants one of the last hundred coupons, and everybody orders with coupons that share one small budget: how many are
//! got and what is spent, again and again. On PostgreSQL through two servers on one database.

use crate::client::{Line, post};
use crate::coupons::{YEN, budget, publish};
use crate::figures::percentile;
use crate::orders::{SHOPS, carts};
use crate::plan::Plan;
use crate::site::{Place, Site};
use okini_server::clock::{Clock, Ids};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Claims of one campaign, in one repetition.
pub const CLAIMS: usize = 10_000;
/// At a time.
pub const CLIENTS: usize = 256;
/// Coupons there are.
pub const PLACES: usize = 100;
/// Orders on one budget, in one repetition.
pub const ORDERS: usize = 400;
/// Yen in the budget: not a multiple of what a coupon takes off.
pub const BUDGET: i64 = 5_003;
/// Campaigns that share it.
pub const SHARING: usize = 5;

/// What came of it.
pub struct Claims {
    pub engine: String,
    pub rounds: usize,
    /// Repetitions in which as many were got as there were.
    pub exact: usize,
    pub per_s: f64,
    pub p99_ms: f64,
    pub most_spent: i64,
    /// Repetitions in which more was spent than there was.
    pub overspent: usize,
    pub doctor: String,
}

impl Claims {
    pub fn print(&self) {
        let Self { engine, rounds, exact, per_s, p99_ms, most_spent, overspent, doctor } = self;
        println!(
            "\nOn {engine}, {rounds} times {CLAIMS} claims, {CLIENTS} at a time, on {PLACES} coupons: exactly {PLACES} got in \
             {exact}; {per_s:.0}/s, p99 {p99_ms:.0} ms\n  {rounds} times {ORDERS} orders with {SHARING} coupons that share \
             {BUDGET} yen: at most {most_spent} yen spent, overspent {overspent}\n  okini doctor: {doctor}"
        );
    }

    pub fn json(&self) -> Value {
        json!({
            "engine": self.engine, "rounds": self.rounds, "exact": self.exact, "per_s": self.per_s, "p99_ms": self.p99_ms,
            "most_spent": self.most_spent, "overspent": self.overspent, "doctor": self.doctor,
        })
    }
}

pub async fn measure(plan: &Plan, engine: &str) -> Claims {
    let place = Place::make(plan, engine, "claims").await;
    let mut sites = vec![place.demo().await];
    if engine == "postgres" {
        sites.push(place.start("serve").await);
    }
    let rounds = if plan.quick { 2 } else { 20 };
    let plain = carts(&sites[0], &sites[0].codes(SHOPS).await).await;
    let mut claims = Claims {
        engine: engine.to_owned(),
        rounds,
        exact: 0,
        per_s: 0.0,
        p99_ms: 0.0,
        most_spent: 0,
        overspent: 0,
        doctor: String::new(),
    };
    let mut took = Vec::new();
    let begun = Instant::now();
    for _ in 0..rounds {
        let rich = budget(&place, 1_000_000).await;
        let campaign = publish(&place, "tap", json!({"total": PLACES, "per_person": 1}), &rich).await;
        let path = format!("/api/v1/campaigns/{campaign}/coupons");
        let got = everybody(&sites, CLAIMS, |_| (path.clone(), String::new()), &mut took).await;
        let stored = count(&place, &format!("SELECT COUNT(*) FROM coupon WHERE campaign_id = '{campaign}'")).await;
        claims.exact += usize::from(got == PLACES && stored == PLACES as i64);
    }
    claims.per_s = took.len() as f64 / begun.elapsed().as_secs_f64();
    took.sort_unstable();
    claims.p99_ms = percentile(&took, 0.99);
    for _ in 0..rounds {
        let spent = spend(&place, &sites, &plain).await;
        claims.most_spent = claims.most_spent.max(spent);
        claims.overspent += usize::from(spent > BUDGET);
    }
    for site in sites {
        site.stop().await;
    }
    let said = place.okini(&["doctor"]).await;
    claims.doctor = said.lines().last().unwrap_or_default().to_owned();
    place.remove();
    claims
}

/// So many orders with coupons of one budget, and the yen that were set aside for them.
async fn spend(place: &Place, sites: &[Site], plain: &[String]) -> i64 {
    let shared = budget(place, BUDGET).await;
    let mut campaigns = Vec::new();
    for _ in 0..SHARING {
        campaigns.push(publish(place, "automatic", json!({"total": 1_000_000}), &shared).await);
    }
    let order = |number: usize| {
        let mut cart: Value = serde_json::from_str(&plain[number % plain.len()]).unwrap();
        cart["coupons"] = json!([campaigns[number % SHARING]]);
        cart["expected_total"] = json!(cart["expected_total"].as_i64().unwrap() - YEN);
        ("/api/v1/orders".to_owned(), cart.to_string())
    };
    everybody(sites, ORDERS, order, &mut Vec::new()).await;
    let named: Vec<String> = campaigns.iter().map(|campaign| format!("'{campaign}'")).collect();
    let sum = "SELECT CAST(COALESCE(SUM(amount - returned), 0) AS BIGINT) FROM coupon_hold";
    count(place, &format!("{sum} WHERE state IN ('held', 'redeemed') AND campaign_id IN ({})", named.join(", "))).await
}

/// Sends so many requests, each from a phone of its own; how many went well. Others must have been refused as they should.
async fn everybody(
    sites: &[Site],
    requests: usize,
    request: impl Fn(usize) -> (String, String),
    took: &mut Vec<Duration>,
) -> usize {
    let ids = Ids::system(Clock::System);
    let written: Vec<Vec<u8>> = (0..requests)
        .map(|number| {
            let (path, body) = request(number);
            let headers = format!("cookie: okini={}\r\nidempotency-key: {}\r\n", ids.secret(), ids.token());
            post(&path, &headers, &body)
        })
        .collect();
    let (written, next) = (Arc::new(written), Arc::new(AtomicUsize::new(0)));
    let mut working = Vec::new();
    for client in 0..CLIENTS.min(requests) {
        let line = sites[client % sites.len()].line().await;
        working.push(tokio::spawn(work(line, Arc::clone(&written), Arc::clone(&next))));
    }
    let mut well = 0;
    for client in working {
        let (mut times, count) = client.await.unwrap();
        took.append(&mut times);
        well += count;
    }
    well
}

async fn work(mut line: Line, written: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) -> (Vec<Duration>, usize) {
    let (mut times, mut well) = (Vec::new(), 0);
    while let Some(request) = written.get(next.fetch_add(1, Ordering::Relaxed)) {
        let begun = Instant::now();
        let answer = line.ask(request).await;
        match answer.status {
            201 => well += 1,
            409 => assert!(answer.text("code").starts_with("coupon-"), "{}", String::from_utf8_lossy(answer.body)),
            _ => panic!("{} {}", answer.head, String::from_utf8_lossy(answer.body)),
        }
        times.push(begun.elapsed());
    }
    (times, well)
}

async fn count(place: &Place, sql: &str) -> i64 {
    place.connect().await.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().get(0)
}
