//! The pricing function against a small menu: each refusal by name, totals, tax, and properties over random carts.

use super::*;
use crate::api::menu::{Allergens, Category, Facility, MenuOption, SoldOut};
use crate::id::{CategoryId, FacilityId, GroupId, ItemId, OptionId};
use crate::rules::tax::{RateKind, Rounding, TaxClass};
use crate::text::Lang;
use proptest::prelude::*;

const NOW: Millis = Millis::new(1_000_000);

fn words(text: &str) -> Words {
    Words { text: text.into(), lang: None }
}

fn item(n: u128, price: i64) -> Item {
    Item {
        id: ItemId::from_uuid(n),
        name: words(&format!("item {n}")),
        description: None,
        label: None,
        price: Yen::new(price),
        takeout_price: Some(Yen::new(price - 10)),
        tax: TaxClass::Food,
        alcohol: false,
        allergens: Allergens::default(),
        picture: None,
        groups: Vec::new(),
        sold_out: None,
        left: None,
    }
}

/// Item 1 plain, 2 with a required size and up to two toppings, 3 beer, 4 sold out, 5 with two portions left.
fn menu() -> Menu {
    let option = |n, price| MenuOption {
        id: OptionId::from_uuid(n),
        name: words("option"),
        price: Yen::new(price),
        contains: Vec::new(),
        sold_out: None,
    };
    let group =
        |n, min, max, options| OptionGroup { id: GroupId::from_uuid(n), name: words("group"), min, max, options };
    let rate = |kind, basis_points| Rate { kind, valid_from: Millis::new(0), basis_points };
    let mut with_options = item(2, 900);
    with_options.groups = vec![GroupId::from_uuid(1), GroupId::from_uuid(2)];
    let mut beer = item(3, 580);
    beer.tax = TaxClass::Standard;
    beer.alcohol = true;
    beer.takeout_price = None;
    let mut sold_out = item(4, 450);
    sold_out.sold_out = Some(SoldOut { until: Some(NOW.plus(1)) });
    let mut counted = item(5, 300);
    counted.left = Some(2);
    let mut none_today = option(22, 50);
    none_today.sold_out = Some(SoldOut { until: None });
    Menu {
        version: 1,
        lang: Lang::Ja,
        facility: Facility {
            id: FacilityId::from_uuid(1),
            code: "K7M2P9QX".into(),
            name: words("店"),
            address: words("大阪市"),
            phone: String::new(),
            opens: String::new(),
            closes: String::new(),
            taking_orders: true,
            wait_minutes: 15,
            answer_minutes: 15,
            rounding: Rounding::Floor,
            invoice_number: None,
            providers: Vec::new(),
        },
        rates: vec![rate(RateKind::Standard, 1000), rate(RateKind::Reduced, 800)],
        categories: vec![Category {
            id: CategoryId::from_uuid(1),
            name: words("all"),
            items: vec![item(1, 980), with_options, beer, sold_out, counted],
        }],
        groups: vec![
            group(1, 1, 1, vec![option(11, 0), option(12, 100)]),
            group(2, 0, 2, vec![option(21, 80), none_today, option(23, 30)]),
        ],
    }
}

fn line(n: u128, options: &[u128], quantity: i64, place: Place, seen: i64) -> CartLine {
    CartLine {
        item: ItemId::from_uuid(n),
        options: options.iter().map(|id| OptionId::from_uuid(*id)).collect(),
        quantity,
        place,
        seen: Yen::new(seen),
    }
}

fn only_change(cart: &[CartLine]) -> ChangeKind {
    match price(&menu(), cart, NOW) {
        Err(CartRefusal::Changed(changes)) if changes.len() == 1 => changes[0].kind,
        other => panic!("expected one change, got {other:?}"),
    }
}

fn malformed(cart: &[CartLine]) -> bool {
    matches!(price(&menu(), cart, NOW), Err(CartRefusal::Malformed { .. }))
}

