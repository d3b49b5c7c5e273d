//! A message in the page: what happened, then what to do. Bad news interrupts a screen reader, other news waits.
//! Not here: when there is something to say.

use leptos::prelude::*;

use super::{Icon, Kid, el};

/// How a message is meant; always with a word and an icon as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Wait,
    Bad,
    Info,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Ok => "notice notice--ok",
            Self::Wait => "notice notice--wait",
            Self::Bad => "notice notice--bad",
            Self::Info => "notice notice--info",
        }
    }
}

/// A message with a heading and whatever explains it.
pub fn notice(tone: Tone, icon: Icon, title: impl Into<String>, more: impl Kid) -> AnyView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    el("div")
        .set("class", tone.class())
        .set("role", role)
        .kid(icon.full())
        .kid(el("div").kid(el("b").kid(title.into())).kid(more))
        .into_any()
}
