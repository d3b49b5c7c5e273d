//! The wallet's page `/f/CODE/coupons` and its forms: plain HTML, so that it costs the phone's program nothing.

use super::caller::{self, Phone, Reads};
use super::pace::Paced;
use super::pages;
use crate::domain::coupon;
use crate::domain::idempotency::Key;
use crate::domain::menu::{self, Entry};
use crate::error::Error;
use crate::state::App;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use okini_app::diner::plain::{Done, Kind, Wallet};
use okini_shared::api::Pace;
use okini_shared::id::CampaignId;
use okini_shared::problem::{Code, Problem};
use serde::Deserialize;
use std::sync::Arc;

/// One of the page's forms.
#[derive(Deserialize)]
pub(super) struct Sent {
    campaign: Option<CampaignId>,
    key: Option<String>,
    code: Option<String>,
}

pub(super) async fn show(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    if let Err(refused) = Paced::check(&request, Pace::Read) {
        return refused.error_response();
    }
    let device = caller::device(&request);
    let page = page(&request, &app, &reads, device.as_deref(), None).await;
    pages::plain(&request, &app, reads, page)
}

pub(super) async fn send(
    request: HttpRequest,
    app: web::Data<App>,
    reads: Reads,
    phone: Phone,
    form: web::Form<Sent>,
) -> HttpResponse {
    let pace = if form.code.is_some() { Pace::Guess } else { Pace::Claim };
    if let Err(refused) = Paced::check(&request, pace) {
        return refused.error_response();
    }
    let done = match act(&app.clone().into_inner(), &phone.device, form.into_inner()).await {
        Ok(done) => done,
        Err(Error::Problem(problem)) => Done::Refused(problem),
        Err(Error::Overtaken) => Done::Refused(Box::new(Problem::new(Code::OrderMovedOn))),
        Err(error) => return pages::plain(&request, &app, reads, Err(error)),
    };
    let page = page(&request, &app, &reads, Some(&phone.device), Some(done)).await;
    let mut response = pages::plain(&request, &app, reads, page);
    if let Some(cookie) = phone.new {
        let _ = response.add_cookie(&cookie);
    }
    response
}

async fn act(app: &Arc<App>, device: &str, sent: Sent) -> Result<Done, Error> {
    if let Some(campaign) = sent.campaign {
        let key = Key::new(format!("device:{device}"), sent.key.unwrap_or_default(), &campaign)?;
        return coupon::by_tap(app, device, key, campaign).await.map(|_| Done::Got);
    }
    match sent.code {
        Some(code) => coupon::by_code(app, device, &code).await.map(|_| Done::Got),
        None => coupon::start(app, device).await.map(Done::Transfer),
    }
}

async fn page(
    request: &HttpRequest,
    app: &App,
    reads: &Reads,
    device: Option<&str>,
    done: Option<Done>,
) -> Result<(String, Kind), Error> {
    let code = request.match_info().get("code").unwrap_or_default();
    let Entry { shop, seat } = menu::enter(app, code, request.match_info().get("token")).await?;
    let lang = okini_app::ssr::language(reads.0);
    let wallet = coupon::wallet(app, device, &shop.code, lang).await?;
    let past = coupon::past(app, device.unwrap_or_default(), lang).await?;
    let base = pages::base(&shop, seat.as_ref());
    Ok((base, Kind::Wallet(Wallet { facility: shop.facility.id, wallet, past, key: app.ids.token(), done })))
}
