//! Issued receipts and their numbers. Rows are added and read, never changed.

use super::{Conn, RowExt};
use okini_shared::api::receipt::Receipt;
use okini_shared::id::{BillId, FacilityId, OrderId, RefundId};
use okini_shared::money::Yen;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A receipt and what it was issued for.
#[derive(Debug, Clone)]
pub struct Issued {
    pub facility: FacilityId,
    pub bill: BillId,
    /// With the paper of money that went back.
    pub refund: Option<RefundId>,
    pub receipt: Receipt,
}

pub(super) fn issued_row(row: &AnyRow) -> Result<Issued, sqlx::Error> {
    Ok(Issued {
        facility: row.parsed("facility_id")?,
        bill: row.parsed("bill_id")?,
        refund: row.parsed_or_null("refund_id")?,
        receipt: row.json("content")?,
    })
}

/// The next number of a facility, from 1. Whoever asks for it in a transaction keeps others waiting until its end, and a
/// transaction that fails gives it back: so there is no gap.
pub async fn next_number(conn: &mut Conn, facility: FacilityId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO receipt_number (facility_id, last) VALUES ($1, 1)
         ON CONFLICT (facility_id) DO UPDATE SET last = receipt_number.last + 1 RETURNING last",
    )
    .bind(facility.to_string())
    .fetch_one(conn)
    .await
}

/// Adds a receipt.
pub async fn insert(conn: &mut Conn, issued: &Issued) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO receipt (facility_id, number, order_id, bill_id, refund_id, total, issued_at, content)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(issued.facility.to_string())
    .bind(issued.receipt.number)
    .bind(issued.receipt.order.to_string())
    .bind(issued.bill.to_string())
    .bind(issued.refund.map(|id| id.to_string()))
    .bind(issued.receipt.total.get())
    .bind(issued.receipt.issued_at.get())
    .bind(super::menu::to_json(&issued.receipt))
    .execute(conn)
    .await?;
    Ok(())
}

/// What was issued for an order, by number: the receipt first.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Issued>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM receipt WHERE order_id = $1 ORDER BY number")
        .bind(order.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(issued_row).collect()
}

/// What a list is narrowed to: from the first until before the second, both where they are.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub issued: (Millis, Millis),
    pub number: Option<i64>,
    pub amount: Option<Yen>,
}

/// A facility's receipts below a number, newest first.
pub async fn page(
    conn: &mut Conn,
    facility: FacilityId,
    wanted: Wanted,
    before: i64,
    limit: i64,
) -> Result<Vec<Receipt>, sqlx::Error> {
    let either = |one: Option<i64>| (one.unwrap_or(0), one.unwrap_or(i64::MAX));
    let (number, amount) = (either(wanted.number), either(wanted.amount.map(Yen::get)));
    let rows = sqlx::query(
        "SELECT content FROM receipt WHERE facility_id = $1 AND number < $2 AND number >= $3 AND number <= $4
            AND total >= $5 AND total <= $6 AND issued_at >= $7 AND issued_at < $8
         ORDER BY number DESC LIMIT $9",
    )
    .bind(facility.to_string())
    .bind(before)
    .bind(number.0)
    .bind(number.1)
    .bind(amount.0)
    .bind(amount.1)
    .bind(wanted.issued.0.get())
    .bind(wanted.issued.1.get())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.json("content")).collect()
}
