//! This phone's orders, newest first. Not here: one order (`order`).

use leptos::prelude::*;
use okini_shared::api::order::{ListMyOrders, Order};
use okini_shared::text;

use super::display::languages;
use super::say;
use super::texts::Key;
use crate::browser::{pause, window};
use crate::l10n::L10n;
use crate::net::{self, call, task};
use crate::ui::{Icon, Tone, notice, said};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fetching {
    /// Asked for; the place of the list is shown only when it takes long.
    Asked,
    Slow,
    Done,
    Failed,
}

pub(super) fn screen(t: L10n<Key>) -> AnyView {
    let orders = RwSignal::new(Vec::<Order>::new());
    let next = RwSignal::new(None::<String>);
    let fetching = RwSignal::new(Fetching::Asked);
    let fetch = move || {
        fetching.set(Fetching::Asked);
        let after = next.get_untracked().map(|next| format!("&after={next}")).unwrap_or_default();
        task(async move {
            let query = format!("lang={}{after}", t.lang().tag());
            match call::<ListMyOrders>(&[], &(), net::With { query: &query, ..net::With::default() }).await {
                Ok(page) => {
                    orders.update(|orders| orders.extend(page.orders));
                    next.set(page.next);
                    fetching.set(Fetching::Done);
                }
                Err(_) => fetching.set(Fetching::Failed),
            }
        });
        task(async move {
            pause(300).await;
            fetching.update(|now| if *now == Fetching::Asked { *now = Fetching::Slow });
        });
    };
    Effect::new(move |_| fetch());
    let back = move |_| drop(window().history().and_then(|history| history.back()));
    let below = move || match fetching.get() {
        Fetching::Slow => view! { <div class="skeleton skeleton--card" aria-hidden="true"></div> }.into_any(),
        Fetching::Failed => {
            let (title, more) = t.say_both(Key::NoAnswer);
            view! {
                {notice(Tone::Bad, Icon::NoSignal, title, more)}
                <button class="btn btn--line" on:click=move |_| fetch()>{t.say(Key::Retry)}</button>
            }
            .into_any()
        }
        Fetching::Done if orders.with(Vec::is_empty) => view! {
            <section class="card empty"><h2>{t.say(Key::HistoryEmpty)}</h2><p class="t-14">{t.say(Key::HistoryEmptyHow)}</p></section>
        }
        .into_any(),
        Fetching::Done if next.get().is_some() => {
            view! { <button class="btn btn--line" on:click=move |_| fetch()>{t.say(Key::HistoryMore)}</button> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <header class="bar">
            <button class="icon-btn" aria-label=t.say(Key::Back) on:click=back>{Icon::Back.full()}</button>
            <h1 class="bar__title">{t.say(Key::HistoryTitle)}</h1>
        </header>
        <main class="page__main" id="menu" aria-busy=move || matches!(fetching.get(), Fetching::Asked | Fetching::Slow).then_some("true")>
            <ul class="stack stack--dishes" data-testid="history">
                {move || orders.get().iter().map(|order| one(t, order)).collect_view()}
            </ul>
            {below}
            {languages(t, "/orders")}
        </main>
    }
    .into_any()
}

fn one(t: L10n<Key>, order: &Order) -> AnyView {
    let names: Vec<&str> = order.lines.iter().map(|line| line.name.text.as_str()).collect();
    let flag = if order.state.gives_money_back() {
        "flag flag--bad"
    } else if order.state.is_final() {
        "flag flag--ok"
    } else {
        "flag flag--wait"
    };
    view! {
        <li class="card past">
            <div class="row row--between row--wrap">
                <h2 class="t-18"><a href=format!("/o/{}", order.token)>{order.number.clone()}" "{said(&order.facility_name)}</a></h2>
                <span class=flag>{t.say(Key::state(order.state))}</span>
            </div>
            <p class="t-14 quiet">{names.join(t.say(Key::ListSeparator))}</p>
            <p class="row row--between"><span class="t-14 quiet">{say::date_and_clock(order.placed_at)}</span><b>{text::yen(order.total, t.lang())}</b></p>
        </li>
    }
    .into_any()
}
