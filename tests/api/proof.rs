//! The word at the till: the same on board and phone, new every half minute, only for phones that have just paid there.

use okini_shared::api::order::Order;
use okini_shared::api::proof::{GetProof, GetShopProof, Proof};
use okini_shared::problem::Code;
use okini_shared::time::{HOUR, SECOND};
use okini_tests::client::Client;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { the_same_on_both_screens nobody_elses gone_with_the_order }

async fn on_phone(phone: &Client, order: &Order) -> Result<Proof, Code> {
    phone.call::<GetProof>(&[&order.token], &()).await.map_err(|problem| problem.code)
}

async fn on_board(stage: &Stage) -> Proof {
    let shop = stage.shop();
    stage.owner(shop).await.client.call::<GetShopProof>(&[&shop.id.to_string()], &()).await.unwrap()
}

async fn the_same_on_both_screens(stage: &Stage) {
    let phone = stage.client();
    let shop = stage.shop();
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let first = on_board(stage).await;
    assert_eq!(on_phone(&phone, &order).await.unwrap(), first);
    assert!(!first.word.is_empty() && !first.latin.is_empty());
    stage.pass(30 * SECOND).await;
    let next = on_board(stage).await;
    assert_eq!(on_phone(&phone, &order).await.unwrap(), next);
    assert_ne!(next.word, first.word);
    assert_eq!(next.until, first.until.plus(30 * SECOND));
}

/// A token that somebody photographed is no help, and neither is an order that is not paid.
async fn nobody_elses(stage: &Stage) {
    let phone = stage.client();
    let shop = stage.shop();
    let unpaid = phone.place(&shop.noodles()).await;
    assert_eq!(on_phone(&phone, &unpaid).await, Err(Code::NotFound));
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    assert!(on_phone(&phone, &order).await.is_ok());
    assert_eq!(on_phone(&stage.client(), &order).await, Err(Code::NotFound));
    let stranger = stage.client().call::<GetShopProof>(&[&shop.id.to_string()], &()).await;
    assert_eq!(stranger.unwrap_err().code, Code::SignInNeeded);
}

async fn gone_with_the_order(stage: &Stage) {
    let phone = stage.client();
    let shop = stage.shop();
    let cancelled = stage.paid(&phone, shop, &shop.noodles()).await;
    phone.cancel(&cancelled).await.unwrap();
    assert_eq!(on_phone(&phone, &cancelled).await, Err(Code::NotFound));
    let old = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.owner(shop).await.accept(&old).await.unwrap();
    stage.pass(2 * HOUR - SECOND).await;
    assert!(on_phone(&phone, &old).await.is_ok());
    stage.pass(SECOND).await;
    assert_eq!(on_phone(&phone, &old).await, Err(Code::NotFound));
}
