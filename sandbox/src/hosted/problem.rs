//! The hosted checkout's errors. When each is used is not said here.

use crate::faults::Fault;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

/// Status and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Problem(u16, &'static str);

pub(super) const INVALID: Problem = Problem(400, "invalid_request");
pub(super) const UNAUTHORIZED: Problem = Problem(401, "unauthorized");
pub(super) const NOT_FOUND: Problem = Problem(404, "not_found");
pub(super) const OTHER_REQUEST: Problem = Problem(409, "idempotency_key_reused");
pub(super) const REFERENCE_TAKEN: Problem = Problem(409, "reference_taken");
pub(super) const ALREADY_PAID: Problem = Problem(409, "already_paid");
pub(super) const NOT_PAID: Problem = Problem(409, "not_paid");
pub(super) const TOO_MUCH: Problem = Problem(422, "amount_too_large");
const REFUND_REFUSED: Problem = Problem(422, "refund_refused");
const INTERNAL: Problem = Problem(500, "internal_error");
const MAINTENANCE: Problem = Problem(503, "maintenance");
const TOO_MANY: Problem = Problem(429, "too_many_requests");

/// What a call is refused with before anything is done, where its switch says so.
pub(super) fn spoilt(fault: Fault) -> Result<(), Problem> {
    match fault {
        Fault::Error | Fault::Cut => Err(INTERNAL),
        Fault::Missing => Err(NOT_FOUND),
        Fault::Maintenance => Err(MAINTENANCE),
        Fault::RateLimit => Err(TOO_MANY),
        Fault::Reject => Err(REFUND_REFUSED),
        _ => Ok(()),
    }
}

/// The answer that says so.
pub(super) fn answer(problem: Problem) -> HttpResponse {
    let Problem(status, code) = problem;
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .json(json!({"code": code}))
}
