//! One dish on the menu: picture, name, allergens, both prices, and a button that puts it into the cart.
//! Not here: its options (`item`).

use leptos::prelude::*;
use okini_shared::api::menu::{Allergens, Item};
use okini_shared::api::order::CartLine;
use okini_shared::id::ItemId;
use okini_shared::money::Yen;
use okini_shared::rules::cart::unit_price;
use okini_shared::rules::tax::Place;

use super::back_at;
use crate::browser::pause;
use crate::diner::route::Route;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{Icon, State, el, said, together};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Large,
    Row,
}

pub(super) fn dish(d: Diner, item: &Item, look: Look, sold_out: bool, lazy: bool) -> AnyView {
    let t = d.t;
    let large = look == Look::Large;
    let (width, height) = if large { ("171", "128") } else { ("108", "108") };
    let picture = item.picture.clone().map(|path| {
        // The address last: a browser that has it begins to load.
        el("img")
            .class("dish__pic")
            .set("loading", lazy.then_some("lazy"))
            .set("alt", "")
            .set("width", width)
            .set("height", height)
            .set("src", path)
    });
    let flag = match (&item.label, item.alcohol) {
        (Some(label), _) => Some(el("span").class("flag flag--warm dish__flag").kid(said(label)).into_any()),
        (None, true) => Some(el("span").class("flag dish__flag").kid(t.say(Key::DishAdult)).into_any()),
        (None, false) => None,
    };
    let takeout = item.takeout_price.map(|price| el("small").kid(t.dish_takeout(&d.yen(price))));
    let end = if sold_out {
        let until = item.sold_out.and_then(|sold_out| sold_out.until);
        el("span").class("flag").kid(back_at(d, until)).into_any()
    } else {
        add_button(d, item)
    };
    el("li")
        .set("class", if large { "dish" } else { "dish dish--row" })
        .set("data-state", sold_out.then_some("sold-out"))
        .test(format!("menu-item-{}", item.id))
        .kid(picture.unwrap_or_else(|| el("div").class("dish__pic")))
        .kid(sold_out.then(|| el("p").class("dish__sold").kid(el("span").kid(t.say(Key::DishSoldOut)))))
        .kid(flag)
        .kid(
            el("div")
                .class("dish__body")
                .kid(
                    el("h3")
                        .class("dish__name")
                        .kid(el("a").set("href", d.link(Route::Item(item.id))).kid(said(&item.name))),
                )
                .kid(
                    (!large).then(|| item.description.as_ref().map(|text| el("p").class("dish__desc").kid(said(text)))),
                )
                .kid(allergen_line(t, &item.allergens))
                .kid(
                    el("div")
                        .class("dish__foot")
                        .kid(
                            el("p")
                                .class("price")
                                .kid(el("b").kid(d.yen(item.price)))
                                .kid(" ")
                                .kid(el("span").kid(t.say(Key::TaxIncluded)))
                                .kid(takeout),
                        )
                        .kid(end),
                ),
        )
        .into_any()
}

/// What a dish contains, in one line: those that must be labelled by name, how many others. All of them are in its
/// sheet. Not checked is always said, never an empty place.
fn allergen_line(t: L10n<Key>, allergens: &Allergens) -> AnyView {
    let contains = &allergens.contains;
    let named: Vec<_> = contains.iter().copied().filter(|one| one.mandatory()).collect();
    let others = contains.len() - named.len();
    let more = (others > 0).then(|| t.allergen_more(&others.to_string()));
    let line = el("p").class("allergen").kid(el("span").kid(t.say(Key::AllergenHead)));
    let contained = (!contains.is_empty()).then(|| line.kid(el("b").kid(say::allergens(t, &named)).kid(" ").kid(more)));
    let unknown = (!allergens.unchecked.is_empty())
        .then(|| el("p").class("allergen allergen--unknown").kid(t.say(Key::AllergenAsk)));
    let none =
        (contained.is_none() && unknown.is_none()).then(|| el("p").class("allergen").kid(t.say(Key::AllergenNone)));
    together![contained, unknown, none]
}

/// Puts one piece into the cart; a dish with a question to answer opens its sheet instead.
fn add_button(d: Diner, item: &Item) -> AnyView {
    let (id, name) = (item.id, item.name.text.clone());
    let added = State::new(false);
    let count = move || {
        d.cart.with(|cart| cart.lines.iter().filter(|line| line.item == id).map(|line| line.quantity).sum::<i64>())
    };
    let on_click = move |_| {
        if add_one(d, id) {
            added.set(true);
            crate::net::task(async move {
                pause(2_000).await;
                // The dish may be gone from the page by now.
                added.set(false);
            });
        }
    };
    let face = move || match added.get() {
        true => el("b").kid(count()).into_any(),
        false => Icon::Plus.full().into_any(),
    };
    el("button")
        .class("icon-btn add")
        .set("aria-label", d.t.dish_add(&name))
        .test(format!("add-{id}"))
        .on("click", on_click)
        .live_kid(face)
        .into_any()
}

fn add_one(d: Diner, id: ItemId) -> bool {
    let line = d.menu.with_untracked(|menu| {
        let item = menu.item(id)?;
        let asks = item.groups.iter().filter_map(|group| menu.group(*group)).any(|group| group.min > 0);
        if asks { None } else { plain_line(item, d.cart.with_untracked(|cart| cart.place)) }
    });
    match line {
        Some(line) => {
            d.refused.set(Vec::new());
            d.cart.update(|cart| cart.add(line));
            d.spoken.set(d.t.cart_added(&d.name_of(id)));
            true
        }
        None => {
            d.go(Route::Item(id));
            false
        }
    }
}

fn plain_line(item: &Item, wanted: Place) -> Option<CartLine> {
    let place = if item.takeout_price.is_some() { wanted } else { Place::EatIn };
    let seen = unit_price(item, place, Yen::ZERO)?;
    Some(CartLine { item: item.id, options: Vec::new(), quantity: 1, place, seen })
}
