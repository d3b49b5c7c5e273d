//! Answers that are repeated.

use okini_server::store::idempotency as keys;
use okini_shared::time::DAY;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use std::sync::Arc;

on_both! { run_store: taken_once answered expired pruned taken_at_once given_back_by_failure }

async fn taken_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let end = NOW.plus(DAY);
    assert!(keys::take(&mut conn, ("device:a", "k"), "f", NOW, end).await.unwrap());
    assert!(!keys::take(&mut conn, ("device:a", "k"), "f", NOW, end).await.unwrap());
    assert!(!keys::take(&mut conn, ("device:a", "k"), "another request", NOW, end).await.unwrap());
    assert!(keys::take(&mut conn, ("device:b", "k"), "f", NOW, end).await.unwrap(), "another's key");
    assert!(keys::take(&mut conn, ("device:a", "K"), "f", NOW, end).await.unwrap(), "another key");
}

async fn answered(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    assert!(keys::find(&mut conn, "o", "k", NOW).await.unwrap().is_none());
    keys::take(&mut conn, ("o", "k"), "f", NOW, NOW.plus(DAY)).await.unwrap();
    assert_eq!(keys::find(&mut conn, "o", "k", NOW).await.unwrap().unwrap().answer, "");
    keys::answer(&mut conn, "o", "k", "{\"a\":\"あ\"}").await.unwrap();
    let saved = keys::find(&mut conn, "o", "k", NOW).await.unwrap().unwrap();
    assert_eq!((saved.fingerprint.as_str(), saved.answer.as_str()), ("f", "{\"a\":\"あ\"}"));
}

async fn expired(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let end = NOW.plus(DAY);
    keys::take(&mut conn, ("o", "k"), "f", NOW, end).await.unwrap();
    keys::answer(&mut conn, "o", "k", "1").await.unwrap();
    assert!(keys::find(&mut conn, "o", "k", end.plus(-1)).await.unwrap().is_some());
    assert!(!keys::take(&mut conn, ("o", "k"), "g", end.plus(-1), end.plus(DAY)).await.unwrap());
    assert!(keys::find(&mut conn, "o", "k", end).await.unwrap().is_none());
    assert!(keys::take(&mut conn, ("o", "k"), "g", end, end.plus(DAY)).await.unwrap());
    let saved = keys::find(&mut conn, "o", "k", end).await.unwrap().unwrap();
    assert_eq!((saved.fingerprint.as_str(), saved.answer.as_str()), ("g", ""), "as if it had never been there");
}

async fn pruned(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for i in 0..10 {
        keys::take(&mut conn, ("o", &format!("k{i}")), "f", NOW, NOW.plus(i)).await.unwrap();
    }
    for pruned in [3, 2, 0] {
        assert_eq!(keys::prune(&mut conn, NOW.plus(4), 3).await.unwrap(), pruned);
    }
    assert_eq!(stage.database.count("idempotency").await, 5);
}

async fn taken_at_once(stage: &Stage) {
    let app = Arc::clone(stage.app());
    let takes = (0..32).map(|_| {
        app.db.write((), |tx, ()| {
            Box::pin(async {
                let taken = keys::take(tx.conn(), ("o", "k"), "f", NOW, NOW.plus(DAY)).await?;
                if taken {
                    keys::answer(tx.conn(), "o", "k", "1").await?;
                }
                // Who did not get the key sees the answer of the one who did.
                Ok((taken, keys::find(tx.conn(), "o", "k", NOW).await?.map(|saved| saved.answer)))
            })
        })
    });
    let results: Vec<_> = all(takes).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(results.iter().filter(|(taken, _)| *taken).count(), 1);
    assert!(results.iter().all(|(_, answer)| answer.as_deref() == Some("1")));
}

/// A transaction that fails leaves the key to the next one.
async fn given_back_by_failure(stage: &Stage) {
    let app = Arc::clone(stage.app());
    let take = |fails: bool| {
        app.db.write(fails, |tx, fails| {
            Box::pin(async {
                let taken = keys::take(tx.conn(), ("o", "k"), "f", NOW, NOW.plus(DAY)).await?;
                if *fails { Err(okini_shared::problem::Code::CartChanged.into()) } else { Ok(taken) }
            })
        })
    };
    assert!(take(true).await.is_err());
    assert!(take(false).await.unwrap());
    assert!(!take(false).await.unwrap());
}
