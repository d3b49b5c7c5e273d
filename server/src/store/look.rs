//! Looking at a database without changing it: one connection, one moment of it, whether it is whole, and copying it out.
//! What its contents must be like is in `rule` and `domain::doctor`.

use super::db::MIGRATIONS;
use super::{Conn, RowExt};
use crate::error::Error;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::collections::HashMap;
use std::path::Path;

/// Damaged places that are named.
const NAMED: i64 = 20;

/// How a database's schema relates to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    Current,
    /// `okini migrate` brings it up to date.
    Older,
    /// Made by a newer program, or changed by hand.
    Foreign,
    /// Not a database of ours.
    None,
}

impl Schema {
    /// What is the matter with it.
    pub const fn trouble(self) -> Option<&'static str> {
        match self {
            Self::Current => None,
            Self::Older => Some("it is older than this okini"),
            Self::Foreign => Some("it is newer than this okini, or its steps were changed"),
            Self::None => Some("it has no tables of okini"),
        }
    }
}

/// Connects for reading. Nothing is made, migrated or written.
pub async fn open(url: &str) -> Result<Conn, Error> {
    sqlx::any::install_default_drivers();
    if !is_sqlite(url) {
        return Ok(AnyConnection::connect(url).await?);
    }
    let opened = AnyConnection::connect(&format!("{url}?mode=ro")).await;
    let mut conn = opened.map_err(|error| Error::unexpected(format!("{url} cannot be opened: {error}")))?;
    conn.execute("PRAGMA busy_timeout = 5000").await?;
    Ok(conn)
}

/// Whether an address is of the embedded engine.
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// From here on the connection sees one moment of the database, whatever others write.
pub async fn stand_still(conn: &mut Conn) -> Result<(), sqlx::Error> {
    let begin = if sqlite(conn) { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
    conn.execute(begin).await?;
    Ok(())
}

fn sqlite(conn: &Conn) -> bool {
    conn.backend_name() == "SQLite"
}

/// Damaged places of a SQLite file. PostgreSQL watches its own files.
pub async fn damage(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    if !sqlite(conn) {
        return Ok(Vec::new());
    }
    let said: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA integrity_check({NAMED})"))).fetch_all(conn).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

/// References to what is not there. PostgreSQL lets none come up.
pub async fn dangling(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    if !sqlite(conn) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT \"table\" AS child, parent, \"rowid\" AS place FROM pragma_foreign_key_check LIMIT {NAMED}"
    )))
    .fetch_all(&mut *conn)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let (child, parent, place) = (row.text("child")?, row.text("parent")?, row.int("place")?);
        let named = sqlx::query_scalar(AssertSqlSafe(format!("SELECT id FROM {child} WHERE rowid = $1")));
        // Not every table has ids.
        let id: Result<String, _> = named.bind(place).fetch_one(&mut *conn).await;
        let id = id.unwrap_or_else(|_| format!("{child}, row {place},"));
        found.push(format!("{id} refers to a missing {parent}"));
    }
    Ok(found)
}

/// Compares the steps that the database went through with those that this program knows.
pub async fn schema(conn: &mut Conn) -> Result<Schema, sqlx::Error> {
    let catalogue = if sqlite(conn) {
        "SELECT CAST(name AS TEXT) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'"
    } else {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_name = '_sqlx_migrations'"
    };
    let table: Option<String> = sqlx::query_scalar(catalogue).fetch_optional(&mut *conn).await?;
    if table.is_none() {
        return Ok(Schema::None);
    }
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version");
    let mut done = HashMap::new();
    for row in rows.fetch_all(&mut *conn).await? {
        done.insert(row.int("version")?, sqlx::Row::try_get::<Vec<u8>, _>(&row, "checksum")?);
    }
    let mut missing = false;
    for step in MIGRATIONS.iter() {
        match done.remove(&step.version) {
            None => missing = true,
            Some(checksum) if *checksum != *step.checksum => return Ok(Schema::Foreign),
            Some(_) => {}
        }
    }
    Ok(match (missing, done.is_empty()) {
        (_, false) => Schema::Foreign,
        (true, true) => Schema::Older,
        (false, true) => Schema::Current,
    })
}

/// Copies a SQLite database, as it is at this moment, into an empty file; others go on reading and writing.
pub async fn copy_into(conn: &mut Conn, file: &Path) -> Result<(), sqlx::Error> {
    sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(conn).await?;
    Ok(())
}

/// Whether a SQLite file is damaged or is none, by the engine's own word.
pub fn is_damage(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(database) = error else { return false };
    // Result codes CORRUPT and NOTADB; the extended ones have them in their low byte.
    let code = database.code().filter(|code| code.len() < 5).and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}
