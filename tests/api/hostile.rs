//! Input that nobody's app sends: refused with a problem that says what is wrong and nothing else, and nothing is stored.

use okini_shared::problem::Code;
use okini_tests::client::{Answer, Client};
use okini_tests::diner::{once, refusal};
use okini_tests::on_both;
use okini_tests::stage::Stage;
use serde_json::{Value, json};

on_both! { order_bodies every_body every_path headers large_bodies says_nothing many_at_once }

/// Rows that a refused request could have left behind.
async fn rows(stage: &Stage) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in
        ["orders", "order_line", "bill", "payment", "refund", "event", "idempotency", "notification", "session"]
    {
        counts.push(stage.database.count(table).await);
    }
    counts
}

/// A refusal of ours, whatever its code; what it says is about the request only.
fn refused(answer: &Answer, what: &str) -> Code {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
    let problem = answer.problem();
    let text = answer.text();
    for inside in
        ["sqlx", "sqlite", "postgres", "SELECT", "INSERT", "UPDATE", "panicked", ".rs", "/root", "okini_", "::"]
    {
        assert!(!text.contains(inside), "{what}: {text}");
    }
    problem.code
}

async fn post_order(client: &Client, body: &[u8]) -> Answer {
    let request = client.request("POST", "/api/v1/orders").header("idempotency-key", &once());
    request.bytes("application/json", body).send().await
}

/// A good order with one member replaced.
fn with(good: &Value, pointer: &str, value: Value) -> String {
    let mut order = good.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = order.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => other[name] = value,
    }
    order.to_string()
}

async fn order_bodies(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let good = serde_json::to_value(shop.noodles()).unwrap();
    let order = shop.noodles.id.to_string().replace("itm_", "ord_");
    let mut bodies = Vec::new();
    for (pointer, values) in [
        (
            "/facility",
            vec![json!(null), json!(1), json!(""), json!("x"), json!("a\u{0}b"), json!("A".repeat(9_000)), json!([])],
        ),
        ("/seat", vec![json!(1), json!(""), json!("x"), json!("\u{0}"), json!("../../x"), json!({})]),
        ("/lines", vec![json!(null), json!({}), json!("x"), json!([]), json!([1]), json!([null]), json!([[]])]),
        ("/lines/0/item", vec![json!(null), json!(1), json!(""), json!("x"), json!(order), json!("itm_\u{0}")]),
        (
            "/lines/0/quantity",
            vec![
                json!(null),
                json!("1"),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(1e300),
                json!(100),
                json!(i64::MAX),
                json!(u64::MAX),
                json!(true),
                json!([1]),
            ],
        ),
        ("/lines/0/options", vec![json!(null), json!("x"), json!([1]), json!(["x"]), json!([order]), json!([null])]),
        ("/lines/0/place", vec![json!(null), json!(""), json!("here"), json!(0), json!("EAT_IN")]),
        ("/lines/0/seen", vec![json!(null), json!("780"), json!(780.5), json!(-780), json!(1e30), json!(i64::MIN)]),
        ("/expected_total", vec![json!(null), json!("780"), json!(-780), json!(0), json!(i64::MAX), json!(7.8e2)]),
        ("/note", vec![json!(1), json!({}), json!("x".repeat(201)), json!(["x"])]),
        ("/adult", vec![json!("yes"), json!(1), json!(null)]),
        ("/lang", vec![json!(null), json!("xx"), json!("JA"), json!(""), json!(1)]),
        // What the server decides cannot be sent.
        ("/total", vec![json!(1)]),
        ("/price", vec![json!(1)]),
        ("/state", vec![json!("submitted")]),
        ("/lines/0/unit", vec![json!(1)]),
        ("/lines/0/price", vec![json!(1)]),
        ("/__proto__", vec![json!({})]),
    ] {
        bodies.extend(values.into_iter().map(|value| with(&good, pointer, value)));
    }
    let many = |n: usize| vec![good["lines"][0]["options"].clone(); n];
    bodies.push(with(&good, "/lines/0/options", json!(vec![shop.regular.id.to_string(); 51])));
    bodies.push(with(&good, "/lines", json!(many(60))));
    let text = good.to_string();
    bodies.push(text.replacen("\"lang\"", "\"lang\":\"ja\",\"lang\"", 1));
    bodies.push(text.replacen(":1", ":NaN", 1));
    bodies.push(text.replacen(":1", ":0x1", 1));
    bodies.push(text.replacen(":1", &format!(":{}", "9".repeat(10_000)), 1));
    bodies.push(format!("{text}{text}"));
    let before = rows(stage).await;
    for body in bodies {
        let short: String = body.chars().take(300).collect();
        refused(&post_order(&phone, body.as_bytes()).await, &short);
    }
    assert_eq!(rows(stage).await, before);
    assert_eq!(post_order(&phone, text.as_bytes()).await.status, 201, "the good one is good");
}

