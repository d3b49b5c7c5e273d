//! A bug that panics: it ends one request, which is answered, or one round of the timer, and nothing else. Bugs in operations
//! on the database are in `tests/store`.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, middleware, web};
use okini_server::http;
use okini_server::jobs;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::MINUTE;
use okini_tests::on_both;
use okini_tests::stage::{Stage, block_on};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::watch;

on_both! { the_timer_goes_on }

async fn the_timer_goes_on(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    phone.pay(&order, ProviderName::Paypay).await.unwrap();
    stage.paypay.pay(stage.payment(&order).await);
    stage.clock.advance(MINUTE);
    stage.paypay.has_bug();
    let (stop, stopped) = watch::channel(false);
    let timer = tokio::spawn(jobs::run(Arc::clone(stage.app()), stopped));
    while stage.paypay.bug_waits() {
        tokio::task::yield_now().await;
    }
    while phone.look(&order).await.state != OrderState::Submitted {}
    stop.send(true).unwrap();
    timer.await.unwrap();
}

async fn breaks(request: HttpRequest) -> HttpResponse {
    assert!(request.path().is_empty(), "this handler is broken");
    HttpResponse::NoContent().finish()
}

/// On one worker, so that it would be missed if it ended.
fn server() -> (actix_web::dev::Server, String) {
    let app = || {
        App::new()
            .wrap(middleware::from_fn(http::observe))
            .route("/breaks", web::get().to(breaks))
            .route("/works", web::get().to(HttpResponse::NoContent))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}", server.addrs().remove(0));
    (server.run(), base)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test calls a server of its own")]
fn a_handler_that_panics_is_answered_for() {
    block_on(async {
        let (server, base) = server();
        let handle = server.handle();
        let serving = tokio::spawn(server);
        // One connection is kept for all of them.
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build().unwrap();
        for _ in 0..20 {
            let answer = client.get(format!("{base}/breaks")).send().await.unwrap();
            assert_eq!(answer.status(), 500);
            let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "application/problem+json");
            assert_eq!(
                (header("cache-control"), header("x-content-type-options")),
                ("no-store".into(), "nosniff".into())
            );
            let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            let nothing_told = json!({"type": "about:blank", "title": "Internal Server Error", "status": 500});
            assert_eq!(problem, nothing_told);
            assert_eq!(client.get(format!("{base}/works")).send().await.unwrap().status(), 204);
        }
        handle.stop(false).await;
        serving.await.unwrap().unwrap();
    });
}
