//! Orders, their lines and numbers.

use crate::rows::{line, order, shown};
use okini_server::store::order as orders;
use okini_shared::api::order::Refusal;
use okini_shared::id::OrderId;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::time::Millis;
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};
use std::sync::Arc;

on_both! { run_store: read_back one_writer_wins by_whom boards pages due_ones numbers numbers_at_once }

/// After the last order of all time.
const END: (Millis, OrderId) = (Millis::new(i64::MAX), OrderId::from_uuid(u128::MAX));

async fn read_back(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (order, first, second) = (order(stage, stage.shop().id), line(stage), line(stage));
    orders::insert(&mut conn, &order).await.unwrap();
    orders::insert_line(&mut conn, &order, &second, 2).await.unwrap();
    orders::insert_line(&mut conn, &order, &first, 1).await.unwrap();
    let found = orders::by_id(&mut conn, order.id).await.unwrap().unwrap();
    assert_eq!(shown(&found), shown(&order));
    assert_eq!(shown(&orders::lines(&mut conn, order.id).await.unwrap()), shown(&[first, second]));
    assert!(orders::lines(&mut conn, OrderId::from_uuid(1)).await.unwrap().is_empty());
}

async fn one_writer_wins(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut order = order(stage, stage.shop().id);
    orders::insert(&mut conn, &order).await.unwrap();
    order.state = OrderState::Refused;
    order.number = Some(12);
    order.submitted_at = Some(NOW.plus(1));
    order.answer_by = Some(NOW.plus(2));
    order.accepted_at = Some(NOW.plus(3));
    order.promised_at = Some(NOW.plus(4));
    order.ready_at = Some(NOW.plus(5));
    order.closed_at = Some(NOW.plus(6));
    order.refusal = Some(Refusal { reason: RefusalReason::Other, text: Some("ガス".into()) });
    order.due_at = None;
    assert_eq!(orders::update(&mut conn, &order).await.unwrap(), 1);
    assert_eq!(orders::update(&mut conn, &order).await.unwrap(), 0, "it is at another version by now");
    order.version += 1;
    let found = orders::by_id(&mut conn, order.id).await.unwrap().unwrap();
    assert_eq!(shown(&found), shown(&order));
}

async fn by_whom(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let order = order(stage, stage.shop().id);
    orders::insert(&mut conn, &order).await.unwrap();
    let token = order.token.as_str();
    assert_eq!(orders::by_token(&mut conn, token).await.unwrap().map(|found| found.id), Some(order.id));
    for unknown in ["", "x", "a\0", &token.to_uppercase(), &format!("{token} ")] {
        let found = orders::by_token(&mut conn, unknown).await.unwrap();
        assert!(found.is_none_or(|_| unknown == token), "{unknown:?}");
    }
    let (mine, other) = (stage.shop().id, stage.other().id);
    assert!(orders::of_facility(&mut conn, mine, order.id).await.unwrap().is_some());
    assert!(orders::of_facility(&mut conn, other, order.id).await.unwrap().is_none());
    let again = orders::insert(&mut conn, &orders::Order { id: OrderId::from_uuid(1), ..order.clone() }).await;
    assert!(again.unwrap_err().as_database_error().unwrap().is_unique_violation(), "a token leads to one order");
}

async fn boards(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for (i, state) in OrderState::ALL.iter().enumerate() {
        let mut one = order(stage, stage.shop().id);
        orders::insert(&mut conn, &one).await.unwrap();
        one.state = *state;
        let i = i64::try_from(i).unwrap();
        one.submitted_at = Some(NOW.plus(-i));
        one.number = (*state != OrderState::Expired).then_some(i);
        orders::update(&mut conn, &one).await.unwrap();
    }
    let states = |found: Vec<orders::Order>| found.into_iter().map(|order| order.state).collect::<Vec<_>>();
    let board = states(orders::on_board(&mut conn, stage.shop().id).await.unwrap());
    assert_eq!(board, [OrderState::Ready, OrderState::Preparing, OrderState::Accepted, OrderState::Submitted]);
    assert!(board.iter().all(|state| state.on_board()));
    assert_eq!(board.len(), OrderState::ALL.iter().filter(|state| state.on_board()).count());
    let finished = states(orders::finished(&mut conn, stage.shop().id, 3).await.unwrap());
    assert_eq!(finished, [OrderState::Cancelled, OrderState::AutoRefused, OrderState::Refused]);
    assert!(orders::on_board(&mut conn, stage.other().id).await.unwrap().is_empty());
    assert!(orders::finished(&mut conn, stage.other().id, 9).await.unwrap().is_empty());
}

async fn pages(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut placed = Vec::new();
    for i in 0..7 {
        // Three at the same moment.
        let one = orders::Order { placed_at: NOW.plus(i / 3), ..order(stage, stage.shop().id) };
        orders::insert(&mut conn, &one).await.unwrap();
        placed.push(one.id);
    }
    let elsewhere = orders::Order { device: "e".repeat(64), ..order(stage, stage.other().id) };
    orders::insert(&mut conn, &elsewhere).await.unwrap();
    placed.reverse();
    for by_device in [false, true] {
        let (mut seen, mut before) = (Vec::new(), END);
        loop {
            let page = if by_device {
                orders::page_of_device(&mut conn, &"d".repeat(64), before, 2).await.unwrap()
            } else {
                orders::page_of_facility(&mut conn, stage.shop().id, before, 2).await.unwrap()
            };
            let Some(last) = page.last() else { break };
            before = (last.placed_at, last.id);
            seen.extend(page.iter().map(|order| order.id));
        }
        assert_eq!(seen, placed);
    }
}

async fn due_ones(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let mut expected = Vec::new();
    for due_at in [Some(30), Some(10), None, Some(20), Some(31)] {
        let one = orders::Order { due_at: due_at.map(|ms| NOW.plus(ms)), ..order(stage, stage.shop().id) };
        orders::insert(&mut conn, &one).await.unwrap();
        expected.push((due_at, one.id));
    }
    expected.retain(|(due, _)| due.is_some_and(|due| due <= 30));
    expected.sort_by_key(|(due, _)| *due);
    let ids: Vec<OrderId> = expected.into_iter().map(|(_, id)| id).collect();
    assert_eq!(orders::due(&mut conn, NOW.plus(30), 10).await.unwrap(), ids);
    assert_eq!(orders::due(&mut conn, NOW.plus(30), 2).await.unwrap(), ids[..2]);
    assert!(orders::due(&mut conn, NOW.plus(9), 10).await.unwrap().is_empty());
}

async fn numbers(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (shop, other) = (stage.shop().id, stage.other().id);
    let mut given = Vec::new();
    for (facility, day) in
        [(shop, 20_261_122), (shop, 20_261_122), (other, 20_261_122), (shop, 20_261_123), (shop, 20_261_122)]
    {
        given.push(orders::next_number(&mut conn, facility, day).await.unwrap());
    }
    assert_eq!(given, [1, 2, 1, 1, 3]);
}

async fn numbers_at_once(stage: &Stage) {
    let shop = stage.shop().id;
    let app = Arc::clone(stage.app());
    let one = || app.db.write(shop, |tx, shop| Box::pin(async { Ok(orders::next_number(tx.conn(), *shop, 1).await?) }));
    let mut given: Vec<i64> = all((0..50).map(|_| one())).await.into_iter().map(Result::unwrap).collect();
    given.sort_unstable();
    assert_eq!(given, (1..=50).collect::<Vec<i64>>());
}
