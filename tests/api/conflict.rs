//! Two people at the same moment: exactly one of them wins, and the money follows.

use okini_shared::api::order::Order;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::PaymentState;
use okini_shared::time::MINUTE;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { cancel_or_accept accept_or_refuse two_tablets silence_or_accept paid_or_cancelled }

const ROUNDS: usize = 8;

fn lost<T>(result: Result<T, Problem>) -> bool {
    result.map_err(|problem| assert_eq!(problem.code, Code::OrderMovedOn)).is_err()
}

/// The order is in one of the two states, and the money is where it belongs.
async fn settled(stage: &Stage, order: &Order, taken: bool) {
    stage.tick().await;
    let seen = stage.client().look(order).await;
    assert_eq!(seen.state == OrderState::Accepted, taken);
    let wanted = if taken { PaymentState::Succeeded } else { PaymentState::Refunded };
    assert_eq!(seen.payment.unwrap().state, wanted);
    assert_eq!(stage.facts(order.id).await.len(), 3, "placed, submitted, and one end");
}

async fn cancel_or_accept(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    for round in 0..ROUNDS {
        let order = stage.paid(&phone, shop, &shop.noodles()).await;
        let (cancelled, accepted) = if round % 2 == 0 {
            tokio::join!(phone.cancel(&order), kitchen.accept(&order))
        } else {
            let (accepted, cancelled) = tokio::join!(kitchen.accept(&order), phone.cancel(&order));
            (cancelled, accepted)
        };
        let taken = accepted.is_ok();
        assert_ne!(lost(cancelled), lost(accepted), "exactly one winner");
        settled(stage, &order, taken).await;
    }
}

async fn accept_or_refuse(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let (one, two) = (stage.kitchen(shop).await, stage.owner(shop).await);
    for _ in 0..ROUNDS {
        let order = stage.paid(&phone, shop, &shop.noodles()).await;
        let (accepted, refused) = tokio::join!(one.accept(&order), two.refuse(&order, RefusalReason::TooBusy, None));
        let taken = accepted.is_ok();
        assert_ne!(lost(accepted), lost(refused));
        settled(stage, &order, taken).await;
    }
}

async fn two_tablets(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let (one, two) = (stage.kitchen(shop).await, stage.owner(shop).await);
    for _ in 0..ROUNDS {
        let order = stage.paid(&phone, shop, &shop.noodles()).await;
        let (here, there) = tokio::join!(one.accept(&order), two.accept(&order));
        assert_ne!(lost(here), lost(there));
        settled(stage, &order, true).await;
    }
}

/// The fifteen minutes are over at the moment of the tap.
async fn silence_or_accept(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.clock.advance(15 * MINUTE);
    let kitchen = stage.kitchen(shop).await;
    let (accepted, ()) = tokio::join!(kitchen.accept(&order), stage.tick());
    let taken = !lost(accepted);
    settled(stage, &order, taken).await;
}

/// The money arrives while the diner takes the order back.
async fn paid_or_cancelled(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    for _ in 0..ROUNDS {
        let order = stage.redirected(&phone, shop, &shop.noodles()).await;
        stage.paypay.pay(stage.payment(&order).await);
        stage.clock.advance(3_000);
        let (cancelled, ()) = tokio::join!(phone.cancel(&order), stage.tick());
        cancelled.unwrap();
        stage.tick().await;
        let seen = phone.look(&order).await;
        assert_eq!(seen.state, OrderState::Cancelled);
        assert_eq!(seen.payment.unwrap().state, PaymentState::Refunded, "paid before or after, it goes back");
    }
}
