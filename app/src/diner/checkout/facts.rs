//! What the law wants said before a purchase (特定商取引法: the last screen), besides quantity and price in `bill`.
//! Not here: the payment buttons (`pay`).

use leptos::prelude::*;

use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::el;

/// Time and way of paying, delivery, deadline, cancellation, seller.
pub(super) fn before_paying(d: Diner) -> AnyView {
    let t = d.t;
    let facts = move || {
        let menu = d.menu.get();
        let facility = &menu.facility;
        let (wait, answer) = (facility.wait_minutes.to_string(), facility.answer_minutes.to_string());
        let names: Vec<&str> = facility.providers.iter().map(|pay| t.say(Key::provider(pay.provider))).collect();
        let delivery = match d.seat.get_value() {
            Some(seat) => t.fact_delivery_seat(&wait, &seat.label),
            None => t.fact_delivery(&wait),
        };
        let seller = t.fact_seller_who(&facility.name.text, &facility.address.text, &facility.phone);
        [
            ("payment", Key::FactPayment, t.fact_payment_how(&say::list(t, &names))),
            ("delivery", Key::FactDeliveryTitle, delivery),
            ("deadline", Key::FactDeadline, t.fact_deadline_when(&facility.closes)),
            ("cancel", Key::FactCancel, t.say(Key::FactCancelHow).to_owned()),
            ("refusal", Key::FactRefusal, t.fact_refusal_how(&answer)),
            ("seller", Key::FactSeller, seller),
        ]
        .into_iter()
        .map(|(name, title, text)| {
            el("div").kid(el("dt").class("b").kid(t.say(title))).kid(el("dd").set("data-fact", name).kid(text))
        })
        .collect::<Vec<_>>()
    };
    el("section")
        .class("card")
        .kid(el("h2").kid(t.say(Key::FactTitle)))
        .kid(el("dl").class("stack stack--s t-14").live_kid(facts))
        .into_any()
}