/// Bodies that fit no operation.
fn misfits() -> Vec<Vec<u8>> {
    let deep = |open: &str, n: usize| open.repeat(n).into_bytes();
    vec![
        b"".to_vec(),
        b" ".to_vec(),
        b"null".to_vec(),
        b"true".to_vec(),
        b"0".to_vec(),
        b"\"x\"".to_vec(),
        b"{".to_vec(),
        b"{]".to_vec(),
        b"{\"".to_vec(),
        b"{'a':1}".to_vec(),
        b"{\"unknown\":1}".to_vec(),
        b"{\"\xff\":1}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{}{}".to_vec(),
        b"<x/>".to_vec(),
        b"a=1&b=2".to_vec(),
        b"\0".to_vec(),
        deep("[", 30_000),
        deep("{\"a\":", 10_000),
        format!("{{\"unknown\":{}1{}}}", "[".repeat(200), "]".repeat(200)).into_bytes(),
    ]
}

/// An operation of the API document.
struct Operation {
    method: String,
    path: String,
    takes_json: bool,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(okini_server::http::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let takes_json = operation.get("requestBody").is_some();
            all.push(Operation { method: method.to_uppercase(), path: path.clone(), takes_json });
        }
    }
    all
}

/// The path with real parameters.
fn filled(stage: &Stage, path: &str, order: &okini_shared::api::order::Order) -> String {
    let shop = stage.shop();
    let token = if path.contains("/seats/") { &shop.seat.1 } else { &order.token };
    path.replace("{facility}", &shop.path())
        .replace("{consortium}", &stage.town().consortium.to_string())
        .replace("{order}", &order.id.to_string())
        .replace("{item}", &shop.tea.id.to_string())
        .replace("{label}", &shop.seat.0)
        .replace("{code}", &shop.code)
        .replace("{token}", token)
}

async fn every_body(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let (owner, officer) = (stage.owner(shop).await, stage.officer(shop).await);
    let before = rows(stage).await;
    let all: Vec<Operation> = operations().into_iter().filter(|operation| operation.takes_json).collect();
    assert!(all.len() >= 10);
    for operation in all {
        let path = filled(stage, &operation.path, &order);
        let who = if operation.path.contains("{consortium}") { &officer } else { &owner };
        let send = async |kind: &str, body: &[u8]| {
            let request = who.client.request(&operation.method, &path).header("idempotency-key", &once());
            request.bytes(kind, body).send().await
        };
        for body in misfits() {
            let short = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
            refused(&send("application/json", &body).await, &format!("{path} {short}"));
        }
        for kind in
            ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"]
        {
            assert_eq!(refused(&send(kind, b"{}").await, kind), Code::UnsupportedMediaType, "{path} {kind}");
        }
        let request = who.client.request(&operation.method, &path).header("idempotency-key", &once());
        assert_eq!(refused(&request.send().await, "no body"), Code::UnsupportedMediaType, "{path}");
    }
    assert_eq!(rows(stage).await, before);
}

async fn every_path(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let long = "A".repeat(9_000);
    let before = rows(stage).await;
    for segment in
        ["%00", "%FF%FE", "..%2f..%2fetc%2fpasswd", "'%20OR%201=1--", "%F0%9F%8D%BA", "%0d%0aX:1", "-1", &long]
    {
        for operation in operations() {
            let parts: Vec<&str> = operation
                .path
                .split('/')
                .map(|part| if part.starts_with('{') && part != "{facility}" { segment } else { part })
                .collect();
            let path = parts.join("/").replace("{facility}", &stage.shop().path());
            if path == operation.path.replace("{facility}", &stage.shop().path()) {
                continue;
            }
            let request = owner.client.request(&operation.method, &path).header("idempotency-key", &once());
            let good = match operation.path.rsplit('/').next().unwrap() {
                "accept" => "{}",
                "refuse" => r#"{"reason":"too_busy"}"#,
                "move" => r#"{"to":"ready"}"#,
                "promise" => r#"{"minutes":5}"#,
                "payments" => r#"{"provider":"paypay"}"#,
                "{item}" if operation.path.contains("/stock/") => r#"{"sold_out":true}"#,
                "{item}" => r#"{"price":1}"#,
                _ => "",
            };
            let answer = if good.is_empty() { request.send().await } else { request.text(good).send().await };
            refused(&answer, &format!("{} {}", operation.method, path.chars().take(120).collect::<String>()));
        }
    }
    assert_eq!(rows(stage).await, before);
}

