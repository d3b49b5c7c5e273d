//! The kitchen's steps with an order, and what the diner sees of them.

use okini_shared::api::order::Refusal;
use okini_shared::api::shop::{Accept, AcceptOrder, Promise, PromiseOrder};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::{PaymentState, ProviderName};
use okini_shared::time::MINUTE;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { whole_way straight_to_ready reopened wrong_steps promises refusals refusal_text unpaid board_of_the_day }

async fn whole_way(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let submitted_at = stage.clock.now();
    assert_eq!((order.submitted_at, order.accepted_at), (Some(submitted_at), None), "so far it is an offer");
    assert_eq!(order.answer_by, Some(submitted_at.plus(15 * MINUTE)));
    let kitchen = stage.kitchen(shop).await;
    let shown = kitchen.board().await.orders.remove(0);
    assert_eq!((shown.id, shown.number.as_str(), shown.total), (order.id, "A-01", Yen::new(780)));
    assert_eq!(shown.paid_at_provider, Some(ProviderName::Paypay));

    stage.clock.advance(MINUTE);
    let accepted = kitchen.accept(&order).await.unwrap();
    let now = stage.clock.now();
    assert_eq!((accepted.state, accepted.accepted_at), (OrderState::Accepted, Some(now)));
    assert_eq!(accepted.promised_at, Some(now.plus(15 * MINUTE)));
    let seen = phone.look(&order).await;
    assert_eq!((seen.submitted_at, seen.accepted_at), (Some(submitted_at), Some(now)), "both times are shown");
    for state in [OrderState::Preparing, OrderState::Ready, OrderState::Completed] {
        stage.clock.advance(MINUTE);
        assert_eq!(kitchen.advance(&order, state).await.unwrap().state, state);
        assert_eq!(phone.look(&order).await.state, state);
    }
    let seen = phone.look(&order).await;
    assert_eq!((seen.ready_at, seen.closed_at), (Some(now.plus(2 * MINUTE)), Some(now.plus(3 * MINUTE))));
    let facts = stage.facts(order.id).await;
    let states = ["placed", "submitted", "accepted", "preparing", "ready", "completed"];
    assert_eq!(facts, states.map(|state| format!("order.{state}")));
    let board = kitchen.board().await;
    assert_eq!((board.orders.len(), board.finished[0].id), (0, order.id));
}

async fn straight_to_ready(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    kitchen.accept(&order).await.unwrap();
    assert_eq!(kitchen.advance(&order, OrderState::Ready).await.unwrap().state, OrderState::Ready);
}

async fn reopened(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    kitchen.accept(&order).await.unwrap();
    kitchen.advance(&order, OrderState::Ready).await.unwrap();
    let back = kitchen.advance(&order, OrderState::Preparing).await.unwrap();
    assert_eq!((back.state, back.ready_at), (OrderState::Preparing, None));
}

async fn wrong_steps(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let moved = async |to| kitchen.advance(&order, to).await.unwrap_err().code;
    for to in [OrderState::Preparing, OrderState::Ready, OrderState::Completed] {
        assert_eq!(moved(to).await, Code::OrderMovedOn, "not before it is accepted");
    }
    kitchen.accept(&order).await.unwrap();
    assert_eq!(kitchen.accept(&order).await.unwrap_err().code, Code::OrderMovedOn);
    let refused = kitchen.refuse(&order, RefusalReason::TooBusy, None).await;
    assert_eq!(refused.unwrap_err().code, Code::OrderMovedOn, "the contract stands");
    assert_eq!(moved(OrderState::Completed).await, Code::OrderMovedOn);
    for to in [OrderState::Submitted, OrderState::Refused, OrderState::AwaitingPayment, OrderState::Cancelled] {
        assert_eq!(moved(to).await, Code::InvalidValue, "{}", to.name());
    }
    kitchen.advance(&order, OrderState::Ready).await.unwrap();
    kitchen.advance(&order, OrderState::Completed).await.unwrap();
    assert_eq!(moved(OrderState::Preparing).await, Code::OrderMovedOn);
}

