//! Notifications as they come off the wire: hints to the right payment when genuine, refused or harmless when not.

use super::{Side, contract};
use okini_server::providers::{Hint, NotificationError};
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::MINUTE;
use okini_tests::raw::{Raw, Received, Reply};
use serde_json::json;

contract! {
    a_payment_is_announced
    a_failure_is_announced
    every_copy_is_the_same_hint
    a_changed_notification_is_refused_or_harmless
    an_old_notification_is_refused_or_harmless
    a_notification_before_the_payment_is_harmless
    half_a_notification_is_refused
}

fn parse(side: &Side, notification: &Received) -> Result<Hint, NotificationError> {
    let headers = |name: &str| notification.headers.get(name).map(String::as_str);
    side.provider.parse_notification(&headers, notification.body.as_bytes())
}

/// A mailbox for so many notifications.
async fn mailbox(side: &Side, count: usize) -> Raw {
    let mailbox = Raw::answering((0..count).map(|_| Reply::Json(200, "{}".into()))).await;
    side.notify(&format!("{}/hooks/secret", mailbox.url)).await;
    mailbox
}

async fn a_payment_is_announced(side: &Side) {
    let mailbox = mailbox(side, 1).await;
    let (attempt, _) = side.paid(1_430).await;
    let notifications = mailbox.wait_for(1).await;
    assert_eq!(notifications[0].line, "POST /hooks/secret");
    assert_eq!(parse(side, &notifications[0]), Ok(Hint { payment: Some(attempt.id) }));
}

async fn a_failure_is_announced(side: &Side) {
    let mailbox = mailbox(side, 2).await;
    let (attempt, _) = side.created().await;
    side.act("decline", &attempt).await;
    // PayPay does not tell by itself.
    side.post(&format!("{}/notify/{}", side.name.name(), attempt.id), &json!({})).await;
    let notifications = mailbox.wait_for(1).await;
    assert_eq!(parse(side, &notifications[0]), Ok(Hint { payment: Some(attempt.id) }));
}

async fn every_copy_is_the_same_hint(side: &Side) {
    side.turn(json!({"webhooks": "repeat", "webhook_repeat": 10})).await;
    let mailbox = mailbox(side, 10).await;
    let (attempt, _) = side.paid(1_430).await;
    for notification in mailbox.wait_for(10).await {
        assert_eq!(parse(side, &notification), Ok(Hint { payment: Some(attempt.id) }));
    }
}

/// One genuine notification of a payment.
async fn genuine(side: &Side) -> Received {
    let mailbox = mailbox(side, 1).await;
    side.paid(1_430).await;
    mailbox.wait_for(1).await.remove(0)
}

/// Refused where notifications are signed; where they are not, nothing but a question to the provider.
fn assert_not_trusted(side: &Side, notification: &Received) {
    let answer = parse(side, notification);
    if side.provider.capabilities().signed_notifications {
        assert_eq!(answer, Err(NotificationError::Forged));
    } else {
        assert!(answer.is_ok(), "{answer:?}");
    }
}

async fn a_changed_notification_is_refused_or_harmless(side: &Side) {
    let notification = genuine(side).await;
    let other = side.new_attempt().id.to_string();
    let ours = parse(side, &notification).unwrap().payment.unwrap().to_string();
    let body = notification.body.replace(&ours, &other);
    assert_not_trusted(side, &Received { body, ..notification.clone() });
    let body = notification.body.replace("1430", "1");
    assert_not_trusted(side, &Received { body, ..notification.clone() });
    assert_not_trusted(side, &Received { headers: std::collections::HashMap::new(), ..notification });
}

/// PayPay signs nothing and KOMOJU no time; a stamp ahead of our clock passes at Stripe, as it does in its own programs.
async fn an_old_notification_is_refused_or_harmless(side: &Side) {
    let (old, early) = match side.name {
        ProviderName::Paypay | ProviderName::Komoju => (true, true),
        ProviderName::Stripe => (false, true),
        ProviderName::Hosted => (false, false),
    };
    let notification = genuine(side).await;
    side.advance(5 * MINUTE);
    assert!(parse(side, &notification).is_ok(), "just in time");
    side.advance(1_000);
    assert_eq!(parse(side, &notification).is_ok(), old);
    side.advance(-(10 * MINUTE + 2_000));
    assert_eq!(parse(side, &notification).is_ok(), early);
}

/// A forged "paid" is at most a question, and the answer is the provider's.
async fn a_notification_before_the_payment_is_harmless(side: &Side) {
    let notification = genuine(side).await;
    let ours = parse(side, &notification).unwrap().payment.unwrap().to_string();
    let (attempt, _) = side.created().await;
    let body = notification.body.replace(&ours, &attempt.id.to_string());
    assert_not_trusted(side, &Received { body, ..notification });
    assert_eq!(side.provider.query(&attempt).await, Finding::Pending);
}

async fn half_a_notification_is_refused(side: &Side) {
    let notification = genuine(side).await;
    let half: String = notification.body.chars().take(notification.body.len() / 2).collect();
    let answer = parse(side, &Received { body: half, ..notification });
    assert!(matches!(answer, Err(NotificationError::Forged | NotificationError::Unreadable)), "{answer:?}");
}
