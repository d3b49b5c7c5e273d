//! Money back: whole, in parts, repeated, too much, unknown.

use super::{Side, contract};
use okini_server::providers::{RefundFinding, RefundRequest};
use okini_shared::money::Yen;
use okini_shared::rules::payment::ProviderName;
use serde_json::json;

contract! {
    the_whole_amount
    parts_up_to_what_was_paid
    the_same_refund_gives_money_back_once
    the_same_refund_with_another_amount_gives_nothing_more
    too_much_gives_nothing
    an_unknown_refund_is_not_found
    an_unknown_payment_gives_nothing_back
    a_refund_that_fails_is_refused
    concurrent_refunds_stay_within_what_was_paid
}

async fn the_whole_amount(side: &Side) {
    let (attempt, refund) = side.paid(1_430).await;
    assert_eq!(side.provider.refund(&refund).await, RefundFinding::Done);
    assert_eq!(side.provider.query_refund(&refund).await, RefundFinding::Done);
    assert_eq!(side.refunded(&attempt).await, 1_430);
}

async fn parts_up_to_what_was_paid(side: &Side) {
    let (attempt, first) = side.paid(430).await;
    let second = side.another(&first, 1_000);
    for (part, sum) in [(&first, 430), (&second, 1_430)] {
        assert_eq!(side.provider.refund(part).await, RefundFinding::Done);
        assert_eq!(side.provider.query_refund(part).await, RefundFinding::Done);
        assert_eq!(side.refunded(&attempt).await, sum);
    }
    let finding = side.provider.refund(&side.another(&first, 1)).await;
    assert!(matches!(finding, RefundFinding::Refused(_)), "{finding:?}");
}

async fn the_same_refund_gives_money_back_once(side: &Side) {
    let (attempt, refund) = side.paid(430).await;
    for _ in 0..3 {
        assert_eq!(side.provider.refund(&refund).await, RefundFinding::Done);
    }
    assert_eq!(side.refunded(&attempt).await, 430);
}

async fn the_same_refund_with_another_amount_gives_nothing_more(side: &Side) {
    let (attempt, refund) = side.paid(430).await;
    assert_eq!(side.provider.refund(&refund).await, RefundFinding::Done);
    let other = RefundRequest { amount: Yen::new(431), ..refund };
    assert_ne!(side.provider.refund(&other).await, RefundFinding::Done);
    assert_ne!(side.provider.query_refund(&other).await, RefundFinding::Done);
    assert_eq!(side.refunded(&attempt).await, 430);
}

async fn too_much_gives_nothing(side: &Side) {
    let (attempt, refund) = side.paid(1_431).await;
    let finding = side.provider.refund(&refund).await;
    assert!(matches!(finding, RefundFinding::Refused(_)), "{finding:?}");
    assert_eq!(side.provider.query_refund(&refund).await, RefundFinding::NotFound);
    assert_eq!(side.refunded(&attempt).await, 0);
}

async fn an_unknown_refund_is_not_found(side: &Side) {
    let (_, refund) = side.paid(430).await;
    assert_eq!(side.provider.query_refund(&refund).await, RefundFinding::NotFound);
}

async fn an_unknown_payment_gives_nothing_back(side: &Side) {
    let (_, refund) = side.paid(430).await;
    let unknown = RefundRequest { provider_payment_id: "0123456789".into(), ..refund };
    let finding = side.provider.refund(&unknown).await;
    assert!(matches!(finding, RefundFinding::Refused(_)), "{finding:?}");
    assert_eq!(side.provider.query_refund(&unknown).await, RefundFinding::NotFound);
}

async fn a_refund_that_fails_is_refused(side: &Side) {
    let (attempt, refund) = side.paid(430).await;
    side.turn(json!({"refund": "reject"})).await;
    let finding = side.provider.refund(&refund).await;
    assert!(matches!(finding, RefundFinding::Refused(_)), "{finding:?}");
    assert_eq!(side.refunded(&attempt).await, 0);
}

async fn concurrent_refunds_stay_within_what_was_paid(side: &Side) {
    let (attempt, refund) = side.paid(200).await;
    let all = (0..50).map(|_| {
        let (provider, refund) = (side.provider.clone(), side.another(&refund, 200));
        tokio::spawn(async move { provider.refund(&refund).await == RefundFinding::Done })
    });
    let mut done = 0;
    for one in all.collect::<Vec<_>>() {
        done += i64::from(one.await.unwrap());
    }
    assert_eq!((done, side.refunded(&attempt).await), (7, 1_400));
}

#[tokio::test]
async fn a_contract_for_one_refund_refuses_the_second() {
    let side = Side::start(ProviderName::Paypay).await;
    side.turn(json!({"multiple_refunds": false})).await;
    let (_, refund) = side.paid(430).await;
    assert_eq!(side.provider.refund(&refund).await, RefundFinding::Done);
    let finding = side.provider.refund(&side.another(&refund, 100)).await;
    assert_eq!(finding, RefundFinding::Refused("MERCHANT_MULTIPLE_REFUND_REJECTED".into()));
}
