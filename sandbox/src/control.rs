//! The control API for tests and demos: acting as the payer, switching faults, moving the clock. Only for programs on this
//! machine.

use crate::desk::{Act, Books, Company, Desk, NotifyUrls, Refused};
use crate::ledger::Payment;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, scope};
use actix_web::{Error, HttpResponse, Responder};
use okini_shared::time::Millis;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The control API's routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let company = |path: &str, company: Company| {
        scope(path)
            .app_data(Data::new(company))
            .route("/payments", get().to(payments))
            .route("/pay/{reference}", post().to(pay))
            .route("/decline/{reference}", post().to(decline))
            .route("/expire/{reference}", post().to(expire))
            .route("/notify/{reference}", post().to(notify))
    };
    let control = scope("/control")
        .wrap(from_fn(only_this_machine))
        .service(company("/paypay", Company::PayPay))
        .service(company("/hosted", Company::Hosted))
        .service(company("/komoju", Company::Komoju))
        .service(company("/stripe", Company::Stripe))
        .route("/faults", get().to(faults))
        .route("/faults", post().to(set_faults))
        .route("/clock", post().to(advance))
        .route("/notify-urls", post().to(set_notify_urls))
        .route("/reset", post().to(reset));
    config.service(control);
}

/// Lets a caller through who is on the loopback, or who comes from the very address he calls.
async fn only_this_machine(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let own = request.app_config().local_addr().ip();
    if peer.is_some_and(|peer| peer.is_loopback() || peer == own) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let refused = HttpResponse::Forbidden().json(json!({"error": "only from this machine"}));
    Ok(request.into_response(refused).map_into_right_body())
}

async fn payments(desk: Data<Desk>, company: Data<Company>) -> impl Responder {
    let now = desk.clock.now();
    let mut books = desk.books();
    Json(books.of(**company).all().map(|payment| describe(**company, payment, now)).collect::<Vec<_>>())
}

fn describe(company: Company, payment: &Payment, now: Millis) -> Value {
    json!({
        "merchantPaymentId": payment.reference,
        "status": company.status(payment.standing(now)),
        "amount": payment.amount.get(),
        "returnUrl": payment.return_url,
        "payableFrom": payment.created_at,
        "payableUntil": payment.payable_until(),
        "paid": payment.made.is_some(),
        "refunds": payment
            .refunds
            .iter()
            .map(|refund| json!({"merchantRefundId": refund.id, "amount": refund.amount.get()}))
            .collect::<Vec<_>>(),
    })
}

async fn pay(desk: Data<Desk>, company: Data<Company>, reference: Path<String>) -> HttpResponse {
    act(&desk, **company, &reference, Act::Pay)
}

async fn decline(desk: Data<Desk>, company: Data<Company>, reference: Path<String>) -> HttpResponse {
    act(&desk, **company, &reference, Act::Decline)
}

async fn expire(desk: Data<Desk>, company: Data<Company>, reference: Path<String>) -> HttpResponse {
    act(&desk, **company, &reference, Act::Expire)
}

fn act(desk: &Desk, company: Company, reference: &str, act: Act) -> HttpResponse {
    match desk.act(company, reference, act) {
        Ok(payment) => HttpResponse::Ok().json(describe(company, &payment, desk.clock.now())),
        Err(Refused::Unknown) => unknown(),
        Err(Refused::Not(standing)) => {
            HttpResponse::Conflict().json(json!({"error": "not open", "status": company.status(standing)}))
        }
    }
}

fn unknown() -> HttpResponse {
    HttpResponse::NotFound().json(json!({"error": "no such payment"}))
}

async fn notify(desk: Data<Desk>, company: Data<Company>, reference: Path<String>) -> HttpResponse {
    let Some(payment) = desk.books().of(**company).named(&reference).cloned() else { return unknown() };
    if desk.notify(**company, &payment) {
        HttpResponse::Accepted().json(describe(**company, &payment, desk.clock.now()))
    } else {
        HttpResponse::Conflict().json(json!({"error": "no notify url is set"}))
    }
}

async fn faults(desk: Data<Desk>) -> impl Responder {
    Json(desk.faults())
}

async fn set_faults(desk: Data<Desk>, changes: Json<Map<String, Value>>) -> HttpResponse {
    let mut books = desk.books();
    match books.faults.with(changes.into_inner()) {
        Ok(faults) => {
            books.faults = faults;
            HttpResponse::Ok().json(&books.faults)
        }
        Err(error) => HttpResponse::BadRequest().json(json!({"error": error})),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: i64,
}

async fn advance(desk: Data<Desk>, advance: Json<Advance>) -> impl Responder {
    desk.clock.advance(advance.advance_ms);
    Json(json!({"now_ms": desk.clock.now()}))
}

async fn set_notify_urls(desk: Data<Desk>, urls: Json<NotifyUrls>) -> impl Responder {
    desk.books().notify = urls.into_inner();
    HttpResponse::NoContent()
}

/// Forgets payments and switches and sets the clock right; where notifications go stays known.
async fn reset(desk: Data<Desk>) -> impl Responder {
    let mut books = desk.books();
    *books = Books { notify: std::mem::take(&mut books.notify), ..Books::default() };
    desk.clock.reset();
    HttpResponse::NoContent()
}
