//! The books: counts and sums over everything, by which one database is compared with another; and what waits to be done.

use super::{Conn, RowExt};
use okini_shared::money::Yen;
use okini_shared::time::Millis;
use serde::Serialize;

/// So many, and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sum {
    pub count: i64,
    pub amount: Yen,
}

/// What came in and went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Books {
    pub orders: Sum,
    pub bills_paid: Sum,
    pub payments: Sum,
    pub refunds: Sum,
    pub facts: i64,
    /// When the last fact was recorded.
    pub last_fact_at: Option<Millis>,
}

/// The books as they are.
pub async fn read(conn: &mut Conn) -> Result<Books, sqlx::Error> {
    let facts =
        sqlx::query("SELECT COUNT(*) AS count, MAX(created_at) AS last FROM event").fetch_one(&mut *conn).await?;
    Ok(Books {
        orders: sum(conn, "SELECT COUNT(*) AS count, CAST(SUM(total) AS BIGINT) AS amount FROM orders").await?,
        bills_paid: sum(
            conn,
            "SELECT COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount FROM bill WHERE state = 'paid'",
        )
        .await?,
        payments: sum(
            conn,
            "SELECT COUNT(*) AS count, CAST(SUM(received) AS BIGINT) AS amount FROM payment
             WHERE state IN ('succeeded', 'refunding', 'refunded')",
        )
        .await?,
        refunds: sum(
            conn,
            "SELECT COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount FROM refund WHERE state IN ('done', 'by_hand')",
        )
        .await?,
        facts: facts.int("count")?,
        last_fact_at: facts.int_or_null("last")?.map(Millis::new),
    })
}

async fn sum(conn: &mut Conn, sql: &'static str) -> Result<Sum, sqlx::Error> {
    let row = sqlx::query(sql).fetch_one(conn).await?;
    Ok(Sum { count: row.int("count")?, amount: Yen::new(row.int_or_null("amount")?.unwrap_or_default()) })
}

/// What the timer has before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub payments: i64,
    pub refunds: i64,
    pub orders: i64,
    /// The moment at which the oldest of it was due, when that has passed.
    pub overdue_since: Option<Millis>,
}

/// What waits at `now`.
pub async fn waiting(conn: &mut Conn, now: Millis) -> Result<Waiting, sqlx::Error> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) AS count, MIN(ask_at) AS first FROM payment WHERE ask_at IS NOT NULL",
        "SELECT COUNT(*) AS count, MIN(ask_at) AS first FROM refund WHERE ask_at IS NOT NULL",
        "SELECT COUNT(*) AS count, MIN(due_at) AS first FROM orders WHERE due_at IS NOT NULL",
    ] {
        let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
        found.push((row.int("count")?, row.int_or_null("first")?.map(Millis::new)));
    }
    let count = |place: usize| found.get(place).map_or(0, |(count, _)| *count);
    let first = found.iter().filter_map(|(_, first)| *first).min();
    Ok(Waiting {
        payments: count(0),
        refunds: count(1),
        orders: count(2),
        overdue_since: first.filter(|first| *first < now),
    })
}
