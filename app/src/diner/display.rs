//! Language and display: a link for each language, text size, contrast, motion. `start.js` applies the latter three
//! before anything is shown. Not here: the texts (`locales`), what the settings look like (`style`).

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::dialog::dialog;
use super::route::Route;
use super::state::Diner;
use super::texts::{Key, LANGS};
use crate::browser::{document, storage};
use crate::l10n::L10n;
use crate::ui::{Icon, el, together};

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
    let display = RwSignal::new(now);
    let change = move |with: &dyn Fn(&mut Display)| {
        display.update(|display| with(display));
        display.with_untracked(Display::apply);
    };
    let size = move |value: &'static str, label: Key| {
        el("label")
            .set("class", format!("size size--{value}"))
            .kid(
                el("input")
                    .set("type", "radio")
                    .set("name", "size")
                    .live(".checked", move || display.with(|now| now.text == value))
                    .on("change", move |_| change(&|now| now.text = value.to_owned())),
            )
            .kid(el("span").kid(t.say(label)))
    };
    let content = together![
        el("div").class("sheet__grip"),
        el("div")
            .class("sheet__head")
            .kid(
                el("h2")
                    .set("id", "display-title")
                    .set("tabindex", "-1")
                    .set("autofocus", true)
                    .kid(t.say(Key::DisplayTitle)),
            )
            .kid(
                el("a")
                    .class("icon-btn")
                    .set("href", d.link(Route::Menu))
                    .set("data-back", true)
                    .set("aria-label", t.say(Key::Close))
                    .kid(Icon::Close.full()),
            ),
        el("div")
            .class("sheet__body")
            .kid(
                el("section")
                    .class("opts")
                    .kid(el("h3").class("opts__h").kid(t.say(Key::DisplayLanguage)))
                    .kid(languages(t, &d.link(Route::Menu))),
            )
            .kid(
                el("fieldset").class("opts").kid(el("legend").class("opts__h").kid(t.say(Key::DisplaySize))).kid(
                    el("div")
                        .class("seg seg--three")
                        .kid(size("", Key::DisplaySizeStandard))
                        .kid(size("large", Key::DisplaySizeLarge))
                        .kid(size("larger", Key::DisplaySizeLarger)),
                ),
            )
            .kid(
                el("div")
                    .kid(
                        el("label")
                            .class("switch")
                            .kid(
                                el("span")
                                    .kid(t.say(Key::DisplayContrast))
                                    .kid(el("small").kid(t.say(Key::DisplayContrastHow))),
                            )
                            .kid(
                                el("input")
                                    .set("type", "checkbox")
                                    .set("role", "switch")
                                    .live(".checked", move || display.with(|now| now.contrast == "more"))
                                    .on("change", move |event| {
                                        let on = event_target_checked(&event);
                                        change(&|now| {
                                            now.contrast = if on { "more".to_owned() } else { String::new() }
                                        });
                                    }),
                            ),
                    )
                    .kid(
                        el("label")
                            .class("switch")
                            .kid(
                                el("span")
                                    .kid(t.say(Key::DisplayMotion))
                                    .kid(el("small").kid(t.say(Key::DisplayMotionHow))),
                            )
                            .kid(
                                el("input")
                                    .set("type", "checkbox")
                                    .set("role", "switch")
                                    .live(".checked", move || display.with(|now| now.motion == "less"))
                                    .on("change", move |event| {
                                        let on = event_target_checked(&event);
                                        change(&|now| now.motion = if on { "less".to_owned() } else { String::new() });
                                    }),
                            ),
                    ),
            )
            .kid(el("p").class("t-14 quiet").kid(t.say(Key::DisplayKitchen)))
    ];
    dialog(d, "sheet sheet--over", "display-title", content.into_any())
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
    el("div").class("pick").kid(LANGS.iter().map(link).collect_view()).into_any()
}
