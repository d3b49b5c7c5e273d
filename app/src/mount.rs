//! The browser takes over a page that the server wrote: reads the page's data, builds the same view apart,
//! and swaps it in at once, keeping scroll, focus and what was typed. Taps made before are replayed by `start.js`.

use leptos::mount::mount_to;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use crate::browser::{document, element, window};

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
    let (y, typed) = (window().scroll_y().unwrap_or_default(), Typed::read(&old));
    old.replace_with_with_node_1(&new).unwrap_or_default();
    window().scroll_to_with_x_and_y(0.0, y);
    if let Some(typed) = typed {
        typed.restore(&new);
    }
}

/// The focused element by its place in the tree, and the text in it.
struct Typed {
    places: Vec<u32>,
    text: Option<String>,
}

impl Typed {
    fn read(root: &Element) -> Option<Self> {
        let focused = document().active_element().filter(|focused| root.contains(Some(focused)))?;
        let text = focused.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        let mut places = Vec::new();
        let mut here = focused;
        while here != *root {
            let parent = here.parent_element()?;
            let children = parent.children();
            places.push((0..children.length()).find(|i| children.item(*i).as_ref() == Some(&here))?);
            here = parent;
        }
        places.reverse();
        Some(Self { places, text })
    }

    fn restore(self, root: &Element) {
        let mut here = root.clone();
        for place in self.places {
            let Some(child) = here.children().item(place) else { return };
            here = child;
        }
        if let (Some(text), Some(input)) =
            (self.text.filter(|text| !text.is_empty()), here.dyn_ref::<HtmlInputElement>())
        {
            input.set_value(&text);
            if let Ok(event) = Event::new("input") {
                drop(input.dispatch_event(&event));
            }
        }
        if let Some(element) = here.dyn_ref::<HtmlElement>() {
            drop(element.focus());
        }
    }
}
