//! Menus for phones and other readers.

use super::assets;
use super::caller::Reads;
use super::kept::Kept;
use super::sse::{self, Reason};
use crate::domain::menu;
use crate::error::Error;
use crate::events::stream::Wake;
use crate::state::App;
use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use okini_shared::api::menu::MenuEvent;

pub(super) async fn get(
    request: HttpRequest,
    app: web::Data<App>,
    kept: web::Data<Kept>,
    Reads(lang): Reads,
    code: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let shop = menu::enter(&app, &code, None).await?.shop;
    let tag = EntityTag::new_strong(shop.tag(lang)).to_string();
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let coding = assets::coding(&request);
    let name = (shop.code.clone(), lang, coding);
    let body = kept.body(name, &shop, app.clock.now(), || serde_json::to_vec(&*shop.menu(lang)).unwrap_or_default());
    let mut response = assets::encoded(coding, "application/json", body);
    for (name, value) in
        [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (VARY, "accept-encoding, accept-language, cookie")]
    {
        if let Ok(value) = value.try_into() {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

pub(super) async fn watch(app: web::Data<App>, code: web::Path<String>) -> Result<HttpResponse, Error> {
    let wakes = app.hub.watch();
    let shop = menu::enter(&app, &code, None).await?.shop;
    let facility = shop.facility.id;
    let first = sse::frame("menu", &MenuEvent { version: shop.facility.menu_version })?;
    let concerns = move |wake: Wake| wake == Wake::Menu { facility };
    Ok(sse::response(sse::watch(first, wakes, concerns, move |reason| {
        let app = app.clone();
        async move {
            if matches!(reason, Reason::Beat) {
                return Ok(None);
            }
            let shop = menu::shop(&app, &mut *app.db.read().await?, facility).await?;
            sse::frame("menu", &MenuEvent { version: shop.facility.menu_version }).map(Some)
        }
    })))
}
