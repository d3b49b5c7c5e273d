//! An order that waits for its money: an attempt runs, or one has to be started.
//! Not here: money that was paid (`money`), the first attempt (`placing`).

use leptos::prelude::*;
use okini_shared::api::menu::{GetMenu, PayAt};
use okini_shared::api::order::{Order, Payment};
use okini_shared::rules::payment::{PaymentState, ProviderName};

use super::Page;
use super::money::hero;
use crate::browser::{clock, leave_for, pause};
use crate::diner::placing::payment_url;
use crate::diner::texts::Key;
use crate::net::{self, call, detached, task};
use crate::ui::{Icon, State, Tone, el, follow, live, notice, together};

/// Waiting for the money: an attempt runs, or one has to be started.
pub(super) fn view(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let payment = order.payment.as_ref();
    // Paid a moment ago, or the amount must be looked at by the shop: in both cases not to be paid again.
    let runs = |payment: &&Payment| {
        payment.state.is_live() || matches!(payment.state, PaymentState::Succeeded | PaymentState::Stranded)
    };
    if let Some(payment) = payment.filter(runs) {
        let (title, more) = t.say_both(Key::PayingNow);
        let link = payment.url.clone().filter(|_| payment.state.is_live()).map(|url| pay_link(page, payment, url));
        // A page that is open can be left for another company's.
        let elsewhere = link.is_some().then(|| ways(page, order, true));
        return together![
            hero("wait", Icon::Refresh, t.say(Key::PayingTitle)),
            notice(Tone::Wait, Icon::Refresh, title, more),
            amount(page, order),
            link,
            elsewhere
        ];
    }
    let title = match payment.map(|payment| payment.state) {
        Some(PaymentState::Failed) => Key::PayFailed,
        Some(PaymentState::Cancelled) => Key::PayCancelled,
        Some(PaymentState::Expired) => Key::PayExpired,
        _ => Key::PayNotYet,
    };
    let (kept, more) = t.say_both(Key::PayOrderKept);
    together![
        hero(
            if payment.is_some() { "bad" } else { "wait" },
            if payment.is_some() { Icon::Close } else { Icon::Clock },
            t.say(title),
        ),
        notice(Tone::Ok, Icon::Shield, kept, more),
        amount(page, order),
        ways(page, order, false)
    ]
}

fn amount(page: Page, order: &Order) -> AnyView {
    el("section")
        .class("card")
        .kid(
            el("dl")
                .class("kv")
                .kid(super::money::off(page, order))
                .kid(el("dt").class("kv__total").kid(page.t.say(Key::BillTotal)))
                .kid(el("dd").class("kv__total").kid(page.yen(order.total))),
        )
        .kid(held(page, order))
        .into_any()
}

/// How long what was ordered, and its coupons, are held.
fn held(page: Page, order: &Order) -> Option<AnyView> {
    let until = order.payable_until.filter(|_| !order.coupons.is_empty())?;
    let left = State::new(String::new());
    follow(move || {
        task(async move {
            loop {
                let seconds = until.since(clock::now()).max(0) / 1_000;
                left.set(format!("{}:{:02}", seconds / 60, seconds % 60));
                if seconds == 0 {
                    break;
                }
                pause(1_000).await;
            }
        });
    });
    let t = page.t;
    Some(
        el("p")
            .class("row row--top t-14")
            .set("role", "timer")
            .set("aria-live", "off")
            .test("held")
            .kid(Icon::Lock.small())
            .kid(el("span").live_kid(move || t.coupon_held_left(&left.get())))
            .into_any(),
    )
}

/// A link that a finger taps, because some phones open the payment app only then.
fn pay_link(page: Page, payment: &Payment, url: String) -> AnyView {
    let t = page.t;
    let host = url.split('/').nth(2).unwrap_or_default().to_owned();
    let name = t.say(Key::provider(payment.provider));
    el("section")
        .class("pay")
        .kid(el("p").class("t-14").kid(t.say(Key::PayingNotYet)))
        .kid(
            el("a")
                .class("btn btn--solid btn--block pay__btn")
                .set("href", url)
                .set("rel", "noopener")
                .test("pay-link")
                .kid(el("span").kid(t.paying_open(name)).kid(el("small").kid(t.pay_opens(&host))))
                .kid(el("b").class("num").kid(page.yen(payment.amount)))
                .kid(Icon::Leave.small()),
        )
        .into_any()
}

