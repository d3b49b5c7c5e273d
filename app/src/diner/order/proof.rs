//! The word that the shop's screen shows at the same moment, with the seconds until the next. Never a proof by itself.

use leptos::prelude::*;
use okini_shared::api::proof::{GetProof, Proof};
use okini_shared::text::Lang;

use super::Page;
use crate::browser::{clock, pause};
use crate::diner::texts::Key;
use crate::net::{Failure, With, call, task};
use crate::ui::{State, el, follow, live, shape};

/// For the phone that placed the order; nothing until it is known.
pub(super) fn card(page: Page, token: String) -> AnyView {
    let proof: State<Option<Proof>> = State::new(None);
    let left = State::new(0_i64);
    follow(move || {
        let token = token.clone();
        task(async move {
            loop {
                match call::<GetProof>(&[&token], &(), With::default()).await {
                    Ok(new) => proof.set(Some(new)),
                    Err(Failure::Refused(_)) => break,
                    Err(_) => proof.set(None),
                }
                // Whatever the clock does, a phone asks at most once in five seconds.
                for second in 0.. {
                    let until = proof.with_untracked(|proof| proof.as_ref().map(|proof| proof.until));
                    let ms = until.map_or(0, |until| until.since(clock::now()));
                    left.set(ms.max(0) / 1_000);
                    if ms <= 0 && second >= 5 {
                        break;
                    }
                    pause(1_000).await;
                }
            }
            proof.set(None);
        });
    });
    let t = page.t;
    live(move || {
        let proof = proof.get()?;
        let latin = (t.lang() != Lang::Ja).then_some(proof.latin);
        Some(
            el("section")
                .class("proof")
                .set("aria-label", t.say(Key::ProofTitle))
                .set("data-shape", proof.shape.name())
                .test("proof")
                .kid(shape(proof.shape))
                .kid(
                    el("div")
                        .kid(el("p").class("t-14 b").kid(t.say(Key::ProofSame)))
                        .kid(el("p").class("proof__word").set("lang", "ja").kid(proof.word))
                        .kid(latin),
                )
                .kid(
                    el("span")
                        .class("proof__ring num")
                        .set("aria-hidden", "true")
                        .live_kid(move || left.get().to_string()),
                ),
        )
    })
}
