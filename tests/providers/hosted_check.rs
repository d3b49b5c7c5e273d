//! What payment companies are told by `okini provider check`: nothing wrong about our own sandbox, and each deliberately
//! broken answer by its name.

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use okini_sandbox::{Options, Running};
use okini_server::clock::Clock;
use okini_server::providers::hosted::check::{Line, Notifications, Notified, Sandbox, Verdict, check};
use okini_server::providers::http::Http;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Looks at a request (`POST /v1/sessions`, and what it brought) and changes the answer.
type Spoil = fn(&str, &Seen, &mut (u16, Value));

/// What a request brought.
struct Seen {
    body: Value,
    /// The same request with the same key came before.
    again: bool,
}

struct Between {
    base: String,
    spoil: Spoil,
    inbox: UnboundedSender<Notified>,
    before: Mutex<HashSet<String>>,
}

/// The sandbox seen through somebody who spoils answers and notifications; what is said about it.
async fn verdicts(spoil: Spoil) -> Vec<Line> {
    let sandbox = okini_sandbox::start(Options::default()).await.unwrap();
    let (sender, inbox) = unbounded_channel();
    let between =
        Between { base: sandbox.ready.hosted.base_url.clone(), spoil, inbox: sender, before: Mutex::default() };
    let (url, stop) = serve(between);
    control(&sandbox, "notify-urls", &json!({"hosted": format!("{url}/notified")})).await;
    let asked = Sandbox {
        base_url: url,
        api_key: sandbox.ready.hosted.api_key.clone(),
        pay_url: Some(format!("{}/hosted/pay/{{reference}}", sandbox.ready.control)),
        notifications: Some(Notifications {
            webhook_secret: sandbox.ready.hosted.webhook_secret.clone(),
            inbox,
            patience: Duration::from_secs(60),
        }),
    };
    let lines = check(asked, Http::new().unwrap(), Clock::System).await;
    stop.stop(false).await;
    sandbox.stop().await;
    lines
}

#[expect(clippy::disallowed_methods, reason = "the sandbox's control API is the test's own")]
async fn control(sandbox: &Running, path: &str, body: &Value) {
    let url = format!("{}/{path}", sandbox.ready.control);
    let answer = reqwest::Client::new().post(url).json(body).send().await.unwrap();
    assert!(answer.status().is_success());
}

fn serve(between: Between) -> (String, actix_web::dev::ServerHandle) {
    let between = Data::new(between);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = move || App::new().app_data(between.clone()).default_service(actix_web::web::to(pass));
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    tokio::spawn(server);
    (url, handle)
}

#[expect(clippy::disallowed_methods, reason = "stands between the check and the sandbox")]
async fn pass(request: HttpRequest, body: Bytes, between: Data<Between>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let line = format!("{} {}", request.method(), request.uri());
    let key = header("idempotency-key").unwrap_or_default();
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let again = !between.before.lock().unwrap().insert(format!("{line} {key} {sent}"));
    let seen = Seen { body: sent, again };
    if request.path() == "/notified" {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let mut headers: HashMap<_, _> = names.iter().map(|name| (name.to_string(), header(name).unwrap())).collect();
        let mut answer = (204, json!({}));
        (between.spoil)(&line, &seen, &mut answer);
        if answer.0 != 204 {
            headers.insert("webhook-signature".into(), "v1,AAAA".into());
        }
        // Nobody waits any more for what comes after the one about the payment.
        let _ = between.inbox.send(Notified { headers, body: body.to_vec() });
        return HttpResponse::NoContent().finish();
    }
    let method = request.method().as_str().parse().unwrap();
    let mut onward = reqwest::Client::new().request(method, format!("{}{}", between.base, request.uri()));
    for name in ["authorization", "idempotency-key", "content-type"] {
        if let Some(value) = header(name) {
            onward = onward.header(name, value);
        }
    }
    let answer = onward.body(body.to_vec()).send().await.unwrap();
    let mut answer = (answer.status().as_u16(), answer.json().await.unwrap());
    (between.spoil)(&line, &seen, &mut answer);
    HttpResponse::build(answer.0.try_into().unwrap()).json(answer.1)
}

/// What was wrong, by name, with what was seen.
fn wrong(lines: &[Line]) -> Vec<(&'static str, &str)> {
    let wrong = lines.iter().filter_map(|line| match &line.verdict {
        Verdict::Wrong(fault) => Some((line.name, fault.seen.as_str())),
        _ => None,
    });
    wrong.collect()
}

#[tokio::test]
async fn our_own_sandbox_is_as_documented() {
    let lines = verdicts(|_, _, _| {}).await;
    assert!(wrong(&lines).is_empty(), "{lines:#?}");
    assert_eq!(lines.len(), 26, "{lines:#?}");
    assert!(lines.iter().all(|line| line.verdict == Verdict::Good), "{lines:#?}");
}

#[tokio::test]
async fn without_a_way_to_pay_the_rest_is_left_out_and_said() {
    let sandbox = okini_sandbox::start(Options::default()).await.unwrap();
    let ready = &sandbox.ready.hosted;
    let asked = Sandbox {
        base_url: ready.base_url.clone(),
        api_key: ready.api_key.clone(),
        pay_url: None,
        notifications: None,
    };
    let lines = check(asked, Http::new().unwrap(), Clock::System).await;
    assert!(wrong(&lines).is_empty(), "{lines:#?}");
    assert!(matches!(lines.last().unwrap().verdict, Verdict::Skipped(_)));
    sandbox.stop().await;
}

