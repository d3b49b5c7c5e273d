//! An order's card: where to, how long, what, notes, and the buttons of its next steps.
//! Not here: what a step does (`actions`), how urgent it is (`late`).

use leptos::prelude::*;
use okini_shared::api::shop::{BoardLine, BoardOrder};
use okini_shared::id::OrderId;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::tax::Place;
use okini_shared::text::yen;
use wasm_bindgen::JsCast;

use super::Kitchen;
use super::late::{Urgency, late, span, waiting};
use super::steps::Steps;
use crate::browser::document;
use crate::console::parts::{Sign, clock};
use crate::console::texts::{Key, Texts};
use crate::ui::Icon;

/// Everything on it is to be packed.
fn is_takeout(order: &BoardOrder) -> bool {
    order.lines.iter().all(|line| line.place == Place::Takeout)
}

/// Where the order goes, in words: `テーブル 5`, `持ち帰り`.
pub(crate) fn place_word(order: &BoardOrder, t: Texts) -> String {
    match &order.seat {
        _ if is_takeout(order) => t.say(Key::OrderTakeout).to_owned(),
        Some(seat) => format!("{} {seat}", t.say(Key::OrderTable)),
        None => t.say(Key::OrderCounter).to_owned(),
    }
}

/// The card of an open order.
#[component]
pub(crate) fn Card(kitchen: Kitchen, id: OrderId) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let order = Memo::new(move |_| live.orders.with(|orders| orders.get(id).cloned()));
    let state = Memo::new(move |_| order.with(|order| order.as_ref().map(|order| order.state)));
    let urgency = Memo::new(move |_| {
        let now = live.now.get();
        order.with(|order| order.as_ref().map_or(Urgency::InTime, |order| late(order, now)))
    });
    let node = NodeRef::<leptos::html::Article>::new();
    follow(kitchen, id, node);
    // What was ordered never changes.
    let Some(first) = order.get_untracked() else { return ().into_any() };
    let label = t.order_label(&place_word(&first, t), &first.number);
    let new = move || {
        (state.get() == Some(OrderState::Submitted) && live.seen.with(|seen| !seen.contains(&id))).then_some("")
    };
    view! {
        <article class="order" id=id.to_string() tabindex="-1" node_ref=node aria-label=label
            data-testid=format!("order-{id}") data-number=first.number.clone()
            data-state=move || state.get().map(OrderState::name)
            data-new=new
            data-late=move || urgency.get().mark()
            data-picked=move || (kitchen.picked.get() == Some(id)).then_some("")
            on:focus=move |_| kitchen.picked.set(Some(id))>
            <header class="order__h">
                {headline(&first, t)}
                <span class="order__time">{move || {
                    let now = live.now.get();
                    order.with(|order| order.as_ref().map(|order| span(waiting(order, now))))
                }}</span>
                <span class="order__no">{first.number.clone()}<Number kitchen id/></span>
                <span class="order__late">{move || due(kitchen, &order, urgency.get())}</span>
            </header>
            <ul class="order__l">{first.lines.iter().map(|line| one_line(line, &first, t)).collect_view()}</ul>
            {first.note.clone().map(|note| view! {
                <p class="order__note">{Icon::Alert.full()}<span><small>{t.say(Key::OrderNote)}</small>{note}</span></p>
            })}
            <Flags order=first.clone() texts=t state/>
            {move || live.trouble.with(|all| all.get(&id).cloned()).map(|text| view! {
                <p class="order__bad" role="alert">{Icon::Alert.small()}<span>{text}</span></p>
            })}
            {move || state.get().map(|state| view! { <Steps kitchen id state/> })}
        </article>
    }
    .into_any()
}

/// The focus goes with a card that an action moved to another lane, unless it went elsewhere meanwhile.
fn follow(kitchen: Kitchen, id: OrderId, node: NodeRef<leptos::html::Article>) {
    Effect::new(move || {
        let Some(card) = node.get() else { return };
        if kitchen.follow.get_untracked() != Some(id) {
            return;
        }
        let focused = document().active_element();
        if focused.is_none_or(|focused| focused.dyn_ref::<web_sys::HtmlBodyElement>().is_some()) {
            kitchen.follow.set(None);
            drop(card.focus());
        }
    });
}

