//! Sessions and payments as KOMOJU describes them, and what a switch makes of that.

use super::status;
use crate::clock::iso;
use crate::desk::Desk;
use crate::faults::Fault;
use crate::ledger::{Payment, Progress, Standing};
use okini_shared::time::Millis;
use serde_json::{Value, json};

/// A session; its payment is there once it was made.
pub(super) fn session(desk: &Desk, payment: &Payment, fault: Fault) -> Value {
    let now = desk.clock.now();
    let made = payment.made.as_ref();
    let status = match payment.standing(now) {
        Standing::Open if fault == Fault::UnknownState => "settling",
        Standing::Open | Standing::Expired => "pending",
        Standing::Paid | Standing::Refunded => "completed",
        Standing::Removed | Standing::Failed => "cancelled",
    };
    json!({
        "id": payment.page,
        "resource": "session",
        "mode": "payment",
        "amount": payment.amount.get(),
        "currency": "JPY",
        "session_url": format!("{}/komoju/sessions/{}", desk.pages, payment.page),
        "return_url": payment.request.get("return_url"),
        "default_locale": "ja",
        "payment_methods": [{"type": "credit_card"}],
        "created_at": iso(payment.created_at),
        "cancelled_at": matches!(payment.progress, Progress::Removed(_)).then(|| iso(now)),
        "completed_at": made.map(|(_, at)| iso(*at)),
        "status": status,
        "expired": payment.standing(now) == Standing::Expired,
        "metadata": payment.request.get("metadata"),
        "line_items": payment.request.get("line_items"),
        "payment_data": payment.request.get("payment_data"),
        "payment": made.map(|_| self::payment(payment, now, fault)),
    })
}

/// A payment; one that failed is not kept and goes by its session's id.
pub(super) fn payment(payment: &Payment, now: Millis, fault: Fault) -> Value {
    let made = payment.made.as_ref();
    let amount = payment.amount.get().saturating_add(i64::from(fault == Fault::WrongAmount));
    let status = status(payment.standing(now));
    json!({
        "id": made.map_or(&payment.page, |(id, _)| id),
        "resource": "payment",
        "status": if fault == Fault::UnknownState { "settling" } else { status },
        "amount": amount,
        "tax": 0,
        "customer": null,
        "payment_deadline": null,
        "payment_details": {"type": "credit_card", "brand": "visa", "last_four_digits": "4242"},
        "payment_method_fee": 0,
        "total": amount,
        "currency": if fault == Fault::WrongCurrency { "USD" } else { "JPY" },
        "description": null,
        "captured_at": made.map(|(_, at)| iso(*at)),
        "external_order_num": payment.request.get("payment_data").and_then(|data| data.get("external_order_num")),
        "metadata": {},
        "created_at": iso(made.map_or(payment.created_at, |(_, at)| *at)),
        "amount_refunded": payment.amount.get().saturating_sub(payment.rest().get()),
        "locale": "ja",
        "session": payment.page,
        "refunds": payment.refunds.iter().map(|refund| json!({
            "id": refund.id,
            "resource": "refund",
            "amount": refund.amount.get(),
            "currency": "JPY",
            "payment": made.map(|(id, _)| id),
            "description": refund.reason,
            "created_at": iso(refund.accepted_at),
            "chargeback": false,
        })).collect::<Vec<_>>(),
        "refund_requests": [],
    })
}
