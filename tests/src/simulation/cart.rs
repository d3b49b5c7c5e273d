//! Random menus and carts: the pricing function beside a second reckoning of sums and taxes in wide integers.
//! Which carts are refused by which name is tested in `shared`.

use okini_shared::api::menu::{Allergens, Category, Facility, Item, Menu};
use okini_shared::api::order::CartLine;
use okini_shared::id::{CategoryId, FacilityId, ItemId};
use okini_shared::money::Yen;
use okini_shared::rules::cart::price;
use okini_shared::rules::tax::{Place, Rate, RateKind, Rounding, TaxClass};
use okini_shared::text::{Lang, Words};
use okini_shared::time::Millis;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

const NOW: Millis = Millis::new(1_000_000);

fn words(text: &str) -> Words {
    Words { text: text.into(), lang: None }
}

fn item(n: u128, rng: &mut StdRng) -> Item {
    let price = rng.random_range(1..=30_000);
    Item {
        id: ItemId::from_uuid(n),
        name: words("品"),
        description: None,
        label: None,
        price: Yen::new(price),
        takeout_price: rng.random_ratio(2, 3).then(|| Yen::new(price - rng.random_range(0..price))),
        tax: if rng.random_ratio(1, 2) { TaxClass::Food } else { TaxClass::Standard },
        alcohol: false,
        allergens: Allergens::default(),
        picture: None,
        groups: Vec::new(),
        sold_out: None,
        left: rng.random_ratio(1, 4).then(|| rng.random_range(0..9)),
    }
}

fn menu(rng: &mut StdRng) -> Menu {
    let reduced = *[0, 100, 800].choose(rng).unwrap();
    let rate = |kind, basis_points| Rate { kind, valid_from: Millis::new(0), basis_points };
    Menu {
        version: 1,
        lang: Lang::Ja,
        facility: Facility {
            id: FacilityId::from_uuid(1),
            code: String::new(),
            name: words("店"),
            address: words("大阪市"),
            phone: String::new(),
            opens: String::new(),
            closes: String::new(),
            taking_orders: true,
            wait_minutes: 15,
            answer_minutes: 15,
            rounding: *Rounding::ALL.choose(rng).unwrap(),
            invoice_number: None,
            providers: Vec::new(),
        },
        rates: vec![rate(RateKind::Standard, 1_000), rate(RateKind::Reduced, reduced)],
        categories: vec![Category {
            id: CategoryId::from_uuid(1),
            name: words("品書き"),
            items: (1..=4).map(|n| item(n, rng)).collect(),
        }],
        groups: Vec::new(),
    }
}

/// One menu, one cart.
pub fn walk(rng: &mut StdRng) {
    let menu = menu(rng);
    let items = &menu.categories[0].items;
    let line = |rng: &mut StdRng| {
        let item = items.choose(rng).unwrap();
        let place = *Place::ALL.choose(rng).unwrap();
        let right = if place == Place::EatIn { Some(item.price) } else { item.takeout_price };
        let seen = right.filter(|_| rng.random_ratio(15, 16)).unwrap_or(Yen::new(7));
        CartLine { item: item.id, options: Vec::new(), quantity: rng.random_range(1..=5), place, seen }
    };
    let cart: Vec<CartLine> = (0..rng.random_range(1..=6)).map(|_| line(rng)).collect();
    let mut sound = true;
    let mut sums: [i128; 2] = [0, 0];
    for line in &cart {
        let item = menu.item(line.item).unwrap();
        let unit = if line.place == Place::EatIn { Some(item.price) } else { item.takeout_price };
        sound &= unit == Some(line.seen) && item.left.is_none_or(|left| left >= line.quantity);
        let reduced = item.tax == TaxClass::Food && line.place == Place::Takeout;
        sums[usize::from(reduced)] += i128::from(line.seen.get()) * i128::from(line.quantity);
    }
    let whole = sums[0] + sums[1];
    let priced = price(&menu, &cart, NOW);
    assert_eq!(priced.is_ok(), sound && whole <= i128::from(Yen::ORDER_LIMIT.get()), "{cart:?}");
    let Ok(priced) = priced else { return };
    assert_eq!(i128::from(priced.total.get()), whole);
    assert_eq!(priced.pieces, cart.iter().map(|line| line.quantity).sum::<i64>());
    assert!(priced.lines.iter().all(|line| line.amount >= Yen::ZERO && line.unit >= Yen::ZERO));
    assert_eq!(Yen::checked_sum(priced.lines.iter().map(|line| line.amount)), Some(priced.total));
    assert_eq!(Yen::checked_sum(priced.taxes.iter().map(|tax| tax.total)), Some(priced.total));
    for tax in &priced.taxes {
        let (rate, total) = (i128::from(tax.basis_points), sums[usize::from(tax.kind == RateKind::Reduced)]);
        assert_eq!(i128::from(tax.total.get()), total);
        let (top, bottom) = (total * rate, 10_000 + rate);
        let right = match menu.facility.rounding {
            Rounding::Floor => top / bottom,
            Rounding::Round => (2 * top + bottom) / (2 * bottom),
            Rounding::Ceil => (top + bottom - 1) / bottom,
        };
        assert_eq!(i128::from(tax.tax.get()), right, "{tax:?}");
    }
}
