//! What the Stripe adapter puts on the wire, byte for byte, and what it makes of answers.

use crate::fixtures::{KEY, PAYMENT, REFUND, attempt, refund, stripe};
use okini_server::providers::{Attempt, Provider, ProviderError, RefundFinding, RefundRequest};
use okini_shared::money::Yen;
use okini_shared::rules::payment::Finding;
use okini_shared::time::Millis;
use okini_tests::raw::{Raw, Received, Reply};
use serde_json::{Value, json};

/// As long as Stripe's are.
const SESSION: &str = "cs_test_a1o8C8459MaCWlTk9yrixr8lnwGZCV1j6ZaIJQUKR8wdiCL7nTP8NtTgEr";
const INTENT: &str = "pi_1DsTej2eZvKYlo2C5PX0hXuO";
const OTHER: &str = "pay_00000000000000000000000000000000";
const URL: &str = "https://checkout.stripe.com/c/pay/cs_test_a1#fid";

fn session(status: &str, payment_status: &str, intent: Value) -> Value {
    json!({
        "id": SESSION, "object": "checkout.session", "amount_subtotal": 1430, "amount_total": 1430,
        "client_reference_id": PAYMENT, "created": 1_795_343_222, "currency": "jpy", "customer": null,
        "expires_at": 1_795_345_082, "livemode": false, "metadata": {"payment": PAYMENT}, "mode": "payment",
        "payment_intent": intent, "payment_status": payment_status, "status": status,
        "url": if status == "open" { json!(URL) } else { Value::Null },
    })
}

fn intent(status: &str, charge: Value) -> Value {
    json!({"id": INTENT, "object": "payment_intent", "amount": 1430, "status": status, "latest_charge": charge})
}

fn charge(amount_refunded: i64) -> Value {
    json!({"id": "ch_1", "object": "charge", "amount": 1430, "amount_refunded": amount_refunded,
        "refunded": amount_refunded == 1430})
}

fn open() -> Value {
    session("open", "unpaid", Value::Null)
}

fn paid() -> Value {
    session("complete", "paid", intent("succeeded", charge(0)))
}

fn given_back(status: &str) -> Value {
    json!({"id": "re_1", "object": "refund", "amount": 430, "charge": "ch_1", "currency": "jpy", "status": status,
        "metadata": {"refund": REFUND}, "payment_intent": INTENT, "reason": null})
}

fn list(data: Value, has_more: bool) -> String {
    json!({"object": "list", "url": "/v1/x", "data": data, "has_more": has_more}).to_string()
}

