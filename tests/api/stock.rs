//! What is on sale: the last portion, sold out by hand, back by itself.

use okini_shared::api::menu::GetMenu;
use okini_shared::api::order::{ChangeKind, NewOrder, Order};
use okini_shared::api::shop::{Count, ListStock, Refuse, RefuseOrder, SetItemStock};
use okini_shared::problem::Code;
use okini_shared::rules::order::RefusalReason;
use okini_shared::time::{HOUR, MINUTE};
use okini_tests::client::Client;
use okini_tests::diner::all;
use okini_tests::fixture::{Dish, NO_ITEM};
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { last_portion enough_for_all come_back by_hand for_a_while refused_as_sold_out bounds listed counts_are_kept only_what_was_taken
}

const SOLD_OUT: SetItemStock = SetItemStock { sold_out: Some(true), minutes: None, count: None };
const ON_SALE: SetItemStock = SetItemStock { sold_out: Some(false), minutes: None, count: None };

/// Many phones order at the same moment.
async fn everybody(stage: &Stage, phones: usize, cart: &NewOrder) -> (Vec<Order>, usize) {
    let phones: Vec<Client> = (0..phones).map(|_| stage.client()).collect();
    let answers = all(phones.iter().enumerate().map(async |(i, phone)| phone.send_order(&format!("k{i}"), cart).await));
    let (mut placed, mut refused) = (Vec::new(), 0);
    for answer in answers.await {
        if answer.status == 201 {
            placed.push(answer.json());
            continue;
        }
        let problem = answer.problem();
        assert_eq!((problem.code, problem.changes.len()), (Code::CartChanged, 1));
        assert_eq!(problem.changes[0].kind, ChangeKind::SoldOut);
        assert_eq!(problem.changes[0].name.as_ref().unwrap().text, "蟹玉");
        refused += 1;
    }
    (placed, refused)
}

async fn left(stage: &Stage, dish: Dish) -> Option<i64> {
    let menu = stage.client().call::<GetMenu>(&[&stage.shop().code], &()).await.unwrap();
    menu.item(dish.id).unwrap().left
}

async fn last_portion(stage: &Stage) {
    let shop = stage.shop();
    let (placed, refused) = everybody(stage, 24, &shop.cart(vec![shop.crab.eat_in(1)])).await;
    assert_eq!((placed.len(), refused, left(stage, shop.crab).await), (3, 21, Some(0)));
}

/// While the menu's version moves with each order, nobody is turned away who could be served.
async fn enough_for_all(stage: &Stage) {
    let shop = stage.shop();
    let counted = SetItemStock { sold_out: Some(false), minutes: None, count: Some(Count::Left(40)) };
    stage.kitchen(shop).await.stock(shop.crab.id, counted).await.unwrap();
    let (placed, refused) = everybody(stage, 40, &shop.cart(vec![shop.crab.eat_in(1)])).await;
    assert_eq!((placed.len(), refused, left(stage, shop.crab).await), (40, 0, Some(0)));
}

/// Nobody overwrites what orders count: neither a mark, nor an edit by somebody who saw an older number; and a number does
/// not touch the mark.
async fn counts_are_kept(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    phone.place(&shop.cart(vec![shop.crab.eat_in(1)])).await;
    kitchen.stock(shop.crab.id, SetItemStock { minutes: Some(60), ..SOLD_OUT }).await.unwrap();
    assert_eq!(kitchen.stock(shop.crab.id, ON_SALE).await.unwrap().left, Some(2));
    let owner = stage.owner(shop).await;
    let path = owner.path(&format!("items/{}", shop.crab.id));
    owner.client.request("PUT", &path).text(r#"{"price":1500}"#).send().await;
    assert_eq!(left(stage, shop.crab).await, Some(2));
    let ten = SetItemStock { sold_out: None, minutes: None, count: Some(Count::Left(10)) };
    kitchen.stock(shop.crab.id, SetItemStock { count: Some(Count::Left(0)), ..ten }).await.unwrap();
    let again = kitchen.stock(shop.crab.id, ten).await.unwrap();
    assert_eq!((again.sold_out, again.left), (false, Some(10)), "what ran out by count is on sale by count");
    assert_eq!(
        kitchen.stock(shop.crab.id, SetItemStock { count: None, ..ten }).await.unwrap_err().code,
        Code::InvalidValue
    );
}

/// What was ordered while nobody counted does not come back as portions.
async fn only_what_was_taken(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.cart(vec![shop.tea.eat_in(9)])).await;
    let five = SetItemStock { sold_out: None, minutes: None, count: Some(Count::Left(5)) };
    stage.kitchen(shop).await.stock(shop.tea.id, five).await.unwrap();
    phone.cancel(&order).await.unwrap();
    assert_eq!(left(stage, shop.tea).await, Some(5));
}