#[tokio::test]
async fn nobody_there_is_said() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let asked = Sandbox { base_url, api_key: "x".into(), pay_url: None, notifications: None };
    let lines = check(asked, Http::new().unwrap(), Clock::System).await;
    assert!(wrong(&lines).contains(&("create", "no answer: no connection")), "{lines:#?}");
}

fn made(line: &str, answer: &(u16, Value)) -> bool {
    line == "POST /v1/sessions" && answer.0 == 200
}

fn refunded(line: &str, answer: &(u16, Value)) -> bool {
    line == "POST /v1/refunds" && answer.0 == 200
}

/// Each wrong in one way, and the point that must be named.
const BROKEN: &[(&str, Spoil)] = &[
    ("a wrong API key", |_, _, answer| {
        if answer.0 == 401 {
            *answer = (403, json!({"error": "forbidden"}));
        }
    }),
    ("a session nobody made", |line, _, answer| {
        if line.starts_with("GET /v1/sessions") && answer.0 == 404 {
            *answer = (200, json!([]));
        }
    }),
    ("an impossible amount", |_, seen, answer| {
        if seen.body["amount"] == 0 {
            *answer = (201, json!({"id": "x"}));
        }
    }),
    ("create", |line, _, answer| {
        if made(line, answer) {
            answer.1["expires_at"] = json!(answer.1["expires_at"].as_i64().unwrap() * 1_000);
        }
    }),
    ("create", |line, _, answer| {
        if made(line, answer) {
            answer.1["amount"] = json!("1430");
        }
    }),
    ("create", |line, _, answer| {
        if made(line, answer) {
            answer.1["id"] = json!("cs/1?x");
        }
    }),
    ("create", |line, _, answer| {
        if made(line, answer) {
            answer.1["url"] = json!("app://pay");
        }
    }),
    ("create again with the same key", |line, seen, answer| {
        if made(line, answer) && seen.again {
            answer.1["id"] = json!("cs_another");
        }
    }),
    ("another request with the same key", |_, _, answer| {
        if answer.1["code"] == "idempotency_key_reused" {
            *answer = (200, json!({"id": "cs_1"}));
        }
    }),
    ("the same reference with another key", |_, _, answer| {
        if answer.1["code"] == "reference_taken" {
            *answer = (200, json!({"id": "cs_1"}));
        }
    }),
    ("ask by id", |line, _, answer| {
        if line.starts_with("GET /v1/sessions/") && answer.1["status"] == "open" {
            answer.1["status"] = json!("pending");
        }
    }),
    ("ask by reference", |line, _, answer| {
        if line.starts_with("GET /v1/sessions?") && answer.0 == 200 {
            answer.1 = json!([answer.1]);
        }
    }),
    ("refund of what nobody paid", |_, _, answer| {
        if answer.1["code"] == "not_paid" {
            *answer = (500, json!({}));
        }
    }),
    ("cancel", |line, _, answer| {
        if line.ends_with("/cancel") && answer.0 == 200 {
            *answer = (200, json!([]));
        }
    }),
    ("cancel again", |line, seen, answer| {
        if line.ends_with("/cancel") && seen.again {
            *answer = (409, json!({"code": "already_cancelled"}));
        }
    }),
    ("ask after cancelling", |line, _, answer| {
        if line.starts_with("GET") && answer.1["status"] == "cancelled" {
            answer.1["status"] = json!("open");
        }
    }),
    ("ask after paying", |_, _, answer| {
        if answer.1["status"] == "paid" {
            answer.1["currency"] = json!("jpy");
        }
    }),
    ("signed notification", |line, _, answer| {
        if line == "POST /notified" {
            answer.0 = 500;
        }
    }),
    ("cancel what was paid", |_, _, answer| {
        if answer.1["code"] == "already_paid" {
            *answer = (200, json!({"status": "cancelled"}));
        }
    }),
    ("refund a part", |line, _, answer| {
        if refunded(line, answer) {
            answer.1["status"] = json!("done");
        }
    }),
    ("the same refund again", |line, seen, answer| {
        if refunded(line, answer) && seen.again {
            *answer = (409, json!({"code": "reference_taken"}));
        }
    }),
    ("ask about a refund", |line, _, answer| {
        if line.starts_with("GET /v1/refunds") && answer.0 == 200 {
            answer.1["amount"] = json!(1_430);
        }
    }),
    ("ask about a refund nobody made", |line, _, answer| {
        if line.starts_with("GET /v1/refunds") && answer.0 == 404 {
            answer.1 = json!({"message": "no such refund"});
        }
    }),
    ("refund more than is left", |_, _, answer| {
        if answer.1["code"] == "amount_too_large" {
            *answer = (400, json!({"code": "invalid_request"}));
        }
    }),
    ("refund the rest", |line, seen, answer| {
        if refunded(line, answer) && seen.body["amount"] == 1_000 {
            *answer = (422, json!({"code": "refund_refused"}));
        }
    }),
    ("ask after all was given back", |_, _, answer| {
        if answer.1["status"] == "refunded" {
            answer.1["status"] = json!("paid");
        }
    }),
];

#[tokio::test]
async fn each_broken_answer_is_named() {
    for (place, (point, spoil)) in BROKEN.iter().enumerate() {
        let lines = verdicts(*spoil).await;
        let wrong = wrong(&lines);
        assert_eq!(wrong.first().map(|(name, _)| name), Some(point), "number {place}: {wrong:#?}");
    }
}
