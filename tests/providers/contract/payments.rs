//! Pages: made, paid, declined, withdrawn, expired, unknown.

use super::{Side, adapter, contract};
use crate::fixtures::LONG;
use okini_server::clock::Clock;
use okini_server::providers::{Attempt, ProviderError};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, PaymentStep, ProviderName, step_for};
use okini_shared::time::{MINUTE, SECOND};
use serde_json::json;

contract! {
    a_new_page_can_be_paid
    a_paid_page_reports_amount_currency_and_id
    a_declined_payment_failed_or_can_be_tried_again
    a_withdrawn_page_cannot_be_paid
    a_withdrawn_page_can_be_withdrawn_again
    a_paid_page_cannot_be_withdrawn
    a_page_whose_name_was_lost_can_be_withdrawn
    a_page_whose_name_was_lost_is_found_and_paid
    an_expired_page_cannot_be_paid
    an_unknown_payment_is_not_found
    the_same_attempt_makes_one_page
    another_amount_or_currency_strands
    a_wrong_key_makes_nothing
}

async fn a_new_page_can_be_paid(side: &Side) {
    let (attempt, page) = side.created().await;
    assert!(page.url.starts_with("http://127.0.0.1:"), "{}", page.url);
    assert!(page.expires_at > side.clock.now().plus(4 * MINUTE));
    assert_eq!(side.provider.query(&attempt).await, Finding::Pending);
    assert_eq!(side.books(&attempt).await.unwrap()["amount"], 1_430);
}

async fn a_paid_page_reports_amount_currency_and_id(side: &Side) {
    let (attempt, _) = side.created().await;
    assert_eq!(side.act("pay", &attempt).await, 200);
    let finding = side.provider.query(&attempt).await;
    let Finding::Paid { amount, currency, provider_payment_id } = &finding else { panic!("{finding:?}") };
    assert_eq!((*amount, currency.as_str()), (Yen::new(1_430), "JPY"));
    assert!(!provider_payment_id.is_empty());
    assert_eq!(step_for(&finding, attempt.amount), Some(PaymentStep::Succeed));
}

/// As long as the page can be paid on, nothing has failed: a second page must not be offered beside it.
async fn a_declined_payment_failed_or_can_be_tried_again(side: &Side) {
    let (attempt, _) = side.created().await;
    assert_eq!(side.act("decline", &attempt).await, 200);
    let finding = side.provider.query(&attempt).await;
    let again = side.act("pay", &attempt).await;
    assert!(matches!((&finding, again), (Finding::Failed, 409) | (Finding::Pending, 200)), "{finding:?} {again}");
}

async fn a_withdrawn_page_cannot_be_paid(side: &Side) {
    let (attempt, _) = side.created().await;
    assert_eq!(side.provider.cancel(&attempt).await, Ok(()));
    assert_eq!(side.act("pay", &attempt).await, 409);
    let finding = side.provider.query(&attempt).await;
    assert!(matches!(finding, Finding::Cancelled | Finding::Expired | Finding::NotFound), "{finding:?}");
}

async fn a_withdrawn_page_can_be_withdrawn_again(side: &Side) {
    let (attempt, _) = side.created().await;
    for _ in 0..3 {
        assert_eq!(side.provider.cancel(&attempt).await, Ok(()));
    }
    let (declined, _) = side.created().await;
    side.act("decline", &declined).await;
    assert_eq!(side.provider.cancel(&declined).await, Ok(()), "it cannot be paid either");
}

async fn a_paid_page_cannot_be_withdrawn(side: &Side) {
    let (attempt, _) = side.paid(1_430).await;
    let answer = side.provider.cancel(&attempt).await;
    assert!(matches!(answer, Err(ProviderError::Refused(_))), "{answer:?}");
    assert!(matches!(side.provider.query(&attempt).await, Finding::Paid { .. }));
    assert_eq!(side.refunded(&attempt).await, 0);
}

async fn a_page_whose_name_was_lost_can_be_withdrawn(side: &Side) {
    let (attempt, _) = side.created().await;
    let lost = Attempt { provider_ref: None, ..attempt };
    assert_eq!(side.provider.query(&lost).await, side.of_lost_page());
    assert_eq!(side.provider.cancel(&lost).await, Ok(()));
    assert_eq!(side.provider.cancel(&lost).await, Ok(()));
    if side.of_lost_page() == Finding::Pending {
        assert_eq!(side.act("pay", &lost).await, 409);
    }
}

