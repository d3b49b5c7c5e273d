//! Answers that are repeated when a request comes again with the same key.

use super::{Conn, RowExt};
use okini_shared::time::Millis;

/// A stored answer.
#[derive(Debug)]
pub struct Saved {
    pub fingerprint: String,
    /// JSON.
    pub answer: String,
}

/// The answer for a key, while it is kept.
pub async fn find(conn: &mut Conn, owner: &str, key: &str, now: Millis) -> Result<Option<Saved>, sqlx::Error> {
    let row =
        sqlx::query("SELECT fingerprint, answer FROM idempotency WHERE owner = $1 AND key = $2 AND expires_at > $3")
            .bind(owner)
            .bind(key)
            .bind(now.get())
            .fetch_optional(conn)
            .await?;
    row.map(|row| Ok(Saved { fingerprint: row.text("fingerprint")?, answer: row.text("answer")? })).transpose()
}

/// Takes a key for this transaction; false when another request has it. On PostgreSQL this waits for a transaction that
/// is just taking the same key.
pub async fn take(
    conn: &mut Conn,
    (owner, key): (&str, &str),
    fingerprint: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO idempotency (owner, key, fingerprint, answer, created_at, expires_at)
         VALUES ($1, $2, $3, '', $4, $5) ON CONFLICT (owner, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, answer = '', created_at = excluded.created_at,
             expires_at = excluded.expires_at
         WHERE idempotency.expires_at <= $4",
    )
    .bind(owner)
    .bind(key)
    .bind(fingerprint)
    .bind(now.get())
    .bind(expires_at.get())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores the answer for a key that this transaction took.
pub async fn answer(conn: &mut Conn, owner: &str, key: &str, answer: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE idempotency SET answer = $3 WHERE owner = $1 AND key = $2")
        .bind(owner)
        .bind(key)
        .bind(answer)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets answers whose time is over, at most `limit`; returns how many.
pub async fn prune(conn: &mut Conn, now: Millis, limit: i64) -> Result<u64, sqlx::Error> {
    // The time is asked twice: a key may be taken anew between finding it and deleting it.
    let done = sqlx::query(
        "DELETE FROM idempotency WHERE expires_at <= $1
            AND (owner, key) IN (SELECT owner, key FROM idempotency WHERE expires_at <= $1 LIMIT $2)",
    )
    .bind(now.get())
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
