//! Menus and what is counted on them.

use okini_server::store::menu as menus;
use okini_shared::api::menu::SoldOut;
use okini_shared::money::Yen;
use okini_shared::rules::tax::RateKind;
use okini_tests::diner::all;
use okini_tests::fixture::{NO_ITEM, text};
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use std::sync::Arc;

on_both! { run_store: loaded changed portions portions_at_once rates }

async fn loaded(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let shop = stage.shop();
    let rows = menus::load(&mut conn, shop.id).await.unwrap();
    let categories: Vec<_> = rows.categories.iter().map(|category| category.name.shop().as_str()).collect();
    assert_eq!(categories, ["お好み焼き", "お飲みもの"]);
    let items: Vec<_> = rows.items.iter().map(|item| item.id).collect();
    assert_eq!(items, [shop.pork.id, shop.noodles.id, shop.tea.id, shop.beer.id, shop.crab.id]);
    let beer = &rows.items[3];
    assert_eq!((beer.alcohol, beer.price, beer.takeout_price, beer.portions), (true, Yen::new(600), None, None));
    let options: Vec<_> = rows.options.iter().map(|option| option.id).collect();
    assert_eq!(options[..2], [shop.regular.id, shop.large.id]);
    assert_eq!((rows.groups.len(), rows.item_groups.len()), (2, 2));
    assert!(rows.item_groups.iter().all(|(item, _)| *item == shop.pork.id));
    assert!(rows.groups.iter().any(|group| (group.fewest, group.most) == (0, 2)));
}

async fn changed(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let shop = stage.shop();
    let mut item = menus::item(&mut conn, shop.id, shop.tea.id).await.unwrap().unwrap();
    item.name = text("冷茶", "Iced tea");
    item.price = Yen::new(350);
    item.takeout_price = None;
    item.sold_out = Some(SoldOut { until: Some(NOW) });
    item.portions = Some(9);
    assert_eq!(menus::edit_item(&mut conn, shop.id, &item).await.unwrap(), 1);
    assert_eq!(menus::mark_item(&mut conn, shop.id, item.id, item.sold_out).await.unwrap(), 1);
    assert_eq!(menus::count_item(&mut conn, shop.id, item.id, item.portions).await.unwrap(), 1);
    let found = menus::item(&mut conn, shop.id, shop.tea.id).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{item:?}"));
    let other = stage.other().id;
    assert_eq!(menus::edit_item(&mut conn, other, &item).await.unwrap(), 0, "not another shop's");
    assert_eq!(menus::mark_item(&mut conn, other, item.id, None).await.unwrap(), 0);
    assert_eq!(menus::count_item(&mut conn, other, item.id, None).await.unwrap(), 0);
    assert!(menus::item(&mut conn, other, shop.tea.id).await.unwrap().is_none());
    assert!(menus::item(&mut conn, shop.id, NO_ITEM).await.unwrap().is_none());
}

async fn portions(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (shop, other) = (stage.shop(), stage.other().id);
    let crab = shop.crab.id;
    assert!(menus::take_portions(&mut conn, shop.id, crab, 2).await.unwrap());
    assert!(!menus::take_portions(&mut conn, shop.id, crab, 2).await.unwrap());
    assert!(menus::take_portions(&mut conn, shop.id, crab, 1).await.unwrap());
    assert!(!menus::take_portions(&mut conn, shop.id, crab, 1).await.unwrap());
    assert!(!menus::take_portions(&mut conn, other, crab, 1).await.unwrap());
    assert!(menus::take_portions(&mut conn, shop.id, shop.tea.id, 99).await.unwrap(), "not counted");
    assert!(!menus::take_portions(&mut conn, shop.id, NO_ITEM, 1).await.unwrap());
    assert_eq!(menus::return_portions(&mut conn, shop.id, crab, 2).await.unwrap(), 1);
    assert_eq!(menus::return_portions(&mut conn, other, crab, 2).await.unwrap(), 0);
    assert_eq!(menus::return_portions(&mut conn, shop.id, shop.tea.id, 2).await.unwrap(), 0);
    assert_eq!(menus::item(&mut conn, shop.id, crab).await.unwrap().unwrap().portions, Some(2));
}

async fn portions_at_once(stage: &Stage) {
    let app = Arc::clone(stage.app());
    let crab = (stage.shop().id, stage.shop().crab.id);
    let takes = (0..40).map(|_| {
        app.db.write(crab, |tx, (shop, item)| {
            Box::pin(async { Ok(menus::take_portions(tx.conn(), *shop, *item, 1).await?) })
        })
    });
    let taken = all(takes).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
    assert_eq!(taken, 3);
}

async fn rates(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let rates = menus::rates(&mut conn).await.unwrap();
    let of = |kind| rates.iter().filter(|rate| rate.kind == kind).map(|rate| rate.basis_points).collect::<Vec<_>>();
    assert_eq!((of(RateKind::Standard), of(RateKind::Reduced)), (vec![1_000], vec![800, 100]));
    assert!(rates.is_sorted_by_key(|rate| rate.valid_from));
}
