//! Consortia, and the facilities of each.

use super::register::{Facility, facility_row};
use super::{Conn, RowExt, storable};
use okini_shared::id::{ConsortiumId, FacilityId};
use okini_shared::text::Text;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// Its name.
pub async fn name(conn: &mut Conn, id: ConsortiumId) -> Result<Option<Text>, sqlx::Error> {
    let row =
        sqlx::query("SELECT name FROM consortium WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| row.json("name")).transpose()
}

/// The consortium of that code.
pub async fn by_code(conn: &mut Conn, code: &str) -> Result<Option<ConsortiumId>, sqlx::Error> {
    if !storable(code) {
        return Ok(None);
    }
    let row = sqlx::query("SELECT id FROM consortium WHERE code = $1").bind(code).fetch_optional(conn).await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Its code.
pub async fn code(conn: &mut Conn, id: ConsortiumId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT code FROM consortium WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await
}

/// A facility in its consortium's list.
#[derive(Debug)]
pub struct Listed {
    pub facility: Facility,
    /// The code on its poster.
    pub code: Option<String>,
    /// How many payments and refunds somebody has to look at.
    pub concerns: i64,
}

/// The facilities of a consortium whose ids come before this one, the latest first.
pub async fn facilities(
    conn: &mut Conn,
    consortium: ConsortiumId,
    before: FacilityId,
    limit: i64,
) -> Result<Vec<Listed>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT f.*,
            (SELECT code FROM qr_code WHERE facility_id = f.id AND seat_id IS NULL AND retired_at IS NULL) AS code,
            (SELECT COUNT(*) FROM payment WHERE facility_id = f.id AND state = 'stranded')
            + (SELECT COUNT(*) FROM payment WHERE facility_id = f.id AND state = 'unknown')
            + (SELECT COUNT(*) FROM refund WHERE facility_id = f.id AND state = 'refused') AS concerns
         FROM facility f WHERE f.consortium_id = $1 AND f.id < $2 ORDER BY f.id DESC LIMIT $3",
    )
    .bind(consortium.to_string())
    .bind(before.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let one = |row: &AnyRow| {
        Ok(Listed { facility: facility_row(row)?, code: row.text_or_null("code")?, concerns: row.int("concerns")? })
    };
    rows.iter().map(one).collect()
}

/// Adds a consortium.
pub async fn insert(
    conn: &mut Conn,
    id: ConsortiumId,
    code: &str,
    name: &Text,
    now: Millis,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO consortium (id, code, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(code)
        .bind(super::menu::to_json(name))
        .bind(now.get())
        .execute(conn)
        .await?;
    Ok(())
}
