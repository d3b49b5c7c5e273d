//! Sending an order and going to pay: once per wish, however often it is tapped, repeated or interrupted.
//! A wish keeps its `Idempotency-Key` on the phone until the server has answered. Not here: the buttons (`checkout`).

use leptos::prelude::*;
use okini_shared::api::order::{NewOrder, NewPayment, Order, PlaceOrder, StartPayment};
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::text::Lang;
use okini_shared::time::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::cart::Cart;
use super::state::{Diner, Sum};
use crate::browser::{clock, leave_for, pause, random_key, storage, window};
use crate::net::{self, Failure, call, call_with, detached};

/// How far the diner's wish to order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    Not,
    /// Alcohol without the age check.
    AdultMissing,
    Busy(ProviderName),
    /// Kept until there is a connection, then sent by itself.
    Waiting(ProviderName),
    Refused(Code),
}

/// An order as it was asked for, kept until it is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wish {
    key: String,
    /// The order as JSON: exactly this is sent, however often.
    body: String,
    /// The same without its language: what makes two wishes one.
    meaning: String,
    adult: bool,
    provider: ProviderName,
    tapped_at: Millis,
    /// To be sent by itself when the connection is back.
    waiting: bool,
}

/// A kept order that is older than this is not sent by itself any more: the guests may have left.
const KEPT_FOR: i64 = 30 * MINUTE;
/// After so long the diner reads the order's page first instead of being sent away unasked.
const QUICK: i64 = 5 * SECOND;

impl Wish {
    fn name(d: Diner) -> String {
        format!("okini.wish.{}", d.code())
    }

    /// The same wish keeps its key; another language or provider does not make it another one, half an hour does.
    fn renew(old: Option<Self>, order: NewOrder, provider: ProviderName, now: Millis) -> Option<Self> {
        let body = serde_json::to_string(&order).ok()?;
        let adult = order.adult;
        let meaning = serde_json::to_string(&NewOrder { lang: Lang::Ja, ..order }).ok()?;
        let same = |old: &Self| old.meaning == meaning && now.since(old.tapped_at) < KEPT_FOR;
        Some(match old.filter(same) {
            Some(old) => Self { provider, tapped_at: now, waiting: false, ..old },
            None => Self { key: String::new(), body, meaning, adult, provider, tapped_at: now, waiting: false },
        })
    }
}

/// A tap on a payment button.
pub(super) fn pay(d: Diner, provider: ProviderName) {
    send_wish(d, storage::load(&Wish::name(d)), provider, clock::now());
}

fn send_wish(d: Diner, old: Option<Wish>, provider: ProviderName, tapped_at: Millis) {
    let wish = order(d).and_then(|order| Wish::renew(old, order, provider, tapped_at));
    let Some(mut wish) = wish else { return d.sending.set(Sending::Not) };
    if wish.key.is_empty() {
        wish.key = random_key();
    }
    storage::save(&Wish::name(d), &wish);
    d.sending.set(Sending::Busy(provider));
    // Not a task of this screen: money that is on its way must not depend on what is shown.
    detached(send(d, wish));
}

/// Takes up an order that was waiting for a connection when the page was closed.
pub(super) fn resume(d: Diner) {
    let Some(wish) = storage::load::<Wish>(&Wish::name(d)).filter(|wish| wish.waiting) else { return };
    if clock::now().since(wish.tapped_at) < KEPT_FOR {
        // The age check is asked on every visit; an order that waits already had it.
        d.cart.update(|cart| cart.adult = wish.adult);
        send_wish(d, Some(wish.clone()), wish.provider, wish.tapped_at);
    }
}

fn order(d: Diner) -> Option<NewOrder> {
    let Sum::Good(bill) = d.sum() else { return None };
    let cart = d.cart.get_untracked();
    let note = cart.note.trim();
    Some(NewOrder {
        facility: d.code(),
        seat: d.seat.get_value().map(|seat| seat.token),
        coupons: bill.coupons.iter().map(|(id, _)| *id).collect(),
        expected_total: bill.total,
        note: (!note.is_empty()).then(|| note.to_owned()),
        adult: cart.adult,
        lang: d.t.lang(),
        lines: cart.lines,
    })
}

