//! People and their sessions.

use okini_server::store::account::{self, Account, NewSession};
use okini_shared::api::session::Role;
use okini_shared::id::{AccountId, SessionId};
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: people one_name sessions rotation }

async fn people(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let owner = account::by_username(&mut conn, "sakura").await.unwrap().unwrap();
    assert_eq!((owner.role, owner.of, owner.disabled), (Role::Owner, stage.shop().id.into(), false));
    for nobody in ["", "SAKURA", "sakura ", "sak%", "a\0b", "' OR 1=1 --"] {
        assert!(account::by_username(&mut conn, nobody).await.unwrap().is_none(), "{nobody:?}");
    }
}

async fn one_name(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let owner = account::by_username(&mut conn, "sakura").await.unwrap().unwrap();
    let again = Account { id: AccountId::from_uuid(1), ..owner };
    let refused = account::insert(&mut conn, &again, NOW).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_unique_violation());
}

async fn sessions(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let owner = account::by_username(&mut conn, "sakura").await.unwrap().unwrap();
    let id = SessionId::from_uuid(7);
    let session = NewSession { id, account: owner.id, refresh: "one", created_at: NOW, expires_at: NOW.plus(1_000) };
    account::insert_session(&mut conn, &session).await.unwrap();
    let mut at = async |ms| account::by_session(&mut conn, id, NOW.plus(ms)).await.unwrap().map(|found| found.id);
    assert_eq!((at(0).await, at(999).await, at(1_000).await), (Some(owner.id), Some(owner.id), None));
    let unknown = SessionId::from_uuid(8);
    assert!(account::by_session(&mut conn, unknown, NOW).await.unwrap().is_none());
    stage.database.change("UPDATE account SET disabled_at = 1 WHERE username = 'sakura'").await;
    assert!(account::by_session(&mut conn, id, NOW).await.unwrap().is_none());
    stage.database.change("UPDATE account SET disabled_at = NULL").await;
    assert_eq!(account::end_session(&mut conn, id, NOW).await.unwrap(), 1);
    assert_eq!(account::end_session(&mut conn, id, NOW).await.unwrap(), 0);
    assert!(account::by_session(&mut conn, id, NOW).await.unwrap().is_none());
}

async fn rotation(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let owner = account::by_username(&mut conn, "sakura").await.unwrap().unwrap();
    let id = SessionId::from_uuid(7);
    let session = NewSession { id, account: owner.id, refresh: "one", created_at: NOW, expires_at: NOW.plus(1_000) };
    account::insert_session(&mut conn, &session).await.unwrap();
    let later = NOW.plus(5);
    let mut rotate = async |old, new, now| account::rotate(&mut conn, old, new, now).await.unwrap();
    assert_eq!(rotate("one", "two", later).await, Some(id));
    assert_eq!(rotate("one", "three", later).await, None, "somebody was faster");
    assert_eq!(rotate("two", "three", NOW.plus(1_000)).await, None, "run out");
    for token in ["one", "two"] {
        let valid = account::session_by_refresh(&mut conn, token).await.unwrap().unwrap();
        assert_eq!((valid.id, valid.rotated_at, valid.ended), (id, later, false));
    }
    assert!(account::session_by_refresh(&mut conn, "three").await.unwrap().is_none());
    account::end_session(&mut conn, id, later).await.unwrap();
    assert_eq!(account::rotate(&mut conn, "two", "four", later).await.unwrap(), None);
    assert!(account::session_by_refresh(&mut conn, "two").await.unwrap().unwrap().ended);
}
