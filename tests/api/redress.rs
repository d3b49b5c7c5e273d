//! Putting money right: what staff give back, stranded payments and refused refunds, and who may decide about them.

use okini_server::providers::RefundFinding;
use okini_shared::api::order::Order;
use okini_shared::api::redress::{
    ConcernKind, NewRefund, PaymentDecision, PaymentWay, RefundOrder, RefundWay, ResolvePayment,
};
use okini_shared::id::PaymentId;
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{Finding, PaymentState, ProviderName};
use okini_shared::rules::refund::RefundState;
use okini_shared::time::{HOUR, MINUTE, SECOND};
use okini_tests::client::Client;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::scripted::{Call, paid};
use okini_tests::staff::REASON;
use okini_tests::stage::Stage;

on_both! {
    stranded_refunded stranded_closed stranded_decided_once stranded_beside_a_success second_success_of_other_amount
    stranded_when_the_order_ends refused_and_retried refused_but_done refused_and_by_hand in_parts part_then_cancelled
    bounds words_of_staff fifty_parts fifty_wholes same_key who_may unknown_is_shown
}

/// An order whose page was paid with other money than was asked for.
async fn stranded(stage: &Stage, phone: &Client, amount: i64, currency: &str) -> (Order, PaymentId) {
    let shop = stage.shop();
    let order = stage.redirected(phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, paid(payment, Yen::new(amount), currency));
    stage.pass(3 * SECOND).await;
    (order, payment)
}

async fn state(stage: &Stage, order: &Order, payment: PaymentId) -> PaymentState {
    stage.payments(order).await.iter().find(|one| one.id == payment).unwrap().state
}

async fn stranded_refunded(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let (order, payment) = stranded(stage, &phone, 900, "JPY").await;
    let concern = owner.concerns().await.remove(0);
    assert_eq!((concern.kind, concern.order, concern.payment), (ConcernKind::Stranded, order.id, payment));
    assert_eq!(
        (concern.amount, concern.received, concern.currency.as_deref()),
        (Yen::new(780), Some(900), Some("JPY"))
    );
    let decided = owner.resolve_payment(payment, PaymentWay::Refund).await.unwrap();
    assert_eq!((decided.payment, decided.state), (payment, PaymentState::Refunding));
    assert!(owner.concerns().await.is_empty());
    stage.tick().await;
    assert_eq!(state(stage, &order, payment).await, PaymentState::Refunded);
    assert_eq!(stage.paypay.given_back(payment), Yen::new(900), "what came in, not what was asked for");
    let refund = owner.refunds(&order).await.remove(0);
    assert_eq!((refund.reason.as_str(), refund.note.as_deref()), ("stranded", Some(REASON)));
    assert_eq!(stage.facts(refund.id).await, ["refund.requested", "refund.done"]);
    // The order is still there to be paid.
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::ZERO);
}

async fn stranded_closed(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let (order, payment) = stranded(stage, &phone, 5, "USD").await;
    let problem = owner.resolve_payment(payment, PaymentWay::Refund).await.unwrap_err();
    assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/way")), "not a sum in yen");
    assert_eq!(state(stage, &order, payment).await, PaymentState::Stranded);
    // Nobody knows how many yen to give back: it waits for staff, however long.
    stage.pass(30 * HOUR).await;
    let owner = stage.owner(stage.shop()).await;
    assert_eq!(owner.concerns().await.len(), 1);
    let decided = owner.resolve_payment(payment, PaymentWay::Close).await.unwrap();
    assert_eq!(decided.state, PaymentState::Closed);
    assert!(owner.concerns().await.is_empty() && stage.refunds(&order).await.is_empty());
    assert_eq!(stage.facts(payment).await, ["payment.redirected", "payment.stranded", "payment.closed"]);
    let audit = "SELECT actor || ' ' || payload FROM event WHERE kind = 'payment.closed'";
    let fact = stage.database.texts(audit).await.remove(0);
    assert!(fact.starts_with("acc_") && fact.contains(REASON), "{fact}");
    // A notification changes nothing any more.
    let asked = stage.paypay.calls().len();
    stage.notify(ProviderName::Paypay, payment).await;
    stage.pass(MINUTE).await;
    assert_eq!(stage.paypay.calls().len(), asked);
}

