//! One order, live: being paid, on its way, or ended. Works in any browser, by the token in the address alone.
//! Not here: making an order (`checkout`, `placing`).

mod money;
mod paying;
mod proof;
mod steps;
mod take_back;

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::order::{GetOrder, Order, OrderLine, WatchOrder};
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::tax::Place;
use okini_shared::text;

use super::display::languages;
use super::say;
use super::texts::Key;
use crate::browser::{document, is_online, listen, storage, window};
use crate::l10n::L10n;
use crate::net::stream::{Happening, Watch, watch};
use crate::net::{self, call, task};
use crate::ui::{Icon, State, Tone, el, follow, live, notice, said, together};

/// The order on the page.
#[derive(Debug, Clone, Copy)]
struct Page {
    t: L10n<Key>,
    order: State<Arc<Order>>,
    online: State<bool>,
    /// The way back to the menu, with the table where this phone knows it.
    menu: State<String>,
}

/// The screen of an order.
pub(super) fn screen(t: L10n<Key>, order: Order, base: String) -> AnyView {
    let page = Page { t, menu: State::new(base), order: State::new(Arc::new(order)), online: State::new(true) };
    follow(move || page.wake());
    live(move || page.view(&page.order.get()))
}

impl Page {
    /// In the browser: follows the order, also after the phone slept.
    fn wake(self) {
        let order = self.order.get_untracked();
        if let Some(base) = storage::load(&format!("okini.base.{}", order.facility)) {
            self.menu.set(base);
        }
        self.online.set(is_online());
        listen(&window(), "online", move |_| self.refresh());
        listen(&window(), "offline", move |_| self.online.set(false));
        listen(&document(), "visibilitychange", move |_| self.refresh());
        let options = Watch { silence_ms: 45_000, token: None, query: self.query() };
        watch::<WatchOrder>(&[&order.token], options, move |happening| match happening {
            Happening::Open => self.online.set(true),
            Happening::Event(order) => self.take(order),
            Happening::Lost => self.online.set(is_online()),
            Happening::Refused(_) => {}
        });
    }

    fn query(self) -> String {
        format!("lang={}", self.t.lang().tag())
    }

    /// Takes a newer state of the order. Payments and refunds move without a new version of the order.
    fn take(self, order: Order) {
        let newer = self.order.with_untracked(|now| {
            order.version >= now.version
                && (order.version, &order.payment, &order.refund) != (now.version, &now.payment, &now.refund)
        });
        if newer {
            self.order.set(Arc::new(order));
        }
    }

    fn refresh(self) {
        task(async move {
            let query = self.query();
            let token = self.order.with_untracked(|order| order.token.clone());
            if let Ok(order) =
                call::<GetOrder>(&[&token], &(), net::With { query: &query, ..net::With::default() }).await
            {
                self.online.set(true);
                self.take(order);
            }
        });
    }

    fn yen(self, amount: Yen) -> String {
        text::yen(amount, self.t.lang())
    }

    fn view(self, order: &Order) -> AnyView {
        let t = self.t;
        let offline = (!self.online.get()).then(|| {
            let (title, more) = t.say_both(Key::OrderOffline);
            notice(Tone::Wait, Icon::NoSignal, title, more)
        });
        let again = if order.state.gives_money_back() { Key::OrderOther } else { Key::OrderMore };
        let close = el("a").class("icon-btn").set("href", self.menu.get()).set("aria-label", t.say(Key::BackToMenu));
        let history = el("a").class("btn btn--line").set("href", "/orders");
        // Paying is the main thing as long as it is to be done.
        let class = match order.state {
            OrderState::AwaitingPayment => "btn btn--main btn--line btn--block",
            _ => "btn btn--main btn--solid btn--block",
        };
        let more = el("a").set("class", class).set("href", self.menu.get());
        together![
            el("header")
                .class("bar")
                .kid(close.kid(Icon::Close.full()))
                .kid(el("p").class("bar__title").kid(t.say(Key::OrderTitle)))
                .kid(el("p").class("bar__sub").kid(said(&order.facility_name))),
            el("main")
                .class("page__main page__main--close")
                .set("id", "menu")
                .test("order-state")
                .set("data-state", order.state.name())
                .kid(offline)
                .kid(self.body(order))
                .kid(history.kid(Icon::History.small()).kid(t.say(Key::HistoryTitle)))
                .kid(el("p").class("t-14 quiet").set("data-fact", "times").kid(self.times(order)))
                .kid(languages(t, &format!("/o/{}", order.token))),
            el("nav")
                .class("foot")
                .set("aria-label", t.say(again))
                .kid(el("div").class("foot__in").kid(more.kid(Icon::Plus.small()).kid(t.say(again))))
        ]
    }

    fn body(self, order: &Order) -> AnyView {
        match order.state {
            OrderState::AwaitingPayment => {
                together![paying::view(self, order), self.lines(order), take_back::button(self, order)]
            }
            OrderState::Submitted
            | OrderState::Accepted
            | OrderState::Preparing
            | OrderState::Ready
            | OrderState::Completed => together![
                money::paid(self, order),
                steps::card(self, order),
                take_back::button(self, order),
                self.lines(order)
            ],
            OrderState::Refused | OrderState::AutoRefused | OrderState::Cancelled | OrderState::Expired => {
                together![money::ended(self, order), self.lines(order)]
            }
        }
    }

    fn lines(self, order: &Order) -> AnyView {
        let line = |line: &OrderLine| {
            let options: Vec<&str> = line.options.iter().map(|option| option.text.as_str()).collect();
            let options =
                (!options.is_empty()).then(|| el("span").class("t-14 quiet").kid(" ").kid(say::list(self.t, &options)));
            let takeout = (line.place == Place::Takeout)
                .then(|| el("span").class("t-14 quiet").kid(" ").kid(self.t.say(Key::CartTakeout)));
            el("li")
                .class("line line--kept")
                .kid(el("span").class("grow").kid(said(&line.name)).kid(options).kid(takeout))
                .kid(el("b").kid("×").kid(line.quantity))
        };
        let note = order.note.clone().map(|note| {
            el("li").class("line line--kept").kid(el("span").class("grow t-14 quiet").kid(self.t.order_note(&note)))
        });
        el("section")
            .class("card card--flush")
            .set("aria-label", self.t.say(Key::CartLines))
            .kid(el("ul").kid(order.lines.iter().map(line).collect::<Vec<_>>()).kid(note))
            .into_any()
    }

    /// When the diner offered and when the shop answered (Q10).
    fn times(self, order: &Order) -> String {
        let mut parts = String::new();
        if let Some(at) = order.submitted_at {
            parts += &self.t.order_offered_at(&say::clock_with_seconds(at));
        }
        if let Some(at) = order.accepted_at {
            parts += &self.t.order_accepted_at(&say::clock_with_seconds(at));
            parts += self.t.say(Key::OrderAfterAccept);
        } else if let Some(at) = order.closed_at.filter(|_| order.submitted_at.is_some()) {
            parts += &self.t.order_ended_at(&say::clock_with_seconds(at));
        }
        parts
    }
}
