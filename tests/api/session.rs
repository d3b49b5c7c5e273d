//! Signing in, staying signed in, signing out; and what each role may do.

use okini_shared::api::session::{Place, RefreshSession, Role, Session, SignIn, SignOut};
use okini_shared::api::shop::{EditItem, GetBoard, ItemEdit, ListStock, RotateSeat, SetItemStock};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::time::{DAY, MINUTE, SECOND};
use okini_tests::client::Client;
use okini_tests::diner::refusal;
use okini_tests::fixture::PASSWORD;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { signed_in not_signed_in kept_in_a_cookie refreshed stolen two_tabs signed_out run_out disabled roles }

const COOKIE: &str = "__Host-okini-staff";

async fn allowed(client: &Client, stage: &Stage) -> Result<(), Code> {
    client.call::<GetBoard>(&[&stage.shop().path()], &()).await.map(drop).map_err(|problem| problem.code)
}

async fn refresh(client: &Client) -> Result<Session, Code> {
    let session = client.call::<RefreshSession>(&[], &()).await.map_err(|problem| problem.code)?;
    client.set_bearer(Some(&session.access_token));
    Ok(session)
}

async fn signed_in(stage: &Stage) {
    let shop = stage.shop();
    for (user, role) in [(&shop.owner, Role::Owner), (&shop.kitchen, Role::Kitchen)] {
        let client = stage.client();
        let session = client.sign_in(&format!(" {user} "), PASSWORD).await.unwrap();
        assert_eq!(session.expires_at, stage.clock.now().plus(10 * MINUTE));
        let account = session.account;
        assert_eq!((account.user.as_str(), account.role), (user.as_str(), role));
        let name = "お好み焼き sakura".to_owned();
        assert_eq!(account.place, Place::Facility { id: shop.id, name, code: shop.code.clone() });
        allowed(&client, stage).await.unwrap();
    }
}

