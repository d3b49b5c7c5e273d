//! Whether the shop takes orders: the word, the switch, and the screen that runs the shop from a phone.
//! Not here: the call (`board::actions`), the alarm when it closed by itself (`alarm`).

use leptos::prelude::*;

use super::board::orders::Lane;
use super::live::Live;
use super::parts::Sign;
use super::stock::StockList;
use super::texts::Key;
use crate::net::task;
use crate::ui::Icon;

/// Whether orders are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taking {
    Open,
    Closed,
    /// Closed by itself because an order was not answered.
    Silent,
}

impl Taking {
    fn of(live: Live) -> Option<Self> {
        live.shop.with(|shop| {
            shop.as_ref().map(|shop| match (shop.taking_orders, shop.closed_by_silence) {
                (true, _) => Self::Open,
                (false, false) => Self::Closed,
                (false, true) => Self::Silent,
            })
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Silent => "silent",
        }
    }

    const fn words(self) -> Key {
        match self {
            Self::Open => Key::ShopOpen,
            Self::Closed => Key::ShopClosed,
            Self::Silent => Key::ShopSilent,
        }
    }

    fn sign(self) -> AnyView {
        match self {
            Self::Open => Icon::Check.small().into_any(),
            Self::Closed => Sign::Pause.small().into_any(),
            Self::Silent => Icon::Alert.small().into_any(),
        }
    }
}

/// The state as a word with an icon.
#[component]
pub(crate) fn ShopFlag(live: Live) -> impl IntoView {
    let taking = Memo::new(move |_| Taking::of(live));
    let class = |taking: Taking| match taking {
        Taking::Open => "flag flag--ok",
        Taking::Closed => "flag flag--wait",
        Taking::Silent => "flag flag--bad",
    };
    view! {
        <span role="status">
            {move || taking.get().map(|taking| view! {
                <span class=class(taking) data-testid="shop-state" data-state=taking.name()>{taking.sign()}{live.t.say(taking.words())}</span>
            })}
        </span>
    }
}

/// Opens or closes the shop; what went wrong stands beside it.
#[component]
pub(crate) fn OpenSwitch(live: Live, class: &'static str) -> impl IntoView {
    let t = live.t;
    let open = Memo::new(move |_| Taking::of(live) == Some(Taking::Open));
    let busy = RwSignal::new(false);
    let press = move |_| {
        if busy.get_untracked() || live.shop.with_untracked(Option::is_none) {
            return;
        }
        busy.set(true);
        let to = !open.get_untracked();
        task(async move {
            if let Err(text) = live.set_open(to).await {
                live.complain(text);
            }
            busy.set(false);
        });
    };
    let words = move || match (busy.get(), open.get()) {
        (true, _) => Key::OrderBusy,
        (false, true) => Key::ShopStop,
        (false, false) => Key::ShopStart,
    };
    view! {
        <button type="button" class=class data-testid="shop-open" aria-disabled=move || busy.get().then_some("true") on:click=press>
            {move || if open.get() { Sign::Pause.small().into_any() } else { Sign::Play.small().into_any() }}
            {move || t.say(words())}
        </button>
    }
}

/// The screen: open or closed, and what is sold out.
#[component]
pub(crate) fn Shop(live: Live) -> impl IntoView {
    let t = live.t;
    let taking = Memo::new(move |_| Taking::of(live));
    let waiting =
        move || live.orders.with(|orders| orders.lane(Lane::New).len() + orders.lane(Lane::Cooking).len()).to_string();
    let explained = move || match taking.get() {
        Some(Taking::Silent) => t.say(Key::ShopSilentWhy),
        Some(Taking::Open) => t.say(Key::ShopStopHint),
        _ => "",
    };
    view! {
        <main class="staff__main staff__main--narrow" id="main">
            <h1 class="sr">{t.say(Key::NavShop)}</h1>
            <section class="card">
                <div class="shop" data-state=move || taking.get().map(Taking::name)>
                    <span class="shop__dot">{move || taking.get().map(Taking::sign)}</span>
                    <div class="shop__t">
                        <h2 data-testid="shop-state" data-state=move || taking.get().map(Taking::name)>
                            <span role="status">{move || taking.get().map(|taking| t.say(taking.words()))}</span>
                        </h2>
                        <p class="t-14 quiet">{move || t.shop_waiting(&waiting())}</p>
                    </div>
                    <OpenSwitch live class="btn btn--line"/>
                </div>
                <p class="t-14">{explained}</p>
            </section>
            <section class="stack stack--s">
                <h2 class="t-18">{t.say(Key::StockTitle)}</h2>
                <div class="card card--flush"><StockList live/></div>
            </section>
        </main>
    }
}
