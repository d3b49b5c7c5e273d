//! Pages that are not what was asked for: an unknown or old QR code, a suspended shop, nothing here, our own error.
//! Each says what to do next. Not here: troubles within a screen (`ui::notice`).

use leptos::prelude::*;

use super::Notice;
use crate::diner::display::languages;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{Icon, el, together};

pub(super) fn screen(t: L10n<Key>, kind: Notice, path: &str) -> AnyView {
    let (title, more) = t.say_both(text(kind));
    together![
        el("header").class("bar").kid(el("p").class("bar__title").kid(t.say(Key::AppName))),
        el("main")
            .class("page__main")
            .set("id", "menu")
            .test("notice")
            .kid(
                el("section")
                    .class("hero-state")
                    .set("data-kind", "bad")
                    .kid(el("span").class("hero-state__dot").kid(Icon::Alert.full()))
                    .kid(el("h1").kid(title)),
            )
            .kid(el("section").class("card").kid(el("p").kid(more)))
            .kid(
                el("a")
                    .class("btn btn--line")
                    .set("href", "/orders")
                    .kid(Icon::History.small())
                    .kid(t.say(Key::HistoryTitle)),
            )
            .kid(languages(t, path))
    ]
}

pub(super) const fn text(kind: Notice) -> Key {
    match kind {
        Notice::CodeUnknown => Key::ProblemCodeUnknown,
        Notice::CodeRetired => Key::ProblemCodeRetired,
        Notice::Suspended => Key::ProblemFacilitySuspended,
        Notice::NotFound => Key::ProblemNotFound,
        Notice::Error => Key::NoticeError,
    }
}
