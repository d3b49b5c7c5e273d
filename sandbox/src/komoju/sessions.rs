//! Making, showing and cancelling a session at KOMOJU. Payments are beside this.

use super::problem::{INVALID, NOT_CANCELLABLE, NOT_FOUND, OTHER_REQUEST, Problem, spoilt};
use super::{Caller, REPEATED, describe, id, reply};
use crate::answers::{Asked, once};
use crate::desk::{Company, Desk};
use crate::faults::Fault;
use crate::ledger::{Payment, Progress};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};
use okini_shared::money::Yen;
use okini_shared::time::SECOND;
use serde_json::{Map, Value};

/// Seconds a page lives at most, and where nothing is said.
const LIFE: i64 = 86_400;

/// `POST /sessions`
pub(super) async fn create(desk: Data<Desk>, _: Caller, request: HttpRequest, body: Bytes) -> impl Responder {
    let faults = desk.faults();
    let make = move || spoilt(faults.create).and_then(|()| make(&desk, &request, &body));
    let result = faults.when(faults.create, make).await;
    faults.send(faults.create, reply(result)).await
}

fn make(desk: &Desk, request: &HttpRequest, body: &Bytes) -> Result<Value, Problem> {
    once(desk, Company::Komoju, &Asked::new(request, REPEATED, body), OTHER_REQUEST, |ledger| {
        let payment = open(desk, body)?;
        let answer = describe::session(desk, &payment, Fault::Ok);
        if ledger.add(payment) { Ok(answer) } else { Err(INVALID) }
    })
}

fn open(desk: &Desk, body: &[u8]) -> Result<Payment, Problem> {
    let request: Map<String, Value> = serde_json::from_slice(body).map_err(|_| INVALID)?;
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let amount = request.get("amount").and_then(Value::as_i64).filter(|amount| *amount > 0).ok_or(INVALID)?;
    let life = request.get("expires_in_seconds").map_or(Some(LIFE), Value::as_i64);
    let life = life.filter(|life| (1..=LIFE).contains(life)).ok_or(INVALID)?;
    let back = text("return_url").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let back = back.ok_or(INVALID)?.to_owned();
    if text("currency") != Some("JPY") || !matches!(text("mode"), None | Some("payment")) {
        return Err(INVALID);
    }
    let page = id();
    let number = request.get("payment_data").and_then(|data| data.get("external_order_num")).and_then(Value::as_str);
    let item = request.get("line_items").and_then(|items| items.get(0)).and_then(|item| item.get("description"));
    let now = desk.clock.now();
    Ok(Payment {
        reference: number.unwrap_or(&page).to_owned(),
        merchant: String::new(),
        amount: Yen::new(amount),
        description: item.and_then(Value::as_str).unwrap_or_default().to_owned(),
        return_url: format!("{back}{}session_id={page}", if back.contains('?') { '&' } else { '?' }),
        created_at: now,
        expires_at: now.plus(life * SECOND),
        progress: Progress::Open,
        made: None,
        refunds: Vec::new(),
        page,
        request,
    })
}

/// `GET /sessions/{id}`
pub(super) async fn show(desk: Data<Desk>, _: Caller, id: Path<String>) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.query).and_then(|()| {
        let found = desk.books().komoju.numbered(&id).filter(|payment| payment.page == *id).cloned();
        Ok(describe::session(&desk, &found.ok_or(NOT_FOUND)?, faults.query))
    });
    faults.send(faults.query, reply(result)).await
}

/// `POST /sessions/{id}/cancel`
pub(super) async fn cancel(
    desk: Data<Desk>,
    _: Caller,
    id: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let faults = desk.faults();
    let asked = Asked::new(&request, REPEATED, &body);
    let result = spoilt(faults.cancel).and_then(|()| {
        once(&desk, Company::Komoju, &asked, OTHER_REQUEST, |ledger| {
            let payment = ledger.numbered(&id).filter(|payment| payment.page == *id).ok_or(NOT_FOUND)?;
            payment.remove(desk.clock.now()).map_err(|_| NOT_CANCELLABLE)?;
            Ok(describe::session(&desk, payment, Fault::Ok))
        })
    });
    faults.send(faults.cancel, reply(result)).await
}
