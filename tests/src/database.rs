//! A fresh database on either engine, and looking into it. Who writes what in it is the server's business.

#![expect(clippy::disallowed_methods, reason = "tests look into the database behind the server's back")]

use okini_server::clock::{Clock, Ids};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use std::path::PathBuf;

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses.
pub struct Database {
    pub engine: Engine,
    /// As the server wants it.
    pub url: String,
    name: String,
}

/// The cluster that tests make their databases in.
fn cluster() -> String {
    std::env::var("OKINI_TEST_POSTGRES").expect("OKINI_TEST_POSTGRES is not set: run the tests by `cargo xtask test`")
}

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(name)
}

impl Database {
    /// Makes an empty one.
    pub async fn make(engine: Engine) -> Self {
        sqlx::any::install_default_drivers();
        let name = format!("okini_test_{}", Ids::system(Clock::System).token());
        let url = match engine {
            Engine::Sqlite => {
                std::fs::create_dir(folder(&name)).unwrap();
                format!("sqlite://{}/okini.db", folder(&name).display())
            }
            Engine::Postgres => {
                let cluster = cluster();
                let mut conn = AnyConnection::connect(&cluster).await.expect("PostgreSQL answers");
                let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
                conn.execute(AssertSqlSafe(create)).await.unwrap();
                let (server, _) = cluster.rsplit_once('/').expect("OKINI_TEST_POSTGRES names a database");
                format!("{server}/{name}")
            }
        };
        Self { engine, url, name }
    }

    /// One that somebody else made, to look into.
    pub fn at(url: &str) -> Self {
        sqlx::any::install_default_drivers();
        let engine = if url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        Self { engine, url: url.to_owned(), name: String::new() }
    }

    /// A connection of one's own, beside the server's.
    pub async fn connect(&self) -> AnyConnection {
        AnyConnection::connect(&self.url).await.unwrap()
    }

    /// All rows of a query.
    pub async fn rows(&self, sql: &str) -> Vec<AnyRow> {
        let mut conn = self.connect().await;
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        rows
    }

    /// The first column of a query, as text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.rows(sql).await.iter().map(|row| row.get(0)).collect()
    }

    /// The one number that a query counts.
    pub async fn count(&self, from: &str) -> i64 {
        let rows = self.rows(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {from}")).await;
        rows.first().unwrap().get(0)
    }

    /// Changes something that no operation of the server changes yet.
    pub async fn change(&self, sql: &str) -> u64 {
        let mut conn = self.connect().await;
        // SQLite: wait for the server's writer rather than give up.
        if self.engine == Engine::Sqlite {
            conn.execute("PRAGMA busy_timeout = 10000").await.unwrap();
        }
        let done = conn.execute(AssertSqlSafe(sql)).await.unwrap();
        conn.close().await.unwrap();
        done.rows_affected()
    }

    /// Removes it.
    pub async fn remove(self) {
        match self.engine {
            Engine::Sqlite => std::fs::remove_dir_all(folder(&self.name)).unwrap(),
            Engine::Postgres => {
                let mut conn = AnyConnection::connect(&cluster()).await.unwrap();
                conn.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await.unwrap();
            }
        }
    }
}
