//! Sessions and refunds of the hosted checkout.

use super::problem::{
    self, ALREADY_PAID, INVALID, NOT_FOUND, NOT_PAID, OTHER_REQUEST, Problem, REFERENCE_TAKEN, TOO_MUCH, UNAUTHORIZED,
    spoilt,
};
use super::status;
use crate::answers::{self, Asked};
use crate::caller::{self, Keyed};
use crate::chance;
use crate::desk::{Company, Desk, Keys};
use crate::faults::Fault;
use crate::ledger::{Ledger, NoRefund, Payment, Progress, Refund, Standing};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use okini_shared::money::Yen;
use okini_shared::time::SECOND;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Seconds a page may live.
const LIFE: std::ops::RangeInclusive<i64> = 30..=86_400;

/// A caller who knows the key.
pub(super) type Caller = caller::Caller<Key>;

pub(super) struct Key;

impl Keyed for Key {
    fn authorization(keys: &Keys) -> String {
        format!("Bearer {}", keys.hosted_key)
    }

    fn refusal() -> HttpResponse {
        problem::answer(UNAUTHORIZED)
    }
}

fn reply(result: Result<Value, Problem>) -> HttpResponse {
    match result {
        Ok(body) => HttpResponse::Ok().json(body),
        Err(why) => problem::answer(why),
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|_| INVALID)
}

fn once(
    desk: &Desk,
    request: &HttpRequest,
    body: &Bytes,
    act: impl FnOnce(&mut Ledger) -> Result<Value, Problem>,
) -> Result<Value, Problem> {
    answers::once(desk, Company::Hosted, &Asked::new(request, "idempotency-key", body), OTHER_REQUEST, act)
}

#[derive(Deserialize)]
struct NewSession {
    reference: String,
    amount: i64,
    currency: String,
    description: String,
    return_url: String,
    expires_in_seconds: i64,
}

/// `POST /v1/sessions`
pub(super) async fn create(desk: Data<Desk>, _: Caller, request: HttpRequest, body: Bytes) -> impl Responder {
    let faults = desk.faults();
    let make = move || spoilt(faults.create).and_then(|()| make(&desk, &request, &body));
    let result = faults.when(faults.create, make).await;
    faults.send(faults.create, reply(result)).await
}

fn make(desk: &Desk, request: &HttpRequest, body: &Bytes) -> Result<Value, Problem> {
    let session: NewSession = read(body)?;
    once(desk, request, body, |ledger| {
        let payment = open(desk, session)?;
        let answer = describe(desk, &payment, Fault::Ok);
        if ledger.add(payment) { Ok(answer) } else { Err(REFERENCE_TAKEN) }
    })
}

fn open(desk: &Desk, session: NewSession) -> Result<Payment, Problem> {
    let web = session.return_url.starts_with("https://") || session.return_url.starts_with("http://");
    let named = (1..=64).contains(&session.reference.len());
    if session.amount < 1 || session.currency != "JPY" || !web || !named || !LIFE.contains(&session.expires_in_seconds)
    {
        return Err(INVALID);
    }
    Ok(Payment {
        reference: session.reference,
        page: format!("cs_{}", chance::letters()),
        merchant: String::new(),
        amount: Yen::new(session.amount),
        description: session.description,
        return_url: session.return_url,
        request: Map::new(),
        created_at: desk.clock.now(),
        expires_at: desk.clock.now().plus(session.expires_in_seconds * SECOND),
        progress: Progress::Open,
        made: None,
        refunds: Vec::new(),
    })
}

/// A session as the checkout describes it, apart from what a switch makes of it.
pub(super) fn describe(desk: &Desk, payment: &Payment, fault: Fault) -> Value {
    let status = status(payment.standing(desk.clock.now()));
    let amount = payment.amount.get();
    json!({
        "id": payment.page,
        "reference": payment.reference,
        "status": if fault == Fault::UnknownState { "settling" } else { status },
        "amount": if fault == Fault::WrongAmount { amount.saturating_add(1) } else { amount },
        "currency": if fault == Fault::WrongCurrency { "USD" } else { "JPY" },
        "url": format!("{}/hosted/checkout/{}", desk.pages, payment.page),
        "expires_at": payment.expires_at.get().div_euclid(SECOND),
        "payment_id": payment.made.as_ref().map(|(id, _)| id),
    })
}

