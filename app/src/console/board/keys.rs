//! The board's keys: 1-9 picks a card, A accepts, R refuses, D is done, M acknowledges, ? shows them.
//! Not here: what the steps do (`actions`).

use leptos::prelude::*;
use okini_shared::rules::order::OrderState;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::actions::Step;
use super::{Kitchen, Open};
use crate::browser::{document, element, listen};

/// Listens as long as the board is shown.
pub(crate) fn begin(kitchen: Kitchen) {
    listen(&document(), "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typed_into(event) {
            return;
        }
        kitchen.typing.set(true);
        if kitchen.keys.get_untracked()
            && kitchen.open.get_untracked() == Open::Nothing
            && pressed(kitchen, &event.key())
        {
            event.prevent_default();
        }
    });
    listen(&document(), "pointerdown", move |_| kitchen.typing.set(false));
}

fn is_typed_into(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest("input, textarea, select"), Ok(Some(_))))
}

/// Acts on a key; says whether it was one of ours.
fn pressed(kitchen: Kitchen, key: &str) -> bool {
    match key {
        "?" => kitchen.open.set(Open::Help),
        "m" | "M" => kitchen.live.acknowledge(),
        "a" | "A" | "r" | "R" | "d" | "D" => step(kitchen, key),
        _ => return pick(kitchen, key),
    }
    true
}

fn pick(kitchen: Kitchen, key: &str) -> bool {
    let Some(place) = key.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|_| key.len() == 1) else {
        return false;
    };
    let orders = kitchen.live.orders;
    let Some(id) = orders.with_untracked(|orders| orders.in_reading_order().get(place).copied()) else { return false };
    kitchen.picked.set(Some(id));
    if let Some(lane) = orders.with_untracked(|orders| orders.get(id).and_then(|order| super::Lane::of(order.state))) {
        kitchen.tab.set(lane);
    }
    if let Some(card) = element(&id.to_string()) {
        drop(card.focus());
    }
    true
}

fn step(kitchen: Kitchen, key: &str) {
    let live = kitchen.live;
    let Some(id) = kitchen.picked.get_untracked() else { return };
    let Some(state) = live.orders.with_untracked(|orders| orders.get(id).map(|order| order.state)) else { return };
    let step = match (key, state) {
        ("a" | "A", OrderState::Submitted) => Step::Accept(None),
        ("r" | "R", OrderState::Submitted) => return kitchen.open.set(Open::Refuse(id)),
        ("d" | "D", OrderState::Accepted | OrderState::Preparing) => Step::Move(OrderState::Ready),
        ("d" | "D", OrderState::Ready) => Step::Move(OrderState::Completed),
        _ => return,
    };
    kitchen.follow.set(Some(id));
    live.act(id, step);
}
