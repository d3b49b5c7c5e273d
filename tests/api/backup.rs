//! Backups: taken while orders flow, restored into a new directory, equal to the yen.

use okini_server::domain::backup;
use okini_server::events::stream::Hub;
use okini_server::store::{self, Db};
use okini_shared::rules::order::OrderState;
use okini_tests::database::Engine;
use okini_tests::stage::{Stage, block_on};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// The folder of a stage's database, where its test may put things.
fn folder(stage: &Stage) -> PathBuf {
    let file = PathBuf::from(stage.database.url.strip_prefix("sqlite://").unwrap());
    file.parent().unwrap().to_owned()
}

fn run(test: impl AsyncFnOnce(&Stage)) {
    block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        test(&stage).await;
        stage.end().await;
    });
}

#[test]
fn orders_flow_meanwhile() {
    run(async |stage| {
        let shop = stage.shop();
        let mut before = Vec::new();
        for _ in 0..8 {
            before.push(stage.paid(&stage.client(), shop, &shop.noodles()).await);
        }
        let going_on = AtomicBool::new(true);
        let orders = async {
            let mut placed = 0;
            while going_on.load(Ordering::Relaxed) {
                stage.paid(&stage.client(), shop, &shop.noodles()).await;
                placed += 1;
            }
            placed
        };
        let backups = async {
            let mut taken = Vec::new();
            for name in ["first.db", "second.db", "third.db"] {
                let file = folder(stage).join(name);
                taken.push(backup::take(&stage.database.url, &file, &stage.clock).await.unwrap());
            }
            going_on.store(false, Ordering::Relaxed);
            taken
        };
        let (meanwhile, taken) = tokio::join!(orders, backups);
        for (index, backup) in taken.iter().enumerate() {
            assert!(backup.report.sound, "{:#?}", backup.report.findings);
            let data = folder(stage).join(format!("restored {index}"));
            let restored = backup::restore(&backup.file, &data, &stage.clock).await.unwrap();
            assert!(restored.report.sound);
            assert_eq!(restored.report.books, backup.report.books);
            let db = Db::open(&backup::url_of(&restored.database).unwrap(), Hub::default()).await.unwrap();
            let mut conn = db.read().await.unwrap();
            for order in &before {
                let found = store::order::by_token(&mut conn, &order.token).await.unwrap().unwrap();
                assert_eq!((found.state, found.total), (OrderState::Submitted, order.total));
            }
            drop(conn);
            db.close().await;
        }
        assert!(meanwhile > 0, "orders were placed meanwhile");
    });
}

#[test]
fn nothing_is_overwritten() {
    run(async |stage| {
        let (url, folder) = (&stage.database.url, folder(stage));
        let taken = backup::take(url, &folder, &stage.clock).await.unwrap();
        assert_eq!(taken.file, folder.join("okini-20261122-192702.db"), "a name made of the time in Japan");
        let bytes = fs::read(&taken.file).unwrap();
        assert_eq!(fs::metadata(&taken.file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(backup::take(url, &taken.file, &stage.clock).await.is_err());
        assert!(backup::take(url, &folder, &stage.clock).await.is_err(), "the same second");
        assert!(backup::take(url, &folder.join("no such folder/x.db"), &stage.clock).await.is_err());
        assert_eq!(fs::read(&taken.file).unwrap(), bytes);
        let data = folder.join("data");
        let restored = backup::restore(&taken.file, &data, &stage.clock).await.unwrap();
        assert_eq!(fs::metadata(&restored.database).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(backup::restore(&taken.file, &data, &stage.clock).await.is_err(), "not empty");
        assert_eq!(fs::read(&taken.file).unwrap(), bytes, "restoring leaves the backup as it is");
        let names = |folder: &PathBuf| {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            entries.filter(|name| !name.starts_with("okini.db")).collect::<Vec<_>>()
        };
        assert_eq!(names(&data), Vec::<String>::new(), "no keys, nothing half done");
        assert_eq!(names(&folder).len(), 2, "nothing half done");
    });
}

#[test]
fn what_is_no_backup_is_not_restored() {
    run(async |stage| {
        let folder = folder(stage);
        let whole = backup::take(&stage.database.url, &folder.join("whole.db"), &stage.clock).await.unwrap().file;
        let bytes = fs::read(&whole).unwrap();
        let empty = Vec::new();
        let text = b"no database".repeat(1_000);
        let half = bytes[..bytes.len() / 2].to_vec();
        let mut torn = bytes.clone();
        torn[40_000..48_000].fill(0x5a);
        for (name, content) in [("empty", empty), ("text", text), ("half", half), ("torn", torn)] {
            let file = folder.join(name);
            fs::write(&file, content).unwrap();
            let data = folder.join(format!("data of {name}"));
            assert!(backup::restore(&file, &data, &stage.clock).await.is_err(), "{name}");
            assert!(!data.exists(), "{name}");
        }
        assert!(backup::restore(&folder.join("nowhere"), &folder.join("data"), &stage.clock).await.is_err());
    });
}

#[test]
fn older_backups_are_brought_up_to_date() {
    run(async |stage| {
        let old = folder(stage).join("old.db");
        let steps = "DELETE FROM _sqlx_migrations WHERE version = 5; DROP TABLE session; DROP TABLE account";
        backup::take(&stage.database.url, &old, &stage.clock).await.unwrap();
        let mut conn = AnyConnection::connect(&backup::url_of(&old).unwrap()).await.unwrap();
        conn.execute(steps).await.unwrap();
        conn.close().await.unwrap();
        let restored = backup::restore(&old, &folder(stage).join("data"), &stage.clock).await.unwrap();
        assert!(restored.report.sound, "{:#?}", restored.report.findings);
    });
}

#[test]
fn postgres_is_told_its_own_tool() {
    block_on(async {
        let stage = Stage::new(Engine::Postgres).await;
        let url = "postgres://okini:hush@db.example:5432/okini";
        let said = backup::take(url, "x.db".as_ref(), &stage.clock).await.err().unwrap().to_string();
        assert!(said.contains("pg_dump --format=custom --file=okini.dump postgres://okini@db.example:5432/okini"));
        assert!(said.contains("okini doctor --database") && !said.contains("hush"));
        stage.end().await;
    });
}
