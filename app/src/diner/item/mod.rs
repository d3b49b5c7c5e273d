//! One dish in a sheet: picture, both prices, allergens, options, how many, into the cart.
//! Not here: the dish on the menu (`menu`).

mod allergens;
mod choice;
mod options;

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu};
use okini_shared::id::ItemId;
use okini_shared::rules::cart::{MAX_QUANTITY, unit_price};
use okini_shared::rules::tax::{self, Place};
use okini_shared::time::Millis;

use super::dialog::{close, dialog, title};
use super::menu::back_at;
use super::route::Route;
use super::say;
use super::state::Diner;
use super::texts::Key;
use crate::ui::{El, Icon, el, live, said, together};
use choice::Choice;

/// The sheet of a dish.
pub(super) fn sheet(d: Diner, id: ItemId) -> AnyView {
    let choice = Choice::new(d, id);
    let content = move || {
        let menu = d.menu.get();
        menu.item(id).map_or_else(|| missing(d), |item| content(d, &menu, item, choice))
    };
    dialog(d, "sheet sheet--full", live(content))
}

fn missing(d: Diner) -> AnyView {
    let back = el("a").class("btn btn--line").set("href", d.link(Route::Menu)).set("data-back", true);
    el("div")
        .class("sheet__body empty")
        .kid(title().kid(d.t.say(Key::ItemMissing)))
        .kid(back.kid(d.t.say(Key::BackToMenu)))
        .into_any()
}

fn content(d: Diner, menu: &Menu, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    let picture = item.picture.clone().map(|path| {
        let picture = el("img").class("item__pic").set("src", path).set("alt", item.name.text.clone());
        picture.set("width", "390").set("height", "210")
    });
    let wait = menu.facility.wait_minutes.to_string();
    let left = item.left.filter(|left| (1..=5).contains(left));
    let flags = el("div")
        .class("row row--wrap")
        .kid(item.label.as_ref().map(|label| el("span").class("flag flag--warm").kid(said(label))))
        .kid(item.alcohol.then(|| el("span").class("flag").kid(t.say(Key::DishAdult))))
        .kid(el("span").class("flag").kid(t.item_wait(&wait)))
        .kid(left.map(|left| el("span").class("flag flag--wait").kid(t.item_left(&left.to_string()))));
    let head = el("div")
        .class("stack stack--s")
        .kid(flags)
        .kid(title().class("t-24").kid(said(&item.name)))
        .kid(item.description.as_ref().map(|text| el("p").kid(said(text))))
        .kid(prices(d, menu, item));
    together![
        el("div").class("item__top").kid(picture).kid(el("div").class("item__close").kid(close(d))),
        el("div")
            .class("item__body")
            .kid(el("div").class("sheet__grip"))
            .kid(head)
            .kid(allergens::section(t, &item.allergens))
            .kid(options::groups(d, menu, item, choice))
            .kid(place(d, item, choice)),
        el("div").class("foot").kid(el("div").class("foot__in").kid(foot(d, item, choice)))
    ]
}

/// Both prices with their rates (Q22: never the cheaper one alone).
fn prices(d: Diner, menu: &Menu, item: &Item) -> El {
    let rate = |place| rate(menu, item, place, d.now.get_untracked());
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
}

/// The tax rate of an item at a place, `10%`.
pub(super) fn rate(menu: &Menu, item: &Item, place: Place, now: Millis) -> String {
    let kind = tax::kind_of(item.tax, place);
    tax::rate_at(&menu.rates, kind, now).map_or_else(String::new, |rate| say::percent(rate.basis_points))
}

fn place(d: Diner, item: &Item, choice: Choice) -> Option<El> {
    item.takeout_price?;
    let option = |place: Place, label: Key, icon: Icon| {
        let input = el("input")
            .set("type", "radio")
            .set("name", "item-place")
            .test(format!("place-{}", place.name()))
            .set(".checked", choice.place.get() == place)
            .on("change", move |_| choice.place.set(place));
        el("label").kid(input).kid(icon.small()).kid(el("span").kid(d.t.say(label)))
    };
    let both = el("div").class("seg").kid(option(Place::EatIn, Key::CartEatIn, Icon::Bowl)).kid(option(
        Place::Takeout,
        Key::CartTakeout,
        Icon::Bag,
    ));
    Some(el("fieldset").kid(el("legend").class("sr").kid(d.t.say(Key::CartPlace))).kid(both))
}

fn foot(d: Diner, item: &Item, choice: Choice) -> AnyView {
    let t = d.t;
    if item.is_sold_out(d.now.get()) {
        let button = el("button").class("btn btn--main btn--block").set("aria-disabled", "true").test("sheet-add");
        return button.kid(back_at(d, item.sold_out.and_then(|sold_out| sold_out.until))).into_any();
    }
    let amount = el("span").class("cart-bar__yen").kid(choice.amount(d).map(|amount| d.yen(amount)));
    let add = el("button").class("btn btn--main btn--solid cart-bar").test("sheet-add");
    let set = move |quantity: i64| choice.quantity.set(quantity.clamp(1, MAX_QUANTITY));
    together![
        stepper(d, t.say(Key::ItemQuantity).to_owned(), choice.quantity.get(), set),
        add.on("click", move |_| choice.add(d)).kid(t.say(Key::ItemAdd)).kid(amount)
    ]
}

/// Minus, a number, plus.
pub(super) fn stepper(d: Diner, label: String, quantity: i64, set: impl Fn(i64) + Copy + 'static) -> El {
    let less = el("button").set("aria-label", d.t.say(Key::StepLess)).on("click", move |_| set(quantity - 1));
    let more = el("button").set("aria-label", d.t.say(Key::StepMore)).on("click", move |_| set(quantity + 1));
    el("div")
        .class("stepper")
        .set("role", "group")
        .set("aria-label", label)
        .kid(less.kid(Icon::Minus.full()))
        .kid(el("output").kid(quantity))
        .kid(more.kid(Icon::Plus.full()))
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
