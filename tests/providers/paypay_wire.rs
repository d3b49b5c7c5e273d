//! What the PayPay adapter puts on the wire, byte for byte, and that the signature covers exactly that.

use crate::fixtures::{KEY, SECRET, attempt, paypay, refund};
use okini_server::providers::paypay::{Signed, authorization};
use okini_server::providers::{Attempt, Provider, RefundRequest};
use okini_tests::raw::{Raw, Received, Reply};

const ERROR: &str = r#"{"resultInfo":{"code":"SERVICE_ERROR","message":"","codeId":"08100026"},"data":null}"#;
const JSON: &str = "application/json;charset=UTF-8";

/// The Authorization header covers the request as it was received.
fn assert_signed(request: &Received, path: &str) {
    let header = &request.headers["authorization"];
    let parts: Vec<&str> = header.split(':').collect();
    assert_eq!(parts.len(), 6, "{header}");
    assert_eq!(parts[4], "1795343222", "whole seconds of the clock");
    let signed = Signed {
        method: request.line.split(' ').next().unwrap(),
        path,
        nonce: parts[3],
        epoch: 1_795_343_222,
        body: (!request.body.is_empty()).then_some((JSON, request.body.as_bytes())),
    };
    assert_eq!(*header, authorization(KEY, SECRET, &signed));
    let content_type = request.headers.get("content-type").map(String::as_str);
    assert_eq!(content_type, (!request.body.is_empty()).then_some(JSON));
}

async fn recorded() -> Raw {
    Raw::json(500, ERROR).await
}

#[tokio::test]
async fn create() {
    let raw = recorded().await;
    assert!(paypay(&raw.url).create(&attempt()).await.is_err());
    let request = raw.request();
    assert_eq!(request.line, "POST /v2/codes");
    assert_eq!(
        request.body,
        r#"{"merchantPaymentId":"pay_019aab00000070008000000000000001","amount":{"amount":1430,"currency":"JPY"},"codeType":"ORDER_QR","orderDescription":"お好み焼き さくら","redirectUrl":"https://okini.example/o/abc?x=1","redirectType":"WEB_LINK","requestedAt":1795343222}"#
    );
    assert_eq!(request.headers["x-assume-merchant"], "286123456789012345");
    assert_signed(&request, "/v2/codes");
}

#[tokio::test]
async fn query_asks_for_the_codes_payment() {
    let raw = recorded().await;
    paypay(&raw.url).query(&attempt()).await;
    let request = raw.request();
    assert_eq!(request.line, "GET /v2/codes/payments/pay_019aab00000070008000000000000001");
    assert_eq!(request.body, "");
    assert_signed(&request, "/v2/codes/payments/pay_019aab00000070008000000000000001");
}

#[tokio::test]
async fn cancel_deletes_the_code() {
    let raw = recorded().await;
    assert!(paypay(&raw.url).cancel(&attempt()).await.is_err());
    assert_eq!(raw.request().line, "DELETE /v2/codes/04-6p2kX9TzQw3aLmRe");
    assert_signed(&raw.request(), "/v2/codes/04-6p2kX9TzQw3aLmRe");
}

#[tokio::test]
async fn cancel_of_a_code_whose_name_was_lost_goes_by_the_payment() {
    for provider_ref in [None, Some("../payments".to_owned())] {
        let raw = recorded().await;
        assert!(paypay(&raw.url).cancel(&Attempt { provider_ref, ..attempt() }).await.is_err());
        assert_eq!(raw.request().line, "DELETE /v2/payments/pay_019aab00000070008000000000000001");
        assert_signed(&raw.request(), "/v2/payments/pay_019aab00000070008000000000000001");
    }
}

#[tokio::test]
async fn refund_names_payment_and_amount() {
    let raw = recorded().await;
    paypay(&raw.url).refund(&refund()).await;
    let request = raw.request();
    assert_eq!(request.line, "POST /v2/refunds");
    assert_eq!(
        request.body,
        r#"{"merchantRefundId":"ref_019aab00000070008000000000000002","paymentId":"02811530217645375488","amount":{"amount":430,"currency":"JPY"},"requestedAt":1795343222}"#
    );
    assert_signed(&request, "/v2/refunds");
}

#[tokio::test]
async fn query_refund_gives_the_payment_too_and_does_not_sign_it() {
    let raw = recorded().await;
    paypay(&raw.url).query_refund(&refund()).await;
    let request = raw.request();
    assert_eq!(request.line, "GET /v2/refunds/ref_019aab00000070008000000000000002?paymentId=02811530217645375488");
    assert_signed(&request, "/v2/refunds/ref_019aab00000070008000000000000002");
}

#[tokio::test]
async fn an_id_that_could_change_the_address_is_not_sent() {
    let raw = recorded().await;
    let odd = RefundRequest { provider_payment_id: "1&merchant=2".into(), ..refund() };
    paypay(&raw.url).query_refund(&odd).await;
    assert!(raw.received().is_empty());
}

#[tokio::test]
async fn the_merchant_is_named_only_where_there_is_one() {
    let raw = recorded().await;
    paypay(&raw.url).query(&Attempt { merchant: None, ..attempt() }).await;
    assert!(!raw.request().headers.contains_key("x-assume-merchant"));
}

#[tokio::test]
async fn a_base_path_is_sent_but_not_signed() {
    let raw = recorded().await;
    paypay(&format!("{}/paypay/", raw.url)).query(&attempt()).await;
    let request = raw.request();
    assert_eq!(request.line, "GET /paypay/v2/codes/payments/pay_019aab00000070008000000000000001");
    assert_signed(&request, "/v2/codes/payments/pay_019aab00000070008000000000000001");
}

#[tokio::test]
async fn a_nonce_is_used_once() {
    let raw = Raw::answering([Reply::Json(500, ERROR.into()), Reply::Json(500, ERROR.into())]).await;
    let paypay = paypay(&raw.url);
    paypay.query(&attempt()).await;
    paypay.query(&attempt()).await;
    let [first, second] = raw.received().try_into().unwrap();
    assert_ne!(first.headers["authorization"], second.headers["authorization"]);
}
