//! Questions to the company, and looking at its answers field by field. Which questions are asked is not said here.

use super::super::super::http::{Http, brief, is_page, is_plain};
use super::{Asked, Fault};
use crate::clock::{Clock, Ids};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const LIFE_SECONDS: i64 = 600;

/// The company as it is asked.
pub(super) struct Company {
    pub(super) base_url: String,
    pub(super) api_key: String,
    pub(super) http: Http,
    pub(super) ids: Ids,
    pub(super) clock: Clock,
}

/// An answer.
pub(super) struct Said {
    status: u16,
    /// Null when it is not JSON.
    body: Value,
}

impl Company {
    pub(super) fn new_name(&self, prefix: &str) -> String {
        format!("{prefix}_{:032x}", self.ids.uuid())
    }

    pub(super) async fn get(&self, path: &str) -> Asked<Said> {
        self.send(self.request(Method::GET, path).bearer_auth(&self.api_key)).await
    }

    pub(super) async fn get_with_key(&self, path: &str, api_key: &str) -> Asked<Said> {
        self.send(self.request(Method::GET, path).bearer_auth(api_key)).await
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> Asked<Said> {
        let request = self.request(Method::POST, path).bearer_auth(&self.api_key).header("Idempotency-Key", key);
        self.send(request.header(CONTENT_TYPE, "application/json").body(body.to_string())).await
    }

    /// Pays as a payer, by the sandbox's own means.
    pub(super) async fn pay(&self, url: &str) -> Asked<()> {
        let said = self.send(self.http.request(Method::POST, url, PATIENCE)).await?;
        if (200..300).contains(&said.status) {
            return Ok(());
        }
        Err(Fault::new(
            format!("--pay-url answered {}", said.status),
            "Name a URL that pays the session when posted to.",
        ))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, &format!("{}{path}", self.base_url.trim_end_matches('/')), PATIENCE)
    }

    async fn send(&self, request: RequestBuilder) -> Asked<Said> {
        let answer = self.http.send(request).await.map_err(|trouble| {
            Fault::new(
                format!("no answer: {}", trouble.detail()),
                "Answer every request within 30 seconds, and check the address.",
            )
        })?;
        Ok(Said { status: answer.status, body: serde_json::from_slice(&answer.body).unwrap_or_default() })
    }
}

/// What a new session is asked for with.
pub(super) fn order(reference: &str, amount: i64) -> Value {
    json!({
        "reference": reference,
        "amount": amount,
        "currency": "JPY",
        "description": "お好み焼き さくら",
        "return_url": "https://okini.example/o/check",
        "expires_in_seconds": LIFE_SECONDS,
    })
}

impl Said {
    /// An answer that did what was asked.
    pub(super) fn done(self, advice: &'static str) -> Asked<Self> {
        if !(200..300).contains(&self.status) {
            return Err(Fault::new(self.shown(), advice));
        }
        if self.body.is_object() {
            return Ok(self);
        }
        Err(Fault::new("a body that is no JSON object", "Answer with a JSON object, as in the OpenAPI file."))
    }

    /// A refusal with this status and code.
    pub(super) fn refused(&self, status: u16, code: &str, advice: &'static str) -> Asked<()> {
        if self.status == status && self.text("code") == code {
            return Ok(());
        }
        Err(Fault::new(format!("{} instead of {status} {code}", self.shown()), advice))
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn field(&self, field: &str, expected: &Value, advice: &'static str) -> Asked<()> {
        let seen = self.body.get(field).unwrap_or(&Value::Null);
        if seen == expected {
            return Ok(());
        }
        Err(Fault::new(format!("{field} is {}, not {expected}", brief(&seen.to_string())), advice))
    }

    /// The session that `asked` asks for, in this status; gives its id.
    pub(super) fn session(&self, company: &Company, asked: &Value, status: &str) -> Asked<String> {
        for field in ["reference", "amount", "currency"] {
            let expected = asked.get(field).unwrap_or(&Value::Null);
            self.field(
                field,
                expected,
                "Give back reference, amount (a whole number of yen) and currency as they came.",
            )?;
        }
        let states = "status is one of open, paid, failed, cancelled, expired, refunded.";
        self.field("status", &Value::from(status), states)?;
        let id = self.text("id");
        if !is_plain(id) {
            return Err(Fault::new(
                format!("id is {:?}", brief(id)),
                "An id has 1 to 255 letters, digits, - and _, because it stands in paths.",
            ));
        }
        if !is_page(self.text("url"), &company.base_url) {
            return Err(Fault::new(
                format!("url is {:?}", brief(self.text("url"))),
                "url is the page that the diner opens, and begins with https://.",
            ));
        }
        self.expiry(company)?;
        Ok(id.to_owned())
    }

    fn expiry(&self, company: &Company) -> Asked<()> {
        let advice = "expires_at is when the page can no longer be paid, as a whole number of seconds since 1970 (not \
                      milliseconds, not a text), created plus expires_in_seconds.";
        let now = company.clock.now().get().div_euclid(1_000);
        match self.body.get("expires_at").and_then(Value::as_i64) {
            Some(at) if (now - 60..=now + LIFE_SECONDS + 60).contains(&at) => Ok(()),
            _ => {
                let seen = self.body.get("expires_at").unwrap_or(&Value::Null);
                Err(Fault::new(format!("expires_at is {}", brief(&seen.to_string())), advice))
            }
        }
    }

    fn shown(&self) -> String {
        match self.text("code") {
            "" => format!("{} without a code", self.status),
            code => format!("{} {}", self.status, brief(code)),
        }
    }
}
