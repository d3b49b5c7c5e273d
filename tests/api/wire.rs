//! What HTTP itself asks of every path: methods, unknown paths, limits, and the server's words about itself.

use okini_server::http::document;
use okini_shared::api::Method;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::Claim;
use okini_tests::client::{METHODS, other_methods};
use okini_tests::coupons::yen_off;
use okini_tests::diner::refusal;
use okini_tests::fixture::PASSWORD;
use okini_tests::on_both;
use okini_tests::stage::Stage;
use serde_json::Value;

on_both! { methods methods_of_pages heads unknown_paths health metrics problem_pages api_document too_fast too_many_guesses too_many_claims
guesses_from_everywhere }

fn allowed(item: &Value) -> Vec<Method> {
    let all = [Method::Get, Method::Post, Method::Put, Method::Delete];
    all.into_iter().filter(|method| item.get(method.name().to_lowercase()).is_some()).collect()
}

/// Verbs that a path does not declare are refused and told which ones it has.
async fn methods(stage: &Stage) {
    let client = stage.client();
    let document = serde_json::to_value(document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let offered = allowed(item);
        let real: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        let real = real.join("/");
        for method in other_methods(&offered) {
            // HEAD is GET without the body, wherever there is GET.
            if method == "HEAD" && offered.contains(&Method::Get) {
                continue;
            }
            let answer = client.request(method, &real).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut told: Vec<&str> = answer.header("allow").split(", ").filter(|name| *name != "HEAD").collect();
            told.sort_unstable();
            let mut wanted: Vec<&str> = offered.iter().map(|method| method.name()).collect();
            wanted.sort_unstable();
            assert_eq!(told, wanted, "{method} {path}");
            if method != "HEAD" {
                assert_eq!(answer.problem().code, Code::MethodNotAllowed);
            }
        }
    }
}

async fn methods_of_pages(stage: &Stage) {
    let (client, code) = (stage.client(), &stage.shop().code);
    let seat = format!("/f/{code}/t/{}", stage.shop().seat.1);
    for path in
        [&format!("/f/{code}"), &seat, "/o/x", "/orders", "/assets/x.js", "/pictures/x.svg", "/console", "/sw.js"]
    {
        for method in METHODS.into_iter().filter(|method| !matches!(*method, "GET" | "HEAD")) {
            let answer = client.request(method, path).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.header("allow").contains("GET"), "{method} {path}: {:?}", answer.headers);
            assert_eq!(answer.problem().code, Code::MethodNotAllowed);
        }
    }
}

/// What asks for the head alone gets what GET would say, without the body.
async fn heads(stage: &Stage) {
    let (client, code) = (stage.client(), &stage.shop().code);
    let api = format!("/api/v1/facilities/{code}");
    for path in [&format!("/f/{code}"), "/console", "/o/x", &format!("{api}/menu"), &format!("{api}/qr.svg"), "/health"]
    {
        let [get, head] = ["GET", "HEAD"].map(|method| client.request(method, path).send());
        let (get, head) = (get.await, head.await);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert!(head.text().is_empty(), "{path}");
    }
}

async fn unknown_paths(stage: &Stage) {
    let client = stage.client();
    for path in
        ["/api/", "/api/v1", "/api/v1/", "/api/v2/orders", "/api/v1/orders/", "/hooks/", "/assets/", "/pictures/x"]
    {
        for method in ["GET", "POST"] {
            let answer = client.request(method, path).send().await;
            let known_otherwise = answer.status == 405 && method == "POST";
            assert!(known_otherwise || refusal(&answer) == Code::NotFound, "{method} {path}");
        }
    }
}

async fn health(stage: &Stage) {
    let answer = stage.client().get("/health").await;
    assert_eq!((answer.status, answer.json::<Value>()["status"].as_str()), (200, Some("ok")));
    assert_eq!(answer.header("cache-control"), "no-store");
}

async fn metrics(stage: &Stage) {
    let client = stage.client();
    client.get("/api/v1/orders/a-secret-token").await;
    let answer = client.get("/metrics").await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(text.contains("okini_requests{route=\"/api/v1/orders/{token}\",status=\"404\"}"), "{text}");
    assert!(!text.contains("a-secret-token"), "paths hold secrets");
    for header in ["x-forwarded-for", "forwarded"] {
        let answer = client.request("GET", "/metrics").header(header, "203.0.113.7").send().await;
        assert_eq!(refusal(&answer), Code::NotFound, "asked from outside through a proxy");
    }
}

