//! Paying: attempts, and what the payment company's word does to them.

use okini_shared::api::order as api;
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{Finding, PaymentState, ProviderName};
use okini_shared::time::{HOUR, MINUTE, SECOND};
use okini_tests::diner::{all, refusal};
use okini_tests::on_both;
use okini_tests::scripted::{Call, Creation, paid};
use okini_tests::stage::{PUBLIC_URL, Stage};
use std::time::Instant;

on_both! {
    started live_attempt declined_then_paid wrong_amount wrong_currency late_success second_success answer_lost
    answer_lost_but_paid request_lost company_down company_down_same_key not_payable not_offered lost_notifications
    while_running gone_before_the_answer answered_in_time died_before_the_answer many_payers pace_of_asking replayed_after_the_end cancelled_while_being_made
}

const BODY: &str = r#"{"provider":"paypay"}"#;

async fn started(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let payment = phone.pay(&order, ProviderName::Paypay).await.unwrap();
    assert_eq!((payment.state, payment.amount), (PaymentState::Redirected, Yen::new(780)));
    assert_eq!(payment.expires_at, Some(stage.clock.now().plus(5 * MINUTE)));
    let attempt = stage.paypay.attempts().remove(0);
    assert_eq!(payment.url.unwrap(), format!("https://pay.test/{}", attempt.id));
    assert_eq!((attempt.amount, attempt.description.as_str()), (Yen::new(780), "お好み焼き sakura"));
    assert_eq!(attempt.return_url, format!("{PUBLIC_URL}/o/{}", order.token));
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.payment.unwrap().state), (OrderState::AwaitingPayment, PaymentState::Redirected));
    // Whoever has the page's address may pay the order, and sees nothing private.
    let elsewhere = stage.client().look(&order).await;
    assert!(!elsewhere.yours);
}

/// Only one page at a time can be paid on; asking again gives it back.
async fn live_attempt(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let first = phone.pay(&order, ProviderName::Paypay).await.unwrap();
    for _ in 0..3 {
        assert_eq!(phone.pay(&order, ProviderName::Paypay).await.unwrap(), first);
    }
    assert_eq!(stage.client().pay(&order, ProviderName::Paypay).await.unwrap(), first);
    assert_eq!((stage.payments(&order).await.len(), stage.paypay.attempts().len()), (1, 1));
}

async fn declined_then_paid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let declined = stage.payment(&order).await;
    stage.paypay.say(declined, Finding::Failed);
    stage.pass(3 * SECOND).await;
    let seen = phone.look(&order).await;
    let payment = seen.payment.unwrap();
    assert_eq!((seen.state, payment.state, payment.url), (OrderState::AwaitingPayment, PaymentState::Failed, None));
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    let second = stage.payment(&order).await;
    assert_ne!(declined, second);
    stage.paypay.pay(second);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    assert_eq!(stage.payments(&order).await.len(), 2);
}

async fn stranded(stage: &Stage, amount: i64, currency: &str) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, paid(payment, Yen::new(amount), currency));
    stage.pass(3 * SECOND).await;
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.payment.unwrap().state), (OrderState::AwaitingPayment, PaymentState::Stranded));
    let kept = stage.payments(&order).await.remove(0);
    assert!(kept.remark.unwrap().contains(&amount.to_string()) && kept.ask_at.is_none());
    assert_eq!(stage.facts(payment).await, ["payment.redirected", "payment.stranded"]);
    assert!(stage.kitchen(shop).await.board().await.orders.is_empty());
    assert!(stage.refunds(&order).await.is_empty(), "staff decide");
}

async fn wrong_amount(stage: &Stage) {
    for amount in [779, 781, 1, 78_000] {
        stranded(stage, amount, "JPY").await;
    }
}

async fn wrong_currency(stage: &Stage) {
    stranded(stage, 780, "USD").await;
}

