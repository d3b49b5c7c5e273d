//! The two engines behind one door: SQLite embedded, PostgreSQL to scale. The only driver-aware file.
//! Reads have their own pool; writes go through `Db::write`, which also wakes listeners after the commit.

use super::listen::Teller;
use super::writer::{self, Queue};
use crate::error::Error;
use crate::events::stream::{Hub, Wake};
use futures_util::future::BoxFuture;
use okini_shared::problem::Code;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _};
use std::sync::Arc;
use std::time::Duration;

/// A connection of either engine.
pub type Conn = AnyConnection;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How often a PostgreSQL transaction is tried when the engine says that it collided with another.
const TRIES: u32 = 5;
/// How long a connection that was used is believed to be there.
const TRUSTED: Duration = Duration::from_secs(1);

/// An open transaction and what is to be told to listeners once it is committed.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    wakes: Vec<Wake>,
    turn: Turn,
}

/// Whether others write at the same moment, and what this transaction may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nobody else writes (SQLite).
    Alone,
    /// Others write, too. Looking at a row may lock it, so that waiting for more rows of the same kind could be in a circle.
    First,
    /// The same, tried again: it knows beforehand what it needs to lock.
    Again,
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut Conn, turn: Turn) -> Self {
        Self { conn, wakes: Vec::new(), turn }
    }

    /// What it may wait for.
    pub const fn turn(&self) -> Turn {
        self.turn
    }

    /// The connection, for store functions.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Tells listeners after the commit; nothing is told when the transaction fails.
    pub fn wake(&mut self, wake: Wake) {
        self.wakes.push(wake);
    }

    pub(super) fn into_wakes(self) -> Vec<Wake> {
        self.wakes
    }
}

/// The database.
#[derive(Clone)]
pub struct Db {
    reads: AnyPool,
    writes: Writes,
}

#[derive(Clone)]
enum Writes {
    /// One writer that commits many operations together.
    Sqlite(Queue),
    /// Each operation its own transaction.
    Postgres(Postgres),
}

/// What writing on PostgreSQL needs.
#[derive(Clone)]
struct Postgres {
    pool: AnyPool,
    hub: Hub,
    others: Teller,
}

/// An operation that can be tried again: everything it needs is in its argument.
pub trait Operation<A, T>:
    for<'t, 'c> Fn(&'t mut Tx<'c>, &'t A) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static
{
}

impl<A, T, F> Operation<A, T> for F where
    F: for<'t, 'c> Fn(&'t mut Tx<'c>, &'t A) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static
{
}

impl Db {
    /// Opens `sqlite:///path` or `postgres://...`, brings the schema up to date and checks what durability rests on.
    pub async fn open(url: &str, hub: Hub) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") { Self::open_sqlite(url, hub).await } else { Self::open_postgres(url, hub).await }
    }

    async fn open_sqlite(url: &str, hub: Hub) -> Result<Self, Error> {
        let url = format!("{url}?mode=rwc");
        let mut conn = AnyConnection::connect(&url).await?;
        sqlite_pragmas(&mut conn).await?;
        assert_durable_sqlite(&mut conn).await?;
        MIGRATIONS.run_direct(None, &mut conn, false).await?;
        let reads = AnyPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(5))
            // A file does not go away as a server does.
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    sqlite_pragmas(conn).await?;
                    conn.execute("PRAGMA query_only = ON").await?;
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        Ok(Self { reads, writes: Writes::Sqlite(writer::start(conn, hub)) })
    }

    async fn open_postgres(url: &str, hub: Hub) -> Result<Self, Error> {
        let pool = AnyPoolOptions::new()
            .max_connections(24)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    // One that was just used is there; a round trip to ask it each time is as long as a statement.
                    if meta.idle_for > TRUSTED {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect(url)
            .await?;
        MIGRATIONS.run(&pool).await?;
        let others = super::listen::start(url, hub.clone()).await?;
        Ok(Self { reads: pool.clone(), writes: Writes::Postgres(Postgres { pool, hub, others }) })
    }

    /// A connection to read from. Never decide money or limits from it: read again in the transaction.
    pub async fn read(&self) -> Result<PoolConnection<Any>, Error> {
        Ok(self.reads.acquire().await?)
    }

    /// Runs an operation in a transaction. It may run more than once and possibly together with others; it is answered
    /// only after the commit, and goes on when the caller goes away.
    pub async fn write<A, T, F>(&self, argument: A, operation: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: Operation<A, T>,
    {
        match &self.writes {
            Writes::Sqlite(queue) => queue.submit(argument, operation).await,
            Writes::Postgres(postgres) => {
                let postgres = postgres.clone();
                let task = tokio::spawn(async move { write_postgres(&postgres, &argument, operation).await });
                task.await.map_err(Error::unexpected)?
            }
        }
    }

    /// A database that acknowledges before its disk has it would lose paid orders: an error on one.
    pub async fn assert_durable(&self) -> Result<(), Error> {
        match &self.writes {
            // Its writer was asked when it was opened.
            Writes::Sqlite(_) => Ok(()),
            Writes::Postgres(postgres) => assert_durable_postgres(&mut *postgres.pool.acquire().await?).await,
        }
    }

    /// The engine answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.reads.acquire().await?.ping().await?;
        Ok(())
    }

    /// Finishes queued writes and closes.
    pub async fn close(&self) {
        if let Writes::Sqlite(queue) = &self.writes {
            queue.close().await;
        }
        self.reads.close().await;
    }
}

async fn write_postgres<A, T, F>(postgres: &Postgres, argument: &A, operation: F) -> Result<T, Error>
where
    F: Operation<A, T>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match try_postgres(postgres, argument, &operation, if tries == 1 { Turn::First } else { Turn::Again }).await {
            Err(error) if tries < TRIES && error.is_collision() => {}
            result => return result,
        }
    }
}