fn error(kind: &str, code: Option<&str>) -> String {
    json!({"error": {"type": kind, "code": code, "message": "said in words", "param": "x"}}).to_string()
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn ours() -> Attempt {
    Attempt { provider_ref: Some(SESSION.into()), ..attempt() }
}

fn money_back() -> RefundRequest {
    RefundRequest { provider_payment_id: INTENT.into(), ..refund() }
}

fn assert_request(request: &Received, line: &str, key: Option<&str>, body: &str) {
    assert_eq!(request.line, line);
    assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(request.headers["stripe-version"], "2026-10-28.endive");
    assert_eq!(request.headers.get("idempotency-key").map(String::as_str), key);
    let form = key.map(|_| "application/x-www-form-urlencoded");
    assert_eq!(request.headers.get("content-type").map(String::as_str), form);
    assert_eq!(request.body, body);
}

fn shown() -> String {
    format!("GET /v1/checkout/sessions/{SESSION}?expand%5B%5D=payment_intent.latest_charge")
}

async fn query(status: u16, body: impl ToString) -> Finding {
    stripe(&Raw::json(status, body.to_string()).await.url).query(&ours()).await
}

#[tokio::test]
async fn create() {
    let raw = Raw::json(200, open().to_string()).await;
    let page = stripe(&raw.url).create(&attempt()).await.unwrap();
    assert_eq!(page.url, URL);
    assert_eq!((page.expires_at, page.provider_ref.as_str()), (Millis::new(1_795_345_082_000), SESSION));
    assert_request(
        &raw.request(),
        "POST /v1/checkout/sessions",
        Some(PAYMENT),
        "mode=payment&client_reference_id=pay_019aab00000070008000000000000001\
         &line_items%5B0%5D%5Bquantity%5D=1\
         &line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=jpy\
         &line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1430\
         &line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=\
         %E3%81%8A%E5%A5%BD%E3%81%BF%E7%84%BC%E3%81%8D+%E3%81%95%E3%81%8F%E3%82%89\
         &success_url=https%3A%2F%2Fokini.example%2Fo%2Fabc%3Fx%3D1\
         &cancel_url=https%3A%2F%2Fokini.example%2Fo%2Fabc%3Fx%3D1\
         &expires_at=1795345082\
         &metadata%5Bpayment%5D=pay_019aab00000070008000000000000001\
         &payment_intent_data%5Bmetadata%5D%5Bpayment%5D=pay_019aab00000070008000000000000001",
    );
}

#[tokio::test]
async fn another_session_than_asked_for_is_unclear() {
    for (field, value) in [
        ("client_reference_id", json!(OTHER)),
        ("client_reference_id", Value::Null),
        ("amount_total", json!(143_000)),
        ("currency", json!("usd")),
        ("id", json!("../refunds")),
        ("url", json!("javascript:alert(1)")),
        ("url", Value::Null),
        ("expires_at", json!("soon")),
    ] {
        let raw = Raw::json(200, with(open(), field, value.clone()).to_string()).await;
        let answer = stripe(&raw.url).create(&attempt()).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{field} {value}: {answer:?}");
    }
}

#[tokio::test]
async fn errors() {
    let request = "invalid_request_error";
    for (status, kind, code) in [
        (400, request, Some("amount_too_small")),
        (400, request, None),
        (401, request, Some("api_key_expired")),
        (402, "card_error", Some("card_declined")),
        (403, request, Some("account_invalid")),
        (429, request, Some("rate_limit")),
    ] {
        let raw = Raw::json(status, error(kind, code)).await;
        let said = code.unwrap_or(kind);
        assert_eq!(stripe(&raw.url).create(&attempt()).await, Err(ProviderError::Refused(said.into())));
        assert_eq!(query(status, error(kind, code)).await, Finding::Unclear(said.into()), "asking again may help");
    }
    for (status, kind, code) in [
        (400, "idempotency_error", None),
        (409, request, Some("idempotency_key_in_use")),
        (404, request, Some("resource_missing")),
        (404, request, None),
        (500, "api_error", None),
        (503, "api_error", None),
    ] {
        let raw = Raw::json(status, error(kind, code)).await;
        let said = code.unwrap_or(kind);
        assert_eq!(stripe(&raw.url).create(&attempt()).await, Err(ProviderError::Unclear(said.into())));
    }
    assert_eq!(query(404, error(request, Some("resource_missing"))).await, Finding::NotFound);
}

#[tokio::test]
async fn states() {
    let whole = Finding::Paid { amount: Yen::new(1_430), currency: "JPY".into(), provider_payment_id: INTENT.into() };
    let unpaid = |status: &str| session("complete", "unpaid", intent(status, Value::Null));
    let unclear = |what: &str| Finding::Unclear(what.into());
    for (answer, finding) in [
        (open(), Finding::Pending),
        (session("open", "unpaid", intent("requires_payment_method", Value::Null)), Finding::Pending),
        (session("expired", "unpaid", Value::Null), Finding::Expired),
        (paid(), whole),
        (session("complete", "paid", intent("succeeded", charge(1_430))), Finding::Refunded),
        (unpaid("processing"), Finding::Pending),
        (unpaid("requires_action"), Finding::Pending),
        (unpaid("requires_payment_method"), Finding::Failed),
        (unpaid("canceled"), Finding::Failed),
        (unpaid("invented"), unclear("status invented")),
        (session("complete", "paid", Value::Null), unclear("status complete paid")),
        (session("complete", "no_payment_required", Value::Null), unclear("status complete no_payment_required")),
        (session("open", "paid", Value::Null), unclear("status open paid")),
        (session("invented", "unpaid", Value::Null), unclear("status invented unpaid")),
    ] {
        assert_eq!(query(200, &answer).await, finding, "{answer}");
    }
    for (part, left) in [(session("complete", "paid", intent("succeeded", charge(430))), 1_000), (paid(), 1_430)] {
        let finding = query(200, part).await;
        assert!(matches!(finding, Finding::Paid { amount, .. } if amount == Yen::new(left)), "{finding:?}");
    }
    for (field, value) in [("client_reference_id", json!(OTHER)), ("id", json!("cs_other"))] {
        assert!(matches!(query(200, with(paid(), field, value)).await, Finding::Unclear(_)), "{field}");
    }
    let dollars = query(200, with(paid(), "currency", json!("usd"))).await;
    assert!(matches!(dollars, Finding::Paid { currency, .. } if currency == "USD"));
}

#[tokio::test]
async fn a_session_whose_name_was_lost_is_looked_for_among_those_of_its_time() {
    let lost = Attempt { provider_ref: None, ..attempt() };
    let other = |id: &str| with(with(open(), "client_reference_id", json!(OTHER)), "id", json!(id));
    let raw = Raw::answering([
        Reply::Json(200, list(json!([other("cs_1"), other("cs_2")]), true)),
        Reply::Json(200, list(json!([other("cs_3"), with(open(), "payment_intent", json!(INTENT))]), true)),
        Reply::Json(200, open().to_string()),
    ])
    .await;
    assert_eq!(stripe(&raw.url).query(&lost).await, Finding::Pending);
    let [first, second, third] = raw.received().try_into().unwrap();
    let path = "GET /v1/checkout/sessions?created%5Bgte%5D=1795343102&created%5Blte%5D=1795343402&limit=100";
    assert_request(&first, path, None, "");
    assert_request(&second, &format!("{path}&starting_after=cs_2"), None, "");
    assert_request(&third, &shown(), None, "");

    let raw = Raw::json(200, list(json!([other("cs_1")]), false)).await;
    assert_eq!(stripe(&raw.url).query(&lost).await, Finding::NotFound);
    let raw = Raw::json(200, list(json!([]), false)).await;
    assert_eq!(stripe(&raw.url).cancel(&lost).await, Ok(()), "there is nothing to pay on");
    for odd in [list(json!([]), true), list(json!([other("a/b")]), true)] {
        assert!(matches!(stripe(&Raw::json(200, odd).await.url).query(&lost).await, Finding::Unclear(_)));
    }
    let endless = (0..10).map(|_| Reply::Json(200, list(json!([other("cs_1")]), true)));
    let raw = Raw::answering(endless.collect::<Vec<_>>()).await;
    assert!(matches!(stripe(&raw.url).query(&lost).await, Finding::Unclear(_)), "not: never made");
}

#[tokio::test]
async fn cancel() {
    let answers = |all: Vec<Value>| {
        Raw::answering(all.into_iter().map(|answer| Reply::Json(200, answer.to_string())).collect::<Vec<_>>())
    };
    let expired = session("expired", "unpaid", Value::Null);
    let raw = answers(vec![open(), expired.clone()]).await;
    assert_eq!(stripe(&raw.url).cancel(&ours()).await, Ok(()));
    let [asked, ended] = raw.received().try_into().unwrap();
    assert_request(&asked, &shown(), None, "");
    let key = format!("expire-{PAYMENT}");
    assert_request(&ended, &format!("POST /v1/checkout/sessions/{SESSION}/expire"), Some(&key), "");

    assert!(stripe(&answers(vec![open(), paid()]).await.url).cancel(&ours()).await.is_err(), "paid meanwhile");
    let raw = answers(vec![paid()]).await;
    assert_eq!(stripe(&raw.url).cancel(&ours()).await, Err(ProviderError::Refused("paid".into())));
    assert_eq!(stripe(&answers(vec![expired]).await.url).cancel(&ours()).await, Ok(()));
    let with_slip = session("complete", "unpaid", intent("requires_action", Value::Null));
    let raw = answers(vec![with_slip]).await;
    assert_eq!(stripe(&raw.url).cancel(&ours()).await, Err(ProviderError::Unclear("being paid".into())));
    let raw = Raw::json(404, error("invalid_request_error", Some("resource_missing"))).await;
    assert!(stripe(&raw.url).cancel(&ours()).await.is_err(), "a page that was there is not gone by being denied");
}

#[tokio::test]
async fn refunds() {
    let raw = Raw::json(200, given_back("succeeded").to_string()).await;
    assert_eq!(stripe(&raw.url).refund(&money_back()).await, RefundFinding::Done);
    assert_request(
        &raw.request(),
        "POST /v1/refunds",
        Some(REFUND),
        "payment_intent=pi_1DsTej2eZvKYlo2C5PX0hXuO&amount=430\
         &metadata%5Brefund%5D=ref_019aab00000070008000000000000002",
    );
    let refused = |code: &str| RefundFinding::Refused(code.into());
    let unclear = |what: &str| RefundFinding::Unclear(what.into());
    let request = "invalid_request_error";
    for (status, body, finding) in [
        (200, given_back("pending").to_string(), RefundFinding::Pending),
        (200, given_back("requires_action").to_string(), RefundFinding::Pending),
        (200, given_back("failed").to_string(), refused("failed")),
        (200, given_back("canceled").to_string(), refused("canceled")),
        (200, given_back("odd").to_string(), unclear("status odd")),
        (400, error(request, Some("charge_already_refunded")), refused("charge_already_refunded")),
        (400, error(request, Some("resource_missing")), refused("resource_missing")),
        (400, error("idempotency_error", None), unclear("idempotency_error")),
        (429, error(request, Some("rate_limit")), unclear("rate_limit")),
        (500, error("api_error", None), unclear("api_error")),
    ] {
        let raw = Raw::json(status, body).await;
        assert_eq!(stripe(&raw.url).refund(&money_back()).await, finding);
    }
    for (field, value) in
        [("amount", json!(431)), ("payment_intent", json!("pi_1")), ("metadata", json!({})), ("metadata", Value::Null)]
    {
        let raw = Raw::json(200, with(given_back("succeeded"), field, value).to_string()).await;
        let finding = stripe(&raw.url).refund(&money_back()).await;
        assert_eq!(finding, unclear("an answer about another refund"), "{field}");
    }
}

#[tokio::test]
async fn a_refund_is_found_by_our_id() {
    let other = with(given_back("succeeded"), "metadata", json!({"refund": "ref_1"}));
    for (answer, finding) in [
        (list(json!([other, given_back("succeeded")]), false), RefundFinding::Done),
        (list(json!([given_back("pending")]), true), RefundFinding::Pending),
        (list(json!([other]), false), RefundFinding::NotFound),
        (list(json!([other]), true), RefundFinding::Unclear("too many refunds to look through".into())),
    ] {
        let raw = Raw::json(200, answer).await;
        assert_eq!(stripe(&raw.url).query_refund(&money_back()).await, finding);
        assert_request(&raw.request(), &format!("GET /v1/refunds?payment_intent={INTENT}&limit=100"), None, "");
    }
    let raw = Raw::json(200, "{}").await;
    let odd = RefundRequest { provider_payment_id: "pi_1&limit=1".into(), ..refund() };
    assert!(matches!(stripe(&raw.url).query_refund(&odd).await, RefundFinding::Unclear(_)));
    assert!(raw.received().is_empty());
}
