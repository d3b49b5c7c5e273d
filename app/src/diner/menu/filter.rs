//! Search, and what the diner cannot eat. The choice stays on the phone: it is used here and never sent.
//! Not here: hiding dishes (`list`).

use leptos::prelude::*;
use okini_shared::api::menu::Allergen;

use crate::diner::dialog::dialog;
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, el, together};

pub(super) fn bar(d: Diner, search: RwSignal<String>) -> AnyView {
    let t = d.t;
    let count = move || d.avoid.with(Vec::len);
    let label = move || match count() {
        0 => t.say(Key::FilterOpen).to_owned(),
        count => t.filter_open_count(&count.to_string()),
    };
    el("search")
        .class("find")
        .kid(
            el("label")
                .class("find__field")
                .kid(Icon::Search.small())
                .kid(el("span").class("sr").kid(t.say(Key::SearchLabel)))
                .kid(
                    el("input")
                        .set("type", "search")
                        .set("placeholder", t.say(Key::SearchLabel))
                        .set("enterkeyhint", "search")
                        .set("autocomplete", "off")
                        .live(".value", move || search.get())
                        .on("input", move |event| search.set(event_target_value(&event))),
                ),
        )
        .kid(
            el("a")
                .live("class", move || if count() == 0 { "btn btn--line" } else { "btn btn--line btn--set" })
                .set("href", d.link(Route::Allergies))
                .test("allergies")
                .kid(Icon::Filter.small())
                .live_kid(label),
        )
        .into_any()
}

/// The sheet in which the diner says what he cannot eat.
pub(in crate::diner) fn sheet(d: Diner) -> AnyView {
    let t = d.t;
    let group = move |title: Key, mandatory: bool| {
        let choices: Vec<AnyView> =
            Allergen::ALL.iter().filter(|one| one.mandatory() == mandatory).map(|one| choice(d, *one)).collect();
        el("fieldset")
            .class("opts")
            .kid(el("legend").class("opts__h").kid(t.say(title)))
            .kid(el("div").class("pick").kid(choices))
    };
    let content = together![
        el("div").class("sheet__grip"),
        el("div")
            .class("sheet__head")
            .kid(
                el("h2")
                    .set("id", "filter-title")
                    .set("tabindex", "-1")
                    .set("autofocus", true)
                    .kid(t.say(Key::FilterTitle)),
            )
            .kid(
                el("a")
                    .class("icon-btn")
                    .set("href", d.link(Route::Menu))
                    .set("data-back", true)
                    .set("aria-label", t.say(Key::Close))
                    .kid(Icon::Close.full()),
            ),
        el("div")
            .class("sheet__body")
            .kid(el("p").class("t-14").kid(t.say(Key::FilterHow)))
            .kid(group(Key::FilterMandatory, true))
            .kid(group(Key::FilterOthers, false))
            .kid(
                el("p")
                    .class("t-14 quiet row row--top")
                    .kid(Icon::Lock.small())
                    .kid(el("span").kid(t.say(Key::FilterPrivate))),
            ),
        el("div").class("foot").kid(
            el("div")
                .class("foot__in")
                .kid(
                    el("button")
                        .class("btn btn--text")
                        .on("click", move |_| d.avoid.set(Vec::new()))
                        .kid(t.say(Key::FilterRemove)),
                )
                .kid(
                    el("a")
                        .class("btn btn--main btn--solid grow")
                        .set("href", d.link(Route::Menu))
                        .set("data-back", true)
                        .kid(t.say(Key::FilterDone)),
                ),
        )
    ];
    dialog(d, "sheet sheet--over", "filter-title", content.into_any())
}

fn choice(d: Diner, allergen: Allergen) -> AnyView {
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
        .kid(
            el("input")
                .set("type", "checkbox")
                .live(".checked", move || d.avoid.with(|avoid| avoid.contains(&allergen)))
                .on("change", on_change),
        )
        .kid(d.t.say(Key::allergen(allergen)))
        .kid(Icon::Check.small())
        .into_any()
}
