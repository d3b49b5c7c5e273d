//! The dishes by section: those that match the search and that the diner can eat.
//! Not here: one dish (`dish`), choosing what not to eat (`filter`).

use leptos::prelude::*;
use okini_shared::api::menu::{Allergen, Category, Item};
use okini_shared::text::Words;
use okini_shared::time::Millis;

use super::dish::{Look, dish};
use super::tabs::anchor;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, State, el, live, said, together};

/// Pictures in the first screenful; the others are loaded when they come near.
const EAGER: usize = 4;

pub(super) fn sections(d: Diner, search: State<String>) -> AnyView {
    live(move || {
        let menu = d.menu.get();
        let (avoid, search_for) = (d.avoid.get(), search.get());
        let words = search_for.trim();
        let mut drawing = Drawing { d, now: d.now.get(), shown: 0 };
        let mut hidden = 0;
        let mut views = Vec::new();
        for (index, category) in menu.categories.iter().enumerate() {
            let found: Vec<&Item> = category.items.iter().filter(|item| matches(item, words)).collect();
            let shown: Vec<&Item> = found.iter().copied().filter(|item| eats(item, &avoid)).collect();
            hidden += found.len() - shown.len();
            if !shown.is_empty() {
                views.push(drawing.section(category, &shown, index == 0));
            }
        }
        together![
            (hidden > 0).then(|| hidden_notice(d, hidden)),
            (views.is_empty() && hidden == 0).then(|| no_match(d, search)),
            views
        ]
    })
}

struct Drawing {
    d: Diner,
    now: Millis,
    /// Dishes drawn so far.
    shown: usize,
}

impl Drawing {
    /// The first section begins with two large dishes.
    fn section(&mut self, category: &Category, items: &[&Item], first: bool) -> AnyView {
        let (large, rows) = items.split_at_checked(if first { 2 } else { 0 }).unwrap_or((&[], items));
        let large: Vec<AnyView> = large.iter().map(|item| self.dish(item, Look::Large)).collect();
        let rows: Vec<AnyView> = rows.iter().map(|item| self.dish(item, Look::Row)).collect();
        let prices = first.then(|| el("small").kid(self.d.t.say(Key::MenuTaxIncluded)));
        let heading = format!("h-{}", category.id);
        let labelled_by = heading.clone();
        el("section")
            .class("stack stack--dishes")
            .set("id", anchor(category.id))
            .set("aria-labelledby", labelled_by)
            .kid(el("h2").class("section-h").set("id", heading).kid(said(&category.name)).kid(prices))
            .kid((!large.is_empty()).then(|| el("ul").class("dish-pair").kid(large)))
            .kid((!rows.is_empty()).then(|| el("ul").class("stack stack--dishes").kid(rows)))
            .into_any()
    }

    fn dish(&mut self, item: &Item, look: Look) -> AnyView {
        self.shown += 1;
        dish(self.d, item, look, item.is_sold_out(self.now), self.shown > EAGER)
    }
}

/// Whether the words stand in the dish's name or description, in capitals or small letters.
fn matches(item: &Item, words: &str) -> bool {
    let within = |text: &Words| {
        text.text.as_bytes().windows(words.len()).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
    };
    words.is_empty() || within(&item.name) || item.description.as_ref().is_some_and(within)
}

/// Not checked is not hidden: such a dish says itself that the shop must be asked.
fn eats(item: &Item, avoid: &[Allergen]) -> bool {
    !item.allergens.contains.iter().any(|allergen| avoid.contains(allergen))
}

fn hidden_notice(d: Diner, hidden: usize) -> AnyView {
    el("div")
        .class("notice notice--info")
        .set("role", "status")
        .kid(Icon::Filter.full())
        .kid(el("div").kid(d.t.filter_hidden(&hidden.to_string())))
        .kid(
            el("button")
                .class("btn btn--text btn--compact")
                .on("click", move |_| d.avoid.set(Vec::new()))
                .kid(d.t.say(Key::FilterRemove)),
        )
        .into_any()
}

fn no_match(d: Diner, search: State<String>) -> AnyView {
    el("div")
        .class("card empty")
        .set("role", "status")
        .kid(el("h2").kid(d.t.say(Key::SearchNothing)))
        .kid(el("p").class("t-14").kid(d.t.say(Key::SearchTry)))
        .kid(
            el("button")
                .class("btn btn--line")
                .on("click", move |_| search.set(String::new()))
                .kid(d.t.say(Key::SearchClear)),
        )
        .into_any()
}