/// `GET /v1/sessions/{id}`
pub(super) async fn session(desk: Data<Desk>, _: Caller, id: Path<String>) -> impl Responder {
    let found = desk.books().hosted.numbered(&id).filter(|payment| payment.page == *id).cloned();
    query(&desk, found).await
}

#[derive(Deserialize)]
pub(super) struct Which {
    reference: String,
}

/// `GET /v1/sessions?reference=`
pub(super) async fn find(desk: Data<Desk>, _: Caller, which: Query<Which>) -> impl Responder {
    let found = desk.books().hosted.named(&which.reference).cloned();
    query(&desk, found).await
}

async fn query(desk: &Desk, found: Option<Payment>) -> HttpResponse {
    let faults = desk.faults();
    let result = spoilt(faults.query).and_then(|()| Ok(describe(desk, &found.ok_or(NOT_FOUND)?, faults.query)));
    faults.send(faults.query, reply(result)).await
}

/// `POST /v1/sessions/{id}/cancel`
pub(super) async fn cancel(
    desk: Data<Desk>,
    _: Caller,
    id: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let faults = desk.faults();
    let mut cancelled = None;
    let result = spoilt(faults.cancel).and_then(|()| {
        once(&desk, &request, &body, |ledger| {
            let payment = ledger.numbered(&id).filter(|payment| payment.page == *id).ok_or(NOT_FOUND)?;
            match payment.remove(desk.clock.now()) {
                Ok(()) => cancelled = Some(payment.clone()),
                Err(Standing::Paid | Standing::Refunded) => return Err(ALREADY_PAID),
                Err(_) => {}
            }
            Ok(describe(&desk, payment, Fault::Ok))
        })
    });
    if let Some(payment) = cancelled {
        desk.announce(Company::Hosted, &payment);
    }
    faults.send(faults.cancel, reply(result)).await
}

#[derive(Deserialize)]
struct NewRefund {
    session_id: String,
    refund_reference: String,
    amount: i64,
}

/// `POST /v1/refunds`
pub(super) async fn refund(desk: Data<Desk>, _: Caller, request: HttpRequest, body: Bytes) -> impl Responder {
    let faults = desk.faults();
    let result = spoilt(faults.refund).and_then(|()| {
        let asked: NewRefund = read(&body)?;
        once(&desk, &request, &body, |ledger| give_back(&desk, ledger, asked))
    });
    faults.send(faults.refund, reply(result)).await
}

fn give_back(desk: &Desk, ledger: &mut Ledger, asked: NewRefund) -> Result<Value, Problem> {
    if asked.amount < 1 || asked.refund_reference.is_empty() {
        return Err(INVALID);
    }
    let taken = ledger.all().flat_map(|payment| &payment.refunds).any(|refund| refund.id == asked.refund_reference);
    if taken {
        return Err(REFERENCE_TAKEN);
    }
    let now = desk.clock.now();
    let payment = ledger.numbered(&asked.session_id).ok_or(NOT_FOUND)?;
    let refund = Refund {
        id: asked.refund_reference,
        amount: Yen::new(asked.amount),
        requested_at: now.get().div_euclid(SECOND),
        accepted_at: now,
        reason: None,
        metadata: Map::new(),
    };
    let answer = describe_refund(payment, &refund);
    payment.refund(refund).map_err(|why| match why {
        NoRefund::NotPaid => NOT_PAID,
        NoRefund::MoreThanTheRest => TOO_MUCH,
    })?;
    Ok(answer)
}

fn describe_refund(payment: &Payment, refund: &Refund) -> Value {
    json!({
        "refund_reference": refund.id,
        "session_id": payment.page,
        "status": "succeeded",
        "amount": refund.amount.get(),
    })
}

/// `GET /v1/refunds/{reference}`
pub(super) async fn refund_details(desk: Data<Desk>, _: Caller, reference: Path<String>) -> HttpResponse {
    let books = desk.books();
    let found = books.hosted.all().find_map(|payment| {
        let refund = payment.refunds.iter().find(|refund| refund.id == *reference)?;
        Some(describe_refund(payment, refund))
    });
    reply(found.ok_or(NOT_FOUND))
}
