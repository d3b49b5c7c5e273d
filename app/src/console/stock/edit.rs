//! A dish's number of portions, and for owners its price and name.
//! Not here: sold out (`row`).

use leptos::prelude::*;
use okini_shared::api::shop::{ItemEdit, StockItem};
use okini_shared::money::Yen;
use okini_shared::text::Text;

use super::Dishes;
use crate::browser::element;
use crate::console::texts::Key;
use crate::net::task;

/// A whole number as typed, also in full-width digits; nothing when it is none or lies outside.
pub(crate) fn number(text: &str, most: i64) -> Option<i64> {
    let plain: String = text.trim().chars().filter(|c| *c != ',' && *c != '，').map(half_width).collect();
    plain.parse().ok().filter(|n| (0..=most).contains(n))
}

fn half_width(c: char) -> char {
    u32::from(c).checked_sub(u32::from('０')).and_then(|n| char::from_digit(n, 10)).unwrap_or(c)
}

/// What is behind a row's pen.
#[component]
pub(crate) fn More(dishes: Dishes, item: StockItem) -> impl IntoView {
    let owner = dishes.live.session.is_owner();
    view! {
        <div class="stock__more">
            <Count dishes item=item.clone()/>
            {owner.then(|| view! { <Edit dishes item/> })}
        </div>
    }
}

#[component]
fn Count(dishes: Dishes, item: StockItem) -> impl IntoView {
    let t = dishes.live.t;
    let text = RwSignal::new(item.left.map(|left| left.to_string()).unwrap_or_default());
    let wrong = RwSignal::new(false);
    let (label, uncounted) = (t.stock_count_for(&item.name), item.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let left = number(&text.get_untracked(), 9999);
        wrong.set(left.is_none());
        match left {
            Some(left) => dishes.count(&item, Some(left)),
            None => focus("count"),
        }
    };
    view! {
        <form class="stack stack--s" novalidate aria-label=label on:submit=submit>
            <div class="fields">
                <Field id="count" label=t.say(Key::StockCountLabel) value=text wrong/>
                <button class="btn btn--solid" data-testid="count-set">{t.say(Key::StockCountSet)}</button>
                <button type="button" class="btn btn--line" data-testid="count-none" on:click=move |_| dishes.count(&uncounted, None)>
                    {t.say(Key::StockCountNone)}
                </button>
            </div>
            <p class="field__bad" id="count-wrong" role="alert">{move || wrong.get().then(|| t.say(Key::StockCountWrong))}</p>
            <p class="t-14 quiet">{t.say(Key::StockCountHint)}</p>
        </form>
    }
}

/// The edit as typed, only what differs from the dish.
fn edit(item: &StockItem, name: &str, price: &str, takeout: &str) -> Result<ItemEdit, (Key, &'static str)> {
    let (name, most) = (name.trim(), 100_000);
    if name.is_empty() {
        return Err((Key::EditWrongName, "edit-name"));
    }
    let price = Yen::new(number(price, most).ok_or((Key::EditWrongPrice, "edit-price"))?);
    let takeout = match takeout.trim() {
        "" if item.takeout_price.is_none() => None,
        text => Some(Yen::new(number(text, most).ok_or((Key::EditWrongPrice, "edit-takeout"))?)),
    };
    let edit = ItemEdit {
        name: (name != item.name).then(|| Text::japanese(name)),
        price: (price != item.price).then_some(price),
        takeout_price: takeout.filter(|takeout| Some(*takeout) != item.takeout_price),
    };
    let same = edit.name.is_none() && edit.price.is_none() && edit.takeout_price.is_none();
    if same { Err((Key::EditSame, "edit-name")) } else { Ok(edit) }
}

