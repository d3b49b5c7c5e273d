//! Money on its way back.

use super::{Conn, RowExt};
use okini_shared::id::{FacilityId, OrderId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::AccountKey;
use okini_shared::rules::refund::RefundState;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A refund as it is stored.
#[derive(Debug, Clone)]
pub struct Refund {
    pub id: RefundId,
    pub payment: PaymentId,
    pub order: OrderId,
    pub facility: FacilityId,
    pub amount: Yen,
    /// The order's end, `surplus`, `stranded` or `staff`.
    pub reason: String,
    /// What staff wrote.
    pub note: Option<String>,
    pub state: RefundState,
    pub created_at: Millis,
    pub done_at: Option<Millis>,
    pub ask_at: Option<Millis>,
    pub asked: i64,
    pub remark: Option<String>,
}

pub(super) fn refund_row(row: &AnyRow) -> Result<Refund, sqlx::Error> {
    Ok(Refund {
        id: row.parsed("id")?,
        payment: row.parsed("payment_id")?,
        order: row.parsed("order_id")?,
        facility: row.parsed("facility_id")?,
        amount: Yen::new(row.int("amount")?),
        reason: row.text("reason")?,
        note: row.text_or_null("note")?,
        state: row.named("state", RefundState::from_name)?,
        created_at: Millis::new(row.int("created_at")?),
        done_at: row.int_or_null("done_at")?.map(Millis::new),
        ask_at: row.int_or_null("ask_at")?.map(Millis::new),
        asked: row.int("asked")?,
        remark: row.text_or_null("remark")?,
    })
}

/// Adds a refund.
pub async fn insert(conn: &mut Conn, refund: &Refund) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO refund (id, payment_id, order_id, facility_id, amount, reason, state, created_at, ask_at, asked, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)",
    )
    .bind(refund.id.to_string())
    .bind(refund.payment.to_string())
    .bind(refund.order.to_string())
    .bind(refund.facility.to_string())
    .bind(refund.amount.get())
    .bind(&refund.reason)
    .bind(refund.state.name())
    .bind(refund.created_at.get())
    .bind(refund.ask_at.map(Millis::get))
    .bind(&refund.note)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change, if the refund is still in the state it was read in.
pub async fn update(conn: &mut Conn, refund: &Refund, was: RefundState) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE refund SET state = $3, done_at = $4, ask_at = $5, asked = $6, remark = $7, note = $8, locked_until = NULL
         WHERE id = $1 AND state = $2",
    )
    .bind(refund.id.to_string())
    .bind(was.name())
    .bind(refund.state.name())
    .bind(refund.done_at.map(Millis::get))
    .bind(refund.ask_at.map(Millis::get))
    .bind(refund.asked)
    .bind(&refund.remark)
    .bind(&refund.note)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// By id, which is the merchant refund id on the wire.
pub async fn by_id(conn: &mut Conn, id: RefundId) -> Result<Option<Refund>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM refund WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(refund_row).transpose()
}

/// One of a facility's refunds.
pub async fn of_facility(conn: &mut Conn, facility: FacilityId, id: RefundId) -> Result<Option<Refund>, sqlx::Error> {
    Ok(by_id(conn, id).await?.filter(|refund| refund.facility == facility))
}

/// How many refunds of a payment did not reach the diner yet, refused ones among them.
pub async fn outstanding(conn: &mut Conn, payment: PaymentId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM refund WHERE payment_id = $1 AND state IN ('requested', 'sent', 'refused')",
    )
    .bind(payment.to_string())
    .fetch_one(conn)
    .await
}

/// The refunds of an order.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM refund WHERE order_id = $1 ORDER BY id")
        .bind(order.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(refund_row).collect()
}

/// The accounts with refunds whose time has come, of which nobody takes care.
pub async fn accounts_due(conn: &mut Conn, now: Millis) -> Result<Vec<AccountKey>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT DISTINCT p.account FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE r.ask_at IS NOT NULL AND r.ask_at <= $1 AND (r.locked_until IS NULL OR r.locked_until <= $1)",
    )
    .bind(now.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.parsed("account")).collect()
}

/// Takes refunds of an account whose time has come, for this worker alone until `locked_until`.
pub async fn lease(
    conn: &mut Conn,
    account: AccountKey,
    (now, locked_until): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE refund SET locked_until = $2 WHERE id IN (
            SELECT id FROM refund WHERE ask_at IS NOT NULL AND ask_at <= $1
                AND (locked_until IS NULL OR locked_until <= $1)
                AND (SELECT account FROM payment WHERE payment.id = refund.payment_id) = $4
            ORDER BY ask_at LIMIT $3)
         AND (locked_until IS NULL OR locked_until <= $1) RETURNING *",
    )
    .bind(now.get())
    .bind(locked_until.get())
    .bind(limit)
    .bind(account.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(refund_row).collect()
}
