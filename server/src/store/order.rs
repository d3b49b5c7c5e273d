//! Orders, their lines, numbers and bills.

use super::{Conn, RowExt, storable};
use okini_shared::api::order::Refusal;
use okini_shared::id::{FacilityId, ItemId, LineId, OrderId, SeatId};
use okini_shared::money::Yen;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::tax::{Place, Rate, RateKind, TaxSum};
use okini_shared::text::{Lang, Text};
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// An order as it is stored.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: OrderId,
    pub facility: FacilityId,
    /// SHA-256 of the device cookie.
    pub device: String,
    pub token: String,
    pub number: Option<i64>,
    pub seat: Option<SeatId>,
    pub seat_label: Option<String>,
    pub state: OrderState,
    pub version: i64,
    pub lang: Lang,
    pub note: Option<String>,
    pub alcohol: bool,
    /// What coupons took off the lines.
    pub discount: Yen,
    /// What is to be paid.
    pub total: Yen,
    /// Of the total.
    pub taxes: Vec<TaxSum>,
    pub placed_at: Millis,
    pub submitted_at: Option<Millis>,
    pub answer_by: Option<Millis>,
    pub accepted_at: Option<Millis>,
    pub promised_at: Option<Millis>,
    pub ready_at: Option<Millis>,
    pub closed_at: Option<Millis>,
    pub refusal: Option<Refusal>,
    pub due_at: Option<Millis>,
}

/// A line as ordered.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: LineId,
    pub item: ItemId,
    pub name: Text,
    pub options: Vec<Text>,
    pub place: Place,
    pub quantity: i64,
    pub unit: Yen,
    /// All pieces, before coupons.
    pub amount: Yen,
    /// What coupons took off it.
    pub discount: Yen,
    pub rate: Rate,
    pub picture: Option<String>,
    /// Portions were taken for it.
    pub counted: bool,
}

pub(super) fn order_row(row: &AnyRow) -> Result<Order, sqlx::Error> {
    let time = |column| Ok::<_, sqlx::Error>(row.int_or_null(column)?.map(Millis::new));
    let refusal = match row.text_or_null("refusal_reason")? {
        Some(_) => Some(Refusal {
            reason: row.named("refusal_reason", RefusalReason::from_name)?,
            text: row.text_or_null("refusal_text")?,
        }),
        None => None,
    };
    Ok(Order {
        id: row.parsed("id")?,
        facility: row.parsed("facility_id")?,
        device: row.text("device")?,
        token: row.text("token")?,
        number: row.int_or_null("number")?,
        seat: row.parsed_or_null("seat_id")?,
        seat_label: row.text_or_null("seat_label")?,
        state: row.named("state", OrderState::from_name)?,
        version: row.int("version")?,
        lang: row.parsed("lang")?,
        note: row.text_or_null("note")?,
        alcohol: row.flag("alcohol")?,
        discount: Yen::new(row.int_or_null("discount")?.unwrap_or_default()),
        total: Yen::new(row.int("total")?),
        taxes: row.json("taxes")?,
        placed_at: Millis::new(row.int("placed_at")?),
        submitted_at: time("submitted_at")?,
        answer_by: time("answer_by")?,
        accepted_at: time("accepted_at")?,
        promised_at: time("promised_at")?,
        ready_at: time("ready_at")?,
        closed_at: time("closed_at")?,
        refusal,
        due_at: time("due_at")?,
    })
}

pub(super) fn line_row(row: &AnyRow) -> Result<Line, sqlx::Error> {
    Ok(Line {
        id: row.parsed("id")?,
        item: row.parsed("item_id")?,
        name: row.json("name")?,
        options: row.json("options")?,
        place: row.named("place", Place::from_name)?,
        quantity: row.int("quantity")?,
        unit: Yen::new(row.int("unit")?),
        amount: Yen::new(row.int("amount")?),
        discount: Yen::new(row.int_or_null("discount")?.unwrap_or_default()),
        rate: Rate {
            kind: row.named("rate_kind", RateKind::from_name)?,
            valid_from: Millis::default(),
            basis_points: row.int("basis_points")?,
        },
        picture: row.text_or_null("picture")?,
        counted: row.flag("counted")?,
    })
}

fn orders(rows: &[AnyRow]) -> Result<Vec<Order>, sqlx::Error> {
    rows.iter().map(order_row).collect()
}

