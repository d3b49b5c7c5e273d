//! What can be asked without anybody paying: keys, creating, asking, cancelling, refusals. Paid sessions are in `paid`.

use super::asking::{Company, order};
use super::{Asked, Report};
use serde_json::{Value, json};

const AMOUNT: i64 = 1_430;

/// Asks all of it.
pub(super) async fn check(company: &Company, report: &mut Report) {
    report.add("a wrong API key", wrong_key(company).await);
    report.add("a session nobody made", unknown(company).await);
    report.add("an impossible amount", impossible(company).await);
    let asked = order(&company.new_name("pay"), AMOUNT);
    let Some(id) = report.add("create", create(company, &asked).await) else {
        return report.skip("everything about a session", "no session could be created");
    };
    report.add("create again with the same key", again(company, &asked, &id).await);
    report.add("another request with the same key", other_request(company, &asked).await);
    report.add("the same reference with another key", same_reference(company, &asked).await);
    report.add("ask by id", ask(company, &asked, &id, "open").await);
    report.add("ask by reference", ask_by_reference(company, &asked, &id).await);
    report.add("refund of what nobody paid", refund_unpaid(company, &id).await);
    report.add("cancel", cancel(company, &asked, &id).await);
    report.add("cancel again", cancel(company, &asked, &id).await);
    report.add("ask after cancelling", ask(company, &asked, &id, "cancelled").await);
}

fn name(asked: &Value) -> &str {
    asked.get("reference").and_then(Value::as_str).unwrap_or_default()
}

async fn wrong_key(company: &Company) -> Asked<()> {
    let said = company.get_with_key("/v1/sessions?reference=x", "not-the-key").await?;
    said.refused(
        401,
        "unauthorized",
        "Refuse every request whose Authorization is not `Bearer` and the key, before anything else.",
    )
}

async fn unknown(company: &Company) -> Asked<()> {
    let advice = "Say not_found only when there surely is no such session: then it counts as never made.";
    company.get("/v1/sessions/nobody-made-this").await?.refused(404, "not_found", advice)?;
    let path = format!("/v1/sessions?reference={}", company.new_name("pay"));
    company.get(&path).await?.refused(404, "not_found", advice)
}

async fn impossible(company: &Company) -> Asked<()> {
    let reference = company.new_name("pay");
    let said = company.post("/v1/sessions", &reference, &order(&reference, 0)).await?;
    said.refused(400, "invalid_request", "Refuse amounts below 1.")
}

/// Makes a session; gives its id.
pub(super) async fn create(company: &Company, asked: &Value) -> Asked<String> {
    let said = company.post("/v1/sessions", name(asked), asked).await?;
    said.done("POST /v1/sessions makes a session and describes it.")?.session(company, asked, "open")
}

async fn again(company: &Company, asked: &Value, id: &str) -> Asked<()> {
    let advice = "The same request with the same Idempotency-Key is the same session: keep the first answer for a day at \
                  least and give it again. Otherwise a diner could pay twice.";
    let said = company.post("/v1/sessions", name(asked), asked).await?;
    said.done(advice)?.field("id", &Value::from(id), advice)
}

async fn other_request(company: &Company, asked: &Value) -> Asked<()> {
    let said = company.post("/v1/sessions", name(asked), &order(name(asked), AMOUNT + 1)).await?;
    said.refused(
        409,
        "idempotency_key_reused",
        "Another body with a known Idempotency-Key changes nothing and is refused.",
    )
}

async fn same_reference(company: &Company, asked: &Value) -> Asked<()> {
    let said = company.post("/v1/sessions", &company.new_name("key"), asked).await?;
    said.refused(409, "reference_taken", "A reference names one session for ever, whatever the Idempotency-Key.")
}

/// Asks by id; the session must be in this status.
pub(super) async fn ask(company: &Company, asked: &Value, id: &str, status: &str) -> Asked<()> {
    let advice = "GET /v1/sessions/{id} describes a session for at least 90 days, whatever became of it.";
    let said = company.get(&format!("/v1/sessions/{id}")).await?.done(advice)?;
    said.session(company, asked, status)?;
    said.field("id", &Value::from(id), advice)
}

async fn ask_by_reference(company: &Company, asked: &Value, id: &str) -> Asked<()> {
    let advice = "GET /v1/sessions?reference= describes the session with our reference (one object, no list): it is how a \
                  session is found whose creation was never answered.";
    let said = company.get(&format!("/v1/sessions?reference={}", name(asked))).await?.done(advice)?;
    said.session(company, asked, "open")?;
    said.field("id", &Value::from(id), advice)
}

async fn refund_unpaid(company: &Company, id: &str) -> Asked<()> {
    let reference = company.new_name("ref");
    let body = json!({"session_id": id, "refund_reference": reference, "amount": 1});
    let said = company.post("/v1/refunds", &reference, &body).await?;
    said.refused(409, "not_paid", "Refuse a refund of a session that was not paid.")
}

async fn cancel(company: &Company, asked: &Value, id: &str) -> Asked<()> {
    let advice = "POST /v1/sessions/{id}/cancel closes an unpaid page for good and describes the session; done again it \
                  says the same.";
    let key = format!("cancel-{}", name(asked));
    let said = company.post(&format!("/v1/sessions/{id}/cancel"), &key, &Value::Null).await?.done(advice)?;
    said.session(company, asked, "cancelled").map(drop)
}
