//! Companies that fail while diners tap "pay" three times: how they tap, and what they do when all works again. The ways to
//! fail are in `modes.rs`, the verdict in `judge.rs`.

use crate::company::Company;
use crate::diner::{BOTH, Diners, Tap};
use crate::house::{House, Template};
use crate::judge::{Verdict, judge};
use crate::modes::{MODES, Mode, off};
use crate::plan::Plan;
use crate::report::{Bar, Figure};
use futures_util::future::join_all;
use okini_shared::api::order::Order;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use std::time::{Duration, Instant};

const PART: &str = "faults";
/// Nobody tries longer to pay an order: a page lives for ten minutes at most.
const PATIENCE: Duration = Duration::from_secs(660);
/// A quick run has time-outs of its own, so that hanging takes less long.
const QUICK: &str = "[http]\nread_timeout_seconds = 2\nwrite_timeout_seconds = 3\n[payments]\nnever_made_ms = 8000\n";

/// What one diner does.
struct Habit {
    number: usize,
    first: ProviderName,
}

impl Habit {
    fn of(number: usize) -> Self {
        Self { number, first: BOTH[number % 2] }
    }

    /// Where the second of three taps goes.
    fn second(&self) -> ProviderName {
        let changes_mind = self.number / 2 % 4 == 3;
        if changes_mind { BOTH[(self.number + 1) % 2] } else { self.first }
    }

    /// Three taps at the same moment, as of a whole party, or one after another.
    fn at_once(&self) -> bool {
        self.number / 2 % 4 < 2
    }

    /// Three times the same request, as of a program that does not give up.
    fn same_key(&self) -> bool {
        self.number / 2 % 4 == 1
    }

    /// Keeps all pages open and pays on every one of them at the end.
    fn hoards(&self) -> bool {
        self.number / 8 % 2 == 1
    }
}

/// What became of one diner's order.
pub struct Tapped {
    pub order: Order,
    pub taps: Vec<Tap>,
}

pub async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let orders = plan.pick(20, 16);
    let verdicts = join_all(MODES.iter().enumerate().map(|(number, mode)| one(plan, template, (number, mode), orders)));
    let verdicts: Vec<Verdict> = verdicts.await;
    for (mode, verdict) in MODES.iter().zip(&verdicts) {
        println!("  {:42} {}", mode.name, verdict.line());
        verdict.words.iter().for_each(|words| println!("      {words}"));
    }
    let sum = |of: fn(&Verdict) -> usize| verdicts.iter().map(of).sum::<usize>();
    let slowest = verdicts.iter().map(|verdict| verdict.healed).max().unwrap_or_default();
    let tap = verdicts.iter().map(|verdict| verdict.slowest_tap).max().unwrap_or_default();
    vec![
        Figure::count(
            PART,
            format!("orders, three taps each, over {} fault modes", MODES.len()),
            sum(|v| v.orders),
            Bar::None,
        ),
        Figure::count(PART, "pages made", sum(|v| v.pages), Bar::None),
        Figure::count(PART, "orders with two payable pages at one moment", sum(|v| v.two_pages), Bar::Is(0.0)),
        Figure::count(PART, "payments refunded by themselves", sum(|v| v.refunded), Bar::None),
        Figure::count(PART, "orders paid twice and neither refunded nor with staff", sum(|v| v.twice), Bar::Is(0.0)),
        Figure::count(PART, "payments with staff, the company naming other money", sum(|v| v.with_staff), Bar::None),
        Figure::count(PART, "payments lost: taken, and the order not paid", sum(|v| v.lost), Bar::Is(0.0)),
        Figure::count(
            PART,
            "orders given away: with the shop, and no money taken",
            sum(|v| v.given_away),
            Bar::Is(0.0),
        ),
        Figure::count(PART, "orders that could not be paid in the end", sum(|v| v.stuck), Bar::Is(0.0)),
        Figure::count(PART, "unexpected answers to a tap", sum(|v| v.unexpected), Bar::Is(0.0)),
        Figure::count(PART, "unsound databases", sum(|v| v.unsound), Bar::Is(0.0)),
        Figure::seconds(PART, "the slowest tap", tap, Bar::None),
        Figure::seconds(PART, "the slowest order to be paid after all worked again", slowest, Bar::None),
    ]
}

