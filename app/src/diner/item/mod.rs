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
use crate::ui::{Icon, el, live, said, together};
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
    el("div")
        .class("sheet__body empty")
        .kid(
            el("h2")
                .set("id", "item-title")
                .set("tabindex", "-1")
                .set("autofocus", true)
                .kid(d.t.say(Key::ItemMissing)),
        )
        .kid(
            el("a")
                .class("btn btn--line")
                .set("href", d.link(Route::Menu))
                .set("data-back", true)
                .kid(d.t.say(Key::BackToMenu)),
        )
        .into_any()
}

fn content(d: Diner, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    let picture = item.picture.clone().map(|path| {
        el("img")
            .class("item__pic")
            .set("src", path)
            .set("alt", item.name.text.clone())
            .set("width", "390")
            .set("height", "210")
    });
    let label = item.label.as_ref().map(|label| el("span").class("flag flag--warm").kid(said(label)));
    let adult = item.alcohol.then(|| el("span").class("flag").kid(t.say(Key::DishAdult)));
    let wait = d.menu.with(|menu| menu.facility.wait_minutes);
    let left = item.left.filter(|left| (1..=5).contains(left));
    together![
        el("div").class("item__top").kid(picture).kid(
            el("a")
                .class("icon-btn item__close")
                .set("href", d.link(Route::Menu))
                .set("data-back", true)
                .set("aria-label", t.say(Key::Close))
                .kid(Icon::Close.full()),
        ),
        el("div")
            .class("item__body")
            .kid(el("div").class("sheet__grip"))
            .kid(
                el("div")
                    .class("stack stack--s")
                    .kid(
                        el("div")
                            .class("row row--wrap")
                            .kid(label)
                            .kid(adult)
                            .kid(el("span").class("flag").kid(t.item_wait(&wait.to_string())))
                            .kid(left.map(|left| {
                                el("span").class("flag flag--wait").kid(t.item_left(&left.to_string()))
                            }),),
                    )
                    .kid(
                        el("h2")
                            .set("id", "item-title")
                            .class("t-24")
                            .set("tabindex", "-1")
                            .set("autofocus", true)
                            .kid(said(&item.name)),
                    )
                    .kid(item.description.as_ref().map(|text| el("p").kid(said(text))))
                    .kid(prices(d, item)),
            )
            .kid(allergens::section(t, &item.allergens))
            .kid(d.menu.with(|menu| options::groups(d, menu, item, choice)))
            .kid(place(d, item, choice)),
        foot(d, item, choice)
    ]
}

/// Both prices with their rates (Q22: never the cheaper one alone).
fn prices(d: Diner, item: &Item) -> AnyView {
    let now = d.now.get_untracked();
    let rate = move |place| d.menu.with(|menu| rate(menu, item, place, now));
    let takeout = item
        .takeout_price
        .map(|price| el("span").class("t-14 nw").kid(d.t.item_takeout(&d.yen(price), &rate(Place::Takeout))));
    el("p")
        .class("price price--large")
        .kid(el("b").kid(d.yen(item.price)))
        .kid(" ")
        .kid(el("span").class("t-14").kid(d.t.item_eat_in(&rate(Place::EatIn))))
        .kid(" ")
        .kid(takeout)
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
        el("label")
            .kid(
                el("input")
                    .set("type", "radio")
                    .set("name", "item-place")
                    .test(format!("place-{}", place.name()))
                    .live(".checked", move || choice.place.get() == place)
                    .on("change", move |_| choice.place.set(place)),
            )
            .kid(icon.small())
            .kid(el("span").kid(d.t.say(label)))
    };
    let view = el("fieldset").kid(el("legend").class("sr").kid(d.t.say(Key::CartPlace))).kid(
        el("div").class("seg").kid(option(Place::EatIn, Key::CartEatIn, Icon::Bowl)).kid(option(
            Place::Takeout,
            Key::CartTakeout,
            Icon::Bag,
        )),
    );
    Some(view.into_any())
}

fn foot(d: Diner, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    let id = item.id;
    let sold_out =
        Memo::new(move |_| d.menu.with(|menu| menu.item(id).is_none_or(|item| item.is_sold_out(d.now.get()))));
    let until = item.sold_out.and_then(|sold_out| sold_out.until);
    let amount = move || choice.amount(d).map(|amount| d.yen(amount));
    live(move || {
        if sold_out.get() {
            return el("div")
                .class("foot")
                .kid(
                    el("div").class("foot__in").kid(
                        el("button")
                            .class("btn btn--main btn--block")
                            .set("aria-disabled", "true")
                            .test("sheet-add")
                            .kid(back_at(d, until)),
                    ),
                )
                .into_any();
        }
        el("div")
            .class("foot")
            .kid(
                el("div")
                    .class("foot__in")
                    .kid(stepper(d, t.say(Key::ItemQuantity).to_owned(), choice.quantity.into(), move |quantity| {
                        choice.quantity.set(quantity.max(1))
                    }))
                    .kid(
                        el("button")
                            .class("btn btn--main btn--solid cart-bar")
                            .test("sheet-add")
                            .on("click", move |_| choice.add(d))
                            .kid(t.say(Key::ItemAdd))
                            .kid(el("span").class("cart-bar__yen").live_kid(amount)),
                    ),
            )
            .into_any()
    })
}

/// Minus, a number, plus.
pub(super) fn stepper(d: Diner, label: String, quantity: Signal<i64>, set: impl Fn(i64) + Copy + 'static) -> AnyView {
    el("div")
        .class("stepper")
        .set("role", "group")
        .set("aria-label", label)
        .kid(
            el("button")
                .set("aria-label", d.t.say(Key::StepLess))
                .on("click", move |_| set(quantity.get_untracked() - 1))
                .kid(Icon::Minus.full()),
        )
        .kid(el("output").live_kid(move || quantity.get()))
        .kid(
            el("button")
                .set("aria-label", d.t.say(Key::StepMore))
                .on("click", move |_| set(quantity.get_untracked() + 1))
                .kid(Icon::Plus.full()),
        )
        .into_any()
}

/// One piece at a place with the given options, or nothing when it is not sold there.
fn unit(
    menu: &Menu,
    id: ItemId,
    place: Place,
    options: &[okini_shared::id::OptionId],
) -> Option<okini_shared::money::Yen> {
    let all = menu.groups.iter().flat_map(|group| &group.options);
    let extra = all.filter(|option| options.contains(&option.id)).map(|option| option.price);
    unit_price(menu.item(id)?, place, okini_shared::money::Yen::checked_sum(extra)?)
}
