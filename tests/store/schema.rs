//! One schema on two engines, read from both catalogues.

use okini_server::events::stream::Hub;
use okini_server::store::Db;
use okini_tests::database::{Database, Engine};
use okini_tests::on_both;
use okini_tests::stage::{Stage, block_on};
use sqlx::Row as _;

on_both! { run_store: migrated_again rules_of_the_tables durable }

/// Table, column, type, whether it may be null; in the order of their names.
const COLUMNS: [&str; 2] = [
    "SELECT m.name || ' ' || c.name || ' ' || lower(c.type) || ' ' || CASE c.\"notnull\" WHEN 1 THEN 'NO' ELSE 'YES' END
     FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
    "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
];

/// Table, uniqueness, partiality, columns in order; whatever the index is called.
const INDEXES: [&str; 2] = [
    "SELECT m.name || ' ' || i.\"unique\" || ' ' || i.partial || ' ' || group_concat(c.name, ',' ORDER BY c.seqno)
     FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' GROUP BY m.name, i.name",
    "SELECT t.relname || ' ' || CASE WHEN i.indisunique THEN 1 ELSE 0 END || ' '
        || CASE WHEN i.indpred IS NULL THEN 0 ELSE 1 END || ' '
        || string_agg(a.attname, ',' ORDER BY array_position(i.indkey::int2[], a.attnum))
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
     WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%' GROUP BY t.relname, i.indexrelid, i.indisunique, i.indpred",
];

/// Table and column that refer to another table's.
const REFERENCES: [&str; 2] = [
    "SELECT m.name || ' ' || f.\"from\" || ' ' || f.\"table\" || ' ' || f.\"to\"
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    "SELECT k.table_name || ' ' || k.column_name || ' ' || u.table_name || ' ' || u.column_name
     FROM information_schema.table_constraints c
     JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name
     JOIN information_schema.constraint_column_usage u ON u.constraint_name = c.constraint_name
     WHERE c.constraint_type = 'FOREIGN KEY' AND c.table_schema = 'public'",
];

async fn catalogue(database: &Database, queries: [&str; 2]) -> Vec<String> {
    let [sqlite, postgres] = queries;
    let query = if database.engine == Engine::Sqlite { sqlite } else { postgres };
    let mut rows = database.texts(query).await;
    rows.sort();
    rows
}

#[test]
fn same_on_both() {
    block_on(async {
        let (sqlite, postgres) = (Database::make(Engine::Sqlite).await, Database::make(Engine::Postgres).await);
        for database in [&sqlite, &postgres] {
            Db::open(&database.url, Hub::default()).await.unwrap().close().await;
        }
        for (queries, least) in [(COLUMNS, 100), (INDEXES, 30), (REFERENCES, 20)] {
            let (here, there) = (catalogue(&sqlite, queries).await, catalogue(&postgres, queries).await);
            assert!(here.len() >= least, "{}", here.len());
            assert_eq!(here, there);
        }
        for column in catalogue(&sqlite, COLUMNS).await {
            assert!([" text ", " bigint "].iter().any(|kind| column.contains(kind)), "{column}");
        }
        sqlite.remove().await;
        postgres.remove().await;
    });
}

/// Opening again runs no migration twice and keeps what is there.
async fn migrated_again(stage: &Stage) {
    let migrations = stage.database.count("_sqlx_migrations").await;
    assert!(migrations >= 5);
    for _ in 0..2 {
        Db::open(&stage.database.url, Hub::default()).await.unwrap().close().await;
    }
    assert_eq!(stage.database.count("_sqlx_migrations").await, migrations);
    assert_eq!(stage.database.count("facility").await, 3);
}

/// What the tables themselves refuse.
async fn rules_of_the_tables(stage: &Stage) {
    let app = stage.app();
    for (what, statement) in [
        (
            "an unknown facility",
            "INSERT INTO category (id, facility_id, position, name) VALUES ('c', 'nobody', 1, '{}')",
        ),
        ("no facility", "INSERT INTO category (id, facility_id, position, name) VALUES ('c', NULL, 1, '{}')"),
        ("a negative price", "UPDATE item SET price = -1"),
        ("a negative number of portions", "UPDATE item SET portions = -1"),
        ("neither yes nor no", "UPDATE facility SET taking_orders = 2"),
        ("fewer than none", "UPDATE option_group SET fewest = -1"),
        ("more than most", "UPDATE option_group SET most = fewest - 1"),
        ("nothing where something must be", "UPDATE facility SET name = NULL"),
        ("one id twice", "UPDATE category SET id = 'same'"),
    ] {
        let refused = app.db.write(statement, |tx, statement| {
            Box::pin(async { Ok(sqlx::Executor::execute(tx.conn(), *statement).await.map(drop)?) })
        });
        assert!(refused.await.is_err(), "{what}");
    }
}

/// What is answered as stored survives a power cut.
async fn durable(stage: &Stage) {
    if stage.database.engine == Engine::Sqlite {
        let rows = stage.database.rows("PRAGMA journal_mode").await;
        assert_eq!(rows[0].get::<String, _>(0), "wal");
    }
    let rows = stage.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM facility").await;
    assert_eq!(rows[0].get::<i64, _>(0), 3);
}
