//! The root: which page the server meant, what stands around its screens, and the start in the browser.
//! Not here: the screens.

use leptos::prelude::*;

use super::route::Route;
use super::state::{Diner, Place};
use super::texts::Key;
use super::{checkout, coupon, display, item, live, menu, order, placing};
use crate::boot::{Boot, Page};
use crate::browser::{document, element, listen, pause, window};
use crate::l10n::L10n;
use crate::mount::{page_data, take_over};
use crate::router::address;
use crate::ui::{State, el, follow, live, nothing, together};

/// The view of a page, on the server and in the browser.
pub fn view(t: L10n<Key>, boot: Boot) -> AnyView {
    let skip = el("a").class("skip").set("href", "#menu").kid(t.say(Key::SkipToContent));
    let Boot { base, path, page, now, .. } = boot;
    let page = match page {
        Page::Menu { menu, seat } => facility(Diner::new(t, Place { base, path, seat }, menu, now)),
        Page::Order { order } => order::screen(t, order, base),
    };
    together![skip, page]
}

/// Starts in the browser: takes the page's data and puts the running view in the place of the written one.
pub fn start() {
    let (Some(mut boot), Some(texts)) = (page_data::<Boot>("boot"), page_data("texts")) else { return };
    // A kept page may be shown for a deeper address while there is no connection.
    boot.path = address();
    let t = L10n::from_page(boot.lang, texts);
    take_over(move || view(t, boot));
}

fn facility(d: Diner) -> AnyView {
    if cfg!(feature = "csr") {
        wake(d);
    }
    let shown = State::new(whole(untrack(|| d.route())));
    if cfg!(feature = "csr") {
        follow(move || change_screen(d, shown));
    }
    let screen = move || if shown.get() == Route::Cart { checkout::screen(d) } else { menu::screen(d) };
    let sheet = move || match d.route() {
        Route::Item(id) => item::sheet(d, id),
        Route::Allergies => menu::allergy_sheet(d),
        Route::Display => display::sheet(d),
        Route::Menu | Route::Cart => nothing(),
    };
    together![live(screen), live(sheet), el("p").class("sr").set("role", "status").live_kid(move || d.spoken.get())]
}

fn wake(d: Diner) {
    d.wake();
    coupon::refresh(d);
    placing::resume(d);
    live::follow(d);
    // Back from the payment page, the browser may show this page as it was left.
    listen(&window(), "pageshow", move |_| {
        if super::route::below(&d.link(Route::Menu), &address()).is_none() {
            drop(window().location().reload());
        }
    });
    follow(move || {
        let screen = match d.route() {
            Route::Cart => d.t.say(Key::CartTitle).to_owned(),
            Route::Item(id) => d.name_of(id),
            Route::Menu | Route::Allergies | Route::Display => d.t.say(Key::MenuTitle).to_owned(),
        };
        document().set_title(&d.menu.with(|menu| d.t.page_title(&screen, &menu.facility.name.text)));
    });
}

/// The screen below a sheet.
fn whole(route: Route) -> Route {
    if route == Route::Cart { route } else { Route::Menu }
}

/// Sheets come and go over the menu; between menu and cart the whole screen changes.
fn change_screen(d: Diner, shown: State<Route>) {
    let now = whole(d.route());
    if now != shown.get_untracked() {
        shown.set(now);
        crate::net::task(arrive(d, now == Route::Menu));
    }
}

/// A new screen begins at its top with its title in focus; the menu is found where it was left.
async fn arrive(d: Diner, menu: bool) {
    pause(0).await;
    window().scroll_to_with_x_and_y(0.0, if menu { d.router.remembered_scroll() } else { 0.0 });
    if let Some(title) = element("screen-title").filter(|_| !menu) {
        drop(title.focus());
    }
}
