//! The noren: the programme's brand, the shop's name and state, the table.
//! Not here: heads of other screens (`bar`).

use leptos::prelude::*;

use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{El, Icon, el, said};

pub(super) fn noren(d: Diner) -> AnyView {
    let t = d.t;
    let name = move || d.menu.with(|menu| said(&menu.facility.name));
    let crest = move || d.menu.with(|menu| menu.facility.name.text.chars().next().map(String::from));
    let open = move || {
        let open = d.menu.with(|menu| menu.facility.taking_orders);
        t.say(if open { Key::MenuOpen } else { Key::MenuNotTaking })
    };
    let until = move || d.menu.with(|menu| t.menu_until(&menu.facility.closes));
    let table = d.seat.with_value(|seat| {
        seat.as_ref()
            .map(|seat| el("p").class("noren__table").kid(t.say(Key::SeatTable)).kid(el("b").kid(seat.label.clone())))
    });
    el("header")
        .class("noren")
        .kid(
            el("div")
                .class("noren__bar")
                .kid(
                    el("a")
                        .class("noren__brand")
                        .set("href", d.link(Route::Menu))
                        .kid(mark())
                        .kid(el("span").kid(t.say(Key::AppName))),
                )
                .kid(
                    el("a")
                        .class("noren__tool")
                        .set("href", d.link(Route::Display))
                        .test("language")
                        .kid(Icon::Globe.small())
                        .kid(t.lang().own_name())
                        .kid(Icon::Down.small()),
                ),
        )
        .kid(el("div").class("noren__rod"))
        .kid(
            el("div")
                .class("noren__cloth")
                .kid(el("span").class("noren__crest").set("aria-hidden", "true").live_kid(crest))
                .kid(
                    el("div").class("grow").kid(el("h1").class("noren__name").live_kid(name)).kid(
                        el("p")
                            .class("noren__meta")
                            .kid(el("span").kid(el("b").live_kid(open)).kid(" ").live_kid(until))
                            .kid(el("span").kid(t.say(Key::MenuPayFirst))),
                    ),
                )
                .kid(table),
        )
        .kid(el("div").class("noren__hem"))
        .into_any()
}

/// The brand's mark: a small noren on its rod.
fn mark() -> El {
    el("svg").set("viewBox", "0 0 32 32").set("aria-hidden", "true").kid(el("path").set("d", "M3 5h26").set("stroke", "#f2c88a").set("stroke-width", "3").set("stroke-linecap", "round")).kid(el("path").set("d", "M5 7h6.500v17q-3.300 2-6.500 0zM12.800 7h6.400v17q-3.200 2-6.400 0zM20.500 7H27v17q-3.200 2-6.500 0z").set("fill", "#fff")).kid(el("path").set("d", "M11.400 15.500a4.600 4.600 0 1 0 9.200 0a4.600 4.600 0 1 0-9.200 0").set("fill", "#c74700"))
}
