//! The hosted checkout under `/hosted`: its routes, its words for states, its signed notification. The page that a payer
//! sees is the wallet's.

mod api;
mod problem;

use crate::chance;
use crate::clock::iso;
use crate::desk::Desk;
use crate::faults::Fault;
use crate::ledger::{Payment, Standing};
use crate::mac::hmac_sha256;
use crate::notifier::Parcel;
use actix_web::web::{ServiceConfig, get, post, scope, to};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use okini_shared::time::SECOND;
use serde_json::json;

/// The API's routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let api = scope("/hosted/v1")
        .route("/sessions", post().to(api::create))
        .route("/sessions", get().to(api::find))
        .route("/sessions/{id}", get().to(api::session))
        .route("/sessions/{id}/cancel", post().to(api::cancel))
        .route("/refunds", post().to(api::refund))
        .route("/refunds/{reference}", get().to(api::refund_details))
        .default_service(to(|_: api::Caller| async { problem::answer(problem::NOT_FOUND) }));
    config.service(api);
}

/// The checkout's word for a state.
pub(crate) fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Paid => "paid",
        Standing::Failed => "failed",
        Standing::Removed => "cancelled",
        Standing::Expired => "expired",
        Standing::Refunded => "refunded",
    }
}

/// The notification of a session's state, signed by Standard Webhooks.
pub(crate) fn notification(desk: &Desk, payment: &Payment, url: String) -> Parcel {
    let now = desk.clock.now();
    let session = api::describe(desk, payment, Fault::Ok);
    let event = json!({
        "type": format!("session.{}", status(payment.standing(now))),
        "timestamp": iso(now),
        "data": session,
    });
    let body = event.to_string().into_bytes();
    let id = format!("msg_{}", chance::hex());
    let stamp = now.get().div_euclid(SECOND).to_string();
    let signature = sign(&desk.keys.hosted_secret, &id, &stamp, &body);
    let headers =
        vec![("webhook-id", id), ("webhook-timestamp", stamp), ("webhook-signature", format!("v1,{signature}"))];
    Parcel { url, headers, body }
}

/// The signature in base64; the secret comes without its `whsec_`.
fn sign(secret: &str, id: &str, stamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret).unwrap_or_default();
    let mac = hmac_sha256(&key, &[id.as_bytes(), b".", stamp.as_bytes(), b".", body]);
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn notifications_are_signed_as_the_libraries_expect() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/payment-vectors.json")).unwrap();
        let vectors = all["vectors"].as_array().unwrap().iter();
        for vector in vectors.filter(|v| v["provider"] == "standard-webhooks" && v["kind"] == "webhook-signature") {
            let input = &vector["input"];
            let text = |name: &str| input[name].as_str().unwrap();
            let secret = text("secret").strip_prefix("whsec_").unwrap();
            let stamp = input["webhook_timestamp"].to_string();
            let signature = sign(secret, text("webhook_id"), &stamp, text("body").as_bytes());
            assert_eq!(format!("v1,{signature}"), vector["expected"]["header"]);
        }
    }
}
