//! A storm of notifications: every paid order is told twenty times, out of order and with old news among it, and strangers
//! send forgeries between them.

use crate::company::{Booked, Company};
use crate::diner::{BOTH, Diners};
use crate::house::{HOOK, House, Template};
use crate::plan::Plan;
use crate::report::{Bar, Figure, percentile};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt as _, stream};
use hmac::{Hmac, KeyInit as _, Mac as _};
use okini_server::clock::Clock;
use okini_shared::api::order::Order;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::{MINUTE, SECOND};
use okini_tests::caller::{Ask, Caller};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::json;
use sha2::Sha256;
use std::time::{Duration, Instant};

const PART: &str = "storm";
const EACH: usize = 20;
const AT_ONCE: usize = 64;
/// Orders that are told to be paid and are not.
const UNPAID: usize = 20;

/// A notification as it is sent.
struct Letter {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    forged: bool,
}

/// How it is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoilt {
    No,
    /// Signed with another secret.
    Key,
    /// Altered after it was signed.
    Body,
    /// Signed ten minutes ago.
    Stale,
    /// Sent to a path that somebody guessed.
    Path,
}

fn paypay(booked: &Booked, state: &str, spoilt: Spoilt) -> Letter {
    let body = json!({
        "notification_type": "Transaction", "merchant_id": "100000000000000001", "order_id": "04123456789012345678",
        "merchant_order_id": booked.id, "order_amount": "780", "state": state,
    });
    let hook = if spoilt == Spoilt::Path { "a-path-that-somebody-guessed" } else { HOOK };
    let path = format!("/hooks/paypay/{hook}");
    Letter { path, headers: Vec::new(), body: body.to_string(), forged: spoilt != Spoilt::No }
}

fn hosted(secret: &str, number: usize, booked: &Booked, state: &str, spoilt: Spoilt) -> Letter {
    let mut body = json!({"type": format!("session.{state}"), "data": {"reference": booked.id, "status": state}});
    let age = if spoilt == Spoilt::Stale { 10 * MINUTE } else { 0 };
    let (id, stamp) = (format!("msg_{number}"), (Clock::System.now().plus(-age).get() / SECOND).to_string());
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let key = if spoilt == Spoilt::Key { vec![7; 32] } else { key };
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{stamp}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    if spoilt == Spoilt::Body {
        body["data"]["amount"] = json!(1);
    }
    let headers = vec![("webhook-id", id), ("webhook-timestamp", stamp), ("webhook-signature", signature)];
    Letter { path: format!("/hooks/hosted/{HOOK}"), headers, body: body.to_string(), forged: spoilt != Spoilt::No }
}

/// Everything that is sent, in no order.
fn letters(books: &[Vec<Booked>; 2], company: &Company, forgeries: usize) -> Vec<Letter> {
    let secret = company.ready["hosted"]["webhook_secret"].as_str().unwrap();
    let mut letters = Vec::new();
    for time in 0..EACH {
        // What was before the payment is told late, too.
        let (at_paypay, at_hosted) = match time % 5 {
            0 => ("CREATED", "open"),
            1 => ("FAILED", "failed"),
            _ => ("COMPLETED", "paid"),
        };
        letters.extend(books[0].iter().map(|booked| paypay(booked, at_paypay, Spoilt::No)));
        for booked in &books[1] {
            letters.push(hosted(secret, letters.len(), booked, at_hosted, Spoilt::No));
        }
    }
    for number in 0..forgeries {
        let spoilt = [Spoilt::Key, Spoilt::Body, Spoilt::Stale, Spoilt::Path][number % 4];
        letters.push(match spoilt {
            Spoilt::Path => paypay(&books[0][number % books[0].len()], "COMPLETED", spoilt),
            _ => hosted(secret, letters.len(), &books[1][number % books[1].len()], "paid", spoilt),
        });
    }
    letters.shuffle(&mut StdRng::seed_from_u64(1));
    letters
}

/// Status, and how long it took.
async fn send(caller: &Caller, letter: &Letter) -> (u16, Duration) {
    let headers: Vec<(&str, &str)> = letter.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ask = Ask { method: reqwest::Method::POST, body: Some(&letter.body), ..Ask::get(&letter.path) };
    let begun = Instant::now();
    let answer = caller.ask(ask.with(&headers)).await;
    (answer.status, begun.elapsed())
}

