//! KOMOJU under `/komoju`: its routes, its words for states, its signed notification. The page that a payer sees is the
//! wallet's.

mod describe;
mod payments;
mod problem;
mod sessions;

use crate::caller::{self, Keyed};
use crate::chance;
use crate::clock::iso;
use crate::desk::{Desk, Keys};
use crate::faults::Fault;
use crate::ledger::{Payment, Standing};
use crate::mac::{hex, hmac_sha256};
use crate::notifier::Parcel;
use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get, post, scope, to};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use problem::Problem;
use serde_json::{Value, json};

/// The API's routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let api = scope("/komoju/api/v1")
        .route("/sessions", post().to(sessions::create))
        .route("/sessions/{id}", get().to(sessions::show))
        .route("/sessions/{id}/cancel", post().to(sessions::cancel))
        .route("/payments", get().to(payments::list))
        .route("/payments/{id}", get().to(payments::show))
        .route("/payments/{id}/refund", post().to(payments::refund))
        .default_service(to(|_: Caller| async { problem::answer(problem::NOT_FOUND) }));
    config.service(api);
}

/// A caller who knows the secret key: the name of a user without a password.
type Caller = caller::Caller<Key>;

struct Key;

impl Keyed for Key {
    fn authorization(keys: &Keys) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:", keys.komoju_key)))
    }

    fn refusal() -> HttpResponse {
        problem::answer(problem::UNAUTHORIZED)
    }
}

/// The header with the key of a request that may be repeated.
const REPEATED: &str = "x-komoju-idempotency";

fn reply(result: Result<Value, Problem>) -> HttpResponse {
    match result {
        Ok(body) => HttpResponse::Ok().json(body),
        Err(why) => problem::answer(why),
    }
}

/// A new id, as KOMOJU gives them to everything.
pub(crate) fn id() -> String {
    chance::name(25)
}

/// KOMOJU's word for the state of a payment.
pub(crate) fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "pending",
        Standing::Paid => "captured",
        Standing::Failed => "failed",
        Standing::Removed => "cancelled",
        Standing::Expired => "expired",
        Standing::Refunded => "refunded",
    }
}

/// The notification of a payment's state; about an open one there is only to tell that an attempt to pay failed.
pub(crate) fn notification(desk: &Desk, payment: &Payment, url: String) -> Parcel {
    let now = desk.clock.now();
    let kind = match payment.standing(now) {
        Standing::Open => "failed",
        standing => status(standing),
    };
    let kind = format!("payment.{kind}");
    let id = id();
    let body = json!({
        "id": id,
        "type": kind,
        "resource": "event",
        "data": describe::payment(payment, now, Fault::Ok),
        "created_at": iso(now),
        "reason": null,
    });
    let body = body.to_string().into_bytes();
    let headers = vec![
        ("user-agent", "Komoju-Webhook".to_owned()),
        ("x-komoju-id", id),
        ("x-komoju-event", kind),
        ("x-komoju-signature", sign(&desk.keys.komoju_secret, &body)),
    ];
    Parcel { url, headers, body }
}

fn sign(secret: &str, body: &[u8]) -> String {
    hex(hmac_sha256(secret.as_bytes(), &[body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_are_signed_as_the_vector_says() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/payment-vectors.json")).unwrap();
        let vector = all["vectors"].as_array().unwrap().iter().find(|vector| vector["provider"] == "komoju").unwrap();
        let text = |name: &str| vector["input"][name].as_str().unwrap();
        assert_eq!(sign(text("secret"), text("body").as_bytes()), vector["expected"]["header"]);
    }
}
