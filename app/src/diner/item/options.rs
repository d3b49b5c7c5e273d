//! A dish's questions: required ones first, each answer with its price and its allergens.
//! Not here: what is chosen (`choice`).

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu, MenuOption, OptionGroup};

use super::choice::Choice;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, el, said};

pub(super) fn groups(d: Diner, menu: &Menu, item: &Item, choice: Choice) -> AnyView {
    let all = || item.groups.iter().filter_map(|id| menu.group(*id));
    let required_first = all().filter(|group| group.min > 0).chain(all().filter(|group| group.min == 0));
    required_first.map(|group| one(d, group, choice)).collect_view().into_any()
}

fn one(d: Diner, group: &OptionGroup, choice: Choice) -> AnyView {
    let id = group.id;
    let error = format!("e-{id}");
    let described_by = error.clone();
    let missing = move || choice.missing.get() == Some(id);
    let list_class = move || if missing() { "opts__list opts__list--bad" } else { "opts__list" };
    let options = group.options.iter().map(|option| answer(d, group, option, choice)).collect_view();
    let message = move || {
        missing().then(|| {
            el("p")
                .class("t-14 row row--top is-bad")
                .kid(Icon::Alert.small())
                .kid(el("span").kid(d.t.say(Key::ItemChoose)))
        })
    };
    el("fieldset")
        .class("opts")
        .set("aria-describedby", described_by)
        .kid(
            el("legend")
                .class("opts__h")
                .set("id", id.to_string())
                .set("tabindex", "-1")
                .kid(said(&group.name))
                .kid(" ")
                .kid(how_many(d, group)),
        )
        .kid(el("div").set("id", error).set("role", "alert").live_kid(message))
        .kid(el("div").live("class", list_class).kid(options))
        .into_any()
}

fn how_many(d: Diner, group: &OptionGroup) -> AnyView {
    let (min, max) = (group.min.to_string(), group.max.to_string());
    let text = match (group.min, group.max) {
        (1, 1) => d.t.say(Key::ItemPickOne).to_owned(),
        (0, _) => return el("span").class("t-14 quiet").kid(d.t.item_pick_up_to(&max)).into_any(),
        (one, other) if one == other => d.t.item_pick_exactly(&min),
        _ => d.t.item_pick_range(&min, &max),
    };
    el("span").class("flag flag--solid").kid(text).into_any()
}

fn answer(d: Diner, group: &OptionGroup, option: &MenuOption, choice: Choice) -> AnyView {
    let t = d.t;
    let (id, name) = (option.id, group.id.to_string());
    let radio = group.min == 1 && group.max == 1;
    let sold_out = option.is_sold_out(d.now.get_untracked());
    let checked = move || choice.options.with(|options| options.contains(&id));
    let full = {
        let group = group.clone();
        move || {
            sold_out
                || (!radio
                    && group.max > 1
                    && !checked()
                    && i64::try_from(choice.picks(&group)).is_ok_and(|n| n >= group.max))
        }
    };
    let on_change = {
        let group = group.clone();
        move |event| choice.pick(&group, id, event_target_checked(&event))
    };
    let contains = option.contains.clone();
    let avoided = contains.clone();
    let allergens = (!contains.is_empty()).then(|| {
        let class =
            move || if d.avoid.with(|avoid| avoided.iter().any(|one| avoid.contains(one))) { "is-bad b" } else { "" };
        el("small").live("class", class).kid(t.option_contains(&say::allergens(t, &contains)))
    });
    let price = if sold_out {
        el("span").class("flag").kid(t.say(Key::DishSoldOut)).into_any()
    } else {
        el("span").class("choice__p").kid("+").kid(d.yen(option.price)).into_any()
    };
    el("label")
        .set("class", if sold_out { "choice choice--off" } else { "choice" })
        .kid(
            el("input")
                .set("type", if radio { "radio" } else { "checkbox" })
                .set("name", name)
                .live(".checked", checked)
                .live("disabled", full)
                .test(format!("option-{id}"))
                .on("change", on_change),
        )
        .kid(el("span").class("choice__t").kid(said(&option.name)).kid(allergens))
        .kid(price)
        .into_any()
}
