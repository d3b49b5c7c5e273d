//! Pages for phones: written by the server from the same components as the app, with the data inlined, so that the
//! menu is there before any program runs.

use super::caller::{self, Reads};
use super::pace::Paced;
use super::routes::page;
use super::{assets, reply};
use crate::domain::{menu, order};
use crate::error::Error;
use crate::http::Assets;
use crate::state::App;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use okini_app::boot::{Boot, Notice, Page, Seat};
use okini_shared::api::Pace;
use okini_shared::problem::{Code, Problem};
use okini_shared::text::Lang;

/// A QR holds its address in upper case, so the first letter may come in either.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(page("/{f:[fF]}/{code}/{t:[tT]}/{token}", seat))
        .service(page("/{f:[fF]}/{code}/{t:[tT]}/{token}/{rest:.*}", seat))
        .service(page("/{f:[fF]}/{code}", facility))
        .service(page("/{f:[fF]}/{code}/{rest:.*}", facility))
        .service(page("/o/{token}", order))
        .service(page("/orders", history))
        .default_service(web::to(nothing));
}

async fn facility(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    let code = request.match_info().get("code").unwrap_or_default();
    respond(&request, &app, reads, menu_page(&app, reads_lang(&request), code, None).await)
}

async fn seat(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    let code = request.match_info().get("code").unwrap_or_default();
    let token = request.match_info().get("token");
    respond(&request, &app, reads, menu_page(&app, reads_lang(&request), code, token).await)
}

fn reads_lang(request: &HttpRequest) -> Lang {
    okini_app::ssr::language(caller::language(request))
}

async fn menu_page(app: &App, lang: Lang, code: &str, token: Option<&str>) -> Result<(String, Page), Error> {
    let entry = menu::enter(app, code, token).await?;
    let mut base = format!("/f/{}", entry.shop.code);
    let seat = entry.seat.map(|seat| Seat { label: seat.row.label, token: seat.token });
    if let Some(seat) = &seat {
        base = format!("{base}/t/{}", seat.token);
    }
    Ok((base, Page::Menu { menu: (*entry.shop.menu(lang)).clone(), seat }))
}

async fn order(request: HttpRequest, app: web::Data<App>, reads: Reads) -> HttpResponse {
    let token = request.match_info().get("token").unwrap_or_default();
    let device = caller::device(&request);
    let found = order::by_token(&app, token, device.as_deref(), Some(reads_lang(&request))).await;
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
fn respond(request: &HttpRequest, app: &App, reads: Reads, page: Result<(String, Page), Error>) -> HttpResponse {
    if let Err(refused) = Paced::check(request, Pace::Read) {
        return refused.error_response();
    }
    let lang = okini_app::ssr::language(reads.0);
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
    let Some(assets) = request.app_data::<web::Data<Assets>>() else {
        return HttpResponse::InternalServerError().finish();
    };
    let Some(template) = &assets.diner else {
        return HttpResponse::ServiceUnavailable().body("The apps are not built: start with `cargo xtask run`.");
    };
    let boot = Boot {
        lang,
        path: canonical(request, &base),
        base,
        page,
        now: app.clock.now(),
        asset_version: assets.version.clone(),
    };
    let html = okini_app::ssr::render(&template.html, &boot);
    let mut response = assets::compressed(request, "text/html; charset=utf-8", html.into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, template.policy.clone());
    // The page carries one diner's data and this moment's menu.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
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
