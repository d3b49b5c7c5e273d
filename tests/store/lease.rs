//! Work that several servers share: what one has taken no other takes, until its time is over.

use crate::rows::{attempted, refund};
use okini_server::store::payment as payments;
use okini_server::store::refund as refunds;
use okini_shared::id::PaymentId;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use okini_shared::time::Millis;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use std::collections::HashSet;
use std::sync::Arc;

on_both! { run_store: payments_taken payments_taken_at_once refunds_taken }

const PAYPAY: AccountKey = AccountKey::Settings(ProviderName::Paypay);
const UNTIL: Millis = NOW.plus(60_000);

async fn payments_taken(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut made = Vec::new();
    for i in 0..5 {
        let one = attempted(stage, &mut conn).await;
        let later = payments::Payment { ask_at: Some(NOW.plus(4 - i)), ..one };
        payments::update(&mut conn, &later, later.state).await.unwrap();
        made.push(later.id);
    }
    let silent = attempted(stage, &mut conn).await;
    let silent = payments::Payment { ask_at: None, ..silent };
    payments::update(&mut conn, &silent, silent.state).await.unwrap();
    let mut take = async |at: i64, limit| {
        let taken = payments::lease(&mut conn, PAYPAY, (NOW.plus(at), UNTIL.plus(at)), limit).await.unwrap();
        taken.into_iter().map(|payment| payment.id).collect::<HashSet<PaymentId>>()
    };
    assert!(take(-1, 10).await.is_empty(), "nothing is due yet");
    assert_eq!(take(2, 2).await, HashSet::from([made[4], made[3]]), "the longest waiting first");
    assert_eq!(take(4, 10).await, HashSet::from([made[0], made[1], made[2]]));
    assert!(take(5, 10).await.is_empty(), "all are taken");
    assert_eq!(take(60_002, 10).await, HashSet::from([made[4], made[3]]), "whoever had them died");
}

async fn payments_taken_at_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for _ in 0..30 {
        attempted(stage, &mut conn).await;
    }
    let app = Arc::clone(stage.app());
    let workers = (0..8).map(|_| {
        app.db.write((), |tx, ()| Box::pin(async { Ok(payments::lease(tx.conn(), PAYPAY, (NOW, UNTIL), 10).await?) }))
    });
    let taken: Vec<_> = all(workers).await.into_iter().flat_map(|taken| taken.unwrap()).map(|one| one.id).collect();
    let different: HashSet<_> = taken.iter().copied().collect();
    assert_eq!(taken.len(), different.len(), "nothing is taken twice");
    let rest = payments::lease(&mut conn, PAYPAY, (NOW, UNTIL), 100).await.unwrap();
    assert_eq!(taken.len() + rest.len(), 30);
}

async fn refunds_taken(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for _ in 0..3 {
        let payment = attempted(stage, &mut conn).await;
        refunds::insert(&mut conn, &refund(stage, &payment)).await.unwrap();
    }
    let mut take = async |at: i64, limit| {
        refunds::lease(&mut conn, PAYPAY, (NOW.plus(at), UNTIL.plus(at)), limit).await.unwrap().len()
    };
    assert_eq!((take(-1, 9).await, take(0, 2).await, take(0, 9).await, take(0, 9).await), (0, 2, 1, 0));
    assert_eq!(take(60_000, 9).await, 3);
}
