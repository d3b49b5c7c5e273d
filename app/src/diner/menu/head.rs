//! The noren: the programme's brand, the shop's name and state, the table.
//! Not here: heads of other screens (`bar`).

use leptos::prelude::*;

use crate::boot::Seat;
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{El, Icon, el, live, said};

pub(super) fn noren(d: Diner) -> AnyView {
    live(move || {
        let t = d.t;
        let menu = d.menu.get();
        let facility = &menu.facility;
        let brand = el("a").class("noren__brand").set("href", d.link(Route::Menu));
        let tool = el("a").class("noren__tool").set("href", d.link(Route::Display)).test("language");
        // Closing time only while open: "not taking orders until 22:00" would promise the contrary.
        let (open, until) = match facility.taking_orders {
            true => (Key::MenuOpen, Some(t.menu_until(&facility.closes))),
            false => (Key::MenuNotTaking, None),
        };
        let meta = el("p")
            .class("noren__meta")
            .kid(el("span").kid(el("b").kid(t.say(open))).kid(" ").kid(until))
            .kid(el("span").kid(t.say(Key::MenuPayFirst)));
        let crest = facility.name.text.chars().next().map(String::from);
        let table = |seat: Seat| el("p").class("noren__table").kid(t.say(Key::SeatTable)).kid(el("b").kid(seat.label));
        el("header")
            .class("noren")
            .kid(
                el("div")
                    .class("noren__bar")
                    .kid(brand.kid(mark()).kid(el("span").kid(t.say(Key::AppName))))
                    .kid(tool.kid(Icon::Globe.small()).kid(t.lang().own_name()).kid(Icon::Down.small())),
            )
            .kid(el("div").class("noren__rod"))
            .kid(
                el("div")
                    .class("noren__cloth")
                    .kid(el("span").class("noren__crest").set("aria-hidden", "true").kid(crest))
                    .kid(el("div").class("grow").kid(el("h1").class("noren__name").kid(said(&facility.name))).kid(meta))
                    .kid(d.seat.get_value().map(table)),
            )
            .kid(el("div").class("noren__hem"))
    })
}

/// The brand's mark: a small noren on its rod.
fn mark() -> El {
    let path = |shape: &'static str| el("path").set("d", shape);
    el("svg")
        .set("viewBox", "0 0 32 32")
        .set("aria-hidden", "true")
        .kid(path("M3 5h26").class("mark__rod"))
        .kid(
            path(
                "M5 7h6.500v17q-3.300 2-6.500 0zM12.800 7h6.400v17q-3.200 2-6.400 0zM20.500 7H27v17q-3.200 2-6.500 0z",
            )
            .class("mark__cloth"),
        )
        .kid(path("M11.400 15.500a4.600 4.600 0 1 0 9.200 0a4.600 4.600 0 1 0-9.200 0").class("mark__sun"))
}
