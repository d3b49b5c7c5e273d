//! Idempotency keys: a double tap, a lost answer, a key used twice; how long answers are kept.

use okini_server::domain::retention;
use okini_shared::api::order::{NewOrder, Order};
use okini_shared::problem::Code;
use okini_shared::rules::coupon::Claim;
use okini_shared::time::{DAY, HOUR};
use okini_tests::client::{Answer, Client};
use okini_tests::coupons::yen_off;
use okini_tests::database::Engine;
use okini_tests::diner::{all, at_once, refusal};
use okini_tests::fixture::Shop;
use okini_tests::on_both;
use okini_tests::stage::Stage;
use std::collections::HashSet;

on_both! {
    double_tap first_tap_without_cookie two_nodes late_retry other_payload other_payload_at_once two_phones bad_keys
    not_burnt other_spelling quoted kept_a_day payments_kept_a_month forgotten_in_steps other_things_are_forgotten
    tries_are_forgotten payment_keys
}

/// All took the order or were told that it is being taken; exactly one was made.
fn one_order(answers: &[Answer]) -> Order {
    let mut made = HashSet::new();
    for answer in answers {
        match answer.status {
            201 => drop(made.insert(answer.json::<Order>().id)),
            _ => assert_eq!(refusal(answer), Code::IdempotencyKeyRunning),
        }
    }
    assert_eq!(made.len(), 1);
    answers.iter().find(|answer| answer.status == 201).unwrap().json()
}

/// A phone that has its cookie.
async fn known(stage: &Stage, shop: &Shop) -> Client {
    let phone = stage.client();
    phone.place(&shop.noodles()).await;
    phone
}

async fn double_tap(stage: &Stage) {
    let shop = stage.shop();
    let phone = known(stage, shop).await;
    let rounds = 8;
    for round in 0..rounds {
        one_order(&at_once(&phone, &format!("tap {round}"), &shop.noodles(), 32).await);
    }
    assert_eq!(stage.database.count("orders").await, rounds + 1);
    assert_eq!(stage.database.count("bill").await, rounds + 1);
}

async fn first_tap_without_cookie(stage: &Stage) {
    let phones: Vec<Client> = (0..16).map(|_| stage.client()).collect();
    let cart = stage.shop().noodles();
    let answers = all(phones.iter().map(|phone| phone.send_order("the very first tap", &cart))).await;
    one_order(&answers);
    let cookies: HashSet<_> = phones.iter().filter_map(|phone| phone.cookie("__Host-okini")).collect();
    assert_eq!((cookies.len(), stage.database.count("orders").await), (1, 1));
}

/// Several servers on one PostgreSQL; SQLite has one server only.
async fn two_nodes(stage: &Stage) {
    if stage.database.engine == Engine::Sqlite {
        return;
    }
    let node = stage.another_node(2, "").await;
    let shop = stage.shop();
    let here = known(stage, shop).await;
    let there = node.client();
    there.set_cookie("__Host-okini", &here.cookie("__Host-okini").unwrap());
    for round in 0..5 {
        let (key, cart) = (format!("tap {round}"), shop.noodles());
        let phones = [&here, &there].into_iter().cycle().take(32);
        one_order(&all(phones.map(|phone| phone.send_order(&key, &cart))).await);
    }
    assert_eq!(stage.database.count("orders").await, 6);
    node.stop().await;
}

async fn late_retry(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let first = phone.send_order("k", &shop.noodles()).await;
    let order: Order = first.json();
    phone.pay(&order, shop.provider).await.unwrap();
    stage.company(shop).pay(stage.payment(&order).await);
    stage.pass(3_000).await;
    let kitchen = stage.kitchen(shop).await;
    kitchen.accept(&order).await.unwrap();
    // Even after the price changed and the shop closed.
    stage.database.change("UPDATE item SET price = price + 1").await;
    stage.database.change("UPDATE facility SET taking_orders = 0, menu_version = menu_version + 1").await;
    let again = phone.send_order("k", &shop.noodles()).await;
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    assert_eq!(stage.database.count("orders").await, 1);
}

fn two_noodles(shop: &Shop) -> NewOrder {
    shop.cart(vec![shop.noodles.eat_in(2)])
}

