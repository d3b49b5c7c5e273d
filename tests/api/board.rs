//! The live board of a shop.

use okini_shared::api::session::SignOut;
use okini_shared::api::shop::{BoardEvent, OpenShop, SetOpen};
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::time::{DAY, MINUTE};
use okini_tests::diner::refusal;
use okini_tests::on_both;
use okini_tests::sse::{Event, Events};
use okini_tests::stage::Stage;

on_both! { snapshot_and_orders opened_and_closed refused beats_and_ends outlives_the_token }

fn read(event: &Event) -> BoardEvent {
    let board: BoardEvent = event.json();
    let name = match &board {
        BoardEvent::Board(_) => "board",
        BoardEvent::Order(_) => "order",
        BoardEvent::Shop(_) => "shop",
        BoardEvent::Beat { .. } => "beat",
    };
    assert_eq!(event.name, name);
    board
}

async fn order_in(events: &mut Events, state: OrderState) -> String {
    let number = |event: &Event| match read(event) {
        BoardEvent::Order(order) if order.state == state => Some(order.number),
        _ => None,
    };
    events.until(number).await
}

async fn snapshot_and_orders(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let before = stage.paid(&phone, shop, &shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let mut events = kitchen.client.watch(&kitchen.path("board/events")).await;
    let BoardEvent::Board(board) = read(&events.next().await.unwrap()) else { unreachable!("the whole board first") };
    assert_eq!(board.orders.iter().map(|order| order.id).collect::<Vec<_>>(), [before.id]);
    // The other shop's orders and unpaid ones are no business of this board.
    stage.paid(&phone, stage.other(), &stage.other().noodles()).await;
    stage.redirected(&phone, shop, &shop.noodles()).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    assert_eq!(order_in(&mut events, OrderState::Submitted).await, "A-02");
    kitchen.accept(&order).await.unwrap();
    order_in(&mut events, OrderState::Accepted).await;
    phone.cancel(&before).await.unwrap();
    assert_eq!(order_in(&mut events, OrderState::Cancelled).await, "A-01");
}

async fn opened_and_closed(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let mut events = kitchen.client.watch(&kitchen.path("board/events")).await;
    let closed = OpenShop { taking_orders: false };
    kitchen.client.call::<SetOpen>(&[&shop.path()], &closed).await.unwrap();
    let of_shop = |event: &Event| match read(event) {
        BoardEvent::Shop(shop) => Some((shop.taking_orders, shop.closed_by_silence)),
        _ => None,
    };
    assert_eq!(events.until(of_shop).await, (false, false));
    kitchen.client.call::<SetOpen>(&[&shop.path()], &OpenShop { taking_orders: true }).await.unwrap();
    assert_eq!(events.until(of_shop).await, (true, false));
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.pass(15 * MINUTE).await;
    assert_eq!(events.until(of_shop).await, (false, true));
}

async fn refused(stage: &Stage) {
    let shop = stage.shop();
    let kitchen = stage.kitchen(shop).await;
    let path = kitchen.path("board/events");
    assert_eq!(refusal(&stage.client().get(&path).await), Code::SignInNeeded);
    let wrong = stage.client();
    wrong.set_bearer(Some("x.y.z"));
    assert_eq!(refusal(&wrong.get(&path).await), Code::SignInNeeded);
    let other = stage.kitchen(stage.other()).await;
    assert_eq!(refusal(&other.client.get(&path).await), Code::NotFound);
}

/// There is a sign of life at least every ten seconds, and none any more after signing out.
async fn beats_and_ends(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    let mut events = kitchen.client.watch(&kitchen.path("board/events")).await;
    let begun = std::time::Instant::now();
    let beat = |event: &Event| matches!(read(event), BoardEvent::Beat { .. }).then_some(());
    events.until(beat).await;
    assert!(begun.elapsed().as_secs() < 10);
    kitchen.client.call::<SignOut>(&[], &()).await.unwrap();
    while let Some(event) = events.next().await {
        read(&event);
        assert!(begun.elapsed().as_secs() < 25, "the stream of a signed-out person ends");
    }
}

/// A board stays open for a whole evening, longer than any access token.
async fn outlives_the_token(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let mut events = kitchen.client.watch(&kitchen.path("board/events")).await;
    stage.pass(DAY).await;
    stage.paid(&phone, shop, &shop.noodles()).await;
    order_in(&mut events, OrderState::Submitted).await;
}
