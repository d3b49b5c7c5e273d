//! The wallet: what can be used here, what cannot and why, what is over, and codes.

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::coupon::{Offer, PastCoupon, StartTransfer, Transfer, Wallet};
use okini_shared::rules::coupon::{Claim, Refusal};

use super::{claim, deadline, enter, is_at_hand, obstacle, words};
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::net::{self, call, detached};
use crate::ui::{Icon, State, Tone, el, live, notice, together};

/// The screen.
pub(in crate::diner) fn screen(d: Diner) -> AnyView {
    let t = d.t;
    let list = move || match d.coupons.wallet.get() {
        Some(wallet) => list(d, &wallet),
        None => el("div").class("skeleton skeleton--card").set("aria-hidden", "true").into_any(),
    };
    together![
        el("header")
            .class("bar")
            .kid(
                el("a")
                    .class("icon-btn")
                    .set("href", d.link(Route::Menu))
                    .set("data-back", true)
                    .set("aria-label", t.say(Key::Back))
                    .kid(Icon::Back.full()),
            )
            .kid(
                el("h1")
                    .class("bar__title")
                    .set("id", "screen-title")
                    .set("tabindex", "-1")
                    .kid(t.say(Key::CouponTitle)),
            ),
        el("main").class("page__main").set("id", "menu").live_kid(list).kid(code(d)).kid(transfer(d))
    ]
}

fn list(d: Diner, wallet: &Arc<Wallet>) -> AnyView {
    let t = d.t;
    let menu = d.menu.get();
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for offer in &wallet.offers {
        match obstacle(&menu, wallet, offer) {
            Some(refusal) if offer.held.is_empty() => elsewhere.push(ticket(d, offer, Some(refusal))),
            _ => here.push(ticket(d, offer, None)),
        }
    }
    let empty = here.is_empty().then(|| el("p").class("card").kid(t.say(Key::CouponEmpty)));
    let section = |title: Key, tickets: Vec<AnyView>| {
        (!tickets.is_empty())
            .then(|| together![el("h2").class("t-18").kid(t.say(title)), el("ul").class("stack").kid(tickets)])
    };
    let past: Vec<AnyView> = wallet.past.iter().map(|past| over(d, past)).collect();
    together![
        el("ul").class("stack").kid(here),
        empty,
        section(Key::CouponNotHere, elsewhere),
        section(Key::CouponOver, past)
    ]
}

fn ticket(d: Diner, offer: &Offer, refusal: Option<Refusal>) -> AnyView {
    let t = d.t;
    let id = offer.campaign;
    let held = offer.held.first();
    let state = match (refusal, held) {
        (Some(_), _) => "off",
        (None, Some(_)) => "held",
        (None, None) => "on",
    };
    let flag =
        |class: &'static str, icon: Icon, words: String| el("p").set("class", class).kid(icon.small()).kid(words);
    let said = d.coupons.refused.with(|all| all.iter().find(|one| one.campaign == id).map(|one| one.refusal));
    let gettable = offer.claim == Claim::Tap && offer.ungettable.is_none() && offer.available == 0;
    let standing = match (refusal.or(said), held) {
        (Some(refusal), _) => flag("flag flag--bad", Icon::Close, words::refusal(d, refusal)),
        (None, Some(held)) => flag("flag flag--wait", Icon::Lock, t.coupon_held(&deadline(held.until))),
        (None, None) if is_at_hand(offer) => flag("flag flag--ok", Icon::Check, t.say(Key::CouponUsable).to_owned()),
        (None, None) => match offer.ungettable {
            Some(refusal) => flag("flag flag--bad", Icon::Close, words::refusal(d, refusal)),
            None => flag("flag flag--wait", Icon::Ticket, t.say(Key::CouponToGet).to_owned()),
        },
    };
    let get = (gettable && refusal.is_none()).then(|| {
        el("button")
            .class("btn btn--warm")
            .set("aria-label", t.coupon_get_named(&offer.name.text))
            .test("claim")
            .on("click", move |_| claim(d, id))
            .kid(t.say(Key::CouponGet))
    });
    let to_order = held.map(|held| {
        el("a").class("btn btn--line").set("href", format!("/o/{}", held.token)).kid(t.say(Key::CouponToOrder))
    });
    el("li")
        .class("ticket")
        .set("data-state", state)
        .test("ticket")
        .kid(el("p").class("ticket__v").kid(el("b").kid(words::benefit(d, &offer.terms.benefit))))
        .kid(
            el("div")
                .class("ticket__b")
                .kid(standing)
                .kid(el("h3").kid(crate::ui::said(&offer.name)))
                .kid(words::conditions(d, offer))
                .kid(get)
                .kid(to_order),
        )
        .into_any()
}

fn over(d: Diner, past: &PastCoupon) -> AnyView {
    let how = match (past.used_at, past.amount) {
        (Some(at), Some(amount)) => d.t.coupon_used(&crate::diner::say::date_and_clock(at), &d.yen(amount)),
        _ => d.t.say(Key::CouponRanOut).to_owned(),
    };
    el("li")
        .class("card")
        .kid(el("h3").class("t-16").kid(crate::ui::said(&past.name)))
        .kid(el("p").class("t-14 quiet").kid(how))
        .into_any()
}

/// The field for codes: a campaign's or another phone's.
fn code(d: Diner) -> AnyView {
    let t = d.t;
    let typed = State::new(String::new());
    let failed = move || {
        d.coupons.failed.get().map(|code| {
            let (title, more) = t.say_both(Key::problem(code));
            notice(Tone::Bad, Icon::Alert, title, more)
        })
    };
    el("section")
        .class("card field")
        .kid(el("label").class("b").set("for", "coupon-code").kid(t.say(Key::CouponCode)))
        .kid(
            el("input")
                .set("id", "coupon-code")
                .set("type", "text")
                .set("autocomplete", "off")
                .set("autocapitalize", "characters")
                .set("maxlength", "40")
                .test("code")
                .on("input", move |event| typed.set(event_target_value(&event))),
        )
        .live_kid(failed)
        .kid(
            el("button")
                .class("btn btn--line")
                .test("enter-code")
                .on("click", move |_| enter(d, typed.get_untracked()))
                .kid(t.say(Key::CouponGet)),
        )
        .into_any()
}

/// Moving what is in the wallet to another phone.
fn transfer(d: Diner) -> AnyView {
    let t = d.t;
    let made = State::new(None::<Transfer>);
    let start = move |_| {
        detached(async move {
            made.set(call::<StartTransfer>(&[], &(), net::With::default()).await.ok());
        });
    };
    live(move || {
        let has = d
            .coupons
            .wallet
            .with(|wallet| wallet.as_ref().is_some_and(|wallet| wallet.offers.iter().any(|offer| offer.available > 0)));
        has.then(|| {
            let button =
                el("button").class("btn btn--line").test("transfer").on("click", start).kid(t.say(Key::CouponMove));
            let how = made.get().map(|made| {
                el("p")
                    .set("role", "status")
                    .kid(el("b").class("num").test("transfer-code").kid(made.code.clone()))
                    .kid(" ")
                    .kid(t.coupon_move_how(&deadline(made.expires_at)))
            });
            el("section").class("card field").kid(button).kid(how)
        })
    })
}