fn headline(order: &BoardOrder, t: Texts) -> AnyView {
    match &order.seat {
        Some(seat) if !is_takeout(order) => {
            view! { <span class="order__t"><small>{t.say(Key::OrderTable)}</small>" "{seat.clone()}</span> }.into_any()
        }
        seat => {
            let table = seat.as_ref().map(|seat| format!(" {} {seat}", t.say(Key::OrderTable)));
            view! {
                <span class="order__t" data-word="">
                    {is_takeout(order).then(|| Icon::Bag.small())}
                    {t.say(if is_takeout(order) { Key::OrderTakeout } else { Key::OrderCounter })}
                    <small>{table}</small>
                </span>
            }
            .into_any()
        }
    }
}

/// The key that picks the card.
#[component]
fn Number(kitchen: Kitchen, id: OrderId) -> impl IntoView {
    let place = move || kitchen.live.orders.with(|orders| orders.in_reading_order().iter().position(|one| *one == id));
    view! { <kbd class="order__key" aria-hidden="true">{move || place().filter(|place| *place < 9).map(|place| place + 1)}</kbd> }
}

/// Until when the shop has to answer or has promised the dish, and a word when that is near or past.
fn due(kitchen: Kitchen, order: &Memo<Option<BoardOrder>>, urgency: Urgency) -> Option<AnyView> {
    let t = kitchen.live.t;
    let order = order.get()?;
    let sign = match urgency {
        Urgency::InTime | Urgency::Soon => Icon::Clock,
        Urgency::Late => Icon::Alert,
    };
    let words = match (order.state, order.answer_by, order.promised_at) {
        (OrderState::Submitted, Some(by), _) => t.order_left(&span(by.since(kitchen.live.now.get()))),
        (OrderState::Accepted | OrderState::Preparing, _, Some(by)) => {
            let by = t.order_by(&clock(by));
            match urgency {
                Urgency::InTime => by,
                Urgency::Soon => format!("{} {by}", t.say(Key::OrderSoon)),
                Urgency::Late => format!("{} {by}", t.say(Key::OrderLate)),
            }
        }
        _ => return None,
    };
    Some(view! { {sign.small()}{words} }.into_any())
}

fn one_line(line: &BoardLine, order: &BoardOrder, t: Texts) -> impl IntoView {
    let options = (!line.options.is_empty()).then(|| line.options.join("・"));
    let takeout = line.place == Place::Takeout && !is_takeout(order);
    view! {
        <li>
            <b>{line.quantity}</b>
            <span>
                <span lang="ja">{line.name.clone()}</span>
                {options.map(|options| view! { <small lang="ja">{options}</small> })}
                {takeout.then(|| view! { <small><span class="flag">{Icon::Bag.small()}{t.say(Key::OrderTakeout)}</span></small> })}
            </span>
        </li>
    }
}

/// Paid, by the server's own knowledge, as long as the shop has not answered; the age check to the end.
#[component]
fn Flags(order: BoardOrder, texts: Texts, state: Memo<Option<OrderState>>) -> impl IntoView {
    let t = texts;
    let amount = yen(order.total, t.lang());
    let (class, icon, words) = match order.paid_at_provider {
        Some(provider) => ("flag flag--ok", Icon::Check, t.order_paid(&amount, t.say(Key::provider(provider)))),
        None => ("flag flag--wait", Icon::Alert, t.order_unpaid(&amount)),
    };
    let paid = order.paid_at_provider.is_some();
    let asked = move || !paid || state.get() == Some(OrderState::Submitted);
    view! {
        <p class="order__meta">
            <span class=class hidden=move || !asked() data-testid="paid">{icon.small()}{words}</span>
            {order.alcohol.then(|| view! { <span class="flag flag--wait">{Sign::Person.small()}{t.say(Key::OrderAge)}</span> })}
        </p>
    }
}
