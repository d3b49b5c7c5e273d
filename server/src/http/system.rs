//! The server about itself: health, metrics, the pages behind problem codes; and the endpoint types that are not
//! called by the apps.

use crate::error::Error;
use crate::http::assets;
use crate::state::App;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use okini_shared::api::{Caller, Content, Endpoint, Method, Pace};
use okini_shared::problem::Code;
use std::sync::OnceLock;

macro_rules! plain_endpoints {
    ($($(#[doc = $doc:literal])+ $name:ident = $method:ident $path:literal $caller:ident $pace:ident $kind:literal [$($code:ident),*];)*) => {$(
        $(#[doc = $doc])+
        pub struct $name;
        impl Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const METHOD: Method = Method::$method;
            const PATH: &'static str = $path;
            const STATUS: u16 = 200;
            const CALLER: Caller = Caller::$caller;
            const CONTENT: Content = Content::Other($kind);
            const PACE: Pace = Pace::$pace;
            const KEYED: bool = false;
            const DOC: &'static str = concat!($($doc),+);
            const PROBLEMS: &'static [Code] = &[$(Code::$code),*];
            type Request = ();
            type Response = ();
        }
    )*};
}

plain_endpoints! {
    /// A provider's notification. The second part of the path is a secret; the body is the provider's own and is only a hint.
    Notify = Post "/hooks/{provider}/{secret}" Provider Notify "application/json" [NotFound, Forbidden, TooLarge, InvalidRequest];
    /// Whether the server and its database answer.
    Health = Get "/health" Anyone Read "application/json" [StorageUnavailable];
    /// Figures for Prometheus; answered to this machine only.
    Metrics = Get "/metrics" Anyone Read "text/plain" [NotFound];
    /// This document.
    OpenApi = Get "/api/v1/openapi.json" Anyone Read "application/json" [];
    /// What a problem code means.
    ProblemPage = Get "/problems/{code}" Anyone Read "text/html" [NotFound];
}

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts collecting figures, once a process.
pub fn install_metrics() {
    METRICS.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
}

pub(super) async fn health(app: web::Data<App>) -> Result<HttpResponse, Error> {
    app.db.ping().await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(serde_json::json!({ "status": "ok" })))
}

pub(super) async fn metrics(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    // A proxy on this machine is a loopback peer too, but it says for whom it asks.
    let proxied = ["forwarded", "x-forwarded-for"].iter().any(|name| request.headers().contains_key(*name));
    let local = !proxied && request.peer_addr().is_some_and(|peer| peer.ip().is_loopback());
    let handle = METRICS.get().and_then(Option::as_ref).filter(|_| local).ok_or(Code::NotFound)?;
    for (key, provider) in app.providers.keys().into_iter().filter_map(|key| Some((key, app.providers.get(key)?))) {
        let up = f64::from(u8::from(app.providers.is_up(key)));
        let (name, key) = (provider.name().name(), key.to_string());
        metrics::gauge!("okini_provider_up", "provider" => name, "account" => key).set(up);
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render()))
}

pub(super) async fn problem_page(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Error> {
    let code = Code::from_name(&code).ok_or(Code::NotFound)?;
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title><h1>{title}</h1>\
         <p>Code <code>{name}</code>, status {status}. See the operations that answer with it in the \
         <a href=\"/api/v1/openapi.json\">API document</a>.</p></html>",
        name = code.name(),
        title = code.title(),
        status = code.status(),
    );
    Ok(assets::compressed(&request, "text/html; charset=utf-8", page.into_bytes()))
}
