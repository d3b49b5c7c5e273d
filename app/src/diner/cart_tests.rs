//! The cart as the phone keeps it.

use okini_shared::id::{ItemId, OptionId};

use super::*;

fn line(item: u128, quantity: i64) -> CartLine {
    CartLine {
        item: ItemId::from_uuid(item),
        options: vec![OptionId::from_uuid(1)],
        quantity,
        place: Place::EatIn,
        seen: Yen::new(980),
    }
}

fn cart(lines: Vec<CartLine>) -> Cart {
    Cart { lines, ..Cart::default() }
}

fn change(line: usize, kind: ChangeKind, now: Option<i64>) -> CartChange {
    CartChange { line, item: ItemId::from_uuid(1), kind, name: None, seen: Yen::new(980), now: now.map(Yen::new) }
}

#[test]
fn equal_lines_become_one() {
    let mut cart = cart(vec![line(1, 2)]);
    cart.add(line(1, 3));
    cart.add(line(2, 1));
    cart.add(CartLine { place: Place::Takeout, ..line(1, 1) });
    assert_eq!(cart.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [5, 1, 1]);
    assert_eq!(cart.pieces(), 7);
}

#[test]
fn stays_within_the_limits() {
    let mut cart = cart(vec![line(1, 98)]);
    cart.add(line(1, 5));
    assert_eq!(cart.pieces(), MAX_QUANTITY);
    for item in 2..100 {
        cart.add(line(item, 1));
    }
    assert_eq!(cart.lines.len(), MAX_LINES);
    cart.set_quantity(0, 0);
    cart.set_quantity(200, 0);
    assert_eq!(cart.lines.len(), MAX_LINES - 1);
}

#[test]
fn goes_on_without_what_is_gone_and_with_new_prices() {
    let mut cart = cart(vec![line(1, 1), line(2, 1), line(3, 1), line(4, 1)]);
    cart.accept(&[
        change(0, ChangeKind::SoldOut, None),
        change(2, ChangeKind::Price, Some(1_000)),
        change(3, ChangeKind::NotForTakeout, None),
    ]);
    let left: Vec<_> = cart.lines.iter().map(|line| (line.item, line.seen.get())).collect();
    assert_eq!(left, [(ItemId::from_uuid(2), 980), (ItemId::from_uuid(3), 1_000)]);
}

#[test]
fn is_kept_without_the_age_check() {
    let cart = Cart { adult: true, note: "ねぎ抜き".into(), ..cart(vec![line(1, 2)]) };
    let kept: Cart = serde_json::from_str(&serde_json::to_string(&cart).unwrap()).unwrap();
    assert_eq!(kept, Cart { adult: false, ..cart });
    assert!(serde_json::from_str::<Cart>("{\"lines\":[{}]}").is_err());
}