/// Money that arrives when the order is given up goes back by itself.
async fn late_success(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.pass(7 * MINUTE).await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Expired);
    stage.pass(25 * MINUTE).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Expired);
    stage.pass(3 * HOUR).await;
    stage.paypay.pay(payment);
    stage.pass(6 * MINUTE).await;
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.number), (OrderState::Expired, None));
    assert_eq!(seen.payment.unwrap().state, PaymentState::Refunded);
    assert_eq!(seen.refund.unwrap().amount, Yen::new(780));
    assert_eq!(stage.paypay.given_back(payment), Yen::new(780));
}

async fn second_success(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let first = stage.payment(&order).await;
    stage.paypay.say(first, Finding::Failed);
    stage.pass(3 * SECOND).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    let second = stage.payment(&order).await;
    stage.paypay.pay(second);
    stage.paypay.pay(first);
    stage.notify(ProviderName::Paypay, first).await;
    stage.notify(ProviderName::Paypay, second).await;
    stage.pass(3 * SECOND).await;
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.number.as_deref()), (OrderState::Submitted, Some("A-01")));
    let states: Vec<_> = stage.payments(&order).await.into_iter().map(|payment| payment.state).collect();
    let kept = states.iter().filter(|state| **state == PaymentState::Succeeded).count();
    let back = states.iter().filter(|state| **state == PaymentState::Refunded).count();
    assert_eq!((kept, back), (1, 1), "{states:?}");
    let refund = stage.refunds(&order).await.remove(0);
    assert_eq!((refund.amount, refund.reason.as_str()), (Yen::new(780), "surplus"));
    let given = stage.paypay.given_back(first).get() + stage.paypay.given_back(second).get();
    assert_eq!(given, 780);
}

/// The page was made but nobody knows its address: it is withdrawn, and the diner can try again.
async fn answer_lost(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.creation(Creation::AnswerLost);
    let problem = phone.pay(&order, ProviderName::Paypay).await.unwrap_err();
    assert_eq!((problem.code, problem.provider), (Code::ProviderUnavailable, Some(ProviderName::Paypay)));
    let payment = stage.payment(&order).await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Unknown, "never failed by a time-out");
    stage.paypay.creation(Creation::Works);
    stage.pass(3 * SECOND).await;
    assert!(stage.paypay.calls().contains(&Call::Cancel(payment)));
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Cancelled);
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
}

async fn answer_lost_but_paid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.creation(Creation::AnswerLost);
    assert_eq!(phone.pay(&order, ProviderName::Paypay).await.unwrap_err().code, Code::ProviderUnavailable);
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
}

async fn request_lost(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.creation(Creation::RequestLost);
    assert_eq!(phone.pay(&order, ProviderName::Paypay).await.unwrap_err().code, Code::ProviderUnavailable);
    stage.paypay.creation(Creation::Works);
    let state = async || phone.look(&order).await.payment.unwrap().state;
    stage.pass(50 * SECOND).await;
    assert_eq!(state().await, PaymentState::Unknown, "it may still be on its way");
    stage.pass(15 * SECOND).await;
    assert_eq!(state().await, PaymentState::Failed, "it was never made");
    assert!(phone.pay(&order, ProviderName::Paypay).await.unwrap().url.is_some());
}

async fn company_down(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.creation(Creation::Refused);
    let answer = phone.send_payment(&order, "first", BODY).await;
    assert_eq!(refusal(&answer), Code::ProviderUnavailable);
    assert!(answer.header("retry-after").parse::<u32>().is_ok());
    assert!(!answer.text().contains("SCRIPTED"), "the company's words are not the diner's");
    stage.paypay.creation(Creation::Works);
    assert!(phone.pay(&order, ProviderName::Paypay).await.unwrap().url.is_some());
}

/// A retry with the same key gets the same answer, not a payment without a page.
async fn company_down_same_key(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    for creation in [Creation::Refused, Creation::RequestLost] {
        stage.paypay.creation(creation);
        let key = format!("{creation:?}");
        let first = phone.send_payment(&order, &key, BODY).await;
        assert_eq!(refusal(&first), Code::ProviderUnavailable);
        let again = phone.send_payment(&order, &key, BODY).await;
        assert_eq!((again.status, again.text()), (first.status, first.text()), "{key}");
    }
}