/// Adds an order.
pub async fn insert(conn: &mut Conn, order: &Order) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO orders (id, facility_id, device, token, seat_id, seat_label, state, version, lang, note, alcohol,
            total, taxes, placed_at, due_at, discount)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(order.id.to_string())
    .bind(order.facility.to_string())
    .bind(&order.device)
    .bind(&order.token)
    .bind(order.seat.map(|id| id.to_string()))
    .bind(&order.seat_label)
    .bind(order.state.name())
    .bind(order.version)
    .bind(order.lang.tag())
    .bind(&order.note)
    .bind(i64::from(order.alcohol))
    .bind(order.total.get())
    .bind(super::menu::to_json(&order.taxes))
    .bind(order.placed_at.get())
    .bind(order.due_at.map(Millis::get))
    .bind(order.discount.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a line at a position.
pub async fn insert_line(conn: &mut Conn, order: &Order, line: &Line, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO order_line (id, order_id, facility_id, position, item_id, name, options, place, quantity, unit,
            amount, rate_kind, basis_points, picture, counted, discount)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(line.id.to_string())
    .bind(order.id.to_string())
    .bind(order.facility.to_string())
    .bind(position)
    .bind(line.item.to_string())
    .bind(super::menu::to_json(&line.name))
    .bind(super::menu::to_json(&line.options))
    .bind(line.place.name())
    .bind(line.quantity)
    .bind(line.unit.get())
    .bind(line.amount.get())
    .bind(line.rate.kind.name())
    .bind(line.rate.basis_points)
    .bind(&line.picture)
    .bind(i64::from(line.counted))
    .bind(line.discount.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change in an order, if it is still at the version it was read at; 0 when somebody else was faster.
pub async fn update(conn: &mut Conn, order: &Order) -> Result<u64, sqlx::Error> {
    let time = |at: Option<Millis>| at.map(Millis::get);
    let done = sqlx::query(
        "UPDATE orders SET state = $3, version = version + 1, number = $4, submitted_at = $5, answer_by = $6,
            accepted_at = $7, promised_at = $8, ready_at = $9, closed_at = $10, refusal_reason = $11,
            refusal_text = $12, due_at = $13
         WHERE id = $1 AND version = $2",
    )
    .bind(order.id.to_string())
    .bind(order.version)
    .bind(order.state.name())
    .bind(order.number)
    .bind(time(order.submitted_at))
    .bind(time(order.answer_by))
    .bind(time(order.accepted_at))
    .bind(time(order.promised_at))
    .bind(time(order.ready_at))
    .bind(time(order.closed_at))
    .bind(order.refusal.as_ref().map(|refusal| refusal.reason.name()))
    .bind(order.refusal.as_ref().and_then(|refusal| refusal.text.as_deref()))
    .bind(time(order.due_at))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// By the token of its page.
pub async fn by_token(conn: &mut Conn, token: &str) -> Result<Option<Order>, sqlx::Error> {
    if !storable(token) {
        return Ok(None);
    }
    let row = sqlx::query("SELECT * FROM orders WHERE token = $1").bind(token).fetch_optional(conn).await?;
    row.as_ref().map(order_row).transpose()
}

/// By id, whoever's it is: for the server's own work.
pub async fn by_id(conn: &mut Conn, id: OrderId) -> Result<Option<Order>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM orders WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(order_row).transpose()
}

/// One of a facility's orders.
pub async fn of_facility(conn: &mut Conn, facility: FacilityId, id: OrderId) -> Result<Option<Order>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM orders WHERE facility_id = $1 AND id = $2")
        .bind(facility.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(order_row).transpose()
}

/// The lines of an order.
pub async fn lines(conn: &mut Conn, order: OrderId) -> Result<Vec<Line>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM order_line WHERE order_id = $1 ORDER BY position")
        .bind(order.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(line_row).collect()
}

/// Orders that the kitchen works on, oldest first.
pub async fn on_board(conn: &mut Conn, facility: FacilityId) -> Result<Vec<Order>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM orders WHERE facility_id = $1 AND state IN ('submitted', 'accepted', 'preparing', 'ready')
         ORDER BY submitted_at, id",
    )
    .bind(facility.to_string())
    .fetch_all(conn)
    .await?;
    orders(&rows)
}

/// The last orders that the kitchen is done with, newest first.
pub async fn finished(conn: &mut Conn, facility: FacilityId, limit: i64) -> Result<Vec<Order>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM orders WHERE facility_id = $1 AND state IN ('completed', 'refused', 'auto_refused', 'cancelled')
            AND number IS NOT NULL
         ORDER BY placed_at DESC, id DESC LIMIT $2",
    )
    .bind(facility.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    orders(&rows)
}

/// A page position: orders strictly older than this.
pub type Before = (Millis, OrderId);

/// A facility's orders, newest first.
pub async fn page_of_facility(
    conn: &mut Conn,
    facility: FacilityId,
    (time, id): Before,
    limit: i64,
) -> Result<Vec<Order>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM orders WHERE facility_id = $1 AND (placed_at < $2 OR (placed_at = $2 AND id < $3))
         ORDER BY placed_at DESC, id DESC LIMIT $4",
    )
    .bind(facility.to_string())
    .bind(time.get())
    .bind(id.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    orders(&rows)
}

/// A phone's orders, newest first.
pub async fn page_of_device(
    conn: &mut Conn,
    device: &str,
    (time, id): Before,
    limit: i64,
) -> Result<Vec<Order>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM orders WHERE device = $1 AND (placed_at < $2 OR (placed_at = $2 AND id < $3))
         ORDER BY placed_at DESC, id DESC LIMIT $4",
    )
    .bind(device)
    .bind(time.get())
    .bind(id.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    orders(&rows)
}

/// Orders for which something happens by itself now.
pub async fn due(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<OrderId>, sqlx::Error> {
    let rows = sqlx::query("SELECT id FROM orders WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2")
        .bind(now.get())
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// The next number of a facility on a business day, from 1.
pub async fn next_number(conn: &mut Conn, facility: FacilityId, day: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO order_number (facility_id, day, last) VALUES ($1, $2, 1)
         ON CONFLICT (facility_id, day) DO UPDATE SET last = order_number.last + 1 RETURNING last",
    )
    .bind(facility.to_string())
    .bind(day)
    .fetch_one(conn)
    .await
}
