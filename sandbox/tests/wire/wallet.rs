//! The payers' pages of both companies: buttons, what they lead to, and that no text becomes markup.

use crate::support::{Sandbox, sandbox};
use reqwest::header::LOCATION;
use serde_json::Value;

/// Taps a button and follows to where it leads.
async fn tap(sandbox: &Sandbox, page: &str, button: &str) -> String {
    let answer = sandbox.post(&format!("{page}/{button}")).await;
    assert_eq!(answer.status(), 303, "{button}");
    let target = answer.url().join(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
    let shown = sandbox.get(target.as_str()).await;
    assert_eq!(shown.status(), 200);
    shown.text().await.unwrap()
}

async fn page(sandbox: &Sandbox, id: &str) -> String {
    sandbox.create(id).await.1["data"]["url"].as_str().unwrap().to_owned()
}

async fn status(sandbox: &Sandbox, id: &str) -> Value {
    sandbox.details(id).await.1["data"]["status"].clone()
}

fn has(html: &str, name: &str) -> bool {
    html.contains(&format!("data-testid=\"{name}\""))
}

#[tokio::test]
async fn the_page_shows_what_is_paid_and_escapes_it() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    let answer = sandbox.get(&page).await;
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let html = answer.text().await.unwrap();
    assert!(html.contains("お試し用サンドボックス") && html.contains("1,280円"));
    assert!(html.contains("たこ焼き &lt;b&gt;8個&lt;/b&gt; &amp; &quot;お茶&quot;") && !html.contains("<b>"));
    assert!(html.contains("href=\"https://okini.example/o/abc?x=1&amp;y=&#39;2&#39;\" data-testid=\"back\""));
    assert!(!html.contains("style=") && !html.contains("<script"));
    for name in ["approve", "decline", "close", "back", "poor"] {
        assert!(has(&html, name), "{name}");
    }
    let css = sandbox.get(&format!("{}/wallet.css", sandbox.running.ready.paypay.base_url)).await;
    assert_eq!(css.headers()["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn approving_pays_and_offers_the_way_back() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    let html = tap(&sandbox, &page, "approve").await;
    assert!(html.contains("支払いが完了しました") && has(&html, "return") && !has(&html, "approve"));
    assert_eq!(status(&sandbox, "p-1").await, "COMPLETED");
    let html = tap(&sandbox, &page, "decline").await;
    assert!(html.contains("支払いが完了しました"), "too late");
    assert_eq!(status(&sandbox, "p-1").await, "COMPLETED");
}

#[tokio::test]
async fn closing_pays_without_a_way_back() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    let html = tap(&sandbox, &page, "close").await;
    assert!(html.contains("支払いが完了しました") && !html.contains("<a "));
    assert_eq!(status(&sandbox, "p-1").await, "COMPLETED");
}

#[tokio::test]
async fn declining_fails_and_a_small_balance_changes_nothing() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    let html = tap(&sandbox, &page, "poor").await;
    assert!(html.contains("残高不足") && has(&html, "approve"));
    assert_eq!(status(&sandbox, "p-1").await, "CREATED");
    let html = tap(&sandbox, &page, "decline").await;
    assert!(has(&html, "return"));
    assert_eq!(status(&sandbox, "p-1").await, "FAILED");
}

#[tokio::test]
async fn what_cannot_be_paid_says_so() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    sandbox.clock.advance(300_000);
    let html = tap(&sandbox, &page, "approve").await;
    assert!(html.contains("有効期限が切れました") && has(&html, "return") && !has(&html, "approve"));
    let unknown = sandbox.get(&format!("{}/wallet/04-none", sandbox.running.ready.paypay.base_url)).await;
    assert_eq!(unknown.status(), 404);
    assert_eq!(sandbox.post(&format!("{page}/steal")).await.status(), 404);
}

#[tokio::test]
async fn the_time_can_run_out_at_once_and_money_can_come_late() {
    let sandbox = sandbox().await;
    let page = page(&sandbox, "p-1").await;
    assert_eq!(sandbox.control("/paypay/expire/p-1", Value::Null).await.0, 200);
    let html = tap(&sandbox, &page, "approve").await;
    assert!(html.contains("有効期限が切れました") && has(&html, "late"));
    assert_eq!(sandbox.control("/paypay/expire/p-1", Value::Null).await.0, 409, "once");
    let html = tap(&sandbox, &page, "late").await;
    assert!(html.contains("支払いが完了しました") && has(&html, "return"));
    assert_eq!(status(&sandbox, "p-1").await, "COMPLETED");
}