async fn stranded_decided_once(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let (_, payment) = stranded(stage, &phone, 779, "JPY").await;
    let decisions = all((0..20).map(|i| {
        let way = if i % 2 == 0 { PaymentWay::Refund } else { PaymentWay::Close };
        owner.resolve_payment(payment, way)
    }));
    let (taken, refused): (Vec<_>, Vec<_>) = decisions.await.into_iter().partition(Result::is_ok);
    assert_eq!(taken.len(), 1);
    assert!(refused.into_iter().all(|problem| problem.unwrap_err().code == Code::OrderMovedOn));
    stage.tick().await;
    let closed = taken[0].as_ref().unwrap().state == PaymentState::Closed;
    assert_eq!(stage.paypay.given_back(payment).get(), if closed { 0 } else { 779 });
}

/// Other money came in first, then the order was paid as it should be: nothing is left to decide.
async fn stranded_beside_a_success(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let (order, first) = stranded(stage, &phone, 1_000, "JPY").await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    let second = stage.payment(&order).await;
    stage.paypay.pay(second);
    stage.pass(3 * SECOND).await;
    assert_eq!(state(stage, &order, first).await, PaymentState::Refunded);
    assert_eq!(stage.paypay.given_back(first), Yen::new(1_000));
    assert_eq!(stage.paypay.given_back(second), Yen::ZERO);
    assert_eq!(stage.refunds(&order).await[0].reason, "surplus");
    assert!(owner.concerns().await.is_empty());
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
}

async fn second_success_of_other_amount(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let first = stage.payment(&order).await;
    stage.paypay.say(first, Finding::Failed);
    stage.pass(3 * SECOND).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    stage.paypay.say(first, paid(first, Yen::new(1), "JPY"));
    stage.notify(ProviderName::Paypay, first).await;
    stage.pass(3 * SECOND).await;
    assert_eq!(state(stage, &order, first).await, PaymentState::Refunded);
    assert_eq!(stage.facts(first).await, ["payment.redirected", "payment.failed", "payment.stranded"]);
    assert_eq!(stage.paypay.given_back(first), Yen::new(1));
    assert_eq!(stage.kitchen(shop).await.board().await.orders[0].paid_at_provider, Some(ProviderName::Paypay));
}

async fn stranded_when_the_order_ends(stage: &Stage) {
    let phone = stage.client();
    let (cancelled, first) = stranded(stage, &phone, 781, "JPY").await;
    let (expired, second) = stranded(stage, &phone, 78_000, "JPY").await;
    phone.cancel(&cancelled).await.unwrap();
    stage.pass(31 * MINUTE).await;
    assert_eq!(phone.look(&expired).await.state, OrderState::Expired);
    assert_eq!(stage.paypay.given_back(first), Yen::new(781));
    assert_eq!(stage.paypay.given_back(second), Yen::new(78_000));
    assert_eq!(phone.look(&cancelled).await.refund.unwrap().amount, Yen::new(781));
    assert_eq!(stage.refunds(&expired).await[0].reason, "expired");
}

/// A paid order that was taken back, and the company does not give the money back.
async fn refused(stage: &Stage, phone: &Client) -> Order {
    let shop = stage.shop();
    let order = stage.paid(phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Refused("NO_BALANCE".into()));
    phone.cancel(&order).await.unwrap();
    stage.tick().await;
    order
}

async fn refused_and_retried(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let order = refused(stage, &phone).await;
    let concern = owner.concerns().await.remove(0);
    assert_eq!((concern.kind, concern.number.as_deref()), (ConcernKind::RefundRefused, Some("A-01")));
    assert_eq!((concern.amount, concern.remark.as_deref()), (Yen::new(780), Some("NO_BALANCE")));
    let first = concern.refund.unwrap();
    stage.paypay.refunds_work();
    let again = owner.resolve_refund(first, RefundWay::Retry).await.unwrap();
    assert_ne!(again.id, first);
    let late = owner.resolve_refund(first, RefundWay::Retry).await.unwrap_err();
    assert_eq!(late.code, Code::OrderMovedOn, "once");
    stage.tick().await;
    assert!(owner.concerns().await.is_empty());
    let told = phone.look(&order).await;
    assert_eq!(told.payment.unwrap().state, PaymentState::Refunded);
    let refund = told.refund.unwrap();
    assert_eq!((refund.amount, refund.by_shop), (Yen::new(780), false));
    assert!(refund.done_at.is_some());
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::new(780));
    let states: Vec<_> = owner.refunds(&order).await.into_iter().map(|refund| refund.state).collect();
    assert_eq!(states, [RefundState::Replaced, RefundState::Done]);
    assert_eq!(stage.facts(first).await, ["refund.requested", "refund.refused", "refund.replaced"]);
}

