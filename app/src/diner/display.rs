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
use crate::ui::Icon;

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
        view! {
            <label class=format!("size size--{value}")>
                <input type="radio" name="size" prop:checked=move || display.with(|now| now.text == value)
                    on:change=move |_| change(&|now| now.text = value.to_owned())/>
                <span>{t.say(label)}</span>
            </label>
        }
    };
    let content = view! {
        <div class="sheet__grip"></div>
        <div class="sheet__head">
            <h2 id="display-title" tabindex="-1" autofocus>{t.say(Key::DisplayTitle)}</h2>
            <a class="icon-btn" href=d.link(Route::Menu) data-back aria-label=t.say(Key::Close)>{Icon::Close.full()}</a>
        </div>
        <div class="sheet__body">
            <section class="opts"><h3 class="opts__h">{t.say(Key::DisplayLanguage)}</h3>{languages(t, &d.link(Route::Menu))}</section>
            <fieldset class="opts">
                <legend class="opts__h">{t.say(Key::DisplaySize)}</legend>
                <div class="seg seg--three">
                    {size("", Key::DisplaySizeStandard)}{size("large", Key::DisplaySizeLarge)}{size("larger", Key::DisplaySizeLarger)}
                </div>
            </fieldset>
            <div>
                <label class="switch">
                    <span>{t.say(Key::DisplayContrast)}<small>{t.say(Key::DisplayContrastHow)}</small></span>
                    <input type="checkbox" role="switch" prop:checked=move || display.with(|now| now.contrast == "more")
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            change(&|now| now.contrast = if on { "more".to_owned() } else { String::new() });
                        }/>
                </label>
                <label class="switch">
                    <span>{t.say(Key::DisplayMotion)}<small>{t.say(Key::DisplayMotionHow)}</small></span>
                    <input type="checkbox" role="switch" prop:checked=move || display.with(|now| now.motion == "less")
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            change(&|now| now.motion = if on { "less".to_owned() } else { String::new() });
                        }/>
                </label>
            </div>
            <p class="t-14 quiet">{t.say(Key::DisplayKitchen)}</p>
        </div>
    };
    dialog(d, "sheet sheet--over", "display-title", content.into_any())
}

/// Links to the same page in each language; the cart is ids and stays as it is.
pub(super) fn languages(t: L10n<Key>, path: &str) -> AnyView {
    let link = |lang: &okini_shared::text::Lang| {
        let current = *lang == t.lang();
        view! {
            <a class="pick__link" lang=lang.html() hreflang=lang.html() href=format!("{path}?lang={}", lang.tag())
                aria-current=current.then_some("true") data-testid=format!("lang-{}", lang.tag())>
                {lang.own_name()}{Icon::Check.small()}
            </a>
        }
    };
    view! { <div class="pick">{LANGS.iter().map(link).collect_view()}</div> }.into_any()
}