async fn not_payable(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let submitted = stage.paid(&phone, shop, &shop.noodles()).await;
    let cancelled = phone.place(&shop.noodles()).await;
    phone.cancel(&cancelled).await.unwrap();
    let given_up = phone.place(&shop.noodles()).await;
    stage.kitchen(shop).await.accept(&submitted).await.unwrap();
    stage.pass(31 * MINUTE).await;
    for order in [&submitted, &cancelled, &given_up] {
        assert_eq!(phone.pay(order, ProviderName::Paypay).await.unwrap_err().code, Code::BillNotOpen);
    }
    let unknown = api::Order { token: "0".repeat(32), ..submitted };
    assert_eq!(phone.pay(&unknown, ProviderName::Paypay).await.unwrap_err().code, Code::NotFound);
}

async fn not_offered(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    for other in [ProviderName::Hosted, ProviderName::Stripe] {
        assert_eq!(phone.pay(&order, other).await.unwrap_err().code, Code::ProviderNotOffered);
    }
    assert_eq!(refusal(&phone.send_payment(&order, "k", r#"{"provider":"cash"}"#).await), Code::InvalidRequest);
    assert!(stage.payments(&order).await.is_empty());
    // The refusals burnt no key.
    assert_eq!(phone.send_payment(&order, "k", BODY).await.status, 201);
}

/// No notification ever comes: what was paid is found all the same, in less than five seconds.
async fn lost_notifications(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let orders = all((0..10).map(|_| async { stage.redirected(&phone, shop, &shop.noodles()).await })).await;
    for order in &orders {
        stage.paypay.pay(stage.payment(order).await);
    }
    stage.pass(5 * SECOND).await;
    for order in &orders {
        assert_eq!(phone.look(order).await.state, OrderState::Submitted);
    }
    let mut numbers: Vec<_> = stage.kitchen(shop).await.board().await.orders.into_iter().map(|o| o.number).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 10);
}

/// Waits, without pausing, until a call has arrived at the payment company.
async fn arrived(stage: &Stage, wanted: impl Fn(&Call) -> bool) {
    let arrives = async {
        while !stage.paypay.calls().iter().any(&wanted) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), arrives).await.unwrap();
}

async fn while_running(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.hang();
    let second = async {
        arrived(stage, |call| matches!(call, Call::Create(_))).await;
        assert_eq!(refusal(&phone.send_payment(&order, "k", BODY).await), Code::IdempotencyKeyRunning);
        let other_key = phone.send_payment(&order, "another", BODY).await;
        assert_eq!(other_key.status, 201);
        assert_eq!(other_key.json::<api::Payment>().state, PaymentState::Created);
        stage.paypay.release();
    };
    let (first, ()) = tokio::join!(phone.send_payment(&order, "k", BODY), second);
    assert_eq!(first.status, 201);
    assert_eq!(phone.send_payment(&order, "k", BODY).await.text(), first.text());
    assert_eq!(stage.payments(&order).await.len(), 1);
}

/// The phone goes away while the payment company makes the page: it is found when the diner looks again.
async fn gone_before_the_answer(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.hang();
    tokio::select! {
        _ = phone.send_payment(&order, "k", BODY) => unreachable!("the company hangs"),
        () = arrived(stage, |call| matches!(call, Call::Create(_))) => {}
    }
    stage.paypay.release();
    while phone.look(&order).await.payment.unwrap().state == PaymentState::Created {}
    let payment = phone.look(&order).await.payment.unwrap();
    assert_eq!((payment.state, payment.url.is_some()), (PaymentState::Redirected, true));
}

/// A diner waits seconds for a company that hangs, not minutes; the page that it makes after all is his.
async fn answered_in_time(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.hang();
    let begun = Instant::now();
    let late = phone.send_payment(&order, "k", BODY).await;
    assert!(begun.elapsed().as_secs() < 10);
    let problem = late.problem();
    assert_eq!((late.status, problem.code), (503, Code::ProviderUnavailable));
    assert_eq!(problem.provider, Some(ProviderName::Paypay));
    assert_eq!(refusal(&phone.send_payment(&order, "k", BODY).await), Code::IdempotencyKeyRunning);
    stage.paypay.release();
    while phone.look(&order).await.payment.unwrap().state == PaymentState::Created {}
    let payment: api::Payment = phone.send_payment(&order, "k", BODY).await.json();
    assert_eq!((payment.state, payment.url.is_some()), (PaymentState::Redirected, true));
    assert_eq!((stage.payments(&order).await.len(), stage.paypay.attempts().len()), (1, 1));
}

/// The phone goes away while the payment company is being asked for a page, and the request is lost.
async fn died_before_the_answer(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.hang();
    tokio::select! {
        _ = phone.send_payment(&order, "k", BODY) => unreachable!("the company hangs"),
        () = arrived(stage, |call| matches!(call, Call::Create(_))) => {}
    }
    stage.paypay.creation(Creation::RequestLost);
    stage.paypay.release();
    stage.pass(61 * SECOND).await;
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Failed);
    stage.paypay.creation(Creation::Works);
    assert!(phone.pay(&order, ProviderName::Paypay).await.unwrap().url.is_some());
}

