//! Answers out: an endpoint's response with its status, and problems as `application/problem+json`. What nobody meant to
//! happen is logged here, once, and answered with a 500 that says nothing.

use crate::error::Error;
use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use okini_shared::api::{Content, Endpoint};
use okini_shared::problem::{Code, Problem};
use serde::Serialize;

/// The media type of RFC 9457.
pub const PROBLEM: &str = "application/problem+json";
/// All that a caller learns of what nobody meant to happen.
const UNEXPECTED: &str = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;

/// The response of an endpoint.
pub struct Reply<E: Endpoint> {
    body: E::Response,
    cookies: Vec<Cookie<'static>>,
}

impl<E: Endpoint> Reply<E> {
    /// Answers with this.
    pub const fn new(body: E::Response) -> Self {
        Self { body, cookies: Vec::new() }
    }

    /// Sets a cookie along with it.
    #[must_use]
    pub fn cookie(mut self, cookie: Option<Cookie<'static>>) -> Self {
        self.cookies.extend(cookie);
        self
    }
}

impl<E> Responder for Reply<E>
where
    E: Endpoint,
    E::Response: Serialize,
{
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(E::STATUS).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        for cookie in self.cookies {
            response.cookie(cookie);
        }
        match E::CONTENT {
            Content::Empty => response.finish(),
            _ => response.json(self.body),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        let status = self.code().map_or(500, Code::status);
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Problem(problem) => problem_response(problem),
            Self::Overtaken => problem_response(&Problem::new(Code::OrderMovedOn)),
            Self::Unexpected(error) => {
                tracing::error!(%error, "unexpected error");
                let mut response = HttpResponse::InternalServerError();
                response.insert_header((CACHE_CONTROL, "no-store")).insert_header((CONTENT_TYPE, PROBLEM));
                response.body(UNEXPECTED)
            }
        }
    }
}

/// A problem as a response.
pub fn problem_response(problem: &Problem) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"okini\""));
    }
    if matches!(problem.code, Code::RateLimited | Code::StorageUnavailable | Code::ProviderUnavailable) {
        response.insert_header((RETRY_AFTER, "5"));
    }
    response.insert_header((CONTENT_TYPE, PROBLEM));
    response.body(serde_json::to_string(problem).unwrap_or_default())
}
