//! Whose money is where once it was paid: with the shop, or on its way back.
//! Not here: being paid (`paying`), cooking (`steps`).

use leptos::prelude::*;
use okini_shared::api::coupon::UsedCoupon;
use okini_shared::api::order::Order;
use okini_shared::rules::coupon::HoldState;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::PaymentState;

use super::{Page, proof};
use crate::diner::say;
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, el, notice, said, together};

/// What became of it, in one line with a sign.
pub(super) fn hero(kind: &'static str, icon: Icon, text: impl Into<String>) -> AnyView {
    let role = if kind == "bad" { "alert" } else { "status" };
    el("section")
        .class("hero-state")
        .set("data-kind", kind)
        .set("role", role)
        .kid(el("span").class("hero-state__dot").kid(icon.full()))
        .kid(el("h1").kid(text.into()))
        .into_any()
}

/// What each coupon takes off.
pub(super) fn off(page: Page, order: &Order) -> Vec<AnyView> {
    let one = |coupon: &UsedCoupon| {
        let amount = page.yen(coupon.amount);
        together![el("dt").kid(said(&coupon.name)), el("dd").class("is-minus").test("coupon-off").kid("−").kid(amount)]
    };
    order.coupons.iter().map(one).collect()
}

/// The coupons of an order that ended are in the wallet again.
fn coupons_back(page: Page, order: &Order) -> Option<AnyView> {
    let back = |coupon: &UsedCoupon| matches!(coupon.state, HoldState::Released | HoldState::Returned);
    order.coupons.iter().any(back).then(|| {
        let (title, more) = page.t.say_both(Key::CouponBack);
        notice(Tone::Ok, Icon::Ticket, title, more)
    })
}

/// Paid: number, amount, where and when; and that a screen proves nothing (Q33).
pub(super) fn paid(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let seat = order.seat.clone().map(|seat| together![el("dt").kid(t.say(Key::SeatTable)), el("dd").kid(seat)]);
    let paid_at = order.submitted_at.map(say::clock);
    let provider = order.payment.as_ref().map(|payment| t.say(Key::provider(payment.provider)));
    let receipt = el("a").set("href", format!("/o/{}/receipt", order.token));
    together![
        hero("ok", Icon::Check, t.say(Key::PaidTitle)),
        el("section")
            .class("card")
            .kid(
                el("div")
                    .class("row row--between row--wrap row--top")
                    .kid(
                        el("div")
                            .kid(el("p").class("t-14 quiet").kid(t.say(Key::OrderNumber)))
                            .kid(el("p").class("big-no").test("order-number").kid(order.number.clone())),
                    )
                    .kid(
                        el("dl")
                            .class("kv t-14 paid__facts")
                            .kid(seat)
                            .kid(off(page, order))
                            .kid(el("dt").kid(t.say(Key::PaidAmount)))
                            .kid(el("dd").kid(page.yen(order.total)))
                            .kid(el("dt").kid(provider))
                            .kid(el("dd").kid(paid_at)),
                    ),
            )
            .kid(order.yours.then(|| proof::card(page, order.token.clone())))
            .kid(el("p").class("t-14 quiet").set("data-fact", "no-proof").kid(t.say(Key::PaidNoProof)))
            .kid(receipt.class("btn btn--line").kid(t.say(Key::PaidReceipt))),
        order.refund.is_some().then(|| money_back(page, order))
    ]
}

/// Ended without food: why, and where the money is.
pub(super) fn ended(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let title = match order.state {
        OrderState::Refused => Key::EndedRefused,
        OrderState::AutoRefused => Key::EndedSilence,
        OrderState::Expired => Key::EndedExpired,
        _ => Key::EndedCancelled,
    };
    let (kind, icon) = if order.state == OrderState::Cancelled { ("ok", Icon::Check) } else { ("bad", Icon::Close) };
    let reason = order.refusal.as_ref().map(|refusal| {
        let words = refusal.text.clone().map(|text| {
            el("p")
                .class("notice notice--info")
                .kid(Icon::Info.full())
                .kid(el("span").class("grow t-14 notice__quote").kid(t.ended_words(&text)))
        });
        let reason = (refusal.reason != RefusalReason::Other || refusal.text.is_none()).then(|| {
            el("dl")
                .class("kv")
                .kid(el("dt").kid(t.say(Key::EndedReason)))
                .kid(el("dd").kid(t.say(Key::refusal(refusal.reason))))
        });
        el("section").class("card").kid(reason).kid(words)
    });
    together![hero(kind, icon, t.say(title)), reason, money_back(page, order), coupons_back(page, order)]
}

fn money_back(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let provider = order.payment.as_ref().map_or("", |payment| t.say(Key::provider(payment.provider)));
    let paid = order.payment.as_ref().filter(|payment| {
        matches!(
            payment.state,
            PaymentState::Succeeded | PaymentState::Refunding | PaymentState::Refunded | PaymentState::Stranded
        )
    });
    let back = order.refund.as_ref();
    let Some(amount) = back.map(|back| back.amount).or(paid.map(|payment| payment.amount)) else {
        let (title, more) = t.say_both(Key::RefundNothingPaid);
        return notice(Tone::Ok, Icon::Shield, title, more);
    };
    let amount = page.yen(amount);
    let done_at = back.and_then(|back| back.done_at);
    let more = match done_at {
        _ if back.is_some_and(|back| back.by_shop) => t.say(Key::RefundByShop).to_owned(),
        Some(at) => t.refund_done_how(provider, &say::clock(at)),
        None => t.refund_running_how(provider),
    };
    // All of it, and still paid: it is the other payment's.
    let twice = paid.is_some_and(|paid| {
        paid.state == PaymentState::Succeeded && back.is_some_and(|back| back.amount >= paid.amount)
    });
    let more = if twice { t.say(Key::RefundTwice).to_owned() + &more } else { more };
    let (tone, icon, title) = match done_at {
        Some(_) => (Tone::Ok, Icon::Check, t.refund_done(&amount)),
        None => (Tone::Wait, Icon::Refresh, t.refund_running(&amount)),
    };
    notice(tone, icon, title, more)
}