/// Unknown people and wrong passwords look the same.
async fn not_signed_in(stage: &Stage) {
    let client = stage.client();
    let mut told = Vec::new();
    let long = "x".repeat(10_000);
    for (user, password) in [
        ("sakura", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("SAKURA", PASSWORD),
        ("a\0b", PASSWORD),
        ("sakura", &long),
    ] {
        let problem = client.sign_in(user, password).await.unwrap_err();
        assert_eq!(problem.code, Code::SignInRefused, "{user:?}");
        told.push(problem);
    }
    assert!(told.windows(2).all(|two| two[0] == two[1]));
    assert_eq!(allowed(&client, stage).await, Err(Code::SignInNeeded));
    assert_eq!(client.cookie(COOKIE), None);
    assert_eq!(stage.database.count("session").await, 0);
}

async fn kept_in_a_cookie(stage: &Stage) {
    let credentials = serde_json::json!({ "user": "sakura", "password": PASSWORD });
    let answer = stage.client().request("POST", "/api/v1/session").json(&credentials).send().await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in [COOKIE, "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(!answer.text().contains(secret));
    assert_ne!(stage.database.texts("SELECT refresh FROM session").await, [secret]);
    assert!(!stage.database.texts("SELECT password FROM account").await[0].contains(PASSWORD));
    // The answer's type is the same as that of the typed call.
    let _: Session = answer.json();
    let _ = <SignIn as okini_shared::api::Endpoint>::STATUS;
}

async fn refreshed(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    stage.clock.advance(10 * MINUTE - SECOND);
    allowed(&kitchen.client, stage).await.unwrap();
    stage.clock.advance(SECOND);
    assert_eq!(allowed(&kitchen.client, stage).await, Err(Code::SignInNeeded));
    let before = kitchen.client.cookie(COOKIE).unwrap();
    refresh(&kitchen.client).await.unwrap();
    assert_ne!(kitchen.client.cookie(COOKIE).unwrap(), before, "rotated");
    allowed(&kitchen.client, stage).await.unwrap();
}

/// A refresh token that was replaced comes again: somebody has a copy, so the session ends for everybody.
async fn stolen(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    let thief = stage.client();
    thief.set_cookie(COOKIE, &kitchen.client.cookie(COOKIE).unwrap());
    refresh(&kitchen.client).await.unwrap();
    stage.clock.advance(61 * SECOND);
    assert_eq!(refresh(&thief).await.err(), Some(Code::SignInNeeded));
    assert_eq!(allowed(&kitchen.client, stage).await, Err(Code::SignInNeeded), "at once");
    assert_eq!(refresh(&kitchen.client).await.err(), Some(Code::SignInNeeded));
}

/// Two tabs refresh at the same moment, or an answer was lost and its request is sent again: whichever token arrived last
/// is good, and the session goes on.
async fn two_tabs(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    let other = stage.client();
    other.set_cookie(COOKIE, &kitchen.client.cookie(COOKIE).unwrap());
    for _ in 0..20 {
        let (one, two) = tokio::join!(refresh(&kitchen.client), refresh(&other));
        one.unwrap();
        two.unwrap();
        for client in [&kitchen.client, &other] {
            allowed(client, stage).await.unwrap();
        }
        other.set_cookie(COOKIE, &kitchen.client.cookie(COOKIE).unwrap());
    }
    stage.clock.advance(8 * MINUTE);
    refresh(&kitchen.client).await.unwrap();
    allowed(&kitchen.client, stage).await.unwrap();
}

async fn signed_out(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    let copy = stage.client();
    copy.set_cookie(COOKIE, &kitchen.client.cookie(COOKIE).unwrap());
    kitchen.client.call::<SignOut>(&[], &()).await.unwrap();
    assert_eq!(kitchen.client.cookie(COOKIE), None);
    assert_eq!(
        allowed(&kitchen.client, stage).await,
        Err(Code::SignInNeeded),
        "the token is good for nothing, at once"
    );
    assert_eq!(refresh(&copy).await.err(), Some(Code::SignInNeeded));
    // Signing out without being signed in is no mistake.
    stage.client().call::<SignOut>(&[], &()).await.unwrap();
    assert_eq!(refresh(&stage.client()).await.err(), Some(Code::SignInNeeded));
}

async fn run_out(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    stage.clock.advance(30 * DAY);
    assert_eq!(refresh(&kitchen.client).await.err(), Some(Code::SignInNeeded));
}

async fn disabled(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    stage.database.change("UPDATE account SET disabled_at = 1 WHERE username = 'sakura-kitchen'").await;
    assert_eq!(allowed(&kitchen.client, stage).await, Err(Code::SignInNeeded));
    assert_eq!(refresh(&kitchen.client).await.err(), Some(Code::SignInNeeded));
    let again = stage.client().sign_in("sakura-kitchen", PASSWORD).await.unwrap_err();
    assert_eq!(again.code, Code::SignInRefused);
}

async fn roles(stage: &Stage) {
    let shop = stage.shop();
    let (kitchen, owner) = (stage.kitchen(shop).await, stage.owner(shop).await);
    let item = [shop.path(), shop.tea.id.to_string()];
    let item = [item[0].as_str(), item[1].as_str()];
    let edit = ItemEdit { name: None, price: Some(Yen::new(1)), takeout_price: None };
    let seat = [shop.path(), shop.seat.0.clone()];
    let seat = [seat[0].as_str(), seat[1].as_str()];
    assert_eq!(kitchen.client.call::<EditItem>(&item, &edit).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(kitchen.client.call::<RotateSeat>(&seat, &()).await.unwrap_err().code, Code::Forbidden);
    let stock = kitchen.client.call::<ListStock>(&[&shop.path()], &()).await.unwrap();
    assert!(stock.items.iter().all(|item| item.price > Yen::new(1)));
    kitchen.stock(shop.tea.id, SetItemStock { sold_out: Some(true), minutes: None, count: None }).await.unwrap();
    owner.client.call::<EditItem>(&item, &edit).await.unwrap();
    for price in [-1, 100_001, i64::MAX, i64::MIN] {
        for edit in [
            ItemEdit { price: Some(Yen::new(price)), ..edit.clone() },
            ItemEdit { takeout_price: Some(Yen::new(price)), ..edit.clone() },
        ] {
            assert_eq!(owner.client.call::<EditItem>(&item, &edit).await.unwrap_err().code, Code::InvalidValue);
        }
    }
    // A role that was taken away counts at once, whatever the token says.
    stage.database.change("UPDATE account SET role = 'kitchen' WHERE username = 'sakura'").await;
    assert_eq!(
        refusal(&owner.client.request("PUT", &owner.path(&format!("items/{}", item[1]))).json(&edit).send().await),
        Code::Forbidden
    );
}
