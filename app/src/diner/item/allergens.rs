//! A dish's allergens in full: contained, not checked, and all 29 one by one (Q34).
//! Not here: the line on the menu (`menu`).

use leptos::prelude::*;
use okini_shared::api::menu::{Allergen, Allergens};

use crate::diner::say;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{Icon, el, together};

pub(super) fn section(t: L10n<Key>, allergens: &Allergens) -> AnyView {
    let contains = (!allergens.contains.is_empty())
        .then(|| el("b").kid(t.allergen_contains(&say::allergens(t, &allergens.contains))));
    let unchecked = (!allergens.unchecked.is_empty())
        .then(|| el("p").class("is-wait b").kid(t.allergen_unchecked(&say::allergens(t, &allergens.unchecked))));
    let none = (contains.is_none() && unchecked.is_none()).then(|| el("b").kid(t.say(Key::AllergenNone)));
    let rows = Allergen::ALL.iter().map(|one| row(t, allergens, *one)).collect::<Vec<_>>();
    el("section")
        .class("notice notice--info")
        .set("aria-label", t.say(Key::AllergenHead))
        .kid(Icon::Info.full())
        .kid(
            el("div").kid(contains).kid(none).kid(unchecked).kid(
                el("details")
                    .class("all29")
                    .kid(el("summary").kid(t.say(Key::AllergenTable)))
                    .kid(el("dl").class("kv t-14").kid(rows)),
            ),
        )
        .into_any()
}

fn row(t: L10n<Key>, allergens: &Allergens, one: Allergen) -> AnyView {
    let (state, class) = if allergens.contains.contains(&one) {
        (Key::AllergenYes, "b")
    } else if allergens.unchecked.contains(&one) {
        (Key::AllergenAskShort, "is-wait b")
    } else {
        (Key::AllergenNo, "quiet")
    };
    together![el("dt").kid(t.say(Key::allergen(one))), el("dd").set("class", class).kid(t.say(state))]
}
