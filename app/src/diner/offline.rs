//! No connection: said once at the top, and what can be done meanwhile.
//! Not here: keeping and sending an order (`placing`), keeping the pages (the service worker).

use leptos::prelude::*;

use super::say;
use super::state::Diner;
use super::texts::Key;
use crate::ui::{Icon, Tone, el, live, notice};

/// Shown while there is no connection.
pub(super) fn banner(d: Diner) -> AnyView {
    live(move || {
        (!d.online.get()).then(|| {
            let (title, more) = d.t.say_both(Key::OfflineBanner);
            notice(Tone::Wait, Icon::NoSignal, title, more)
        })
    })
}

/// What works without a connection.
pub(super) fn possible(d: Diner) -> AnyView {
    let t = d.t;
    live(move || {
        (!d.online.get()).then(|| {
            let read = t.offline_read_at(&say::clock(d.read_at.get()));
            el("section").class("card").kid(el("h2").kid(t.say(Key::OfflinePossible))).kid(
                el("ul")
                    .class("cond")
                    .kid(
                        el("li")
                            .kid(Icon::Eye.full())
                            .kid(el("div").kid(t.say(Key::OfflineRead)).kid(el("small").kid(read))),
                    )
                    .kid(el("li").kid(Icon::Bell.full()).kid(el("div").kid(t.say(Key::OfflineStaff)))),
            )
        })
    })
}
