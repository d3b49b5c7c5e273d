//! Tests of the board's memory: versions, lanes and sums.

use super::*;
use okini_shared::api::shop::{BoardLine, ShopState};
use okini_shared::id::FacilityId;
use okini_shared::money::Yen;
use okini_shared::rules::tax::Place;
use okini_shared::time::Millis;

/// An order with the id `n`, submitted in the minute `n`.
pub(crate) fn order(n: u32, state: OrderState, version: i64) -> BoardOrder {
    let at = |minute: u32| Some(Millis::new(i64::from(minute) * 60_000));
    BoardOrder {
        id: OrderId::from_uuid(u128::from(n)),
        number: format!("A-{n}"),
        state,
        version,
        seat: Some(n.to_string()),
        lines: vec![line("豚玉", 1), line("だし巻き", i64::from(n))],
        note: None,
        alcohol: false,
        total: Yen::new(980),
        paid_at_provider: None,
        submitted_at: at(n),
        answer_by: at(n + 15),
        accepted_at: None,
        promised_at: at(n + 20),
        ready_at: at(100 - n),
        closed_at: at(n + 30),
        refusal: None,
    }
}

fn line(name: &str, quantity: i64) -> BoardLine {
    serde_json::from_value(serde_json::json!({
        "item": "itm_00000000000000000000000000000001",
        "quantity": quantity, "name": name, "options": [], "place": Place::EatIn,
    }))
    .unwrap()
}

fn board(orders: Vec<BoardOrder>, finished: Vec<BoardOrder>) -> Board {
    let shop = ShopState {
        facility: FacilityId::from_uuid(1),
        name: "ひよどり".into(),
        code: "K7M2P9QX".into(),
        taking_orders: true,
        closed_by_silence: false,
    };
    Board { shop, orders, finished, now: Millis::new(0) }
}

fn numbers(orders: &Orders, lane: Lane) -> Vec<&str> {
    orders.lane(lane).into_iter().map(|order| order.number.as_str()).collect()
}

#[test]
fn never_goes_back_to_an_older_version() {
    let mut orders = Orders::default();
    assert!(orders.upsert(order(1, OrderState::Accepted, 3)));
    assert!(!orders.upsert(order(1, OrderState::Submitted, 2)));
    assert!(!orders.upsert(order(1, OrderState::Submitted, 3)), "the same version again changes nothing");
    assert!(orders.upsert(order(1, OrderState::Preparing, 4)));
    assert_eq!(numbers(&orders, Lane::Cooking), ["A-1"]);
}

#[test]
fn a_snapshot_replaces_all_but_what_is_newer() {
    let mut orders = Orders::default();
    for known in [order(1, OrderState::Accepted, 5), order(2, OrderState::Submitted, 1)] {
        orders.upsert(known);
    }
    orders.replace(&board(vec![order(1, OrderState::Submitted, 4), order(3, OrderState::Ready, 9)], vec![]));
    assert_eq!(numbers(&orders, Lane::New), Vec::<&str>::new(), "2 is gone, 1 is known to be accepted");
    assert_eq!(numbers(&orders, Lane::Cooking), ["A-1"]);
    assert_eq!(numbers(&orders, Lane::Ready), ["A-3"]);
}

#[test]
fn lanes_are_oldest_first_and_the_finished_newest_first() {
    let mut orders = Orders::default();
    for n in [3, 1, 2] {
        orders.upsert(order(n, OrderState::Submitted, 1));
        orders.upsert(order(n + 10, if n == 2 { OrderState::Accepted } else { OrderState::Preparing }, 1));
        orders.upsert(order(n + 20, OrderState::Ready, 1));
        orders.upsert(order(n + 30, OrderState::Completed, 1));
    }
    assert_eq!(numbers(&orders, Lane::New), ["A-1", "A-2", "A-3"]);
    assert_eq!(numbers(&orders, Lane::Cooking), ["A-11", "A-12", "A-13"]);
    assert_eq!(numbers(&orders, Lane::Ready), ["A-23", "A-22", "A-21"], "by when they became ready");
    assert_eq!(numbers(&orders, Lane::Finished), ["A-33", "A-32", "A-31"]);
    assert_eq!(orders.in_reading_order().len(), 9);
}

#[test]
fn unpaid_orders_and_old_finished_ones_are_forgotten() {
    let mut orders = Orders::default();
    orders.upsert(order(1, OrderState::AwaitingPayment, 1));
    assert_eq!(orders, Orders::default());
    for n in 0..30 {
        orders.upsert(order(n, OrderState::Completed, 1));
    }
    assert_eq!(orders.lane(Lane::Finished).len(), KEPT);
    assert_eq!(numbers(&orders, Lane::Finished).first(), Some(&"A-29"));
}

#[test]
fn sums_only_what_is_being_cooked() {
    let mut orders = Orders::default();
    orders.upsert(order(2, OrderState::Accepted, 1));
    orders.upsert(order(4, OrderState::Preparing, 1));
    orders.upsert(order(7, OrderState::Submitted, 1));
    orders.upsert(order(8, OrderState::Ready, 1));
    assert_eq!(orders.to_cook(), [("豚玉".to_owned(), 2), ("だし巻き".to_owned(), 6)]);
}
