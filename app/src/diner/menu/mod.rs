//! The menu: whose shop, search, sections, dishes, cart. Food and price first.
//! Not here: one dish's sheet (`item`), the cart's screen (`checkout`).

mod dish;
mod filter;
mod head;
mod list;
mod tabs;

use leptos::prelude::*;

use super::cart::Cart;
use super::offline;
use super::route::Route;
use super::say;
use super::state::{Diner, Sum};
use super::texts::Key;
use crate::ui::{Icon, State, Tone, el, live, nothing, notice, together};

pub(super) use filter::sheet as allergy_sheet;

/// The menu's screen.
pub(super) fn screen(d: Diner) -> AnyView {
    let t = d.t;
    let search = State::new(String::new());
    together![
        head::noren(d),
        el("div")
            .class("page__main page__main--tight")
            .kid(filter::bar(d, search))
            .kid(offline::banner(d))
            .kid(super::coupon::strip(d))
            .live_kid(move || (!d.menu.with(|menu| menu.facility.taking_orders)).then(|| closed(d))),
        tabs::tabs(d),
        el("main").class("page__main page__main--menu").set("id", "menu").kid(list::sections(d, search)).kid(
            el("p")
                .class("t-14 quiet row row--wrap")
                .kid(el("a").set("href", "/orders").kid(t.say(Key::HistoryTitle)))
                .kid(el("span").live_kid(move || {
                    d.menu.with(|menu| t.menu_seller(&menu.facility.name.text, &menu.facility.address.text))
                })),
        ),
        cart_foot(d)
    ]
}

fn closed(d: Diner) -> AnyView {
    let (title, more) = d.t.say_both(Key::MenuClosed);
    notice(Tone::Wait, Icon::Clock, title, more)
}

/// The way to the cart; not there while the cart is empty.
fn cart_foot(d: Diner) -> AnyView {
    live(move || {
        let t = d.t;
        let (news, total) = match d.sum() {
            Sum::Empty => return nothing(),
            Sum::Good(bill) => (None, Some(bill.total)),
            Sum::Changed { changes, rest } => {
                let names: Vec<&str> =
                    changes.iter().filter_map(|change| Some(change.name.as_ref()?.text.as_str())).collect();
                (Some(t.menu_cart_changed(&say::list(t, &names))), rest.map(|bill| bill.total))
            }
            Sum::TooMuch => (None, None),
        };
        let pieces = el("span").class("cart-bar__n").kid(el("span").class("sr").kid(t.say(Key::CartPieces)));
        let button = el("a")
            .class("btn btn--main btn--solid cart-bar")
            .set("href", d.link(Route::Cart))
            .test("cart-button")
            .kid(pieces.kid(d.cart.with(Cart::pieces)))
            .kid(t.say(Key::CartOpen))
            .kid(el("span").class("cart-bar__yen").kid(total.map(|total| d.yen(total))));
        let news = el("p").class("foot__news").set("role", "status").kid(news);
        el("div").class("foot").kid(el("div").class("foot__in").kid(news).kid(button)).into_any()
    })
}

/// When a sold-out dish comes back, if the shop said so.
pub(super) fn back_at(d: Diner, until: Option<okini_shared::time::Millis>) -> String {
    match until {
        Some(until) => d.t.dish_back_at(&say::clock(until)),
        None => d.t.say(Key::DishSoldOut).to_owned(),
    }
}
