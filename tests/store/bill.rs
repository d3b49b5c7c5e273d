//! Bills: open, then paid or void, once.

use crate::rows::{attempted, billed, shown};
use okini_server::store::bill;
use okini_shared::id::{BillId, OrderId, PaymentId};
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: paid_once void_once read_back }

async fn paid_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (_, bill) = billed(stage, &mut conn).await;
    let (one, two) = (PaymentId::from_uuid(1), PaymentId::from_uuid(2));
    assert_eq!(bill::pay(&mut conn, bill.id, Some(one), NOW).await.unwrap(), 1);
    assert_eq!(bill::pay(&mut conn, bill.id, Some(two), NOW).await.unwrap(), 0);
    assert_eq!(bill::pay(&mut conn, bill.id, Some(one), NOW).await.unwrap(), 0);
    assert_eq!(bill::void(&mut conn, bill.order).await.unwrap(), 0);
    let found = bill::of_order(&mut conn, bill.order).await.unwrap().unwrap();
    assert_eq!((found.open, found.paid_by), (false, Some(one)));
    assert_eq!(bill::pay(&mut conn, BillId::from_uuid(9), Some(one), NOW).await.unwrap(), 0);
}

async fn void_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let payment = attempted(stage, &mut conn).await;
    assert_eq!(bill::void(&mut conn, payment.order).await.unwrap(), 1);
    assert_eq!(bill::void(&mut conn, payment.order).await.unwrap(), 0);
    assert_eq!(bill::pay(&mut conn, payment.bill, Some(payment.id), NOW).await.unwrap(), 0);
    let found = bill::of_order(&mut conn, payment.order).await.unwrap().unwrap();
    assert_eq!((found.open, found.paid_by), (false, None));
}

async fn read_back(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (order, bill) = billed(stage, &mut conn).await;
    assert_eq!(shown(&bill::of_order(&mut conn, order.id).await.unwrap().unwrap()), shown(&bill));
    assert!(bill::of_order(&mut conn, OrderId::from_uuid(1)).await.unwrap().is_none());
}