async fn try_postgres<A, T, F>(postgres: &Postgres, argument: &A, operation: &F, turn: Turn) -> Result<T, Error>
where
    F: Operation<A, T>,
{
    let mut transaction = postgres.pool.begin().await?;
    let mut tx = Tx::new(&mut transaction, turn);
    let value = operation(&mut tx, argument).await?;
    let wakes = tx.into_wakes();
    transaction.commit().await?;
    postgres.others.tell(&wakes);
    postgres.hub.send_all(wakes);
    Ok(value)
}

async fn sqlite_pragmas(conn: &mut Conn) -> Result<(), sqlx::Error> {
    conn.execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )
    .await?;
    Ok(())
}

async fn assert_durable_sqlite(conn: &mut Conn) -> Result<(), Error> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *conn).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *conn).await?;
    let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *conn).await?;
    if journal == "wal" && synchronous == 2 && keys == 1 {
        // A read-only one with a log beside it can be opened and read; only writing tells.
        conn.execute("BEGIN; PRAGMA user_version = 0; ROLLBACK").await?;
        return Ok(());
    }
    Err(Error::unexpected(format!(
        "the database is not durable: journal_mode {journal}, synchronous {synchronous}, foreign_keys {keys}"
    )))
}

async fn assert_durable_postgres(conn: &mut Conn) -> Result<(), Error> {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *conn).await?;
        if value == "off" {
            return Err(Error::unexpected(format!("the database is not durable: {setting} is off in PostgreSQL")));
        }
    }
    Ok(())
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if cannot_store(&error) {
            tracing::error!(%error, "storage is not available");
            return Code::StorageUnavailable.into();
        }
        Self::Unexpected(Arc::new(error))
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::unexpected(error)
    }
}

/// Full, read-only or failing disk, no memory or file handles left; a PostgreSQL that is away, shutting down or out of resources.
fn cannot_store(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            match code.parse::<u32>() {
                // SQLite's primary result code is the low byte: BUSY, NOMEM, READONLY, IOERR, FULL, CANTOPEN.
                Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 7 | 8 | 10 | 13 | 14),
                _ => ["08", "53", "57P", "25006"].iter().any(|class| code.starts_with(class)),
            }
        }),
        _ => false,
    }
}

/// Whether PostgreSQL gave up on the transaction because of another one: serialisation failure or deadlock.
pub(crate) fn collided(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(database)
        if database.code().is_some_and(|code| code == "40001" || code == "40P01"))
}