async fn a_page_whose_name_was_lost_is_found_and_paid(side: &Side) {
    let (attempt, _) = side.created().await;
    assert_eq!(side.act("pay", &attempt).await, 200);
    let finding = side.provider.query(&Attempt { provider_ref: None, ..attempt }).await;
    assert!(matches!(finding, Finding::Paid { .. }), "{finding:?}");
}

async fn an_expired_page_cannot_be_paid(side: &Side) {
    let (attempt, page) = side.created().await;
    let (lost, _) = side.created().await;
    // Pages name whole seconds.
    side.advance(page.expires_at.since(side.clock.now()) + SECOND);
    assert_eq!(side.act("pay", &attempt).await, 409);
    let finding = side.provider.query(&attempt).await;
    assert!(matches!(finding, Finding::Pending | Finding::NotFound | Finding::Expired), "{finding:?}");
    assert_eq!(side.provider.cancel(&attempt).await, Ok(()));
    assert_eq!(side.provider.cancel(&Attempt { provider_ref: None, ..lost }).await, Ok(()));
}

async fn an_unknown_payment_is_not_found(side: &Side) {
    let attempt = side.new_attempt();
    assert_eq!(side.provider.query(&attempt).await, Finding::NotFound);
    assert_eq!(side.provider.cancel(&attempt).await, Ok(()), "there is nothing to pay on");
}

async fn the_same_attempt_makes_one_page(side: &Side) {
    let (attempt, page) = side.created().await;
    match side.provider.create(&Attempt { provider_ref: None, ..attempt.clone() }).await {
        Ok(again) => assert_eq!(again, page),
        Err(error) => assert!(matches!(error, ProviderError::Unclear(_)), "{error:?}"),
    }
    let other = Attempt { amount: Yen::new(1), ..attempt.clone() };
    let answer = side.provider.create(&other).await;
    assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{answer:?}");
    assert_eq!(side.books(&attempt).await.unwrap()["amount"], 1_430);
}

async fn another_amount_or_currency_strands(side: &Side) {
    let (attempt, _) = side.paid(1_430).await;
    for fault in ["wrong_amount", "wrong_currency"] {
        side.turn(json!({ "query": fault })).await;
        let finding = side.provider.query(&attempt).await;
        assert_eq!(step_for(&finding, attempt.amount), Some(PaymentStep::Strand), "{finding:?}");
    }
}

async fn a_wrong_key_makes_nothing(side: &Side) {
    let mut ready = side.sandbox.ready.clone();
    ready.paypay.api_secret.push('x');
    for key in [&mut ready.hosted.api_key, &mut ready.komoju.api_key, &mut ready.stripe.api_key] {
        key.push('x');
    }
    let stranger = adapter(side.name, &ready, &side.clock, LONG);
    let attempt = side.new_attempt();
    let answer = stranger.create(&attempt).await;
    assert!(matches!(answer, Err(ProviderError::Refused(_))), "{answer:?}");
    assert_eq!(side.books(&attempt).await, None);
    assert!(matches!(stranger.query(&attempt).await, Finding::Unclear(_)), "not proof of anything");
}

#[tokio::test]
async fn paypay_refuses_a_clock_more_than_two_minutes_off() {
    let side = Side::start(ProviderName::Paypay).await;
    for (off, accepted) in [(-121_000, false), (-120_000, true), (120_000, true), (121_000, false)] {
        let clock = Clock::manual(side.clock.now().plus(off));
        let provider = side.adapter(&clock, LONG);
        let answer = provider.create(&side.new_attempt()).await;
        assert_eq!(answer.is_ok(), accepted, "{off}: {answer:?}");
    }
}

#[tokio::test]
async fn one_paypay_contract_serves_many_merchants() {
    let side = Side::start(ProviderName::Paypay).await;
    let theirs = Attempt { merchant: Some("286123456789012345".into()), ..side.new_attempt() };
    side.provider.create(&theirs).await.unwrap();
    assert_eq!(side.provider.query(&theirs).await, Finding::Pending);
    for merchant in [None, Some("286000000000000000".into())] {
        let finding = side.provider.query(&Attempt { merchant, ..theirs.clone() }).await;
        assert_eq!(finding, Finding::NotFound, "another merchant's");
    }
}
