//! Facilities, seats and codes.

use okini_server::store::register;
use okini_shared::id::{FacilityId, SeatId};
use okini_shared::rules::facility::FacilityState;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: read_back codes one_valid_code seats opened listed }

async fn read_back(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let found = register::facility(&mut conn, stage.suspended().id).await.unwrap().unwrap();
    assert_eq!((found.state, found.municipality.as_str()), (FacilityState::Suspended, "271004"));
    assert!(register::facility(&mut conn, FacilityId::from_uuid(1)).await.unwrap().is_none());
    let again = register::insert_facility(&mut conn, &found).await.unwrap_err();
    assert!(again.as_database_error().unwrap().is_unique_violation());
    let accounts = register::accounts(&mut conn, stage.other().id).await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.provider).collect::<Vec<_>>(), [stage.other().provider]);
    assert!(register::accounts(&mut conn, stage.suspended().id).await.unwrap().is_empty());
}

async fn codes(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let shop = stage.shop();
    let poster = register::qr_code(&mut conn, &shop.code).await.unwrap().unwrap();
    assert_eq!((poster.facility, poster.seat, poster.retired), (shop.id, None, false));
    let seat = register::qr_code(&mut conn, &shop.seat.1).await.unwrap().unwrap();
    assert_eq!((seat.facility, seat.seat.unwrap().label.as_str()), (shop.id, "7"));
    assert!(register::qr_code(&mut conn, "22222222").await.unwrap().is_none());
    assert_eq!(register::facility_code(&mut conn, shop.id).await.unwrap().as_ref(), Some(&shop.code));
    let taken = register::insert_code(&mut conn, &shop.code, stage.other().id, None, NOW).await.unwrap();
    assert!(!taken, "a code is never given twice, to whomever");
}

/// A poster has one valid code, a seat too; older ones stay known as retired.
async fn one_valid_code(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let shop = stage.shop();
    let seat = register::seat(&mut conn, shop.id, "7").await.unwrap().unwrap();
    for seat in [None, Some(seat.id)] {
        let second = register::insert_code(&mut conn, "22222222", shop.id, seat, NOW).await.unwrap_err();
        assert!(second.as_database_error().unwrap().is_unique_violation());
    }
    assert_eq!(register::retire_seat_code(&mut conn, seat.id, NOW).await.unwrap(), 1);
    assert_eq!(register::retire_seat_code(&mut conn, seat.id, NOW).await.unwrap(), 0);
    assert!(register::insert_code(&mut conn, "22222222", shop.id, Some(seat.id), NOW).await.unwrap());
    assert!(register::qr_code(&mut conn, &shop.seat.1).await.unwrap().unwrap().retired);
    assert!(!register::qr_code(&mut conn, "22222222").await.unwrap().unwrap().retired);
    assert_eq!(register::seat_codes(&mut conn, shop.id).await.unwrap(), [("7".to_owned(), "22222222".to_owned())]);
}

async fn seats(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (shop, other) = (stage.shop().id, stage.other().id);
    let seat = register::seat(&mut conn, shop, "7").await.unwrap().unwrap();
    assert_ne!(register::seat(&mut conn, other, "7").await.unwrap().unwrap().id, seat.id);
    for label in ["", "07", "8", "7\0"] {
        assert!(register::seat(&mut conn, shop, label).await.unwrap().is_none(), "{label:?}");
    }
    let twice = register::Seat { id: SeatId::from_uuid(1), label: "7".into() };
    let refused = register::insert_seat(&mut conn, shop, &twice, 2).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_unique_violation());
}

async fn opened(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let shop = stage.shop().id;
    assert_eq!(register::set_taking_orders(&mut conn, shop, false, true).await.unwrap(), 1);
    assert_eq!(register::bump_menu(&mut conn, shop).await.unwrap(), 1);
    let found = register::facility(&mut conn, shop).await.unwrap().unwrap();
    assert_eq!((found.taking_orders, found.closed_by_silence, found.menu_version), (false, true, 2));
    let other = register::facility(&mut conn, stage.other().id).await.unwrap().unwrap();
    assert_eq!((other.taking_orders, other.closed_by_silence, other.menu_version), (true, false, 1));
    let nobody = FacilityId::from_uuid(1);
    assert_eq!(register::set_taking_orders(&mut conn, nobody, true, false).await.unwrap(), 0);
    assert_eq!(register::bump_menu(&mut conn, nobody).await.unwrap(), 0);
}

async fn listed(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    assert_eq!(register::count(&mut conn).await.unwrap(), 3);
    let first: Vec<_> = register::first_codes(&mut conn, 2).await.unwrap().into_iter().map(|found| found.1).collect();
    assert_eq!(first, [stage.shop().code.clone(), stage.other().code.clone()]);
}
