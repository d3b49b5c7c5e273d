//! The board's foot: what is to be cooked now, and how the line to the server is.
//! Not here: the bar of a lost line (`alarm`).

use leptos::prelude::*;

use crate::console::live::{Line, Live};
use crate::console::parts::{Sign, clock_seconds};
use crate::console::texts::Key;

/// The sums and the line.
#[component]
pub(crate) fn Foot(live: Live) -> impl IntoView {
    let t = live.t;
    let sums = Memo::new(move |_| live.orders.with(super::orders::Orders::to_cook));
    let line = Memo::new(move |_| live.line());
    let words = move || match (line.get(), live.heard.get()) {
        (Line::Connecting, _) | (_, None) => t.say(Key::BoardConnecting).to_owned(),
        (Line::Connected, Some(heard)) => t.board_connected(&clock_seconds(heard)),
        (Line::Lost, Some(_)) => t.say(Key::BoardLostAgain).to_owned(),
    };
    let state = move || match line.get() {
        Line::Connecting => "connecting",
        Line::Connected => "connected",
        Line::Lost => "lost",
    };
    view! {
        <footer class="board__sum">
            <h2 class="quiet">{t.say(Key::BoardCookNow)}</h2>
            <ul>
                {move || sums.get().into_iter().map(|(name, sum)| view! {
                    <li><span lang="ja">{name}</span>" "<b>{sum}</b></li>
                }).collect_view()}
                <Show when=move || sums.with(Vec::is_empty)>
                    <li class="quiet">{t.say(Key::BoardNothing)}</li>
                </Show>
            </ul>
            <span class="board__line" data-state=state data-testid="line">{Sign::Link.small()}{words}</span>
        </footer>
    }
}
