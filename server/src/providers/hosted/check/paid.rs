//! What needs a paid session: its state, no cancelling, refunds, and the signed notification. Unpaid ones are in `unpaid`.

use super::asking::{Company, Said, order};
use super::{Asked, Fault, Notifications, Report, unpaid};
use crate::providers::NotificationError;
use crate::providers::standard_webhooks::Secret;
use serde_json::{Value, json};
use std::collections::HashMap;

const AMOUNT: i64 = 1_430;
const PART: i64 = 430;
const REFUNDING: &str = "POST /v1/refunds gives back up to what was paid, in as many parts as asked for; the answer \
                         repeats refund_reference, session_id and amount, with status succeeded or pending.";

/// A notification as it came.
#[derive(Debug, Clone)]
pub struct Notified {
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// Asks all of it.
pub(super) async fn check(company: &Company, pay_url: &str, notifications: Option<Notifications>, report: &mut Report) {
    let reference = company.new_name("pay");
    let asked = order(&reference, AMOUNT);
    let Some(id) = report.add("create a session to be paid", unpaid::create(company, &asked).await) else { return };
    let url = pay_url.replace("{reference}", &reference).replace("{id}", &id);
    if report.add("pay", company.pay(&url).await).is_none() {
        return report.skip("everything about a paid session", "it could not be paid");
    }
    report.add("ask after paying", unpaid::ask(company, &asked, &id, "paid").await);
    match notifications {
        Some(notifications) => {
            report.add("signed notification", notified(company, notifications, &reference).await);
        }
        None => report.skip("signed notification", "needs --listen and --webhook-secret"),
    }
    report.add("cancel what was paid", cancel(company, &reference, &id).await);
    refunds(company, &asked, &id, report).await;
}

async fn cancel(company: &Company, reference: &str, id: &str) -> Asked<()> {
    let key = format!("cancel-{reference}");
    let said = company.post(&format!("/v1/sessions/{id}/cancel"), &key, &Value::Null).await?;
    said.refused(
        409,
        "already_paid",
        "Cancelling must not touch a session that was paid: money is given back by refunds only.",
    )
}

async fn refunds(company: &Company, asked: &Value, id: &str, report: &mut Report) {
    let first = company.new_name("ref");
    report.add("refund a part", refund(company, id, &first, PART).await);
    report.add("the same refund again", refund(company, id, &first, PART).await);
    report.add("ask about a refund", ask(company, id, &first).await);
    report.add("ask about a refund nobody made", unknown(company).await);
    report.add("ask after a part was given back", unpaid::ask(company, asked, id, "paid").await);
    report.add("refund more than is left", too_much(company, id).await);
    report.add("refund the rest", refund(company, id, &company.new_name("ref"), AMOUNT - PART).await);
    report.add("ask after all was given back", unpaid::ask(company, asked, id, "refunded").await);
}

fn body(id: &str, reference: &str, amount: i64) -> Value {
    json!({"session_id": id, "refund_reference": reference, "amount": amount})
}

async fn refund(company: &Company, id: &str, reference: &str, amount: i64) -> Asked<()> {
    let said = company.post("/v1/refunds", reference, &body(id, reference, amount)).await?;
    looks_right(&said.done(REFUNDING)?, &body(id, reference, amount))
}

fn looks_right(said: &Said, asked: &Value) -> Asked<()> {
    for field in ["refund_reference", "session_id", "amount"] {
        said.field(field, asked.get(field).unwrap_or(&Value::Null), REFUNDING)?;
    }
    match said.text("status") {
        "succeeded" | "pending" => Ok(()),
        status => Err(Fault::new(format!("status is {status:?}"), REFUNDING)),
    }
}

async fn ask(company: &Company, id: &str, reference: &str) -> Asked<()> {
    let said = company.get(&format!("/v1/refunds/{reference}")).await?;
    let said = said.done("GET /v1/refunds/{refund_reference} describes a refund by our reference.")?;
    looks_right(&said, &body(id, reference, PART))
}

async fn unknown(company: &Company) -> Asked<()> {
    let said = company.get(&format!("/v1/refunds/{}", company.new_name("ref"))).await?;
    said.refused(
        404,
        "not_found",
        "Say not_found only when there surely is no such refund: it is asked for again then.",
    )
}

/// One yen more than the rest. Where the same refund was done twice before, even the rest is too much.
async fn too_much(company: &Company, id: &str) -> Asked<()> {
    let reference = company.new_name("ref");
    let said = company.post("/v1/refunds", &reference, &body(id, &reference, AMOUNT - PART + 1)).await?;
    said.refused(422, "amount_too_large", "All refunds of a session together never exceed what was paid.")
}

async fn notified(company: &Company, mut from: Notifications, reference: &str) -> Asked<()> {
    let advice =
        "Post every change of a session to the address you were given, within seconds, with the session in data.";
    let secret = Secret::read(&from.webhook_secret)
        .ok_or_else(|| Fault::new("no such secret", "A webhook secret is whsec_ and base64 of 24 to 64 bytes."))?;
    let arrival = async {
        loop {
            let notified = from.inbox.recv().await?;
            let event: Value = serde_json::from_slice(&notified.body).unwrap_or_default();
            if event.pointer("/data/reference").and_then(Value::as_str) == Some(reference) {
                return Some(notified);
            }
        }
    };
    let arrived = tokio::time::timeout(from.patience, arrival).await;
    let Ok(Some(notified)) = arrived else {
        return Err(Fault::new("no notification about the paid session arrived", advice));
    };
    let header = |name: &str| notified.headers.get(name).map(String::as_str);
    match secret.verify(&header, &notified.body, company.clock.now()) {
        Ok(()) => Ok(()),
        Err(NotificationError::Forged | NotificationError::Unreadable) => Err(Fault::new(
            "webhook-id, webhook-timestamp and webhook-signature do not fit the body",
            "Sign `id.timestamp.body` as sent, byte for byte, by HMAC-SHA256 with the decoded secret (base64 after whsec_); \
             send `v1,` and base64 of it, and the time in seconds, at most five minutes off.",
        )),
    }
}
