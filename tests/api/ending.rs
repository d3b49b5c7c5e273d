//! Orders that end without food: refused by silence, taken back, never paid; and the money on its way back.

use okini_server::providers::RefundFinding;
use okini_shared::api::order::{NewPayment, StartPayment};
use okini_shared::api::shop::{OpenShop, SetOpen};
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{PaymentState, ProviderName};
use okini_shared::rules::refund::RefundState;
use okini_shared::time::{HOUR, MINUTE, SECOND};
use okini_tests::on_both;
use okini_tests::scripted::Call;
use okini_tests::stage::Stage;

on_both! {
    silence silence_of_many taken_back taken_back_unpaid taken_back_while_paying too_late never_paid
    paying_at_the_last_moment paying_for_ever refund_takes_time refund_not_found refund_refused refund_unclear
}

async fn silence(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.pass(15 * MINUTE - 1).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    stage.pass(1).await;
    let told = phone.look(&order).await;
    assert_eq!((told.state, told.closed_at), (OrderState::AutoRefused, Some(stage.clock.now())));
    assert_eq!(told.payment.unwrap().state, PaymentState::Refunded);
    assert_eq!(stage.paypay.given_back(stage.payment(&order).await), order.total);

    let kitchen = stage.kitchen(shop).await;
    let board = kitchen.board().await;
    assert_eq!((board.shop.taking_orders, board.shop.closed_by_silence), (false, true));
    assert_eq!(board.finished[0].state, OrderState::AutoRefused);
    assert_eq!(stage.facts(shop.id).await, ["facility.closed_by_silence"]);
    assert_eq!(phone.refused(&shop.noodles()).await.code, Code::OrdersClosed);
    assert_eq!(kitchen.accept(&order).await.unwrap_err().code, Code::OrderMovedOn);
    phone.place(&stage.other().noodles()).await;

    let open = OpenShop { taking_orders: true };
    let state = kitchen.client.call::<SetOpen>(&[&shop.path()], &open).await.unwrap();
    assert_eq!((state.taking_orders, state.closed_by_silence), (true, false));
    phone.place(&shop.noodles()).await;
}

async fn silence_of_many(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.push(stage.paid(&phone, shop, &shop.noodles()).await);
    }
    let kitchen = stage.kitchen(shop).await;
    kitchen.accept(&orders[2]).await.unwrap();
    stage.pass(16 * MINUTE).await;
    for (i, order) in orders.iter().enumerate() {
        let wanted = if i == 2 { OrderState::Accepted } else { OrderState::AutoRefused };
        assert_eq!(phone.look(order).await.state, wanted);
    }
}

async fn taken_back(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    assert_eq!(phone.cancel(&order).await.unwrap().state, OrderState::Cancelled);
    assert_eq!(phone.cancel(&order).await.unwrap().state, OrderState::Cancelled, "tapped twice");
    stage.tick().await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
    assert_eq!(
        (stage.refunds(&order).await.len(), stage.paypay.given_back(stage.payment(&order).await)),
        (1, order.total)
    );
    assert_eq!(stage.facts(order.id).await, ["order.placed", "order.submitted", "order.cancelled"]);
}

async fn taken_back_unpaid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    let told = phone.cancel(&order).await.unwrap();
    assert_eq!(told.payment.unwrap().url, None, "nobody is sent to that page any more");
    stage.tick().await;
    assert!(stage.paypay.calls().contains(&Call::Cancel(payment)), "the page is withdrawn at once");
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Cancelled);
    assert!(stage.refunds(&order).await.is_empty());
}

/// The diner takes the order back on one screen and pays it on another.
async fn taken_back_while_paying(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    phone.cancel(&order).await.unwrap();
    stage.paypay.pay(payment);
    stage.tick().await;
    let told = phone.look(&order).await;
    assert_eq!((told.state, told.number), (OrderState::Cancelled, None));
    assert_eq!(stage.paypay.given_back(payment), order.total);
}

async fn too_late(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    kitchen.accept(&order).await.unwrap();
    assert_eq!(phone.cancel(&order).await.unwrap_err().code, Code::OrderMovedOn);
    assert_eq!(phone.look(&order).await.state, OrderState::Accepted);
}

async fn never_paid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.pass(30 * MINUTE - 1).await;
    assert_eq!(phone.look(&order).await.state, OrderState::AwaitingPayment);
    stage.pass(1).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Expired);
    let pay = NewPayment { provider: ProviderName::Paypay };
    let problem = phone.call::<StartPayment>(&[&order.token], &pay).await.unwrap_err();
    assert_eq!(problem.code, Code::BillNotOpen);
    assert_eq!(stage.facts(order.id).await, ["order.placed", "order.expired"]);
}

/// Somebody is on the payment page when the order's time is over: it waits for that page's end.
async fn paying_at_the_last_moment(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.pass(29 * MINUTE).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    stage.pass(3 * MINUTE).await;
    assert_eq!(phone.look(&order).await.state, OrderState::AwaitingPayment);
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
}

/// What it holds is wanted by others: paying again and again does not keep an order open.
async fn paying_for_ever(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    stage.pass(29 * MINUTE).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    for _ in 0..20 {
        stage.pass(30 * SECOND).await;
        let _ = phone.pay(&order, ProviderName::Paypay).await;
    }
    assert_eq!(phone.look(&order).await.state, OrderState::Expired);
    assert_eq!(stage.payments(&order).await.len(), 1);
}

async fn refund_takes_time(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Pending);
    phone.cancel(&order).await.unwrap();
    for _ in 0..5 {
        stage.pass(HOUR).await;
    }
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunding);
    stage.paypay.refunds(RefundFinding::Done);
    stage.pass(HOUR).await;
    let told = phone.look(&order).await;
    assert_eq!(told.payment.unwrap().state, PaymentState::Refunded);
    assert_eq!(told.refund.unwrap().done_at, Some(stage.clock.now()));
    let sent = stage.paypay.calls().iter().filter(|call| matches!(call, Call::Refund(_))).count();
    assert_eq!(sent, 1, "afterwards it is only asked about");
}

/// The company never heard of a refund that we sent: it is sent again under the same id.
async fn refund_not_found(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::NotFound);
    phone.cancel(&order).await.unwrap();
    stage.tick().await;
    stage.paypay.refunds(RefundFinding::Done);
    stage.pass(MINUTE).await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
    let ids: Vec<_> = stage
        .paypay
        .calls()
        .iter()
        .filter_map(|call| match call {
            Call::Refund(refund) => Some(refund.id),
            _ => None,
        })
        .collect();
    assert!(ids.windows(2).all(|two| two[0] == two[1]));
}

async fn refund_refused(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Refused("NO_BALANCE".into()));
    phone.cancel(&order).await.unwrap();
    stage.tick().await;
    let refund = stage.refunds(&order).await.remove(0);
    assert_eq!((refund.state, refund.remark.as_deref()), (RefundState::Refused, Some("NO_BALANCE")));
    let told = phone.look(&order).await.refund.unwrap();
    assert_eq!((told.done_at, told.by_shop), (None, true), "nobody is told that the money is back");
    assert_eq!(stage.facts(refund.id).await, ["refund.requested", "refund.refused"]);
}

async fn refund_unclear(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Unclear("timeout".into()));
    phone.cancel(&order).await.unwrap();
    stage.pass(HOUR).await;
    assert_eq!(stage.refunds(&order).await[0].state, RefundState::Sent);
    stage.paypay.refunds(RefundFinding::Done);
    stage.pass(HOUR).await;
    assert_eq!(stage.refunds(&order).await[0].state, RefundState::Done);
}
