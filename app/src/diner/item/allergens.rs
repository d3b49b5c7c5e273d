//! A dish's allergens in full: contained, not checked, and all 29 one by one (Q34).
//! Not here: the line on the menu (`menu`).

use leptos::prelude::*;
use okini_shared::api::menu::{Allergen, Allergens};

use crate::diner::say;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::Icon;

pub(super) fn section(t: L10n<Key>, allergens: &Allergens) -> AnyView {
    let contains = (!allergens.contains.is_empty())
        .then(|| view! { <b>{t.allergen_contains(&say::allergens(t, &allergens.contains))}</b> });
    let unchecked = (!allergens.unchecked.is_empty()).then(|| {
        view! { <p class="is-wait b">{t.allergen_unchecked(&say::allergens(t, &allergens.unchecked))}</p> }
    });
    let none = (contains.is_none() && unchecked.is_none()).then(|| view! { <b>{t.say(Key::AllergenNone)}</b> });
    let rows = Allergen::ALL.iter().map(|one| row(t, allergens, *one)).collect_view();
    view! {
        <section class="notice notice--info" aria-label=t.say(Key::AllergenHead)>
            {Icon::Info.full()}
            <div>
                {contains}{none}{unchecked}
                <details class="all29">
                    <summary>{t.say(Key::AllergenTable)}</summary>
                    <dl class="kv t-14">{rows}</dl>
                </details>
            </div>
        </section>
    }
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
    view! { <dt>{t.say(Key::allergen(one))}</dt><dd class=class>{t.say(state)}</dd> }.into_any()
}
