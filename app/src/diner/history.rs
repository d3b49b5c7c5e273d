//! This phone's orders, newest first. Not here: one order (`order`).

use leptos::prelude::*;
use okini_shared::api::order::{ListMyOrders, Order};
use okini_shared::text;

use super::display::languages;
use super::say;
use super::texts::Key;
use crate::browser::{pause, window};
use crate::l10n::L10n;
use crate::net::{self, call, task};
use crate::ui::{Icon, Tone, el, follow, nothing, notice, said, together};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fetching {
    /// Asked for; the place of the list is shown only when it takes long.
    Asked,
    Slow,
    Done,
    Failed,
}

pub(super) fn screen(t: L10n<Key>) -> AnyView {
    let orders = RwSignal::new(Vec::<Order>::new());
    let next = RwSignal::new(None::<String>);
    let fetching = RwSignal::new(Fetching::Asked);
    let fetch = move || {
        fetching.set(Fetching::Asked);
        let after = next.get_untracked().map(|next| format!("&after={next}")).unwrap_or_default();
        task(async move {
            let query = format!("lang={}{after}", t.lang().tag());
            match call::<ListMyOrders>(&[], &(), net::With { query: &query, ..net::With::default() }).await {
                Ok(page) => {
                    orders.update(|orders| orders.extend(page.orders));
                    next.set(page.next);
                    fetching.set(Fetching::Done);
                }
                Err(_) => fetching.set(Fetching::Failed),
            }
        });
        task(async move {
            pause(300).await;
            fetching.update(|now| {
                if *now == Fetching::Asked {
                    *now = Fetching::Slow
                }
            });
        });
    };
    follow(move || fetch());
    let back = move |_| drop(window().history().and_then(|history| history.back()));
    let below = move || match fetching.get() {
        Fetching::Slow => el("div").class("skeleton skeleton--card").set("aria-hidden", "true").into_any(),
        Fetching::Failed => {
            let (title, more) = t.say_both(Key::NoAnswer);
            together![
                notice(Tone::Bad, Icon::NoSignal, title, more),
                el("button").class("btn btn--line").on("click", move |_| fetch()).kid(t.say(Key::Retry))
            ]
        }
        Fetching::Done if orders.with(Vec::is_empty) => el("section")
            .class("card empty")
            .kid(el("h2").kid(t.say(Key::HistoryEmpty)))
            .kid(el("p").class("t-14").kid(t.say(Key::HistoryEmptyHow)))
            .into_any(),
        Fetching::Done if next.get().is_some() => {
            el("button").class("btn btn--line").on("click", move |_| fetch()).kid(t.say(Key::HistoryMore)).into_any()
        }
        _ => nothing(),
    };
    together![
        el("header")
            .class("bar")
            .kid(
                el("button")
                    .class("icon-btn")
                    .set("aria-label", t.say(Key::Back))
                    .on("click", back)
                    .kid(Icon::Back.full()),
            )
            .kid(el("h1").class("bar__title").kid(t.say(Key::HistoryTitle))),
        el("main")
            .class("page__main")
            .set("id", "menu")
            .live("aria-busy", move || matches!(fetching.get(), Fetching::Asked | Fetching::Slow).then_some("true"))
            .kid(
                el("ul").class("stack stack--dishes").test("history").live_kid(move || orders
                    .get()
                    .iter()
                    .map(|order| one(t, order))
                    .collect_view()),
            )
            .live_kid(below)
            .kid(languages(t, "/orders"))
    ]
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
        .kid(el("p").class("t-14 quiet").kid(names.join(t.say(Key::ListSeparator))))
        .kid(
            el("p")
                .class("row row--between")
                .kid(el("span").class("t-14 quiet").kid(say::date_and_clock(order.placed_at)))
                .kid(el("b").kid(text::yen(order.total, t.lang()))),
        )
        .into_any()
}
