//! The sections' tabs: links into the page that follow what is in view.
//! Not here: the sections (`list`).

use js_sys::Array;
use leptos::prelude::*;
use okini_shared::api::menu::Category;
use okini_shared::id::CategoryId;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use crate::browser::element;
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
    let mut in_view = Vec::new();
    let sections = order.clone();
    let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        for entry in entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()) {
            let Ok(id) = entry.target().id().parse::<CategoryId>() else { continue };
            in_view.retain(|other| *other != id);
            if entry.is_intersecting() {
                in_view.push(id);
            }
        }
        if let Some(first) = sections.iter().find(|id| in_view.contains(id)) {
            current.set(Some(*first));
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("-80px 0px -60% 0px");
    let function = callback.as_ref().unchecked_ref();
    let Ok(observer) = IntersectionObserver::new_with_options(function, &options) else { return };
    for section in order.iter().filter_map(|id| element(&anchor(*id))) {
        observer.observe(&section);
    }
    let kept = SendWrapper::new((observer, callback));
    on_cleanup(move || kept.0.disconnect());
}
