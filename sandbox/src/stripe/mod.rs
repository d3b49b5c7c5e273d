//! Stripe Checkout, at the top: Stripe's own programs know no path before `/v1`. Its routes, its words for states, its
//! signed notification. The page that a payer sees is the wallet's.

mod describe;
mod form;
mod problem;
mod refunds;
mod sessions;

use crate::caller::{self, Keyed};
use crate::chance;
use crate::desk::{Desk, Keys};
use crate::faults::Fault;
use crate::ledger::{Payment, Standing};
use crate::mac::{hex, hmac_sha256};
use crate::notifier::Parcel;
use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get, post, scope, to};
use form::Form;
use serde_json::json;

/// The API's routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let api = scope("/v1")
        .route("/checkout/sessions", post().to(sessions::create))
        .route("/checkout/sessions", get().to(sessions::list))
        .route("/checkout/sessions/{id}", get().to(sessions::show))
        .route("/checkout/sessions/{id}/expire", post().to(sessions::expire))
        .route("/refunds", post().to(refunds::refund))
        .route("/refunds", get().to(refunds::list))
        .route("/refunds/{id}", get().to(refunds::show))
        .default_service(to(|_: Caller| async { problem::answer(problem::UNKNOWN_URL) }));
    config.service(api);
}

/// A caller who knows the secret key.
type Caller = caller::Caller<Key>;

struct Key;

impl Keyed for Key {
    fn authorization(keys: &Keys) -> String {
        format!("Bearer {}", keys.stripe_key)
    }

    fn refusal() -> HttpResponse {
        problem::answer(problem::UNAUTHORIZED)
    }
}

/// The header with the key of a request that may be repeated.
const REPEATED: &str = "idempotency-key";

/// A new id of that kind.
pub(crate) fn id(kind: &str) -> String {
    format!("{kind}_{}", chance::name(24))
}

/// Stripe's word for the state of a session.
fn session_status(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Paid | Standing::Refunded => "complete",
        Standing::Removed | Standing::Expired | Standing::Failed => "expired",
    }
}

/// The same, and whether all went back, which Stripe tells apart from it.
pub(crate) fn status(standing: Standing) -> &'static str {
    if standing == Standing::Refunded { "refunded" } else { session_status(standing) }
}

/// The notification of a payment's state; about an open one there is only to tell that an attempt to pay failed.
pub(crate) fn notification(desk: &Desk, payment: &Payment, url: String) -> Parcel {
    let now = desk.clock.now();
    let plain = Form::read(b"");
    let session = || describe::session(desk, payment, &plain, Fault::Ok);
    let (kind, object) = match payment.standing(now) {
        Standing::Open => ("payment_intent.payment_failed", describe::intent(payment, &plain)),
        Standing::Paid => ("checkout.session.completed", session()),
        Standing::Refunded => ("charge.refunded", describe::charge(payment)),
        Standing::Removed | Standing::Expired | Standing::Failed => ("checkout.session.expired", session()),
    };
    let stamp = describe::seconds(now);
    let event = json!({
        "id": id("evt"),
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": stamp,
        "data": {"object": object},
        "livemode": false,
        "pending_webhooks": 1,
        "request": {"id": null, "idempotency_key": null},
        "type": kind,
    });
    let body = event.to_string().into_bytes();
    let signature = sign(&desk.keys.stripe_secret, stamp, &body);
    Parcel { url, headers: vec![("stripe-signature", signature)], body }
}

/// The secret is used as it is written, `whsec_` and all.
fn sign(secret: &str, stamp: i64, body: &[u8]) -> String {
    let mac = hmac_sha256(secret.as_bytes(), &[stamp.to_string().as_bytes(), b".", body]);
    format!("t={stamp},v1={}", hex(mac))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn notifications_are_signed_as_stripes_own_program_signs_them() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/payment-vectors.json")).unwrap();
        let vectors = all["vectors"].as_array().unwrap().iter();
        let mut signed = 0;
        for vector in vectors.filter(|v| v["provider"] == "stripe" && v["kind"] == "webhook-signature") {
            let input = &vector["input"];
            let (secret, body) = (input["secret"].as_str().unwrap(), input["body"].as_str().unwrap());
            let header = sign(secret, input["timestamp"].as_i64().unwrap(), body.as_bytes());
            assert_eq!(header, vector["expected"]["header"]);
            signed += 1;
        }
        assert!(signed > 0);
    }
}
