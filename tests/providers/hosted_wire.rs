//! What the hosted checkout's adapter puts on the wire, byte for byte, and what it makes of answers.

use crate::fixtures::{KEY, PAYMENT, REFUND, attempt, hosted, refund};
use okini_server::providers::{Attempt, Provider, ProviderError, RefundFinding, RefundRequest};
use okini_shared::money::Yen;
use okini_shared::rules::payment::Finding;
use okini_shared::time::Millis;
use okini_tests::raw::{Raw, Received, Reply};
use serde_json::{Value, json};

const SESSION: &str = "hcs_7Yq2";

fn session(status: &str) -> Value {
    json!({
        "id": SESSION, "reference": PAYMENT, "status": status, "amount": 1430, "currency": "JPY",
        "url": "https://pay.hosted.test/s/hcs_7Yq2", "expires_at": 1_795_343_822,
    })
}

fn refund_answer(status: &str) -> Value {
    json!({"id": "hcr_1", "session_id": SESSION, "refund_reference": REFUND, "amount": 430, "status": status})
}

fn error(code: &str) -> String {
    json!({"code": code, "message": "said in words"}).to_string()
}

fn with(mut object: Value, field: &str, value: Value) -> String {
    object[field] = value;
    object.to_string()
}

fn ours() -> Attempt {
    Attempt { provider_ref: Some(SESSION.into()), ..attempt() }
}

fn money_back() -> RefundRequest {
    RefundRequest { provider_payment_id: SESSION.into(), ..refund() }
}

fn assert_request(request: &Received, line: &str, key: Option<&str>, body: &str) {
    assert_eq!(request.line, line);
    assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(request.headers.get("idempotency-key").map(String::as_str), key);
    assert_eq!(request.body, body);
}

async fn query(status: u16, body: String) -> Finding {
    hosted(&Raw::json(status, body).await.url).query(&ours()).await
}

#[tokio::test]
async fn create() {
    let raw = Raw::json(201, session("open").to_string()).await;
    let page = hosted(&raw.url).create(&attempt()).await.unwrap();
    assert_eq!(page.url, "https://pay.hosted.test/s/hcs_7Yq2");
    assert_eq!((page.expires_at, page.provider_ref.as_str()), (Millis::new(1_795_343_822_000), SESSION));
    assert_request(
        &raw.request(),
        "POST /v1/sessions",
        Some(PAYMENT),
        r#"{"reference":"pay_019aab00000070008000000000000001","amount":1430,"currency":"JPY","description":"お好み焼き さくら","return_url":"https://okini.example/o/abc?x=1","expires_in_seconds":600}"#,
    );
}

#[tokio::test]
async fn another_session_than_asked_for_is_unclear() {
    for (field, value) in [
        ("reference", json!("pay_00000000000000000000000000000000")),
        ("amount", json!(1)),
        ("currency", json!("USD")),
        ("id", json!("../refunds")),
        ("url", json!("javascript:alert(1)")),
        ("url", Value::Null),
        ("expires_at", json!("soon")),
    ] {
        let raw = Raw::json(201, with(session("open"), field, value.clone())).await;
        let answer = hosted(&raw.url).create(&attempt()).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{field} {value}: {answer:?}");
    }
}

#[tokio::test]
async fn errors() {
    for (status, code) in
        [(400, "invalid_request"), (401, "unauthorized"), (429, "too_many_requests"), (503, "maintenance")]
    {
        let raw = Raw::json(status, error(code)).await;
        assert_eq!(hosted(&raw.url).create(&attempt()).await, Err(ProviderError::Refused(code.into())));
        if status == 400 {
            continue;
        }
        assert_eq!(query(status, error(code)).await, Finding::Unclear(code.into()), "asking again may help");
    }
    for (status, code) in [
        (409, "reference_taken"),
        (409, "idempotency_key_reused"),
        (404, "not_found"),
        (500, "internal_error"),
        (400, "something_new"),
    ] {
        let raw = Raw::json(status, error(code)).await;
        assert_eq!(hosted(&raw.url).create(&attempt()).await, Err(ProviderError::Unclear(code.into())));
    }
    assert_eq!(query(404, error("not_found")).await, Finding::NotFound);
}

