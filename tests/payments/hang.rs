//! One company stops answering for minutes while diners go on ordering at both: how ordering goes at the other one, and how
//! soon the first one's backlog is settled when it is back.

use crate::company::Company;
use crate::diner::{BOTH, Diners};
use crate::house::{House, Template};
use crate::plan::Plan;
use crate::report::{Bar, Figure, percentile};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use okini_server::clock::Clock;
use okini_shared::api::order::Order;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};

const PART: &str = "hang";
/// Five orders a second.
const APART: Duration = Duration::from_millis(200);
/// Diners on a page of the company when it stops answering; they pay, since the page itself works.
const ON_THE_PAGE: usize = 100;
const SETTLED: f64 = 60.0;

/// How one order went.
struct Went {
    provider: ProviderName,
    /// Order, page and paid, without what the diner takes; only where the company works.
    took: Option<Duration>,
    /// Until "pay" was answered.
    tap: Duration,
}

struct Street {
    diners: Diners,
    /// Of PayPay, which hangs, and of the hosted page.
    companies: [Company; 2],
}

impl Street {
    /// One order from the first tap to paid.
    async fn order(&self, number: usize) -> Went {
        let (provider, company) = (BOTH[number % 2], &self.companies[number % 2]);
        let begun = Instant::now();
        let order = self.diners.place(number).await;
        let placed = begun.elapsed();
        let tap = self.diners.tap(&order, provider, &self.diners.key()).await;
        let took = tap.took;
        let Some(page) = tap.page else { return Went { provider, took: None, tap: took } };
        company.approve(&page).await;
        if provider == ProviderName::Paypay {
            return Went { provider, took: None, tap: took };
        }
        let paid = Instant::now();
        let seen = self.diners.see(&order, Duration::from_millis(20), Duration::from_secs(60)).await;
        Went { provider, took: seen.then(|| placed + took + paid.elapsed()), tap: took }
    }

    /// Five orders a second for so long.
    async fn flow(&self, time: Duration) -> Vec<Went> {
        let (begun, mut ticks) = (Instant::now(), interval(APART));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut under_way = FuturesUnordered::new();
        let (mut went, mut number) = (Vec::new(), 0);
        while begun.elapsed() < time {
            tokio::select! {
                _ = ticks.tick() => {
                    under_way.push(self.order(number));
                    number += 1;
                }
                Some(one) = under_way.next() => went.push(one),
            }
        }
        went.extend(under_way.collect::<Vec<_>>().await);
        went
    }

    /// Those on the page pay, a while after the company stopped answering.
    async fn pay_on(&self, pages: &[(Order, String)], within: Duration) {
        let apart = within / u32::try_from(pages.len()).unwrap();
        for (_, page) in pages {
            self.companies[0].approve(page).await;
            tokio::time::sleep(apart).await;
        }
    }
}

pub async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let companies = [Company::open(plan).await, Company::open(plan).await];
    let house = template.open(plan, "hang", [&companies[0], &companies[1]], "").await;
    let street = Street { diners: Diners::of(&house.caller, &template.codes).await, companies };
    let calm = street.flow(Duration::from_secs(plan.pick(30, 10))).await;
    let begin = |number| street.diners.begin(number, ProviderName::Paypay);
    let pages = join_all((0..ON_THE_PAGE).map(begin)).await;
    let forever = u64::try_from(plan.hang.as_millis()).unwrap() * 2;
    let silent = json!({"create": "hang", "query": "hang", "cancel": "hang", "refund": "hang", "hang_ms": forever});
    street.companies[0].turn(&silent).await;
    // A page of PayPay's lives for five minutes.
    let paying = street.pay_on(&pages, (plan.hang / 2).min(Duration::from_secs(200)));
    let (hanging, ()) = tokio::join!(street.flow(plan.hang), paying);
    let back = (Instant::now(), Clock::System.now().get());
    street.companies[0].turn(&json!({"create": "ok", "query": "ok", "cancel": "ok", "refund": "ok"})).await;
    let after = street.flow(Duration::from_secs(plan.pick(60, 30)));
    let (after, settled, offered) = tokio::join!(after, settle(&house, &street, back), offer(&street, back.0));
    let mut figures = tell(&calm, &hanging, &after);
    figures.push(Figure::seconds(PART, "backlog settled after its return", settled, Bar::Below(SETTLED)));
    figures.push(Figure::seconds(PART, "offered to diners again after its return", offered, Bar::None));
    let unsound = house.close().await;
    unsound.iter().for_each(|words| println!("{words}"));
    figures.push(Figure::count(PART, "unsound databases", unsound.iter().count(), Bar::Is(0.0)));
    join_all(street.companies.map(Company::close)).await;
    figures
}

/// Until all that was paid meanwhile is paid here and no attempt from before is unclear any more.
async fn settle(house: &House, street: &Street, (back, at): (Instant, i64)) -> Duration {
    let mut paid = street.companies[0].books(ProviderName::Paypay).await;
    paid.retain(|booked| booked.paid && booked.payable_from < at);
    let unclear = format!("payment WHERE state IN ('created', 'unknown') AND created_at < {at}");
    let settling = async {
        for booked in &paid {
            while street.diners.look_by(booked.token()).await.state != OrderState::Submitted {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
        while house.database().count(&unclear).await > 0 {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(180), settling).await;
    back.elapsed()
}

/// Until a diner can pay there again.
async fn offer(street: &Street, back: Instant) -> Duration {
    let order = street.diners.place(0).await;
    let trying = async {
        while street.diners.tap(&order, ProviderName::Paypay, &street.diners.key()).await.page.is_none() {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(180), trying).await;
    back.elapsed()
}

fn tell(calm: &[Went], hanging: &[Went], after: &[Went]) -> Vec<Figure> {
    let elsewhere = |all: &[Went]| {
        let took = all.iter().filter(|went| went.provider == ProviderName::Hosted).map(|went| went.took);
        took.collect::<Vec<Option<Duration>>>()
    };
    let good = |all: &[Went]| elsewhere(all).into_iter().flatten().collect::<Vec<_>>();
    let failed = elsewhere(hanging).len() - good(hanging).len();
    let taps: Vec<Duration> =
        hanging.iter().filter(|went| went.provider == ProviderName::Paypay).map(|went| went.tap).collect();
    let slow = taps.iter().filter(|tap| **tap > Duration::from_secs(1)).count();
    let longest = taps.iter().max().copied().unwrap_or_default();
    vec![
        Figure::ms(PART, "order, page, paid elsewhere: p95 before", percentile(&good(calm), 95), Bar::None),
        Figure::ms(PART, "p95 while one company hangs", percentile(&good(hanging), 95), Bar::Below(500.0)),
        Figure::ms(PART, "p99 while one company hangs", percentile(&good(hanging), 99), Bar::None),
        Figure::ms(PART, "p95 while its backlog is settled", percentile(&good(after), 95), Bar::Below(500.0)),
        Figure::count(PART, "orders elsewhere meanwhile", elsewhere(hanging).len(), Bar::None),
        Figure::count(PART, "of them not paid", failed, Bar::Is(0.0)),
        Figure::count(PART, "taps on the one that hangs that took more than a second", slow, Bar::None),
        Figure::count(PART, "of so many", taps.len(), Bar::None),
        Figure::seconds(PART, "the longest of them", longest, Bar::Below(10.0)),
    ]
}
