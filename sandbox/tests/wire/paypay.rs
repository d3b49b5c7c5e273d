//! PayPay's API: signatures on the wire, codes, states, refunds, and what each refuses.

use crate::support::{NOW, code, result, sandbox, send};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn only_signed_requests_are_answered() {
    let sandbox = sandbox().await;
    let body = code("p-1").to_string();
    let altered = sandbox.signed(Method::POST, "/v2/codes", &body).body(body.replace("1280", "1"));
    let other_type = sandbox.signed(Method::POST, "/v2/codes", &body);
    let mut other_type = other_type.build().unwrap();
    other_type.headers_mut().insert("content-type", "application/json;charset=UTF-8".parse().unwrap());
    let unsigned = sandbox.http.post(format!("{}/v2/codes", sandbox.running.ready.paypay.base_url)).body(body);
    let late = sandbox.signed(Method::GET, "/v2/codes/payments/p-1", "");
    for request in [altered, reqwest::RequestBuilder::from_parts(sandbox.http.clone(), other_type), unsigned] {
        assert_eq!(send(request).await.unwrap().status(), 401);
    }
    sandbox.clock.advance(121_000);
    let answer = send(late).await.unwrap();
    assert_eq!(answer.status(), 401);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["resultInfo"]["codeId"], "08100016");
    assert_eq!(answer["data"], Value::Null);
}

#[tokio::test]
async fn a_code_is_made_once_and_repeats_what_was_asked() {
    let sandbox = sandbox().await;
    let answer = sandbox.create("p-1").await;
    assert_eq!(result(&answer), (201, "SUCCESS"));
    let data = &answer.1["data"];
    let id = data["codeId"].as_str().unwrap();
    assert!(id.starts_with("04-") && id.len() == 19);
    assert_eq!(data["url"], format!("{}/wallet/{id}", sandbox.running.ready.paypay.base_url));
    assert!(data["deeplink"].as_str().unwrap().starts_with("paypay://payment?link_key=http%3A%2F%2F"));
    assert_eq!(data["expiryDate"], NOW + 300);
    for (name, value) in code("p-1").as_object().unwrap() {
        assert_eq!(&data[name], value, "{name}");
    }
    let again = sandbox.create("p-1").await;
    assert_eq!(result(&again), (400, "DUPLICATE_DYNAMIC_QR_REQUEST"));
    assert_eq!(again.1["resultInfo"]["codeId"], "01652073");
}

#[tokio::test]
async fn a_request_out_of_bounds_is_refused() {
    let sandbox = sandbox().await;
    for (change, refusal) in [
        (json!({"merchantPaymentId": null}), "MISSING_REQUEST_PARAMS"),
        (json!({"merchantPaymentId": "a/b"}), "INVALID_REQUEST_PARAMS"),
        (json!({"merchantPaymentId": "a".repeat(65)}), "INVALID_REQUEST_PARAMS"),
        (json!({"codeType": "OTHER"}), "INVALID_REQUEST_PARAMS"),
        (json!({"amount": {"amount": 1}}), "MISSING_REQUEST_PARAMS"),
        (json!({"amount": {"amount": 0, "currency": "JPY"}}), "INVALID_REQUEST_PARAMS"),
        (json!({"amount": {"amount": 1, "currency": "USD"}}), "INVALID_REQUEST_PARAMS"),
        (json!({"amount": {"amount": "1", "currency": "JPY"}}), "INVALID_REQUEST_PARAMS"),
        (json!({"orderDescription": "あ".repeat(256)}), "INVALID_REQUEST_PARAMS"),
        (json!({"redirectUrl": "javascript:alert(1)"}), "INVALID_REQUEST_PARAMS"),
        (json!({"redirectUrl": "javascript:alert(1)", "redirectType": "APP_DEEP_LINK"}), "INVALID_REQUEST_PARAMS"),
        (json!({"isAuthorization": true}), "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT"),
    ] {
        let mut body = code("p-1");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = sandbox.paypay(Method::POST, "/v2/codes", body).await;
        assert_eq!(result(&answer), (400, refusal), "{change}");
    }
    assert_eq!(result(&sandbox.create("p-1").await), (201, "SUCCESS"), "nothing of it was kept");
}

