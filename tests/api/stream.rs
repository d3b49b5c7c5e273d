//! Open phones: the menu and the order page hear of changes by themselves.

use okini_shared::api::menu::MenuEvent;
use okini_shared::api::order::Order;
use okini_shared::api::shop::SetItemStock;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_tests::database::Engine;
use okini_tests::diner::refusal;
use okini_tests::on_both;
use okini_tests::sse::Events;
use okini_tests::stage::Stage;

on_both! { menu_sells_out menu_of_nobody order_moves order_of_nobody from_another_server server_stops }

const SOLD_OUT: SetItemStock = SetItemStock { sold_out: Some(true), minutes: None, count: None };

async fn menu_sells_out(stage: &Stage) {
    let shop = stage.shop();
    let path = |code: &str| format!("/api/v1/facilities/{code}/events");
    let mut open = stage.client().watch(&path(&shop.code.to_lowercase())).await;
    let mut elsewhere = stage.client().watch(&path(&stage.other().code)).await;
    let first = open.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.json::<MenuEvent>().version), ("menu", 1));
    assert_eq!(elsewhere.next().await.unwrap().json::<MenuEvent>().version, 1);
    stage.kitchen(shop).await.stock(shop.tea.id, SOLD_OUT).await.unwrap();
    assert_eq!(open.next().await.unwrap().json::<MenuEvent>().version, 2);
    // Portions that are counted change the menu too.
    stage.client().place(&shop.cart(vec![shop.crab.eat_in(1)])).await;
    assert_eq!(open.next().await.unwrap().json::<MenuEvent>().version, 3);
    let other = stage.other();
    stage.kitchen(other).await.stock(other.tea.id, SOLD_OUT).await.unwrap();
    assert_eq!(elsewhere.next().await.unwrap().json::<MenuEvent>().version, 2, "the first it hears is its own");
}

async fn menu_of_nobody(stage: &Stage) {
    for (code, wanted) in [("22222222", Code::CodeUnknown), (&stage.suspended().code, Code::FacilitySuspended)] {
        let answer = stage.client().get(&format!("/api/v1/facilities/{code}/events")).await;
        assert_eq!(refusal(&answer), wanted);
    }
}

async fn state(events: &mut Events, wanted: OrderState) -> Order {
    events.until(|event| Some(event.json::<Order>()).filter(|order| order.state == wanted)).await
}

async fn order_moves(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let path = format!("/api/v1/orders/{}/events", order.token);
    let (mut mine, mut stranger) = (phone.watch(&path).await, stage.client().watch(&format!("{path}?lang=en")).await);
    assert!(state(&mut mine, OrderState::AwaitingPayment).await.yours);
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3_000).await;
    assert_eq!(state(&mut mine, OrderState::Submitted).await.number.as_deref(), Some("A-01"));
    stage.kitchen(shop).await.accept(&order).await.unwrap();
    state(&mut mine, OrderState::Accepted).await;
    let seen = state(&mut stranger, OrderState::Accepted).await;
    assert_eq!((seen.yours, seen.lines[0].name.text.as_str()), (false, "Fried noodles"));
}

async fn order_of_nobody(stage: &Stage) {
    for token in ["0".repeat(32), "x".into(), "%00".into()] {
        let answer = stage.client().get(&format!("/api/v1/orders/{token}/events")).await;
        assert_eq!(refusal(&answer), Code::NotFound);
    }
}

/// PostgreSQL carries wakes to the servers where somebody watches.
async fn from_another_server(stage: &Stage) {
    if stage.database.engine == Engine::Sqlite {
        return;
    }
    let node = stage.another_node(2, "").await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let mut there = node.client().watch(&format!("/api/v1/orders/{}/events", order.token)).await;
    state(&mut there, OrderState::AwaitingPayment).await;
    phone.cancel(&order).await.unwrap();
    state(&mut there, OrderState::Cancelled).await;
    node.stop().await;
}

async fn server_stops(stage: &Stage) {
    if stage.database.engine == Engine::Sqlite {
        return;
    }
    let node = stage.another_node(2, "").await;
    let mut open = node.client().watch(&format!("/api/v1/facilities/{}/events", stage.shop().code)).await;
    open.next().await.unwrap();
    node.stop().await;
    assert_eq!(open.next().await, None, "streams end, so that stopping need not wait for them");
}
