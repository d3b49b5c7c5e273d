//! Bills: what is to be paid for an order.

use super::{Conn, RowExt};
use okini_shared::id::{BillId, FacilityId, OrderId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::time::Millis;

/// What is to be paid.
#[derive(Debug, Clone)]
pub struct Bill {
    pub id: BillId,
    pub order: OrderId,
    pub facility: FacilityId,
    pub amount: Yen,
    /// Nothing paid it where coupons took everything off.
    pub paid_by: Option<PaymentId>,
    pub open: bool,
}

/// Adds a bill.
pub async fn insert(conn: &mut Conn, bill: &Bill, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO bill (id, order_id, facility_id, amount, state, paid_by, created_at, paid_at)
         VALUES ($1, $2, $3, $4, 'open', NULL, $5, NULL)",
    )
    .bind(bill.id.to_string())
    .bind(bill.order.to_string())
    .bind(bill.facility.to_string())
    .bind(bill.amount.get())
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// The bill of an order.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Option<Bill>, sqlx::Error> {
    read(conn, "SELECT * FROM bill WHERE order_id = $1", order).await
}

/// The same, and keeps all others from paying or voiding it until this transaction ends.
pub async fn hold(conn: &mut Conn, order: OrderId) -> Result<Option<Bill>, sqlx::Error> {
    read(conn, "UPDATE bill SET state = state WHERE order_id = $1 RETURNING *", order).await
}

async fn read(conn: &mut Conn, sql: &'static str, order: OrderId) -> Result<Option<Bill>, sqlx::Error> {
    let Some(row) = sqlx::query(sql).bind(order.to_string()).fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some(Bill {
        id: row.parsed("id")?,
        order: row.parsed("order_id")?,
        facility: row.parsed("facility_id")?,
        amount: Yen::new(row.int("amount")?),
        paid_by: row.parsed_or_null("paid_by")?,
        open: row.text("state")? == "open",
    }))
}

/// Marks an open bill as paid by an attempt, or by coupons alone; 0 when it was not open.
pub async fn pay(conn: &mut Conn, bill: BillId, payment: Option<PaymentId>, now: Millis) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("UPDATE bill SET state = 'paid', paid_by = $2, paid_at = $3 WHERE id = $1 AND state = 'open'")
            .bind(bill.to_string())
            .bind(payment.map(|id| id.to_string()))
            .bind(now.get())
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}

/// Nothing is to be paid any more; 0 when the bill was not open.
pub async fn void(conn: &mut Conn, order: OrderId) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE bill SET state = 'void' WHERE order_id = $1 AND state = 'open'")
        .bind(order.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
