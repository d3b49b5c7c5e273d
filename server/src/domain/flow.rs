//! Moving an order along its state machine, whoever moves it: one conditional update, one fact, one wake, and the
//! money and portions that go back when an order ends without food.

use super::{coupon, refund};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::order::Order;
use crate::store::{self, Tx};
use okini_shared::id::EventId;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::time::Millis;
use serde_json::json;

/// Takes a step with an order that was read in this transaction, and sets what belongs to the new state.
/// Refused as `order-moved-on` when there is no such edge.
pub async fn step(app: &App, tx: &mut Tx<'_>, order: &mut Order, step: OrderStep, actor: Actor) -> Result<(), Error> {
    let now = app.clock.now();
    let Some(next) = order.state.after(step) else { return Err(moved_on(order)) };
    order.state = next;
    stamp(app, order, now);
    if next == OrderState::Submitted {
        let starts = store::register::day_starts_at(tx.conn(), order.facility).await?.ok_or(Code::NotFound)?;
        let day = now.business_day(starts);
        order.number = Some(store::order::next_number(tx.conn(), order.facility, day).await?);
    }
    if store::order::update(tx.conn(), order).await? == 0 {
        return Err(Error::Overtaken);
    }
    order.version += 1;
    if next == OrderState::Submitted {
        coupon::hold::redeem(app, tx, order).await?;
    }
    if next.gives_money_back() {
        give_back(app, tx, order).await?;
    }
    tell(app, tx, order, next.name(), actor).await
}

/// Writes an order whose times changed but not its state.
pub async fn touch(app: &App, tx: &mut Tx<'_>, order: &mut Order, what: &str, actor: Actor) -> Result<(), Error> {
    if store::order::update(tx.conn(), order).await? == 0 {
        return Err(Error::Overtaken);
    }
    order.version += 1;
    tell(app, tx, order, what, actor).await
}

/// Until when an unpaid order may be paid, and holds what was ordered; who is on a payment page then may still finish.
pub fn payable_until(app: &App, placed_at: Millis) -> Millis {
    placed_at.plus(app.config.orders.unpaid_seconds.saturating_mul(1_000))
}

/// The times that come with a state.
fn stamp(app: &App, order: &mut Order, now: Millis) {
    order.due_at = None;
    match order.state {
        OrderState::AwaitingPayment | OrderState::Preparing => {}
        OrderState::Submitted => {
            let answer_by = now.plus(app.config.orders.answer_seconds.saturating_mul(1_000));
            order.submitted_at = Some(now);
            order.answer_by = Some(answer_by);
            order.due_at = Some(answer_by);
        }
        OrderState::Accepted => order.accepted_at = Some(now),
        OrderState::Ready => order.ready_at = Some(now),
        OrderState::Completed
        | OrderState::Refused
        | OrderState::AutoRefused
        | OrderState::Cancelled
        | OrderState::Expired => order.closed_at = Some(now),
    }
}

/// An order ended without food: nothing more is to be paid, what was paid goes back, portions are on sale again.
async fn give_back(app: &App, tx: &mut Tx<'_>, order: &Order) -> Result<(), Error> {
    store::bill::void(tx.conn(), order.id).await?;
    refund::paid_bill(app, tx, order).await?;
    refund::stranded(app, tx, order).await?;
    for payment in store::payment::of_order(tx.conn(), order.id).await? {
        if payment.state.is_live() {
            // The reconciler withdraws the provider's page, or gives the money back if it was paid meanwhile.
            store::payment::ask_soon(tx.conn(), payment.account, payment.id, app.clock.now()).await?;
        }
    }
    let mut returned = 0;
    for line in store::order::lines(tx.conn(), order.id).await?.into_iter().filter(|line| line.counted) {
        returned += store::menu::return_portions(tx.conn(), order.facility, line.item, line.quantity).await?;
    }
    if returned > 0 {
        menu_changed(tx, order.facility).await?;
    }
    // Last: others may wait for the money.
    coupon::back::give_back(app, tx, order, order.state.name()).await
}

/// Raises a facility's version and wakes those who have its menu open.
pub async fn menu_changed(tx: &mut Tx<'_>, facility: okini_shared::id::FacilityId) -> Result<(), Error> {
    store::register::bump_menu(tx.conn(), facility).await?;
    tx.wake(Wake::Menu { facility });
    Ok(())
}

async fn tell(app: &App, tx: &mut Tx<'_>, order: &Order, what: &str, actor: Actor) -> Result<(), Error> {
    let event = Event {
        kind: &format!("order.{what}"),
        of: order.facility.into(),
        subject: order.id.to_string(),
        actor,
        payload: json!({ "version": order.version, "total": order.total }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    tx.wake(Wake::Order { facility: order.facility, order: order.id });
    Ok(())
}

/// Somebody else was faster.
pub fn moved_on(order: &Order) -> Error {
    Problem::new(Code::OrderMovedOn).detail(format!("the order is {} by now", order.state.name())).into()
}
