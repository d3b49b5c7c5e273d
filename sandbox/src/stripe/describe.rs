//! Sessions, payments and refunds as Stripe describes them, and what a switch makes of that.

use super::form::{Form, nested};
use super::session_status;
use crate::desk::Desk;
use crate::faults::Fault;
use crate::ledger::{Payment, Refund, Standing};
use okini_shared::money::Yen;
use okini_shared::time::{Millis, SECOND};
use serde_json::{Value, json};

pub(super) fn seconds(at: Millis) -> i64 {
    at.get().div_euclid(SECOND)
}

/// A session; what `form` asks for is told whole.
pub(super) fn session(desk: &Desk, payment: &Payment, form: &Form, fault: Fault) -> Value {
    let standing = payment.standing(desk.clock.now());
    let amount = payment.amount.get().saturating_add(i64::from(fault == Fault::WrongAmount));
    let url = format!("{}/stripe/pay/{}", desk.pages, payment.page);
    let text = |name: &str| payment.request.get(name);
    let whole = form.expands("payment_intent");
    let intent = payment.made.as_ref().map(|(id, _)| if whole { intent(payment, form) } else { json!(id) });
    json!({
        "id": payment.page,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": text("cancel_url"),
        "client_reference_id": text("client_reference_id"),
        "created": seconds(payment.created_at),
        "currency": if fault == Fault::WrongCurrency { "usd" } else { "jpy" },
        "expires_at": seconds(payment.expires_at),
        "livemode": false,
        "metadata": nested(&payment.request, "metadata"),
        "mode": "payment",
        "payment_intent": intent,
        "payment_method_types": ["card"],
        "payment_status": if matches!(standing, Standing::Paid | Standing::Refunded) { "paid" } else { "unpaid" },
        "status": if fault == Fault::UnknownState { "settling" } else { session_status(standing) },
        "success_url": text("success_url"),
        "url": (standing == Standing::Open).then_some(url),
    })
}

/// A payment, or the try to make one.
pub(super) fn intent(payment: &Payment, form: &Form) -> Value {
    let made = payment.made.as_ref();
    let whole = form.expands("payment_intent.latest_charge");
    let charge = made.map(|_| if whole { charge(payment) } else { json!(charge_id(payment)) });
    json!({
        "id": made.map_or_else(|| payment.page.replacen("cs_test_", "pi_", 1), |(id, _)| id.clone()),
        "object": "payment_intent",
        "amount": payment.amount.get(),
        "amount_received": if made.is_some() { payment.amount.get() } else { 0 },
        "currency": "jpy",
        "latest_charge": charge,
        "livemode": false,
        "metadata": nested(&payment.request, "payment_intent_data[metadata]"),
        "status": if made.is_some() { "succeeded" } else { "requires_payment_method" },
    })
}

fn charge_id(payment: &Payment) -> Option<String> {
    payment.made.as_ref().map(|(id, _)| id.replacen("pi_", "ch_", 1))
}

/// What was charged, and how much of it went back.
pub(super) fn charge(payment: &Payment) -> Value {
    json!({
        "id": charge_id(payment),
        "object": "charge",
        "amount": payment.amount.get(),
        "amount_refunded": payment.amount.get().saturating_sub(payment.rest().get()),
        "currency": "jpy",
        "livemode": false,
        "metadata": nested(&payment.request, "payment_intent_data[metadata]"),
        "paid": true,
        "payment_intent": payment.made.as_ref().map(|(id, _)| id),
        "refunded": payment.rest() == Yen::new(0),
        "status": "succeeded",
    })
}

pub(super) fn refund(payment: &Payment, refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount.get(),
        "charge": charge_id(payment),
        "created": seconds(refund.accepted_at),
        "currency": "jpy",
        "metadata": refund.metadata,
        "payment_intent": payment.made.as_ref().map(|(id, _)| id),
        "reason": refund.reason,
        "status": "succeeded",
    })
}

/// The first of these, the newest first; `limit` and `starting_after` are as `form` says.
pub(super) fn list(url: &str, mut all: Vec<(Millis, Value)>, form: &Form) -> Value {
    let name = |value: &Value| value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    all.sort_by_key(|(at, value)| std::cmp::Reverse((*at, name(value))));
    let after = form.text("starting_after").and_then(|id| all.iter().position(|(_, value)| name(value) == id));
    let limit = form.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10_usize).clamp(1, 100);
    let mut rest = all.into_iter().skip(after.map_or(0, |at| at + 1)).map(|(_, value)| value);
    let data: Vec<Value> = rest.by_ref().take(limit).collect();
    json!({"object": "list", "url": url, "data": data, "has_more": rest.next().is_some()})
}
