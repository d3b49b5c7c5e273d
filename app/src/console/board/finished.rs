//! The last finished orders, each with how it ended: handed over, refused (why), refused by itself, cancelled.
//! Not here: the whole history (`list`).

use leptos::prelude::*;
use okini_shared::api::shop::BoardOrder;
use okini_shared::rules::order::OrderState;

use super::card::place_word;
use super::orders::Lane;
use crate::console::live::Live;
use crate::console::texts::{Key, Texts};
use crate::ui::Icon;

/// How an order ended, with the reason of a refusal.
pub(crate) fn ending(order: &BoardOrder, t: Texts) -> String {
    let state = t.say(Key::state(order.state));
    match &order.refusal {
        Some(refusal) => t.refusal_with(state, t.say(Key::refusal(refusal.reason))),
        None => state.to_owned(),
    }
}

/// The list under the last lane.
#[component]
pub(crate) fn Finished(live: Live) -> impl IntoView {
    let t = live.t;
    let row = move |order: &BoardOrder| {
        let words = order.refusal.as_ref().and_then(|refusal| refusal.text.clone());
        view! {
            <li data-bad=(order.state != OrderState::Completed).then_some("") data-testid=format!("order-{}", order.id)
                data-state=order.state.name() data-number=order.number.clone()>
                <span>{order.number.clone()}" "{place_word(order, t)}</span>
                <b>{ending(order, t)}</b>
                {words.map(|words| view! { <small lang="ja">{words}</small> })}
            </li>
        }
    };
    let rows = move || live.orders.with(|orders| orders.lane(Lane::Finished).into_iter().map(row).collect_view());
    let none = move || live.orders.with(|orders| orders.lane(Lane::Finished).is_empty());
    view! {
        <section class="done-list" aria-labelledby="done-title">
            <h3 id="done-title">{Icon::History.small()}{t.say(Key::BoardFinished)}</h3>
            <ul>{rows}</ul>
            <Show when=none><p class="quiet">{t.say(Key::BoardFinishedEmpty)}</p></Show>
        </section>
    }
}