pub async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let company = Company::open(plan).await;
    company.turn(&json!({"webhooks": "lose"})).await;
    let house = template.open(plan, "storm", [&company, &company], "").await;
    let diners = Diners::of(&house.caller, &template.codes).await;
    let paid = plan.pick(300, 100);
    let begin = |number: usize| {
        let diners = &diners;
        async move { diners.begin(number, BOTH[number % 2]).await.0 }
    };
    let orders: Vec<Order> = stream::iter(0..paid + UNPAID).map(begin).buffered(32).collect().await;
    let (orders, unpaid) = orders.split_at(paid);
    let is_paid = |booked: &Booked| orders.iter().any(|order| order.token == booked.token());
    let mut books = [company.books(ProviderName::Paypay).await, company.books(ProviderName::Hosted).await];
    let told_only: Vec<Booked> = books[0].iter().filter(|booked| !is_paid(booked)).cloned().collect();
    books.iter_mut().for_each(|books| books.retain(is_paid));
    let mut letters = letters(&books, &company, paid * 3);
    letters.extend(told_only.iter().map(|booked| paypay(booked, "COMPLETED", Spoilt::No)));
    for (name, books) in BOTH.into_iter().zip(&books) {
        let company = &company;
        let pay = |booked: &Booked| company.pay(name, booked.id);
        stream::iter(books).map(pay).buffer_unordered(32).collect::<Vec<_>>().await;
    }
    let sending = stream::iter(&letters).map(|letter| send(&house.caller, letter)).buffered(AT_ONCE);
    let answers: Vec<(u16, Duration)> = sending.collect().await;
    let mut figures = judge_answers(&letters, &answers);
    let patience = Duration::from_secs(60);
    let seeing = stream::iter(orders).map(|order| diners.see(order, Duration::from_millis(200), patience));
    let seen = seeing.buffer_unordered(32).filter(|seen| std::future::ready(*seen)).count().await;
    figures.push(Figure::count(PART, "orders paid, of those that were paid", seen, Bar::Is(paid as f64)));
    figures.extend(judge_books(&house, &company, &diners, unpaid).await);
    let unsound = house.close().await;
    unsound.iter().for_each(|words| println!("{words}"));
    figures.push(Figure::count(PART, "unsound databases", unsound.iter().count(), Bar::Is(0.0)));
    company.close().await;
    figures
}

fn judge_answers(letters: &[Letter], answers: &[(u16, Duration)]) -> Vec<Figure> {
    let both = || letters.iter().zip(answers);
    let good: Vec<Duration> =
        both().filter(|(letter, (status, _))| !letter.forged && *status < 300).map(|(_, (_, took))| *took).collect();
    let genuine = letters.iter().filter(|letter| !letter.forged).count();
    let refused = both().filter(|(letter, (status, _))| letter.forged && (400..500).contains(status)).count();
    let broken = answers.iter().filter(|(status, _)| *status >= 500).count();
    let forgeries = (letters.len() - genuine) as f64;
    vec![
        Figure::ms(
            PART,
            format!("acknowledged, p50 of {genuine}, {AT_ONCE} at a time"),
            percentile(&good, 50),
            Bar::None,
        ),
        Figure::ms(PART, "acknowledged, p99", percentile(&good, 99), Bar::Below(250.0)),
        Figure::count(PART, "genuine ones acknowledged", good.len(), Bar::Is(genuine as f64)),
        Figure::count(PART, "forgeries refused (key, body, age, path)", refused, Bar::Is(forgeries)),
        Figure::count(PART, "answers of 5xx", broken, Bar::Is(0.0)),
    ]
}

async fn judge_books(house: &House, company: &Company, diners: &Diners, unpaid: &[Order]) -> Vec<Figure> {
    let database = house.database();
    let twice = "SELECT order_id FROM payment WHERE state IN ('succeeded', 'refunding', 'refunded')
        GROUP BY order_id HAVING COUNT(*) > 1";
    let facts = "event WHERE kind = 'payment.succeeded'";
    let (twice, facts) = (database.texts(twice).await.len(), database.count(facts).await);
    let mut taken = 0;
    for name in BOTH {
        taken += company.books(name).await.iter().filter(|booked| booked.is_kept()).count();
    }
    let mut believed = 0;
    for order in unpaid {
        believed += usize::from(diners.look(order).await.state != OrderState::AwaitingPayment);
    }
    vec![
        Figure::count(PART, "facts of a payment", usize::try_from(facts).unwrap(), Bar::Is(taken as f64)),
        Figure::count(PART, "orders paid more than once", twice, Bar::Is(0.0)),
        Figure::count(
            PART,
            format!("of {UNPAID} orders told to be paid without being so, believed"),
            believed,
            Bar::Is(0.0),
        ),
    ]
}
