//! A company that misbehaves: errors, limits, maintenance, silence, answers that get lost. Nothing is ever taken for done
//! or undone without its word.

use super::{Side, contract};
use crate::fixtures::SHORT;
use okini_server::providers::{ProviderError, RefundFinding};
use okini_shared::rules::payment::{Finding, ProviderName};
use serde_json::json;

contract! {
    a_page_that_was_surely_not_made
    a_page_of_which_nobody_knows
    a_lost_page_is_found_and_withdrawn
    a_page_that_comes_too_late
    a_page_that_is_made_too_late
    a_withdrawal_of_which_nobody_knows
    a_page_that_is_denied
    a_state_that_nobody_knows
    a_refund_of_which_nobody_knows
    a_refund_that_comes_too_late
}

async fn a_page_that_was_surely_not_made(side: &Side) {
    // Stripe has no word for maintenance.
    let faults = if side.name == ProviderName::Stripe { &["rate_limit"][..] } else { &["maintenance", "rate_limit"] };
    for fault in faults {
        side.turn(json!({ "create": fault })).await;
        let attempt = side.new_attempt();
        let answer = side.provider.create(&attempt).await;
        assert!(matches!(answer, Err(ProviderError::Refused(_))), "{fault}: {answer:?}");
        assert_eq!(side.books(&attempt).await, None, "{fault}");
    }
}

async fn a_page_of_which_nobody_knows(side: &Side) {
    let (nothing, page) = (Finding::NotFound, side.of_lost_page());
    let nowhere = [("error", &nothing), ("cut", &nothing)];
    let somewhere = [("lost", &page), ("error_after", &page), ("truncated", &page)];
    for (fault, made) in nowhere.into_iter().chain(somewhere) {
        side.turn(json!({ "create": fault })).await;
        let attempt = side.new_attempt();
        let answer = side.provider.create(&attempt).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{fault}: {answer:?}");
        assert_eq!(side.provider.query(&attempt).await, *made, "{fault}");
    }
}

/// The company took its time, whoever waited for it.
async fn a_page_that_is_made_too_late(side: &Side) {
    side.turn(json!({"create": "late", "hang_ms": 2 * SHORT.moving.as_millis()})).await;
    let attempt = side.new_attempt();
    let hurried = side.adapter(&side.clock, SHORT);
    assert_eq!(hurried.create(&attempt).await, Err(ProviderError::Unclear("timeout".into())));
    while side.books(&attempt).await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(side.provider.query(&attempt).await, side.of_lost_page());
}

async fn a_withdrawal_of_which_nobody_knows(side: &Side) {
    for (fault, payable) in [("error", 200), ("error_after", 409), ("lost", 409)] {
        let (attempt, _) = side.created().await;
        side.turn(json!({ "cancel": fault })).await;
        let answer = side.provider.cancel(&attempt).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{fault}: {answer:?}");
        assert_eq!(side.act("pay", &attempt).await, payable, "{fault}");
    }
}

/// Only the withdrawal of a page counts, not that the company denies to have made it.
async fn a_page_that_is_denied(side: &Side) {
    let (attempt, _) = side.created().await;
    side.turn(json!({"query": "missing"})).await;
    let withdrawn = side.provider.cancel(&attempt).await.is_ok();
    assert_eq!(side.act("pay", &attempt).await, if withdrawn { 409 } else { 200 });
}

async fn a_lost_page_is_found_and_withdrawn(side: &Side) {
    side.turn(json!({"create": "lost"})).await;
    let attempt = side.new_attempt();
    assert!(side.provider.create(&attempt).await.is_err());
    assert_eq!(side.provider.cancel(&attempt).await, Ok(()));
    if side.of_lost_page() == Finding::NotFound {
        // It could not be withdrawn, and nobody has seen it.
        assert_eq!(side.provider.query(&attempt).await, Finding::NotFound);
        return;
    }
    assert_eq!(side.act("pay", &attempt).await, 409);
    let finding = side.provider.query(&attempt).await;
    assert!(matches!(finding, Finding::Failed | Finding::Cancelled | Finding::Expired), "{finding:?}");
}

async fn a_page_that_comes_too_late(side: &Side) {
    side.turn(json!({"create": "hang", "query": "hang", "hang_ms": 60_000})).await;
    let hurried = side.adapter(&side.clock, SHORT);
    let attempt = side.new_attempt();
    assert_eq!(hurried.create(&attempt).await, Err(ProviderError::Unclear("timeout".into())));
    assert_eq!(hurried.query(&attempt).await, Finding::Unclear("timeout".into()));
    side.turn(json!({"query": "ok"})).await;
    assert_eq!(side.provider.query(&attempt).await, side.of_lost_page(), "it was made");
}

async fn a_state_that_nobody_knows(side: &Side) {
    let (attempt, _) = side.paid(1_430).await;
    for fault in ["error", "maintenance", "rate_limit", "unknown_state", "cut", "truncated"] {
        side.turn(json!({ "query": fault })).await;
        let finding = side.provider.query(&attempt).await;
        assert!(matches!(finding, Finding::Unclear(_)), "{fault}: {finding:?}");
    }
    side.turn(json!({"query": "ok"})).await;
    assert!(matches!(side.provider.query(&attempt).await, Finding::Paid { .. }));
}

async fn a_refund_of_which_nobody_knows(side: &Side) {
    let (attempt, refund) = side.paid(430).await;
    for (fault, done) in [("error", RefundFinding::NotFound), ("lost", RefundFinding::Done)] {
        side.turn(json!({ "refund": fault })).await;
        let finding = side.provider.refund(&refund).await;
        assert!(matches!(finding, RefundFinding::Unclear(_)), "{fault}: {finding:?}");
        assert_eq!(side.provider.query_refund(&refund).await, done, "{fault}");
    }
    side.turn(json!({"refund": "ok"})).await;
    assert_eq!(side.provider.refund(&refund).await, RefundFinding::Done, "asked for again");
    assert_eq!(side.refunded(&attempt).await, 430);
}

async fn a_refund_that_comes_too_late(side: &Side) {
    let (attempt, refund) = side.paid(430).await;
    side.turn(json!({"refund": "hang", "hang_ms": 60_000})).await;
    let finding = side.adapter(&side.clock, SHORT).refund(&refund).await;
    assert_eq!(finding, RefundFinding::Unclear("timeout".into()));
    assert_eq!(side.provider.query_refund(&refund).await, RefundFinding::Done);
    assert_eq!(side.refunded(&attempt).await, 430);
}
