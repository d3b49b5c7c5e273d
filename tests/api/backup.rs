//! Backups: taken while orders flow, restored into a new directory, equal to the yen.

use okini_server::domain::{backup, doctor};
use okini_tests::database::{Database, Engine};
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
        for (seed, backup) in (100..).zip(&taken) {
            assert!(backup.report.sound, "{:#?}", backup.report.findings);
            let data = folder(stage).join(format!("restored {seed}"));
            let restored = backup::restore(&backup.file, &data, &stage.clock).await.unwrap();
            assert!(restored.report.sound);
            assert_eq!(restored.report.books, backup.report.books);
            let node = stage.node_on(&backup::url_of(&restored.database).unwrap(), seed).await;
            for order in &before {
                let found = node.client().look(order).await;
                assert_eq!((found.state, found.total, found.number), (order.state, order.total, order.number.clone()));
            }
            // It goes on where the other one stood.
            node.client().place(&shop.noodles()).await;
            node.stop().await;
            assert!(doctor::look(&backup::url_of(&restored.database).unwrap(), stage.clock.now()).await.unwrap().sound);
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

/// The commands that `okini backup` names, while orders flow.
#[test]
fn postgres_by_its_own_tools() {
    block_on(async {
        let (stage, other) = (Stage::new(Engine::Postgres).await, Database::make(Engine::Postgres).await);
        let shop = stage.shop();
        let before = stage.paid(&stage.client(), shop, &shop.noodles()).await;
        let folder = std::env::temp_dir().join(format!("{}-dump", other.url.rsplit('/').next().unwrap()));
        fs::create_dir(&folder).unwrap();
        let dump = folder.join("okini.dump").display().to_string();
        let going_on = AtomicBool::new(true);
        let orders = async {
            while going_on.load(Ordering::Relaxed) {
                stage.paid(&stage.client(), shop, &shop.noodles()).await;
            }
        };
        let copy = async {
            let file = format!("--file={dump}");
            call("pg_dump", &["--format=custom", &file, &stage.database.url]).await;
            going_on.store(false, Ordering::Relaxed);
        };
        tokio::join!(orders, copy);
        call("pg_restore", &["--no-owner", "--exit-on-error", &format!("--dbname={}", other.url), &dump]).await;
        let report = doctor::look(&other.url, stage.clock.now()).await.unwrap();
        assert!(report.sound, "{:#?}", report.findings);
        let node = stage.node_on(&other.url, 100).await;
        assert_eq!(node.client().look(&before).await.number, before.number);
        node.stop().await;
        fs::remove_dir_all(&folder).unwrap();
        other.remove().await;
        stage.end().await;
    });
}

async fn call(program: &str, arguments: &[&str]) {
    let done = tokio::process::Command::new(program).args(arguments).output().await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
