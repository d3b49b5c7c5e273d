//! The append-only facts.

use super::Conn;
use okini_shared::id::{EventId, FacilityId};
use okini_shared::time::Millis;

/// A fact as it is stored.
#[derive(Debug)]
pub struct NewEvent<'a> {
    pub id: EventId,
    pub kind: &'a str,
    pub facility: FacilityId,
    pub subject: String,
    pub actor: String,
    /// JSON.
    pub payload: String,
    pub created_at: Millis,
}

/// Appends one.
pub async fn insert(conn: &mut Conn, event: &NewEvent<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO event (id, kind, facility_id, subject, actor, payload, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.id.to_string())
    .bind(event.kind)
    .bind(event.facility.to_string())
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
