//! The cart and everything the diner must know before paying, on one screen (Q24).
//! Not here: sending the order (`placing`), the order afterwards (`order`).

mod bill;
mod changed;
mod facts;
mod lines;
mod pay;

use leptos::prelude::*;

use super::offline;
use super::route::Route;
use super::state::{Diner, Sum};
use super::texts::Key;
use crate::ui::{Icon, el, live, together};

/// What the screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The page was written by the server, which does not know the cart.
    Loading,
    Empty,
    Cart,
    Changed,
}

/// The cart's screen.
pub(super) fn screen(d: Diner) -> AnyView {
    let t = d.t;
    let seat = d.seat.with_value(|seat| seat.as_ref().map(|seat| t.seat_at(&seat.label)));
    let shown = Memo::new(move |_| match d.sum.get() {
        _ if !d.awake.get_value() => Shown::Loading,
        Sum::Empty => Shown::Empty,
        Sum::Changed { .. } => Shown::Changed,
        Sum::Good(_) | Sum::TooMuch => Shown::Cart,
    });
    let body = move || match shown.get() {
        Shown::Loading => loading(d),
        Shown::Empty => empty(d),
        Shown::Cart => cart(d),
        Shown::Changed => changed::view(d),
    };
    together![
        el("header")
            .class("bar")
            .kid(
                el("a")
                    .class("icon-btn")
                    .set("href", d.link(Route::Menu))
                    .set("data-back", true)
                    .set("aria-label", t.say(Key::BackToMenu))
                    .kid(Icon::Back.full()),
            )
            .kid(
                el("h1").class("bar__title").set("id", "screen-title").set("tabindex", "-1").kid(t.say(Key::CartTitle)),
            )
            .kid(el("p").class("bar__sub").kid(seat)),
        live(body)
    ]
}

fn loading(d: Diner) -> AnyView {
    el("main")
        .class("page__main")
        .set("id", "menu")
        .set("aria-busy", "true")
        .kid(el("p").class("sr").kid(d.t.say(Key::Loading)))
        .kid(el("div").class("skeleton skeleton--seg"))
        .kid(el("div").class("skeleton skeleton--card"))
        .kid(el("div").class("skeleton skeleton--card"))
        .into_any()
}

fn empty(d: Diner) -> AnyView {
    el("main")
        .class("page__main")
        .set("id", "menu")
        .kid(
            el("section")
                .class("card empty")
                .kid(el("h2").kid(d.t.say(Key::CartEmpty)))
                .kid(el("p").class("t-14").kid(d.t.say(Key::CartEmptyHow)))
                .kid(
                    el("a")
                        .class("btn btn--line")
                        .set("href", d.link(Route::Menu))
                        .set("data-back", true)
                        .kid(d.t.say(Key::BackToMenu)),
                ),
        )
        .into_any()
}

fn cart(d: Diner) -> AnyView {
    let too_much = move || {
        (d.sum.get() == Sum::TooMuch).then(|| {
            let (title, more) = d.t.say_both(Key::CartTooMuch);
            crate::ui::notice(crate::ui::Tone::Bad, Icon::Alert, title, more)
        })
    };
    together![
        el("main")
            .class("page__main")
            .set("id", "menu")
            .kid(offline::banner(d))
            .kid(lines::place(d))
            .kid(lines::list(d))
            .kid(offline::possible(d))
            .live_kid(too_much)
            .kid(bill::note(d))
            .kid(bill::sums(d))
            .kid(bill::adult(d))
            .kid(facts::before_paying(d))
            .kid(pay::methods(d)),
        pay::foot(d)
    ]
}
