//! One dish on the menu: picture, name, allergens, both prices, and a button that puts it into the cart.
//! Not here: its options (`item`).

use leptos::prelude::*;
use okini_shared::api::menu::{Allergens, Item};
use okini_shared::api::order::CartLine;
use okini_shared::id::ItemId;
use okini_shared::rules::cart::unit_price;
use okini_shared::money::Yen;
use okini_shared::rules::tax::Place;

use super::back_at;
use crate::browser::pause;
use crate::diner::route::Route;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{Icon, said};

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
        view! { <img class="dish__pic" src=path alt="" width=width height=height loading=lazy.then_some("lazy")/> }
    });
    let flag = match (&item.label, item.alcohol) {
        (Some(label), _) => Some(view! { <span class="flag flag--warm dish__flag">{said(label)}</span> }.into_any()),
        (None, true) => Some(view! { <span class="flag dish__flag">{t.say(Key::DishAdult)}</span> }.into_any()),
        (None, false) => None,
    };
    let takeout = item.takeout_price.map(|price| view! { <small>{t.dish_takeout(&d.yen(price))}</small> });
    let end = if sold_out {
        let until = item.sold_out.and_then(|sold_out| sold_out.until);
        view! { <span class="flag">{back_at(d, until)}</span> }.into_any()
    } else {
        add_button(d, item)
    };
    view! {
        <li class=if large { "dish" } else { "dish dish--row" } data-state=sold_out.then_some("sold-out") data-testid=format!("menu-item-{}", item.id)>
            {picture.map_or_else(|| view! { <div class="dish__pic"></div> }.into_any(), IntoAny::into_any)}
            {sold_out.then(|| view! { <p class="dish__sold"><span>{t.say(Key::DishSoldOut)}</span></p> })}
            {flag}
            <div class="dish__body">
                <h3 class="dish__name"><a href=d.link(Route::Item(item.id))>{said(&item.name)}</a></h3>
                {(!large).then(|| item.description.as_ref().map(|text| view! { <p class="dish__desc">{said(text)}</p> }))}
                {allergen_line(t, &item.allergens)}
                <div class="dish__foot">
                    <p class="price"><b>{d.yen(item.price)}</b>" "<span>{t.say(Key::TaxIncluded)}</span>{takeout}</p>
                    {end}
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// What a dish contains. Not checked is always said, never an empty place.
fn allergen_line(t: L10n<Key>, allergens: &Allergens) -> AnyView {
    let contains = (!allergens.contains.is_empty()).then(|| {
        let list = say::allergens(t, &allergens.contains);
        view! { <p class="allergen"><span>{t.say(Key::AllergenHead)}</span><b>{list}</b></p> }
    });
    let unknown = (!allergens.unchecked.is_empty())
        .then(|| view! { <p class="allergen allergen--unknown">{t.say(Key::AllergenAsk)}</p> });
    let none = (contains.is_none() && unknown.is_none())
        .then(|| view! { <p class="allergen">{t.say(Key::AllergenNone)}</p> });
    view! { {contains}{unknown}{none} }.into_any()
}

/// Puts one piece into the cart; a dish with a question to answer opens its sheet instead.
fn add_button(d: Diner, item: &Item) -> AnyView {
    let (id, name) = (item.id, item.name.text.clone());
    let added = RwSignal::new(false);
    let count = move || d.cart.with(|cart| cart.lines.iter().filter(|line| line.item == id).map(|line| line.quantity).sum::<i64>());
    let on_click = move |_| {
        if add_one(d, id) {
            added.set(true);
            crate::net::task(async move {
                pause(2_000).await;
                // The dish may be gone from the page by now.
                added.try_set(false);
            });
        }
    };
    let face = move || match added.get() {
        true => view! { <b>{count()}</b> }.into_any(),
        false => Icon::Plus.full().into_any(),
    };
    view! {
        <button class="icon-btn add" aria-label=d.t.dish_add(&name) data-testid=format!("add-{id}") on:click=on_click>{face}</button>
    }
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
