//! The page that a payer sees, for all companies: what can be tapped and what follows. How it looks is beside this.

mod page;

use crate::desk::{Act, Company, Desk, Refused};
use crate::ledger::Payment;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{Data, Path, Query, ServiceConfig, get, post, scope};
use actix_web::{HttpResponse, Responder};
use page::Notice;
use serde::Deserialize;

const CSS: &str = include_str!("wallet.css");
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The pages' routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    for (company, name, path) in [
        (Company::PayPay, "/paypay", "/paypay/wallet"),
        (Company::Hosted, "/hosted", "/hosted/checkout"),
        (Company::Komoju, "/komoju", "/komoju/sessions"),
        (Company::Stripe, "/stripe", "/stripe/pay"),
    ] {
        config.route(&format!("{name}/wallet.css"), get().to(css));
        let pages = scope(path)
            .app_data(Data::new(company))
            .route("/{page}", get().to(show))
            .route("/{page}/{act}", post().to(act));
        config.service(pages);
    }
}

async fn css() -> impl Responder {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").insert_header((CACHE_CONTROL, "no-cache")).body(CSS)
}

#[derive(Deserialize)]
struct Shown {
    notice: Option<Notice>,
}

/// The page as the payment stands; forms lead back here.
async fn show(desk: Data<Desk>, company: Data<Company>, id: Path<String>, shown: Query<Shown>) -> HttpResponse {
    let Some(payment) = find(&desk, **company, &id) else {
        return html(HttpResponse::NotFound(), page::unknown());
    };
    html(HttpResponse::Ok(), page::payment(&payment, payment.standing(desk.clock.now()), shown.notice))
}

/// A tap on a button. What a late or second tap finds is shown by the page it leads to.
async fn act(desk: Data<Desk>, company: Data<Company>, path: Path<(String, String)>) -> HttpResponse {
    let (id, act) = path.into_inner();
    let Some(payment) = find(&desk, **company, &id) else {
        return html(HttpResponse::NotFound(), page::unknown());
    };
    let perform = |act| desk.act(**company, &payment.reference, act);
    let notice = match act.as_str() {
        "approve" => after(&perform(Act::Pay), ""),
        "late" => after(&perform(Act::PayLate), ""),
        "close" => after(&perform(Act::Pay), "?notice=closed"),
        "decline" => after(&perform(Act::Decline), "?notice=declined"),
        "poor" => "?notice=poor",
        _ => return html(HttpResponse::NotFound(), page::unknown()),
    };
    HttpResponse::SeeOther().insert_header((LOCATION, format!("../{id}{notice}"))).finish()
}

fn after(done: &Result<Payment, Refused>, notice: &'static str) -> &'static str {
    if done.is_ok() { notice } else { "" }
}

fn find(desk: &Desk, company: Company, id: &str) -> Option<Payment> {
    desk.books().of(company).numbered(id).filter(|payment| payment.page == id).cloned()
}

fn html(mut builder: actix_web::HttpResponseBuilder, body: String) -> HttpResponse {
    builder
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header(("x-content-type-options", "nosniff"))
        .body(body)
}
