//! What all adapters make of connections that fail: only what surely was not sent counts as refused.

use crate::fixtures::{SHORT, attempt, hosted_within, komoju_within, paypay_within, refund, stripe_within};
use okini_server::providers::{Provider, ProviderError, RefundFinding};
use okini_shared::rules::payment::Finding;
use okini_tests::raw::{Raw, Reply, head};
use std::sync::Arc;
use tokio::net::TcpListener;

/// All of them.
const COUNT: usize = 4;

fn adapters(base_url: &str) -> [Arc<dyn Provider>; COUNT] {
    [
        Arc::new(paypay_within(base_url, SHORT)),
        Arc::new(hosted_within(base_url, SHORT)),
        Arc::new(komoju_within(base_url, SHORT)),
        Arc::new(stripe_within(base_url, SHORT)),
    ]
}

/// Calls of each kind, each with its own connection and the same reply.
async fn assert_unclear(reply: fn() -> Reply, what: &str) {
    let raw = Raw::answering((0..5 * COUNT).map(|_| reply())).await;
    for provider in adapters(&raw.url) {
        let name = provider.name().name();
        let (attempt, refund) = (attempt(), refund());
        let (create, query, cancel, refunded, asked) = tokio::join!(
            provider.create(&attempt),
            provider.query(&attempt),
            provider.cancel(&attempt),
            provider.refund(&refund),
            provider.query_refund(&refund),
        );
        assert!(matches!(create, Err(ProviderError::Unclear(_))), "{name} {what}: {create:?}");
        assert!(matches!(query, Finding::Unclear(_)), "{name} {what}: {query:?}");
        assert!(matches!(cancel, Err(ProviderError::Unclear(_))), "{name} {what}: {cancel:?}");
        assert!(matches!(refunded, RefundFinding::Unclear(_)), "{name} {what}: {refunded:?}");
        assert!(matches!(asked, RefundFinding::Unclear(_)), "{name} {what}: {asked:?}");
    }
    assert_eq!(raw.received().len(), 5 * COUNT, "{what}: nothing is sent twice");
}

#[tokio::test]
async fn an_answer_that_does_not_come() {
    assert_unclear(|| Reply::Hang(String::new()), "silence").await;
}

#[tokio::test]
async fn an_answer_that_does_not_end() {
    assert_unclear(|| Reply::Hang(head(200, 500) + "{\"resultInfo\":"), "half an answer").await;
}

#[tokio::test]
async fn an_answer_that_is_cut_off() {
    assert_unclear(|| Reply::Bytes(head(200, 500) + "{\"resultInfo\":"), "cut off").await;
    assert_unclear(|| Reply::Bytes(String::new()), "closed").await;
    assert_unclear(|| Reply::Bytes("SSH-2.0-no\r\n\r\n".into()), "not HTTP").await;
}

#[tokio::test]
async fn an_answer_without_end() {
    assert_unclear(|| Reply::Json(200, "x".repeat(1_000_000)), "too long").await;
}

#[tokio::test]
async fn bodies_that_nobody_can_read() {
    for body in ["", "null", "[]", "{}", "<html>Bad gateway</html>", "{\"resultInfo\":{\"code\":5}}"] {
        for status in [200, 302, 400, 404, 500, 502, 503] {
            let raw = Raw::answering((0..2 * COUNT).map(|_| Reply::Json(status, body.into()))).await;
            for provider in adapters(&raw.url) {
                let create = provider.create(&attempt()).await;
                assert!(matches!(create, Err(ProviderError::Unclear(_))), "{status} {body}: {create:?}");
                let query = provider.query(&attempt()).await;
                assert!(matches!(query, Finding::Unclear(_)), "{status} {body}: {query:?}");
            }
        }
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Raw::json(200, "{}").await;
    for status in [301, 302, 307, 308] {
        let to = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            elsewhere.url
        );
        let raw = Raw::answering((0..COUNT).map(|_| Reply::Bytes(to.clone())).collect::<Vec<_>>()).await;
        for provider in adapters(&raw.url) {
            assert!(matches!(provider.create(&attempt()).await, Err(ProviderError::Unclear(_))));
        }
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn no_connection_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for provider in adapters(&url) {
        assert_eq!(provider.create(&attempt()).await, Err(ProviderError::Refused("no connection".into())));
        assert_eq!(provider.query(&attempt()).await, Finding::Unclear("no connection".into()));
        assert_eq!(provider.refund(&refund()).await, RefundFinding::Unclear("no connection".into()));
    }
}
