//! Placing an order.

use okini_shared::rules::order::OrderState;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { placed }

async fn placed(stage: &Stage) {
    let phone = stage.client();
    let order = stage.paid(&phone, stage.shop(), &stage.shop().noodles()).await;
    assert_eq!(order.state, OrderState::Submitted);
    let kitchen = stage.kitchen(stage.shop()).await;
    kitchen.accept(&order).await.unwrap();
}