/// Paying again: every way the shop takes, the one used last first; or, `elsewhere`, every other way.
fn ways(page: Page, order: &Order, elsewhere: bool) -> AnyView {
    let last = order.payment.as_ref().map(|payment| payment.provider);
    let known = last.filter(|_| !elsewhere).map(|provider| PayAt { provider, host: String::new() });
    let known: Vec<PayAt> = known.into_iter().collect();
    let ways = State::new(known);
    let code = order.facility.clone();
    follow(move || {
        let code = code.clone();
        task(async move {
            if let Ok(menu) = call::<GetMenu>(&[&code], &(), net::With::default()).await {
                let mut providers = menu.facility.providers;
                if let Some(at) = providers.iter().position(|pay| Some(pay.provider) == last) {
                    let used = providers.remove(at);
                    if !elsewhere {
                        providers.insert(0, used);
                    }
                }
                ways.set(providers);
            }
        });
    });
    let again = Again {
        page,
        token: StoredValue::new(order.token.clone()),
        total: StoredValue::new(page.yen(order.total)),
        busy: State::new(None),
        failed: State::new(false),
    };
    let trouble = move || {
        again.failed.get().then(|| {
            let (title, more) = page.t.say_both(Key::ProblemProviderUnavailable);
            notice(Tone::Bad, Icon::Alert, title, more)
        })
    };
    let title = page.t.say(if elsewhere { Key::PayElsewhere } else { Key::PayTitle });
    live(move || {
        let ways = ways.get();
        let buttons: Vec<_> = ways.iter().enumerate().map(|(i, pay)| again.button(pay, i == 0 && !elsewhere)).collect();
        (!ways.is_empty()).then(|| {
            el("section")
                .class("pay")
                .set("aria-labelledby", "pay-title")
                .kid(el("h2").set("id", "pay-title").class("t-18").kid(title))
                .live_kid(trouble)
                .kid(buttons)
        })
    })
}

/// Starting another attempt.
#[derive(Debug, Clone, Copy)]
struct Again {
    page: Page,
    token: StoredValue<String>,
    total: StoredValue<String>,
    busy: State<Option<ProviderName>>,
    failed: State<bool>,
}

impl Again {
    fn start(self, provider: ProviderName) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(provider));
        self.failed.set(false);
        let token = self.token.get_value();
        // The order may change on the page meanwhile; the diner's way to the payment page must not end with it.
        detached(async move {
            match payment_url(&token, provider).await {
                Some(url) => leave_for(&url),
                None => {
                    self.failed.set(true);
                    self.page.refresh();
                }
            }
            self.busy.set(None);
        });
    }

    fn button(self, pay: &PayAt, first: bool) -> AnyView {
        let t = self.page.t;
        let provider = pay.provider;
        let title = move || match self.busy.get() == Some(provider) {
            true => t.say(Key::PaySending).to_owned(),
            false => t.pay_with(t.say(Key::provider(provider))),
        };
        let opens = (!pay.host.is_empty()).then(|| el("small").kid(t.pay_opens(&pay.host)));
        let (class, test) = if first {
            ("btn btn--solid btn--block pay__btn", "retry-pay".to_owned())
        } else {
            ("btn btn--line btn--block pay__btn", format!("retry-pay-{}", provider.name()))
        };
        let disabled = move || self.busy.get().is_some().then_some("true");
        el("button")
            .set("class", class)
            .live("aria-disabled", disabled)
            .test(test)
            .on("click", move |_| self.start(provider))
            .kid(el("span").live_kid(title).kid(opens))
            .kid(el("b").class("num").kid(self.total.get_value()))
            .kid(Icon::Leave.small())
            .into_any()
    }
}
