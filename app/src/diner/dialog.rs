//! A sheet over the page: the browser's own modal dialog, so that focus, Esc and the page behind are right by themselves.
//! In a page written by the server it stands open. Not here: what is in a sheet.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement};

use super::route::Route;
use super::state::Diner;
use super::texts::Key;
use crate::browser::element;
use crate::ui::{El, Icon, el, follow, together};

/// There is at most one sheet.
const ID: &str = "sheet";

/// The id of its heading, which names it and gets the focus.
const TITLE: &str = "sheet-title";

/// A sheet that closes by going back to the menu.
pub(super) fn dialog(d: Diner, class: &'static str, content: AnyView) -> AnyView {
    follow(move || {
        if let Some(dialog) = here() {
            // It may not stand open already when it becomes modal.
            dialog.set_open(false);
            drop(dialog.show_modal());
        }
        // Gives the focus back to what opened it.
        on_cleanup(|| {
            if let Some(dialog) = here() {
                dialog.close();
            }
        });
    });
    let on_cancel = move |event: Event| {
        event.prevent_default();
        d.back_to_menu();
    };
    // The part around the sheet is the dialog itself.
    let on_click = move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.id() == ID) {
            d.back_to_menu();
        }
    };
    el("dialog")
        .set("class", class)
        .set("id", ID)
        .set("open", true)
        .set("aria-labelledby", TITLE)
        .on("cancel", on_cancel)
        .on("click", on_click)
        .kid(content)
        .into_any()
}

/// The heading of a sheet.
pub(super) fn title() -> El {
    el("h2").set("id", TITLE).set("tabindex", "-1").set("autofocus", true)
}

/// The cross that closes a sheet.
pub(super) fn close(d: Diner) -> El {
    el("a")
        .class("icon-btn")
        .set("href", d.link(Route::Menu))
        .set("data-back", true)
        .set("aria-label", d.t.say(Key::Close))
        .kid(Icon::Close.full())
}

/// The head of a small sheet.
pub(super) fn head(d: Diner, text: Key) -> AnyView {
    let bar = el("div").class("sheet__head").kid(title().kid(d.t.say(text))).kid(close(d));
    together![el("div").class("sheet__grip"), bar]
}

fn here() -> Option<HtmlDialogElement> {
    element(ID)?.dyn_into().ok()
}