#[test]
fn prices_lines_options_and_tax() {
    let menu = menu();
    let cart = [
        line(1, &[], 1, Place::EatIn, 980),
        line(2, &[12, 21], 2, Place::Takeout, 890 + 180),
        line(3, &[], 1, Place::EatIn, 580),
    ];
    let priced = price(&menu, &cart, NOW).unwrap();
    assert_eq!(priced.total, Yen::new(980 + 2140 + 580));
    assert_eq!(priced.pieces, 4);
    assert!(priced.alcohol);
    let taxes: Vec<_> = priced.taxes.iter().map(|t| (t.basis_points, t.total.get(), t.tax.get())).collect();
    assert_eq!(taxes, [(1000, 1560, 141), (800, 2140, 158)]);
}

#[test]
fn names_each_difference() {
    assert_eq!(only_change(&[line(9, &[], 1, Place::EatIn, 1)]), ChangeKind::Gone);
    assert_eq!(only_change(&[line(4, &[], 1, Place::EatIn, 450)]), ChangeKind::SoldOut);
    assert_eq!(only_change(&[line(5, &[], 3, Place::EatIn, 300)]), ChangeKind::SoldOut);
    assert_eq!(only_change(&[line(3, &[], 1, Place::Takeout, 580)]), ChangeKind::NotForTakeout);
    assert_eq!(only_change(&[line(1, &[], 1, Place::EatIn, 900)]), ChangeKind::Price);
    assert_eq!(only_change(&[line(2, &[11, 22], 1, Place::EatIn, 950)]), ChangeKind::OptionSoldOut);
    let menu = menu();
    let two = price(&menu, &[line(1, &[], 1, Place::EatIn, 1), line(4, &[], 1, Place::EatIn, 450)], NOW);
    assert!(matches!(two, Err(CartRefusal::Changed(changes)) if changes.len() == 2));
}

#[test]
fn a_sold_out_item_comes_back_by_itself() {
    let cart = [line(4, &[], 1, Place::EatIn, 450)];
    assert!(price(&menu(), &cart, NOW.plus(1)).is_ok());
}

#[test]
fn refuses_malformed_carts() {
    assert!(malformed(&[]));
    assert!(malformed(&vec![line(1, &[], 1, Place::EatIn, 980); MAX_LINES + 1]));
    for quantity in [0, -1, 100, i64::MIN, i64::MAX] {
        assert!(malformed(&[line(1, &[], quantity, Place::EatIn, 980)]), "{quantity}");
    }
    for options in [&[][..], &[11, 12], &[11, 21, 22, 23], &[11, 99], &[11, 11]] {
        assert!(malformed(&[line(2, options, 1, Place::EatIn, 900)]), "{options:?}");
    }
    assert!(malformed(&[line(1, &[11], 1, Place::EatIn, 980)]));
    assert!(malformed(&vec![line(1, &[], 99, Place::EatIn, 980); 11]), "more than an order may cost");
}

proptest! {
    #[test]
    fn parts_sum_to_the_whole(quantities in proptest::collection::vec((1_i64..20, 0..3_usize), 1..20)) {
        let menu = menu();
        let cart: Vec<_> = quantities.iter().map(|(quantity, kind)| match kind {
            0 => line(1, &[], *quantity, Place::EatIn, 980),
            1 => line(1, &[], *quantity, Place::Takeout, 970),
            _ => line(2, &[12], *quantity, Place::Takeout, 990),
        }).collect();
        let priced = price(&menu, &cart, NOW).unwrap();
        prop_assert_eq!(Yen::checked_sum(priced.lines.iter().map(|l| l.amount)), Some(priced.total));
        prop_assert_eq!(Yen::checked_sum(priced.taxes.iter().map(|t| t.total)), Some(priced.total));
        prop_assert_eq!(priced.pieces, quantities.iter().map(|(q, _)| q).sum::<i64>());
    }
}
