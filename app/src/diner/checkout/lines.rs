//! The cart's lines: where each is eaten, how many. Not here: what they cost together (`bill`).

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu};
use okini_shared::api::order::CartLine;
use okini_shared::rules::tax::{Place, RateKind, TaxClass, rate_at};

use crate::diner::item::{rate, stepper};
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, el, said, together};

/// Eat in or take out, for everything.
pub(super) fn place(d: Diner) -> AnyView {
    let t = d.t;
    let now = d.now.get_untracked();
    let option = move |place: Place, label: Key, kind: RateKind, icon: Icon| {
        let rate = d.menu.with(|menu| rate_at(&menu.rates, kind, now)).map(|rate| say::percent(rate.basis_points));
        el("label")
            .kid(
                el("input")
                    .set("type", "radio")
                    .set("name", "place")
                    .test(format!("place-{}", place.name()))
                    .live(".checked", move || d.cart.with(|cart| cart.place == place))
                    .on("change", move |_| {
                        d.menu.with_untracked(|menu| d.cart.update(|cart| cart.move_all(menu, place)))
                    }),
            )
            .kid(icon.small())
            .kid(el("span").kid(t.say(label)).kid(el("small").kid(t.cart_tax_rate(&rate.unwrap_or_default()))))
    };
    el("fieldset")
        .kid(el("legend").class("sr").kid(t.say(Key::CartPlace)))
        .kid(
            el("div")
                .class("seg")
                .kid(option(Place::EatIn, Key::CartEatIn, RateKind::Standard, Icon::Bowl))
                .kid(option(Place::Takeout, Key::CartTakeout, RateKind::Reduced, Icon::Bag)),
        )
        .into_any()
}

/// The lines.
pub(super) fn list(d: Diner) -> AnyView {
    let lines = move || {
        let (menu, cart) = (d.menu.get(), d.cart.get());
        let line = |(index, line): (usize, &CartLine)| Some(one(d, &menu, index, line, menu.item(line.item)?));
        cart.lines.iter().enumerate().filter_map(line).collect::<Vec<_>>()
    };
    el("section")
        .class("card card--flush")
        .kid(el("h2").class("sr").kid(d.t.say(Key::CartLines)))
        .kid(el("ul").live_kid(lines))
        .into_any()
}

fn one(d: Diner, menu: &Menu, index: usize, line: &CartLine, item: &Item) -> AnyView {
    let amount = line.seen.checked_mul(line.quantity).map(|amount| d.yen(amount));
    let set = move |quantity| {
        d.refused.set(Vec::new());
        d.cart.update(|cart| cart.set_quantity(index, quantity));
    };
    let picture = item.picture.clone().map(|path| {
        el("img").class("line__pic").set("src", path).set("alt", "").set("width", "56").set("height", "56")
    });
    el("li")
        .class("line")
        .kid(picture.unwrap_or_else(|| el("div").class("line__pic")))
        .kid(
            el("div")
                .class("stack stack--xs")
                .kid(
                    el("div")
                        .kid(
                            el("div")
                                .class("line__head")
                                .kid(el("h3").class("line__name").kid(said(&item.name)))
                                .kid(el("span").class("num t-18").kid(amount)),
                        )
                        .kid(options(d, menu, line)),
                )
                .kid(el("div").class("line__foot").kid(place_of(d, menu, index, line, item)).kid(stepper(
                    d,
                    d.t.cart_quantity_of(&item.name.text),
                    line.quantity,
                    set,
                ))),
        )
        .into_any()
}

fn options(d: Diner, menu: &Menu, line: &CartLine) -> Option<AnyView> {
    let all = menu.groups.iter().flat_map(|group| &group.options);
    let chosen: Vec<AnyView> = all
        .filter(|option| line.options.contains(&option.id))
        .enumerate()
        .map(|(i, option)| together![(i > 0).then(|| d.t.say(Key::ListSeparator)), said(&option.name)])
        .collect();
    (!chosen.is_empty()).then(|| el("p").class("line__sub").kid(chosen).into_any())
}

/// A button that moves the line to the other place; a word where there is only one.
fn place_of(d: Diner, menu: &Menu, index: usize, line: &CartLine, item: &Item) -> AnyView {
    let rate = rate(menu, item, line.place, d.now.get_untracked());
    let label = match line.place {
        Place::EatIn => d.t.line_eat_in(&rate),
        Place::Takeout => d.t.line_takeout(&rate),
    };
    if item.takeout_price.is_none() {
        let label = if item.tax == TaxClass::Standard && item.alcohol { d.t.line_alcohol(&rate) } else { label };
        return el("span").class("flag").kid(label).into_any();
    }
    let other = match line.place {
        Place::EatIn => Place::Takeout,
        Place::Takeout => Place::EatIn,
    };
    let on_click = move |_| d.menu.with_untracked(|menu| d.cart.update(|cart| cart.move_line(menu, index, other)));
    let name = d.t.line_change_place(&item.name.text, &label);
    el("button")
        .class("line__place")
        .set("aria-label", name)
        .test(format!("line-place-{index}"))
        .on("click", on_click)
        .kid(label)
        .kid(Icon::Down.small())
        .into_any()
}
