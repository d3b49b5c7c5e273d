//! Signatures against the vectors that the vendors published or their own SDKs made (`tests/data`).

use crate::fixtures::vectors;
use okini_server::providers::paypay::{Signed, authorization};

#[test]
fn paypay_requests_are_signed_as_its_own_programs_sign_them() {
    for vector in vectors("paypay-opa", "authorization-header") {
        let input = &vector["input"];
        let text = |field: &str| input[field].as_str().unwrap();
        let body = input["body"].as_str().map(|body| (text("content_type_signed"), body.as_bytes()));
        let signed = Signed {
            method: text("method"),
            path: text("path"),
            nonce: text("nonce"),
            epoch: input["epoch"].as_i64().unwrap(),
            body,
        };
        let header = authorization(text("api_key"), text("api_secret"), &signed);
        assert_eq!(header, vector["expected"]["authorization"], "{}", vector["id"]);
    }
}

#[test]
fn paypays_published_example() {
    let body =
        br#"{"sampleRequestBodyKey1":"sampleRequestBodyValue1","sampleRequestBodyKey2":"sampleRequestBodyValue2"}"#;
    let signed = Signed {
        method: "POST",
        path: "/v2/codes",
        nonce: "acd028",
        epoch: 1_579_843_452,
        body: Some(("application/json;charset=UTF-8;", body)),
    };
    assert_eq!(
        authorization("APIKeyGenerated", "APIKeySecretGenerated", &signed),
        "hmac OPA-Auth:APIKeyGenerated:NW1jKIMnzR7tEhMWtcJcaef+nFVBt7jjAGcVuxHhchc=:acd028:1579843452:1j0FnY4flNp5CtIKa7x9MQ=="
    );
}

#[test]
fn a_changed_body_changes_the_signature() {
    for vector in vectors("paypay-opa", "authorization-verify") {
        let input = &vector["input"];
        let request = &input["request"];
        let text = |field: &str| request[field].as_str().unwrap();
        let parts: Vec<&str> = text("authorization").split(':').collect();
        let signed = Signed {
            method: text("method"),
            path: text("path"),
            nonce: parts[3],
            epoch: parts[4].parse().unwrap(),
            body: Some((text("content_type"), text("body").as_bytes())),
        };
        let ours = authorization(input["api_key"].as_str().unwrap(), input["api_secret"].as_str().unwrap(), &signed);
        assert_eq!(ours == text("authorization"), vector["expected"]["accept"], "{}", vector["id"]);
    }
}
