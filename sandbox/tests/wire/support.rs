//! A sandbox on a free port with a clock that stands still, and clients of its APIs that sign by themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use okini_sandbox::{Clock, Options, Running};
use okini_shared::time::Millis;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use sha2::Sha256;

/// 2026-11-22 10:27:02 UTC, in seconds.
pub const NOW: i64 = 1_795_343_222;
pub const MERCHANT: &str = "100000000000000001";

pub struct Sandbox {
    pub running: Running,
    pub http: Client,
    pub clock: Clock,
}

pub type Answer = (u16, Value);

pub async fn sandbox() -> Sandbox {
    let clock = Clock::still(Millis::new(NOW * 1_000));
    let options = Options { clock: clock.clone(), ..Options::default() };
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Sandbox { running: okini_sandbox::start(options).await.unwrap(), http, clock }
}

impl Sandbox {
    /// A signed request to the PayPay API; `body` stands for no body when it is empty.
    pub fn signed(&self, method: Method, path: &str, body: &str) -> reqwest::RequestBuilder {
        let keys = &self.running.ready.paypay;
        let content_type = if body.is_empty() { "empty" } else { "application/json" };
        let epoch = self.clock.now().get() / 1_000;
        let hash = match body {
            "" => "empty".to_owned(),
            body => STANDARD.encode(Md5::digest(format!("{content_type}{body}"))),
        };
        let signed = path.split('?').next().unwrap();
        let text = format!("{signed}\n{method}\na-nonce\n{epoch}\n{content_type}\n{hash}");
        let mut mac = Hmac::<Sha256>::new_from_slice(keys.api_secret.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let mac = STANDARD.encode(mac.finalize().into_bytes());
        let request = self.http.request(method, format!("{}{path}", keys.base_url));
        request
            .header("authorization", format!("hmac OPA-Auth:{}:{mac}:a-nonce:{epoch}:{hash}", keys.api_key))
            .header("content-type", "application/json")
            .body(body.to_owned())
    }

    pub async fn paypay(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = send(self.signed(method, path, &body)).await.unwrap();
        assert!(response.headers()["x-request-id"].to_str().unwrap().starts_with("OPA"));
        open(response).await
    }

    pub async fn create(&self, id: &str) -> Answer {
        self.paypay(Method::POST, "/v2/codes", code(id)).await
    }

    pub async fn details(&self, id: &str) -> Answer {
        self.paypay(Method::GET, &format!("/v2/codes/payments/{id}"), Value::Null).await
    }

    /// The company's id of a payment that was made.
    pub async fn payment_id(&self, id: &str) -> String {
        self.details(id).await.1["data"]["paymentId"].as_str().unwrap().to_owned()
    }

    pub async fn refund(&self, refund: &str, payment: &str, yen: i64) -> Answer {
        let amount = json!({"amount": yen, "currency": "JPY"});
        let body = json!({"merchantRefundId": refund, "paymentId": payment, "amount": amount, "requestedAt": NOW});
        self.paypay(Method::POST, "/v2/refunds", body).await
    }

    /// A request to the hosted checkout with its key.
    pub async fn hosted(&self, method: Method, path: &str, key: &str, body: Value) -> Answer {
        let ready = &self.running.ready.hosted;
        let request = self.http.request(method, format!("{}{path}", ready.base_url)).bearer_auth(&ready.api_key);
        open(send(request.header("idempotency-key", key).body(body.to_string())).await.unwrap()).await
    }

    /// A request to KOMOJU with its key.
    pub async fn komoju(&self, method: Method, path: &str, key: &str, body: Value) -> Answer {
        let ready = &self.running.ready.komoju;
        let request = self.http.request(method, format!("{}/api/v1{path}", ready.base_url));
        let request = request.basic_auth(&ready.api_key, None::<&str>).header("x-komoju-idempotency", key);
        open(send(request.body(body.to_string())).await.unwrap()).await
    }

    /// A request to Stripe with its key; `form` is encoded already.
    pub async fn stripe(&self, method: Method, path: &str, key: &str, form: &str) -> Answer {
        let ready = &self.running.ready.stripe;
        let request = self.http.request(method, format!("{}/v1{path}", ready.base_url)).bearer_auth(&ready.api_key);
        open(send(request.header("idempotency-key", key).body(form.to_owned())).await.unwrap()).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.running.ready.control);
        open(send(self.http.post(url).json(&body)).await.unwrap()).await
    }

    pub async fn get(&self, url: &str) -> Response {
        send(self.http.get(url)).await.unwrap()
    }

    pub async fn post(&self, url: &str) -> Response {
        send(self.http.post(url)).await.unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are the other machine")]
pub async fn send(request: reqwest::RequestBuilder) -> reqwest::Result<Response> {
    request.send().await
}

async fn open(response: Response) -> Answer {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

/// A request for a code of 1,280 yen.
pub fn code(id: &str) -> Value {
    json!({
        "merchantPaymentId": id,
        "codeType": "ORDER_QR",
        "amount": {"amount": 1_280, "currency": "JPY"},
        "orderDescription": "たこ焼き <b>8個</b> & \"お茶\"",
        "redirectUrl": "https://okini.example/o/abc?x=1&y='2'",
        "redirectType": "WEB_LINK",
        "requestedAt": NOW,
    })
}

/// The code in PayPay's envelope.
pub fn result(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["resultInfo"]["code"].as_str().unwrap())
}