async fn other_payload(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    assert_eq!(phone.send_order("k", &shop.noodles()).await.status, 201);
    let others = [
        two_noodles(shop),
        NewOrder { note: Some("x".into()), ..shop.noodles() },
        NewOrder { adult: true, ..shop.noodles() },
        stage.other().noodles(),
    ];
    for other in others {
        assert_eq!(refusal(&phone.send_order("k", &other).await), Code::IdempotencyKeyReused);
    }
    assert_eq!(stage.database.count("orders").await, 1);
}

async fn other_payload_at_once(stage: &Stage) {
    let shop = stage.shop();
    let phone = known(stage, shop).await;
    let (one, two) = (shop.noodles(), two_noodles(shop));
    let carts = [&one, &two].into_iter().cycle().take(40);
    let answers = all(carts.map(|cart| phone.send_order("k", cart))).await;
    let made: HashSet<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.json::<Order>().id).collect();
    assert_eq!((made.len(), stage.database.count("orders").await), (1, 2));
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!(matches!(refusal(answer), Code::IdempotencyKeyReused | Code::IdempotencyKeyRunning));
    }
}

async fn two_phones(stage: &Stage) {
    let shop = stage.shop();
    let (here, there) = (known(stage, shop).await, known(stage, shop).await);
    let one: Order = here.send_order("k", &shop.noodles()).await.json();
    let two: Order = there.send_order("k", &shop.noodles()).await.json();
    assert_ne!((one.id, &one.token), (two.id, &two.token));
}

async fn bad_keys(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let none = phone.request("POST", "/api/v1/orders").json(&shop.noodles()).send().await;
    assert_eq!(refusal(&none), Code::IdempotencyKeyNeeded);
    for key in ["", "\"\"", " ", "日本", "a\tb", &"k".repeat(256), &"k".repeat(8_000)] {
        assert_eq!(refusal(&phone.send_order(key, &shop.noodles()).await), Code::IdempotencyKeyNeeded, "{key:?}");
    }
    assert_eq!(stage.database.count("orders").await, 0);
    assert_eq!(phone.send_order(&"k".repeat(255), &shop.noodles()).await.status, 201);
}

async fn not_burnt(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let broken = phone.request("POST", "/api/v1/orders").header("idempotency-key", "k").text("{");
    assert_eq!(broken.send().await.status, 400);
    assert_eq!(phone.send_order("k", &shop.cart(vec![shop.noodles.eat_in(0)])).await.status, 422);
    assert_eq!(refusal(&phone.send_order("k", &shop.cart(vec![shop.crab.eat_in(4)])).await), Code::CartChanged);
    assert_eq!(stage.database.count("idempotency").await, 0);
    assert_eq!(phone.send_order("k", &shop.noodles()).await.status, 201);
}

async fn other_spelling(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let cart = shop.noodles();
    let first: Order = phone.send_order("k", &cart).await.json();
    let line = &cart.lines[0];
    let reordered = format!(
        "{{ \"lang\":\"ja\",\r\n\t\"adult\" : false, \"expected_total\":780, \"note\": null,
            \"lines\":[ {{\"seen\":780,\"place\":\"eat\\u005fin\",\"quantity\":1,\"options\":[],\"item\":\"{}\"}} ],
            \"facility\":\"{}\" }}",
        line.item, cart.facility
    );
    let request = phone.request("POST", "/api/v1/orders").header("idempotency-key", "k").text(&reordered);
    assert_eq!(request.send().await.json::<Order>().id, first.id);
    assert_eq!(stage.database.count("orders").await, 1);
}

async fn quoted(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let bare: Order = phone.send_order("k", &shop.noodles()).await.json();
    let quoted: Order = phone.send_order("\"k\"", &shop.noodles()).await.json();
    assert_eq!(bare.id, quoted.id);
}

async fn kept_a_day(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let first: Order = phone.send_order("k", &shop.noodles()).await.json();
    let again = async || phone.send_order("k", &shop.noodles()).await.json::<Order>().id;
    stage.pass(23 * HOUR).await;
    assert_eq!(again().await, first.id);
    stage.pass(2 * HOUR).await;
    assert_eq!(stage.database.count("idempotency").await, 0, "forgotten");
    assert_ne!(again().await, first.id);
}

