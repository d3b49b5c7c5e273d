//! KOMOJU's errors. When each is used is not said here.

use crate::faults::Fault;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

/// Status, code and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Problem(u16, &'static str, &'static str);

pub(super) const UNAUTHORIZED: Problem = Problem(401, "unauthorized", "User authorization failed");
pub(super) const NOT_FOUND: Problem = Problem(404, "not_found", "The requested resource could not be found");
pub(super) const OTHER_REQUEST: Problem = Problem(409, "conflict", "The idempotency key belongs to another request");
pub(super) const INVALID: Problem = Problem(422, "unprocessable_entity", "A parameter is missing or invalid");
pub(super) const NOT_CANCELLABLE: Problem = Problem(422, "unprocessable_entity", "The session cannot be cancelled");
pub(super) const NOT_REFUNDABLE: Problem = Problem(422, "unprocessable_entity", "The payment cannot be refunded");
const TOO_MANY: Problem = Problem(429, "too_many_requests", "Too many requests");
const INTERNAL: Problem = Problem(500, "internal_server_error", "Something went wrong on our side");
const MAINTENANCE: Problem = Problem(503, "service_unavailable", "We are temporarily down for maintenance");

/// What a call is refused with before anything is done, where its switch says so.
pub(super) fn spoilt(fault: Fault) -> Result<(), Problem> {
    match fault {
        Fault::Error | Fault::Cut => Err(INTERNAL),
        Fault::Missing => Err(NOT_FOUND),
        Fault::Maintenance => Err(MAINTENANCE),
        Fault::RateLimit => Err(TOO_MANY),
        Fault::Reject => Err(NOT_REFUNDABLE),
        _ => Ok(()),
    }
}

/// The answer that says so.
pub(super) fn answer(problem: Problem) -> HttpResponse {
    let Problem(status, code, message) = problem;
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .json(json!({"error": {"code": code, "message": message, "param": null}}))
}