/// Portions of orders that end without food are on sale again.
async fn come_back(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let cart = shop.cart(vec![shop.crab.eat_in(1), shop.tea.eat_in(1)]);
    let cancelled = phone.place(&cart).await;
    let refused = stage.paid(&phone, shop, &cart).await;
    phone.place(&cart).await;
    assert_eq!(left(stage, shop.crab).await, Some(0));
    phone.cancel(&cancelled).await.unwrap();
    phone.cancel(&cancelled).await.unwrap();
    assert_eq!(left(stage, shop.crab).await, Some(1));
    stage.kitchen(shop).await.refuse(&refused, RefusalReason::TooBusy, None).await.unwrap();
    assert_eq!(left(stage, shop.crab).await, Some(2));
    stage.pass(HOUR).await;
    assert_eq!(left(stage, shop.crab).await, Some(3), "the third order was never paid");
}

async fn by_hand(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let item = kitchen.stock(shop.noodles.id, SOLD_OUT).await.unwrap();
    assert_eq!((item.sold_out, item.until), (true, None));
    let problem = phone.refused(&shop.cart(vec![shop.tea.eat_in(1), shop.noodles.eat_in(1)])).await;
    assert_eq!((problem.code, problem.changes[0].line), (Code::CartChanged, 1));
    phone.place(&shop.cart(vec![shop.tea.eat_in(1)])).await;
    assert!(!kitchen.stock(shop.noodles.id, ON_SALE).await.unwrap().sold_out);
    phone.place(&shop.noodles()).await;
    assert_eq!(stage.facts(shop.noodles.id).await, ["item.sold_out", "item.on_sale"]);
}

async fn for_a_while(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let item = kitchen.stock(shop.noodles.id, SetItemStock { minutes: Some(30), ..SOLD_OUT }).await.unwrap();
    assert_eq!(item.until, Some(stage.clock.now().plus(30 * MINUTE)));
    stage.pass(30 * MINUTE - 1).await;
    assert_eq!(phone.refused(&shop.noodles()).await.code, Code::CartChanged);
    stage.pass(1).await;
    phone.place(&shop.noodles()).await;
}

/// A shop that refuses because something ran out takes it off sale with the same tap.
async fn refused_as_sold_out(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.cart(vec![shop.noodles.eat_in(1), shop.crab.eat_in(1)])).await;
    let kitchen = stage.kitchen(shop).await;
    // What the order does not contain is not touched.
    let sold_out = vec![shop.noodles.id, shop.tea.id, NO_ITEM, stage.other().pork.id];
    let refuse = Refuse { reason: RefusalReason::SoldOut, text: None, sold_out };
    kitchen.client.call::<RefuseOrder>(&kitchen.about(&order).each(), &refuse).await.unwrap();
    assert_eq!(phone.refused(&shop.noodles()).await.changes[0].kind, ChangeKind::SoldOut);
    phone.place(&shop.cart(vec![shop.tea.eat_in(1), shop.crab.eat_in(3)])).await;
    phone.place(&stage.other().cart(vec![stage.other().tea.eat_in(1)])).await;
}

async fn bounds(stage: &Stage) {
    let shop = stage.shop();
    let kitchen = stage.kitchen(shop).await;
    for (minutes, left, at) in [
        (Some(0), None, "/minutes"),
        (Some(-5), None, "/minutes"),
        (Some(1_441), None, "/minutes"),
        (Some(i64::MAX), None, "/minutes"),
        (None, Some(-1), "/count/left"),
        (None, Some(10_000), "/count/left"),
    ] {
        let set = SetItemStock { sold_out: Some(true), minutes, count: left.map(Count::Left) };
        let problem = kitchen.stock(shop.tea.id, set).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some(at)));
    }
    for item in [NO_ITEM, stage.other().tea.id] {
        assert_eq!(kitchen.stock(item, SOLD_OUT).await.unwrap_err().code, Code::NotFound);
    }
    assert!(stage.facts(shop.tea.id).await.is_empty());
}

async fn listed(stage: &Stage) {
    let shop = stage.shop();
    let kitchen = stage.kitchen(shop).await;
    let stock = kitchen.client.call::<ListStock>(&[&shop.path()], &()).await.unwrap();
    let names: Vec<_> =
        stock.items.iter().map(|item| (item.category.as_str(), item.name.as_str(), item.left)).collect();
    assert_eq!(
        names,
        [
            ("お好み焼き", "豚玉", None),
            ("お好み焼き", "焼きそば", None),
            ("お好み焼き", "蟹玉", Some(3)),
            ("お飲みもの", "お茶", None),
            ("お飲みもの", "生ビール", None),
        ]
    );
}
