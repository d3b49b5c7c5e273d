//! PayPay's result codes and what each says about the call that got it. Who acts on it is the module above.

use crate::providers::trouble::Refusal;

/// What the code refuses for certain. Nothing when it leaves the outcome open: `SERVICE_ERROR`, `INTERNAL_SERVER_ERROR`,
/// `DUPLICATE_DYNAMIC_QR_REQUEST` and every code that nobody knows.
pub(super) fn refusal(code: &str) -> Option<Refusal> {
    Some(match code {
        "INVALID_REQUEST_PARAMS"
        | "MISSING_REQUEST_PARAMS"
        | "INVALID_PARAMS"
        | "OP_OUT_OF_SCOPE"
        | "OPA_CLIENT_NOT_FOUND"
        | "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT"
        | "PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE"
        | "DYNAMIC_QR_BAD_REQUEST"
        | "DYNAMIC_QR_ALREADY_PAID"
        | "ORDER_NOT_REVERSIBLE"
        | "ORDER_NO_LONGER_AVAILABLE"
        | "UNACCEPTABLE_OP"
        | "MERCHANT_MULTIPLE_REFUND_REJECTED"
        | "REFUND_LIMIT_EXCEEDED"
        | "REFUND_WINDOW_EXCEED"
        | "CANCELED_USER" => Refusal::Lasting,
        "UNAUTHORIZED" | "RATE_LIMIT" | "MAINTENANCE_MODE" | "THROTTLED_MULTIPLE_REFUND_REJECTED" => Refusal::Passing,
        "DYNAMIC_QR_PAYMENT_NOT_FOUND" | "DYNAMIC_QR_NOT_FOUND" | "NO_SUCH_REFUND_ORDER" | "RESOURCE_NOT_FOUND" => {
            Refusal::Missing
        }
        _ => return None,
    })
}
