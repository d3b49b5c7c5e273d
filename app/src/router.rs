//! The address bar: which path is shown, going to another one without loading a page, and going back.
//! Links are plain `<a href>` and work without the app. Not here: which paths an app knows (each app's `route`).

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent, ScrollRestoration};

use crate::browser::{document, listen, window};
use crate::ui::State;

/// The current path, shared by all views of an app.
#[derive(Debug, Clone, Copy)]
pub struct Router {
    path: State<String>,
    /// Where the page stood when a path was left.
    left_at: StoredValue<Vec<(String, f64)>>,
}

impl Router {
    /// A router that shows `path`.
    pub fn new(path: String) -> Self {
        Self { path: State::new(path), left_at: StoredValue::new(Vec::new()) }
    }

    /// The path shown, without query and fragment.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// Shows another path; the browser's back button returns here.
    pub fn go(self, path: &str) {
        self.leave();
        self.left_at.update_value(|all| all.retain(|(left, _)| left != path));
        let depth = JsValue::from_f64(f64::from(depth().saturating_add(1)));
        // Refused only for another origin's address.
        drop(window().history().and_then(|history| history.push_state_with_url(&depth, "", Some(path))));
        self.path.set(path.to_owned());
    }

    /// Shows another path in place of this one.
    pub fn replace(self, path: &str) {
        let depth = JsValue::from_f64(f64::from(depth()));
        drop(window().history().and_then(|history| history.replace_state_with_url(&depth, "", Some(path))));
        self.path.set(path.to_owned());
    }

    /// Goes back to `path`: in the history when the app came from within, else as a new start.
    pub fn back_to(self, path: &str) {
        if depth() > 0 {
            drop(window().history().and_then(|history| history.back()));
        } else {
            self.replace(path);
        }
    }

    /// How far down the page stood when the current path was last left.
    pub fn remembered_scroll(self) -> f64 {
        let path = self.path.get_untracked();
        let found = |all: &Vec<(String, f64)>| all.iter().find(|(left, _)| *left == path).map(|(_, y)| *y);
        self.left_at.with_value(found).unwrap_or_default()
    }

    /// Follows clicks on links whose path the app `owns`, and the browser's back and forward buttons.
    /// A link with `data-back` closes what is open: it goes back instead of adding to the history.
    pub fn follow_links(self, owns: impl Fn(&str) -> bool + 'static) {
        if let Ok(history) = window().history() {
            drop(history.set_scroll_restoration(ScrollRestoration::Manual));
        }
        listen(&window(), "popstate", move |_| {
            self.leave();
            self.path.set(address());
        });
        listen(&document(), "click", move |event| {
            let Some(link) = followed(&event) else { return };
            let path = link.pathname();
            if !owns(&path) {
                return;
            }
            event.prevent_default();
            if link.has_attribute("data-back") {
                self.back_to(&path);
            } else if path != self.path.get_untracked() {
                self.go(&path);
            }
        });
    }

    fn leave(self) {
        let (path, y) = (self.path.get_untracked(), window().scroll_y().unwrap_or_default());
        self.left_at.update_value(|all| {
            all.retain(|(left, _)| *left != path);
            all.push((path, y));
        });
    }
}

/// The path in the address bar.
pub fn address() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The link that a click would follow in this window to a whole page of this site.
fn followed(event: &Event) -> Option<HtmlAnchorElement> {
    let click = event.dyn_ref::<MouseEvent>()?;
    let modified = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if event.default_prevented() || click.button() != 0 || modified {
        return None;
    }
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let link = target.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let here = link.origin() == window().location().origin().ok()?;
    let whole = link.search().is_empty() && link.hash().is_empty();
    (here && whole && link.target().is_empty() && !link.has_attribute("download")).then_some(link)
}

/// How many steps of this app lie behind the current history entry.
fn depth() -> i32 {
    let state = window().history().and_then(|history| history.state()).ok();
    #[expect(clippy::as_conversions, reason = "a small count that this file wrote itself")]
    state.and_then(|state| state.as_f64()).map_or(0, |depth| depth as i32)
}
