//! What the KOMOJU adapter puts on the wire, byte for byte, and what it makes of answers.

use crate::fixtures::{KEY, PAYMENT, REFUND, attempt, komoju, refund};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use okini_server::providers::{Attempt, Provider, ProviderError, RefundFinding, RefundRequest};
use okini_shared::money::Yen;
use okini_shared::rules::payment::Finding;
use okini_shared::time::Millis;
use okini_tests::raw::{Raw, Received, Reply};
use serde_json::{Value, json};

const SESSION: &str = "e9x5mvx3jkpkofzcg7umfael6";
const MONEY: &str = "807nhquor2u027yn30ssx008m";
const OTHER: &str = "pay_00000000000000000000000000000000";

fn payment(status: &str) -> Value {
    json!({
        "id": MONEY, "resource": "payment", "status": status, "amount": 1430, "tax": 0, "customer": null,
        "payment_deadline": null, "payment_details": {"type": "credit_card"}, "payment_method_fee": 0, "total": 1430,
        "currency": "JPY", "description": null, "captured_at": null, "external_order_num": PAYMENT, "metadata": {},
        "created_at": "2026-11-22T10:27:02Z", "amount_refunded": 0, "locale": "ja", "session": SESSION, "refunds": [],
        "refund_requests": [],
    })
}

fn session(status: &str, payment: Value) -> Value {
    json!({
        "id": SESSION, "resource": "session", "mode": "payment", "amount": 1430, "currency": "JPY",
        "session_url": "https://komoju.com/sessions/e9x5mvx3jkpkofzcg7umfael6", "return_url": "https://okini.example/o",
        "default_locale": "ja", "payment_methods": [{"type": "credit_card"}], "created_at": "2026-11-22T10:27:02Z",
        "cancelled_at": null, "completed_at": null, "status": status, "expired": false, "metadata": {},
        "payment_data": {"capture": "auto", "external_order_num": PAYMENT}, "payment": payment,
    })
}

fn given_back(amount: i64, description: &str) -> Value {
    let refund = json!({"id": "r1", "resource": "refund", "amount": amount, "currency": "JPY", "payment": MONEY,
        "description": description, "created_at": "2026-11-22T10:27:02Z", "chargeback": false});
    with(payment("captured"), "refunds", json!([refund]))
}

