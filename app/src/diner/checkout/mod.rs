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
use crate::ui::Icon;

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
    view! {
        <header class="bar">
            <a class="icon-btn" href=d.link(Route::Menu) data-back aria-label=t.say(Key::BackToMenu)>{Icon::Back.full()}</a>
            <h1 class="bar__title" id="screen-title" tabindex="-1">{t.say(Key::CartTitle)}</h1>
            <p class="bar__sub">{seat}</p>
        </header>
        {body}
    }
    .into_any()
}

fn loading(d: Diner) -> AnyView {
    view! {
        <main class="page__main" id="menu" aria-busy="true">
            <p class="sr">{d.t.say(Key::Loading)}</p>
            <div class="skeleton skeleton--seg"></div>
            <div class="skeleton skeleton--card"></div>
            <div class="skeleton skeleton--card"></div>
        </main>
    }
    .into_any()
}

fn empty(d: Diner) -> AnyView {
    view! {
        <main class="page__main" id="menu">
            <section class="card empty">
                <h2>{d.t.say(Key::CartEmpty)}</h2>
                <p class="t-14">{d.t.say(Key::CartEmptyHow)}</p>
                <a class="btn btn--line" href=d.link(Route::Menu) data-back>{d.t.say(Key::BackToMenu)}</a>
            </section>
        </main>
    }
    .into_any()
}

fn cart(d: Diner) -> AnyView {
    let too_much = move || (d.sum.get() == Sum::TooMuch).then(|| {
        let (title, more) = d.t.say_both(Key::CartTooMuch);
        crate::ui::notice(crate::ui::Tone::Bad, Icon::Alert, title, more)
    });
    view! {
        <main class="page__main" id="menu">
            {offline::banner(d)}
            {lines::place(d)}
            {lines::list(d)}
            {offline::possible(d)}
            {too_much}
            {bill::note(d)}
            {bill::sums(d)}
            {bill::adult(d)}
            {facts::before_paying(d)}
            {pay::methods(d)}
        </main>
        {pay::foot(d)}
    }
    .into_any()
}
