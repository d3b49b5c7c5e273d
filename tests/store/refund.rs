//! Money on its way back.

use crate::rows::{attempted, refund, shown};
use okini_server::store::refund as refunds;
use okini_shared::money::Yen;
use okini_shared::rules::refund::RefundState;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: parts one_step_wins }

/// A payment may go back in parts.
async fn parts(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let payment = attempted(stage, &mut conn).await;
    let mut first = refund(stage, &payment);
    first.amount = Yen::new(80);
    let mut second = refund(stage, &payment);
    second.amount = Yen::new(700);
    refunds::insert(&mut conn, &first).await.unwrap();
    refunds::insert(&mut conn, &second).await.unwrap();
    assert_eq!(refunds::outstanding(&mut conn, payment.id).await.unwrap(), 2);
    assert_eq!(shown(&refunds::by_id(&mut conn, second.id).await.unwrap()), shown(&Some(second.clone())));
    assert_eq!(shown(&refunds::of_order(&mut conn, payment.order).await.unwrap()), shown(&[first, second]));
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
