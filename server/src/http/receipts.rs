//! Receipts over HTTP: as data, as a page and as PDF for diners; the list for the shop.

use super::caller::{Reads, Steward};
use super::pace::Paced;
use super::reply::Reply;
use super::{assets, pages, policy};
use crate::domain::receipt;
use crate::error::Error;
use crate::paper::{self, Sheet};
use crate::state::App;
use crate::store::receipt::Wanted;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY,
};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use okini_shared::api::receipt::{GetReceipt, ListReceipts, ReceiptPdf, Receipts};
use okini_shared::api::{Content, Endpoint, Pace};
use okini_shared::day::Day;
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::text::Lang;
use okini_shared::time::Millis;
use serde::Deserialize;

pub(super) async fn get(app: web::Data<App>, token: web::Path<String>) -> Result<Reply<GetReceipt>, Error> {
    Ok(Reply::new(receipt::of_order(&app.into_inner(), &token).await?))
}

/// The papers to be painted, the receipt first.
fn sheets(receipts: &Receipts, lang: Lang) -> Vec<Sheet> {
    std::iter::once(&receipts.receipt).chain(&receipts.corrections).map(|one| paper::sheet(one, lang)).collect()
}

pub(super) async fn pdf(app: web::Data<App>, reads: Reads, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let receipts = receipt::of_order(&app.into_inner(), &token).await?;
    let sheets = sheets(&receipts, okini_app::ssr::language(reads.0));
    let body = web::block(move || paper::pdf::render(&sheets)).await.map_err(Error::unexpected)??;
    let Content::Other(kind) = ReceiptPdf::CONTENT else { return Err(Error::unexpected("not a file")) };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"receipt_{}.pdf\"", receipts.receipt.number)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body))
}

/// The page of an order's papers.
pub(super) async fn page(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    if let Err(refused) = Paced::check(&request, Pace::Read) {
        return refused.error_response();
    }
    let app = app.into_inner();
    let token = request.match_info().get("token").unwrap_or_default();
    let lang = okini_app::ssr::language(reads.0);
    let (status, html) = match receipt::of_order(&app, token).await {
        Ok(receipts) => (StatusCode::OK, paper::page::render(&sheets(&receipts, lang), token, lang)),
        Err(error) if error.code() == Some(Code::NoReceipt) => {
            (error.status_code(), paper::page::render_none(token, lang))
        }
        Err(error) => return pages::plain(&request, &app, reads, Err(error)),
    };
    let policy = policy::of_page(&html);
    let mut response = assets::compressed(&request, "text/html; charset=utf-8", html.into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
    response
}

#[derive(Deserialize)]
pub(super) struct Asked {
    from: Option<Day>,
    to: Option<Day>,
    number: Option<i64>,
    amount: Option<Yen>,
    after: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    steward: Steward,
    asked: web::Query<Asked>,
) -> Result<Reply<ListReceipts>, Error> {
    let from = asked.from.map_or(Millis::new(i64::MIN), Day::begins);
    let to = asked.to.map_or(Millis::new(i64::MAX), |day| day.plus(1).begins());
    let wanted = Wanted { issued: (from, to), number: asked.number, amount: asked.amount };
    Ok(Reply::new(receipt::list(&app, steward.facility, wanted, asked.after.as_deref()).await?))
}
