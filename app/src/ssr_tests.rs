//! Pages as the server writes them.

use okini_shared::api::menu::Menu;
use okini_shared::time::Millis;

use super::*;
use crate::boot::Seat;
use crate::diner::plain::{Kind, Notice};
use okini_shared::api::order::OrderPage;

const TEMPLATE: &str = include_str!("../diner.html");

fn menu() -> Menu {
    serde_json::from_str(include_str!("../tests/menu.json")).unwrap()
}

fn boot(path: &str, page: Page) -> Boot {
    Boot {
        lang: Lang::Ja,
        base: "/f/K7M2P9QX/t/ABCDEFGH".into(),
        path: format!("/f/K7M2P9QX/t/ABCDEFGH{path}"),
        page,
        now: Millis::new(1_795_393_740_000),
        asset_version: "v1".into(),
    }
}

fn menu_page(path: &str, menu: Menu) -> Boot {
    boot(path, Page::Menu { menu, seat: Some(Seat { label: "7".into(), token: "ABCDEFGH".into() }) })
}

fn plain_page(lang: Lang, kind: Kind) -> Plain {
    Plain {
        lang,
        base: String::new(),
        path: "/orders".into(),
        kind,
        now: Millis::new(1_795_393_740_000),
        asset_version: "v1".into(),
    }
}

fn data<'p>(page: &'p str, id: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn a_menu_page_holds_dishes_data_and_texts() {
    let boot = menu_page("", menu());
    let page = render(TEMPLATE, &boot);
    for text in
        ["<html lang=\"ja\"", "data-version=\"v1\"", "<title>メニュー｜粉もん食堂", "豚玉お好み焼き", "980円", "962円"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(serde_json::from_str::<Boot>(data(&page, "boot")).unwrap(), boot);
    let said: Vec<String> = serde_json::from_str(data(&page, "texts")).unwrap();
    assert_eq!(said.len(), texts::NAMES.len());
}

#[test]
fn nothing_in_the_data_ends_its_script_element() {
    let mut menu = menu();
    menu.facility.name.text = "</script><script>alert(1)</script>".into();
    let page = render(TEMPLATE, &menu_page("", menu));
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;"));
}

#[test]
fn no_page_needs_an_inline_style_or_script() {
    for path in ["", "/cart", "/display", "/allergies", "/item/itm_00000000000000000000000000000001"] {
        let page = render(TEMPLATE, &menu_page(path, menu()));
        assert!(!page.contains(" style="), "{path}");
        assert!(!page.contains(" onclick="), "{path}");
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
    }
}

#[test]
fn a_closed_shop_does_not_promise_a_time() {
    let mut menu = menu();
    let until = format!("{}まで", menu.facility.closes);
    assert!(render(TEMPLATE, &menu_page("", menu.clone())).contains(&until));
    menu.facility.taking_orders = false;
    let page = render(TEMPLATE, &menu_page("", menu));
    assert!(page.contains("受付を止めています") && !page.contains(&until));
}

#[test]
fn what_is_not_checked_is_never_shown_as_none() {
    let page = render(TEMPLATE, &menu_page("/item/itm_00000000000000000000000000000003", menu()));
    assert!(page.contains("アレルギー：お店に確認"));
    assert!(page.contains("お店に確認：えび・卵"));
}

#[test]
fn both_prices_stand_on_the_menu_and_in_the_sheet() {
    let page = render(TEMPLATE, &menu_page("/item/itm_00000000000000000000000000000001", menu()));
    assert!(page.contains("店内・税込10%") && page.contains("持ち帰り 962円・税込8%"));
}

#[test]
fn other_pages_say_what_they_are() {
    for (notice, text) in
        [(Notice::CodeRetired, "このQRは、もう使えません"), (Notice::CodeUnknown, "このQRコードは使えません")]
    {
        let page = plain(TEMPLATE, &plain_page(Lang::Ja, Kind::Notice(notice)));
        assert!(page.contains(text), "{text}");
    }
    let none = OrderPage { orders: Vec::new(), next: None };
    let history = plain(TEMPLATE, &plain_page(Lang::En, Kind::History(none)));
    assert!(history.contains("<html data-plain lang=\"en\"") && history.contains("Your orders"));
}

#[test]
fn a_reader_of_a_language_to_come_gets_the_nearest() {
    for lang in Lang::ALL {
        assert!(LANGS.contains(&language(lang)));
    }
    assert_eq!((language(Lang::En), language(Lang::EasyJa)), (Lang::En, Lang::Ja));
}