#[component]
fn Edit(dishes: Dishes, item: StockItem) -> impl IntoView {
    let live = dishes.live;
    let t = live.t;
    let name = RwSignal::new(item.name.clone());
    let price = RwSignal::new(item.price.get().to_string());
    let takeout = RwSignal::new(item.takeout_price.map(|price| price.get().to_string()).unwrap_or_default());
    let (wrong, refused) = (RwSignal::new(None::<(Key, &'static str)>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    let title = t.edit_title(&item.name);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let made = edit(&item, &name.get_untracked(), &price.get_untracked(), &takeout.get_untracked());
        wrong.set(made.as_ref().err().copied());
        refused.set(None);
        let (Ok(made), false) = (made, busy.get_untracked()) else {
            return wrong.get_untracked().map_or((), |(_, field)| focus(field));
        };
        busy.set(true);
        let id = item.id;
        task(async move {
            match live.edit_item(id, &made).await {
                Ok(item) => {
                    live.say(t.edit_said(&item.name), None);
                    dishes.asked.set(None);
                }
                Err(text) => refused.set(Some(text)),
            }
            busy.set(false);
        });
    };
    let wrong_at = move |id: &'static str| Signal::derive(move || wrong.get().is_some_and(|(_, field)| field == id));
    view! {
        <form class="stack stack--s" novalidate aria-label=title on:submit=submit>
            <Field id="edit-name" label=t.say(Key::EditName) value=name wrong=wrong_at("edit-name") words=true/>
            <div class="fields">
                <Field id="edit-price" label=t.say(Key::EditPrice) value=price wrong=wrong_at("edit-price")/>
                <Field id="edit-takeout" label=t.say(Key::EditTakeout) value=takeout wrong=wrong_at("edit-takeout")/>
            </div>
            <p class="field__bad" role="alert">{move || refused.get().or_else(|| wrong.get().map(|(key, _)| t.say(key).to_owned()))}</p>
            <p class="t-14 quiet">{t.say(Key::EditLive)}" "{t.say(Key::EditLanguages)}</p>
            <div class="row row--wrap">
                <button class="btn btn--solid" data-testid="edit-save" aria-disabled=move || busy.get().then_some("true")>
                    {move || t.say(if busy.get() { Key::OrderBusy } else { Key::EditSave })}
                </button>
                <button type="button" class="btn btn--line" on:click=move |_| dishes.asked.set(None)>{t.say(Key::EditCancel)}</button>
            </div>
        </form>
    }
}

#[component]
fn Field(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(into)] wrong: Signal<bool>,
    /// A name instead of a number.
    #[prop(optional)]
    words: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id data-testid=id autocomplete="off" inputmode=(!words).then_some("numeric") lang=words.then_some("ja")
                aria-invalid=move || wrong.get().then_some("true") bind:value=value/>
        </div>
    }
}

fn focus(id: &str) {
    if let Some(field) = element(id) {
        drop(field.focus());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use okini_shared::id::ItemId;

    fn dish() -> StockItem {
        StockItem {
            id: ItemId::from_uuid(1),
            name: "いか焼き".into(),
            category: "粉もん".into(),
            price: Yen::new(500),
            takeout_price: None,
            sold_out: false,
            until: None,
            left: None,
        }
    }

    #[test]
    fn reads_numbers_as_people_type_them() {
        assert_eq!(number(" 1,200 ", 100_000), Some(1200));
        assert_eq!(number("１２００", 100_000), Some(1200));
        for bad in ["", "-1", "12.5", "百", "100001"] {
            assert_eq!(number(bad, 100_000), None, "{bad}");
        }
    }

    #[test]
    fn sends_only_what_differs() {
        let made = edit(&dish(), "いか焼き", "550", "").unwrap();
        assert_eq!(made, ItemEdit { name: None, price: Some(Yen::new(550)), takeout_price: None });
        let made = edit(&dish(), "大いか焼き ", "500", "490").unwrap();
        let name = Some(Text::japanese("大いか焼き"));
        assert_eq!(made, ItemEdit { name, price: None, takeout_price: Some(Yen::new(490)) });
        assert_eq!(edit(&dish(), "いか焼き", "500", ""), Err((Key::EditSame, "edit-name")));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        assert_eq!(edit(&dish(), " ", "500", ""), Err((Key::EditWrongName, "edit-name")));
        assert_eq!(edit(&dish(), "x", "abc", ""), Err((Key::EditWrongPrice, "edit-price")));
        assert_eq!(edit(&dish(), "x", "500", "-3"), Err((Key::EditWrongPrice, "edit-takeout")));
    }
}
