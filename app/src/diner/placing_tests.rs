//! One wish, one key.

use okini_shared::money::Yen;
use okini_shared::text::Lang;

use super::*;

fn order(total: i64, lang: Lang) -> NewOrder {
    NewOrder {
        facility: "K7M2P9QX".into(),
        seat: None,
        lines: Vec::new(),
        coupons: Vec::new(),
        expected_total: Yen::new(total),
        note: None,
        adult: false,
        lang,
    }
}

fn first() -> Wish {
    let wish = Wish::renew(None, order(980, Lang::Ja), ProviderName::Paypay, Millis::new(1)).unwrap();
    Wish { key: "first".into(), waiting: true, ..wish }
}

fn again(order: NewOrder, provider: ProviderName, at: Millis) -> Wish {
    Wish::renew(Some(first()), order, provider, at).unwrap()
}

#[test]
fn the_same_wish_keeps_its_key_in_every_language_and_at_every_provider() {
    let again = again(order(980, Lang::En), ProviderName::Hosted, Millis::new(2));
    assert_eq!((again.key.as_str(), again.provider, again.waiting), ("first", ProviderName::Hosted, false));
    // What is sent under one key must not change by a letter.
    assert_eq!(again.body, first().body);
}

#[test]
fn another_wish_gets_another_key() {
    assert_eq!(again(order(981, Lang::Ja), ProviderName::Paypay, Millis::new(2)).key, "");
    assert_eq!(again(order(980, Lang::Ja), ProviderName::Paypay, Millis::new(1).plus(KEPT_FOR)).key, "");
}

#[test]
fn a_kept_wish_reads_back() {
    let text = serde_json::to_string(&first()).unwrap();
    assert_eq!(crate::json::from_str::<Wish>(&text), Ok(first()));
}