/// One way to fail, with a server and companies of its own.
async fn one(plan: &Plan, template: &Template, (number, mode): (usize, &Mode), count: usize) -> Verdict {
    let company = Company::open(plan).await;
    let settings = plan.pick("", QUICK);
    let house = template.open(plan, &format!("faults_{number}"), [&company, &company], settings).await;
    let diners = Diners::of(&house.caller, &template.codes).await;
    let orders = join_all((0..count).map(|number| diners.place(number))).await;
    // Longer than the server waits for any answer, and shorter than it takes to give an attempt up.
    company.turn(&mode.on(Duration::from_secs(plan.pick(40, 5)))).await;
    let begun = Instant::now();
    let tapping =
        orders.into_iter().enumerate().map(|(number, order)| tap(&diners, &company, Habit::of(number), order));
    let tapped = join_all(tapping).await;
    let slowest_tap = tapped.iter().flat_map(|tapped| &tapped.taps).map(|tap| tap.took).max().unwrap_or_default();
    // What comes late comes while all else fails.
    tokio::time::sleep(Duration::from_secs(plan.pick(45, 6)).saturating_sub(begun.elapsed())).await;
    company.turn(&off()).await;
    let working = Instant::now();
    join_all(tapped.iter().enumerate().map(|(number, tapped)| finish(&diners, &company, mode, (number, tapped)))).await;
    let healed = working.elapsed();
    let verdict = judge(&house, &company, &diners, mode, &tapped).await;
    let unsound = end(house, company).await;
    Verdict { healed, slowest_tap, unsound, ..verdict }
}

async fn end(house: House, company: Company) -> usize {
    let unsound = house.close().await;
    company.close().await;
    unsound.iter().for_each(|words| println!("{words}"));
    unsound.iter().count()
}

/// Three taps; whoever gets a page pays on it, at once or in the end.
async fn tap(diners: &Diners, company: &Company, habit: Habit, order: Order) -> Tapped {
    let providers = [habit.first, habit.second(), habit.first];
    let key = diners.key();
    let once = async |provider: ProviderName| {
        let key = if habit.same_key() { key.clone() } else { diners.key() };
        let tap = diners.tap(&order, provider, &key).await;
        if let Some(page) = tap.page.as_deref().filter(|_| !habit.hoards()) {
            company.approve(page).await;
        }
        tap
    };
    let mut taps = Vec::new();
    if habit.at_once() {
        taps = join_all(providers.map(&once)).await;
    } else {
        for provider in providers {
            taps.push(once(provider).await);
        }
    }
    if habit.hoards() {
        for page in taps.iter().rev().filter_map(|tap| tap.page.as_deref()) {
            company.approve(page).await;
        }
    }
    Tapped { order, taps }
}

/// Now that all works, the diner goes on, here and there, until the order is with the shop. One who paid, and whose money is with staff, waits.
async fn finish(diners: &Diners, company: &Company, mode: &Mode, (number, tapped): (usize, &Tapped)) {
    let order = &tapped.order;
    let paid_before = tapped.taps.iter().any(|tap| tap.page.is_some());
    let going_on = async {
        for again in number.. {
            if diners.look(order).await.state == OrderState::Submitted || (mode.misstates && paid_before) {
                return;
            }
            let tap = diners.tap(order, BOTH[again % 2], &diners.key()).await;
            if let Some(page) = tap.page {
                company.approve(&page).await;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    // Who gives up is found by the judge.
    let _ = tokio::time::timeout(PATIENCE, going_on).await;
}

/// The refusals that a diner is told what to do about.
pub fn is_expected(tap: &Tap) -> bool {
    let refusals = [Code::IdempotencyKeyRunning, Code::ProviderUnavailable, Code::BillNotOpen];
    tap.status == 201 || tap.refusal.is_some_and(|code| refusals.contains(&code))
}
