//! Menus as phones fetch them: codes, languages, caching.

use okini_shared::api::menu::Menu;
use okini_shared::api::shop::{EditItem, ItemEdit, SetItemStock};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::text::Lang;
use okini_tests::client::Client;
use okini_tests::diner::refusal;
use okini_tests::fixture::text;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { codes languages etag changes_are_live both_prices compressed }

fn path(code: &str) -> String {
    format!("/api/v1/facilities/{code}/menu")
}

async fn menu(client: &Client, code: &str, lang: &str) -> Menu {
    client.get(&format!("{}?lang={lang}", path(code))).await.json()
}

async fn codes(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    for code in [shop.code.clone(), shop.code.to_lowercase()] {
        assert_eq!(client.get(&path(&code)).await.json::<Menu>().facility.code, shop.code);
    }
    let never_issued = if shop.code == "22222222" { "33333333" } else { "22222222" };
    for code in [never_issued, "short", "K7M2P9Q0", "%00", "%FF", "..%2F..", &shop.seat.1, &"A".repeat(4_000)] {
        assert_eq!(refusal(&client.get(&path(code)).await), Code::CodeUnknown, "{code}");
    }
    assert_eq!(refusal(&client.get(&path(&stage.suspended().code)).await), Code::FacilitySuspended);
}

async fn languages(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let name = |menu: &Menu| serde_json::to_value(&menu.item(shop.pork.id).unwrap().name).unwrap();
    assert_eq!(name(&menu(&client, &shop.code, "ja").await), "豚玉");
    assert_eq!(name(&menu(&client, &shop.code, "en").await), "Pork okonomiyaki");
    // Said in the nearest language that there is, and marked as such.
    let korean = menu(&client, &shop.code, "ko").await;
    assert_eq!(name(&korean), serde_json::json!({ "text": "Pork okonomiyaki", "lang": "en" }));
    let english = menu(&client, &shop.code, "en").await;
    assert_eq!(english.groups[0].name.lang, Some(Lang::Ja));

    let asked = |accept: &'static str| client.request("GET", &path(&shop.code)).header("accept-language", accept);
    assert_eq!(asked("en-US,en;q=0.9").send().await.json::<Menu>().lang, Lang::En);
    assert_eq!(asked("xx").send().await.json::<Menu>().lang, Lang::Ja);
    assert_eq!(menu(&client, &shop.code, "nonsense").await.lang, Lang::Ja);
    client.set_cookie("lang", "ko");
    assert_eq!(asked("en").send().await.json::<Menu>().lang, Lang::Ko);
    assert_eq!(menu(&client, &shop.code, "zh-Hant").await.lang, Lang::ZhHant);
}

async fn etag(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let first = client.get(&path(&shop.code)).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && first.header("vary").contains("accept-language"));
    let again = |known: String| client.request("GET", &path(&shop.code)).header("if-none-match", &known).send();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
        let answer = again(known).await;
        assert_eq!((answer.status, answer.header("etag"), answer.body.len()), (304, tag.as_str(), 0));
    }
    assert_eq!(again("\"x\"".into()).await.status, 200);
    let english = client.request("GET", &format!("{}?lang=en", path(&shop.code))).header("if-none-match", &tag);
    assert_eq!(english.send().await.status, 200, "each language has its own tag");

    let kitchen = stage.kitchen(shop).await;
    let sold_out = SetItemStock { sold_out: Some(true), minutes: None, count: None };
    kitchen.stock(shop.tea.id, sold_out).await.unwrap();
    let changed = again(tag.clone()).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert!(changed.json::<Menu>().item(shop.tea.id).unwrap().sold_out.is_some());
}

async fn changes_are_live(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let before = menu(&client, &shop.code, "en").await;
    let owner = stage.owner(shop).await;
    let edit = ItemEdit {
        name: Some(text("豚玉スペシャル", "Pork special")),
        price: Some(Yen::new(1_080)),
        takeout_price: Some(Yen::new(1_000)),
    };
    let item = owner.client.call::<EditItem>(&[&shop.path(), &shop.pork.id.to_string()], &edit).await.unwrap();
    assert_eq!(
        (item.name.as_str(), item.price, item.takeout_price),
        ("豚玉スペシャル", Yen::new(1_080), Some(Yen::new(1_000)))
    );
    let after = menu(&client, &shop.code, "en").await;
    assert!(after.version > before.version);
    let pork = after.item(shop.pork.id).unwrap();
    assert_eq!((pork.name.text.as_str(), pork.price), ("Pork special", Yen::new(1_080)));
    assert_eq!(menu(&client, &stage.other().code, "en").await.version, 1, "the other shop's menu is as it was");
}

/// Prices are tax-inclusive; where taking out costs something else, both prices are told.
async fn both_prices(stage: &Stage) {
    let menu = menu(&stage.client(), &stage.shop().code, "ja").await;
    let pork = menu.item(stage.shop().pork.id).unwrap();
    assert_eq!((pork.price, pork.takeout_price), (Yen::new(980), Some(Yen::new(950))));
    assert_eq!(menu.item(stage.shop().noodles.id).unwrap().takeout_price, None);
    assert!(!menu.rates.is_empty());
}

async fn compressed(stage: &Stage) {
    let client = stage.client();
    for (accepts, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0, gzip", "gzip")] {
        let request = client.request("GET", &path(&stage.shop().code)).header("accept-encoding", accepts);
        let answer = request.send().await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{accepts}");
    }
}
