//! PayPay's Open Payment API under `/paypay`: its routes, its words for states, its notification. The page that a payer
//! sees is the wallet's.

mod codes;
mod details;
mod envelope;
mod fields;
mod refunds;
mod signature;

use crate::clock::iso;
use crate::desk::Desk;
use crate::ledger::{Payment, Standing};
use crate::notifier::Parcel;
use actix_web::web::{ServiceConfig, delete, get, post, scope, to};
use okini_shared::money::Yen;
use serde_json::{Value, json};

/// The API's routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let api = scope("/paypay/v2")
        .route("/codes", post().to(codes::create))
        .route("/codes/payments/{merchant_payment_id}", get().to(details::details))
        .route("/codes/{code_id}", delete().to(codes::delete))
        .route("/payments/{merchant_payment_id}", delete().to(codes::cancel))
        .route("/refunds", post().to(refunds::refund))
        .route("/refunds/", post().to(refunds::refund))
        .route("/refunds/{merchant_refund_id}", get().to(refunds::details))
        .default_service(to(|_: signature::Caller| async { envelope::refuse(envelope::NOT_FOUND) }));
    config.service(api);
}

/// PayPay's word for a state.
pub(crate) fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "CREATED",
        Standing::Paid => "COMPLETED",
        Standing::Failed => "FAILED",
        Standing::Removed => "CANCELED",
        Standing::Expired => "EXPIRED",
        Standing::Refunded => "REFUNDED",
    }
}

fn money(amount: Yen) -> Value {
    json!({"amount": amount.get(), "currency": "JPY"})
}

/// The notification of a payment's state: unsigned, the amount a text.
pub(crate) fn notification(desk: &Desk, payment: &Payment, url: String) -> Parcel {
    let standing = payment.standing(desk.clock.now());
    let body = json!({
        "notification_type": "Transaction",
        "merchant_id": payment.merchant,
        "store_id": payment.request.get("storeId"),
        "pos_id": payment.request.get("terminalId"),
        "order_id": payment.made.as_ref().map(|(id, _)| id),
        "merchant_order_id": payment.reference,
        "authorized_at": null,
        "expires_at": null,
        "paid_at": payment.made.as_ref().map(|(_, at)| iso(*at)),
        "order_amount": payment.amount.get().to_string(),
        "state": status(standing),
    });
    Parcel { url, headers: Vec::new(), body: body.to_string().into_bytes() }
}
