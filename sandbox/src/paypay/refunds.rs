//! Giving money back at PayPay, and asking how far it got.

use super::envelope::{
    INVALID_REFUND, MISSING, NO_REFUND, NOT_FOUND, Outcome, SECOND_REFUND, SUCCESS, UNACCEPTABLE, either, spoilt,
};
use super::fields::Fields;
use super::money;
use super::signature::Caller;
use crate::desk::Desk;
use crate::ledger::{NoRefund, Payment, Refund};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, Responder};
use okini_shared::time::SECOND;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `POST /v2/refunds`
pub(super) async fn refund(desk: Data<Desk>, caller: Caller) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.refund).and_then(|()| give_back(&desk, &caller, faults.multiple_refunds));
    faults.send(faults.refund, either(result)).await
}

fn give_back(desk: &Desk, caller: &Caller, several: bool) -> Result<(Outcome, Value), Outcome> {
    let fields = Fields::read(&caller.body)?;
    let refund = Refund {
        id: fields.id("merchantRefundId")?.to_owned(),
        amount: fields.amount()?,
        requested_at: fields.seconds("requestedAt")?.ok_or(MISSING)?,
        accepted_at: desk.clock.now(),
        reason: fields.text("reason", 255)?.map(str::to_owned),
        metadata: Map::new(),
    };
    let mut books = desk.books();
    let payment = books.paypay.numbered(fields.id("paymentId")?).ok_or(NOT_FOUND)?;
    if payment.merchant != caller.merchant {
        return Err(NOT_FOUND);
    }
    if let Some(former) = payment.refunds.iter().find(|former| former.id == refund.id) {
        return Ok((SUCCESS, describe(payment, former, "CREATED")));
    }
    if !several && !payment.refunds.is_empty() {
        return Err(SECOND_REFUND);
    }
    let data = describe(payment, &refund, "CREATED");
    payment.refund(refund).map_err(|why| match why {
        NoRefund::NotPaid => UNACCEPTABLE,
        NoRefund::MoreThanTheRest => INVALID_REFUND,
    })?;
    tracing::info!(reference = payment.reference, rest = payment.rest().get(), "money goes back");
    Ok((SUCCESS, data))
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(rename = "paymentId")]
    payment_id: Option<String>,
}

/// `GET /v2/refunds/{merchantRefundId}`, of the payment named or of any.
pub(super) async fn details(desk: Data<Desk>, id: Path<String>, which: Query<Which>, caller: Caller) -> HttpResponse {
    let books = desk.books();
    let named = |payment: &&Payment| {
        payment.merchant == caller.merchant
            && which.payment_id.as_ref().is_none_or(|id| payment.made.as_ref().is_some_and(|(made, _)| made == id))
    };
    let found = books.paypay.all().filter(named).find_map(|payment| {
        payment.refunds.iter().find(|refund| refund.id == *id).map(|refund| describe(payment, refund, "REFUNDED"))
    });
    either(found.map(|data| (SUCCESS, data)).ok_or(NO_REFUND))
}

/// A refund as PayPay describes it; first CREATED, and REFUNDED whenever somebody asks later.
pub(super) fn describe(payment: &Payment, refund: &Refund, status: &str) -> Value {
    json!({
        "status": status,
        "acceptedAt": refund.accepted_at.get().div_euclid(SECOND),
        "merchantRefundId": refund.id,
        "paymentId": payment.made.as_ref().map(|(id, _)| id),
        "amount": money(refund.amount),
        "requestedAt": refund.requested_at,
        "reason": refund.reason,
    })
}