async fn payments_kept_a_month(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let pay = async || phone.send_payment(&order, "k", r#"{"provider":"paypay"}"#).await;
    assert_eq!(pay().await.status, 201);
    for ms in [23 * HOUR, 2 * HOUR, 28 * DAY] {
        stage.pass(ms).await;
        // The page is no more, the answer is still about it.
        assert_eq!((pay().await.status, stage.payments(&order).await.len()), (201, 1));
    }
    stage.pass(2 * DAY).await;
    assert_eq!(stage.database.count("idempotency").await, 0, "forgotten");
    assert_eq!(refusal(&pay().await), Code::BillNotOpen, "as if it had never been asked");
    assert_eq!(stage.payments(&order).await.len(), 1);
}

/// A million old keys do not stop the writing of orders: they go in steps.
async fn forgotten_in_steps(stage: &Stage) {
    let phone = stage.client();
    phone.send_order("k", &stage.shop().noodles()).await;
    let rows = 2 * retention::STEP + 1;
    stage
        .database
        .change(&format!(
            "INSERT INTO idempotency (owner, key, fingerprint, answer, created_at, expires_at)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             SELECT 'old', 'k' || i, '', '\"\"', 1, 2 FROM n"
        ))
        .await;
    let mut left = Vec::new();
    while retention::forget(stage.app()).await.unwrap() {
        left.push(stage.database.count("idempotency").await);
    }
    assert_eq!(left, [rows + 1 - retention::STEP, rows + 1 - 2 * retention::STEP]);
    assert_eq!(stage.database.count("idempotency").await, 1, "the young one stays");
}

/// What providers sent, and sessions that ran out.
async fn other_things_are_forgotten(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    phone.pay(&order, shop.provider).await.unwrap();
    stage.notify(shop.provider, stage.payment(&order).await).await;
    stage.kitchen(shop).await;
    stage.pass(29 * DAY).await;
    assert_eq!(stage.database.count("session").await, 1);
    stage.pass(2 * DAY).await;
    assert_eq!(stage.database.count("session").await, 0);
    stage.pass(58 * DAY).await;
    assert_eq!(stage.database.count("notification").await, 1);
    stage.pass(2 * DAY).await;
    assert_eq!(stage.database.count("notification").await, 0);
    assert_eq!(stage.database.count("payment").await, 1, "the books stay");
}

/// Who tried what with coupons, and codes that moved them.
async fn tries_are_forgotten(stage: &Stage) {
    let phone = stage.client();
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Tap).await;
    phone.claim(campaign).await.unwrap();
    phone.claim(campaign).await.unwrap_err();
    phone.start_transfer().await.unwrap();
    let left = async || [stage.database.count("coupon_try").await, stage.database.count("coupon_transfer").await];
    stage.pass(89 * DAY).await;
    assert_eq!(left().await, [2, 1]);
    phone.claim(campaign).await.unwrap_err();
    stage.pass(2 * DAY).await;
    assert_eq!(left().await, [1, 0], "the young one stays");
    assert_eq!(stage.coupons(campaign, "available").await, 1, "and so does the coupon");
}

async fn payment_keys(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let body = r#"{"provider":"paypay"}"#;
    let answers = all((0..16).map(|_| phone.send_payment(&order, "k", body))).await;
    let urls: HashSet<_> = answers.iter().filter(|answer| answer.status == 201).map(Answer::text).collect();
    assert_eq!(urls.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refusal(answer), Code::IdempotencyKeyRunning);
    }
    assert_eq!(stage.payments(&order).await.len(), 1);
    let other = phone.send_payment(&order, "k", r#"{"provider":"hosted"}"#).await;
    assert_eq!(refusal(&other), Code::IdempotencyKeyReused);
    for key in ["", &"k".repeat(256)] {
        assert_eq!(refusal(&phone.send_payment(&order, key, body).await), Code::IdempotencyKeyNeeded);
    }
    // Another order page, the same key.
    let second = phone.place(&shop.noodles()).await;
    assert_eq!(phone.send_payment(&second, "k", body).await.status, 201);
    assert_eq!(stage.payments(&second).await.len(), 1);
}
