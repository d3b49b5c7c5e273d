//! The cart's lines: where each is eaten, how many. Not here: what they cost together (`bill`).

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu};
use okini_shared::api::order::CartLine;
use okini_shared::rules::tax::{Place, RateKind, TaxClass, rate_at};

use crate::diner::item::{rate, stepper};
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, said};

/// Eat in or take out, for everything.
pub(super) fn place(d: Diner) -> AnyView {
    let t = d.t;
    let now = d.now.get_untracked();
    let option = move |place: Place, label: Key, kind: RateKind, icon: Icon| {
        let rate = d.menu.with(|menu| rate_at(&menu.rates, kind, now)).map(|rate| say::percent(rate.basis_points));
        view! {
            <label>
                <input type="radio" name="place" data-testid=format!("place-{}", place.name())
                    prop:checked=move || d.cart.with(|cart| cart.place == place)
                    on:change=move |_| d.menu.with_untracked(|menu| d.cart.update(|cart| cart.move_all(menu, place)))/>
                {icon.small()}
                <span>{t.say(label)}<small>{t.cart_tax_rate(&rate.unwrap_or_default())}</small></span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="sr">{t.say(Key::CartPlace)}</legend>
            <div class="seg">
                {option(Place::EatIn, Key::CartEatIn, RateKind::Standard, Icon::Bowl)}
                {option(Place::Takeout, Key::CartTakeout, RateKind::Reduced, Icon::Bag)}
            </div>
        </fieldset>
    }
    .into_any()
}

/// The lines.
pub(super) fn list(d: Diner) -> AnyView {
    // Only what a line shows besides its number of pieces and amount: stepping does not rebuild the list.
    let shape = Memo::new(move |_| {
        d.cart.with(|cart| cart.lines.iter().map(|line| (line.item, line.options.clone(), line.place)).collect::<Vec<_>>())
    });
    let lines = move || {
        shape.track();
        let menu = d.menu.get();
        let cart = d.cart.get_untracked();
        let line = |(index, line): (usize, &CartLine)| Some(one(d, &menu, index, line, menu.item(line.item)?));
        cart.lines.iter().enumerate().filter_map(line).collect_view()
    };
    view! {
        <section class="card card--flush">
            <h2 class="sr">{d.t.say(Key::CartLines)}</h2>
            <ul>{lines}</ul>
        </section>
    }
    .into_any()
}

fn one(d: Diner, menu: &Menu, index: usize, line: &CartLine, item: &Item) -> AnyView {
    let amount = move || {
        d.cart.with(|cart| cart.lines.get(index).and_then(|line| line.seen.checked_mul(line.quantity))).map(|amount| d.yen(amount))
    };
    let quantity = Signal::derive(move || d.cart.with(|cart| cart.lines.get(index).map_or(0, |line| line.quantity)));
    let set = move |quantity| {
        d.refused.set(Vec::new());
        d.cart.update(|cart| cart.set_quantity(index, quantity));
    };
    let picture = item.picture.clone().map(|path| view! { <img class="line__pic" src=path alt="" width="56" height="56"/> });
    view! {
        <li class="line">
            {picture.map_or_else(|| view! { <div class="line__pic"></div> }.into_any(), IntoAny::into_any)}
            <div class="stack stack--xs">
                <div>
                    <div class="line__head"><h3 class="line__name">{said(&item.name)}</h3><span class="num t-18">{amount}</span></div>
                    {options(d, menu, line)}
                </div>
                <div class="line__foot">
                    {place_of(d, menu, index, line, item)}
                    {stepper(d, d.t.cart_quantity_of(&item.name.text), quantity, set)}
                </div>
            </div>
        </li>
    }
    .into_any()
}

fn options(d: Diner, menu: &Menu, line: &CartLine) -> Option<AnyView> {
    let all = menu.groups.iter().flat_map(|group| &group.options);
    let chosen: Vec<AnyView> = all
        .filter(|option| line.options.contains(&option.id))
        .enumerate()
        .map(|(i, option)| view! { {(i > 0).then(|| d.t.say(Key::ListSeparator))}{said(&option.name)} }.into_any())
        .collect();
    (!chosen.is_empty()).then(|| view! { <p class="line__sub">{chosen}</p> }.into_any())
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
        return view! { <span class="flag">{label}</span> }.into_any();
    }
    let other = match line.place {
        Place::EatIn => Place::Takeout,
        Place::Takeout => Place::EatIn,
    };
    let on_click = move |_| d.menu.with_untracked(|menu| d.cart.update(|cart| cart.move_line(menu, index, other)));
    let name = d.t.line_change_place(&item.name.text, &label);
    view! {
        <button class="line__place" aria-label=name data-testid=format!("line-place-{index}") on:click=on_click>{label}{Icon::Refresh.small()}</button>
    }
    .into_any()
}
