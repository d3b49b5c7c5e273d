//! No connection: said once at the top, and what can be done meanwhile.
//! Not here: keeping and sending an order (`placing`), keeping the pages (the service worker).

use leptos::prelude::*;

use super::say;
use super::state::Diner;
use super::texts::Key;
use crate::ui::{Icon, Tone, notice};

/// Shown while there is no connection.
pub(super) fn banner(d: Diner) -> AnyView {
    (move || {
        (!d.online.get()).then(|| {
            let (title, more) = d.t.say_both(Key::OfflineBanner);
            notice(Tone::Wait, Icon::NoSignal, title, more)
        })
    })
    .into_any()
}

/// What works without a connection.
pub(super) fn possible(d: Diner) -> AnyView {
    let t = d.t;
    (move || {
        (!d.online.get()).then(|| {
            let read = t.offline_read_at(&say::clock(d.read_at.get()));
            view! {
                <section class="card">
                    <h2>{t.say(Key::OfflinePossible)}</h2>
                    <ul class="cond">
                        <li>{Icon::Eye.full()}<div>{t.say(Key::OfflineRead)}<small>{read}</small></div></li>
                        <li>{Icon::Bell.full()}<div>{t.say(Key::OfflineStaff)}</div></li>
                    </ul>
                </section>
            }
        })
    })
    .into_any()
}