#[tokio::test]
async fn states() {
    let paid = Finding::Paid { amount: Yen::new(1_430), currency: "JPY".into(), provider_payment_id: SESSION.into() };
    for (status, finding) in [
        ("open", Finding::Pending),
        ("paid", paid),
        ("failed", Finding::Failed),
        ("cancelled", Finding::Cancelled),
        ("expired", Finding::Expired),
        ("refunded", Finding::Refunded),
        ("invented", Finding::Unclear("status invented".into())),
    ] {
        assert_eq!(query(200, session(status).to_string()).await, finding);
    }
    let foreign = with(session("paid"), "reference", json!("pay_00000000000000000000000000000000"));
    assert!(matches!(query(200, foreign).await, Finding::Unclear(_)));
    let other = query(200, with(session("paid"), "amount", json!(7))).await;
    assert!(matches!(other, Finding::Paid { amount, .. } if amount == Yen::new(7)));
}

#[tokio::test]
async fn a_session_whose_name_was_lost_is_asked_for_by_our_reference() {
    let raw = Raw::json(200, session("open").to_string()).await;
    let finding = hosted(&raw.url).query(&Attempt { provider_ref: None, ..attempt() }).await;
    assert_eq!(finding, Finding::Pending);
    assert_request(&raw.request(), &format!("GET /v1/sessions?reference={PAYMENT}"), None, "");
}

#[tokio::test]
async fn cancel() {
    let answers =
        |last: &str| [Reply::Json(200, session("open").to_string()), Reply::Json(200, session(last).to_string())];
    let raw = Raw::answering(answers("cancelled")).await;
    assert_eq!(hosted(&raw.url).cancel(&ours()).await, Ok(()));
    let [asked, cancelled] = raw.received().try_into().unwrap();
    assert_request(&asked, "GET /v1/sessions/hcs_7Yq2", None, "");
    assert_eq!(cancelled.line, "POST /v1/sessions/hcs_7Yq2/cancel");

    let raw = Raw::answering(answers("paid")).await;
    assert!(hosted(&raw.url).cancel(&ours()).await.is_err(), "paid meanwhile");
    let nothing = Attempt { provider_ref: None, ..ours() };
    let raw = Raw::json(404, error("not_found")).await;
    assert_eq!(hosted(&raw.url).cancel(&nothing).await, Ok(()), "there is nothing to pay on");
    let raw = Raw::json(404, error("not_found")).await;
    assert!(hosted(&raw.url).cancel(&ours()).await.is_err(), "a page that was there is not gone by being denied");
}

#[tokio::test]
async fn refunds() {
    let raw = Raw::json(201, refund_answer("succeeded").to_string()).await;
    assert_eq!(hosted(&raw.url).refund(&money_back()).await, RefundFinding::Done);
    assert_request(
        &raw.request(),
        "POST /v1/refunds",
        Some(REFUND),
        r#"{"session_id":"hcs_7Yq2","refund_reference":"ref_019aab00000070008000000000000002","amount":430}"#,
    );
    for (status, body, finding) in [
        (200, refund_answer("pending").to_string(), RefundFinding::Pending),
        (200, refund_answer("failed").to_string(), RefundFinding::Refused("failed".into())),
        (200, refund_answer("odd").to_string(), RefundFinding::Unclear("status odd".into())),
        (422, error("amount_too_large"), RefundFinding::Refused("amount_too_large".into())),
        (404, error("not_found"), RefundFinding::Refused("not_found".into())),
        (429, error("too_many_requests"), RefundFinding::Unclear("too_many_requests".into())),
        (500, error("internal_error"), RefundFinding::Unclear("internal_error".into())),
    ] {
        let raw = Raw::json(status, body).await;
        assert_eq!(hosted(&raw.url).refund(&money_back()).await, finding);
    }
    for (field, value) in [("amount", json!(431)), ("session_id", json!("hcs_1")), ("refund_reference", json!("ref_1"))]
    {
        let raw = Raw::json(200, with(refund_answer("succeeded"), field, value)).await;
        let finding = hosted(&raw.url).refund(&money_back()).await;
        assert!(matches!(finding, RefundFinding::Unclear(_)), "{field}: {finding:?}");
    }
}