/// The refusal was of a copy of a request that had done its work: nothing is sent a second time.
async fn refused_but_done(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let order = refused(stage, &phone).await;
    let first = owner.concerns().await.remove(0).refund.unwrap();
    stage.paypay.refunds(RefundFinding::Unclear("timeout".into()));
    let problem = owner.resolve_refund(first, RefundWay::Retry).await.unwrap_err();
    assert_eq!(problem.code, Code::ProviderUnavailable, "not before the company says what it did");
    stage.paypay.refunds(RefundFinding::Done);
    let found = owner.resolve_refund(first, RefundWay::Retry).await.unwrap();
    assert_eq!((found.id, found.state), (first, RefundState::Done));
    stage.tick().await;
    let sent = stage.paypay.calls().iter().filter(|call| matches!(call, Call::Refund(_))).count();
    assert_eq!((sent, stage.refunds(&order).await.len()), (1, 1));
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
}

async fn refused_and_by_hand(stage: &Stage) {
    let (phone, owner) = (stage.client(), stage.owner(stage.shop()).await);
    let order = refused(stage, &phone).await;
    let first = owner.concerns().await.remove(0).refund.unwrap();
    let sent = stage.paypay.calls().len();
    let decisions = all((0..10).map(|_| owner.resolve_refund(first, RefundWay::ByHand))).await;
    assert_eq!(decisions.iter().filter(|decision| decision.is_ok()).count(), 1);
    stage.pass(HOUR).await;
    assert_eq!(stage.paypay.calls().len(), sent, "the company is out of it");
    let told = phone.look(&order).await;
    assert_eq!(told.payment.unwrap().state, PaymentState::Refunded);
    let refund = told.refund.unwrap();
    assert!(refund.by_shop && refund.done_at.is_some());
    assert_eq!(stage.facts(first).await, ["refund.requested", "refund.refused", "refund.by_hand"]);
    assert!(stage.owner(stage.shop()).await.concerns().await.is_empty());
}

async fn in_parts(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    owner.accept(&order).await.unwrap();
    let part = owner.give_back(&order, Some(300)).await.unwrap();
    assert_eq!((part.amount, part.state, part.reason.as_str()), (Yen::new(300), RefundState::Requested, "staff"));
    stage.tick().await;
    let told = phone.look(&order).await;
    assert_eq!((told.state, told.payment.unwrap().state), (OrderState::Accepted, PaymentState::Succeeded));
    assert_eq!(told.refund.unwrap().amount, Yen::new(300));
    let rest = owner.give_back(&order, None).await.unwrap();
    assert_eq!(rest.amount, Yen::new(480));
    stage.tick().await;
    let told = phone.look(&order).await;
    assert_eq!((told.state, told.payment.unwrap().state), (OrderState::Accepted, PaymentState::Refunded));
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::new(780));
    assert_eq!(owner.give_back(&order, None).await.unwrap_err().code, Code::OrderMovedOn);
    assert_eq!(owner.give_back(&order, Some(1)).await.unwrap_err().code, Code::OrderMovedOn);
    let audit = "SELECT actor FROM event WHERE kind = 'refund.requested' AND actor LIKE 'acc_%'";
    assert_eq!(stage.database.texts(audit).await.len(), 2);
}

async fn part_then_cancelled(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Pending);
    owner.give_back(&order, Some(80)).await.unwrap();
    stage.tick().await;
    phone.cancel(&order).await.unwrap();
    stage.tick().await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunding);
    stage.paypay.refunds_work();
    stage.pass(HOUR).await;
    let amounts: Vec<_> = stage.refunds(&order).await.into_iter().map(|refund| refund.amount.get()).collect();
    assert_eq!(amounts, [80, 700], "what is left");
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::new(780));
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
}

async fn bounds(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let unpaid = phone.place(&shop.noodles()).await;
    assert_eq!(owner.give_back(&unpaid, None).await.unwrap_err().code, Code::OrderMovedOn);
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    for yen in [0, -1, 781, i64::MAX, i64::MIN] {
        let problem = owner.give_back(&order, Some(yen)).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/amount")), "{yen}");
    }
    owner.give_back(&order, Some(700)).await.unwrap();
    assert_eq!(owner.give_back(&order, Some(81)).await.unwrap_err().code, Code::InvalidValue);
    owner.give_back(&order, Some(80)).await.unwrap();
}

