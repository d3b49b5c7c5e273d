//! This phone's orders, newest first. Not here: one order (`order`).

use leptos::prelude::*;
use okini_shared::api::order::{Order, OrderPage};
use okini_shared::text;

use super::head;
use crate::diner::display::languages;
use crate::diner::say;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{el, said, together};

pub(super) fn screen(t: L10n<Key>, page: &OrderPage, path: &str) -> AnyView {
    // Back to where was ordered last.
    let menu = page.orders.first().map(|order| format!("/f/{}", order.facility));
    let list = el("ul").class("stack stack--dishes").test("history");
    let empty = page.orders.is_empty().then(|| {
        el("section")
            .class("card empty")
            .kid(el("h2").kid(t.say(Key::HistoryEmpty)))
            .kid(el("p").class("t-14").kid(t.say(Key::HistoryEmptyHow)))
    });
    let more = page.next.as_ref().map(|next| {
        el("a").class("btn btn--line").set("href", format!("{path}?after={next}")).kid(t.say(Key::HistoryMore))
    });
    together![
        head(t, Key::HistoryTitle, menu.as_deref()),
        el("main")
            .class("page__main")
            .set("id", "menu")
            .kid(list.kid(page.orders.iter().map(|order| one(t, order)).collect::<Vec<_>>()))
            .kid(empty)
            .kid(more)
            .kid(languages(t, path))
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
        .kid(el("p").class("t-14 quiet").kid(say::list(t, &names)))
        .kid(
            el("p")
                .class("row row--between")
                .kid(el("span").class("t-14 quiet").kid(say::date_and_clock(order.placed_at)))
                .kid(el("b").kid(text::yen(order.total, t.lang()))),
        )
        .into_any()
}
