//! The append-only facts.

use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::id::EventId;
use okini_shared::time::Millis;

/// A fact as it is stored.
#[derive(Debug)]
pub struct NewEvent<'a> {
    pub id: EventId,
    pub kind: &'a str,
    pub of: Tenant,
    pub subject: String,
    pub actor: String,
    /// JSON.
    pub payload: String,
    pub created_at: Millis,
}

/// Appends one; it stays pending when a webhook listens to the facility or its consortium.
pub async fn insert(conn: &mut Conn, event: &NewEvent<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO event (id, kind, facility_id, consortium_id, subject, actor, payload, created_at, pending)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE
            WHEN EXISTS (SELECT 1 FROM webhook WHERE facility_id = $3 AND removed_at IS NULL) THEN 1
            WHEN EXISTS (SELECT 1 FROM webhook WHERE facility_id IS NULL AND removed_at IS NULL
                AND consortium_id = COALESCE($4, (SELECT consortium_id FROM facility WHERE id = $3))) THEN 1
            ELSE 0 END)",
    )
    .bind(event.id.to_string())
    .bind(event.kind)
    .bind(event.of.facility().map(|id| id.to_string()))
    .bind(event.of.consortium().map(|id| id.to_string()))
    .bind(&event.subject)
    .bind(&event.actor)
    .bind(&event.payload)
    .bind(event.created_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// The kinds of all facts about a subject, in order.
pub async fn kinds_of(conn: &mut Conn, subject: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT kind FROM event WHERE subject = $1 ORDER BY id").bind(subject).fetch_all(conn).await
}

/// A fact that somebody is to be told.
#[derive(Debug, Clone)]
pub struct Pending {
    pub id: EventId,
    pub kind: String,
    pub of: Tenant,
    pub subject: String,
    /// JSON.
    pub payload: String,
    pub created_at: Millis,
}

/// Takes the oldest pending facts: they are pending no longer.
pub async fn take_pending(conn: &mut Conn, limit: i64) -> Result<Vec<Pending>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE event SET pending = 0
         WHERE pending = 1 AND id IN (SELECT id FROM event WHERE pending = 1 ORDER BY id LIMIT $1) RETURNING *",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let one = |row: &sqlx::any::AnyRow| {
        Ok(Pending {
            id: row.parsed("id")?,
            kind: row.text("kind")?,
            of: Tenant::of_row(row)?,
            subject: row.text("subject")?,
            payload: row.text("payload")?,
            created_at: Millis::new(row.int("created_at")?),
        })
    };
    rows.iter().map(one).collect()
}

/// Whether any fact is pending.
pub async fn any_pending(conn: &mut Conn) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("SELECT id FROM event WHERE pending = 1 LIMIT 1").fetch_optional(conn).await?;
    Ok(row.is_some())
}
