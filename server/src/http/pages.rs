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
use okini_app::boot::{Boot, Notice, Page, Seat};
use okini_shared::api::Pace;
use okini_shared::problem::{Code, Problem};
use okini_shared::text::Lang;

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
        Err(error) => return respond(request, app, reads, Err(error)),
    };
    let Some((assets, template)) = template(request) else { return not_built() };
    let base = base(&shop, seat.as_ref());
    let (path, lang, coding) = (canonical(request, &base), page_language(reads), assets::coding(request));
    let now = app.clock.now();
    let body = kept.body((path.clone(), lang, coding), &shop, now, || {
        let seat = seat.map(|seat| Seat { label: seat.row.label, token: seat.token });
        let page = Page::Menu { menu: (*shop.menu(lang)).clone(), seat };
        let boot = Boot { lang, path, base, page, now, asset_version: assets.version.clone() };
        okini_app::ssr::render(&template.html, &boot).into_bytes()
    });
    finish(request, app, template, assets::encoded(coding, HTML, body))
}

/// Where the screens of a facility, seen from a seat, lie.
pub(super) fn base(shop: &Shop, seat: Option<&menu::Seat>) -> String {
    match seat {
        Some(seat) => format!("/f/{}/t/{}", shop.code, seat.token),
        None => format!("/f/{}", shop.code),
    }
}

fn page_language(Reads(lang): Reads) -> Lang {
    okini_app::ssr::language(lang)
}

async fn order(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    let token = request.match_info().get("token").unwrap_or_default();
    let device = caller::device(&request);
    let found = order::by_token(&app, token, device.as_deref(), Some(okini_app::ssr::language(reads.0))).await;
    let page = found.map(|order| (format!("/f/{}", order.facility), Page::Order { order }));
    respond(&request, &app, reads, page)
}

async fn history(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    respond(&request, &app, reads, Ok((String::new(), Page::History)))
}

async fn nothing(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    let for_programs = ["/api/", "/hooks/", "/assets/", "/pictures/"];
    if for_programs.iter().any(|prefix| request.path().starts_with(prefix)) {
        return reply::problem_response(&Problem::new(Code::NotFound));
    }
    respond(&request, &app, reads, Err(Code::NotFound.into()))
}

/// The page, or a page that says why not, with the problem's status.
pub(super) fn respond(
    request: &HttpRequest,
    app: &App,
    reads: Reads,
    page: Result<(String, Page), Error>,
) -> HttpResponse {
    if let Err(refused) = Paced::check(request, Pace::Read) {
        return refused.error_response();
    }
    let lang = page_language(reads);
    let (status, (base, page)) = match page {
        Ok(page) => (StatusCode::OK, page),
        Err(error) => {
            let status = error.status_code();
            if error.code().is_none() {
                tracing::error!(%error, "unexpected error");
            }
            (status, (String::new(), Page::Notice { notice: notice(&error) }))
        }
    };
    let Some((assets, template)) = template(request) else { return not_built() };
    let boot = Boot {
        lang,
        path: canonical(request, &base),
        base,
        page,
        now: app.clock.now(),
        asset_version: assets.version.clone(),
    };
    let html = okini_app::ssr::render(&template.html, &boot);
    let mut response = assets::compressed(request, HTML, html.into_bytes());
    *response.status_mut() = status;
    finish(request, app, template, response)
}

/// The built app's page, to be filled in.
fn template(request: &HttpRequest) -> Option<(&Assets, &Template)> {
    let assets = request.app_data::<web::Data<Assets>>()?;
    Some((assets, assets.diner.as_ref()?))
}

fn not_built() -> HttpResponse {
    HttpResponse::ServiceUnavailable().body("The apps are not built: start with `cargo xtask run`.")
}

fn finish(request: &HttpRequest, app: &App, template: &Template, mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, template.policy.clone());
    // The page carries one diner's data and this moment's menu; an order's page also what somebody ate and paid.
    let orders = request.path().starts_with("/o");
    let keep = if orders { "no-store" } else { "private, no-cache" };
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
        Some(rest) if !base.is_empty() => format!("{base}/{rest}"),
        _ if base.is_empty() || request.path().starts_with("/o/") => request.path().to_owned(),
        _ => base.to_owned(),
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
