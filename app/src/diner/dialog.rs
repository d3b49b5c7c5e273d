//! A sheet over the page: the browser's own modal dialog, so that focus, Esc and the page behind are right by themselves.
//! In a page written by the server it stands open. Not here: what is in a sheet.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement};

use super::state::Diner;
use crate::browser::element;
use crate::ui::{el, follow};

/// There is at most one sheet.
const ID: &str = "sheet";

/// A sheet that closes by going back to the menu. `title` is the id of its heading.
pub(super) fn dialog(d: Diner, class: &'static str, title: &'static str, content: AnyView) -> AnyView {
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
        .set("aria-labelledby", title)
        .on("cancel", on_cancel)
        .on("click", on_click)
        .kid(content)
        .into_any()
}

fn here() -> Option<HtmlDialogElement> {
    element(ID)?.dyn_into().ok()
}