async fn headers(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let menu = format!("/api/v1/facilities/{}/menu", shop.code);
    let long = "x,".repeat(10_000);
    for (name, value) in [
        ("cookie", "__Host-okini=short; lang=xx"),
        ("cookie", "===;;;__Host-okini"),
        ("cookie", "__Host-okini=\u{fffd}"),
        ("accept-language", long.as_str()),
        ("accept-language", ";;q=,,;q=x"),
        ("if-none-match", "garbage\"W/"),
        ("accept-encoding", "x;q=2, ,;"),
        ("x-forwarded-for", "1.2.3.4, garbage"),
        ("range", "bytes=9999999-1"),
        ("content-length", "0"),
    ] {
        let answer = client.request("GET", &menu).header(name, value).send().await;
        assert_eq!(answer.status, 200, "{name}: {}", value.chars().take(40).collect::<String>());
    }
    // A cookie that is not one of ours is replaced by one that is.
    client.set_cookie("__Host-okini", "forged");
    let answer = client.send_order("k", &shop.noodles()).await;
    assert_eq!((answer.status, client.cookie("__Host-okini").unwrap().len()), (201, 64));
}

async fn large_bodies(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let padded = |size: usize| {
        let body = serde_json::to_string(&shop.noodles()).unwrap();
        body.replacen('{', &format!("{{{}", " ".repeat(size - body.len())), 1)
    };
    assert_eq!(post_order(&phone, padded(65_000).as_bytes()).await.status, 201);
    for size in [70_000, 300_000, 2_000_000] {
        assert_eq!(refusal(&post_order(&phone, padded(size).as_bytes()).await), Code::TooLarge, "{size}");
    }
    assert_eq!(refusal(&post_order(&phone, "[".repeat(2_000_000).as_bytes()).await), Code::TooLarge);
    assert_eq!(stage.database.count("orders").await, 1);
}

/// Refusals of every kind; none tells how the server is made.
async fn says_nothing(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    for (answer, code) in [
        (client.get("/api/v1/nothing").await, Code::NotFound),
        (client.get("/api/v1/orders/x").await, Code::NotFound),
        (client.get(&kitchen.path("board")).await, Code::SignInNeeded),
        (client.request("POST", "/api/v1/session/refresh").send().await, Code::SignInNeeded),
        (client.request("DELETE", "/api/v1/orders").send().await, Code::MethodNotAllowed),
        (post_order(&client, b"{").await, Code::InvalidRequest),
        (post_order(&client, b"[]").await, Code::InvalidRequest),
        (kitchen.client.request("PUT", &kitchen.path("open")).text("{}").send().await, Code::InvalidRequest),
        (client.get("/problems/no-such").await, Code::NotFound),
        (client.get("/assets/..%2f..%2fetc%2fpasswd").await, Code::NotFound),
        (client.get("/pictures/x%00.svg").await, Code::NotFound),
    ] {
        assert_eq!(refused(&answer, code.name()), code);
        for header in ["server", "x-powered-by"] {
            assert_eq!(answer.header(header), "");
        }
    }
}

/// Bad requests between good ones do not disturb them: SQLite commits many together.
async fn many_at_once(stage: &Stage) {
    let shop = stage.shop();
    let phones: Vec<Client> = (0..40).map(|_| stage.client()).collect();
    let sold_out = shop.cart(vec![shop.crab.eat_in(4)]);
    let good = shop.noodles();
    let send = async |(i, phone): (usize, &Client)| {
        let cart = if i % 2 == 0 { &good } else { &sold_out };
        phone.send_order(&format!("k{i}"), cart).await.status
    };
    let statuses = okini_tests::diner::all(phones.iter().enumerate().map(send)).await;
    for (i, status) in statuses.into_iter().enumerate() {
        assert_eq!(status, if i % 2 == 0 { 201 } else { 409 });
    }
    assert_eq!(stage.database.count("orders").await, 20);
}
