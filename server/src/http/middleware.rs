//! What every request goes through: a request id, one log line, figures, and the security headers. Reads that went well are
//! counted and logged for debugging only: writing a line costs more than answering from memory.

use super::policy;
use crate::error::Error;
use crate::state::App;
use actix_web::ResponseError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use tracing::Instrument;

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    // Order pages have their secret in the address.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Wraps a request.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let id = app.as_ref().map(|app| app.ids.token()).unwrap_or_default();
    let begun = app.as_ref().map(|app| app.clock.now());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id);
    let answering = async { next.call(request).await };
    let mut response = match AssertUnwindSafe(answering.instrument(span.clone())).catch_unwind().await {
        Ok(answered) => answered?,
        Err(_) => return Err(broken(&id, app.is_some_and(|app| app.secure()))),
    };
    let status = response.status().as_u16();
    // The pattern, never the path: codes and tokens are secrets.
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    let took = match (&app, begun) {
        (Some(app), Some(begun)) => app.clock.now().since(begun),
        _ => 0,
    };
    let quiet = method.is_safe() && response.status().as_u16() < 400;
    span.in_scope(|| match quiet {
        true => tracing::debug!(%method, route, status, ms = took, "answered"),
        false => tracing::info!(%method, route, status, ms = took, "answered"),
    });
    metrics::counter!("okini_requests", "route" => route, "status" => status.to_string()).increment(1);
    let secure = app.is_some_and(|app| app.secure());
    harden(response.headers_mut(), &id, secure);
    Ok(response)
}

/// A bug in one handler ends one request: its caller is answered, and nobody else notices.
fn broken(id: &str, secure: bool) -> actix_web::Error {
    let mut response = Error::unexpected("a handler panicked").error_response();
    harden(response.headers_mut(), id, secure);
    InternalError::from_response("a handler panicked", response).into()
}

fn harden(headers: &mut HeaderMap, id: &str, secure: bool) {
    // A page brings its own.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy::plain());
    }
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(HeaderName::from_static("strict-transport-security"), year);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}
