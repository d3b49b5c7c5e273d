//! What a shop does with its orders: take, refuse, cook, promise another time. Every operation starts from the facility.

use super::{flow, order};
use crate::error::Error;
use crate::events::Actor;
use crate::state::App;
use crate::store::{self, Tx};
use okini_shared::api::menu::SoldOut;
use okini_shared::api::order::Refusal;
use okini_shared::api::shop::{Accept, BoardOrder, Move, Promise, Refuse};
use okini_shared::id::{AccountId, FacilityId, OrderId};
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::cart::MAX_NOTE;
use okini_shared::rules::order::{OrderState, OrderStep, RefusalReason};
use okini_shared::time::MINUTE;
use std::sync::Arc;

/// An order of a facility, and who acts on it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub facility: FacilityId,
    pub order: OrderId,
    pub account: AccountId,
}

/// What is done with the order.
#[derive(Debug, Clone)]
pub enum Act {
    Accept(Accept),
    Refuse(Refuse),
    Move(Move),
    Promise(Promise),
}

/// Does it, and shows the order as the kitchen sees it afterwards.
pub async fn act(app: &Arc<App>, target: Target, act: Act) -> Result<BoardOrder, Error> {
    check(&act)?;
    app.db.write((Arc::clone(app), target, act), |tx, (app, target, act)| Box::pin(act_in(tx, app, *target, act))).await
}

/// Bounds that do not depend on the order.
fn check(act: &Act) -> Result<(), Error> {
    let invalid = |detail: &str, at: &str| Err(Problem::new(Code::InvalidValue).detail(detail).at(at).into());
    let minutes = |minutes: i64| (1..=180).contains(&minutes);
    match act {
        Act::Accept(Accept { minutes: Some(m) }) | Act::Promise(Promise { minutes: m }) if !minutes(*m) => {
            invalid("minutes must be 1 to 180", "/minutes")
        }
        Act::Refuse(refuse) => {
            let text = order::clean(refuse.text.as_deref().unwrap_or_default());
            if refuse.reason == RefusalReason::Other && text.is_empty() {
                return invalid("say why in your own words", "/text");
            }
            if text.chars().count() > MAX_NOTE {
                return invalid("the text has at most 200 characters", "/text");
            }
            Ok(())
        }
        Act::Move(Move { to }) if step_to(*to).is_none() => {
            invalid("`to` must be preparing, ready or completed", "/to")
        }
        _ => Ok(()),
    }
}

const fn step_to(state: OrderState) -> Option<OrderStep> {
    match state {
        OrderState::Preparing => Some(OrderStep::Prepare),
        OrderState::Ready => Some(OrderStep::Finish),
        OrderState::Completed => Some(OrderStep::HandOver),
        _ => None,
    }
}

async fn act_in(tx: &mut Tx<'_>, app: &App, target: Target, act: &Act) -> Result<BoardOrder, Error> {
    let found = store::order::of_facility(tx.conn(), target.facility, target.order).await?;
    let mut order = found.ok_or(Code::NotFound)?;
    let actor = Actor::Staff(target.account);
    let now = app.clock.now();
    match act {
        Act::Accept(accept) => {
            let facility = store::register::facility(tx.conn(), target.facility).await?.ok_or(Code::NotFound)?;
            let minutes = accept.minutes.unwrap_or(facility.wait_minutes);
            order.promised_at = Some(now.plus(minutes.saturating_mul(MINUTE)));
            flow::step(app, tx, &mut order, OrderStep::Accept, actor).await?;
        }
        Act::Refuse(refuse) => {
            let text = refuse.text.as_deref().map(order::clean).filter(|text| !text.is_empty());
            order.refusal = Some(Refusal { reason: refuse.reason, text });
            flow::step(app, tx, &mut order, OrderStep::Refuse, actor).await?;
            sell_out(tx, target.facility, &order, refuse).await?;
        }
        Act::Move(to) => {
            let step = step_to(to.to).ok_or(Code::InvalidValue)?;
            let reopens = order.state == OrderState::Ready && step == OrderStep::Prepare;
            let step = if reopens { OrderStep::Reopen } else { step };
            if reopens {
                order.ready_at = None;
            }
            flow::step(app, tx, &mut order, step, actor).await?;
        }
        Act::Promise(promise) => {
            if !matches!(order.state, OrderState::Accepted | OrderState::Preparing) {
                return Err(flow::moved_on(&order));
            }
            order.promised_at = Some(now.plus(promise.minutes.saturating_mul(MINUTE)));
            flow::touch(app, tx, &mut order, "promised", actor).await?;
        }
    }
    Ok(order::whole(tx.conn(), order).await?.for_kitchen())
}

/// Refused because something ran out: it is no longer on sale either.
async fn sell_out(
    tx: &mut Tx<'_>,
    facility: FacilityId,
    order: &store::order::Order,
    refuse: &Refuse,
) -> Result<(), Error> {
    if refuse.reason != RefusalReason::SoldOut || refuse.sold_out.is_empty() {
        return Ok(());
    }
    let lines = store::order::lines(tx.conn(), order.id).await?;
    for id in refuse.sold_out.iter().filter(|id| lines.iter().any(|line| line.item == **id)) {
        // A dish that is no longer on the menu needs no mark.
        store::menu::mark_item(tx.conn(), facility, *id, Some(SoldOut { until: None })).await?;
    }
    flow::menu_changed(tx, facility).await
}
