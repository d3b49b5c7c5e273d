//! What stands on papers that journeys through the API do not reach: coupons, odd rates, the unregistered.

use super::*;
use okini_shared::api::receipt::Seller;
use okini_shared::id::OrderId;
use okini_shared::rules::tax::Rounding;

#[test]
fn rates_as_people_write_them() {
    assert_eq!([1_000, 800, 100, 850, 5].map(percent), ["10%", "8%", "1%", "8.5%", "0.05%"]);
}

fn line(name: &str, amount: i64, discount: i64, reduced: bool) -> ReceiptLine {
    ReceiptLine {
        name: Text::japanese(name),
        options: Vec::new(),
        quantity: 1,
        place: if reduced { Place::Takeout } else { Place::EatIn },
        unit: Yen::new(amount),
        amount: Yen::new(amount),
        discount: Yen::new(discount),
        reduced,
        basis_points: if reduced { 800 } else { 1_000 },
    }
}

fn sum(kind: RateKind, basis_points: i64, total: i64, tax: i64) -> TaxSum {
    TaxSum { kind, basis_points, total: Yen::new(total), tax: Yen::new(tax) }
}

/// 1,000 yen off 3,300 at 10 % and 2,160 at 8 %, as the tax guidance splits it.
fn with_coupon() -> Receipt {
    Receipt {
        number: 12,
        kind: ReceiptKind::Sale,
        corrects: None,
        issued_at: Millis::new(1_795_343_222_345),
        seller: Seller {
            name: Text::japanese("喫茶おおきに"),
            address: Text::japanese("大阪市北区梅田一丁目"),
            phone: "06-0000-0000".into(),
            invoice_number: Some("T7120001168421".into()),
        },
        order: OrderId::from_uuid(1),
        called: None,
        seat: Some("3".into()),
        sold_at: Millis::new(1_795_343_222_345),
        returned_at: None,
        lines: vec![line("すきやき", 3_300, 604, false), line("弁当", 2_160, 396, true)],
        discount: Yen::new(1_000),
        total: Yen::new(4_460),
        taxes: vec![sum(RateKind::Standard, 1_000, 2_696, 245), sum(RateKind::Reduced, 800, 1_764, 130)],
        rounding: Rounding::Floor,
        provider: ProviderName::Hosted,
    }
}

/// All rows that say something, as `words|figure`.
fn said(receipt: &Receipt, lang: Lang) -> Vec<String> {
    let rows = sheet(receipt, lang).rows.into_iter();
    rows.filter(|row| row.style != Style::Rule).map(|row| format!("{}|{}", row.text, row.figure)).collect()
}

#[test]
fn a_coupon_stands_before_the_sums_by_rate() {
    let said = said(&with_coupon(), Lang::Ja);
    let from = said.iter().position(|row| row.starts_with("すきやき")).unwrap();
    let expected = [
        "すきやき|3,300円",
        "3,300円 × 1|",
        "弁当※|2,160円",
        "2,160円 × 1 持ち帰り|",
        "小計|5,460円",
        "クーポン値引き|−1,000円",
        "合計（税込）|4,460円",
        "10%対象|2,696円",
        "内消費税|245円",
        "8%※対象|1,764円",
        "内消費税|130円",
        "お支払い|カード・銀行",
        "※印は軽減税率の対象です|",
    ];
    assert_eq!(said[from..from + expected.len()], expected);
}

#[test]
fn who_is_not_registered_states_no_tax_and_no_invoice() {
    let registered = with_coupon();
    let plain = Receipt { seller: Seller { invoice_number: None, ..registered.seller.clone() }, ..registered };
    for lang in [Lang::Ja, Lang::En] {
        let said = said(&plain, lang).join("\n");
        for claim in ["適格簡易請求書", "Qualified", "登録番号", "Registration", "T712", "内消費税", "Consumption"]
        {
            assert!(!said.contains(claim), "{claim}: {said}");
        }
    }
    assert!(said(&plain, Lang::Ja).contains(&"この書類は適格請求書ではありません|".to_owned()));
}

#[test]
fn what_the_law_names_is_in_japanese_for_every_reader() {
    for lang in Lang::ALL {
        let rows = sheet(&with_coupon(), lang).rows;
        let said: String =
            rows.iter().map(|row| format!("{}|{}|", row.text, row.ja.as_deref().unwrap_or_default())).collect();
        for item in [
            "領収書",
            "適格簡易請求書",
            "登録番号",
            "取引日",
            "弁当※",
            "10%対象",
            "8%※対象",
            "内消費税",
            "※印は軽減税率の対象です",
        ] {
            assert!(said.contains(item), "{lang:?} lacks {item}: {said}");
        }
    }
}