/// A whole party taps "pay" on the same order page.
async fn many_payers(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let answers = all((0..24).map(|_| async { phone.pay(&order, ProviderName::Paypay).await })).await;
    for answer in answers {
        match answer {
            Ok(payment) => assert_eq!(payment.amount, Yen::new(780)),
            Err(problem) => assert_eq!(problem.code, Code::IdempotencyKeyRunning),
        }
    }
    assert_eq!((stage.payments(&order).await.len(), stage.paypay.attempts().len()), (1, 1));
}

/// Often while a diner waits, rarely later, never for ever.
async fn pace_of_asking(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let id = stage.payment(&order).await;
    let asked = async |ms: i64, step: i64| {
        let before = stage.paypay.calls().len();
        for _ in 0..ms / step {
            stage.pass(step).await;
        }
        let calls = stage.paypay.calls();
        calls[before..].iter().filter(|call| **call == Call::Query(id)).count()
    };
    assert_eq!(asked(MINUTE, 500).await, 24, "every 2.5 s");
    asked(5 * MINUTE, 2_500).await;
    assert!((14..=16).contains(&asked(5 * MINUTE, 5 * SECOND).await), "every 20 s");
    asked(25 * MINUTE, 30 * SECOND).await;
    assert!((11..=13).contains(&asked(HOUR, MINUTE).await), "every 5 min");
    asked(24 * HOUR, 10 * MINUTE).await;
    assert_eq!(asked(2 * HOUR, 10 * MINUTE).await, 0, "a day after the page expired nobody asks any more");
}

/// A page of an order that was taken back, asked for once more with the key that it was made by; the company has not
/// withdrawn it yet.
async fn replayed_after_the_end(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let start = async || phone.send_payment(&order, "k", BODY).await;
    let first: api::Payment = start().await.json();
    assert!(first.url.is_some());
    phone.cancel(&order).await.unwrap();
    let again: api::Payment = start().await.json();
    assert_eq!((again.state, again.url), (PaymentState::Redirected, None));
    stage.tick().await;
    let withdrawn: api::Payment = start().await.json();
    assert_eq!((withdrawn.state, withdrawn.url), (PaymentState::Cancelled, None));
}

/// The order is taken back in another tab while the company makes its page.
async fn cancelled_while_being_made(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.paypay.hang();
    let cancelling = async {
        arrived(stage, |call| matches!(call, Call::Create(_))).await;
        phone.cancel(&order).await.unwrap();
        stage.paypay.release();
    };
    let (answer, ()) = tokio::join!(phone.pay(&order, ProviderName::Paypay), cancelling);
    assert_eq!(answer.unwrap().url, None);
    let payment = stage.payment(&order).await;
    stage.pass(3 * SECOND).await;
    assert!(stage.paypay.calls().contains(&Call::Cancel(payment)));
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Cancelled);
}
