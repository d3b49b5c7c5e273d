//! The adapters and payments that the wire tests use: a clock that stands still, seeded ids, short timeouts.

use okini_server::clock::{Clock, Ids};
use okini_server::providers::checkout::CheckoutSettings;
use okini_server::providers::hosted::Hosted;
use okini_server::providers::http::{Http, Timeouts};
use okini_server::providers::komoju::Komoju;
use okini_server::providers::paypay::{PayPay, PayPaySettings};
use okini_server::providers::stripe::Stripe;
use okini_server::providers::{Attempt, RefundRequest};
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::time::Millis;
use serde_json::Value;
use std::time::Duration;

/// For answers that come.
pub(crate) const LONG: Timeouts = Timeouts { moving: Duration::from_secs(20), asking: Duration::from_secs(20) };
/// For answers that do not.
pub(crate) const SHORT: Timeouts = Timeouts { moving: Duration::from_millis(400), asking: Duration::from_millis(300) };

/// 2026-11-22 10:27:02.345 UTC.
pub(crate) const NOW: Millis = Millis::new(1_795_343_222_345);
pub(crate) const KEY: &str = "a_8H2kQ0mZp3w1";
pub(crate) const SECRET: &str = "Zk9PmvJq3bqQmv1TtY8dO7hM0hVh8uQ1bqUu+x/2Y1o=";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub(crate) const PAYMENT: &str = "pay_019aab00000070008000000000000001";
pub(crate) const REFUND: &str = "ref_019aab00000070008000000000000002";

pub(crate) fn paypay(base_url: &str) -> PayPay {
    paypay_within(base_url, LONG)
}

pub(crate) fn paypay_within(base_url: &str, timeouts: Timeouts) -> PayPay {
    let settings = PayPaySettings {
        base_url: base_url.into(),
        api_key: KEY.into(),
        api_secret: SECRET.into(),
        page_host: "qr.paypay.test".into(),
        timeouts,
    };
    let clock = Clock::manual(NOW);
    PayPay::new(settings, Http::new().unwrap(), clock.clone(), Ids::seeded(clock, 1))
}

pub(crate) fn hosted(base_url: &str) -> Hosted {
    hosted_within(base_url, LONG)
}

pub(crate) fn hosted_within(base_url: &str, timeouts: Timeouts) -> Hosted {
    Hosted::new(checkout(base_url, timeouts), Http::new().unwrap(), Clock::manual(NOW)).unwrap()
}

pub(crate) fn komoju(base_url: &str) -> Komoju {
    komoju_within(base_url, LONG)
}

pub(crate) fn komoju_within(base_url: &str, timeouts: Timeouts) -> Komoju {
    Komoju::new(checkout(base_url, timeouts), Http::new().unwrap(), Clock::manual(NOW)).unwrap()
}

pub(crate) fn stripe(base_url: &str) -> Stripe {
    stripe_within(base_url, LONG)
}

pub(crate) fn stripe_within(base_url: &str, timeouts: Timeouts) -> Stripe {
    Stripe::new(checkout(base_url, timeouts), Http::new().unwrap(), Clock::manual(NOW)).unwrap()
}

/// Settings of a company with a checkout page.
pub(crate) fn checkout(base_url: &str, timeouts: Timeouts) -> CheckoutSettings {
    CheckoutSettings {
        base_url: base_url.into(),
        api_key: KEY.into(),
        webhook_secret: WEBHOOK_SECRET.into(),
        page_host: "pay.checkout.test".into(),
        timeouts,
    }
}

/// The vectors of a vendor's signatures of one kind.
pub(crate) fn vectors(provider: &str, kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../data/payment-vectors.json")).unwrap();
    let vectors = all["vectors"].as_array().unwrap().iter();
    let chosen: Vec<Value> = vectors.filter(|v| v["provider"] == provider && v["kind"] == kind).cloned().collect();
    assert!(!chosen.is_empty());
    chosen
}

pub(crate) fn attempt() -> Attempt {
    Attempt {
        id: PAYMENT.parse::<PaymentId>().unwrap(),
        merchant: Some("286123456789012345".into()),
        amount: Yen::new(1_430),
        description: "お好み焼き さくら".into(),
        return_url: "https://okini.example/o/abc?x=1".into(),
        created_at: NOW,
        provider_ref: Some("04-6p2kX9TzQw3aLmRe".into()),
    }
}

pub(crate) fn refund() -> RefundRequest {
    RefundRequest {
        id: REFUND.parse::<RefundId>().unwrap(),
        merchant: None,
        payment: PAYMENT.parse().unwrap(),
        provider_payment_id: "02811530217645375488".into(),
        provider_ref: Some("04-6p2kX9TzQw3aLmRe".into()),
        amount: Yen::new(430),
        requested_at: NOW,
    }
}
