//! Pages for phones: written by the server from the same components as the app, with the data inlined, so that the
//! menu is there before any program runs.

use super::assets::{self, Template};
use super::caller::{self, Reads};
use super::kept::Kept;
use super::pace::Paced;
use super::routes::{form_page, page};
use super::{receipts, reply, wallets};
use crate::domain::menu::{Entry, Shop};
use crate::domain::{menu, order};
use crate::error::Error;
use crate::http::Assets;
use crate::state::App;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, Resource, ResponseError, web};
use okini_app::boot::{Boot, Page, Seat};
use okini_app::diner::plain::{Kind, Notice, Plain};
use okini_shared::api::Pace;
use okini_shared::api::order::OrderPage;
use okini_shared::problem::{Code, Problem};
use okini_shared::text::Lang;
use serde::Deserialize;

const HTML: &str = "text/html; charset=utf-8";

/// A QR holds its address in upper case, so the first letter may come in either.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(wallet("/{f:[fF]}/{code}/{t:[tT]}/{token}/coupons"))
        .service(wallet("/{f:[fF]}/{code}/coupons"))
        .service(page("/{f:[fF]}/{code}/{t:[tT]}/{token}", seat))
        .service(page("/{f:[fF]}/{code}/{t:[tT]}/{token}/{rest:.*}", seat))
        .service(page("/{f:[fF]}/{code}", facility))
        .service(page("/{f:[fF]}/{code}/{rest:.*}", facility))
        .service(page("/o/{token}", order))
        .service(page("/o/{token}/receipt", receipts::page))
        .service(page("/orders", history))
        .default_service(web::to(nothing));
}

fn wallet(path: &str) -> Resource {
    form_page(path, wallets::show, wallets::send)
}

async fn facility(request: HttpRequest, app: web::Data<App>, kept: web::Data<Kept>, reads: Reads) -> HttpResponse {
    menu_page(&request, &app, &kept, reads).await
}

async fn seat(request: HttpRequest, app: web::Data<App>, kept: web::Data<Kept>, reads: Reads) -> HttpResponse {
    menu_page(&request, &app, &kept, reads).await
}

/// The menu, written once for all readers of one language until it changes.
async fn menu_page(request: &HttpRequest, app: &App, kept: &Kept, reads: Reads) -> HttpResponse {
    if let Err(refused) = Paced::check(request, Pace::Read) {
        return refused.error_response();
    }
    let code = request.match_info().get("code").unwrap_or_default();
    let Entry { shop, seat } = match menu::enter(app, code, request.match_info().get("token")).await {
        Ok(entry) => entry,
        Err(error) => return plain(request, app, reads, Err(error)),
    };
    let Some((assets, template)) = template(request) else { return not_built() };
    let base = base(&shop, seat.as_ref());
    let (path, lang, coding) = (canonical(request, &base), page_language(&reads), assets::coding(request));
    let now = app.clock.now();
    let body = kept.body((path.clone(), lang, coding), &shop, now, || {
        let seat = seat.map(|seat| Seat { label: seat.row.label, token: seat.token });
        let page = Page::Menu { menu: (*shop.menu(lang)).clone(), seat };
        let boot = Boot { lang, path, base, page, now, asset_version: assets.version.clone() };
        okini_app::ssr::render(&template.html, &boot).into_bytes()
    });
    finish(request, app, template, MENU, assets::encoded(coding, HTML, body))
}

/// Where the screens of a facility, seen from a seat, lie.
pub(super) fn base(shop: &Shop, seat: Option<&menu::Seat>) -> String {
    match seat {
        Some(seat) => format!("/f/{}/t/{}", shop.code, seat.token),
        None => format!("/f/{}", shop.code),
    }
}

fn page_language(reads: &Reads) -> Lang {
    okini_app::ssr::language(reads.0)
}

async fn order(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    if let Err(refused) = Paced::check(&request, Pace::Read) {
        return refused.error_response();
    }
    let token = request.match_info().get("token").unwrap_or_default();
    let device = caller::device(&request);
    let lang = page_language(&reads);
    let order = match order::by_token(&app, token, device.as_deref(), Some(lang)).await {
        Ok(order) => order,
        Err(error) => return plain(&request, &app, reads, Err(error)),
    };
    let Some((assets, template)) = template(&request) else { return not_built() };
    let boot = Boot {
        lang,
        path: request.path().to_owned(),
        base: format!("/f/{}", order.facility),
        page: Page::Order { order },
        now: app.clock.now(),
        asset_version: assets.version.clone(),
    };
    let html = okini_app::ssr::render(&template.html, &boot);
    finish(&request, &app, template, PERSONAL, assets::compressed(&request, HTML, html.into_bytes()))
}

