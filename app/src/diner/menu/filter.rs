//! Search, and what the diner cannot eat. The choice stays on the phone: it is used here and never sent.
//! Not here: hiding dishes (`list`).

use leptos::prelude::*;
use okini_shared::api::menu::Allergen;

use crate::diner::dialog::dialog;
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::Icon;

pub(super) fn bar(d: Diner, search: RwSignal<String>) -> AnyView {
    let t = d.t;
    let count = move || d.avoid.with(Vec::len);
    let label = move || match count() {
        0 => t.say(Key::FilterOpen).to_owned(),
        count => t.filter_open_count(&count.to_string()),
    };
    view! {
        <search class="find">
            <label class="find__field">
                {Icon::Search.small()}
                <span class="sr">{t.say(Key::SearchLabel)}</span>
                <input type="search" placeholder=t.say(Key::SearchLabel) enterkeyhint="search" autocomplete="off"
                    prop:value=move || search.get() on:input=move |event| search.set(event_target_value(&event))/>
            </label>
            <a class="btn btn--line" class:btn--set=move || count() != 0 href=d.link(Route::Allergies) data-testid="allergies">
                {Icon::Filter.small()}{label}
            </a>
        </search>
    }
    .into_any()
}

/// The sheet in which the diner says what he cannot eat.
pub(in crate::diner) fn sheet(d: Diner) -> AnyView {
    let t = d.t;
    let group = move |title: Key, mandatory: bool| {
        let choices: Vec<AnyView> =
            Allergen::ALL.iter().filter(|one| one.mandatory() == mandatory).map(|one| choice(d, *one)).collect();
        view! {
            <fieldset class="opts">
                <legend class="opts__h">{t.say(title)}</legend>
                <div class="pick">{choices}</div>
            </fieldset>
        }
    };
    let content = view! {
        <div class="sheet__grip"></div>
        <div class="sheet__head">
            <h2 id="filter-title" tabindex="-1" autofocus>{t.say(Key::FilterTitle)}</h2>
            <a class="icon-btn" href=d.link(Route::Menu) data-back aria-label=t.say(Key::Close)>{Icon::Close.full()}</a>
        </div>
        <div class="sheet__body">
            <p class="t-14">{t.say(Key::FilterHow)}</p>
            {group(Key::FilterMandatory, true)}
            {group(Key::FilterOthers, false)}
            <p class="t-14 quiet row row--top">{Icon::Lock.small()}<span>{t.say(Key::FilterPrivate)}</span></p>
        </div>
        <div class="foot"><div class="foot__in">
            <button class="btn btn--text" on:click=move |_| d.avoid.set(Vec::new())>{t.say(Key::FilterRemove)}</button>
            <a class="btn btn--main btn--solid grow" href=d.link(Route::Menu) data-back>{t.say(Key::FilterDone)}</a>
        </div></div>
    };
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
    view! {
        <label>
            <input type="checkbox" prop:checked=move || d.avoid.with(|avoid| avoid.contains(&allergen)) on:change=on_change/>
            {d.t.say(Key::allergen(allergen))}
            {Icon::Check.small()}
        </label>
    }
    .into_any()
}
