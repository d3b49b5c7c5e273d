//! What must not be missed, on every screen: new orders, a lost line, a shop that closed by itself. Seen and heard.
//! Not here: how a sound is made (`sound`), when the line counts as lost (`live`).

use leptos::prelude::*;
use okini_shared::time::{Millis, SECOND};

use super::live::{Line, Live};
use super::parts::{Sign, clock_seconds};
use super::sound::{Hearing, Sound, Tune};
use super::texts::Key;
use crate::browser::document;
use crate::net::task;
use crate::ui::Icon;

const EACH: i64 = 3 * SECOND;

/// Repeats the sound until somebody acknowledges, and counts new orders in the tab's title.
pub(crate) fn begin(live: Live, sound: Sound) {
    let rung = StoredValue::new(Millis::default());
    Effect::new(move || {
        let tune = if live.unseen() > 0 {
            Tune::Order
        } else if live.line() == Line::Lost && !live.seen_lost.get() {
            Tune::Lost
        } else {
            rung.set_value(Millis::default());
            return;
        };
        let now = live.now.get();
        if now.since(rung.get_value()) >= EACH {
            rung.set_value(now);
            sound.play(tune);
        }
    });
    let unseen = Memo::new(move |_| live.unseen());
    Effect::new(move || {
        let name = live.t.say(Key::AppName);
        document().set_title(&if unseen.get() > 0 { format!("({}) {name}", unseen.get()) } else { name.to_owned() });
    });
}

/// The bars at the top.
#[component]
pub(crate) fn Alarms(live: Live, sound: Sound) -> impl IntoView {
    let t = live.t;
    let lost = Memo::new(move |_| live.line() == Line::Lost);
    let unseen = Memo::new(move |_| live.unseen());
    let silent = Memo::new(move |_| live.shop.with(|shop| shop.as_ref().is_some_and(|shop| shop.closed_by_silence)));
    view! {
        <div class="board__top" data-theme="board">
            <Show when=move || lost.get()><Lost live/></Show>
            <Show when=move || { unseen.get() > 0 }>
                <div class="board__alert" role="alert" data-testid="alarm">
                    {Icon::Bell.full()}
                    <span>{move || {
                        let n = unseen.get().to_string();
                        if sound.hearing() == Hearing::On { t.board_alert(&n) } else { t.board_alert_quiet(&n) }
                    }}</span>
                    <button type="button" class="btn" data-testid="ack" on:click=move |_| live.acknowledge()>
                        {Icon::Check.small()}{t.say(Key::BoardAck)}
                    </button>
                </div>
            </Show>
            <Show when=move || silent.get()><Silent live/></Show>
        </div>
    }
}

#[component]
fn Lost(live: Live) -> impl IntoView {
    let t = live.t;
    let text = move || match live.heard.get() {
        Some(heard) => t.board_lost(&clock_seconds(heard)),
        None => t.say(Key::BoardLostNever).to_owned(),
    };
    view! {
        <div class="board__alert" data-kind="lost" role="alert" data-testid="lost">
            {Icon::Alert.full()}
            <span>{text}" "<small>{t.say(Key::BoardLostAgain)}</small></span>
            <Show when=move || !live.seen_lost.get()>
                <button type="button" class="btn" data-testid="ack-lost" on:click=move |_| live.acknowledge()>
                    {Icon::Check.small()}{t.say(Key::BoardAck)}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Silent(live: Live) -> impl IntoView {
    let t = live.t;
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let open = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        task(async move {
            wrong.set(live.set_open(true).await.err());
            busy.set(false);
        });
    };
    view! {
        <div class="board__alert" data-kind="silent" role="alert" data-testid="silent">
            {Icon::Alert.full()}
            <span>{t.say(Key::ShopSilentWhy)}" "{move || wrong.get()}</span>
            <button type="button" class="btn" data-testid="reopen-shop" on:click=open
                aria-disabled=move || busy.get().then_some("true")>{Sign::Play.small()}{t.say(Key::ShopStart)}</button>
        </div>
    }
}
