//! Making, deleting and cancelling a PayPay code. Asking after it and refunds are beside this.

use super::envelope::{
    ACCEPTED, ALREADY_PAID, CREATED, DUPLICATE, INVALID, MISSING, NO_CODE, NO_PRE_AUTH, NOT_FOUND, NOT_REVERSIBLE,
    Outcome, SUCCESS, either, spoilt,
};
use super::fields::Fields;
use super::signature::Caller;
use crate::chance;
use crate::desk::Desk;
use crate::ledger::{Payment, Progress, Standing};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, Responder};
use okini_shared::time::{HOUR, MINUTE, Millis, SECOND};
use serde_json::{Map, Value, json};

/// How long a code can be paid; it cannot be set.
const LIFE: i64 = 300 * SECOND;
/// Fields of a request that its answer repeats, with the length of those that are text.
const ECHOED: [(&str, Option<usize>); 13] = [
    ("merchantPaymentId", Some(64)),
    ("codeType", Some(16)),
    ("orderDescription", Some(255)),
    ("storeInfo", Some(255)),
    ("storeId", Some(255)),
    ("terminalId", Some(255)),
    ("productType", Some(64)),
    ("redirectUrl", Some(2_048)),
    ("redirectType", Some(32)),
    ("userAgent", Some(1_024)),
    ("amount", None),
    ("requestedAt", None),
    ("isAuthorization", None),
];

/// `POST /v2/codes`
pub(super) async fn create(desk: Data<Desk>, caller: Caller) -> impl Responder {
    let faults = desk.faults();
    let make = move || spoilt(faults.create).and_then(|()| make(&desk, caller));
    let result = faults.when(faults.create, make).await;
    faults.send(faults.create, either(result)).await
}

fn make(desk: &Desk, caller: Caller) -> Result<(Outcome, Value), Outcome> {
    let fields = Fields::read(&caller.body)?;
    let payment = read(desk, caller.merchant, &fields)?;
    let url = format!("{}/paypay/wallet/{}", desk.pages, payment.page);
    let mut data = echo(&fields.0);
    data.extend([
        ("codeId".to_owned(), json!(payment.page)),
        ("deeplink".to_owned(), json!(format!("paypay://payment?link_key={}", percent(&url)))),
        ("url".to_owned(), json!(url)),
        ("expiryDate".to_owned(), json!(payment.expires_at.get().div_euclid(SECOND))),
    ]);
    let (reference, amount) = (payment.reference.clone(), payment.amount.get());
    if !desk.books().paypay.add(payment) {
        return Err(DUPLICATE);
    }
    tracing::info!(reference, amount, "a code is made");
    Ok((CREATED, Value::Object(data)))
}

fn read(desk: &Desk, merchant: String, fields: &Fields) -> Result<Payment, Outcome> {
    for (name, most) in ECHOED {
        if let Some(most) = most {
            fields.text(name, most)?;
        }
    }
    fields.seconds("requestedAt")?;
    if fields.text("codeType", 16)?.ok_or(MISSING)? != "ORDER_QR" {
        return Err(INVALID);
    }
    match fields.0.get("isAuthorization") {
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(Value::Bool(true)) => return Err(NO_PRE_AUTH),
        Some(_) => return Err(INVALID),
    }
    if !fields.0.get("orderItems").is_none_or(|items| items.is_array() || items.is_null()) {
        return Err(INVALID);
    }
    Ok(Payment {
        reference: fields.id("merchantPaymentId")?.to_owned(),
        page: format!("04-{}", chance::letters()),
        merchant,
        amount: fields.amount()?,
        description: fields.text("orderDescription", 255)?.unwrap_or_default().to_owned(),
        return_url: return_url(fields)?,
        request: fields.0.clone(),
        created_at: desk.clock.now(),
        expires_at: desk.clock.now().plus(LIFE),
        progress: Progress::Open,
        made: None,
        refunds: Vec::new(),
    })
}

