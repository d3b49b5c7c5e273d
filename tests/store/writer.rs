//! Writing through the one door: what is answered is committed, what fails disturbs nobody else.

use okini_server::events::stream::{Hub, Wake};
use okini_server::store::{Db, event, register};
use okini_shared::id::{EventId, FacilityId};
use okini_shared::problem::Code;
use okini_tests::database::Engine;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use sqlx::Executor as _;
use std::sync::Arc;

on_both! {
    run_store: answered_after_the_commit failures_apart broken_statements_apart panics_apart full_in_the_middle
    caller_goes_away     wakes_after_the_commit several_statements_or_none closed
}

fn fact(n: u128, facility: FacilityId) -> event::NewEvent<'static> {
    event::NewEvent {
        id: EventId::from_uuid(n),
        kind: "test",
        of: facility.into(),
        subject: "writer".into(),
        actor: "test".into(),
        payload: "{}".into(),
        created_at: NOW,
    }
}

/// Writes a fact, then fails if wanted.
async fn write(stage: &Stage, n: u128, fails: bool) -> Result<(), okini_server::error::Error> {
    let facility = stage.shop().id;
    let write = stage.app().db.write((n, facility, fails), |tx, (n, facility, fails)| {
        Box::pin(async {
            event::insert(tx.conn(), &fact(*n, *facility)).await?;
            if *fails { Err(Code::CartChanged.into()) } else { Ok(()) }
        })
    });
    write.await
}

async fn written(stage: &Stage) -> i64 {
    stage.database.count("event WHERE subject = 'writer'").await
}

async fn answered_after_the_commit(stage: &Stage) {
    // Another connection sees it as soon as it is answered, with many writers at once.
    let all_seen = all((1..=30).map(async |n| {
        write(stage, n, false).await.unwrap();
        let id = EventId::from_uuid(n);
        stage.database.count(&format!("event WHERE id = '{id}'")).await
    }));
    assert!(all_seen.await.into_iter().all(|seen| seen == 1));
}

async fn failures_apart(stage: &Stage) {
    let results = all((1..=200).map(|n| write(stage, n, n % 3 == 0))).await;
    for (n, result) in (1..).zip(results) {
        assert_eq!(result.err().and_then(|error| error.code()), (n % 3 == 0).then_some(Code::CartChanged), "{n}");
    }
    assert_eq!(written(stage).await, 134);
}

/// A statement that the engine refuses (the same id again), between good ones.
async fn broken_statements_apart(stage: &Stage) {
    write(stage, 1, false).await.unwrap();
    let results = all((2..=60).map(|n| write(stage, if n % 4 == 0 { 1 } else { n }, false))).await;
    for (n, result) in (2..).zip(results) {
        assert_eq!(result.is_err(), n % 4 == 0, "{n}");
    }
    assert_eq!(written(stage).await, 1 + 59 - 15);
}

/// A bug in one operation must not end writing for everybody.
async fn panics_apart(stage: &Stage) {
    let bug = stage.app().db.write(stage.shop().id, |tx, facility| {
        Box::pin(async {
            event::insert(tx.conn(), &fact(1, *facility)).await?;
            assert!(facility.to_string().is_empty(), "a bug that this test makes");
            Ok(())
        })
    });
    let (bug, good) = tokio::join!(bug, write(stage, 2, false));
    assert_eq!(bug.unwrap_err().code(), None);
    good.unwrap();
    write(stage, 3, false).await.unwrap();
    assert_eq!(written(stage).await, 2);
}

/// SQLite may undo the whole transaction when it finds no space: those who shared it are told so, and try again.
async fn full_in_the_middle(stage: &Stage) {
    if stage.database.engine != Engine::Sqlite {
        return;
    }
    let limit = |pages: &'static str| {
        stage.app().db.write((stage.shop().id, pages), |tx, (facility, pages)| {
            Box::pin(async {
                tx.conn().execute(*pages).await?;
                for n in 1_000..1_100 {
                    let payload = "x".repeat(10_000);
                    event::insert(tx.conn(), &event::NewEvent { payload, ..fact(n, *facility) }).await?;
                }
                Ok(())
            })
        })
    };
    let others = all((1..=60).map(|n| write(stage, n, false)));
    // Fewer pages than there are means: no page more.
    let (full, others) = tokio::join!(limit("PRAGMA max_page_count = 1"), others);
    assert_eq!(full.unwrap_err().code(), Some(Code::StorageUnavailable));
    let mut kept = 0;
    for other in others {
        match other {
            Ok(()) => kept += 1,
            Err(error) => assert_eq!(error.code(), Some(Code::StorageUnavailable), "{error}"),
        }
    }
    assert_eq!(written(stage).await, kept);
    limit("PRAGMA max_page_count = 1000000").await.unwrap();
    assert_eq!(written(stage).await, kept + 100);
}

async fn caller_goes_away(stage: &Stage) {
    let mut going = Box::pin(write(stage, 1, false));
    // Begun, then dropped.
    std::future::poll_fn(|context| {
        drop(going.as_mut().poll(context));
        std::task::Poll::Ready(())
    })
    .await;
    drop(going);
    write(stage, 2, false).await.unwrap();
    let both = async {
        while written(stage).await < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), both).await.unwrap();
}

async fn wakes_after_the_commit(stage: &Stage) {
    let mut wakes = stage.app().hub.watch();
    let facility = stage.shop().id;
    for fails in [true, false] {
        let write = stage.app().db.write((facility, fails), |tx, (facility, fails)| {
            Box::pin(async {
                let wake = if *fails { Wake::Menu { facility: *facility } } else { Wake::Shop { facility: *facility } };
                tx.wake(wake);
                register::bump_menu(tx.conn(), *facility).await?;
                if *fails { Err(Code::CartChanged.into()) } else { Ok(()) }
            })
        });
        assert_eq!(write.await.is_err(), fails);
    }
    // The first thing that anybody hears is of the one that did not fail.
    let heard = tokio::time::timeout(std::time::Duration::from_secs(30), wakes.recv()).await.unwrap().unwrap();
    assert_eq!(heard, Wake::Shop { facility });
    let mut conn = stage.app().db.read().await.unwrap();
    assert_eq!(register::facility(&mut conn, facility).await.unwrap().unwrap().menu_version, 2);
}

async fn several_statements_or_none(stage: &Stage) {
    let facility = stage.shop().id;
    let write = stage.app().db.write(facility, |tx, facility| {
        Box::pin(async {
            for n in 1..=5 {
                event::insert(tx.conn(), &fact(n, *facility)).await?;
            }
            Ok(event::insert(tx.conn(), &fact(3, *facility)).await?)
        })
    });
    assert!(write.await.is_err());
    assert_eq!(written(stage).await, 0);
}

async fn closed(stage: &Stage) {
    let db = Db::open(&stage.database.url, Hub::default()).await.unwrap();
    db.close().await;
    let db = Arc::new(db);
    let late = db.write((), |_, ()| Box::pin(async { Ok(()) })).await;
    assert_eq!(late.unwrap_err().code(), Some(Code::StorageUnavailable));
    assert_eq!(db.read().await.map(drop).unwrap_err().code(), Some(Code::StorageUnavailable));
}
