//! Notifications of the hosted checkout: what is signed, fresh and ours is a hint, everything else is refused.

use crate::fixtures::{LONG, NOW, PAYMENT, WEBHOOK_SECRET, checkout, hosted, vectors};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use okini_server::clock::Clock;
use okini_server::providers::checkout::{CheckoutSettings, InvalidSecret};
use okini_server::providers::hosted::Hosted;
use okini_server::providers::http::Http;
use okini_server::providers::{Hint, NotificationError, Provider};
use okini_shared::time::Millis;
use serde_json::json;
use sha2::Sha256;

const SECOND: i64 = NOW.get() / 1_000;

/// A notification with its three headers.
#[derive(Clone)]
struct Message {
    id: Option<String>,
    stamp: Option<String>,
    signature: Option<String>,
    body: Vec<u8>,
}

fn sign(secret: &str, id: &str, stamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{stamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn stamped(stamp: &str, body: &[u8]) -> Message {
    Message {
        id: Some("msg_1".into()),
        stamp: Some(stamp.into()),
        signature: Some(sign(WEBHOOK_SECRET, "msg_1", stamp, body)),
        body: body.to_vec(),
    }
}

fn message(body: &[u8]) -> Message {
    stamped(&SECOND.to_string(), body)
}

fn about(payment: &str, status: &str) -> Vec<u8> {
    let data = json!({"id": "hcs_1", "reference": payment, "status": status, "amount": 1430, "currency": "JPY"});
    json!({"type": format!("session.{status}"), "timestamp": "2026-11-22T10:27:02Z", "data": data}).to_string().into()
}

fn parse(message: &Message) -> Result<Hint, NotificationError> {
    let headers = |name: &str| match name {
        "webhook-id" => message.id.as_deref(),
        "webhook-timestamp" => message.stamp.as_deref(),
        "webhook-signature" => message.signature.as_deref(),
        _ => None,
    };
    hosted("http://127.0.0.1:1").parse_notification(&headers, &message.body)
}

fn receiver(secret: &str, now: Millis) -> Result<Hosted, InvalidSecret> {
    let settings = CheckoutSettings { webhook_secret: secret.into(), ..checkout("http://127.0.0.1:1", LONG) };
    Hosted::new(settings, Http::new().unwrap(), Clock::manual(now))
}

fn ours() -> Result<Hint, NotificationError> {
    Ok(Hint { payment: Some(PAYMENT.parse().unwrap()) })
}

#[test]
fn a_signed_and_fresh_notification_is_a_hint_however_often_it_comes() {
    let message = message(&about(PAYMENT, "paid"));
    for _ in 0..3 {
        assert_eq!(parse(&message), ours());
    }
    for status in ["paid", "failed", "expired", "invented"] {
        assert_eq!(parse(&self::message(&about(PAYMENT, status))), ours(), "{status}");
    }
}

#[test]
fn the_schemes_own_vector() {
    let vector = vectors("standard-webhooks", "webhook-signature").remove(0);
    let input = &vector["input"];
    let stamp = input["webhook_timestamp"].as_i64().unwrap();
    let adapter = receiver(input["secret"].as_str().unwrap(), Millis::new(stamp * 1_000)).unwrap();
    let text = stamp.to_string();
    let headers = |name: &str| match name {
        "webhook-id" => input["webhook_id"].as_str(),
        "webhook-timestamp" => Some(text.as_str()),
        "webhook-signature" => vector["expected"]["header"].as_str(),
        _ => None,
    };
    let body = input["body"].as_str().unwrap();
    assert_eq!(adapter.parse_notification(&headers, body.as_bytes()), Ok(Hint { payment: None }));
    let cut = &body.as_bytes()[1..];
    assert_eq!(adapter.parse_notification(&headers, cut), Err(NotificationError::Forged));
}

#[test]
fn stamps_may_be_five_minutes_off_in_either_direction() {
    for (off, accepted) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let answer = parse(&stamped(&(SECOND + off).to_string(), &about(PAYMENT, "paid")));
        assert_eq!(answer.is_ok(), accepted, "{off}");
    }
}

#[test]
fn forgeries() {
    let good = message(&about(PAYMENT, "paid"));
    let stamp = SECOND.to_string();
    let signature = good.signature.clone().unwrap();
    let signed = |signature: &str| Message { signature: Some(signature.into()), ..good.clone() };
    let other_secret = format!("whsec_{}", STANDARD.encode([7_u8; 24]));
    let cut = good.body[..good.body.len() - 1].to_vec();
    for (what, message) in [
        ("no id", Message { id: None, ..good.clone() }),
        ("no stamp", Message { stamp: None, ..good.clone() }),
        ("no signature", Message { signature: None, ..good.clone() }),
        ("empty signature", signed("")),
        ("another id", Message { id: Some("msg_2".into()), ..good.clone() }),
        ("another stamp", Message { stamp: Some((SECOND + 1).to_string()), ..good.clone() }),
        ("another body", Message { body: about(PAYMENT, "failed"), ..good.clone() }),
        ("a shorter body", Message { body: cut, ..good.clone() }),
        ("another secret", signed(&sign(&other_secret, "msg_1", &stamp, &good.body))),
        ("a secret taken as text", signed(&sign(&STANDARD.encode(WEBHOOK_SECRET), "msg_1", &stamp, &good.body))),
        ("no version", signed(signature.trim_start_matches("v1,"))),
        ("another version", signed(&signature.replace("v1,", "v1a,"))),
        ("an upper-case version", signed(&signature.replace("v1,", "V1,"))),
        ("half a signature", signed(signature.get(..20).unwrap())),
        ("not base64", signed("v1,***")),
        ("an empty signature of the version", signed("v1,")),
        ("a signed stamp that is no number", stamped("soon", &good.body)),
        ("a signed stamp with a sign", stamped(&format!("+{stamp}"), &good.body)),
        ("a signed stamp in milliseconds", stamped(&NOW.get().to_string(), &good.body)),
        ("a signed stamp beyond all numbers", stamped(&"9".repeat(40), &good.body)),
    ] {
        assert_eq!(parse(&message), Err(NotificationError::Forged), "{what}");
    }
}

#[test]
fn one_right_signature_among_several_is_enough() {
    let good = message(&about(PAYMENT, "paid"));
    let signature = good.signature.clone().unwrap();
    let other = sign(&STANDARD.encode([7_u8; 24]), "msg_1", &SECOND.to_string(), &good.body);
    for several in [format!("{other} {signature}"), format!("{signature} {other}"), format!("v1a,x v2,y {signature}")] {
        assert_eq!(parse(&Message { signature: Some(several), ..good.clone() }), ours());
    }
}

#[test]
fn signed_nonsense_names_nobody() {
    for body in ["{}", "[]", "null", "7", r#"{"data":{}}"#, r#"{"data":{"reference":5}}"#, r#"{"data":"x"}"#] {
        assert_eq!(parse(&message(body.as_bytes())), Ok(Hint { payment: None }), "{body}");
    }
    assert_eq!(parse(&message(&about("somebody-elses", "paid"))), Ok(Hint { payment: None }));
    for body in [&b""[..], b"{", b"{\"data\":NaN}", b"{\"a\":\"\xff\"}", "[".repeat(100_000).as_bytes()] {
        assert_eq!(parse(&message(body)), Err(NotificationError::Unreadable));
    }
}

#[test]
fn secrets_that_protect_nothing_are_refused_at_the_start() {
    let sized = |length: usize| format!("whsec_{}", STANDARD.encode(vec![1_u8; length]));
    for secret in ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_***", &sized(23), &sized(65)] {
        assert!(receiver(secret, NOW).is_err(), "{secret}");
    }
    assert!(receiver(&sized(24), NOW).is_ok() && receiver(&sized(64), NOW).is_ok());
}
