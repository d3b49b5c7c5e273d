//! One dish in a sheet: picture, both prices, allergens, options, how many, into the cart.
//! Not here: the dish on the menu (`menu`).

mod allergens;
mod choice;
mod options;

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu};
use okini_shared::id::ItemId;
use okini_shared::rules::cart::unit_price;
use okini_shared::rules::tax::{self, Place};
use okini_shared::time::Millis;

use super::dialog::dialog;
use super::menu::back_at;
use super::route::Route;
use super::say;
use super::state::Diner;
use super::texts::Key;
use crate::ui::{Icon, said};
use choice::Choice;

/// The sheet of a dish.
pub(super) fn sheet(d: Diner, id: ItemId) -> AnyView {
    let choice = Choice::new(d, id);
    let content = move || match d.menu.with(|menu| menu.item(id).cloned()) {
        Some(item) => content(d, &item, choice),
        None => missing(d),
    };
    dialog(d, "sheet sheet--full", "item-title", content.into_any())
}

fn missing(d: Diner) -> AnyView {
    view! {
        <div class="sheet__body empty">
            <h2 id="item-title" tabindex="-1" autofocus>{d.t.say(Key::ItemMissing)}</h2>
            <a class="btn btn--line" href=d.link(Route::Menu) data-back>{d.t.say(Key::BackToMenu)}</a>
        </div>
    }
    .into_any()
}

fn content(d: Diner, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    let picture = item.picture.clone().map(|path| {
        view! { <img class="item__pic" src=path alt=item.name.text.clone() width="390" height="210"/> }
    });
    let label = item.label.as_ref().map(|label| view! { <span class="flag flag--warm">{said(label)}</span> });
    let adult = item.alcohol.then(|| view! { <span class="flag">{t.say(Key::DishAdult)}</span> });
    let wait = d.menu.with(|menu| menu.facility.wait_minutes);
    let left = item.left.filter(|left| (1..=5).contains(left));
    view! {
        <div class="item__top">
            {picture}
            <a class="icon-btn item__close" href=d.link(Route::Menu) data-back aria-label=t.say(Key::Close)>{Icon::Close.full()}</a>
        </div>
        <div class="item__body">
            <div class="sheet__grip"></div>
            <div class="stack stack--s">
                <div class="row row--wrap">
                    {label}{adult}<span class="flag">{t.item_wait(&wait.to_string())}</span>
                    {left.map(|left| view! { <span class="flag flag--wait">{t.item_left(&left.to_string())}</span> })}
                </div>
                <h2 id="item-title" class="t-24" tabindex="-1" autofocus>{said(&item.name)}</h2>
                {item.description.as_ref().map(|text| view! { <p>{said(text)}</p> })}
                {prices(d, item)}
            </div>
            {allergens::section(t, &item.allergens)}
            {d.menu.with(|menu| options::groups(d, menu, item, choice))}
            {place(d, item, choice)}
        </div>
        {foot(d, item, choice)}
    }
    .into_any()
}

/// Both prices with their rates (Q22: never the cheaper one alone).
fn prices(d: Diner, item: &Item) -> AnyView {
    let now = d.now.get_untracked();
    let rate = move |place| d.menu.with(|menu| rate(menu, item, place, now));
    let takeout = item.takeout_price.map(|price| {
        view! { <span class="t-14 nw">{d.t.item_takeout(&d.yen(price), &rate(Place::Takeout))}</span> }
    });
    view! {
        <p class="price price--large"><b>{d.yen(item.price)}</b>" "<span class="t-14">{d.t.item_eat_in(&rate(Place::EatIn))}</span>" "{takeout}</p>
    }
    .into_any()
}

/// The tax rate of an item at a place, `10%`.
pub(super) fn rate(menu: &Menu, item: &Item, place: Place, now: Millis) -> String {
    let kind = tax::kind_of(item.tax, place);
    tax::rate_at(&menu.rates, kind, now).map_or_else(String::new, |rate| say::percent(rate.basis_points))
}

fn place(d: Diner, item: &Item, choice: Choice) -> Option<AnyView> {
    item.takeout_price?;
    let option = move |place: Place, label: Key, icon: Icon| {
        view! {
            <label>
                <input type="radio" name="item-place" data-testid=format!("place-{}", place.name())
                    prop:checked=move || choice.place.get() == place on:change=move |_| choice.place.set(place)/>
                {icon.small()}<span>{d.t.say(label)}</span>
            </label>
        }
    };
    let view = view! {
        <fieldset>
            <legend class="sr">{d.t.say(Key::CartPlace)}</legend>
            <div class="seg">
                {option(Place::EatIn, Key::CartEatIn, Icon::Bowl)}
                {option(Place::Takeout, Key::CartTakeout, Icon::Bag)}
            </div>
        </fieldset>
    };
    Some(view.into_any())
}

fn foot(d: Diner, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    let id = item.id;
    let sold_out = Memo::new(move |_| d.menu.with(|menu| menu.item(id).is_none_or(|item| item.is_sold_out(d.now.get()))));
    let until = item.sold_out.and_then(|sold_out| sold_out.until);
    let amount = move || choice.amount(d).map(|amount| d.yen(amount));
    (move || {
        if sold_out.get() {
            return view! {
                <div class="foot"><div class="foot__in">
                    <button class="btn btn--main btn--block" aria-disabled="true" data-testid="sheet-add">{back_at(d, until)}</button>
                </div></div>
            }
            .into_any();
        }
        view! {
            <div class="foot"><div class="foot__in">
                {stepper(d, t.say(Key::ItemQuantity).to_owned(), choice.quantity.into(), move |quantity| choice.quantity.set(quantity.max(1)))}
                <button class="btn btn--main btn--solid cart-bar" data-testid="sheet-add" on:click=move |_| choice.add(d)>
                    {t.say(Key::ItemAdd)}<span class="cart-bar__yen">{amount}</span>
                </button>
            </div></div>
        }
        .into_any()
    })
    .into_any()
}

/// Minus, a number, plus.
pub(super) fn stepper(d: Diner, label: String, quantity: Signal<i64>, set: impl Fn(i64) + Copy + 'static) -> AnyView {
    view! {
        <div class="stepper" role="group" aria-label=label>
            <button aria-label=d.t.say(Key::StepLess) on:click=move |_| set(quantity.get_untracked() - 1)>{Icon::Minus.full()}</button>
            <output>{move || quantity.get()}</output>
            <button aria-label=d.t.say(Key::StepMore) on:click=move |_| set(quantity.get_untracked() + 1)>{Icon::Plus.full()}</button>
        </div>
    }
    .into_any()
}

/// One piece at a place with the given options, or nothing when it is not sold there.
fn unit(menu: &Menu, id: ItemId, place: Place, options: &[okini_shared::id::OptionId]) -> Option<okini_shared::money::Yen> {
    let all = menu.groups.iter().flat_map(|group| &group.options);
    let extra = all.filter(|option| options.contains(&option.id)).map(|option| option.price);
    unit_price(menu.item(id)?, place, okini_shared::money::Yen::checked_sum(extra)?)
}
