//! Notifications: hints that are never believed.

use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{Finding, PaymentState, ProviderName};
use okini_shared::time::SECOND;
use okini_tests::diner::{all, refusal};
use okini_tests::fixture::NO_PAYMENT;
use okini_tests::on_both;
use okini_tests::scripted::{Call, Scripted};
use okini_tests::stage::{HOOK, Stage};

on_both! { forged ten_times unknown refused out_of_order of_the_other_company kept_raw after_the_end }

fn queries(stage: &Stage) -> usize {
    stage.paypay.calls().iter().filter(|call| matches!(call, Call::Query(_))).count()
}

/// Somebody says COMPLETED; the payment company does not.
async fn forged(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    for _ in 0..5 {
        for _ in 0..10 {
            assert_eq!(stage.notify(ProviderName::Paypay, payment).await.status, 200);
        }
        stage.pass(200).await;
    }
    assert!((1..=2).contains(&queries(stage)), "at most one question a second: {}", queries(stage));
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.payment.unwrap().state), (OrderState::AwaitingPayment, PaymentState::Redirected));
    assert_eq!(stage.facts(payment).await, ["payment.redirected"]);
}

async fn ten_times(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.pay(payment);
    for answer in all((0..10).map(|_| stage.notify(ProviderName::Paypay, payment))).await {
        assert_eq!(answer.status, 200);
    }
    // No time goes by: the notification alone has the company asked.
    stage.tick().await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    for _ in 0..10 {
        stage.notify(ProviderName::Paypay, payment).await;
        stage.pass(SECOND).await;
    }
    assert_eq!(stage.facts(payment).await, ["payment.redirected", "payment.succeeded"]);
    assert_eq!(stage.facts(order.id).await, ["order.placed", "order.submitted"]);
    assert_eq!(queries(stage), 1, "paid is final");
}

async fn unknown(stage: &Stage) {
    let answer = stage.notify(ProviderName::Paypay, NO_PAYMENT).await;
    assert_eq!(answer.status, 200);
    let unreadable_id = stage.notify_raw(ProviderName::Paypay, HOOK, b"about somebody else's payment").await;
    assert_eq!(unreadable_id.status, 200, "kept, and acknowledged, so that it is not sent for ever");
    stage.pass(3 * SECOND).await;
    assert_eq!((queries(stage), stage.database.count("notification").await), (0, 2));
}

async fn refused(stage: &Stage) {
    let body = Scripted::notification(NO_PAYMENT);
    let send = async |path: &str, body: &[u8]| {
        refusal(&stage.client().request("POST", path).bytes("application/json", body).send().await)
    };
    let right = format!("/hooks/paypay/{HOOK}");
    assert_eq!(send("/hooks/paypay/wrong", body.as_bytes()).await, Code::NotFound);
    assert_eq!(send(&format!("/hooks/paypay/{HOOK}x"), body.as_bytes()).await, Code::NotFound);
    assert_eq!(send(&format!("/hooks/nobody/{HOOK}"), body.as_bytes()).await, Code::NotFound);
    assert_eq!(send(&format!("/hooks/paypay/{HOOK}/more"), body.as_bytes()).await, Code::NotFound);
    assert_eq!(send(&right, b"forged by somebody").await, Code::Forbidden);
    for garbage in [&b""[..], b"{", b"\xff\xfe", b"null"] {
        assert_eq!(send(&right, garbage).await, Code::InvalidRequest);
    }
    for size in [70_000, 300_000, 2_000_000] {
        assert_eq!(send(&right, &vec![b'x'; size]).await, Code::TooLarge, "{size}");
    }
    assert_eq!(stage.database.count("notification").await, 0);
}

/// The news of a declined first attempt comes after the second one paid.
async fn out_of_order(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let first = stage.payment(&order).await;
    stage.paypay.say(first, Finding::Cancelled);
    stage.pass(3 * SECOND).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    let second = stage.payment(&order).await;
    stage.paypay.pay(second);
    stage.notify(ProviderName::Paypay, second).await;
    stage.tick().await;
    stage.notify(ProviderName::Paypay, first).await;
    stage.pass(3 * SECOND).await;
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.payment.unwrap().state), (OrderState::Submitted, PaymentState::Succeeded));
    assert!(stage.refunds(&order).await.is_empty());
}

/// A payment is asked about at its own company, whoever told of it.
async fn of_the_other_company(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.other());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, okini_tests::scripted::paid(payment, order.total, "JPY"));
    stage.notify(ProviderName::Paypay, payment).await;
    stage.tick().await;
    assert_eq!(queries(stage), 0);
    assert_eq!(phone.look(&order).await.state, OrderState::AwaitingPayment);
    stage.hosted.pay(payment);
    stage.notify(ProviderName::Hosted, payment).await;
    stage.pass(SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
}

async fn kept_raw(stage: &Stage) {
    let body = format!("about {NO_PAYMENT}");
    stage.notify_raw(ProviderName::Hosted, HOOK, body.as_bytes()).await;
    stage.notify_raw(ProviderName::Paypay, HOOK, b"about \0 nothing").await;
    let bodies = stage.database.texts("SELECT body FROM notification ORDER BY id").await;
    assert_eq!(bodies, [body.as_str(), "about   nothing"]);
    let providers = stage.database.texts("SELECT provider FROM notification ORDER BY id").await;
    assert_eq!(providers, ["hosted", "paypay"]);
}

/// A notification about an attempt that was given up long ago is still followed.
async fn after_the_end(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, Finding::Failed);
    stage.pass(40 * 60 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Expired);
    stage.pass(48 * 3_600 * SECOND).await;
    stage.paypay.pay(payment);
    stage.notify(ProviderName::Paypay, payment).await;
    stage.tick().await;
    stage.tick().await;
    assert_eq!(stage.paypay.given_back(payment), order.total);
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
}
