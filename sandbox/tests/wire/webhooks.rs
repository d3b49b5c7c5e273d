//! Notifications as a receiver gets them: what they say, how they are signed, and how the switches spoil them.

use crate::support::{MERCHANT, NOW, Sandbox, sandbox};
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

struct Received {
    headers: HashMap<String, String>,
    body: Bytes,
}

/// Keeps what it is sent; answers 500 to the first `refuse` of them.
struct Receiver {
    url: String,
    received: UnboundedReceiver<Received>,
    handle: ServerHandle,
}

type Shared = (UnboundedSender<Received>, std::sync::atomic::AtomicI64);

impl Receiver {
    fn start(refuse: i64) -> Self {
        let (sender, received) = unbounded_channel();
        let shared: Data<Shared> = Data::new((sender, refuse.into()));
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).route("/hook", web::post().to(take)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, received, handle }
    }

    async fn next(&mut self) -> Received {
        self.received.recv().await.unwrap()
    }
}

async fn take(shared: Data<Shared>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    shared.0.send(Received { headers, body }).unwrap();
    let refused = shared.1.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) > 0;
    HttpResponse::build(if refused { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }).finish()
}

async fn listening(sandbox: &Sandbox, refuse: i64) -> Receiver {
    let receiver = Receiver::start(refuse);
    let urls = json!({"paypay": receiver.url, "hosted": receiver.url, "komoju": receiver.url, "stripe": receiver.url});
    assert_eq!(sandbox.control("/notify-urls", urls).await.0, 204);
    receiver
}

#[tokio::test]
async fn paypay_tells_of_a_payment_unsigned() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 0).await;
    sandbox.create("p-1").await;
    sandbox.control("/paypay/pay/p-1", Value::Null).await;
    let received = receiver.next().await;
    let body: Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!(
        body,
        json!({
            "notification_type": "Transaction",
            "merchant_id": MERCHANT,
            "store_id": null,
            "pos_id": null,
            "order_id": sandbox.payment_id("p-1").await,
            "merchant_order_id": "p-1",
            "authorized_at": null,
            "expires_at": null,
            "paid_at": "2026-11-22T10:27:02Z",
            "order_amount": "1280",
            "state": "COMPLETED",
        })
    );
    assert!(!received.headers.keys().any(|name| name.contains("signature")));
    receiver.handle.stop(false).await;
}

#[tokio::test]
async fn the_hosted_checkout_signs() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 0).await;
    let session = json!({"reference": "p-1", "amount": 5, "currency": "JPY", "description": "",
        "return_url": "https://okini.example", "expires_in_seconds": 600});
    sandbox.hosted(Method::POST, "/v1/sessions", "p-1", session).await;
    sandbox.control("/hosted/decline/p-1", Value::Null).await;
    let received = receiver.next().await;
    let header = |name: &str| received.headers[name].as_str();
    let secret = sandbox.running.ready.hosted.webhook_secret.strip_prefix("whsec_").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(secret).unwrap()).unwrap();
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(&received.body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{signature}"));
    assert_eq!(header("webhook-timestamp"), NOW.to_string());
    let body: Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["reference"]), (&json!("session.failed"), &json!("p-1")));
    receiver.handle.stop(false).await;
}

fn hex(secret: &str, stamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(stamp.as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn komoju_tells_of_failures_and_payments() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 0).await;
    sandbox.komoju(Method::POST, "/sessions", "k", crate::komoju::session("p-1")).await;
    for (act, kind) in [("decline", "payment.failed"), ("pay", "payment.captured")] {
        sandbox.control(&format!("/komoju/{act}/p-1"), Value::Null).await;
        let received = receiver.next().await;
        let signature = hex(&sandbox.running.ready.komoju.webhook_secret, "", &received.body);
        assert_eq!(received.headers["x-komoju-signature"], signature);
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["external_order_num"]), (&json!(kind), &json!("p-1")));
        assert_eq!(received.headers["x-komoju-event"], kind);
        assert_eq!(received.headers["x-komoju-id"], body["id"].as_str().unwrap());
        assert_eq!(received.headers["user-agent"], "Komoju-Webhook");
    }
    receiver.handle.stop(false).await;
}

#[tokio::test]
async fn stripe_tells_of_sessions_and_payments() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 0).await;
    sandbox.stripe(Method::POST, "/checkout/sessions", "k", &crate::stripe::form("p-1")).await;
    for (act, kind) in [("decline", "payment_intent.payment_failed"), ("pay", "checkout.session.completed")] {
        sandbox.control(&format!("/stripe/{act}/p-1"), Value::Null).await;
        let received = receiver.next().await;
        let signature = hex(&sandbox.running.ready.stripe.webhook_secret, &format!("{NOW}."), &received.body);
        assert_eq!(received.headers["stripe-signature"], format!("t={NOW},v1={signature}"));
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["object"]["metadata"]["payment"]), (&json!(kind), &json!("p-1")));
    }
    receiver.handle.stop(false).await;
}

#[tokio::test]
async fn a_refused_notification_is_tried_three_times_more() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 3).await;
    sandbox.create("p-1").await;
    sandbox.control("/paypay/pay/p-1", Value::Null).await;
    let first = receiver.next().await.body;
    for _ in 0..3 {
        assert_eq!(receiver.next().await.body, first);
    }
    receiver.handle.stop(false).await;
}

#[tokio::test]
async fn the_switches_lose_double_and_repeat() {
    let sandbox = sandbox().await;
    let mut receiver = listening(&sandbox, 0).await;
    for (switch, id, times) in [
        (json!({"webhooks": "lose"}), "lost", 0),
        (json!({"webhooks": "double"}), "double", 2),
        (json!({"webhooks": "repeat", "webhook_repeat": 5}), "repeat", 5),
        (json!({"webhooks": "late", "hang_ms": 1}), "late", 1),
    ] {
        assert_eq!(sandbox.control("/faults", switch).await.0, 200);
        sandbox.create(id).await;
        sandbox.control(&format!("/paypay/pay/{id}"), Value::Null).await;
        for _ in 0..times {
            let body: Value = serde_json::from_slice(&receiver.next().await.body).unwrap();
            assert_eq!(body["merchant_order_id"], id);
        }
    }
    assert_eq!(sandbox.control("/paypay/notify/lost", Value::Null).await.0, 202);
    let body: Value = serde_json::from_slice(&receiver.next().await.body).unwrap();
    assert_eq!(body["merchant_order_id"], "lost", "asked for again, and nothing before it");
    receiver.handle.stop(false).await;
}
