//! A dish's questions: required ones first, each answer with its price and its allergens.
//! Not here: what is chosen (`choice`).

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu, MenuOption, OptionGroup};

use super::choice::Choice;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, said};

pub(super) fn groups(d: Diner, menu: &Menu, item: &Item, choice: Choice) -> AnyView {
    let mut groups: Vec<&OptionGroup> = item.groups.iter().filter_map(|id| menu.group(*id)).collect();
    groups.sort_by_key(|group| group.min == 0);
    groups.into_iter().map(|group| one(d, group, choice)).collect_view().into_any()
}

fn one(d: Diner, group: &OptionGroup, choice: Choice) -> AnyView {
    let id = group.id;
    let error = format!("e-{id}");
    let described_by = error.clone();
    let missing = move || choice.missing.get() == Some(id);
    let options = group.options.iter().map(|option| answer(d, group, option, choice)).collect_view();
    let message = move || {
        missing().then(|| view! {
            <p class="t-14 row row--top is-bad">{Icon::Alert.small()}<span>{d.t.say(Key::ItemChoose)}</span></p>
        })
    };
    view! {
        <fieldset class="opts" aria-describedby=described_by>
            <legend class="opts__h" id=id.to_string() tabindex="-1">{said(&group.name)}" "{how_many(d, group)}</legend>
            <div id=error role="alert">{message}</div>
            <div class="opts__list" class:opts__list--bad=missing>{options}</div>
        </fieldset>
    }
    .into_any()
}

fn how_many(d: Diner, group: &OptionGroup) -> AnyView {
    let (min, max) = (group.min.to_string(), group.max.to_string());
    let text = match (group.min, group.max) {
        (1, 1) => d.t.say(Key::ItemPickOne).to_owned(),
        (0, _) => return view! { <span class="t-14 quiet">{d.t.item_pick_up_to(&max)}</span> }.into_any(),
        (one, other) if one == other => d.t.item_pick_exactly(&min),
        _ => d.t.item_pick_range(&min, &max),
    };
    view! { <span class="flag flag--solid">{text}</span> }.into_any()
}

fn answer(d: Diner, group: &OptionGroup, option: &MenuOption, choice: Choice) -> AnyView {
    let t = d.t;
    let (id, name) = (option.id, group.id.to_string());
    let radio = group.min == 1 && group.max == 1;
    let sold_out = option.is_sold_out(d.now.get_untracked());
    let checked = move || choice.options.with(|options| options.contains(&id));
    let full = {
        let group = group.clone();
        move || sold_out || (!radio && group.max > 1 && !checked() && i64::try_from(choice.picks(&group)).is_ok_and(|n| n >= group.max))
    };
    let on_change = {
        let group = group.clone();
        move |event| choice.pick(&group, id, event_target_checked(&event))
    };
    let contains = option.contains.clone();
    let avoided = contains.clone();
    let allergens = (!contains.is_empty()).then(|| {
        let class = move || if d.avoid.with(|avoid| avoided.iter().any(|one| avoid.contains(one))) { "is-bad b" } else { "" };
        view! { <small class=class>{t.option_contains(&say::allergens(t, &contains))}</small> }
    });
    let price = if sold_out {
        view! { <span class="flag">{t.say(Key::DishSoldOut)}</span> }.into_any()
    } else {
        view! { <span class="choice__p">"+"{d.yen(option.price)}</span> }.into_any()
    };
    view! {
        <label class="choice" class:choice--off=sold_out>
            <input type=if radio { "radio" } else { "checkbox" } name=name prop:checked=checked disabled=full
                data-testid=format!("option-{id}") on:change=on_change/>
            <span class="choice__t">{said(&option.name)}{allergens}</span>{price}
        </label>
    }
    .into_any()
}
