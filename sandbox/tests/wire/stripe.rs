//! Stripe Checkout: sessions, lists, idempotency, expiring, refunds.

use crate::support::{NOW, Sandbox, sandbox, send};
use reqwest::Method;
use serde_json::{Value, json};

/// A session of 1,280 yen.
pub fn form(name: &str) -> String {
    format!(
        "mode=payment&client_reference_id={name}&line_items[0][quantity]=2&line_items[0][price_data][currency]=jpy\
         &line_items[0][price_data][unit_amount]=640&line_items[0][price_data][product_data][name]=%E3%81%8A\
         &success_url=https%3A%2F%2Fokini.example%2Fo%3Fid%3D%7BCHECKOUT_SESSION_ID%7D&expires_at={}\
         &metadata[payment]={name}&payment_intent_data[metadata][payment]={name}",
        NOW + 1_860
    )
}

async fn create(sandbox: &Sandbox, name: &str) -> Value {
    let (status, body) = sandbox.stripe(Method::POST, "/checkout/sessions", name, &form(name)).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn get(sandbox: &Sandbox, path: &str) -> (u16, Value) {
    sandbox.stripe(Method::GET, path, "", "").await
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    let error = &answer.1["error"];
    (answer.0, error["code"].as_str().or(error["type"].as_str()).unwrap())
}

#[tokio::test]
async fn a_session_is_made_once() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("cs_test_") && id.len() == 66, "as long as Stripe's");
    assert_eq!(made["url"], format!("{}/stripe/pay/{id}", sandbox.running.ready.stripe.base_url));
    assert_eq!((&made["amount_total"], &made["metadata"]), (&json!(1_280), &json!({"payment": "p-1"})));
    assert_eq!((&made["status"], &made["payment_status"]), (&json!("open"), &json!("unpaid")));
    assert_eq!(create(&sandbox, "p-1").await, made, "the same key and request");
    let other = sandbox.stripe(Method::POST, "/checkout/sessions", "p-1", &form("p-2")).await;
    assert_eq!(code(&other), (400, "idempotency_error"));
    assert_eq!(get(&sandbox, &format!("/checkout/sessions/{id}")).await, (200, made.clone()));
    assert_eq!(code(&get(&sandbox, "/checkout/sessions/cs_none").await), (404, "resource_missing"));
    let html = sandbox.get(made["url"].as_str().unwrap()).await.text().await.unwrap();
    assert!(html.contains("1,280円") && html.contains(&format!("https://okini.example/o?id={id}")));
    let stranger = sandbox.http.get(format!("{}/v1/checkout/sessions/{id}", sandbox.running.ready.stripe.base_url));
    assert_eq!(send(stranger.bearer_auth("other")).await.unwrap().status(), 401);
    for (from, to, refusal) in [
        ("=640", "=10", "amount_too_small"),
        ("=jpy", "=usd", "parameter_missing"),
        ("mode=payment", "mode=setup", "parameter_missing"),
        ("expires_at=1", "expires_at=2", "parameter_missing"),
    ] {
        let wrong = sandbox.stripe(Method::POST, "/checkout/sessions", "", &form("p-3").replace(from, to)).await;
        assert_eq!(code(&wrong), (400, refusal));
    }
}

#[tokio::test]
async fn a_card_can_be_tried_again_and_its_charge_is_told_when_asked_for() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let path = format!("/checkout/sessions/{}", made["id"].as_str().unwrap());
    let page = made["url"].as_str().unwrap();
    assert_eq!(sandbox.post(&format!("{page}/decline")).await.status(), 303);
    assert_eq!(get(&sandbox, &path).await.1, made);
    assert_eq!(sandbox.post(&format!("{page}/approve")).await.status(), 303);
    let paid = get(&sandbox, &path).await.1;
    assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("complete"), &json!("paid")));
    assert_eq!(paid["url"], Value::Null);
    assert!(paid["payment_intent"].as_str().unwrap().starts_with("pi_"));
    let whole = get(&sandbox, &format!("{path}?expand[]=payment_intent.latest_charge")).await.1;
    assert_eq!(whole["payment_intent"]["id"], paid["payment_intent"]);
    assert_eq!(whole["payment_intent"]["latest_charge"]["refunded"], false);
}

#[tokio::test]
async fn sessions_are_listed_by_their_time() {
    let sandbox = sandbox().await;
    let mut made = Vec::new();
    for name in ["p-1", "p-2", "p-3"] {
        made.push(create(&sandbox, name).await["id"].clone());
        sandbox.clock.advance(1_000);
    }
    let listed = async |query: &str| {
        let list = get(&sandbox, &format!("/checkout/sessions?{query}")).await.1;
        let ids: Vec<Value> = list["data"].as_array().unwrap().iter().map(|session| session["id"].clone()).collect();
        (ids, list["has_more"].as_bool().unwrap())
    };
    let newest: Vec<Value> = made.iter().rev().cloned().collect();
    assert_eq!(listed("").await, (newest.clone(), false));
    assert_eq!(listed("limit=2").await, (newest[..2].to_vec(), true));
    let after = format!("limit=2&starting_after={}", newest[1].as_str().unwrap());
    assert_eq!(listed(&after).await, (newest[2..].to_vec(), false));
    let between = format!("created[gte]={}&created[lte]={}", NOW + 1, NOW + 1);
    assert_eq!(listed(&between).await, (vec![made[1].clone()], false));
}

#[tokio::test]
async fn expiring_works_while_it_is_open() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let path = format!("/checkout/sessions/{}/expire", made["id"].as_str().unwrap());
    for _ in 0..2 {
        let answer = sandbox.stripe(Method::POST, &path, "key", "").await;
        assert_eq!((answer.0, &answer.1["status"]), (200, &json!("expired")));
    }
    assert_eq!(code(&sandbox.stripe(Method::POST, &path, "", "").await), (400, "invalid_request_error"));
    assert_eq!(sandbox.control("/stripe/pay/p-1", Value::Null).await.0, 409);
}

#[tokio::test]
async fn refunds_add_up_to_what_was_paid() {
    let sandbox = sandbox().await;
    let path = format!("/checkout/sessions/{}", create(&sandbox, "p-1").await["id"].as_str().unwrap());
    sandbox.control("/stripe/pay/p-1", Value::Null).await;
    let intent = get(&sandbox, &path).await.1["payment_intent"].as_str().unwrap().to_owned();
    let ask = async |name: &str, yen: i64| {
        let form = format!("payment_intent={intent}&amount={yen}&metadata[refund]={name}");
        sandbox.stripe(Method::POST, "/refunds", name, &form).await
    };
    let (status, first) = ask("r-1", 1_000).await;
    assert_eq!((status, &first["status"], &first["metadata"]), (200, &json!("succeeded"), &json!({"refund": "r-1"})));
    assert_eq!(ask("r-1", 1_000).await.1, first, "replayed");
    assert_eq!(code(&ask("r-1", 1).await), (400, "idempotency_error"));
    assert_eq!(code(&ask("r-2", 281).await), (400, "invalid_request_error"));
    let listed = get(&sandbox, &format!("/refunds?payment_intent={intent}")).await.1;
    assert_eq!(listed["data"], json!([first]));
    assert_eq!(get(&sandbox, &format!("/refunds/{}", first["id"].as_str().unwrap())).await.1, first);
    assert_eq!(ask("r-2", 280).await.0, 200);
    assert_eq!(code(&ask("r-3", 1).await), (400, "charge_already_refunded"));
    assert_eq!(code(&get(&sandbox, "/refunds?payment_intent=pi_none").await), (404, "resource_missing"));
}
