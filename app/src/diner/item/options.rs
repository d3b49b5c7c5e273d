//! A dish's questions: required ones first, each answer with its price and its allergens.
//! Not here: what is chosen (`choice`).

use leptos::prelude::*;
use okini_shared::api::menu::{Item, Menu, MenuOption, OptionGroup};

use super::choice::Choice;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{El, Icon, el, said};

pub(super) fn groups(d: Diner, menu: &Menu, item: &Item, choice: Choice) -> Vec<El> {
    let mut groups = Vec::new();
    for required in [true, false] {
        let of_kind = |group: &&OptionGroup| (group.min > 0) == required;
        let all = item.groups.iter().filter_map(|id| menu.group(*id));
        groups.extend(all.filter(of_kind).map(|group| one(d, group, choice)));
    }
    groups
}

fn one(d: Diner, group: &OptionGroup, choice: Choice) -> El {
    let missing = choice.missing.get() == Some(group.id);
    let error = format!("e-{}", group.id);
    let message = missing.then(|| {
        let line = el("p").class("t-14 row row--top is-bad").kid(Icon::Alert.small());
        line.kid(el("span").kid(d.t.say(Key::ItemChoose)))
    });
    let legend = el("legend").class("opts__h").set("id", group.id.to_string()).set("tabindex", "-1");
    let options = group.options.iter().map(|option| answer(d, group, option, choice)).collect::<Vec<_>>();
    el("fieldset")
        .class("opts")
        .set("aria-describedby", error.clone())
        .kid(legend.kid(said(&group.name)).kid(" ").kid(how_many(d, group)))
        .kid(el("div").set("id", error).set("role", "alert").kid(message))
        .kid(el("div").set("class", if missing { "opts__list opts__list--bad" } else { "opts__list" }).kid(options))
}

fn how_many(d: Diner, group: &OptionGroup) -> El {
    let (min, max) = (group.min.to_string(), group.max.to_string());
    let text = match (group.min, group.max) {
        (1, 1) => d.t.say(Key::ItemPickOne).to_owned(),
        (0, _) => return el("span").class("t-14 quiet").kid(d.t.item_pick_up_to(&max)),
        (one, other) if one == other => d.t.item_pick_exactly(&min),
        _ => d.t.item_pick_range(&min, &max),
    };
    el("span").class("flag flag--solid").kid(text)
}

fn answer(d: Diner, group: &OptionGroup, option: &MenuOption, choice: Choice) -> El {
    let t = d.t;
    let (id, group_id) = (option.id, group.id);
    let radio = group.min == 1 && group.max == 1;
    let sold_out = option.is_sold_out(d.now.get_untracked());
    let checked = choice.options.with(|options| options.contains(&id));
    let full = group.max > 1 && !checked && choice.picks(group) >= usize::try_from(group.max).unwrap_or(usize::MAX);
    let input = el("input")
        .set("type", if radio { "radio" } else { "checkbox" })
        .set("name", group_id.to_string())
        .set(".checked", checked)
        .set("disabled", sold_out || full)
        .test(format!("option-{id}"))
        .on("change", move |event| choice.pick(d, group_id, id, event_target_checked(&event)));
    let allergens = (!option.contains.is_empty()).then(|| {
        let avoided = d.avoid.with(|avoid| option.contains.iter().any(|one| avoid.contains(one)));
        let class = if avoided { "is-bad b" } else { "" };
        el("small").set("class", class).kid(t.option_contains(&say::allergens(t, &option.contains)))
    });
    let price = if sold_out {
        el("span").class("flag").kid(t.say(Key::DishSoldOut))
    } else {
        el("span").class("choice__p").kid("+").kid(d.yen(option.price))
    };
    el("label")
        .set("class", if sold_out { "choice choice--off" } else { "choice" })
        .kid(input)
        .kid(el("span").class("choice__t").kid(said(&option.name)).kid(allergens))
        .kid(price)
}
