//! The dishes: searched, sold out in two taps (the dish, then for how long), counted, renamed, priced.
//! Not here: what a guest sees of it (the menu).

mod actions;
mod edit;
mod hours;
mod row;

use leptos::prelude::*;
use okini_shared::api::shop::StockItem;
use okini_shared::id::ItemId;
use okini_shared::time::Millis;

pub(crate) use self::actions::dishes_of;
pub(crate) use self::edit::number;
use self::row::row;
use super::live::Live;
use super::texts::Key;
use crate::net::task;
use crate::ui::Icon;

/// What a dish's row is opened for; one row at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// For how long it is off sale.
    HowLong,
    /// Its number, price and name.
    More,
}

/// What the rows share.
#[derive(Debug, Clone, Copy)]
struct Dishes {
    live: Live,
    asked: RwSignal<Option<(ItemId, Ask)>>,
    /// The dish whose change is on its way.
    busy: RwSignal<Option<ItemId>>,
    /// What went wrong with a dish.
    wrong: RwSignal<Option<(ItemId, String)>>,
}

/// Whether a dish cannot be ordered at `now`.
fn is_out(item: &StockItem, now: Millis) -> bool {
    item.left == Some(0) || (item.sold_out && item.until.is_none_or(|until| until > now))
}

/// All dishes with their switches.
#[component]
pub(crate) fn StockList(live: Live) -> impl IntoView {
    let t = live.t;
    let dishes = Dishes { live, asked: RwSignal::new(None), busy: RwSignal::new(None), wrong: RwSignal::new(None) };
    let (wanted, failed) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let load = move || {
        failed.set(None);
        task(async move { failed.set(live.load_stock().await.err()) });
    };
    load();
    let found = Memo::new(move |_| {
        let text = wanted.get().trim().to_ascii_lowercase();
        let fits = |item: &&StockItem| item.name.to_ascii_lowercase().contains(&text);
        live.stock.with(|stock| {
            stock.iter().flatten().filter(fits).map(|item| (item.category.clone(), item.id)).collect::<Vec<_>>()
        })
    });
    let nothing =
        move || match (live.stock.with(Option::is_some), found.with(Vec::is_empty), wanted.with(String::is_empty)) {
            (true, true, true) => Some(t.say(Key::StockEmpty).to_owned()),
            (true, true, false) => Some(t.stock_not_found(&wanted.get())),
            _ => None,
        };
    view! {
        <div class="stock-list dialog__b dialog__b--flush">
            <p class="stock-list__hint">{t.say(Key::StockHint)}</p>
            <div class="find">
                <label class="find__field">
                    {Icon::Search.small()}<span class="sr">{t.say(Key::StockSearch)}</span>
                    <input type="search" placeholder=t.say(Key::StockSearch) data-testid="stock-search" bind:value=wanted/>
                </label>
            </div>
            {move || failed.get().map(|text| view! {
                <p class="stock__bad row" role="alert"><span class="grow">{text}</span>
                    <button type="button" class="btn btn--line btn--compact" on:click=move |_| load()>{t.say(Key::Retry)}</button></p>
            })}
            <Show when=move || live.stock.with(Option::is_none) && failed.with(Option::is_none)>
                <div class="stock" aria-busy="true"><div class="skeleton"></div></div>
            </Show>
            <ul>
                <For each=move || with_headings(found.get()) key=|(heading, id)| (heading.clone(), *id) let((heading, id))>
                    {heading.map(|heading| view! { <li class="stock-group" lang="ja"><h3>{heading}</h3></li> })}
                    {row(dishes, id)}
                </For>
            </ul>
            {move || nothing().map(|text| view! {
                <div class="empty"><p>{text}</p>
                    <Show when=move || wanted.with(|text| !text.is_empty())>
                        <button type="button" class="btn btn--line" on:click=move |_| wanted.set(String::new())>{t.say(Key::StockShowAll)}</button>
                    </Show></div>
            })}
        </div>
    }
}

/// Puts a section's name before its first dish.
fn with_headings(found: Vec<(String, ItemId)>) -> Vec<(Option<String>, ItemId)> {
    let mut last = String::new();
    let heading = |(category, id): (String, ItemId)| {
        let new = (category != last).then(|| category.clone());
        last = category;
        (new, id)
    };
    found.into_iter().map(heading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sold_out: bool, until: Option<i64>, left: Option<i64>) -> StockItem {
        StockItem {
            id: ItemId::from_uuid(1),
            name: "いか焼き".into(),
            category: "粉もん".into(),
            price: okini_shared::money::Yen::new(500),
            takeout_price: None,
            sold_out,
            until: until.map(Millis::new),
            left,
        }
    }

    #[test]
    fn a_dish_is_out_until_its_time_or_while_none_is_left() {
        let now = Millis::new(1_000);
        assert!(!is_out(&item(false, None, None), now));
        assert!(is_out(&item(true, None, None), now));
        assert!(is_out(&item(true, Some(1_001), None), now));
        assert!(!is_out(&item(true, Some(1_000), None), now));
        assert!(is_out(&item(false, None, Some(0)), now));
        assert!(!is_out(&item(false, None, Some(1)), now));
    }

    #[test]
    fn each_section_is_named_once() {
        let id = ItemId::from_uuid;
        let found = vec![("a".to_owned(), id(1)), ("a".to_owned(), id(2)), ("b".to_owned(), id(3))];
        let headed = with_headings(found);
        assert_eq!(headed, [(Some("a".to_owned()), id(1)), (None, id(2)), (Some("b".to_owned()), id(3))]);
    }
}
