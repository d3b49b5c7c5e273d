//! Payments at KOMOJU: finding them by the merchant's number, and giving money back.

use super::problem::{INVALID, NOT_FOUND, NOT_REFUNDABLE, OTHER_REQUEST, Problem, spoilt};
use super::{Caller, REPEATED, describe, id, reply};
use crate::answers::{Asked, once};
use crate::desk::{Company, Desk};
use crate::faults::Fault;
use crate::ledger::{Ledger, Payment, Refund};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use okini_shared::money::Yen;
use okini_shared::time::SECOND;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
pub(super) struct Which {
    external_order_num: Option<String>,
}

/// `GET /payments`
pub(super) async fn list(desk: Data<Desk>, _: Caller, which: Query<Which>) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.query).map(|()| {
        let now = desk.clock.now();
        let books = desk.books();
        let asked_for = |payment: &&Payment| {
            payment.made.is_some()
                && which.external_order_num.as_ref().is_none_or(|number| *number == payment.reference)
        };
        let found = books.komoju.all().filter(asked_for);
        let found: Vec<Value> = found.map(|payment| describe::payment(payment, now, faults.query)).collect();
        json!({"resource": "list", "total": found.len(), "page": 1, "per_page": 20, "last_page": 1, "data": found})
    });
    faults.send(faults.query, reply(result)).await
}

/// `GET /payments/{id}`
pub(super) async fn show(desk: Data<Desk>, _: Caller, id: Path<String>) -> HttpResponse {
    let now = desk.clock.now();
    let found = desk.books().komoju.numbered(&id).filter(|payment| payment.is_called(&id)).cloned();
    reply(found.map(|payment| describe::payment(&payment, now, Fault::Ok)).ok_or(NOT_FOUND))
}

#[derive(Deserialize)]
struct NewRefund {
    amount: Option<i64>,
    description: Option<String>,
}

/// `POST /payments/{id}/refund`
pub(super) async fn refund(
    desk: Data<Desk>,
    _: Caller,
    id: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.refund).and_then(|()| {
        let asked = Asked::new(&request, REPEATED, &body);
        let refund: NewRefund = serde_json::from_slice(&body).map_err(|_| INVALID)?;
        once(&desk, Company::Komoju, &asked, OTHER_REQUEST, |ledger| give_back(&desk, ledger, &id, refund))
    });
    faults.send(faults.refund, reply(result)).await
}

fn give_back(desk: &Desk, ledger: &mut Ledger, payment: &str, asked: NewRefund) -> Result<Value, Problem> {
    let now = desk.clock.now();
    let payment = ledger.numbered(payment).filter(|found| found.is_called(payment)).ok_or(NOT_FOUND)?;
    let amount = asked.amount.unwrap_or_else(|| payment.rest().get());
    if amount < 1 {
        return Err(INVALID);
    }
    let refund = Refund {
        id: id(),
        amount: Yen::new(amount),
        requested_at: now.get().div_euclid(SECOND),
        accepted_at: now,
        reason: asked.description,
        metadata: Map::new(),
    };
    payment.refund(refund).map_err(|_| NOT_REFUNDABLE)?;
    Ok(describe::payment(payment, now, Fault::Ok))
}