/// How far down the list of orders.
#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

async fn history(
    request: HttpRequest,
    app: web::Data<App>,
    reads: Reads,
    position: Option<web::Query<After>>,
) -> HttpResponse {
    if let Err(refused) = Paced::check(&request, Pace::Read) {
        return refused.error_response();
    }
    let after = position.and_then(|position| position.into_inner().after);
    let orders = match caller::device(&request) {
        Some(device) => order::mine(&app, &device, page_language(&reads), after.as_deref()).await,
        None => Ok(OrderPage { orders: Vec::new(), next: None }),
    };
    plain(&request, &app, reads, orders.map(|orders| (String::new(), Kind::History(orders))))
}

async fn nothing(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    if let Err(refused) = Paced::check(&request, Pace::Read) {
        return refused.error_response();
    }
    let for_programs = ["/api/", "/hooks/", "/assets/", "/pictures/"];
    if for_programs.iter().any(|prefix| request.path().starts_with(prefix)) {
        return reply::problem_response(&Problem::new(Code::NotFound));
    }
    plain(&request, &app, reads, Err(Code::NotFound.into()))
}

/// A page without a program, or one that says why not, with the problem's status.
pub(super) fn plain(
    request: &HttpRequest,
    app: &App,
    reads: Reads,
    page: Result<(String, Kind), Error>,
) -> HttpResponse {
    let (status, (base, kind)) = match page {
        Ok(page) => (StatusCode::OK, page),
        Err(error) => {
            let status = error.status_code();
            if error.code().is_none() {
                tracing::error!(%error, "unexpected error");
            }
            (status, (String::new(), Kind::Notice(notice(&error))))
        }
    };
    let Some((assets, template)) = template(request) else { return not_built() };
    let page = Plain {
        lang: page_language(&reads),
        base,
        path: request.path().to_owned(),
        kind,
        now: app.clock.now(),
        asset_version: assets.version.clone(),
    };
    let html = okini_app::ssr::plain(&template.html, &page);
    let mut response = assets::compressed(request, HTML, html.into_bytes());
    *response.status_mut() = status;
    finish(request, app, template, PERSONAL, response)
}

/// The built app's page, to be filled in.
fn template(request: &HttpRequest) -> Option<(&Assets, &Template)> {
    let assets = request.app_data::<web::Data<Assets>>()?;
    Some((assets, assets.diner.as_ref()?))
}

fn not_built() -> HttpResponse {
    HttpResponse::ServiceUnavailable().body("The apps are not built: start with `cargo xtask run`.")
}

/// What browsers may keep: a menu's page is asked after each time, all others carry what somebody ate, paid or has.
const MENU: &str = "private, no-cache";
const PERSONAL: &str = "no-store";

fn finish(
    request: &HttpRequest,
    app: &App,
    template: &Template,
    keep: &'static str,
    mut response: HttpResponse,
) -> HttpResponse {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, template.policy.clone());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
    for cookie in cookies(request, app) {
        let _ = response.add_cookie(&cookie);
    }
    response
}

/// The path of the request below the canonical base: a scanned address is in upper case.
fn canonical(request: &HttpRequest, base: &str) -> String {
    match request.match_info().get("rest") {
        Some(rest) => format!("{base}/{rest}"),
        None => base.to_owned(),
    }
}

fn notice(error: &Error) -> Notice {
    match error.code() {
        Some(Code::CodeUnknown) => Notice::CodeUnknown,
        Some(Code::CodeRetired) => Notice::CodeRetired,
        Some(Code::FacilitySuspended) => Notice::Suspended,
        Some(Code::NotFound) => Notice::NotFound,
        _ => Notice::Error,
    }
}

/// A device cookie for a phone that has none, so that its first order is already its own, and the language it chose.
fn cookies(request: &HttpRequest, app: &App) -> Vec<Cookie<'static>> {
    let mut cookies = Vec::new();
    if caller::device(request).is_none() {
        cookies.push(caller::device_cookie(app, app.ids.secret()));
    }
    if let Some(lang) = caller::asked_language(request) {
        let mut cookie = Cookie::new(caller::LANGUAGE, lang.tag());
        cookie.set_path("/");
        cookie.set_secure(app.secure());
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_max_age(Duration::days(365));
        cookies.push(cookie);
    }
    cookies
}
