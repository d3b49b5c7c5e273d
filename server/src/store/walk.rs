//! Going through a whole database page by page, reading every row as the server reads it; a row that cannot be read is
//! named instead of ending the walk. What is compared with what is in `domain::doctor`.

use super::campaign::{Campaign, campaign_row};
use super::order::{Line, Order, line_row, order_row};
use super::receipt::{Issued, issued_row};
use super::{Conn, RowExt, menu, payment, refund, register};
use okini_shared::id::FacilityId;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// Rows of one page.
const PAGE: i64 = 500;

/// A row by its id, or why it cannot be read.
pub type Read<T> = (String, Result<T, sqlx::Error>);

/// Some orders with what belongs to them.
pub struct Orders {
    pub orders: Vec<Read<Order>>,
    /// With the order's id.
    pub lines: Vec<Read<Line>>,
    /// Subject, kind and payload, in order.
    pub facts: Vec<(String, String, String)>,
}

/// The orders after an id, in the order of ids; empty at the end.
pub async fn orders(conn: &mut Conn, after: &str) -> Result<Orders, sqlx::Error> {
    let rows = page(conn, "orders", after).await?;
    let orders: Vec<_> = rows.iter().map(|row| read(row, "id", order_row)).collect::<Result<_, _>>()?;
    let Some((last, _)) = orders.last() else {
        return Ok(Orders { orders, lines: Vec::new(), facts: Vec::new() });
    };
    let lines =
        sqlx::query("SELECT * FROM order_line WHERE order_id > $1 AND order_id <= $2 ORDER BY order_id, position")
            .bind(after)
            .bind(last)
            .fetch_all(&mut *conn)
            .await?;
    let facts =
        sqlx::query("SELECT subject, kind, payload FROM event WHERE subject > $1 AND subject <= $2 ORDER BY id")
            .bind(after)
            .bind(last)
            .fetch_all(conn)
            .await?;
    Ok(Orders {
        lines: lines.iter().map(|row| read(row, "order_id", line_row)).collect::<Result<_, _>>()?,
        facts: facts
            .iter()
            .map(|row| Ok((row.text("subject")?, row.text("kind")?, row.text("payload")?)))
            .collect::<Result<_, sqlx::Error>>()?,
        orders,
    })
}

/// Payments and refunds that cannot be read.
pub async fn unreadable_money(conn: &mut Conn) -> Result<Vec<Read<()>>, sqlx::Error> {
    type Reads = fn(&AnyRow) -> Result<(), sqlx::Error>;
    let tables: [(&'static str, Reads); 2] =
        [("payment", |row| payment::payment_row(row).map(drop)), ("refund", |row| refund::refund_row(row).map(drop))];
    let mut found = Vec::new();
    for (table, reads) in tables {
        let mut after = String::new();
        loop {
            let rows = page(conn, table, &after).await?;
            let Some(last) = rows.last() else { break };
            after = last.text("id")?;
            for row in &rows {
                found.extend(Some(read(row, "id", reads)?).filter(|(_, read)| read.is_err()));
            }
        }
    }
    Ok(found)
}

async fn page(conn: &mut Conn, table: &'static str, after: &str) -> Result<Vec<AnyRow>, sqlx::Error> {
    let sql = format!("SELECT * FROM {table} WHERE id > $1 ORDER BY id LIMIT {PAGE}");
    sqlx::query(AssertSqlSafe(sql)).bind(after).fetch_all(conn).await
}

fn read<T>(
    row: &AnyRow,
    id: &'static str,
    reads: impl Fn(&AnyRow) -> Result<T, sqlx::Error>,
) -> Result<Read<T>, sqlx::Error> {
    Ok((row.text(id)?, reads(row)))
}

/// A receipt's row, and what stands on the paper.
pub struct Paper {
    pub facility: String,
    pub number: i64,
    pub total: i64,
    pub read: Result<Issued, sqlx::Error>,
}

/// The receipts after a facility's number; empty at the end.
pub async fn papers(conn: &mut Conn, after: &(String, i64)) -> Result<Vec<Paper>, sqlx::Error> {
    let sql = format!(
        "SELECT * FROM receipt WHERE facility_id > $1 OR (facility_id = $1 AND number > $2)
         ORDER BY facility_id, number LIMIT {PAGE}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&after.0).bind(after.1).fetch_all(conn).await?;
    let paper = |row: &AnyRow| {
        let (facility, number) = (row.text("facility_id")?, row.int("number")?);
        Ok(Paper { facility, number, total: row.int("total")?, read: issued_row(row) })
    };
    rows.iter().map(paper).collect()
}

/// Every facility, read with its menu.
pub async fn facilities(conn: &mut Conn) -> Result<Vec<Read<()>>, sqlx::Error> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM facility ORDER BY id").fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let read = match id.parse::<FacilityId>() {
            Ok(id) => facility(conn, id).await,
            Err(invalid) => Err(sqlx::Error::Decode(Box::new(invalid))),
        };
        found.push((id, read));
    }
    Ok(found)
}

async fn facility(conn: &mut Conn, id: FacilityId) -> Result<(), sqlx::Error> {
    register::facility(conn, id).await?;
    register::accounts(conn, id).await?;
    menu::load(conn, id).await?;
    Ok(())
}

/// A campaign, how many coupons it gave that count, and how many places are left.
pub type Places = (Campaign, i64, Option<i64>);

/// Every campaign.
pub async fn campaigns(conn: &mut Conn) -> Result<Vec<Read<Places>>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT m.*, (SELECT COUNT(*) FROM coupon c WHERE c.campaign_id = m.id AND c.state NOT IN ('void', 'moved')) AS given,
            (SELECT CAST(SUM(s.left_over) AS BIGINT) FROM slot s WHERE s.owner = m.id) AS places
         FROM campaign m ORDER BY m.id",
    )
    .fetch_all(conn)
    .await?;
    let reads = |row: &AnyRow| Ok((campaign_row(row)?, row.int("given")?, row.int_or_null("places")?));
    rows.iter().map(|row| read(row, "id", reads)).collect()
}

/// Every QR code.
pub async fn codes(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT code FROM qr_code ORDER BY code").fetch_all(conn).await
}

/// A saved answer of an idempotency key.
pub struct Answer {
    pub owner: String,
    pub key: String,
    /// JSON.
    pub answer: String,
}

/// The answers after a key; empty at the end.
pub async fn answers(conn: &mut Conn, after: &(String, String)) -> Result<Vec<Answer>, sqlx::Error> {
    let sql = format!(
        "SELECT owner, key, answer FROM idempotency WHERE owner > $1 OR (owner = $1 AND key > $2)
         ORDER BY owner, key LIMIT {PAGE}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&after.0).bind(&after.1).fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok(Answer { owner: row.text("owner")?, key: row.text("key")?, answer: row.text("answer")? }))
        .collect()
}

/// Those of the ids that are in a table: `orders`, `payment`, `refund` or `campaign`.
pub async fn existing(conn: &mut Conn, table: &'static str, ids: &[&str]) -> Result<Vec<String>, sqlx::Error> {
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT id FROM {table} WHERE id IN ({})", places.join(", "));
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
    for id in ids {
        query = query.bind(*id);
    }
    if ids.is_empty() { Ok(Vec::new()) } else { query.fetch_all(conn).await }
}
