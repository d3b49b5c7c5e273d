//! Attempts to pay.

use crate::rows::{attempted, billed, payment, shown};
use okini_server::store::payment as payments;
use okini_shared::id::PaymentId;
use okini_shared::money::Yen;
use okini_shared::rules::payment::PaymentState;
use okini_shared::time::SECOND;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use std::sync::Arc;

on_both! { run_store: one_live_attempt one_live_attempt_at_once one_step_wins read_back asked_soon set_aside }

async fn one_live_attempt(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (_, bill) = billed(stage, &mut conn).await;
    let first = payment(stage, &bill);
    assert!(payments::insert(&mut conn, &first).await.unwrap());
    assert!(!payments::insert(&mut conn, &payment(stage, &bill)).await.unwrap());
    let failed = payments::Payment { state: PaymentState::Failed, ..first.clone() };
    assert_eq!(payments::update(&mut conn, &failed, PaymentState::Created).await.unwrap(), 1);
    assert!(payments::insert(&mut conn, &payment(stage, &bill)).await.unwrap());
    assert!(!payments::insert(&mut conn, &first).await.unwrap(), "the same id again");
    // A live attempt of another bill is another matter.
    attempted(stage, &mut conn).await;
}

async fn one_live_attempt_at_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (_, bill) = billed(stage, &mut conn).await;
    let app = Arc::clone(stage.app());
    let inserts = (0..24).map(|_| {
        let row = payment(stage, &bill);
        app.db.write(row, |tx, row| Box::pin(async { Ok(payments::insert(tx.conn(), row).await?) }))
    });
    let made = all(inserts).await.into_iter().filter(|made| *made.as_ref().unwrap()).count();
    assert_eq!((made, stage.database.count("payment").await), (1, 1));
}

async fn one_step_wins(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut one = attempted(stage, &mut conn).await;
    one.state = PaymentState::Redirected;
    one.url = Some("https://pay.test/1".into());
    one.provider_ref = Some("ref".into());
    one.expires_at = Some(NOW.plus(300_000));
    assert_eq!(payments::update(&mut conn, &one, PaymentState::Created).await.unwrap(), 1);
    assert_eq!(payments::update(&mut conn, &one, PaymentState::Created).await.unwrap(), 0);
    one.state = PaymentState::Succeeded;
    one.provider_payment_id = Some("123".into());
    one.settled_at = Some(NOW);
    one.ask_at = None;
    one.asked_at = Some(NOW);
    one.asked = 3;
    one.remark = Some("x".into());
    one.received = Some(780);
    one.currency = Some("JPY".into());
    assert_eq!(payments::update(&mut conn, &one, PaymentState::Redirected).await.unwrap(), 1);
    let found = payments::by_id(&mut conn, one.id).await.unwrap().unwrap();
    assert_eq!(shown(&found), shown(&one));
}

async fn read_back(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let one = attempted(stage, &mut conn).await;
    assert_eq!(shown(&payments::by_id(&mut conn, one.id).await.unwrap().unwrap()), shown(&one));
    assert!(payments::by_id(&mut conn, PaymentId::from_uuid(1)).await.unwrap().is_none());
    assert_eq!(shown(&payments::of_order(&mut conn, one.order).await.unwrap()), shown(&[one]));
}

/// Whatever comes in, a company is asked at most once a second about one payment.
async fn asked_soon(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut one = attempted(stage, &mut conn).await;
    let set = async |one: &payments::Payment, was, conn: &mut _| {
        assert_eq!(payments::update(conn, one, was).await.unwrap(), 1);
    };
    one.ask_at = Some(NOW.plus(300 * SECOND));
    one.asked_at = Some(NOW);
    set(&one, PaymentState::Created, &mut conn).await;
    let now = NOW.plus(400);
    assert_eq!(payments::ask_soon(&mut conn, one.account, one.id, now).await.unwrap(), 1);
    let ask_at = payments::by_id(&mut conn, one.id).await.unwrap().unwrap().ask_at;
    assert_eq!(ask_at, Some(NOW.plus(SECOND)), "a second after it was asked last");
    let now = NOW.plus(5 * SECOND);
    assert_eq!(payments::ask_soon(&mut conn, one.account, one.id, now).await.unwrap(), 0, "it is due already");
    one.ask_at = None;
    set(&one, PaymentState::Created, &mut conn).await;
    assert_eq!(payments::ask_soon(&mut conn, one.account, one.id, now).await.unwrap(), 1);
    assert_eq!(payments::by_id(&mut conn, one.id).await.unwrap().unwrap().ask_at, Some(now));
    for state in [PaymentState::Succeeded, PaymentState::Refunding, PaymentState::Refunded, PaymentState::Closed] {
        let was = std::mem::replace(&mut one.state, state);
        set(&one, was, &mut conn).await;
        assert_eq!(payments::ask_soon(&mut conn, one.account, one.id, now).await.unwrap(), 0, "{}", state.name());
    }
    assert_eq!(payments::ask_soon(&mut conn, one.account, PaymentId::from_uuid(1), now).await.unwrap(), 0);
}

/// What goes back is bounded by what came in, whoever was faster.
async fn set_aside(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut one = attempted(stage, &mut conn).await;
    one.state = PaymentState::Succeeded;
    one.received = Some(780);
    one.currency = Some("JPY".into());
    assert_eq!(
        (one.left(), payments::update(&mut conn, &one, PaymentState::Created).await.unwrap()),
        (Yen::new(780), 1)
    );
    let aside =
        |given_back| payments::Payment { given_back: Yen::new(given_back), settled_at: Some(NOW), ..one.clone() };
    let nothing = (PaymentState::Succeeded, Yen::ZERO);
    assert_eq!(payments::set_aside(&mut conn, &aside(781), nothing).await.unwrap(), 0, "more than came in");
    assert_eq!(payments::set_aside(&mut conn, &aside(300), (PaymentState::Stranded, Yen::ZERO)).await.unwrap(), 0);
    assert_eq!(payments::set_aside(&mut conn, &aside(300), nothing).await.unwrap(), 1);
    assert_eq!(payments::set_aside(&mut conn, &aside(300), nothing).await.unwrap(), 0, "somebody was faster");
    // Who changes the rest of the row leaves the sum alone.
    payments::update(&mut conn, &one, PaymentState::Succeeded).await.unwrap();
    let held = payments::hold(&mut conn, one.id).await.unwrap().unwrap();
    assert_eq!((held.given_back, held.left()), (Yen::new(300), Yen::new(480)));
    one.currency = Some("USD".into());
    assert_eq!(one.left(), Yen::ZERO, "other money is not counted in yen");
}
