//! Small parts that both apps show: icons, words in another language, notices.
//! Not here: parts of one app only; looks (`style/parts.css`).

mod el;
mod icon;
mod notice;
mod proof;
mod state;

use leptos::prelude::*;
use okini_shared::text::Words;

pub(crate) use el::together;
pub use el::{Child, El, Kid, Value, el, follow, live, nothing, side_by_side};
pub use icon::Icon;
pub use notice::{Tone, notice};
pub use proof::shape;
pub use state::State;

/// A name as its reader should hear it: marked when it is in another language than the page.
pub fn said(words: &Words) -> AnyView {
    match words.lang {
        Some(lang) => el("span").set("lang", lang.html()).kid(words.text.clone()).into_any(),
        None => words.text.clone().into_any(),
    }
}
