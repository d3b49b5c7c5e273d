//! What a shop looks at: the live board, its list of orders, and whether it takes orders.

use super::{flow, order};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::{self, Conn};
use okini_shared::api::shop::{Board, BoardOrder, ShopOrder, ShopOrderPage, ShopState};
use okini_shared::id::{AccountId, EventId, FacilityId, OrderId};
use okini_shared::problem::Code;
use serde_json::json;
use std::sync::Arc;

/// Finished orders that a board still shows.
const FINISHED: i64 = 20;

/// The whole board as it is now.
pub async fn board(app: &App, facility: FacilityId) -> Result<Board, Error> {
    let mut conn = app.db.read().await?;
    let shop = state_in(&mut conn, facility).await?;
    let mut orders = Vec::new();
    for row in store::order::on_board(&mut conn, facility).await? {
        orders.push(order::whole(&mut conn, row).await?.for_kitchen());
    }
    let mut finished = Vec::new();
    for row in store::order::finished(&mut conn, facility, FINISHED).await? {
        finished.push(order::whole(&mut conn, row).await?.for_kitchen());
    }
    Ok(Board { shop, orders, finished, now: app.clock.now() })
}

/// One order for the board; nothing when the kitchen has never seen it (not paid).
pub async fn board_order(app: &App, facility: FacilityId, id: OrderId) -> Result<Option<BoardOrder>, Error> {
    let mut conn = app.db.read().await?;
    let row = store::order::of_facility(&mut conn, facility, id).await?.filter(|order| order.number.is_some());
    match row {
        Some(row) => Ok(Some(order::whole(&mut conn, row).await?.for_kitchen())),
        None => Ok(None),
    }
}

/// Whether a shop takes orders.
pub async fn state(app: &App, facility: FacilityId) -> Result<ShopState, Error> {
    state_in(&mut *app.db.read().await?, facility).await
}

async fn state_in(conn: &mut Conn, id: FacilityId) -> Result<ShopState, Error> {
    let facility = store::register::facility(conn, id).await?.ok_or(Code::NotFound)?;
    let code = store::register::facility_code(conn, id).await?.unwrap_or_default();
    Ok(ShopState {
        facility: id,
        name: facility.name.shop().clone(),
        code,
        taking_orders: facility.taking_orders,
        closed_by_silence: facility.closed_by_silence,
    })
}

/// Opens a shop for orders or closes it.
pub async fn set_open(
    app: &Arc<App>,
    facility: FacilityId,
    account: AccountId,
    open: bool,
) -> Result<ShopState, Error> {
    app.db
        .write((Arc::clone(app), facility, account, open), |tx, (app, facility, account, open)| {
            Box::pin(async move {
                store::register::set_taking_orders(tx.conn(), *facility, *open, false).await?;
                flow::menu_changed(tx, *facility).await?;
                let event = Event {
                    kind: if *open { "facility.opened" } else { "facility.closed" },
                    of: (*facility).into(),
                    subject: facility.to_string(),
                    actor: Actor::Staff(*account),
                    payload: json!({}),
                };
                record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
                tx.wake(Wake::Shop { facility: *facility });
                state_in(tx.conn(), *facility).await
            })
        })
        .await
}

/// A shop's orders with their payments, newest first.
pub async fn list(app: &App, facility: FacilityId, after: Option<&str>) -> Result<ShopOrderPage, Error> {
    let before = order::cursor(after)?;
    let mut conn = app.db.read().await?;
    let rows = store::order::page_of_facility(&mut conn, facility, before, order::PAGE).await?;
    let next = order::next_cursor(&rows);
    let mut orders = Vec::with_capacity(rows.len());
    for row in rows {
        let whole = order::whole(&mut conn, row).await?;
        let placed_at = whole.order.placed_at;
        orders.push(ShopOrder { order: whole.for_kitchen(), placed_at, payments: whole.payments_for_staff() });
    }
    Ok(ShopOrderPage { orders, next })
}