async fn words_of_staff(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let path = owner.about(&order);
    let wanted = |reason: &str| NewRefund { amount: Some(Yen::new(1)), reason: reason.into() };
    for words in ["", " \u{202e}\0 ", &"あ".repeat(201)] {
        let problem = owner.client.call::<RefundOrder>(&path.each(), &wanted(words)).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/reason")), "{words:?}");
    }
    let refund = owner.client.call::<RefundOrder>(&path.each(), &wanted(&"あ".repeat(200))).await.unwrap();
    assert_eq!(refund.note.unwrap().chars().count(), 200);
    let seen = serde_json::to_string(&phone.look(&order).await).unwrap();
    assert!(!seen.contains("あああ"), "the shop's words stay in the shop");
}

async fn fifty_parts(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let answers = all((0..50).map(|_| owner.give_back(&order, Some(100)))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((taken.len(), refused.len()), (7, 43));
    assert!(refused.into_iter().all(|problem| problem.unwrap_err().code == Code::InvalidValue));
    stage.tick().await;
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::new(700));
    owner.give_back(&order, None).await.unwrap();
}

async fn fifty_wholes(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let taking_back = async {
        phone.cancel(&order).await.unwrap();
        stage.tick().await;
    };
    let (answers, ()) = tokio::join!(all((0..50).map(|_| owner.give_back(&order, None))), taking_back);
    assert!(answers.iter().filter(|answer| answer.is_ok()).count() <= 1);
    stage.tick().await;
    assert_eq!(stage.refunds(&order).await.len(), 1);
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), Yen::new(780));
}

async fn same_key(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let other = stage.paid(&phone, shop, &shop.noodles()).await;
    let wanted = NewRefund { amount: Some(Yen::new(100)), reason: REASON.into() };
    let path = owner.about(&order);
    let each = path.each();
    let send = || owner.client.call_keyed::<RefundOrder>(&each, &wanted, "k");
    let first = send().await.unwrap();
    for again in all((0..50).map(|_| send())).await {
        assert_eq!(again.unwrap().id, first.id);
    }
    assert_eq!(stage.refunds(&order).await.len(), 1);
    let elsewhere = owner.about(&other);
    let problem = owner.client.call_keyed::<RefundOrder>(&elsewhere.each(), &wanted, "k").await.unwrap_err();
    assert_eq!(problem.code, Code::IdempotencyKeyReused);
    let (_, payment) = stranded(stage, &phone, 1, "JPY").await;
    let decision = PaymentDecision { way: PaymentWay::Refund, reason: REASON.into() };
    let ids = [owner.facility.to_string(), payment.to_string()];
    let ids = ids.each_ref().map(String::as_str);
    for _ in 0..3 {
        owner.client.call_keyed::<ResolvePayment>(&ids, &decision, "p").await.unwrap();
    }
    stage.tick().await;
    assert_eq!(stage.paypay.given_back(payment), Yen::new(1));
}

/// The kitchen sees what waits; only the owner moves money.
async fn who_may(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let order = refused(stage, &phone).await;
    let (_, payment) = stranded(stage, &phone, 1, "USD").await;
    let concerns = kitchen.concerns().await;
    assert_eq!((concerns.len(), kitchen.refunds(&order).await.len()), (2, 1));
    let refund = concerns.iter().find_map(|concern| concern.refund).unwrap();
    assert_eq!(kitchen.give_back(&order, None).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(kitchen.resolve_payment(payment, PaymentWay::Close).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(kitchen.resolve_refund(refund, RefundWay::ByHand).await.unwrap_err().code, Code::Forbidden);
    assert!(stage.owner(stage.other()).await.concerns().await.is_empty(), "another shop's");
}

/// A company that does not say what became of a page that ran out.
async fn unknown_is_shown(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, Finding::Unclear("timeout".into()));
    stage.pass(4 * MINUTE).await;
    let kitchen = stage.kitchen(shop).await;
    assert!(kitchen.concerns().await.is_empty(), "it can still be paid");
    stage.pass(4 * MINUTE).await;
    let concern = kitchen.concerns().await.remove(0);
    assert_eq!((concern.kind, concern.payment), (ConcernKind::Unknown, payment));
    assert_eq!(concern.remark.as_deref(), Some("timeout"));
    assert_eq!(phone.look(&order).await.state, OrderState::AwaitingPayment);
    stage.paypay.pay(payment);
    stage.pass(10 * MINUTE).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    assert!(stage.kitchen(shop).await.concerns().await.is_empty());
}
