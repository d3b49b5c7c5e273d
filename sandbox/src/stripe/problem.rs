//! Stripe's errors. When each is used is not said here.

use crate::chance;
use crate::faults::Fault;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// Status, type, code and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Problem(u16, &'static str, Option<&'static str>, &'static str);

const REQUEST: &str = "invalid_request_error";

pub(super) const UNAUTHORIZED: Problem = Problem(401, REQUEST, None, "Invalid API Key provided");
pub(super) const UNKNOWN_URL: Problem = Problem(404, REQUEST, None, "Unrecognized request URL");
pub(super) const MISSING: Problem = Problem(404, REQUEST, Some("resource_missing"), "No such object");
pub(super) const INVALID: Problem = Problem(400, REQUEST, Some("parameter_missing"), "A parameter is missing or wrong");
pub(super) const TOO_SMALL: Problem =
    Problem(400, REQUEST, Some("amount_too_small"), "The total amount must be at least 50 yen");
pub(super) const NOT_OPEN: Problem =
    Problem(400, REQUEST, None, "Only Checkout Sessions with a status in [\"open\"] can be expired");
pub(super) const OTHER_REQUEST: Problem =
    Problem(400, "idempotency_error", None, "Keys can only be used with the same parameters they were first used with");
pub(super) const ALREADY_REFUNDED: Problem =
    Problem(400, REQUEST, Some("charge_already_refunded"), "The charge has already been refunded");
pub(super) const TOO_MUCH: Problem = Problem(400, REQUEST, None, "The amount is greater than the unrefunded amount");
pub(super) const NOT_CHARGED: Problem =
    Problem(400, REQUEST, None, "This PaymentIntent does not have a successful charge to refund");
const DISPUTED: Problem = Problem(400, REQUEST, Some("charge_disputed"), "The charge has been charged back");
const TOO_MANY: Problem = Problem(429, REQUEST, Some("rate_limit"), "Too many requests");
const INTERNAL: Problem = Problem(500, "api_error", None, "An unknown error occurred");
const UNAVAILABLE: Problem = Problem(503, "api_error", None, "Temporarily unavailable");

/// What a call is refused with before anything is done, where its switch says so.
pub(super) fn spoilt(fault: Fault) -> Result<(), Problem> {
    match fault {
        Fault::Error | Fault::Cut => Err(INTERNAL),
        Fault::Missing => Err(MISSING),
        Fault::Maintenance => Err(UNAVAILABLE),
        Fault::RateLimit => Err(TOO_MANY),
        Fault::Reject => Err(DISPUTED),
        _ => Ok(()),
    }
}

/// The answer that says so.
pub(super) fn answer(problem: Problem) -> HttpResponse {
    let Problem(status, kind, code, message) = problem;
    let mut error = json!({"type": kind, "message": message});
    if let (Some(error), Some(code)) = (error.as_object_mut(), code) {
        error.insert("code".to_owned(), code.into());
    }
    send(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &json!({"error": error}))
}

/// Either answer.
pub(super) fn reply(result: Result<Value, Problem>) -> HttpResponse {
    match result {
        Ok(body) => send(StatusCode::OK, &body),
        Err(why) => answer(why),
    }
}

fn send(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header(("request-id", format!("req_{}", chance::name(14)))).json(body)
}
