//! Notifications of Stripe: what is signed and not too old is a hint, everything else is refused.

use crate::fixtures::{LONG, NOW, PAYMENT, WEBHOOK_SECRET, checkout, stripe, vectors};
use hmac::{Hmac, KeyInit, Mac};
use okini_server::clock::Clock;
use okini_server::providers::checkout::{CheckoutSettings, InvalidSecret};
use okini_server::providers::http::Http;
use okini_server::providers::stripe::Stripe;
use okini_server::providers::{Hint, NotificationError, Provider};
use okini_shared::time::Millis;
use serde_json::json;
use sha2::Sha256;

const SECOND: i64 = NOW.get() / 1_000;

fn mac(secret: &str, stamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{stamp}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sign(stamp: &str, body: &[u8]) -> String {
    format!("t={stamp},v1={}", mac(WEBHOOK_SECRET, stamp, body))
}

fn receiver(secret: &str, now: Millis) -> Result<Stripe, InvalidSecret> {
    let settings = CheckoutSettings { webhook_secret: secret.into(), ..checkout("http://127.0.0.1:1", LONG) };
    Stripe::new(settings, Http::new().unwrap(), Clock::manual(now))
}

fn parse(adapter: &Stripe, header: Option<&str>, body: &[u8]) -> Result<Hint, NotificationError> {
    adapter.parse_notification(&|name| header.filter(|_| name == "stripe-signature"), body)
}

fn about(payment: &str, kind: &str) -> Vec<u8> {
    let object = json!({"id": "cs_1", "object": "checkout.session", "metadata": {"payment": payment}});
    json!({"id": "evt_1", "object": "event", "type": kind, "data": {"object": object}}).to_string().into()
}

fn ours() -> Result<Hint, NotificationError> {
    Ok(Hint { payment: Some(PAYMENT.parse().unwrap()) })
}

#[test]
fn what_stripes_own_program_signs_and_accepts() {
    for vector in vectors("stripe", "webhook-signature") {
        let input = &vector["input"];
        let now = Millis::new(input["timestamp"].as_i64().unwrap() * 1_000);
        let adapter = receiver(input["secret"].as_str().unwrap(), now).unwrap();
        let body = input["body"].as_str().unwrap().as_bytes();
        let header = vector["expected"]["header"].as_str();
        assert_eq!(parse(&adapter, header, body), Ok(Hint { payment: None }), "{}", vector["id"]);
    }
    for vector in vectors("stripe", "webhook-verify") {
        let input = &vector["input"];
        let now = Millis::new(input["now"].as_i64().unwrap() * 1_000);
        let adapter = receiver(input["secret"].as_str().unwrap(), now).unwrap();
        let answer = parse(&adapter, input["header"].as_str(), input["body"].as_str().unwrap().as_bytes());
        assert_eq!(answer.is_ok(), vector["expected"]["accept"].as_bool().unwrap(), "{}", vector["id"]);
    }
}

#[test]
fn a_signed_and_fresh_notification_is_a_hint_however_often_it_comes() {
    let adapter = stripe("http://127.0.0.1:1");
    for kind in ["checkout.session.completed", "payment_intent.payment_failed", "charge.refunded", "invented"] {
        let body = about(PAYMENT, kind);
        for _ in 0..3 {
            assert_eq!(parse(&adapter, Some(&sign(&SECOND.to_string(), &body)), &body), ours(), "{kind}");
        }
    }
}

#[test]
fn stamps_may_be_five_minutes_old_and_lie_ahead() {
    let body = about(PAYMENT, "checkout.session.completed");
    for (off, accepted) in [(-301, false), (-300, true), (0, true), (300, true), (3_600, true)] {
        let answer = parse(&stripe("http://127.0.0.1:1"), Some(&sign(&(SECOND + off).to_string(), &body)), &body);
        assert_eq!(answer.is_ok(), accepted, "{off}");
    }
}

#[test]
fn forgeries() {
    let adapter = stripe("http://127.0.0.1:1");
    let stamp = SECOND.to_string();
    let body = about(PAYMENT, "checkout.session.completed");
    let good = mac(WEBHOOK_SECRET, &stamp, &body);
    let decoded = WEBHOOK_SECRET.trim_start_matches("whsec_");
    for (what, header) in [
        ("nothing", String::new()),
        ("no stamp", format!("v1={good}")),
        ("no signature", format!("t={stamp}")),
        ("an empty signature", format!("t={stamp},v1=")),
        ("another stamp", format!("t={},v1={good}", SECOND + 1)),
        ("the old version", format!("t={stamp},v0={good}")),
        ("capital letters", format!("t={stamp},v1={}", good.to_uppercase())),
        ("half of it", format!("t={stamp},v1={}", good.chars().take(32).collect::<String>())),
        ("another secret", format!("t={stamp},v1={}", mac("whsec_other", &stamp, &body))),
        ("the secret without its beginning", format!("t={stamp},v1={}", mac(decoded, &stamp, &body))),
        ("a signed stamp that is no number", sign("soon", &body)),
        ("a signed stamp with a sign", sign(&format!("+{stamp}"), &body)),
        ("a signed stamp beyond all numbers", sign(&"9".repeat(40), &body)),
        ("a signed stamp that is empty", sign("", &body)),
    ] {
        assert_eq!(parse(&adapter, Some(&header), &body), Err(NotificationError::Forged), "{what}");
    }
    assert_eq!(parse(&adapter, None, &body), Err(NotificationError::Forged));
    let other = about(PAYMENT, "checkout.session.expired");
    assert_eq!(parse(&adapter, Some(&sign(&stamp, &body)), &other), Err(NotificationError::Forged));
}

#[test]
fn one_right_signature_among_several_is_enough() {
    let stamp = SECOND.to_string();
    let body = about(PAYMENT, "checkout.session.completed");
    let (good, other) = (mac(WEBHOOK_SECRET, &stamp, &body), mac("whsec_other", &stamp, &body));
    for header in [
        format!("t={stamp},v1={other},v1={good}"),
        format!("v1={good},v0=x,t={stamp}"),
        format!("t={stamp}, v1={good}"),
    ] {
        assert_eq!(parse(&stripe("http://127.0.0.1:1"), Some(&header), &body), ours(), "{header}");
    }
}

#[test]
fn signed_nonsense_names_nobody() {
    let (adapter, stamp) = (stripe("http://127.0.0.1:1"), SECOND.to_string());
    for body in ["{}", "[]", "null", r#"{"data":{"object":{"metadata":{"payment":5}}}}"#] {
        let body = body.as_bytes();
        assert_eq!(parse(&adapter, Some(&sign(&stamp, body)), body), Ok(Hint { payment: None }));
    }
    for body in [&b""[..], b"{", b"{\"a\":\"\xff\"}", "[".repeat(100_000).as_bytes()] {
        assert_eq!(parse(&adapter, Some(&sign(&stamp, body)), body), Err(NotificationError::Unreadable));
    }
}

#[test]
fn secrets_that_protect_nothing_are_refused_at_the_start() {
    for secret in ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
        assert!(receiver(secret, NOW).is_err(), "{secret}");
    }
}