fn error(code: &str) -> String {
    json!({"error": {"code": code, "message": "said in words", "param": null}}).to_string()
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn ours() -> Attempt {
    Attempt { provider_ref: Some(SESSION.into()), ..attempt() }
}

fn money_back() -> RefundRequest {
    RefundRequest { provider_payment_id: MONEY.into(), ..refund() }
}

fn assert_request(request: &Received, line: &str, key: Option<&str>, body: &str) {
    assert_eq!(request.line, line);
    assert_eq!(request.headers["authorization"], format!("Basic {}", STANDARD.encode(format!("{KEY}:"))));
    assert_eq!(request.headers.get("x-komoju-idempotency").map(String::as_str), key);
    assert_eq!(request.headers.get("content-type").map(String::as_str), key.map(|_| "application/json"));
    assert_eq!(request.body, body);
}

async fn query(status: u16, body: impl ToString) -> Finding {
    komoju(&Raw::json(status, body.to_string()).await.url).query(&ours()).await
}

#[tokio::test]
async fn create() {
    let raw = Raw::json(200, session("pending", Value::Null).to_string()).await;
    let page = komoju(&raw.url).create(&attempt()).await.unwrap();
    assert_eq!(page.url, "https://komoju.com/sessions/e9x5mvx3jkpkofzcg7umfael6");
    assert_eq!((page.expires_at, page.provider_ref.as_str()), (Millis::new(1_795_343_822_345), SESSION));
    assert_request(
        &raw.request(),
        "POST /api/v1/sessions",
        Some(PAYMENT),
        r#"{"mode":"payment","amount":1430,"currency":"JPY","return_url":"https://okini.example/o/abc?x=1","expires_in_seconds":600,"line_items":[{"description":"お好み焼き さくら","quantity":1,"amount":1430}],"payment_data":{"external_order_num":"pay_019aab00000070008000000000000001","capture":"auto"}}"#,
    );
}

#[tokio::test]
async fn another_session_than_asked_for_is_unclear() {
    for (field, value) in [
        ("amount", json!(1)),
        ("currency", json!("USD")),
        ("id", json!("../payments")),
        ("session_url", json!("javascript:alert(1)")),
        ("session_url", Value::Null),
        ("payment_data", json!({"external_order_num": OTHER})),
    ] {
        let raw = Raw::json(200, with(session("pending", Value::Null), field, value.clone()).to_string()).await;
        let answer = komoju(&raw.url).create(&attempt()).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{field} {value}: {answer:?}");
    }
}

#[tokio::test]
async fn errors() {
    for (status, code) in
        [(422, "unprocessable_entity"), (400, "bad_request"), (401, "unauthorized"), (429, "x"), (503, "y")]
    {
        let raw = Raw::json(status, error(code)).await;
        assert_eq!(komoju(&raw.url).create(&attempt()).await, Err(ProviderError::Refused(code.into())));
        assert_eq!(query(status, error(code)).await, Finding::Unclear(code.into()), "asking again may help");
    }
    for (status, code) in [(409, "conflict"), (404, "not_found"), (500, "internal_server_error"), (502, "bad_gateway")]
    {
        let raw = Raw::json(status, error(code)).await;
        assert_eq!(komoju(&raw.url).create(&attempt()).await, Err(ProviderError::Unclear(code.into())));
    }
    assert_eq!(query(404, error("not_found")).await, Finding::NotFound);
}

#[tokio::test]
async fn states() {
    let paid = Finding::Paid { amount: Yen::new(1_430), currency: "JPY".into(), provider_payment_id: MONEY.into() };
    for (status, payment, finding) in [
        ("pending", Value::Null, Finding::Pending),
        ("pending", payment("pending"), Finding::Pending),
        ("pending", payment("failed"), Finding::Pending),
        ("pending", payment("captured"), paid.clone()),
        ("completed", payment("captured"), paid),
        ("completed", payment("authorized"), Finding::Pending),
        ("completed", payment("failed"), Finding::Failed),
        ("completed", payment("cancelled"), Finding::Cancelled),
        ("completed", payment("expired"), Finding::Expired),
        ("completed", payment("refunded"), Finding::Refunded),
        ("cancelled", Value::Null, Finding::Cancelled),
        ("cancelled", payment("failed"), Finding::Cancelled),
        ("invented", Value::Null, Finding::Unclear("status invented".into())),
        ("completed", Value::Null, Finding::Unclear("status completed".into())),
        ("pending", payment("invented"), Finding::Unclear("status invented".into())),
        ("completed", payment("invented"), Finding::Unclear("status invented".into())),
    ] {
        assert_eq!(query(200, session(status, payment.clone())).await, finding, "{status} {payment}");
    }
    let expired = with(session("pending", Value::Null), "expired", json!(true));
    assert_eq!(query(200, expired).await, Finding::Expired);
    let late = with(session("pending", payment("captured")), "expired", json!(true));
    assert!(matches!(query(200, late).await, Finding::Paid { .. }), "paid at the last moment");
}

#[tokio::test]
async fn what_was_paid_is_what_is_left_of_it() {
    for (field, value, left) in
        [("amount", json!(7), 7), ("tax", json!(143), 1_573), ("amount_refunded", json!(430), 1_000)]
    {
        let finding = query(200, session("completed", with(payment("captured"), field, value))).await;
        assert!(matches!(finding, Finding::Paid { amount, .. } if amount == Yen::new(left)), "{field}: {finding:?}");
    }
    for foreign in [json!(OTHER), Value::Null] {
        let foreign = with(payment("captured"), "external_order_num", foreign);
        assert!(matches!(query(200, session("completed", foreign)).await, Finding::Unclear(_)));
    }
    let foreign = with(session("pending", Value::Null), "id", json!("another"));
    assert!(matches!(query(200, foreign).await, Finding::Unclear(_)));
}

#[tokio::test]
async fn a_session_whose_name_was_lost_is_found_by_its_payment() {
    let lost = Attempt { provider_ref: None, ..attempt() };
    let list = |payments: Value| json!({"resource": "list", "total": 1, "data": payments}).to_string();
    let others = with(payment("captured"), "external_order_num", json!(OTHER));
    let raw = Raw::answering([
        Reply::Json(200, list(json!([others, payment("captured")]))),
        Reply::Json(200, session("completed", payment("captured")).to_string()),
    ])
    .await;
    assert!(matches!(komoju(&raw.url).query(&lost).await, Finding::Paid { .. }));
    let [asked, shown] = raw.received().try_into().unwrap();
    assert_request(&asked, &format!("GET /api/v1/payments?external_order_num={PAYMENT}"), None, "");
    assert_request(&shown, &format!("GET /api/v1/sessions/{SESSION}"), None, "");

    for payments in [json!([]), json!([others])] {
        let raw = Raw::json(200, list(payments)).await;
        assert_eq!(komoju(&raw.url).query(&lost).await, Finding::NotFound);
    }
    let raw = Raw::json(200, list(json!([]))).await;
    assert_eq!(komoju(&raw.url).cancel(&lost).await, Ok(()), "nobody has seen it");
}

#[tokio::test]
async fn cancel() {
    let answers = |first: Value, rest: &[Value]| {
        let all: Vec<Value> = std::iter::once(first).chain(rest.iter().cloned()).collect();
        Raw::answering(all.into_iter().map(|answer| Reply::Json(200, answer.to_string())))
    };
    let raw = answers(session("pending", Value::Null), &[session("cancelled", Value::Null)]).await;
    assert_eq!(komoju(&raw.url).cancel(&ours()).await, Ok(()));
    let [asked, cancelled] = raw.received().try_into().unwrap();
    assert_request(&asked, &format!("GET /api/v1/sessions/{SESSION}"), None, "");
    let key = format!("cancel-{PAYMENT}");
    assert_request(&cancelled, &format!("POST /api/v1/sessions/{SESSION}/cancel"), Some(&key), "{}");

    // A payment that waits, for cash perhaps, is taken back first.
    let waiting = session("completed", payment("authorized"));
    let raw = answers(waiting, &[payment("cancelled")]).await;
    assert_eq!(komoju(&raw.url).cancel(&ours()).await, Ok(()));
    let key = format!("cancel-{PAYMENT}-payment");
    assert_request(&raw.received()[1], &format!("POST /api/v1/payments/{MONEY}/cancel"), Some(&key), "{}");

    let raw = answers(session("pending", Value::Null), &[session("completed", payment("captured"))]).await;
    assert!(komoju(&raw.url).cancel(&ours()).await.is_err(), "paid meanwhile");
    let raw = answers(session("completed", payment("captured")), &[]).await;
    assert_eq!(komoju(&raw.url).cancel(&ours()).await, Err(ProviderError::Refused("captured".into())));
    for ended in [session("cancelled", Value::Null), with(session("pending", Value::Null), "expired", json!(true))] {
        assert_eq!(komoju(&answers(ended, &[]).await.url).cancel(&ours()).await, Ok(()));
    }
    let nothing = Attempt { provider_ref: None, ..ours() };
    let raw = Raw::json(404, error("not_found")).await;
    assert_eq!(komoju(&raw.url).cancel(&nothing).await, Ok(()), "there is nothing to pay on");
    let raw = Raw::json(404, error("not_found")).await;
    assert!(komoju(&raw.url).cancel(&ours()).await.is_err(), "a page that was there is not gone by being denied");
}

#[tokio::test]
async fn refunds() {
    let raw = Raw::json(200, given_back(430, REFUND).to_string()).await;
    assert_eq!(komoju(&raw.url).refund(&money_back()).await, RefundFinding::Done);
    assert_request(
        &raw.request(),
        &format!("POST /api/v1/payments/{MONEY}/refund"),
        Some(REFUND),
        r#"{"amount":430,"description":"ref_019aab00000070008000000000000002"}"#,
    );
    let unclear = |what: &str| RefundFinding::Unclear(what.into());
    for (status, body, sent, asked) in [
        (200, given_back(430, "ref_1").to_string(), unclear("not in the answer"), RefundFinding::NotFound),
        (200, payment("captured").to_string(), unclear("not in the answer"), RefundFinding::NotFound),
        (
            200,
            given_back(431, REFUND).to_string(),
            unclear("an answer about another refund"),
            unclear("an answer about another refund"),
        ),
        (
            422,
            error("unprocessable_entity"),
            RefundFinding::Refused("unprocessable_entity".into()),
            unclear("unprocessable_entity"),
        ),
        (404, error("not_found"), RefundFinding::Refused("not_found".into()), RefundFinding::NotFound),
        (409, error("conflict"), unclear("conflict"), unclear("conflict")),
        (500, error("internal_server_error"), unclear("internal_server_error"), unclear("internal_server_error")),
    ] {
        let raw = Raw::json(status, body.clone()).await;
        assert_eq!(komoju(&raw.url).refund(&money_back()).await, sent);
        let raw = Raw::json(status, body).await;
        assert_eq!(komoju(&raw.url).query_refund(&money_back()).await, asked);
        assert_request(&raw.request(), &format!("GET /api/v1/payments/{MONEY}"), None, "");
    }
}

#[tokio::test]
async fn an_id_that_could_change_the_address_is_not_sent() {
    let raw = Raw::json(200, "{}").await;
    let odd = RefundRequest { provider_payment_id: "../sessions/1/cancel?".into(), ..refund() };
    komoju(&raw.url).refund(&odd).await;
    komoju(&raw.url).query_refund(&odd).await;
    assert!(raw.received().is_empty());
}
