//! This phone's orders, newest first. Not here: one order (`order`).

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::order::{ListMyOrders, Order};
use okini_shared::text;

use super::display::languages;
use super::say;
use super::texts::Key;
use crate::browser::window;
use crate::l10n::L10n;
use crate::net::{self, call, task};
use crate::ui::{Icon, State, Tone, el, follow, live, nothing, notice, said, together};

/// How far the list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetching {
    Asked,
    Done,
    Failed,
}

#[derive(Debug, Clone, Copy)]
struct History {
    t: L10n<Key>,
    orders: State<Vec<Arc<Order>>>,
    next: State<Option<String>>,
    fetching: State<Fetching>,
}

pub(super) fn screen(t: L10n<Key>) -> AnyView {
    let history =
        History { t, orders: State::new(Vec::new()), next: State::new(None), fetching: State::new(Fetching::Asked) };
    follow(move || history.fetch());
    live(move || history.view())
}

impl History {
    fn fetch(self) {
        self.fetching.set(Fetching::Asked);
        let after = self.next.get_untracked().map(|next| format!("&after={next}")).unwrap_or_default();
        task(async move {
            let query = format!("lang={}{after}", self.t.lang().tag());
            match call::<ListMyOrders>(&[], &(), net::With { query: &query, ..net::With::default() }).await {
                Ok(page) => {
                    self.orders.update(|orders| orders.extend(page.orders.into_iter().map(Arc::new)));
                    self.next.set(page.next);
                    self.fetching.set(Fetching::Done);
                }
                Err(_) => self.fetching.set(Fetching::Failed),
            }
        });
    }

    fn view(self) -> AnyView {
        let t = self.t;
        let orders = self.orders.get();
        let busy = (self.fetching.get() == Fetching::Asked).then_some("true");
        let back = el("button").class("icon-btn").set("aria-label", t.say(Key::Back)).on("click", |_| {
            drop(window().history().and_then(|history| history.back()));
        });
        let list = el("ul").class("stack stack--dishes").test("history");
        together![
            el("header")
                .class("bar")
                .kid(back.kid(Icon::Back.full()))
                .kid(el("h1").class("bar__title").kid(t.say(Key::HistoryTitle))),
            el("main")
                .class("page__main")
                .set("id", "menu")
                .set("aria-busy", busy)
                .kid(list.kid(orders.iter().map(|order| one(t, order)).collect::<Vec<_>>()))
                .kid(self.below(orders.is_empty()))
                .kid(languages(t, "/orders"))
        ]
    }

    /// What stands below the list.
    fn below(self, empty: bool) -> AnyView {
        let t = self.t;
        let fetch =
            |label: Key| el("button").class("btn btn--line").on("click", move |_| self.fetch()).kid(t.say(label));
        match self.fetching.get() {
            Fetching::Asked => el("div").class("skeleton skeleton--card").set("aria-hidden", "true").into_any(),
            Fetching::Failed => {
                let (title, more) = t.say_both(Key::NoAnswer);
                together![notice(Tone::Bad, Icon::NoSignal, title, more), fetch(Key::Retry)]
            }
            Fetching::Done if empty => el("section")
                .class("card empty")
                .kid(el("h2").kid(t.say(Key::HistoryEmpty)))
                .kid(el("p").class("t-14").kid(t.say(Key::HistoryEmptyHow)))
                .into_any(),
            Fetching::Done if self.next.get().is_some() => fetch(Key::HistoryMore).into_any(),
            _ => nothing(),
        }
    }
}

fn one(t: L10n<Key>, order: &Order) -> AnyView {
    let names: Vec<&str> = order.lines.iter().map(|line| line.name.text.as_str()).collect();
    let flag = if order.state.gives_money_back() {
        "flag flag--bad"
    } else if order.state.is_final() {
        "flag flag--ok"
    } else {
        "flag flag--wait"
    };
    el("li")
        .class("card past")
        .kid(
            el("div")
                .class("row row--between row--wrap")
                .kid(
                    el("h2").class("t-18").kid(
                        el("a")
                            .set("href", format!("/o/{}", order.token))
                            .kid(order.number.clone())
                            .kid(" ")
                            .kid(said(&order.facility_name)),
                    ),
                )
                .kid(el("span").set("class", flag).kid(t.say(Key::state(order.state)))),
        )
        .kid(el("p").class("t-14 quiet").kid(say::list(t, &names)))
        .kid(
            el("p")
                .class("row row--between")
                .kid(el("span").class("t-14 quiet").kid(say::date_and_clock(order.placed_at)))
                .kid(el("b").kid(text::yen(order.total, t.lang()))),
        )
        .into_any()
}
