//! The noren: the programme's brand, the shop's name and state, the table.
//! Not here: heads of other screens (`bar`).

use leptos::prelude::*;

use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, said};

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
        seat.as_ref().map(|seat| {
            view! { <p class="noren__table">{t.say(Key::SeatTable)}<b>{seat.label.clone()}</b></p> }
        })
    });
    view! {
        <header class="noren">
            <div class="noren__bar">
                <a class="noren__brand" href=d.link(Route::Menu)>{mark()}<span>{t.say(Key::AppName)}</span></a>
                <a class="noren__tool" href=d.link(Route::Display) data-testid="language">
                    {Icon::Globe.small()}{t.lang().own_name()}{Icon::Down.small()}
                </a>
            </div>
            <div class="noren__rod"></div>
            <div class="noren__cloth">
                <span class="noren__crest" aria-hidden="true">{crest}</span>
                <div class="grow">
                    <h1 class="noren__name">{name}</h1>
                    <p class="noren__meta"><span><b>{open}</b>" "{until}</span><span>{t.say(Key::MenuPayFirst)}</span></p>
                </div>
                {table}
            </div>
            <div class="noren__hem"></div>
        </header>
    }
    .into_any()
}

/// The brand's mark: a small noren on its rod.
fn mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 5h26" stroke="#f2c88a" stroke-width="3" stroke-linecap="round"></path>
            <path d="M5 7h6.500v17q-3.300 2-6.500 0zM12.800 7h6.400v17q-3.200 2-6.400 0zM20.500 7H27v17q-3.200 2-6.500 0z" fill="#fff"></path>
            <path d="M11.400 15.500a4.600 4.600 0 1 0 9.200 0a4.600 4.600 0 1 0-9.200 0" fill="#c74700"></path>
        </svg>
    }
}
