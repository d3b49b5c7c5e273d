//! A sheet over the page: the browser's own modal dialog, so that focus, Esc and the page behind are right by themselves.
//! In a page written by the server it stands open. Not here: what is in a sheet.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Node;

use super::state::Diner;

/// A sheet that closes by going back to the menu. `title` is the id of its heading.
pub(super) fn dialog(d: Diner, class: &'static str, title: &'static str, content: AnyView) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // It may not stand open already when it becomes modal.
            dialog.set_open(false);
            drop(dialog.show_modal());
            on_cleanup({
                let dialog = send_wrapper::SendWrapper::new(dialog);
                // Gives the focus back to what opened it.
                move || dialog.close()
            });
        }
    });
    let on_cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        d.back_to_menu();
    };
    let on_click = move |event: leptos::ev::MouseEvent| {
        let outside = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if outside.is_some() && outside.as_ref() == node.get_untracked().as_deref().map(AsRef::as_ref) {
            d.back_to_menu();
        }
    };
    view! {
        <dialog class=class open node_ref=node aria-labelledby=title on:cancel=on_cancel on:click=on_click>
            {content}
        </dialog>
    }
    .into_any()
}
