//! Notifications of KOMOJU: what is signed is a hint, everything else is refused. They carry no signed time.

use crate::fixtures::{LONG, NOW, PAYMENT, WEBHOOK_SECRET, checkout, komoju, vectors};
use hmac::{Hmac, KeyInit, Mac};
use okini_server::clock::Clock;
use okini_server::providers::checkout::{CheckoutSettings, InvalidSecret};
use okini_server::providers::http::Http;
use okini_server::providers::komoju::Komoju;
use okini_server::providers::{Hint, NotificationError, Provider};
use serde_json::json;
use sha2::Sha256;

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn receiver(secret: &str) -> Result<Komoju, InvalidSecret> {
    let settings = CheckoutSettings { webhook_secret: secret.into(), ..checkout("http://127.0.0.1:1", LONG) };
    Komoju::new(settings, Http::new().unwrap(), Clock::manual(NOW))
}

fn parse(adapter: &Komoju, signature: Option<&str>, body: &[u8]) -> Result<Hint, NotificationError> {
    adapter.parse_notification(&|name| signature.filter(|_| name == "x-komoju-signature"), body)
}

fn about(number: &str, kind: &str) -> Vec<u8> {
    let data = json!({"id": "pay1", "resource": "payment", "amount": 1430, "external_order_num": number});
    json!({"id": "evt1", "type": kind, "resource": "event", "data": data}).to_string().into()
}

#[test]
fn the_documented_signature() {
    let vector = vectors("komoju", "webhook-signature").remove(0);
    let adapter = receiver(vector["input"]["secret"].as_str().unwrap()).unwrap();
    let body = vector["input"]["body"].as_str().unwrap().as_bytes();
    let signature = vector["expected"]["header"].as_str();
    assert_eq!(parse(&adapter, signature, body), Ok(Hint { payment: None }), "somebody else's number");
    assert_eq!(parse(&adapter, signature, &body[1..]), Err(NotificationError::Forged));
}

#[test]
fn a_signed_notification_is_a_hint_however_often_it_comes() {
    for kind in ["payment.captured", "payment.failed", "payment.expired", "payment.refunded", "invented"] {
        let body = about(PAYMENT, kind);
        for _ in 0..3 {
            let hint = parse(&komoju("http://127.0.0.1:1"), Some(&sign(WEBHOOK_SECRET, &body)), &body);
            assert_eq!(hint, Ok(Hint { payment: Some(PAYMENT.parse().unwrap()) }), "{kind}");
        }
    }
}

#[test]
fn forgeries() {
    let body = about(PAYMENT, "payment.captured");
    let good = sign(WEBHOOK_SECRET, &body);
    let adapter = komoju("http://127.0.0.1:1");
    for (what, signature, body) in [
        ("no signature", None, body.clone()),
        ("an empty one", Some(String::new()), body.clone()),
        ("another secret", Some(sign("another secret token", &body)), body.clone()),
        ("another body", Some(good.clone()), about(PAYMENT, "payment.failed")),
        ("capital letters", Some(good.to_uppercase()), body.clone()),
        ("half of it", Some(good.chars().take(32).collect()), body.clone()),
        ("more than it", Some(format!("{good}0")), body.clone()),
        ("not hex", Some("z".repeat(64)), body.clone()),
    ] {
        assert_eq!(parse(&adapter, signature.as_deref(), &body), Err(NotificationError::Forged), "{what}");
    }
}

#[test]
fn signed_nonsense_names_nobody() {
    let adapter = komoju("http://127.0.0.1:1");
    for body in ["{}", "[]", "null", r#"{"data":{"external_order_num":5}}"#, r#"{"type":"ping","data":"x"}"#] {
        let body = body.as_bytes();
        assert_eq!(parse(&adapter, Some(&sign(WEBHOOK_SECRET, body)), body), Ok(Hint { payment: None }));
    }
    for body in [&b""[..], b"{", b"{\"a\":\"\xff\"}", "[".repeat(100_000).as_bytes()] {
        assert_eq!(parse(&adapter, Some(&sign(WEBHOOK_SECRET, body)), body), Err(NotificationError::Unreadable));
    }
}

#[test]
fn secrets_that_protect_nothing_are_refused_at_the_start() {
    assert!(receiver("").is_err() && receiver("fifteen letters").is_err());
    assert!(receiver("sixteen letters.").is_ok());
}
