//! The cart and everything the diner must know before paying, on one screen (Q24).
//! Not here: sending the order (`placing`), the order afterwards (`order`).

mod bill;
mod changed;
mod facts;
mod lines;
mod pay;

pub(super) use bill::current;

use leptos::prelude::*;

use super::offline;
use super::route::Route;
use super::state::{Diner, Sum};
use super::texts::Key;
use crate::ui::{Icon, State, el, follow, live, together};

/// The cart's screen.
pub(super) fn screen(d: Diner) -> AnyView {
    let t = d.t;
    let seat = d.seat.with_value(|seat| seat.as_ref().map(|seat| t.seat_at(&seat.label)));
    // Of its own, so that a change of the cart does not make the whole screen again.
    let is_cart = move || matches!(d.sum(), Sum::Good(_) | Sum::TooMuch) && d.awake.get_value();
    let shows_cart = State::new(untrack(is_cart));
    follow(move || {
        if is_cart() != shows_cart.get_untracked() {
            shows_cart.set(!shows_cart.get_untracked());
        }
    });
    let body = move || {
        if shows_cart.get() {
            return cart(d);
        }
        live(move || match d.sum() {
            _ if !d.awake.get_value() => loading(d),
            Sum::Changed { changes, rest } => changed::view(d, changes, rest),
            _ => empty(d),
        })
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
        matches!(d.sum(), Sum::TooMuch).then(|| {
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
            .kid(crate::diner::coupon::card(d))
            .kid(bill::sums(d))
            .kid(bill::adult(d))
            .kid(facts::before_paying(d))
            .kid(pay::methods(d)),
        pay::foot(d)
    ]
}
