//! Search, and what the diner cannot eat. The choice stays on the phone: it is used here and never sent.
//! Not here: hiding dishes (`list`).

use leptos::prelude::*;
use okini_shared::api::menu::Allergen;

use crate::diner::dialog::{dialog, head};
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{El, Icon, State, el, live, together};

pub(super) fn bar(d: Diner, search: State<String>) -> AnyView {
    let t = d.t;
    let field = el("input")
        .set("type", "search")
        .set("placeholder", t.say(Key::SearchLabel))
        .set("enterkeyhint", "search")
        .set("autocomplete", "off")
        .live(".value", move || search.get())
        .on("input", move |event| search.set(event_target_value(&event)));
    let allergies = move || {
        let count = d.avoid.with(Vec::len);
        let (class, label) = match count {
            0 => ("btn btn--line", t.say(Key::FilterOpen).to_owned()),
            _ => ("btn btn--line btn--set", t.filter_open_count(&count.to_string())),
        };
        let link = el("a").set("class", class).set("href", d.link(Route::Allergies)).test("allergies");
        link.kid(Icon::Filter.small()).kid(label)
    };
    el("search")
        .class("find")
        .kid(
            el("label")
                .class("find__field")
                .kid(Icon::Search.small())
                .kid(el("span").class("sr").kid(t.say(Key::SearchLabel)))
                .kid(field),
        )
        .live_kid(allergies)
        .into_any()
}

/// The sheet in which the diner says what he cannot eat.
pub(in crate::diner) fn sheet(d: Diner) -> AnyView {
    let t = d.t;
    let body = move || {
        let avoid = d.avoid.get();
        let group = |title: Key, mandatory: bool| {
            let all = Allergen::ALL.iter().filter(|one| one.mandatory() == mandatory);
            let choices: Vec<El> = all.map(|one| choice(d, *one, avoid.contains(one))).collect();
            el("fieldset")
                .class("opts")
                .kid(el("legend").class("opts__h").kid(t.say(title)))
                .kid(el("div").class("pick").kid(choices))
        };
        let private = el("p").class("t-14 quiet row row--top").kid(Icon::Lock.small());
        el("div")
            .class("sheet__body")
            .kid(el("p").class("t-14").kid(t.say(Key::FilterHow)))
            .kid(group(Key::FilterMandatory, true))
            .kid(group(Key::FilterOthers, false))
            .kid(private.kid(el("span").kid(t.say(Key::FilterPrivate))))
    };
    let clear = el("button").class("btn btn--text").on("click", move |_| d.avoid.set(Vec::new()));
    let done = el("a").class("btn btn--main btn--solid grow").set("href", d.link(Route::Menu)).set("data-back", true);
    let foot =
        el("div").class("foot__in").kid(clear.kid(t.say(Key::FilterRemove))).kid(done.kid(t.say(Key::FilterDone)));
    let content = together![head(d, Key::FilterTitle), live(body), el("div").class("foot").kid(foot)];
    dialog(d, "sheet sheet--over", content)
}

fn choice(d: Diner, allergen: Allergen, avoided: bool) -> El {
    let on_change = move |event| {
        let on = event_target_checked(&event);
        d.avoid.update(|avoid| {
            avoid.retain(|one| *one != allergen);
            if on {
                avoid.push(allergen);
            }
        });
    };
    el("label")
        .kid(el("input").set("type", "checkbox").set(".checked", avoided).on("change", on_change))
        .kid(d.t.say(Key::allergen(allergen)))
        .kid(Icon::Check.small())
}
