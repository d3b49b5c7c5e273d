//! Asking PayPay after a payment, and what a switch makes of the answer.

use super::envelope::{NO_PAYMENT, Outcome, SUCCESS, either, spoilt};
use super::signature::Caller;
use super::{money, refunds, status};
use crate::desk::Desk;
use crate::faults::Fault;
use crate::ledger::{Payment, Progress, Standing};
use actix_web::Responder;
use actix_web::web::{Data, Path};
use okini_shared::money::Yen;
use okini_shared::time::{Millis, SECOND};
use serde_json::{Value, json};

/// `GET /v2/codes/payments/{merchantPaymentId}`
pub(super) async fn details(desk: Data<Desk>, id: Path<String>, caller: Caller) -> impl Responder {
    let faults = desk.faults();
    let fault = faults.query;
    let result = spoilt(fault).and_then(|()| {
        let mut books = desk.books();
        let payment = books.paypay.named(&id).filter(|payment| payment.merchant == caller.merchant);
        describe(payment.ok_or(NO_PAYMENT)?, desk.clock.now(), fault)
    });
    faults.send(fault, either(result)).await
}

fn describe(payment: &Payment, now: Millis, fault: Fault) -> Result<(Outcome, Value), Outcome> {
    let standing = payment.standing(now);
    let status = if fault == Fault::UnknownState { "SETTLING" } else { status(standing) };
    match standing {
        Standing::Removed | Standing::Expired => Err(NO_PAYMENT),
        Standing::Open => Ok((SUCCESS, json!({"status": status, "acceptedAt": 0, "requestedAt": 0}))),
        Standing::Paid | Standing::Failed | Standing::Refunded => {
            Ok((SUCCESS, full(payment, status, &amount(payment, fault))))
        }
    }
}

fn amount(payment: &Payment, fault: Fault) -> Value {
    match fault {
        Fault::WrongAmount => money(Yen::new(payment.amount.get().saturating_add(1))),
        Fault::WrongCurrency => json!({"amount": payment.amount.get(), "currency": "USD"}),
        _ => money(payment.amount),
    }
}

/// Everything that is known; what is not known is left out.
fn full(payment: &Payment, status: &str, amount: &Value) -> Value {
    let seconds = |at: Millis| at.get().div_euclid(SECOND);
    let failed_at = match payment.progress {
        Progress::Failed(at) => Some(seconds(at)),
        _ => None,
    };
    let given_back = payment.refunds.iter().map(|refund| refunds::describe(payment, refund, "REFUNDED"));
    let mut data = json!({
        "paymentId": payment.made.as_ref().map(|(id, _)| id),
        "status": status,
        "acceptedAt": payment.made.as_ref().map(|(_, at)| seconds(*at)),
        "merchantPaymentId": payment.reference,
        "amount": amount,
        "requestedAt": payment.request.get("requestedAt"),
        "failedAt": failed_at,
        "storeId": payment.request.get("storeId"),
        "terminalId": payment.request.get("terminalId"),
        "orderDescription": payment.description,
        "orderItems": payment.request.get("orderItems"),
        "refunds": {"data": given_back.collect::<Vec<_>>()},
        "paymentMethods": [{"type": "WALLET", "amount": amount}],
    });
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    data
}
