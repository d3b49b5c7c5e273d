//! The one place that sends requests to payment companies: bounded time, bounded answers, no redirects, and whether
//! the other side can have read a request that failed. What the bytes mean belongs to each adapter.

use super::health::Health;
use super::trouble::Trouble;
use okini_shared::time::Millis;
use reqwest::header::{DATE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use std::sync::Arc;
use std::time::Duration;

/// More than any answer of a payment company, a hundred of Stripe's sessions included; what is longer is not read.
const LONGEST_ANSWER: usize = 768 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
/// A call without an answer for so long counts as unanswered, though it goes on: diners are not to wait for time-outs.
const SLOW: Duration = Duration::from_secs(5);

/// How long an answer may take, from the first byte sent to the last one read.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For what makes a page or moves money: creating and refunding.
    pub moving: Duration,
    /// For everything else.
    pub asking: Duration,
}

impl Default for Timeouts {
    /// What PayPay advises, 30 s and 15 s.
    fn default() -> Self {
        Self { moving: Duration::from_secs(30), asking: Duration::from_secs(15) }
    }
}

/// A client that follows no redirect, so that no signed request is repeated to a host nobody chose.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    health: Option<Arc<Health>>,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// What time it is at the provider, where it says so.
    pub(super) date: Option<Millis>,
}

impl Http {
    /// A client for all adapters; they share its connections.
    ///
    /// # Errors
    /// When the machine's TLS configuration cannot be read.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .user_agent("okini")
            .build()?;
        Ok(Self { client, health: None })
    }

    /// The same connections, for one provider whose health is measured.
    #[must_use]
    pub fn watched(&self, health: Health) -> Self {
        Self { client: self.client.clone(), health: Some(Arc::new(health)) }
    }

    pub(super) fn health(&self) -> Option<&Health> {
        self.health.as_deref()
    }

    pub(super) fn request(&self, method: Method, url: &str, timeout: Duration) -> RequestBuilder {
        self.client.request(method, url).timeout(timeout)
    }

    /// Sends what `request` began. A status that is not 2xx is an answer too.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, Trouble> {
        let Some(health) = &self.health else { return exchange(request).await };
        let mut exchange = std::pin::pin!(exchange(request));
        let soon = tokio::time::timeout(SLOW, &mut exchange).await;
        let (answer, counted) = match soon {
            Ok(answer) => (answer, false),
            Err(_) => {
                health.went_silent();
                (exchange.await, true)
            }
        };
        match &answer {
            Ok(answer) if answer.status < 500 => health.answered(),
            _ if counted => {}
            _ => health.went_silent(),
        }
        answer
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that speaks to payment companies")]
async fn exchange(request: RequestBuilder) -> Result<Answer, Trouble> {
    let mut response = request.send().await.map_err(trouble)?;
    let status = response.status().as_u16();
    let date = date(response.headers());
    let request_id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    tracing::debug!(path = response.url().path(), status, request_id, "a payment company answered");
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(trouble)? {
        if body.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
            return Err(Trouble::unclear("answer too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, date })
}

fn trouble(error: reqwest::Error) -> Trouble {
    tracing::warn!(%error, "a payment company did not answer");
    if error.is_builder() {
        Trouble::NotSent("request not possible")
    } else if error.is_connect() {
        Trouble::NotSent("no connection")
    } else if error.is_timeout() {
        Trouble::unclear("timeout")
    } else {
        Trouble::unclear("connection broken")
    }
}

fn date(headers: &HeaderMap) -> Option<Millis> {
    let at = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Millis::new)
}

/// Whether the text can stand in a path or a query as it is: 1 to 255 letters, digits, `-` and `_`. Ids learnt from a
/// provider are kept only in this form; Stripe's have 66 characters and may have 255.
pub(super) fn is_plain(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The beginning of a text that a provider sent, short enough to keep.
pub(super) fn brief(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Whether a page may be offered to a diner as a link: never anything but the web, and unencrypted only where the
/// provider itself is spoken to without encryption, which is on this machine.
pub(super) fn is_page(url: &str, base_url: &str) -> bool {
    url.starts_with("https://") || (url.starts_with("http://") && base_url.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_change_a_path_are_not_plain() {
        assert!(is_plain("04-AbC_9") && is_plain(&"a".repeat(255)));
        for text in ["", "a/b", "..", "a?b", "a%2f", "日", "a b", &"a".repeat(256)] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn only_web_pages_are_offered() {
        assert!(is_page("https://qr.paypay.ne.jp/1", "https://apigw.paypay.ne.jp"));
        assert!(is_page("http://127.0.0.1:1/x", "http://127.0.0.1:1"));
        assert!(!is_page("http://qr.paypay.ne.jp/1", "https://apigw.paypay.ne.jp"));
        assert!(!is_page("javascript:alert(1)", "http://127.0.0.1:1"));
    }
}
