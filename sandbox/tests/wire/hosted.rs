//! The hosted checkout: sessions, idempotency, cancelling, refunds.

use crate::support::{NOW, Sandbox, sandbox, send};
use reqwest::Method;
use serde_json::{Value, json};

fn session(reference: &str) -> Value {
    json!({
        "reference": reference,
        "amount": 1_280,
        "currency": "JPY",
        "description": "お好み焼き",
        "return_url": "https://okini.example/o/abc",
        "expires_in_seconds": 600,
    })
}

async fn create(sandbox: &Sandbox, reference: &str) -> Value {
    let (status, body) = sandbox.hosted(Method::POST, "/v1/sessions", reference, session(reference)).await;
    assert_eq!(status, 200);
    body
}

#[tokio::test]
async fn a_session_is_found_by_both_names_and_made_once() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["url"], format!("{}/checkout/{id}", sandbox.running.ready.hosted.base_url));
    assert_eq!((&made["status"], &made["expires_at"]), (&json!("open"), &json!(NOW + 600)));
    assert_eq!(create(&sandbox, "p-1").await, made, "the same key and request");
    for path in [format!("/v1/sessions/{id}"), "/v1/sessions?reference=p-1".to_owned()] {
        assert_eq!(sandbox.hosted(Method::GET, &path, "", Value::Null).await, (200, made.clone()));
    }
    let other = sandbox.hosted(Method::POST, "/v1/sessions", "p-1", session("p-2")).await;
    assert_eq!(other, (409, json!({"code": "idempotency_key_reused"})));
    let other = sandbox.hosted(Method::POST, "/v1/sessions", "k", session("p-1")).await;
    assert_eq!(other, (409, json!({"code": "reference_taken"})));
    assert_eq!(sandbox.hosted(Method::GET, "/v1/sessions?reference=x", "", Value::Null).await.0, 404);
    let stranger = sandbox.http.get(format!("{}/v1/sessions/{id}", sandbox.running.ready.hosted.base_url));
    assert_eq!(send(stranger.bearer_auth("other")).await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_page_pays_a_session() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let page = made["url"].as_str().unwrap();
    assert!(sandbox.get(page).await.text().await.unwrap().contains("1,280円"));
    assert_eq!(sandbox.post(&format!("{page}/approve")).await.status(), 303);
    let paid = sandbox.hosted(Method::GET, "/v1/sessions?reference=p-1", "", Value::Null).await.1;
    assert_eq!(paid["status"], "paid");
    assert!(paid["payment_id"].is_string());
}

#[tokio::test]
async fn cancelling_works_until_it_is_paid() {
    let sandbox = sandbox().await;
    for (reference, act, answer) in
        [("p-1", "decline", (200, "failed")), ("p-2", "pay", (409, "")), ("p-3", "", (200, "cancelled"))]
    {
        let made = create(&sandbox, reference).await;
        if !act.is_empty() {
            sandbox.control(&format!("/hosted/{act}/{reference}"), Value::Null).await;
        }
        let path = format!("/v1/sessions/{}/cancel", made["id"].as_str().unwrap());
        for _ in 0..2 {
            let (status, body) = sandbox.hosted(Method::POST, &path, &format!("cancel-{reference}"), Value::Null).await;
            assert_eq!((status, body["status"].as_str().unwrap_or_default()), answer, "{reference}");
        }
    }
}

#[tokio::test]
async fn refunds_add_up_to_what_was_paid() {
    let sandbox = sandbox().await;
    let made = create(&sandbox, "p-1").await;
    let refund = |name: &str, yen: i64| json!({"session_id": made["id"], "refund_reference": name, "amount": yen});
    let ask = async |name: &str, yen: i64| sandbox.hosted(Method::POST, "/v1/refunds", name, refund(name, yen)).await;
    assert_eq!(ask("r-1", 1).await, (409, json!({"code": "not_paid"})));
    sandbox.control("/hosted/pay/p-1", Value::Null).await;
    let (status, first) = ask("r-1", 1_000).await;
    assert_eq!((status, first["status"].as_str()), (200, Some("succeeded")));
    assert_eq!(ask("r-1", 1_000).await.1, first, "replayed");
    assert_eq!(ask("r-2", 281).await, (422, json!({"code": "amount_too_large"})));
    assert_eq!(ask("r-2", 280).await.0, 200);
    assert_eq!(sandbox.hosted(Method::GET, "/v1/refunds/r-1", "", Value::Null).await, (200, first));
    assert_eq!(sandbox.hosted(Method::GET, "/v1/refunds/r-9", "", Value::Null).await.0, 404);
    let session = sandbox.hosted(Method::GET, "/v1/sessions?reference=p-1", "", Value::Null).await.1;
    assert_eq!(session["status"], "refunded");
}