/// Where the payer goes back to: the web, or with `APP_DEEP_LINK` another program, but never a script.
fn return_url(fields: &Fields) -> Result<String, Outcome> {
    let Some(url) = fields.text("redirectUrl", 2_048)? else { return Ok(String::new()) };
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).ok_or(INVALID)?;
    let fits = match fields.text("redirectType", 32)?.ok_or(MISSING)? {
        "WEB_LINK" => scheme == "https" || scheme == "http",
        "APP_DEEP_LINK" => !matches!(scheme.as_str(), "javascript" | "data" | "vbscript"),
        _ => false,
    };
    if fits { Ok(url.to_owned()) } else { Err(INVALID) }
}

/// The request's fields as the answer repeats them; of an item's fields only the price changes its name.
fn echo(request: &Map<String, Value>) -> Map<String, Value> {
    let mut data = Map::new();
    for (name, _) in ECHOED {
        if let Some(value) = request.get(name).filter(|value| !value.is_null()) {
            data.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(Value::Array(items)) = request.get("orderItems") {
        let items = items.iter().cloned().map(|mut item| {
            if let Some(fields) = item.as_object_mut()
                && let Some(price) = fields.remove("unitPrice")
            {
                fields.insert("unit_price".to_owned(), price);
            }
            item
        });
        data.insert("orderItems".to_owned(), items.collect());
    }
    data
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// `DELETE /v2/codes/{codeId}`
pub(super) async fn delete(desk: Data<Desk>, id: Path<String>, caller: Caller) -> HttpResponse {
    let faults = desk.faults();
    let result = spoilt(faults.cancel).and_then(|()| take_back(&desk, &id, &caller));
    faults.send(faults.cancel, either(result)).await
}

fn take_back(desk: &Desk, id: &str, caller: &Caller) -> Result<(Outcome, Value), Outcome> {
    let mut books = desk.books();
    let payment = books.paypay.numbered(id).filter(|payment| payment.merchant == caller.merchant);
    let removed = payment.filter(|payment| payment.page == id).map(|payment| payment.remove(desk.clock.now()));
    match removed {
        Some(Ok(())) => Ok((SUCCESS, json!({"qrStatus": "DELETED"}))),
        Some(Err(Standing::Paid | Standing::Refunded)) => Err(ALREADY_PAID),
        Some(Err(_)) | None => Err(NO_CODE),
    }
}

/// `DELETE /v2/payments/{merchantPaymentId}`
pub(super) async fn cancel(desk: Data<Desk>, id: Path<String>, caller: Caller) -> HttpResponse {
    let faults = desk.faults();
    let result = spoilt(faults.cancel).and_then(|()| undo(&desk, &id, &caller));
    faults.send(faults.cancel, either(result)).await
}

fn undo(desk: &Desk, id: &str, caller: &Caller) -> Result<(Outcome, Value), Outcome> {
    let mut books = desk.books();
    let now = desk.clock.now();
    let payment = books.paypay.named(id).filter(|payment| payment.merchant == caller.merchant);
    match payment {
        None => Err(NOT_FOUND),
        Some(payment) if payment.made.as_ref().is_some_and(|(_, at)| now >= end_of_cancelling(*at)) => {
            Err(NOT_REVERSIBLE)
        }
        Some(payment) => payment.undo(now).map(|()| (ACCEPTED, Value::Null)).map_err(|_| NOT_REVERSIBLE),
    }
}

/// A quarter past midnight in Japan, on the day after the payment.
fn end_of_cancelling(paid_at: Millis) -> Millis {
    let at = paid_at.in_japan();
    let since_midnight = at.hour * HOUR + at.minute * MINUTE + at.second * SECOND;
    Millis::new(paid_at.get().div_euclid(SECOND) * SECOND).plus(24 * HOUR - since_midnight + 15 * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_can_be_cancelled_until_a_quarter_past_midnight() {
        // 2026-11-22 19:27:02.345 in Japan.
        let end = end_of_cancelling(Millis::new(1_795_343_222_345)).in_japan();
        assert_eq!((end.day, end.hour, end.minute, end.second), (23, 0, 15, 0));
    }
}
