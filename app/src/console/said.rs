//! The result of the last action, with the way back where taking it back is harmless.
//! Not here: refusals that belong to one card or row; they stand there.

use leptos::prelude::*;

use super::live::Live;
use super::parts::Sign;
use super::texts::Key;
use crate::ui::Icon;

/// A line at the bottom that stays until the next action or until it is closed.
#[component]
pub(crate) fn LastSaid(live: Live) -> impl IntoView {
    let t = live.t;
    let line = move || {
        live.said.get().map(|said| {
            view! {
                <div class="said" data-kind=(!said.good).then_some("bad") data-testid="said">
                    {if said.good { Icon::Check.small().into_any() } else { Icon::Alert.small().into_any() }}
                    <span>{said.text}</span>
                    {said.undo.map(|undo| view! {
                        <button type="button" class="btn btn--line btn--compact" data-testid="undo" on:click=move |_| live.undo(undo)>
                            {Sign::Undo.small()}{t.say(Key::OrderUndo)}
                        </button>
                    })}
                    <button type="button" class="icon-btn" aria-label=t.say(Key::OrderCloseNote) on:click=move |_| live.said.set(None)>
                        {Icon::Close.small()}
                    </button>
                </div>
            }
        })
    };
    view! { <div role="status">{line}</div> }
}
