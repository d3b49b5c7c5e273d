//! Everything that is kept sealed, whatever it belongs to: read and replaced without knowing what is in it.

use super::{Conn, RowExt};
use sqlx::AssertSqlSafe;

/// Tables and their sealed columns.
pub const FIELDS: [(&str, &str); 6] = [
    ("provider_account", "api_key"),
    ("provider_account", "api_secret"),
    ("provider_account", "webhook_secret"),
    ("provider_account", "notify_secret"),
    ("webhook", "secret"),
    ("webhook", "previous_secret"),
];
/// Rows read together.
const PAGE: i64 = 200;

/// A sealed text and the row it is in.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub table: &'static str,
    pub field: &'static str,
    pub id: String,
    pub text: String,
}

/// Those of one of the fields, in rows after that id; none at the end.
pub async fn page(
    conn: &mut Conn,
    (table, field): (&'static str, &'static str),
    after: &str,
) -> Result<Vec<Sealed>, sqlx::Error> {
    let sql = format!(
        "SELECT id, {field} AS sealed FROM {table} WHERE id > $1 AND {field} IS NOT NULL ORDER BY id LIMIT {PAGE}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(Sealed { table, field, id: row.text("id")?, text: row.text("sealed")? })).collect()
}

/// Puts another sealed text in the place of this one; 0 when it is no longer there.
pub async fn replace(conn: &mut Conn, was: &Sealed, text: &str) -> Result<u64, sqlx::Error> {
    let Sealed { table, field, .. } = was;
    let sql = format!("UPDATE {table} SET {field} = $3 WHERE id = $1 AND {field} = $2");
    let done = sqlx::query(AssertSqlSafe(sql)).bind(&was.id).bind(&was.text).bind(text).execute(conn).await?;
    Ok(done.rows_affected())
}
