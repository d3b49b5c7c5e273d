//! Language and display: a link for each language, text size, contrast, motion. `start.js` applies the latter three
//! before anything is shown. Not here: the texts (`locales`), what the settings look like (`style`).

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::dialog::{dialog, head};
use super::route::Route;
use super::state::Diner;
use super::texts::{Key, LANGS};
use crate::browser::{document, storage};
use crate::l10n::L10n;
use crate::ui::{El, Icon, State, el, live, together};

/// How the reader likes to see pages: data attributes of the page's root.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Display {
    /// Empty, `large` or `larger`.
    text: String,
    /// Empty or `more`.
    contrast: String,
    /// Empty or `less`.
    motion: String,
}

const NAME: &str = "okini.display";

impl Display {
    fn apply(&self) {
        storage::save(NAME, self);
        let Some(root) = document().document_element() else { return };
        for (attribute, value) in
            [("data-text", &self.text), ("data-contrast", &self.contrast), ("data-motion", &self.motion)]
        {
            drop(root.set_attribute(attribute, value));
        }
    }
}

/// The sheet.
pub(super) fn sheet(d: Diner) -> AnyView {
    let t = d.t;
    let now = if d.awake.get_value() { storage::load(NAME).unwrap_or_default() } else { Display::default() };
    let display = State::new(now);
    let body = move || {
        let now = display.get();
        let size = |value, label| size(display, value, now.text == value).kid(el("span").kid(t.say(label)));
        let sizes = el("div")
            .class("seg seg--three")
            .kid(size("", Key::DisplaySizeStandard))
            .kid(size("large", Key::DisplaySizeLarge))
            .kid(size("larger", Key::DisplaySizeLarger));
        let contrast = switch(display, now.contrast == "more", |now, on| now.contrast = word(on, "more"));
        let motion = switch(display, now.motion == "less", |now, on| now.motion = word(on, "less"));
        let named = |name, how| el("span").kid(t.say(name)).kid(el("small").kid(t.say(how)));
        el("div")
            .class("sheet__body")
            .kid(
                el("section")
                    .class("opts")
                    .kid(el("h3").class("opts__h").kid(t.say(Key::DisplayLanguage)))
                    .kid(languages(t, &d.link(Route::Menu))),
            )
            .kid(
                el("fieldset").class("opts").kid(el("legend").class("opts__h").kid(t.say(Key::DisplaySize))).kid(sizes),
            )
            .kid(
                el("div")
                    .kid(contrast.kid(named(Key::DisplayContrast, Key::DisplayContrastHow)))
                    .kid(motion.kid(named(Key::DisplayMotion, Key::DisplayMotionHow))),
            )
            .kid(el("p").class("t-14 quiet").kid(t.say(Key::DisplayKitchen)))
    };
    dialog(d, "sheet sheet--over", together![head(d, Key::DisplayTitle), live(body)])
}

fn word(on: bool, word: &str) -> String {
    if on { word.to_owned() } else { String::new() }
}

fn change(display: State<Display>, with: impl FnOnce(&mut Display)) {
    display.update(with);
    display.with_untracked(Display::apply);
}

fn size(display: State<Display>, value: &'static str, checked: bool) -> El {
    let input = el("input").set("type", "radio").set("name", "size").set(".checked", checked);
    let on_change = move |_| change(display, |now| now.text = value.to_owned());
    el("label").set("class", format!("size size--{value}")).kid(input.on("change", on_change))
}

fn switch(display: State<Display>, checked: bool, set: fn(&mut Display, bool)) -> El {
    let input = el("input").set("type", "checkbox").set("role", "switch").set(".checked", checked);
    let on_change = move |event| {
        let on = event_target_checked(&event);
        change(display, |now| set(now, on));
    };
    el("label").class("switch").kid(input.on("change", on_change))
}

/// Links to the same page in each language; the cart is ids and stays as it is.
pub(super) fn languages(t: L10n<Key>, path: &str) -> AnyView {
    let link = |lang: &okini_shared::text::Lang| {
        let current = *lang == t.lang();
        el("a")
            .class("pick__link")
            .set("lang", lang.html())
            .set("hreflang", lang.html())
            .set("href", format!("{path}?lang={}", lang.tag()))
            .set("aria-current", current.then_some("true"))
            .test(format!("lang-{}", lang.tag()))
            .kid(lang.own_name())
            .kid(Icon::Check.small())
    };
    el("div").class("pick").kid(LANGS.iter().map(link).collect::<Vec<_>>()).into_any()
}
