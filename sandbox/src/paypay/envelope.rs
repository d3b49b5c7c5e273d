//! The envelope around every answer of PayPay, and the result codes that are played. When each is used is not said here.

use crate::chance;
use crate::faults::Fault;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// Status, code, code id and message of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome(u16, &'static str, &'static str, &'static str);

pub(super) const SUCCESS: Outcome = Outcome(200, "SUCCESS", "08100001", "Success");
pub(super) const CREATED: Outcome = Outcome(201, "SUCCESS", "08100001", "Success");
pub(super) const ACCEPTED: Outcome = Outcome(202, "REQUEST_ACCEPTED", "08100001", "Request accepted");
pub(super) const INVALID: Outcome = Outcome(400, "INVALID_REQUEST_PARAMS", "08100006", "Invalid request params");
pub(super) const MISSING: Outcome = Outcome(400, "MISSING_REQUEST_PARAMS", "08100024", "Missing request params");
pub(super) const UNAUTHORIZED: Outcome = Outcome(401, "UNAUTHORIZED", "08100016", "Unauthorized request");
pub(super) const NOT_FOUND: Outcome = Outcome(404, "RESOURCE_NOT_FOUND", "00200001", "Resource not found");
pub(super) const DUPLICATE: Outcome =
    Outcome(400, "DUPLICATE_DYNAMIC_QR_REQUEST", "01652073", "Duplicate dynamic QR request");
pub(super) const NO_PAYMENT: Outcome =
    Outcome(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND", "01652075", "Dynamic QR payment not found");
pub(super) const NO_CODE: Outcome = Outcome(404, "DYNAMIC_QR_NOT_FOUND", "01652072", "Dynamic QR code not found");
pub(super) const ALREADY_PAID: Outcome =
    Outcome(400, "DYNAMIC_QR_ALREADY_PAID", "01652074", "Dynamic QR code has already been paid");
pub(super) const NO_PRE_AUTH: Outcome =
    Outcome(400, "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT", "00400060", "Pre-authorization is not supported");
pub(super) const NOT_REVERSIBLE: Outcome = Outcome(400, "ORDER_NOT_REVERSIBLE", "00200044", "Order cannot be reversed");
pub(super) const INVALID_REFUND: Outcome = Outcome(400, "INVALID_PARAMS", "00200015", "Invalid params");
pub(super) const UNACCEPTABLE: Outcome = Outcome(400, "UNACCEPTABLE_OP", "00200014", "Unacceptable operation");
pub(super) const SECOND_REFUND: Outcome =
    Outcome(403, "MERCHANT_MULTIPLE_REFUND_REJECTED", "00200014", "Multiple refunds are not allowed");
pub(super) const NO_REFUND: Outcome = Outcome(404, "NO_SUCH_REFUND_ORDER", "00200018", "Refund not found");
const SERVICE_ERROR: Outcome = Outcome(500, "SERVICE_ERROR", "08100026", "Service error");
const MAINTENANCE: Outcome = Outcome(503, "MAINTENANCE_MODE", "08100999", "Maintenance mode");
const RATE_LIMIT: Outcome = Outcome(429, "RATE_LIMIT", "08100998", "Too many requests");

/// What a call is refused with before anything is done, where its switch says so.
pub(super) fn spoilt(fault: Fault) -> Result<(), Outcome> {
    match fault {
        Fault::Error | Fault::Cut => Err(SERVICE_ERROR),
        Fault::Missing => Err(NO_PAYMENT),
        Fault::Maintenance => Err(MAINTENANCE),
        Fault::RateLimit => Err(RATE_LIMIT),
        Fault::Reject => Err(UNACCEPTABLE),
        _ => Ok(()),
    }
}

/// An answer.
pub(super) fn answer(outcome: Outcome, data: &Value) -> HttpResponse {
    let Outcome(status, code, code_id, message) = outcome;
    let request_id = format!("OPA{}", chance::hex().to_uppercase());
    let message = if status < 300 { message.to_owned() } else { format!("{message} | [{request_id}]") };
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .insert_header(("X-REQUEST-ID", request_id))
        .json(json!({"resultInfo": {"code": code, "message": message, "codeId": code_id}, "data": data}))
}

/// An answer without data.
pub(super) fn refuse(outcome: Outcome) -> HttpResponse {
    answer(outcome, &Value::Null)
}

/// Either answer.
pub(super) fn either(result: Result<(Outcome, Value), Outcome>) -> HttpResponse {
    match result {
        Ok((outcome, data)) => answer(outcome, &data),
        Err(outcome) => refuse(outcome),
    }
}
