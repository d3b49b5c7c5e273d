//! Whether a request carries PayPay's signature, `hmac OPA-Auth`. What was asked for is not looked at here.

use super::envelope::{self, UNAUTHORIZED};
use crate::desk::Desk;
use crate::mac::hmac_sha256;
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use md5::{Digest, Md5};
use okini_shared::time::{Millis, SECOND};
use std::future::Future;
use std::pin::Pin;

/// How many seconds the caller's clock may be off.
const TOLERANCE: u64 = 120;

/// A caller who signed, and the body he signed.
pub(super) struct Caller {
    /// On whose behalf.
    pub(super) merchant: String,
    pub(super) body: Bytes,
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let body = body.await?;
            let Some(desk) = request.app_data::<Data<Desk>>() else {
                return Err(actix_web::error::ErrorInternalServerError("no desk"));
            };
            let path = request.path();
            let received = Received {
                method: request.method().as_str(),
                path: request.uri().path().strip_prefix("/paypay").unwrap_or(path),
                content_type: text(request.headers(), CONTENT_TYPE.as_str()).unwrap_or_default(),
                body: &body,
                authorization: text(request.headers(), AUTHORIZATION.as_str()).unwrap_or_default(),
            };
            match received.check(&desk.keys.api_key, &desk.keys.api_secret, desk.clock.now()) {
                Ok(()) => Ok(Self { merchant: merchant(&request, &desk.keys.merchant_id), body }),
                Err(why) => {
                    tracing::warn!(path, why, "a request is not signed as it should be");
                    Err(InternalError::from_response(why, envelope::refuse(UNAUTHORIZED)).into())
                }
            }
        })
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The merchant named in the query, else in the header, else ours.
fn merchant(request: &HttpRequest, own: &str) -> String {
    let named = request.query_string().split('&').find_map(|pair| pair.strip_prefix("assumeMerchant="));
    let header = text(request.headers(), "x-assume-merchant");
    named.or(header).filter(|merchant| !merchant.is_empty()).unwrap_or(own).to_owned()
}

/// What a signature is about.
struct Received<'r> {
    method: &'r str,
    /// As it was sent, without host and query.
    path: &'r str,
    /// The header's own text.
    content_type: &'r str,
    body: &'r [u8],
    authorization: &'r str,
}

impl Received<'_> {
    fn check(&self, api_key: &str, api_secret: &str, now: Millis) -> Result<(), &'static str> {
        let parts: Vec<&str> = self.authorization.split(':').collect();
        let [scheme, key, mac, nonce, epoch, body_hash] = parts.as_slice() else {
            return Err("not six parts");
        };
        if *scheme != "hmac OPA-Auth" {
            return Err("scheme");
        }
        if *key != api_key {
            return Err("api key");
        }
        let seconds: i64 = epoch.parse().map_err(|_| "epoch")?;
        if now.get().div_euclid(SECOND).abs_diff(seconds) > TOLERANCE {
            return Err("clock");
        }
        let (content_type, expected) = self.signed_body();
        if *body_hash != expected {
            return Err("body hash");
        }
        let text = format!("{}\n{}\n{nonce}\n{epoch}\n{content_type}\n{body_hash}", self.path, self.method);
        let mac = STANDARD.decode(mac).map_err(|_| "signature")?;
        hmac_sha256(api_secret.as_bytes(), &[text.as_bytes()]).verify_slice(&mac).map_err(|_| "signature")
    }

    /// Content type and hash as they stand in the signed text; both are the word `empty` where there is no body.
    fn signed_body(&self) -> (&str, String) {
        if self.body.is_empty() {
            return ("empty", "empty".to_owned());
        }
        let mut md5 = Md5::new();
        md5.update(self.content_type);
        md5.update(self.body);
        (self.content_type, STANDARD.encode(md5.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn vectors(kind: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/payment-vectors.json")).unwrap();
        let vectors = all["vectors"].as_array().unwrap().iter();
        let some: Vec<Value> =
            vectors.filter(|v| v["provider"] == "paypay-opa" && v["kind"] == kind).cloned().collect();
        assert!(!some.is_empty());
        some
    }

    fn check(input: &Value, request: &Value, authorization: &Value, now: i64) -> Result<(), &'static str> {
        let received = Received {
            method: request["method"].as_str().unwrap(),
            path: request["path"].as_str().unwrap(),
            content_type: request["content_type"].as_str().or(request["content_type_header"].as_str()).unwrap_or(""),
            body: request["body"].as_str().unwrap_or("").as_bytes(),
            authorization: authorization.as_str().unwrap(),
        };
        let (key, secret) = (input["api_key"].as_str().unwrap(), input["api_secret"].as_str().unwrap());
        received.check(key, secret, Millis::new(now * SECOND))
    }

    #[test]
    fn what_paypays_own_programs_sign_is_accepted_for_two_minutes() {
        for vector in vectors("authorization-header") {
            let input = &vector["input"];
            let signed_at = input["epoch"].as_i64().unwrap();
            for (off, verdict) in
                [(0, Ok(())), (120, Ok(())), (-120, Ok(())), (121, Err("clock")), (-121, Err("clock"))]
            {
                let found = check(input, input, &vector["expected"]["authorization"], signed_at + off);
                assert_eq!(found, verdict, "{} {off}", vector["id"]);
            }
        }
    }

    #[test]
    fn what_was_changed_on_the_way_is_refused() {
        for vector in vectors("authorization-verify") {
            let input = &vector["input"];
            let request = &input["request"];
            let found = check(input, request, &request["authorization"], input["now"].as_i64().unwrap());
            assert_eq!(found.is_ok(), vector["expected"]["accept"].as_bool().unwrap(), "{}", vector["id"]);
            assert_eq!(found.err(), vector["expected"]["reason"].as_str(), "{}", vector["id"]);
        }
    }
}
