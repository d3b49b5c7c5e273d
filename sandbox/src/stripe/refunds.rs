//! Giving money back at Stripe, and asking how far it got.

use super::form::{Form, nested};
use super::problem::{
    ALREADY_REFUNDED, INVALID, MISSING, NOT_CHARGED, OTHER_REQUEST, Problem, TOO_MUCH, reply, spoilt,
};
use super::{Caller, REPEATED, describe, id};
use crate::answers::{Asked, once};
use crate::desk::{Company, Desk};
use crate::ledger::{Ledger, NoRefund, Refund};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};
use okini_shared::money::Yen;
use serde_json::Value;

/// `POST /v1/refunds`
pub(super) async fn refund(desk: Data<Desk>, _: Caller, request: HttpRequest, body: Bytes) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.refund).and_then(|()| {
        let asked = Asked::new(&request, REPEATED, &body);
        let form = Form::read(&body);
        once(&desk, Company::Stripe, &asked, OTHER_REQUEST, |ledger| give_back(&desk, ledger, &form))
    });
    faults.send(faults.refund, reply(result)).await
}

fn give_back(desk: &Desk, ledger: &mut Ledger, form: &Form) -> Result<Value, Problem> {
    let named = form.text("payment_intent").ok_or(INVALID)?;
    let payment = ledger.numbered(named).filter(|payment| payment.is_called(named)).ok_or(MISSING)?;
    let amount = form.number("amount")?.unwrap_or_else(|| payment.rest().get());
    if payment.rest() == Yen::new(0) {
        return Err(ALREADY_REFUNDED);
    }
    if amount < 1 {
        return Err(INVALID);
    }
    let now = desk.clock.now();
    let refund = Refund {
        id: id("re"),
        amount: Yen::new(amount),
        requested_at: describe::seconds(now),
        accepted_at: now,
        reason: form.text("reason").map(str::to_owned),
        metadata: nested(&form.0, "metadata"),
    };
    let answer = describe::refund(payment, &refund);
    payment.refund(refund).map_err(|why| match why {
        NoRefund::NotPaid => NOT_CHARGED,
        NoRefund::MoreThanTheRest => TOO_MUCH,
    })?;
    Ok(answer)
}

/// `GET /v1/refunds`
pub(super) async fn list(desk: Data<Desk>, _: Caller, request: HttpRequest) -> HttpResponse {
    let form = Form::read(request.query_string().as_bytes());
    let named = form.text("payment_intent");
    let books = desk.books();
    if named.is_some_and(|id| !books.stripe.all().any(|payment| payment.is_called(id))) {
        return reply(Err(MISSING));
    }
    let payments = books.stripe.all().filter(|payment| named.is_none_or(|id| payment.is_called(id)));
    let found = payments.flat_map(|payment| {
        payment.refunds.iter().map(|refund| (refund.accepted_at, describe::refund(payment, refund)))
    });
    reply(Ok(describe::list("/v1/refunds", found.collect(), &form)))
}

/// `GET /v1/refunds/{id}`
pub(super) async fn show(desk: Data<Desk>, _: Caller, id: Path<String>) -> HttpResponse {
    let books = desk.books();
    let found = books.stripe.all().find_map(|payment| {
        payment.refunds.iter().find(|refund| refund.id == *id).map(|refund| describe::refund(payment, refund))
    });
    reply(found.ok_or(MISSING))
}