async fn problem_pages(stage: &Stage) {
    let client = stage.client();
    for code in Code::ALL {
        let answer = client.get(&code.page()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(answer.text().contains(code.title()));
    }
}

async fn api_document(stage: &Stage) {
    let served: Value = stage.client().get("/api/v1/openapi.json").await.json();
    assert_eq!(served, serde_json::to_value(document()).unwrap());
}

async fn too_fast(stage: &Stage) {
    let limits = "[limits]\nread_per_minute = 1\nread_burst = 3\nwrite_per_minute = 1\nwrite_burst = 2\n";
    let node = stage.another_node(2, limits).await;
    let (phone, shop) = (node.client(), stage.shop());
    for key in ["1", "2"] {
        assert_eq!(phone.send_order(key, &shop.noodles()).await.status, 201);
    }
    // The first order made the phone known; it counts by itself from now on.
    assert_eq!(phone.send_order("3", &shop.noodles()).await.status, 201);
    let answer = phone.send_order("4", &shop.noodles()).await;
    assert_eq!(refusal(&answer), Code::RateLimited);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(stage.database.count("orders").await, 3);
    let menu = format!("/api/v1/facilities/{}/menu", shop.code);
    for _ in 0..3 {
        assert_eq!(phone.get(&menu).await.status, 200, "reading is counted apart");
    }
    assert_eq!(refusal(&phone.get(&menu).await), Code::RateLimited);
    assert_eq!(node.client().get(&menu).await.status, 200, "another phone");
    node.stop().await;
}

/// Whoever invents cookies is many phones, but one network.
async fn too_many_claims(stage: &Stage) {
    let limits = "[limits]\nclaim_per_minute = 1\nclaim_burst = 3\nwrite_per_minute = 1\nwrite_burst = 2\n";
    let node = stage.another_node(2, limits).await;
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Tap).await;
    let claim = async |phone: &str| {
        let client = node.client();
        client.set_cookie("__Host-okini", &phone.repeat(64));
        client.claim(campaign).await.map_err(|problem| problem.code)
    };
    claim("a").await.unwrap();
    assert_eq!(claim("a").await.unwrap_err(), Code::CouponRefused);
    assert_eq!(claim("a").await.unwrap_err(), Code::RateLimited, "the phone's own pace");
    claim("b").await.unwrap();
    assert_eq!(claim("c").await.unwrap_err(), Code::RateLimited, "the network's");
    assert_eq!(stage.coupons(campaign, "available").await, 2);
    let phone = node.client();
    phone.set_cookie("__Host-okini", &"c".repeat(64));
    assert_eq!(phone.wallet(stage.shop()).await.offers.len(), 1, "looking is counted apart");
    node.stop().await;
}

/// Guessing is counted by network address: another cookie does not help, nor does the right password.
async fn too_many_guesses(stage: &Stage) {
    let node = stage.another_node(2, "[limits]\nguess_per_minute = 1\nguess_burst = 5\n").await;
    for i in 0..5 {
        let client = node.client();
        client.set_cookie("__Host-okini", &format!("{i}").repeat(64));
        assert_eq!(client.sign_in("sakura", "wrong").await.unwrap_err().code, Code::SignInRefused);
    }
    assert_eq!(node.client().sign_in("sakura", PASSWORD).await.unwrap_err().code, Code::RateLimited);
    let forwarded = node.client();
    let body = serde_json::json!({ "user": "sakura", "password": PASSWORD });
    let answer = forwarded.request("POST", "/api/v1/session").header("x-forwarded-for", "203.0.113.9").json(&body);
    assert_eq!(refusal(&answer.send().await), Code::RateLimited, "nobody's word is taken for an address");
    node.stop().await;
}

/// Guesses at one account are counted wherever they come from, and an IPv6 network of one customer is one address.
async fn guesses_from_everywhere(stage: &Stage) {
    let settings = "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n[limits]\nguess_per_minute = 1\nguess_burst = 5\n";
    let node = stage.another_node(2, settings).await;
    let guess = async |from: String, user: &str, password: &str| {
        let body = serde_json::json!({ "user": user, "password": password });
        let client = node.client();
        let request = client.request("POST", "/api/v1/session").header("x-forwarded-for", &from).json(&body);
        let answer = request.send().await;
        if answer.status == 200 { None } else { Some(refusal(&answer)) }
    };
    for user in ["sakura", "nobody"] {
        for i in 0..5 {
            assert_eq!(guess(format!("198.51.{}.{i}", user.len()), user, "wrong").await, Some(Code::SignInRefused));
        }
        for same in [user.to_owned(), format!(" {user} ")] {
            assert_eq!(guess("203.0.113.1".to_owned(), &same, PASSWORD).await, Some(Code::RateLimited), "{same}");
        }
    }
    for i in 0..5 {
        let refused = guess(format!("2001:db8:1:2::{i}"), &format!("somebody{i}"), "wrong").await;
        assert_eq!(refused, Some(Code::SignInRefused));
    }
    assert_eq!(guess("2001:db8:1:2:ffff::9".to_owned(), "somebody", "wrong").await, Some(Code::RateLimited));
    assert_eq!(guess("2001:db8:1:3::9".to_owned(), "somebody", "wrong").await, Some(Code::SignInRefused));
    node.stop().await;
}
