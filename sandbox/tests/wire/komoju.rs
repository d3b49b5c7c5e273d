//! KOMOJU: sessions, payments found by number, idempotency, cancelling, refunds.

use crate::support::{Sandbox, sandbox, send};
use reqwest::Method;
use serde_json::{Value, json};

pub fn session(number: &str) -> Value {
    json!({
        "mode": "payment", "amount": 1_280, "currency": "JPY", "return_url": "https://okini.example/o/abc?x=1",
        "expires_in_seconds": 600, "line_items": [{"description": "お好み焼き", "quantity": 1, "amount": 1_280}],
        "payment_data": {"external_order_num": number, "capture": "auto"},
    })
}

async fn create(sandbox: &Sandbox, number: &str) -> Value {
    let (status, body) = sandbox.komoju(Method::POST, "/sessions", number, session(number)).await;
    assert_eq!(status, 200);
    body
}

async fn get(sandbox: &Sandbox, path: &str) -> (u16, Value) {
    sandbox.komoju(Method::GET, path, "", Value::Null).await
}

#[tokio::test]
async fn a_session_is_made_once() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(id.len(), 25);
    assert_eq!(made["session_url"], format!("{}/sessions/{id}", sandbox.running.ready.komoju.base_url));
    assert_eq!((&made["status"], &made["expired"], &made["payment"]), (&json!("pending"), &json!(false), &Value::Null));
    assert_eq!(create(&sandbox, "p-1").await, made, "the same key and request");
    assert_eq!(sandbox.komoju(Method::POST, "/sessions", "p-1", session("p-2")).await.0, 409);
    assert_eq!(get(&sandbox, &format!("/sessions/{id}")).await, (200, made.clone()));
    assert_eq!(get(&sandbox, "/sessions/none").await.1["error"]["code"], "not_found");
    let stranger = sandbox.http.get(format!("{}/api/v1/sessions/{id}", sandbox.running.ready.komoju.base_url));
    assert_eq!(send(stranger.basic_auth("other", None::<&str>)).await.unwrap().status(), 401);
    sandbox.clock.advance(600_000);
    assert_eq!(get(&sandbox, &format!("/sessions/{id}")).await.1["expired"], true);
    for (field, value) in [("amount", json!(0)), ("currency", json!("USD")), ("return_url", json!("javascript:x"))] {
        let mut wrong = session("p-3");
        wrong[field] = value;
        assert_eq!(sandbox.komoju(Method::POST, "/sessions", "", wrong).await.0, 422, "{field}");
    }
}

#[tokio::test]
async fn a_payment_can_be_tried_again_and_is_found_by_its_number() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let page = made["session_url"].as_str().unwrap();
    let html = sandbox.get(page).await.text().await.unwrap();
    assert!(html.contains("1,280円") && html.contains("https://okini.example/o/abc?x=1&amp;session_id="));
    assert_eq!(sandbox.post(&format!("{page}/decline")).await.status(), 303);
    assert_eq!(get(&sandbox, "/payments?external_order_num=p-1").await.1["data"], json!([]));
    assert_eq!(sandbox.post(&format!("{page}/approve")).await.status(), 303);
    let payments = get(&sandbox, "/payments?external_order_num=p-1").await.1;
    let payment = &payments["data"][0];
    assert_eq!((&payment["status"], &payment["session"]), (&json!("captured"), &made["id"]));
    let session = get(&sandbox, &format!("/sessions/{}", made["id"].as_str().unwrap())).await.1;
    assert_eq!((&session["status"], &session["payment"]), (&json!("completed"), payment));
    assert_eq!(get(&sandbox, &format!("/payments/{}", payment["id"].as_str().unwrap())).await.1, *payment);
}

#[tokio::test]
async fn cancelling_works_until_it_is_paid() {
    let sandbox = sandbox().await;
    for (number, act, answer) in [("p-1", "", (200, "cancelled")), ("p-2", "pay", (422, ""))] {
        let made = create(&sandbox, number).await;
        if !act.is_empty() {
            sandbox.control(&format!("/komoju/{act}/{number}"), Value::Null).await;
        }
        let path = format!("/sessions/{}/cancel", made["id"].as_str().unwrap());
        for _ in 0..2 {
            let (status, body) = sandbox.komoju(Method::POST, &path, &format!("cancel-{number}"), Value::Null).await;
            assert_eq!((status, body["status"].as_str().unwrap_or_default()), answer, "{number}");
        }
    }
}

#[tokio::test]
async fn refunds_add_up_to_what_was_paid() {
    let sandbox = sandbox().await;
    create(&sandbox, "p-1").await;
    sandbox.control("/komoju/pay/p-1", Value::Null).await;
    let payment = get(&sandbox, "/payments?external_order_num=p-1").await.1["data"][0]["id"].clone();
    let path = format!("/payments/{}/refund", payment.as_str().unwrap());
    let ask = async |name: &str, yen: i64| {
        sandbox.komoju(Method::POST, &path, name, json!({"amount": yen, "description": name})).await
    };
    let (status, first) = ask("r-1", 1_000).await;
    assert_eq!((status, &first["status"], &first["amount_refunded"]), (200, &json!("captured"), &json!(1_000)));
    assert_eq!((&first["refunds"][0]["amount"], &first["refunds"][0]["description"]), (&json!(1_000), &json!("r-1")));
    assert_eq!(ask("r-1", 1_000).await.1, first, "replayed");
    assert_eq!(ask("r-2", 281).await.1["error"]["code"], "unprocessable_entity");
    assert_eq!(ask("r-2", 280).await.1["status"], "refunded");
    assert_eq!(sandbox.komoju(Method::POST, "/payments/none/refund", "r-3", json!({})).await.0, 404);
}
