//! The server's clock jumps: nothing is done twice, lost or counted backwards, and who is signed in stays so.

use okini_shared::api::session::RefreshSession;
use okini_shared::rules::order::OrderState;
use okini_shared::time::{HOUR, MINUTE, SECOND};
use okini_tests::diner::once;
use okini_tests::on_both;
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;

on_both! { an_hour_back ten_minutes_ahead }

/// What the console does when its access token is not taken.
async fn refresh(staff: &Staff) {
    let session = staff.client.call::<RefreshSession>(&[], &()).await.unwrap();
    staff.client.set_bearer(Some(&session.access_token));
}

/// As when a machine that was an hour ahead is put right.
async fn an_hour_back(stage: &Stage) {
    let (phone, shop, key) = (stage.client(), stage.shop(), once());
    let kitchen = stage.kitchen(shop).await;
    let before = stage.paid(&phone, shop, &shop.noodles()).await;
    let first = phone.send_order(&key, &shop.noodles()).await;
    stage.clock.advance(-HOUR);

    refresh(&kitchen).await;
    let again = phone.send_order(&key, &shop.noodles()).await;
    assert_eq!(again.text(), first.text(), "the same key is the same order");
    let after = stage.paid(&phone, shop, &shop.noodles()).await;
    assert!(before.id < after.id && before.number < after.number);
    assert_eq!(kitchen.board().await.orders.len(), 2);
    for order in [&before, &after] {
        kitchen.accept(order).await.unwrap();
    }
    stage.pass(20 * MINUTE).await;
    assert_eq!(phone.look(&after).await.state, OrderState::Accepted);
}

/// As when it was behind: whoever is asked meanwhile has the rest of his time, and not less than none.
async fn ten_minutes_ahead(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let waiting = stage.paid(&phone, shop, &shop.noodles()).await;
    let paying = stage.redirected(&phone, shop, &shop.noodles()).await;
    stage.clock.advance(10 * MINUTE);

    refresh(&kitchen).await;
    stage.company(shop).pay(stage.payment(&paying).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&waiting).await.state, OrderState::Submitted);
    assert_eq!(phone.look(&paying).await.state, OrderState::Submitted);
    kitchen.accept(&waiting).await.unwrap();
    stage.pass(5 * MINUTE).await;
    assert_eq!(phone.look(&waiting).await.state, OrderState::Accepted);
    assert_eq!(phone.look(&paying).await.state, OrderState::Submitted, "its own fifteen minutes");
}