async fn send(d: Diner, wish: Wish) {
    let with = net::With { key: Some(&wish.key), ..net::With::default() };
    loop {
        match call_with::<PlaceOrder>(&[], Some(wish.body.clone()), with).await {
            Ok(order) => {
                storage::forget(&Wish::name(d));
                storage::forget(&Cart::name(&d.code()));
                return start_payment(&order, &wish).await;
            }
            Err(Failure::Refused(problem)) if problem.code == Code::IdempotencyKeyRunning => pause(1_000).await,
            Err(Failure::Refused(problem)) => return refuse(d, *problem),
            // It may have arrived: the same key asks again.
            Err(Failure::NoAnswer) => return wait(d, wish.clone()).await,
            // The server answers but is in trouble: waiting for a connection would help nobody. The next tap has the same key.
            Err(Failure::Unreadable) => return d.sending.set(Sending::Refused(Code::StorageUnavailable)),
        }
    }
}

/// Keeps the order and sends it when the connection is back.
async fn wait(d: Diner, mut wish: Wish) {
    wish.waiting = true;
    storage::save(&Wish::name(d), &wish);
    d.sending.set(Sending::Waiting(wish.provider));
    d.online.set(false);
    // The menu's stream notices a returning connection; every ten seconds we try anyway.
    for _ in 0..10 {
        pause(1_000).await;
        if d.online.get_untracked() {
            break;
        }
    }
    if clock::now().since(wish.tapped_at) < KEPT_FOR {
        send_wish(d, Some(wish.clone()), wish.provider, wish.tapped_at);
    } else {
        d.sending.set(Sending::Not);
    }
}

fn refuse(d: Diner, problem: Problem) {
    let temporary = matches!(problem.code, Code::StorageUnavailable | Code::RateLimited);
    if !temporary {
        storage::forget(&Wish::name(d));
    }
    if problem.code == Code::CartChanged && !problem.changes.is_empty() {
        d.sending.set(Sending::Not);
        d.refused.set(problem.changes);
        super::live::refresh(d);
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        return;
    }
    if problem.code == Code::CouponChanged {
        super::coupon::refused(d, problem.coupons);
    }
    if matches!(problem.code, Code::OrdersClosed | Code::FacilitySuspended) {
        super::live::refresh(d);
    }
    d.sending.set(Sending::Refused(problem.code));
}

/// Starts paying and leaves: for the provider's page when all went quickly, else for the order's page, where the way
/// to pay is a button.
async fn start_payment(order: &Order, wish: &Wish) {
    let page = format!("/o/{}", order.token);
    let url = match order.state {
        OrderState::AwaitingPayment => payment_url(&order.token, wish.provider).await,
        // Coupons paid all of it.
        _ => None,
    };
    // From now on, "back" from the provider means the order and not the cart.
    let replaced =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&page)));
    let quick = clock::now().since(wish.tapped_at) < QUICK && replaced.is_ok();
    match url.filter(|_| quick) {
        Some(url) => leave_for(&url),
        None => leave_for(&page),
    }
}

/// The provider's page for a new or live attempt; nothing when it cannot be had just now.
pub(super) async fn payment_url(token: &str, provider: ProviderName) -> Option<String> {
    let key = random_key();
    for _ in 0..3 {
        let with = net::With { key: Some(&key), ..net::With::default() };
        match call::<StartPayment>(&[token], &NewPayment { provider }, with).await {
            Ok(payment) => return payment.url,
            Err(Failure::Refused(problem)) if problem.code != Code::IdempotencyKeyRunning => return None,
            Err(_) => pause(1_000).await,
        }
    }
    None
}

#[cfg(test)]
#[path = "placing_tests.rs"]
mod tests;
