//! The three lanes side by side, or one at a time behind tabs where there is no room.
//! Not here: which order is in which lane (`orders`).

use leptos::prelude::*;

use super::Kitchen;
use super::card::Card;
use super::finished::Finished;
use super::orders::Lane;
use crate::console::texts::{Key, Texts};
use crate::ui::Icon;

const LANES: [Lane; 3] = [Lane::New, Lane::Cooking, Lane::Ready];

const fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::New => "new",
        Lane::Cooking => "cooking",
        Lane::Ready | Lane::Finished => "ready",
    }
}

fn title(lane: Lane, t: Texts) -> &'static str {
    t.say(match lane {
        Lane::New => Key::BoardNew,
        Lane::Cooking => Key::BoardCooking,
        Lane::Ready | Lane::Finished => Key::BoardReady,
    })
}

fn count(kitchen: Kitchen, lane: Lane) -> usize {
    kitchen.live.orders.with(|orders| orders.lane(lane).len())
}

/// All lanes.
#[component]
pub(crate) fn Lanes(kitchen: Kitchen) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let tab = move |lane: Lane| {
        view! {
            <button type="button" data-testid=format!("tab-{}", name(lane))
                aria-pressed=move || if kitchen.tab.get() == lane { "true" } else { "false" }
                data-alarm=move || (lane == Lane::New && live.unseen() > 0).then_some("")
                on:click=move |_| kitchen.tab.set(lane)>
                {title(lane, t)}<b>{move || count(kitchen, lane)}</b>
            </button>
        }
    };
    view! {
        <main class="board__cols" data-tab=move || name(kitchen.tab.get()) aria-busy=move || live.shop.with(Option::is_none).then_some("true")>
            <div class="board__tabs" role="group" aria-label=t.say(Key::BoardLanes)>{LANES.map(tab)}</div>
            {LANES.map(|lane| view! { <OneLane kitchen lane/> })}
        </main>
    }
}

#[component]
fn OneLane(kitchen: Kitchen, lane: Lane) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let ids = Memo::new(move |_| {
        live.orders.with(|orders| orders.lane(lane).iter().map(|order| order.id).collect::<Vec<_>>())
    });
    let empty = move || {
        let text = match (live.shop.with(Option::is_none), lane) {
            (true, _) => Key::BoardLoading,
            (false, Lane::New) => Key::BoardNewEmpty,
            (false, Lane::Cooking) => Key::BoardCookingEmpty,
            (false, Lane::Ready | Lane::Finished) => Key::BoardReadyEmpty,
        };
        ids.with(Vec::is_empty).then(|| view! { <li class="lane__empty">{t.say(text)}</li> })
    };
    let sign = match lane {
        Lane::New => Icon::Bell,
        Lane::Cooking => Icon::Fire,
        Lane::Ready | Lane::Finished => Icon::Check,
    };
    view! {
        <section class="lane" data-lane=name(lane) aria-labelledby=format!("lane-{}", name(lane))>
            <h2 class="lane__h" id=format!("lane-{}", name(lane))>
                {sign.small()}{title(lane, t)}<span>{move || count(kitchen, lane)}</span>
            </h2>
            <ul class="lane__list" aria-labelledby=format!("lane-{}", name(lane))>
                <For each=move || ids.get() key=|id| *id let:id>
                    <li><Card kitchen id/></li>
                </For>
                {empty}
                {(lane == Lane::Ready).then(|| view! { <li class="lane__wide"><Finished live/></li> })}
            </ul>
        </section>
    }
}