async fn promises(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let (about, now) = (kitchen.about(&order), stage.clock.now());
    let promise = async |minutes| kitchen.client.call::<PromiseOrder>(&about.each(), &Promise { minutes }).await;
    assert_eq!(promise(5).await.unwrap_err().code, Code::OrderMovedOn, "not before it is accepted");
    let accept = async |minutes| kitchen.client.call::<AcceptOrder>(&about.each(), &Accept { minutes }).await;
    for minutes in [0, -1, 181, i64::MAX] {
        let problem = accept(Some(minutes)).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/minutes")));
    }
    assert_eq!(accept(Some(40)).await.unwrap().promised_at, Some(now.plus(40 * MINUTE)));
    for minutes in [0, 181] {
        assert_eq!(promise(minutes).await.unwrap_err().code, Code::InvalidValue);
    }
    stage.clock.advance(9 * MINUTE);
    assert_eq!(promise(46).await.unwrap().promised_at, Some(now.plus(55 * MINUTE)));
    assert_eq!(phone.look(&order).await.promised_at, Some(now.plus(55 * MINUTE)));
    kitchen.advance(&order, OrderState::Ready).await.unwrap();
    assert_eq!(promise(5).await.unwrap_err().code, Code::OrderMovedOn);
}

async fn refusals(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let cases = [
        (RefusalReason::SoldOut, None),
        (RefusalReason::TooBusy, Some("30分後にもう一度お願いします")),
        (RefusalReason::Other, Some("ガスが止まりました")),
    ];
    for (reason, text) in cases {
        let order = stage.paid(&phone, shop, &shop.noodles()).await;
        let refused = kitchen.refuse(&order, reason, text).await.unwrap();
        assert_eq!(refused.state, OrderState::Refused);
        let told = phone.look(&order).await;
        assert_eq!(told.refusal, Some(Refusal { reason, text: text.map(str::to_owned) }));
        assert_eq!(told.payment.unwrap().state, PaymentState::Refunding);
        assert_eq!(told.refund.unwrap().done_at, None);
        stage.tick().await;
        let told = phone.look(&order).await;
        assert_eq!(told.payment.unwrap().state, PaymentState::Refunded);
        assert_eq!(told.refund.unwrap().done_at, Some(stage.clock.now()));
        assert_eq!(stage.paypay.given_back(stage.payment(&order).await), order.total);
    }
    let marks: Vec<_> =
        kitchen.board().await.finished.iter().map(|order| order.refusal.clone().unwrap().reason).collect();
    assert_eq!(marks, [RefusalReason::Other, RefusalReason::TooBusy, RefusalReason::SoldOut]);
}

async fn refusal_text(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let long = "長".repeat(201);
    for (reason, text) in [
        (RefusalReason::Other, None),
        (RefusalReason::Other, Some("  \n")),
        (RefusalReason::Other, Some(long.as_str())),
        (RefusalReason::TooBusy, Some(long.as_str())),
    ] {
        let problem = kitchen.refuse(&order, reason, text).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/text")));
    }
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    let hostile = " a\u{0}b\u{202e}c\r\n ";
    kitchen.refuse(&order, RefusalReason::Other, Some(hostile)).await.unwrap();
    assert_eq!(phone.look(&order).await.refusal.unwrap().text.as_deref(), Some("a b c"));
}

/// What is not paid is nothing to the kitchen.
async fn unpaid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    assert_eq!(kitchen.accept(&order).await.unwrap_err().code, Code::OrderMovedOn);
    let refused = kitchen.refuse(&order, RefusalReason::TooBusy, None).await;
    assert_eq!(refused.unwrap_err().code, Code::OrderMovedOn);
    phone.cancel(&order).await.unwrap();
    let board = kitchen.board().await;
    assert_eq!((board.orders.len(), board.finished.len()), (0, 0));
}

async fn board_of_the_day(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let mut placed = Vec::new();
    for _ in 0..23 {
        placed.push(stage.paid(&phone, shop, &shop.noodles()).await);
    }
    let other = stage.paid(&phone, stage.other(), &stage.other().noodles()).await;
    let board = kitchen.board().await;
    let shown: Vec<_> = board.orders.iter().map(|order| order.id).collect();
    assert_eq!(shown, placed.iter().map(|order| order.id).collect::<Vec<_>>(), "oldest first, and only its own");
    assert!(!shown.contains(&other.id));
    assert_eq!((board.now, board.shop.code.as_str()), (stage.clock.now(), shop.code.as_str()));
    for order in &placed {
        kitchen.refuse(order, RefusalReason::TooBusy, None).await.unwrap();
    }
    assert_eq!(kitchen.board().await.finished.len(), 20, "the last twenty");
}
