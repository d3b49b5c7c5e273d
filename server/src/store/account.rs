//! People who sign in, and their sessions.

use super::tenant::Tenant;
use super::{Conn, RowExt, storable};
use okini_shared::api::session::Role;
use okini_shared::id::{AccountId, SessionId};
use okini_shared::time::Millis;

/// A person.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: AccountId,
    pub username: String,
    /// Argon2id in PHC form.
    pub password: String,
    pub role: Role,
    pub of: Tenant,
    pub disabled: bool,
}

/// A signed-in device.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub expires_at: Millis,
    pub ended: bool,
    /// When the valid token was made.
    pub rotated_at: Millis,
}

fn account_row(row: &sqlx::any::AnyRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        id: row.parsed("id")?,
        username: row.text("username")?,
        password: row.text("password")?,
        role: row.named("role", Role::from_name)?,
        of: Tenant::of_row(row)?,
        disabled: row.int_or_null("disabled_at")?.is_some(),
    })
}

/// By user name.
pub async fn by_username(conn: &mut Conn, username: &str) -> Result<Option<Account>, sqlx::Error> {
    if !storable(username) {
        return Ok(None);
    }
    let row = sqlx::query("SELECT * FROM account WHERE username = $1").bind(username).fetch_optional(conn).await?;
    row.as_ref().map(account_row).transpose()
}

/// The person behind a session that has not ended.
pub async fn by_session(conn: &mut Conn, session: SessionId, now: Millis) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT a.* FROM session s JOIN account a ON a.id = s.account_id
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.disabled_at IS NULL",
    )
    .bind(session.to_string())
    .bind(now.get())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(account_row).transpose()
}

/// Adds a person.
pub async fn insert(conn: &mut Conn, account: &Account, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO account (id, username, password, role, facility_id, consortium_id, created_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
    )
    .bind(account.id.to_string())
    .bind(&account.username)
    .bind(&account.password)
    .bind(account.role.name())
    .bind(account.of.facility().map(|id| id.to_string()))
    .bind(account.of.consortium().map(|id| id.to_string()))
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// A session to be begun.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub id: SessionId,
    pub account: AccountId,
    /// SHA-256 of the refresh token.
    pub refresh: &'a str,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// Begins a session.
pub async fn insert_session(conn: &mut Conn, session: &NewSession<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO session (id, account_id, refresh, previous, created_at, rotated_at, expires_at, ended_at)
         VALUES ($1, $2, $3, NULL, $4, $4, $5, NULL)",
    )
    .bind(session.id.to_string())
    .bind(session.account.to_string())
    .bind(session.refresh)
    .bind(session.created_at.get())
    .bind(session.expires_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// The session whose refresh token, one at hand or the one before, hashes to this.
pub async fn session_by_refresh(conn: &mut Conn, refresh: &str) -> Result<Option<Session>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM session WHERE refresh = $1 OR sibling = $1 OR previous = $1")
        .bind(refresh)
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Session {
            id: row.parsed("id")?,
            account: row.parsed("account_id")?,
            expires_at: Millis::new(row.int("expires_at")?),
            ended: row.int_or_null("ended_at")?.is_some(),
            rotated_at: Millis::new(row.int("rotated_at")?),
        })
    })
    .transpose()
}

/// Replaces a refresh token at hand; the session, if the token is one of a live session.
pub async fn rotate(conn: &mut Conn, old: &str, new: &str, now: Millis) -> Result<Option<SessionId>, sqlx::Error> {
    let row = sqlx::query(
        "UPDATE session SET refresh = $2, sibling = NULL, previous = $1, rotated_at = $3
         WHERE (refresh = $1 OR sibling = $1) AND ended_at IS NULL AND expires_at > $3 RETURNING id",
    )
    .bind(old)
    .bind(new)
    .bind(now.get())
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Gives another token beside the one at hand, for the one before it; 0 when somebody else rotated just now.
pub async fn add_sibling(conn: &mut Conn, id: SessionId, previous: &str, new: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE session SET sibling = refresh, refresh = $3 WHERE id = $1 AND previous = $2 AND ended_at IS NULL",
    )
    .bind(id.to_string())
    .bind(previous)
    .bind(new)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Ends a session.
pub async fn end_session(conn: &mut Conn, id: SessionId, now: Millis) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id.to_string())
        .bind(now.get())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Forgets sessions whose time is over, at most `limit`; returns how many.
pub async fn prune_sessions(conn: &mut Conn, now: Millis, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at <= $1 LIMIT $2)")
        .bind(now.get())
        .bind(limit)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
