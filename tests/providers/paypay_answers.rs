//! What the PayPay adapter makes of every answer that PayPay documents, and of those that it does not.

use crate::fixtures::{PAYMENT, REFUND, attempt, paypay, refund};
use okini_server::providers::{Hint, NotificationError, Provider, ProviderError, RefundFinding};
use okini_shared::money::Yen;
use okini_shared::rules::payment::Finding;
use okini_shared::time::Millis;
use okini_tests::raw::{Raw, Reply};
use serde_json::{Value, json};

fn data(data: &Value) -> String {
    json!({"resultInfo": {"code": "SUCCESS", "message": "Success", "codeId": "08100001"}, "data": data}).to_string()
}

fn error(code: &str) -> String {
    json!({"resultInfo": {"code": code, "message": "", "codeId": "00000000"}, "data": null}).to_string()
}

async fn query(status: u16, body: String) -> Finding {
    let raw = Raw::json(status, body).await;
    paypay(&raw.url).query(&attempt()).await
}

async fn create(status: u16, body: String) -> Result<Millis, ProviderError> {
    let raw = Raw::json(status, body).await;
    paypay(&raw.url).create(&attempt()).await.map(|page| page.expires_at)
}

async fn refunded(status: u16, body: String) -> RefundFinding {
    let raw = Raw::json(status, body).await;
    paypay(&raw.url).refund(&refund()).await
}

fn code() -> Value {
    json!({
        "codeId": "04-6p2kX9TzQw3aLmRe", "url": "https://qr.paypay.test/28180104x", "deeplink": "paypay://payment?link_key=x",
        "expiryDate": 1_795_343_522, "merchantPaymentId": PAYMENT, "amount": {"amount": 1430, "currency": "JPY"},
        "codeType": "ORDER_QR", "requestedAt": 1_795_343_222,
    })
}

