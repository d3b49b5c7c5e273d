//! Making, listing, showing and expiring a session at Stripe. Refunds are beside this.

use super::form::Form;
use super::problem::{INVALID, MISSING, NOT_OPEN, OTHER_REQUEST, Problem, TOO_SMALL, reply, spoilt};
use super::{Caller, REPEATED, describe};
use crate::answers::{Asked, once};
use crate::chance;
use crate::desk::{Company, Desk};
use crate::faults::Fault;
use crate::ledger::{Ledger, Payment, Progress};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};
use okini_shared::money::Yen;
use okini_shared::time::{HOUR, MINUTE, Millis, SECOND};
use serde_json::Value;

/// How long a page may live.
const LIFE: std::ops::RangeInclusive<i64> = 30 * MINUTE..=24 * HOUR;
const LEAST: i64 = 50;

/// `POST /v1/checkout/sessions`
pub(super) async fn create(desk: Data<Desk>, _: Caller, request: HttpRequest, body: Bytes) -> impl Responder {
    let faults = desk.faults();
    let make = move || spoilt(faults.create).and_then(|()| make(&desk, &request, &body));
    let result = faults.when(faults.create, make).await;
    faults.send(faults.create, reply(result)).await
}

fn make(desk: &Desk, request: &HttpRequest, body: &Bytes) -> Result<Value, Problem> {
    let form = Form::read(body);
    once(desk, Company::Stripe, &Asked::new(request, REPEATED, body), OTHER_REQUEST, |ledger| {
        let payment = open(desk, ledger, &form)?;
        let answer = describe::session(desk, &payment, &form, Fault::Ok);
        if ledger.add(payment) { Ok(answer) } else { Err(INVALID) }
    })
}

fn open(desk: &Desk, ledger: &mut Ledger, form: &Form) -> Result<Payment, Problem> {
    let now = desk.clock.now();
    let page = format!("cs_test_{}", chance::name(58));
    let expires_at = match form.number("expires_at")? {
        Some(seconds) => Millis::new(seconds.saturating_mul(SECOND)),
        None => now.plus(*LIFE.end()),
    };
    if !LIFE.contains(&expires_at.since(now)) {
        return Err(INVALID);
    }
    let back = form.text("success_url").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let back = back.ok_or(INVALID)?.replace("{CHECKOUT_SESSION_ID}", &page);
    if form.text("mode") != Some("payment") {
        return Err(INVALID);
    }
    let (amount, description) = items(form)?;
    // A reference may come again; the first of its name is the one that the control API finds by it.
    let reference = form.text("client_reference_id").filter(|name| ledger.named(name).is_none()).unwrap_or(&page);
    Ok(Payment {
        reference: reference.to_owned(),
        merchant: String::new(),
        amount,
        description,
        return_url: back,
        request: form.0.clone(),
        created_at: now,
        expires_at,
        progress: Progress::Open,
        made: None,
        refunds: Vec::new(),
        page,
    })
}

/// What the items come to, and the name of the first.
fn items(form: &Form) -> Result<(Yen, String), Problem> {
    let mut total = 0_i64;
    for at in 0..100 {
        let item = format!("line_items[{at}]");
        let Some(quantity) = form.number(&format!("{item}[quantity]"))? else { break };
        let price = form.number(&format!("{item}[price_data][unit_amount]"))?.ok_or(INVALID)?;
        let named = form.text(&format!("{item}[price_data][product_data][name]")).is_some_and(|name| !name.is_empty());
        let in_yen = form.text(&format!("{item}[price_data][currency]")).is_some_and(|currency| currency == "jpy");
        if quantity < 1 || price < 0 || !named || !in_yen {
            return Err(INVALID);
        }
        total = total.saturating_add(price.saturating_mul(quantity));
    }
    if total < LEAST {
        return Err(TOO_SMALL);
    }
    let name = form.text("line_items[0][price_data][product_data][name]").unwrap_or_default();
    Ok((Yen::new(total), name.to_owned()))
}

/// `GET /v1/checkout/sessions/{id}`
pub(super) async fn show(desk: Data<Desk>, _: Caller, id: Path<String>, request: HttpRequest) -> impl Responder {
    let faults = desk.faults();
    let form = Form::read(request.query_string().as_bytes());
    let result = spoilt(faults.query).and_then(|()| {
        let found = desk.books().stripe.numbered(&id).filter(|payment| payment.page == *id).cloned();
        Ok(describe::session(&desk, &found.ok_or(MISSING)?, &form, faults.query))
    });
    faults.send(faults.query, reply(result)).await
}

/// `GET /v1/checkout/sessions`
pub(super) async fn list(desk: Data<Desk>, _: Caller, request: HttpRequest) -> impl Responder {
    let faults = desk.faults();
    let form = Form::read(request.query_string().as_bytes());
    let result = spoilt(faults.query).and_then(|()| {
        let from = form.number("created[gte]")?.unwrap_or(i64::MIN);
        let to = form.number("created[lte]")?.unwrap_or(i64::MAX);
        let books = desk.books();
        let found = books.stripe.all().filter(|payment| (from..=to).contains(&describe::seconds(payment.created_at)));
        let found: Vec<(Millis, Value)> =
            found.map(|payment| (payment.created_at, describe::session(&desk, payment, &form, faults.query))).collect();
        Ok(describe::list("/v1/checkout/sessions", found, &form))
    });
    faults.send(faults.query, reply(result)).await
}

/// `POST /v1/checkout/sessions/{id}/expire`
pub(super) async fn expire(
    desk: Data<Desk>,
    _: Caller,
    id: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let faults = desk.faults();
    let mut expired = None;
    let asked = Asked::new(&request, REPEATED, &body);
    let result = spoilt(faults.cancel).and_then(|()| {
        once(&desk, Company::Stripe, &asked, OTHER_REQUEST, |ledger| {
            let payment = ledger.numbered(&id).filter(|payment| payment.page == *id).ok_or(MISSING)?;
            payment.remove(desk.clock.now()).map_err(|_| NOT_OPEN)?;
            expired = Some(payment.clone());
            Ok(describe::session(&desk, payment, &Form::read(&body), Fault::Ok))
        })
    });
    if let Some(payment) = expired {
        desk.announce(Company::Stripe, &payment);
    }
    faults.send(faults.cancel, reply(result)).await
}
