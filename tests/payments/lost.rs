//! Nobody tells: every notification is lost and every diner closes the browser after paying.

use crate::company::Company;
use crate::diner::{BOTH, Diners};
use crate::house::{House, Template};
use crate::plan::Plan;
use crate::report::{Bar, Figure};
use futures_util::future::join_all;
use okini_server::clock::Clock;
use okini_shared::api::order::Order;
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::Millis;
use serde_json::json;
use std::time::Duration;

const PART: &str = "lost";
/// What is promised.
const BAR: Bar = Bar::Below(30.0);
/// After so long without any of them, they are lost.
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let company = Company::open(plan).await;
    company.turn(&json!({"webhooks": "lose"})).await;
    let house = template.open(plan, "lost", [&company, &company], "").await;
    let diners = Diners::of(&house.caller, &template.codes).await;
    let soon = plan.pick(100, 40);
    let at_once = (0..soon).map(|number| pay(&diners, &company, number, BOTH[number % 2], number as u64 * 100));
    let mut figures = vec![worst(&house, &diners, join_all(at_once).await, "paid soon").await];
    if !plan.quick {
        // The hosted page can be paid for ten minutes; by now it is asked about less often.
        let late =
            (0..20).map(|number| pay(&diners, &company, number, ProviderName::Hosted, 330_000 + 3_000 * number as u64));
        figures.push(worst(&house, &diners, join_all(late).await, "paid when the page is six minutes old").await);
    }
    let unsound = house.close().await;
    figures.push(Figure::count(PART, "unsound databases", unsound.iter().count(), Bar::Is(0.0)));
    company.close().await;
    figures
}

/// Orders, pays after a while, and goes away. When that was.
async fn pay(diners: &Diners, company: &Company, number: usize, at: ProviderName, after: u64) -> (Order, Millis) {
    let (order, page) = diners.begin(number, at).await;
    tokio::time::sleep(Duration::from_millis(after)).await;
    let paid_at = Clock::System.now();
    company.approve(&page).await;
    (order, paid_at)
}

/// How long the slowest took to be paid here, by the server's own times. Its database is looked at meanwhile, not it.
async fn worst(house: &House, diners: &Diners, paid: Vec<(Order, Millis)>, when: &str) -> Figure {
    let tokens: Vec<String> = paid.iter().map(|(order, _)| format!("'{}'", order.id)).collect();
    let waiting = format!("orders WHERE state = 'awaiting_payment' AND id IN ({})", tokens.join(", "));
    let settling = async {
        while house.database().count(&waiting).await > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let settled = tokio::time::timeout(PATIENCE, settling).await.is_ok();
    let mut slowest = if settled { Duration::ZERO } else { PATIENCE };
    for (order, paid_at) in &paid {
        if let Some(at) = diners.look(order).await.submitted_at {
            slowest = slowest.max(Duration::from_millis(at.since(*paid_at).try_into().unwrap_or_default()));
        }
    }
    Figure::seconds(PART, format!("the slowest of {}, {when}", paid.len()), slowest, BAR)
}
