//! Pages that are not what was asked for: an unknown or old QR code, a suspended shop, nothing here, our own error.
//! Each says what to do next. Not here: troubles within a screen (`ui::notice`).

use leptos::prelude::*;

use super::display::languages;
use super::texts::Key;
use crate::boot::Notice;
use crate::l10n::L10n;
use crate::ui::Icon;

pub(super) fn screen(t: L10n<Key>, kind: Notice, path: &str) -> AnyView {
    let (title, more) = t.say_both(text(kind));
    view! {
        <header class="bar"><p class="bar__title">{t.say(Key::AppName)}</p></header>
        <main class="page__main" id="menu" data-testid="notice">
            <section class="hero-state" data-kind="bad"><span class="hero-state__dot">{Icon::Alert.full()}</span><h1>{title}</h1></section>
            <section class="card"><p>{more}</p></section>
            <a class="btn btn--line" href="/orders">{Icon::History.small()}{t.say(Key::HistoryTitle)}</a>
            {languages(t, path)}
        </main>
    }
    .into_any()
}

pub(crate) const fn text(kind: Notice) -> Key {
    match kind {
        Notice::CodeUnknown => Key::ProblemCodeUnknown,
        Notice::CodeRetired => Key::ProblemCodeRetired,
        Notice::Suspended => Key::ProblemFacilitySuspended,
        Notice::NotFound => Key::ProblemNotFound,
        Notice::Error => Key::NoticeError,
    }
}