#[tokio::test]
async fn a_payment_is_told_little_of_before_it_is_made_and_all_after() {
    let sandbox = sandbox().await;
    sandbox.create("p-1").await;
    assert_eq!(sandbox.details("p-1").await.1["data"], json!({"status": "CREATED", "acceptedAt": 0, "requestedAt": 0}));
    assert_eq!(sandbox.control("/paypay/pay/p-1", Value::Null).await.0, 200);
    let data = sandbox.details("p-1").await.1["data"].clone();
    assert_eq!((data["status"].as_str(), data["acceptedAt"].as_i64()), (Some("COMPLETED"), Some(NOW)));
    assert_eq!(data["amount"], json!({"amount": 1_280, "currency": "JPY"}));
    assert_eq!(data["paymentId"].as_str().unwrap().len(), 20);
    assert_eq!(sandbox.control("/paypay/pay/p-1", Value::Null).await.0, 409, "paid twice");
    assert_eq!(result(&sandbox.details("p-2").await), (400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
    let other = sandbox.signed(Method::GET, "/v2/codes/payments/p-1", "").header("x-assume-merchant", "2");
    assert_eq!(send(other).await.unwrap().status(), 400, "another merchant's payment");
    let native = sandbox.paypay(Method::GET, "/v2/payments/p-1", Value::Null).await;
    assert_eq!(result(&native), (404, "RESOURCE_NOT_FOUND"));
}

#[tokio::test]
async fn a_code_runs_out_after_five_minutes() {
    let sandbox = sandbox().await;
    sandbox.create("p-1").await;
    sandbox.control("/clock", json!({"advance_ms": 299_999})).await;
    assert_eq!(result(&sandbox.details("p-1").await), (200, "SUCCESS"));
    sandbox.control("/clock", json!({"advance_ms": 1})).await;
    assert_eq!(result(&sandbox.details("p-1").await), (400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
    let (status, body) = sandbox.control("/paypay/pay/p-1", Value::Null).await;
    assert_eq!((status, body["status"].as_str()), (409, Some("EXPIRED")));
}

#[tokio::test]
async fn a_deleted_code_cannot_be_paid_and_a_paid_one_not_deleted() {
    let sandbox = sandbox().await;
    for id in ["p-1", "p-2"] {
        let code = sandbox.create(id).await.1["data"]["codeId"].as_str().unwrap().to_owned();
        let path = format!("/v2/codes/{code}");
        if id == "p-2" {
            sandbox.control("/paypay/pay/p-2", Value::Null).await;
            // Two bytes are a body: one of PayPay's own programs sends and signs them.
            let answer = sandbox.paypay(Method::DELETE, &path, json!({})).await;
            assert_eq!(result(&answer), (400, "DYNAMIC_QR_ALREADY_PAID"));
            continue;
        }
        let answer = sandbox.paypay(Method::DELETE, &path, Value::Null).await;
        assert_eq!((answer.0, &answer.1["data"]), (200, &json!({"qrStatus": "DELETED"})));
        assert_eq!(sandbox.control("/paypay/pay/p-1", Value::Null).await.0, 409);
        assert_eq!(result(&sandbox.details("p-1").await), (400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
        assert_eq!(result(&sandbox.paypay(Method::DELETE, &path, Value::Null).await), (404, "DYNAMIC_QR_NOT_FOUND"));
    }
}

#[tokio::test]
async fn cancelling_undoes_a_payment_made_or_to_come() {
    let sandbox = sandbox().await;
    sandbox.create("before").await;
    sandbox.create("after").await;
    sandbox.control("/paypay/pay/after", Value::Null).await;
    for id in ["before", "after"] {
        let path = format!("/v2/payments/{id}");
        assert_eq!(result(&sandbox.paypay(Method::DELETE, &path, Value::Null).await), (202, "REQUEST_ACCEPTED"));
        assert_eq!(sandbox.details(id).await.1["data"]["status"], "FAILED");
        assert_eq!(sandbox.control(&format!("/paypay/pay/{id}"), Value::Null).await.0, 409);
        assert_eq!(result(&sandbox.paypay(Method::DELETE, &path, Value::Null).await), (400, "ORDER_NOT_REVERSIBLE"));
    }
    assert_eq!(result(&sandbox.create("before").await), (400, "DUPLICATE_DYNAMIC_QR_REQUEST"));
    let unknown = sandbox.paypay(Method::DELETE, "/v2/payments/unknown", Value::Null).await;
    assert_eq!(result(&unknown), (404, "RESOURCE_NOT_FOUND"));
}

#[tokio::test]
async fn money_goes_back_once_and_never_more_than_was_paid() {
    let sandbox = sandbox().await;
    sandbox.create("p-1").await;
    sandbox.control("/paypay/pay/p-1", Value::Null).await;
    let payment = sandbox.payment_id("p-1").await;
    assert_eq!(result(&sandbox.refund("r-1", &payment, 1_281).await), (400, "INVALID_PARAMS"));
    assert_eq!(result(&sandbox.refund("r-1", "123", 1).await), (404, "RESOURCE_NOT_FOUND"));
    let first = sandbox.refund("r-1", &payment, 280).await;
    assert_eq!((first.0, first.1["data"]["status"].as_str()), (200, Some("CREATED")));
    assert_eq!(sandbox.refund("r-1", &payment, 280).await.1["data"], first.1["data"], "replayed");
    assert_eq!(result(&sandbox.refund("r-2", &payment, 1).await), (403, "MERCHANT_MULTIPLE_REFUND_REJECTED"));
    sandbox.control("/faults", json!({"multiple_refunds": true})).await;
    assert_eq!(result(&sandbox.refund("r-2", &payment, 1_001).await), (400, "INVALID_PARAMS"));
    assert_eq!(sandbox.details("p-1").await.1["data"]["status"], "COMPLETED");
    assert_eq!(result(&sandbox.refund("r-2", &payment, 1_000).await), (200, "SUCCESS"));
    let data = sandbox.details("p-1").await.1["data"].clone();
    assert_eq!((data["status"].as_str(), data["refunds"]["data"].as_array().unwrap().len()), (Some("REFUNDED"), 2));
    for path in ["/v2/refunds/r-2".to_owned(), format!("/v2/refunds/r-2?paymentId={payment}")] {
        let answer = sandbox.paypay(Method::GET, &path, Value::Null).await;
        assert_eq!((answer.0, answer.1["data"]["status"].as_str()), (200, Some("REFUNDED")), "{path}");
    }
    for path in ["/v2/refunds/r-3", "/v2/refunds/r-2?paymentId=9"] {
        let answer = sandbox.paypay(Method::GET, path, Value::Null).await;
        assert_eq!(result(&answer), (404, "NO_SUCH_REFUND_ORDER"), "{path}");
    }
    let list = sandbox.get(&format!("{}/paypay/payments", sandbox.running.ready.control)).await;
    let list: Value = list.json().await.unwrap();
    assert_eq!(list[0]["refunds"][1], json!({"merchantRefundId": "r-2", "amount": 1_000}));
}

#[tokio::test]
async fn a_trailing_slash_is_signed_and_served() {
    let sandbox = sandbox().await;
    let body = json!({"merchantRefundId": "r", "paymentId": "1", "amount": {"amount": 1, "currency": "JPY"}});
    let answer = sandbox.paypay(Method::POST, "/v2/refunds/", body).await;
    assert_eq!(result(&answer), (400, "MISSING_REQUEST_PARAMS"), "requestedAt");
    sandbox.running.stop().await;
}
