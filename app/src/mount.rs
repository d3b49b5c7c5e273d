//! The browser takes over a page that the server wrote: reads the page's data, builds the same view apart,
//! and swaps it in at once. What the reader did before, and where he was, is given back by `start.js`.

use leptos::mount::mount_to;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::browser::{document, element};

/// The JSON in the script element of that id.
pub fn page_data<T: DeserializeOwned>(id: &str) -> Option<T> {
    crate::json::from_str(&document().get_element_by_id(id)?.text_content()?).ok()
}

/// Builds `view` and puts it in the place of the element `app`.
pub fn take_over<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) {
    let Some(old) = element("app") else { return };
    let Some(new) = document().create_element("div").ok().and_then(|div| div.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    new.set_id("app");
    new.set_class_name(&old.class_name());
    // The view lives as long as the page.
    mount_to(new.clone(), view).forget();
    old.replace_with_with_node_1(&new).unwrap_or_default();
}
