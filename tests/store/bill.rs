//! Bills: open, then paid or void, once.

use crate::rows::{attempted, billed, shown};
use okini_server::store::order as orders;
use okini_shared::id::{BillId, OrderId, PaymentId};
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: paid_once void_once read_back }

async fn paid_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (_, bill) = billed(stage, &mut conn).await;
    let (one, two) = (PaymentId::from_uuid(1), PaymentId::from_uuid(2));
    assert_eq!(orders::pay_bill(&mut conn, bill.id, one, NOW).await.unwrap(), 1);
    assert_eq!(orders::pay_bill(&mut conn, bill.id, two, NOW).await.unwrap(), 0);
    assert_eq!(orders::pay_bill(&mut conn, bill.id, one, NOW).await.unwrap(), 0);
    assert_eq!(orders::void_bill(&mut conn, bill.order).await.unwrap(), 0);
    let found = orders::bill(&mut conn, bill.order).await.unwrap().unwrap();
    assert_eq!((found.open, found.paid_by), (false, Some(one)));
    assert_eq!(orders::pay_bill(&mut conn, BillId::from_uuid(9), one, NOW).await.unwrap(), 0);
}

async fn void_once(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let payment = attempted(stage, &mut conn).await;
    assert_eq!(orders::void_bill(&mut conn, payment.order).await.unwrap(), 1);
    assert_eq!(orders::void_bill(&mut conn, payment.order).await.unwrap(), 0);
    assert_eq!(orders::pay_bill(&mut conn, payment.bill, payment.id, NOW).await.unwrap(), 0);
    let found = orders::bill(&mut conn, payment.order).await.unwrap().unwrap();
    assert_eq!((found.open, found.paid_by), (false, None));
}

async fn read_back(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (order, bill) = billed(stage, &mut conn).await;
    assert_eq!(shown(&orders::bill(&mut conn, order.id).await.unwrap().unwrap()), shown(&bill));
    assert!(orders::bill(&mut conn, OrderId::from_uuid(1)).await.unwrap().is_none());
}