fn payment(status: &str) -> Value {
    json!({
        "paymentId": "02811530217645375488", "status": status, "acceptedAt": 1_795_343_300,
        "merchantPaymentId": PAYMENT, "amount": {"amount": 1430, "currency": "JPY"}, "requestedAt": 1_795_343_222,
        "paymentMethods": [{"type": "WALLET", "amount": {"amount": 1430, "currency": "JPY"}}],
    })
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

#[tokio::test]
async fn a_code_is_a_page() {
    let raw = Raw::json(201, data(&code())).await;
    let page = paypay(&raw.url).create(&attempt()).await.unwrap();
    assert_eq!(page.url, "https://qr.paypay.test/28180104x");
    assert_eq!(page.expires_at, Millis::new(1_795_343_522_000));
    assert_eq!(page.provider_ref, "04-6p2kX9TzQw3aLmRe");
    assert!(create(200, data(&code())).await.is_ok(), "any 2xx");
}

#[tokio::test]
async fn another_code_than_asked_for_is_unclear() {
    for (field, value) in [
        ("merchantPaymentId", json!("pay_00000000000000000000000000000000")),
        ("amount", json!({"amount": 1, "currency": "JPY"})),
        ("amount", json!({"amount": 1430, "currency": "USD"})),
        ("codeId", json!("../../v2/payments")),
        ("url", json!("javascript:alert(1)")),
        ("url", Value::Null),
        ("expiryDate", Value::Null),
    ] {
        let answer = create(201, data(&with(code(), field, value.clone()))).await;
        assert!(matches!(answer, Err(ProviderError::Unclear(_))), "{field} {value}: {answer:?}");
    }
}

#[tokio::test]
async fn codes_that_surely_made_no_page() {
    for (status, code) in [
        (400, "INVALID_REQUEST_PARAMS"),
        (400, "MISSING_REQUEST_PARAMS"),
        (401, "UNAUTHORIZED"),
        (401, "OP_OUT_OF_SCOPE"),
        (404, "OPA_CLIENT_NOT_FOUND"),
        (429, "RATE_LIMIT"),
        (503, "MAINTENANCE_MODE"),
        (400, "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT"),
    ] {
        assert_eq!(create(status, error(code)).await, Err(ProviderError::Refused(code.into())));
    }
}

#[tokio::test]
async fn codes_that_leave_the_outcome_open() {
    for (status, code) in [
        (400, "DUPLICATE_DYNAMIC_QR_REQUEST"),
        (500, "SERVICE_ERROR"),
        (500, "INTERNAL_SERVER_ERROR"),
        (400, "SOMETHING_NEW_00400071"),
        (404, "RESOURCE_NOT_FOUND"),
        (200, "INVALID_REQUEST_PARAMS"),
        (500, "SUCCESS"),
    ] {
        assert_eq!(create(status, error(code)).await, Err(ProviderError::Unclear(code.into())), "{code}");
        assert_eq!(query(status, error(code)).await, Finding::Unclear(code.into()), "{code}");
        if code != "RESOURCE_NOT_FOUND" && status != 200 {
            assert_eq!(refunded(status, error(code)).await, RefundFinding::Unclear(code.into()), "{code}");
        }
    }
}

#[tokio::test]
async fn states() {
    let paid = Finding::Paid {
        amount: Yen::new(1_430),
        currency: "JPY".into(),
        provider_payment_id: "02811530217645375488".into(),
    };
    for (status, finding) in [
        ("CREATED", Finding::Pending),
        ("COMPLETED", paid),
        ("REFUNDED", Finding::Refunded),
        ("FAILED", Finding::Failed),
        ("CANCELED", Finding::Cancelled),
        ("EXPIRED", Finding::Expired),
        ("AUTHORIZED", Finding::Unclear("status AUTHORIZED".into())),
        ("REAUTHORIZING", Finding::Unclear("status REAUTHORIZING".into())),
        ("INVENTED", Finding::Unclear("status INVENTED".into())),
    ] {
        assert_eq!(query(200, data(&payment(status))).await, finding, "{status}");
    }
    let bare = json!({"status": "CREATED", "acceptedAt": 0, "requestedAt": 0});
    assert_eq!(query(200, data(&bare)).await, Finding::Pending);
}

#[tokio::test]
async fn the_amount_and_currency_are_the_providers() {
    for (amount, currency) in [(1, "JPY"), (1_431, "JPY"), (-1_430, "JPY"), (1_430, "USD")] {
        let paid = with(payment("COMPLETED"), "amount", json!({"amount": amount, "currency": currency}));
        let Finding::Paid { amount: found, currency: of, .. } = query(200, data(&paid)).await else { panic!() };
        assert_eq!((found, of.as_str()), (Yen::new(amount), currency));
    }
}

#[tokio::test]
async fn paid_needs_all_its_facts() {
    for (field, value) in [
        ("merchantPaymentId", Value::Null),
        ("merchantPaymentId", json!("")),
        ("merchantPaymentId", json!("pay_00000000000000000000000000000000")),
        ("amount", Value::Null),
        ("amount", json!({"amount": "1430", "currency": "JPY"})),
        ("amount", json!({"amount": 1430.5, "currency": "JPY"})),
        ("amount", json!({"amount": 1430})),
        ("paymentId", Value::Null),
        ("paymentId", json!("")),
        ("status", Value::Null),
    ] {
        let finding = query(200, data(&with(payment("COMPLETED"), field, value.clone()))).await;
        assert!(matches!(finding, Finding::Unclear(_)), "{field} {value}: {finding:?}");
    }
    let foreign = with(payment("FAILED"), "merchantPaymentId", json!("another"));
    assert!(matches!(query(200, data(&foreign)).await, Finding::Unclear(_)), "nor does another's failure count");
}

#[tokio::test]
async fn not_found_has_two_statuses_and_one_code() {
    for status in [400, 404] {
        assert_eq!(query(status, error("DYNAMIC_QR_PAYMENT_NOT_FOUND")).await, Finding::NotFound);
    }
    for (status, code) in [(401, "UNAUTHORIZED"), (429, "RATE_LIMIT"), (503, "MAINTENANCE_MODE")] {
        assert_eq!(query(status, error(code)).await, Finding::Unclear(code.into()), "asking again may help");
    }
}

#[tokio::test]
async fn cancelling() {
    let done = data(&json!({"qrStatus": "DELETED"}));
    let missing = error("DYNAMIC_QR_NOT_FOUND");
    let unpaid = data(&json!({"status": "CREATED", "acceptedAt": 0}));
    let refused = |code: &str| Err(ProviderError::Refused(code.into()));
    let unclear = |why: &str| Err(ProviderError::Unclear(why.into()));
    for (replies, outcome) in [
        (vec![(200, done)], Ok(())),
        (vec![(202, error("REQUEST_ACCEPTED"))], Ok(())),
        (vec![(404, missing.clone()), (200, unpaid)], Ok(())),
        (vec![(404, missing.clone()), (400, error("DYNAMIC_QR_PAYMENT_NOT_FOUND"))], Ok(())),
        (vec![(404, missing.clone()), (200, data(&payment("COMPLETED")))], refused("DYNAMIC_QR_ALREADY_PAID")),
        (vec![(404, missing), (500, error("SERVICE_ERROR"))], unclear("SERVICE_ERROR")),
        (vec![(400, error("DYNAMIC_QR_ALREADY_PAID"))], refused("DYNAMIC_QR_ALREADY_PAID")),
        (vec![(400, error("DYNAMIC_QR_BAD_REQUEST"))], refused("DYNAMIC_QR_BAD_REQUEST")),
        (vec![(400, error("ORDER_NOT_REVERSIBLE")), (200, data(&payment("FAILED")))], Ok(())),
        (
            vec![(400, error("ORDER_NOT_REVERSIBLE")), (200, data(&payment("REFUNDED")))],
            refused("DYNAMIC_QR_ALREADY_PAID"),
        ),
        (vec![(500, error("SERVICE_ERROR"))], unclear("SERVICE_ERROR")),
    ] {
        let said = format!("{replies:?}");
        let raw = Raw::answering(replies.into_iter().map(|(status, body)| Reply::Json(status, body))).await;
        assert_eq!(paypay(&raw.url).cancel(&attempt()).await, outcome, "{said}");
    }
}

#[tokio::test]
async fn refunds() {
    let answer = |status: &str| {
        json!({"status": status, "merchantRefundId": REFUND, "paymentId": "02811530217645375488",
            "amount": {"amount": 430, "currency": "JPY"}, "acceptedAt": 1_795_343_300})
    };
    for status in ["CREATED", "REFUNDED"] {
        assert_eq!(refunded(201, data(&answer(status))).await, RefundFinding::Done);
    }
    assert_eq!(refunded(200, data(&answer("ODD"))).await, RefundFinding::Unclear("status ODD".into()));
    for (field, value) in [
        ("merchantRefundId", json!("ref_00000000000000000000000000000000")),
        ("paymentId", json!("1")),
        ("amount", json!({"amount": 431, "currency": "JPY"})),
    ] {
        let finding = refunded(200, data(&with(answer("CREATED"), field, value))).await;
        assert!(matches!(finding, RefundFinding::Unclear(_)), "{field}: {finding:?}");
    }
    for (status, code) in [
        (400, "INVALID_PARAMS"),
        (403, "MERCHANT_MULTIPLE_REFUND_REJECTED"),
        (400, "UNACCEPTABLE_OP"),
        (400, "REFUND_LIMIT_EXCEEDED"),
        (400, "REFUND_WINDOW_EXCEED"),
        (404, "RESOURCE_NOT_FOUND"),
        (404, "NO_SUCH_REFUND_ORDER"),
        (400, "CANCELED_USER"),
        (400, "ORDER_NO_LONGER_AVAILABLE"),
    ] {
        assert_eq!(refunded(status, error(code)).await, RefundFinding::Refused(code.into()));
    }
    for (status, code) in [
        (400, "THROTTLED_MULTIPLE_REFUND_REJECTED"),
        (429, "RATE_LIMIT"),
        (503, "MAINTENANCE_MODE"),
        (401, "UNAUTHORIZED"),
    ] {
        assert_eq!(refunded(status, error(code)).await, RefundFinding::Unclear(code.into()), "it may pass later");
    }
}

#[tokio::test]
async fn how_far_a_refund_got() {
    for (status, body, finding) in [
        (200, data(&json!({"status": "CREATED"})), RefundFinding::Done),
        (200, data(&json!({"status": "REFUNDED"})), RefundFinding::Done),
        (404, error("NO_SUCH_REFUND_ORDER"), RefundFinding::NotFound),
        (404, error("RESOURCE_NOT_FOUND"), RefundFinding::NotFound),
        (500, error("INTERNAL_SERVER_ERROR"), RefundFinding::Unclear("INTERNAL_SERVER_ERROR".into())),
        (401, error("UNAUTHORIZED"), RefundFinding::Unclear("UNAUTHORIZED".into())),
    ] {
        let raw = Raw::json(status, body).await;
        assert_eq!(paypay(&raw.url).query_refund(&refund()).await, finding);
    }
}

#[test]
fn notifications_are_hints() {
    let paypay = paypay("http://127.0.0.1:1");
    let parse = |body: &str| paypay.parse_notification(&|_| None, body.as_bytes());
    let about = |payment: &str, state: &str| {
        json!({"notification_type": "Transaction", "merchant_id": "1", "store_id": null, "pos_id": null,
            "order_id": "02811530217645375488", "merchant_order_id": payment, "authorized_at": null,
            "expires_at": null, "paid_at": "2026-11-22T01:02:03Z", "order_amount": "1430", "state": state})
        .to_string()
    };
    let named = Ok(Hint { payment: Some(PAYMENT.parse().unwrap()) });
    for state in ["COMPLETED", "FAILED", "CANCELED", "EXPIRED", "AUTHORIZED", "INVENTED", ""] {
        assert_eq!(parse(&about(PAYMENT, state)), named, "{state}");
    }
    assert_eq!(parse(&json!({"merchant_order_id": PAYMENT, "order_amount": 5, "state": 7}).to_string()), named);
    let nobody = Ok(Hint { payment: None });
    for foreign in ["", "okini-1", "ord_019aab00000070008000000000000001", &PAYMENT.to_uppercase()] {
        assert_eq!(parse(&about(foreign, "COMPLETED")), nobody, "{foreign}");
    }
    assert_eq!(parse(r#"{"notification_type":"file.created","path":"https://x.test/f.csv"}"#), nobody);
    assert_eq!(parse(r#"{"merchant_order_id":{"a":1}}"#), nobody);
    for hostile in
        ["", "[]", "null", "\"x\"", "{\"order_amount\":NaN}", "{\"state\":\"COMPLETED\"", &"[".repeat(100_000)]
    {
        assert_eq!(parse(hostile), Err(NotificationError::Unreadable));
    }
    assert_eq!(paypay.parse_notification(&|_| None, b"{\"a\":\"\xff\"}"), Err(NotificationError::Unreadable));
}
