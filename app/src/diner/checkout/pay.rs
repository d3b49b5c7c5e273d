//! The buttons that order and pay, one per provider, each saying where it leads; and why they do not work just now.
//! Not here: what a tap does (`placing`).

use leptos::prelude::*;
use okini_shared::api::menu::{Menu, PayAt};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::payment::ProviderName;

use super::bill::current;
use crate::browser::{element, watch_view};
use crate::diner::placing::{self, Sending};
use crate::diner::state::{Diner, Sum};
use crate::diner::texts::Key;
use crate::ui::{El, Icon, State, Tone, el, follow, live, notice, together};

/// The payment methods.
pub(super) fn methods(d: Diner) -> AnyView {
    live(move || {
        let t = d.t;
        let menu = d.menu.get();
        // What coupons pay whole needs no choice.
        let ways = if is_free(d) { 1 } else { usize::MAX };
        let providers = menu.facility.providers.iter().take(ways);
        let buttons = providers.enumerate().map(|(i, pay)| button(d, &menu, pay, i == 0));
        let no_cards = el("p").class("t-14 quiet row row--top").kid(Icon::Lock.small());
        el("section")
            .class("pay")
            .set("id", "pay")
            .set("aria-labelledby", "pay-title")
            .kid(el("h2").set("id", "pay-title").class("t-18").kid(t.say(Key::PayTitle)))
            .kid(trouble(d, &menu))
            .kid(buttons.collect::<Vec<_>>())
            .kid(no_cards.kid(el("span").kid(t.say(Key::PayNoCards))))
    })
}

/// Why the buttons do not work, or why the last tap did not lead to the payment page.
fn trouble(d: Diner, menu: &Menu) -> Option<AnyView> {
    let t = d.t;
    let say = |tone, icon, key| {
        let (title, more) = t.say_both(key);
        Some(notice(tone, icon, title, more))
    };
    if !menu.facility.taking_orders {
        return say(Tone::Wait, Icon::Clock, Key::MenuClosed);
    }
    if menu.facility.providers.is_empty() {
        return say(Tone::Wait, Icon::Alert, Key::PayNoWay);
    }
    match d.sending.get() {
        Sending::Refused(code) => {
            let (title, more) = t.say_both(Key::problem(code));
            let kept = matches!(code, Code::ProviderUnavailable | Code::StorageUnavailable | Code::RateLimited);
            let more = together![more, kept.then(|| el("p").kid(t.say(Key::PayKept)))];
            Some(notice(Tone::Bad, Icon::Alert, title, more))
        }
        Sending::Waiting(_) => say(Tone::Wait, Icon::NoSignal, Key::PayWaiting),
        _ => None,
    }
}

/// Coupons pay the whole bill.
fn is_free(d: Diner) -> bool {
    current(d).is_some_and(|bill| bill.total == Yen::ZERO)
}

fn button(d: Diner, menu: &Menu, pay: &PayAt, first: bool) -> El {
    let t = d.t;
    let provider = pay.provider;
    let sending = d.sending.get();
    let bill = current(d).filter(|_| menu.facility.taking_orders);
    let ready = bill.is_some() && !matches!(sending, Sending::Busy(_) | Sending::Waiting(_));
    let title = match sending {
        Sending::Busy(now) if now == provider => t.say(Key::PaySending).to_owned(),
        Sending::Waiting(now) if now == provider => t.say(Key::PayWaitingButton).to_owned(),
        _ if is_free(d) => t.say(Key::PayNothing).to_owned(),
        _ => t.pay_with(t.say(Key::provider(provider))),
    };
    let class = if first { "btn btn--solid btn--block pay__btn" } else { "btn btn--line btn--block pay__btn" };
    el("button")
        .set("class", class)
        .set("aria-disabled", (!ready).then_some("true"))
        .test(format!("pay-{}", provider.name()))
        .on("click", move |_| tap(d, provider))
        .kid(el("span").kid(title).kid((!is_free(d)).then(|| el("small").kid(t.pay_opens(&pay.host)))))
        .kid(el("b").class("num").kid(bill.map(|bill| d.yen(bill.total))))
        .kid(Icon::Leave.small())
}

fn tap(d: Diner, provider: ProviderName) {
    let Sum::Good(bill) = d.sum() else { return };
    let open = d.menu.with_untracked(|menu| menu.facility.taking_orders);
    if !open || matches!(d.sending.get_untracked(), Sending::Busy(_) | Sending::Waiting(_)) {
        return;
    }
    if bill.alcohol && !d.cart.with_untracked(|cart| cart.adult) {
        d.sending.set(Sending::AdultMissing);
        if let Some(check) = element("adult") {
            drop(check.focus());
        }
        return;
    }
    placing::pay(d, provider);
}

/// The total and the way to the buttons; goes away when they are in view.
pub(super) fn foot(d: Diner) -> AnyView {
    let there = State::new(false);
    follow(move || {
        let buttons: Vec<_> = element("pay").into_iter().collect();
        watch_view(&buttons, "0px", move |_, in_view| there.set(in_view));
    });
    live(move || {
        let t = d.t;
        let label = if d.online.get() { Key::BillTotal } else { Key::BillTotalPlanned };
        let total = current(d).map(|bill| d.yen(bill.total));
        let sum = el("div").class("grow foot__sum").kid(el("span").class("t-14").kid(t.say(label)));
        let go = el("a").class("btn btn--main btn--solid foot__go").set("href", "#pay").test("to-pay");
        el("section").class("foot").set("aria-label", t.say(label)).set("hidden", there.get()).kid(
            el("div")
                .class("foot__in")
                .kid(sum.kid(el("b").class("t-24 nw").kid(total)))
                .kid(go.kid(t.say(Key::PayGo)).kid(Icon::Forward.small())),
        )
    })
}
