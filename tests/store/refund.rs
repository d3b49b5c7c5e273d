//! Money on its way back.

use crate::rows::{attempted, refund, shown};
use okini_server::store::refund::{self as refunds, RefundState};
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: once one_step_wins }

async fn once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let payment = attempted(stage, &mut conn).await;
    let first = refund(stage, &payment);
    assert!(refunds::insert(&mut conn, &first).await.unwrap());
    assert!(!refunds::insert(&mut conn, &refund(stage, &payment)).await.unwrap(), "a payment goes back once");
    assert_eq!(shown(&refunds::of_order(&mut conn, payment.order).await.unwrap()), shown(&[first]));
    let other = attempted(stage, &mut conn).await;
    assert!(refunds::of_order(&mut conn, other.order).await.unwrap().is_empty());
}

async fn one_step_wins(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let payment = attempted(stage, &mut conn).await;
    let mut one = refund(stage, &payment);
    refunds::insert(&mut conn, &one).await.unwrap();
    one.state = RefundState::Done;
    one.done_at = Some(NOW);
    one.ask_at = None;
    one.asked = 2;
    one.remark = Some("x".into());
    assert_eq!(refunds::update(&mut conn, &one, RefundState::Sent).await.unwrap(), 0);
    assert_eq!(refunds::update(&mut conn, &one, RefundState::Requested).await.unwrap(), 1);
    assert_eq!(refunds::update(&mut conn, &one, RefundState::Requested).await.unwrap(), 0);
    assert_eq!(shown(&refunds::of_order(&mut conn, payment.order).await.unwrap()), shown(&[one]));
}
