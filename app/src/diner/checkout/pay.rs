//! The buttons that order and pay, one per provider, each saying where it leads; and why they do not work just now.
//! Not here: what a tap does (`placing`).

use leptos::prelude::*;
use okini_shared::api::menu::PayAt;
use okini_shared::problem::Code;
use okini_shared::rules::payment::ProviderName;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

use super::bill::current;
use crate::browser::element;
use crate::diner::placing::{self, Sending};
use crate::diner::state::{Diner, Sum};
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, el, follow, notice, together};

/// The diner tried to pay for alcohol without the age check.
pub(super) fn adult_error(d: Diner) -> bool {
    d.sending.get() == Sending::AdultMissing && !d.cart.with(|cart| cart.adult)
}

/// The payment methods.
pub(super) fn methods(d: Diner) -> AnyView {
    let t = d.t;
    let buttons = move || {
        let providers = d.menu.with(|menu| menu.facility.providers.clone());
        providers.into_iter().enumerate().map(|(i, pay)| button(d, pay, i == 0)).collect_view()
    };
    el("section")
        .class("pay")
        .set("id", "pay")
        .set("aria-labelledby", "pay-title")
        .kid(el("h2").set("id", "pay-title").class("t-18").kid(t.say(Key::PayTitle)))
        .live_kid(move || trouble(d))
        .live_kid(buttons)
        .kid(
            el("p")
                .class("t-14 quiet row row--top")
                .kid(Icon::Lock.small())
                .kid(el("span").kid(t.say(Key::PayNoCards))),
        )
        .into_any()
}

/// Why the last tap did not lead to the payment page.
fn trouble(d: Diner) -> Option<AnyView> {
    let t = d.t;
    if !d.menu.with(|menu| menu.facility.taking_orders) {
        let (title, more) = t.say_both(Key::MenuClosed);
        return Some(notice(Tone::Wait, Icon::Clock, title, more));
    }
    match d.sending.get() {
        Sending::Refused(code) => {
            let (title, more) = t.say_both(Key::problem(code));
            let kept = matches!(code, Code::ProviderUnavailable | Code::StorageUnavailable | Code::RateLimited);
            let more = together![more, kept.then(|| el("p").kid(t.say(Key::PayKept)))];
            Some(notice(Tone::Bad, Icon::Alert, title, more))
        }
        Sending::Waiting(_) => {
            let (title, more) = t.say_both(Key::PayWaiting);
            Some(notice(Tone::Wait, Icon::NoSignal, title, more))
        }
        _ => None,
    }
}

fn button(d: Diner, pay: PayAt, first: bool) -> AnyView {
    let t = d.t;
    let provider = pay.provider;
    let host = pay.host;
    let off = move || !d.menu.with(|menu| menu.facility.taking_orders) || !matches!(d.sum.get(), Sum::Good(_));
    let busy = move || matches!(d.sending.get(), Sending::Busy(_));
    let waiting = move || matches!(d.sending.get(), Sending::Waiting(_));
    let disabled = move || (off() || busy() || waiting()).then_some("true");
    let title = move || match d.sending.get() {
        Sending::Busy(now) if now == provider => t.say(Key::PaySending).to_owned(),
        Sending::Waiting(now) if now == provider => t.say(Key::PayWaitingButton).to_owned(),
        _ => t.pay_with(t.say(Key::provider(provider))),
    };
    let amount = move || current(d).map(|bill| d.yen(bill.total));
    let on_click = move |_| {
        if disabled().is_none() {
            tap(d, provider);
        }
    };
    let class = if first { "btn btn--solid btn--block pay__btn" } else { "btn btn--line btn--block pay__btn" };
    el("button")
        .set("class", class)
        .live("aria-disabled", disabled)
        .test(format!("pay-{}", provider.name()))
        .on("click", on_click)
        .kid(el("span").live_kid(title).kid(el("small").kid(t.pay_opens(&host))))
        .kid(el("b").class("num").live_kid(amount))
        .kid(Icon::Leave.small())
        .into_any()
}

fn tap(d: Diner, provider: ProviderName) {
    let alcohol = current_untracked(d);
    if alcohol && !d.cart.with_untracked(|cart| cart.adult) {
        d.sending.set(Sending::AdultMissing);
        if let Some(check) = element("adult") {
            drop(check.focus());
        }
        return;
    }
    placing::pay(d, provider);
}

fn current_untracked(d: Diner) -> bool {
    matches!(d.sum.get_untracked(), Sum::Good(bill) if bill.alcohol)
}

/// The total and the way to the buttons; goes away when they are in view.
pub(super) fn foot(d: Diner) -> AnyView {
    let t = d.t;
    let there = RwSignal::new(false);
    follow(move || watch(there));
    let total = move || current(d).map(|bill| d.yen(bill.total));
    let label = move || if d.online.get() { Key::BillTotal } else { Key::BillTotalPlanned };
    el("div")
        .class("foot")
        .live("hidden", move || there.get())
        .kid(
            el("div")
                .class("foot__in")
                .kid(
                    el("div")
                        .class("grow foot__sum")
                        .kid(el("span").class("t-14").live_kid(move || t.say(label())))
                        .kid(el("b").class("t-24 nw").live_kid(total)),
                )
                .kid(
                    el("a")
                        .class("btn btn--main btn--solid foot__go")
                        .set("href", "#pay")
                        .test("to-pay")
                        .kid(t.say(Key::PayGo))
                        .kid(Icon::Forward.small()),
                ),
        )
        .into_any()
}

/// Notes whether the buttons are in view, until the owner goes away.
fn watch(there: RwSignal<bool>) {
    let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        if let Some(entry) = entries.iter().last().and_then(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok())
        {
            there.set(entry.is_intersecting());
        }
    });
    let Ok(observer) = IntersectionObserver::new(callback.as_ref().unchecked_ref()) else { return };
    if let Some(buttons) = element("pay") {
        observer.observe(&buttons);
    }
    let kept = SendWrapper::new((observer, callback));
    on_cleanup(move || kept.0.disconnect());
}
