//! Telling other systems: one receiver that never answers beside a healthy one, one that refuses everything once, and a
//! server that is killed while messages are on their way.

use crate::company::Company;
use crate::diner::Diners;
use crate::house::{House, Template};
use crate::plan::Plan;
use crate::receiver::{Arrival, Manner, Receiver};
use crate::report::{Bar, Figure, percentile};
use okini_shared::api::path;
use okini_shared::api::session::Place;
use okini_shared::api::webhook::{AddWebhook, MessageKind, WebhookSecret};
use okini_shared::rules::payment::ProviderName;
use okini_tests::caller::Ask;
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PART: &str = "webhooks";
/// Five orders a second, two messages each.
const APART: Duration = Duration::from_millis(200);
/// A message that was on its way in a crash is sent again when its lease of a minute ends.
const PATIENCE: Duration = Duration::from_secs(240);

/// A shop that is told about.
struct Shop {
    id: String,
    bearer: String,
    diners: Diners,
    company: Company,
    closing: AtomicBool,
}

impl Shop {
    async fn add(&self, house: &House, receiver: &Receiver) {
        let body = json!({"url": receiver.url, "kinds": []}).to_string();
        let path = path::<AddWebhook>(&[&self.id]);
        let headers = [("authorization", self.bearer.as_str())];
        let ask = Ask::post(&path, "webhook", &body).with(&headers);
        let _: WebhookSecret = house.caller.ask(ask).await.expect(201);
    }

    /// Paid orders until it closes.
    async fn sell(&self) {
        let mut number = 0;
        while !self.closing.load(Ordering::Relaxed) {
            let next = Instant::now() + APART;
            let order = self.diners.place(number).await;
            let tap = self.diners.tap(&order, ProviderName::Paypay, &self.diners.key()).await;
            // A server that is just being killed gives no page.
            if let Some(page) = tap.page {
                self.company.approve(&page).await;
            }
            number += 1;
            tokio::time::sleep_until(next.into()).await;
        }
    }
}

pub async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let company = Company::open(plan).await;
    let mut house = template.open(plan, "webhooks", [&company, &company], "").await;
    let (bearer, place) = house.sign_in("owner").await.remove(0);
    let Place::Facility { id, code, .. } = place else { panic!("an owner belongs to a shop") };
    let diners = Diners::of(&house.caller, &[code]).await;
    let shop = Shop { id: id.to_string(), bearer, diners, company, closing: AtomicBool::new(false) };
    let [healthy, hanging, flaky] = [Manner::Takes, Manner::Hangs, Manner::RefusesOnce].map(Receiver::open);
    shop.add(&house, &healthy).await;
    let time = Duration::from_secs(plan.pick(60, 20));
    let scene = async {
        tokio::time::sleep(time / 2).await;
        let alone = healthy.arrivals();
        shop.add(&house, &hanging).await;
        shop.add(&house, &flaky).await;
        // Until all its places are taken.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let before = healthy.arrivals().len();
        tokio::time::sleep(time).await;
        let beside = healthy.arrivals().split_off(before);
        for _ in 0..plan.pick(10, 4) {
            tokio::time::sleep(Duration::from_millis(1_700)).await;
            house.kill().await;
            house.start().await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        shop.closing.store(true, Ordering::Relaxed);
        (alone, beside)
    };
    let ((alone, beside), ()) = tokio::join!(scene, shop.sell());
    let (facts, missing) = wait(&house, &shop.id, &healthy).await;
    let delay = |arrivals: &[Arrival]| {
        // From when the fact was recorded.
        let late = |arrival: &Arrival| facts.get(&arrival.id).map(|at| arrival.at.get() - at);
        let late = arrivals.iter().filter_map(late).map(|ms| Duration::from_millis(ms.try_into().unwrap_or_default()));
        percentile(&late.collect::<Vec<_>>(), 95)
    };
    let mut figures = vec![
        Figure::ms(PART, "from fact to healthy receiver, p95, alone", delay(&alone), Bar::None),
        Figure::ms(PART, "p95 beside one that hangs", delay(&beside), Bar::Below(1_500.0)),
        Figure::count(PART, "messages meanwhile", beside.len(), Bar::None),
        Figure::count(PART, "facts recorded, the server killed meanwhile", facts.len(), Bar::None),
        Figure::count(PART, "of them never told", missing, Bar::Is(0.0)),
    ];
    figures.extend(ids(&healthy, &hanging, &flaky));
    let unsound = house.close().await;
    unsound.iter().for_each(|words| println!("{words}"));
    figures.push(Figure::count(PART, "unsound databases", unsound.iter().count(), Bar::Is(0.0)));
    shop.company.close().await;
    for receiver in [healthy, hanging, flaky] {
        receiver.close().await;
    }
    figures
}

/// Waits until the healthy receiver has every fact that the database recorded for it: when each was, and how many are missing.
async fn wait(house: &House, shop: &str, healthy: &Receiver) -> (BTreeMap<String, i64>, usize) {
    let kinds: Vec<String> = MessageKind::ALL.iter().map(|kind| format!("'{}'", kind.name())).collect();
    let sql = format!(
        "SELECT id || ' ' || CAST(created_at AS TEXT) FROM event WHERE facility_id = '{shop}' AND kind IN ({}) AND created_at >=
            (SELECT MIN(created_at) FROM webhook)",
        kinds.join(", ")
    );
    let begun = Instant::now();
    loop {
        let rows = house.database().texts(&sql).await;
        let facts = rows.iter().map(|row| row.split_once(' ').unwrap());
        let facts: BTreeMap<String, i64> = facts.map(|(id, at)| (id.to_owned(), at.parse().unwrap())).collect();
        let told = healthy.ids();
        let missing = facts.keys().filter(|fact| !told.contains(*fact)).count();
        if (missing == 0 && at_rest(house).await) || begun.elapsed() > PATIENCE {
            return (facts, missing);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Nothing more happens: all that was paid is paid here.
async fn at_rest(house: &House) -> bool {
    house.database().count("payment WHERE state IN ('created', 'unknown')").await == 0
}

/// Whether every message, however often it was sent, came under one id, and every id with one body.
fn ids(healthy: &Receiver, hanging: &Receiver, flaky: &Receiver) -> Vec<Figure> {
    let all: Vec<Arrival> = [healthy, hanging, flaky].iter().flat_map(|receiver| receiver.arrivals()).collect();
    let mut bodies: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    let mut under: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for arrival in &all {
        bodies.entry(&arrival.id).or_default().insert(&arrival.body);
        under.entry(&arrival.body).or_default().insert(&arrival.id);
    }
    let changed = bodies.values().chain(under.values()).filter(|set| set.len() > 1).count();
    let again = flaky.arrivals().len() - flaky.ids().len();
    vec![
        Figure::count(PART, "messages tried again at a receiver that refuses each once", again, Bar::None),
        Figure::count(PART, "messages under another id or with another body when tried again", changed, Bar::Is(0.0)),
    ]
}
