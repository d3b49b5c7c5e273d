//! The sections' tabs: links into the page that follow what is in view.
//! Not here: the sections (`list`).

use leptos::prelude::*;
use okini_shared::api::menu::Category;
use okini_shared::id::CategoryId;

use crate::browser::{element, watch_view};
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{State, el, follow, said};

/// The id of a section in the page.
pub(super) fn anchor(category: CategoryId) -> String {
    category.to_string()
}

pub(super) fn tabs(d: Diner) -> AnyView {
    let current = State::new(d.menu.with_untracked(|menu| menu.categories.first().map(|first| first.id)));
    follow(move || watch(d.menu.with(|menu| menu.categories.iter().map(|one| one.id).collect()), current));
    follow(move || {
        if let Some(tab) = current.get().and_then(|id| element(&format!("tab-{id}"))) {
            bring_into_view(&tab);
        }
    });
    let tab = move |category: &Category| {
        let id = category.id;
        let is_current = move || (current.get() == Some(id)).then_some("true");
        el("a")
            .class("tabs__tab")
            .set("id", format!("tab-{id}"))
            .set("href", format!("#{}", anchor(id)))
            .live("aria-current", is_current)
            .kid(said(&category.name))
    };
    el("nav")
        .class("tabs")
        .set("aria-label", d.t.say(Key::MenuSections))
        .live_kid(move || d.menu.with(|menu| menu.categories.iter().map(tab).collect::<Vec<_>>()))
        .into_any()
}

/// Scrolls the row of tabs only, never the page.
fn bring_into_view(tab: &web_sys::HtmlElement) {
    if let Some(row) = tab.parent_element() {
        row.set_scroll_left(tab.offset_left() - 16);
    }
}

/// Keeps `current` at the topmost section in view, until the owner goes away.
fn watch(order: Vec<CategoryId>, current: State<Option<CategoryId>>) {
    let sections: Vec<_> = order.iter().filter_map(|id| element(&anchor(*id))).collect();
    let mut shown = Vec::new();
    watch_view(&sections, "-80px 0px -60% 0px", move |section, in_view| {
        let Ok(id) = section.id().parse::<CategoryId>() else { return };
        shown.retain(|other| *other != id);
        if in_view {
            shown.push(id);
        }
        if let Some(first) = order.iter().find(|id| shown.contains(id)) {
            current.set(Some(*first));
        }
    });
}
