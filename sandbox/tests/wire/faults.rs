//! The switches: answers that fail, get lost, come late or lie; and the control API itself.

use crate::support::{code, result, sandbox, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_failing_call_does_nothing_and_a_lost_one_does_all() {
    let sandbox = sandbox().await;
    for (fault, answer) in [
        ("error", (500, "SERVICE_ERROR")),
        ("maintenance", (503, "MAINTENANCE_MODE")),
        ("rate_limit", (429, "RATE_LIMIT")),
    ] {
        sandbox.control("/faults", json!({"create": fault, "query": fault})).await;
        assert_eq!(result(&sandbox.create("p-1").await), answer);
        assert_eq!(result(&sandbox.details("p-1").await), answer);
    }
    sandbox.control("/faults", json!({"create": "lost", "query": "ok"})).await;
    let request = sandbox.signed(Method::POST, "/v2/codes", &code("p-1").to_string());
    let broken = match send(request).await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(result(&sandbox.details("p-1").await), (200, "SUCCESS"), "it was made all the same");
}

#[tokio::test]
async fn a_hanging_call_is_done_before_its_answer() {
    let sandbox = sandbox().await;
    sandbox.control("/faults", json!({"create": "hang", "hang_ms": 3_600_000})).await;
    let body = code("p-1").to_string();
    let request = sandbox.signed(Method::POST, "/v2/codes", &body).timeout(Duration::from_millis(300));
    assert!(send(request).await.unwrap_err().is_timeout());
    assert_eq!(sandbox.details("p-1").await.1["data"]["status"], "CREATED");
    sandbox.control("/faults", json!({"create": "ok", "query": "hang", "hang_ms": 1})).await;
    assert_eq!(result(&sandbox.details("p-1").await), (200, "SUCCESS"));
}

#[tokio::test]
async fn queries_lie_as_they_are_told() {
    let sandbox = sandbox().await;
    sandbox.create("p-1").await;
    sandbox.control("/paypay/pay/p-1", Value::Null).await;
    for (fault, pointer, value) in [
        ("wrong_amount", "/data/amount/amount", json!(1_281)),
        ("wrong_currency", "/data/amount/currency", json!("USD")),
        ("unknown_state", "/data/status", json!("SETTLING")),
        ("ok", "/data/status", json!("COMPLETED")),
    ] {
        sandbox.control("/faults", json!({"query": fault})).await;
        assert_eq!(sandbox.details("p-1").await.1.pointer(pointer), Some(&value), "{fault}");
    }
}

#[tokio::test]
async fn refunds_fail_as_they_are_told() {
    let sandbox = sandbox().await;
    sandbox.create("p-1").await;
    sandbox.control("/paypay/pay/p-1", Value::Null).await;
    let payment = sandbox.payment_id("p-1").await;
    for (fault, answer) in [("reject", (400, "UNACCEPTABLE_OP")), ("error", (500, "SERVICE_ERROR"))] {
        sandbox.control("/faults", json!({"refund": fault})).await;
        assert_eq!(result(&sandbox.refund("r-1", &payment, 1).await), answer);
    }
    let details = sandbox.paypay(Method::GET, "/v2/refunds/r-1", Value::Null).await;
    assert_eq!(result(&details), (404, "NO_SUCH_REFUND_ORDER"));
}

#[tokio::test]
async fn switches_are_checked_merged_and_reset() {
    let sandbox = sandbox().await;
    let (status, faults) = sandbox.control("/faults", json!({"query": "error"})).await;
    assert_eq!((status, &faults["query"], &faults["create"]), (200, &json!("error"), &json!("ok")));
    let (_, faults) = sandbox.control("/faults", json!({"refund": "reject"})).await;
    assert_eq!((&faults["query"], &faults["refund"]), (&json!("error"), &json!("reject")));
    for wrong in [json!({"create": "wrong_amount"}), json!({"query": "x"}), json!({"nothing": 1})] {
        assert_eq!(sandbox.control("/faults", wrong.clone()).await.0, 400, "{wrong}");
    }
    sandbox.create("p-1").await;
    sandbox.control("/clock", json!({"advance_ms": 5_000})).await;
    assert_eq!(sandbox.control("/reset", Value::Null).await.0, 204);
    let url = format!("{}/faults", sandbox.running.ready.control);
    let faults: Value = sandbox.get(&url).await.json().await.unwrap();
    assert_eq!((&faults["query"], &faults["webhooks"]), (&json!("ok"), &json!("deliver")));
    assert_eq!(result(&sandbox.create("p-1").await), (201, "SUCCESS"), "forgotten");
    assert_eq!(sandbox.control("/paypay/pay/unknown", Value::Null).await.0, 404);
    assert_eq!(sandbox.control("/paypay/notify/p-1", Value::Null).await.0, 409, "no address is set");
    sandbox.running.stop().await;
}

#[tokio::test]
async fn a_company_that_is_down_answers_nothing_while_others_do() {
    let sandbox = sandbox().await;
    let page = sandbox.create("p-1").await.1["data"]["url"].as_str().unwrap().to_owned();
    sandbox.control("/faults", json!({"down": ["paypay"]})).await;
    let broken = match send(sandbox.signed(Method::GET, "/v2/codes/payments/p-1", "")).await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(sandbox.get(&page).await.status(), 200, "payers still see their pages");
    let url = format!("{}/v1/sessions/none", sandbox.running.ready.hosted.base_url);
    assert_eq!(sandbox.get(&url).await.status(), 401);
    sandbox.control("/faults", json!({"down": []})).await;
    assert_eq!(sandbox.details("p-1").await.1["data"]["status"], "CREATED");
}
