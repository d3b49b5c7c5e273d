//! What the cart costs, with totals and tax per rate; a word to the kitchen; the age check.
//! Not here: the rules (`okini_shared::rules`).

use leptos::prelude::*;
use okini_shared::rules::cart::MAX_NOTE;
use okini_shared::rules::tax::{RateKind, TaxSum};

use crate::diner::placing::Sending;
use crate::diner::say;
use crate::diner::state::{Bill, Diner, Sum};
use crate::diner::texts::Key;
use crate::ui::{Icon, el, live, together};

/// The good bill, while there is one.
pub(in crate::diner) fn current(d: Diner) -> Option<Bill> {
    match d.sum() {
        Sum::Good(bill) => Some(bill),
        _ => None,
    }
}

/// The sum card.
pub(super) fn sums(d: Diner) -> AnyView {
    live(move || {
        current(d).map(|bill| {
            let t = d.t;
            el("section").class("card").kid(el("h2").kid(t.say(Key::BillTitle))).kid(
                el("dl")
                    .class("kv")
                    .kid(el("dt").kid(t.say(Key::BillPieces)))
                    .kid(el("dd").set("data-fact", "quantity").kid(t.bill_pieces_n(&bill.pieces.to_string())))
                    .kid(off(d, &bill))
                    .kid(el("dt").class("kv__total").kid(t.say(Key::BillTotal)))
                    .kid(el("dd").class("kv__total").set("data-fact", "price").kid(d.yen(bill.total)))
                    .kid(bill.taxes.iter().map(|sum| tax(d, sum)).collect::<Vec<_>>()),
            )
        })
    })
}

/// What coupons take off, between what the lines cost and what is to be paid.
fn off(d: Diner, bill: &Bill) -> Option<AnyView> {
    let t = d.t;
    let sum = bill.subtotal.checked_sub(bill.total).filter(|_| !bill.coupons.is_empty())?;
    Some(together![
        el("dt").kid(t.say(Key::BillSubtotal)),
        el("dd").kid(d.yen(bill.subtotal)),
        el("dt").kid(t.say(Key::CouponTitle)),
        el("dd").class("is-minus").test("bill-off").kid("−").kid(d.yen(sum))
    ])
}

fn tax(d: Diner, sum: &TaxSum) -> AnyView {
    let (rate, total) = (say::percent(sum.basis_points), d.yen(sum.total));
    let (head, below) = match sum.kind {
        RateKind::Standard => (d.t.bill_rate(&rate, &total), Key::BillTax),
        RateKind::Reduced => (d.t.bill_rate_reduced(&rate, &total), Key::BillTaxReduced),
    };
    together![el("dt").kid(head).kid(el("small").kid(d.t.say(below))), el("dd").kid(d.yen(sum.tax))]
}

/// A word to the kitchen.
pub(super) fn note(d: Diner) -> AnyView {
    el("label")
        .class("card field")
        .kid(
            el("span")
                .class("b")
                .kid(d.t.say(Key::NoteLabel))
                .kid(" ")
                .kid(el("span").class("t-14 quiet").kid(d.t.say(Key::Optional))),
        )
        .kid(
            el("textarea")
                .set("rows", "2")
                .set("maxlength", MAX_NOTE.to_string())
                .test("note")
                .live(".value", move || d.cart.with(|cart| cart.note.clone()))
                .on("input", move |event| d.cart.update(|cart| cart.note = event_target_value(&event))),
        )
        .into_any()
}

/// The age check, only when there is alcohol (Q35).
pub(super) fn adult(d: Diner) -> AnyView {
    let t = d.t;
    let adult = move || d.cart.with(|cart| cart.adult);
    let message = move || {
        let missing = !adult() && d.sending.get() == Sending::AdultMissing;
        missing.then(|| together![Icon::Alert.small(), el("span").kid(t.say(Key::AdultMissing))])
    };
    let check = el("input")
        .set("type", "checkbox")
        .set("id", "adult")
        .test("adult")
        .set("aria-describedby", "adult-error")
        .live(".checked", adult)
        .on("change", move |event| d.cart.update(|cart| cart.adult = event_target_checked(&event)));
    let words = el("span").class("choice__t b").kid(t.say(Key::AdultYes));
    let error = el("p").set("id", "adult-error").class("t-14 row row--top is-bad").set("role", "alert");
    // Hidden, not made anew: the check keeps the focus when the cart or the message changes.
    el("div")
        .class("stack stack--s")
        .live("hidden", move || !current(d).is_some_and(|bill| bill.alcohol))
        .kid(
            el("label")
                .class("choice card choice--card")
                .kid(check)
                .kid(words.kid(el("small").kid(t.say(Key::AdultHow)))),
        )
        .kid(error.live_kid(message))
        .into_any()
}
