//! The browser's own things that every screen may need: window, document, randomness, connection, pauses.
//! Not here: requests (`net`), addresses (`router`), memory (`storage`), time of day (`clock`).
//! Nothing of this may be called while the server renders: only in effects, handlers and tasks.

pub mod clock;
pub mod storage;

use js_sys::{Array, Function, Promise, Uint8Array};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, Document, Element, Event, EventTarget, HtmlAnchorElement, HtmlElement, IntersectionObserver,
    IntersectionObserverEntry, IntersectionObserverInit, Url, Window,
};

/// The window; it is always there in a page.
#[expect(clippy::expect_used, reason = "an app without a window cannot say anything to anybody")]
pub fn window() -> Window {
    web_sys::window().expect("a window")
}

/// The document; it is always there in a page.
#[expect(clippy::expect_used, reason = "an app without a document cannot say anything to anybody")]
pub fn document() -> Document {
    window().document().expect("a document")
}

/// The element of that id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Leaves the app for another page.
pub fn leave_for(url: &str) {
    // Refused only for what is no address.
    drop(window().location().assign(url));
}

/// A new unguessable key of 32 hex digits, for `Idempotency-Key`.
pub fn random_key() -> String {
    let bytes = Uint8Array::new_with_length(16);
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_array_buffer_view(&bytes));
    debug_assert!(filled.is_ok(), "every supported browser has crypto.getRandomValues");
    let digits = |byte: &u8| [byte >> 4, byte & 15];
    bytes.to_vec().iter().flat_map(digits).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Has the browser save a text as a file, in UTF-8 with the mark by which spreadsheet programs know it.
pub fn save_file(name: &str, text: &str) {
    // Refused only where a browser keeps files from being saved; it says so itself.
    drop(save(name, text));
}

fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let parts = Array::of2(&JsValue::from_str("\u{feff}"), &JsValue::from_str(text.trim_start_matches('\u{feff}')));
    let url = Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts)?)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}

/// Whether the phone believes it has a connection.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Waits so many milliseconds.
pub async fn pause(ms: i32) {
    let promise = Promise::new(&mut |resolve: Function, _| {
        let set = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        debug_assert!(set.is_ok(), "setTimeout takes a function and a number");
    });
    // A pause cannot fail.
    drop(JsFuture::from(promise).await);
}

/// Calls back on an event until the current owner goes away.
pub fn listen(target: &EventTarget, event: &'static str, callback: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(callback);
    let function: Function = closure.as_ref().clone().unchecked_into();
    if target.add_event_listener_with_callback(event, &function).is_err() {
        return;
    }
    let kept = SendWrapper::new((target.clone(), function, closure));
    on_cleanup(move || {
        let (target, function, closure) = kept.take();
        // Fails only when it was never added.
        drop(target.remove_event_listener_with_callback(event, &function));
        drop(closure);
    });
}

/// Calls back with each element that comes into view (true) or leaves it, until the current owner goes away.
/// `margin` narrows or widens the view, as in CSS.
pub fn watch_view(elements: &[HtmlElement], margin: &str, mut change: impl FnMut(Element, bool) + 'static) {
    let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        for entry in entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()) {
            change(entry.target(), entry.is_intersecting());
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(margin);
    let function = callback.as_ref().unchecked_ref();
    let Ok(observer) = IntersectionObserver::new_with_options(function, &options) else { return };
    for element in elements {
        observer.observe(element);
    }
    let kept = SendWrapper::new((observer, callback));
    on_cleanup(move || kept.0.disconnect());
}
