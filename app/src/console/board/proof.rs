//! The word of this half minute in the bar: what a paid diner's phone shows at the same moment.

use leptos::prelude::*;
use okini_shared::api::proof::{GetShopProof, Proof};

use super::Kitchen;
use crate::browser::{clock, pause};
use crate::console::texts::Key;
use crate::net::task;
use crate::ui::shape;

/// Nothing while it is not known.
#[component]
pub(crate) fn TillProof(kitchen: Kitchen) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let proof = RwSignal::new(None::<Proof>);
    Effect::new(move |_| {
        task(async move {
            loop {
                let got = live.session.call::<GetShopProof>(&[&live.facility.to_string()], &(), "").await;
                proof.set(got.ok());
                let left = proof.with_untracked(|proof| proof.as_ref().map(|proof| proof.until.since(clock::now())));
                // Whatever the clock does, a board asks at most once in some seconds.
                pause(i32::try_from(left.unwrap_or(5_000).clamp(2_000, 30_000)).unwrap_or(30_000)).await;
            }
        });
    });
    move || {
        let Proof { word, latin, shape: form, until } = proof.get()?;
        let seconds = move || (until.since(live.now.get()).max(0) / 1_000).to_string();
        Some(view! {
            <span class="board__proof" data-shape=form.name() data-testid="till-proof" title=latin>
                {shape(form)}<span class="sr">{t.say(Key::BoardProof)}</span><b lang="ja">{word}</b>
                <small aria-hidden="true">{move || t.board_proof_left(&seconds())}</small>
            </span>
        })
    }
}
