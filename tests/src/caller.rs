//! A caller that does not give up: what got no answer is sent again, the same with the same key, until there is one.
//! What is asked for belongs to those who ask.

#![expect(clippy::disallowed_methods, reason = "the harness calls the server itself")]

use okini_shared::problem::{Code, Problem};
use reqwest::Method;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Longer than the server is ever down.
const PATIENCE: Duration = Duration::from_secs(120);
/// Until a request that broke is sent again, when the server does not come back at another address.
const AGAIN: Duration = Duration::from_millis(100);

/// Connections that wait longer are not used again: the other side may be just closing them.
const IDLE: Duration = Duration::from_secs(2);

/// Where the server can be reached; nothing while it is down.
pub type Address = Option<String>;

/// A caller without cookies.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    address: watch::Receiver<Address>,
    /// Requests that got no answer and were sent again.
    resent: Arc<AtomicU64>,
}

/// What is asked.
#[derive(Clone)]
pub struct Ask<'a> {
    pub method: Method,
    pub path: &'a str,
    pub phone: Option<&'a str>,
    pub key: Option<&'a str>,
    pub body: Option<&'a str>,
    /// More headers.
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> Ask<'a> {
    /// A GET.
    pub fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, phone: None, key: None, body: None, headers: &[] }
    }

    /// A POST with a key.
    pub fn post(path: &'a str, key: &'a str, body: &'a str) -> Self {
        Self { method: Method::POST, path, phone: None, key: Some(key), body: Some(body), headers: &[] }
    }

    /// From this phone.
    pub fn from(self, phone: Option<&'a str>) -> Self {
        Self { phone, ..self }
    }

    /// With these headers too.
    pub fn with(self, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { headers, ..self }
    }
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    /// The device cookie, when it was set.
    pub phone: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that has to be this one.
    pub fn expect<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Why it was refused.
    pub fn refusal(&self) -> Code {
        let problem: Problem = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} without a problem: {}", self.status, String::from_utf8_lossy(&self.body)));
        problem.code
    }
}

impl Caller {
    /// Calls whatever is at the address.
    pub fn new(address: watch::Receiver<Address>) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .pool_idle_timeout(IDLE)
            .build()
            .unwrap();
        Self { http, address, resent: Arc::default() }
    }

    /// Requests that got no answer and were sent again.
    pub fn resent(&self) -> u64 {
        self.resent.load(Ordering::Relaxed)
    }

    /// Asks until there is an answer.
    pub async fn ask(&self, ask: Ask<'_>) -> Answer {
        let answer = tokio::time::timeout(PATIENCE, self.ask_on(&ask)).await;
        answer.unwrap_or_else(|_| panic!("{} {} gets no answer", ask.method, ask.path))
    }

    async fn ask_on(&self, ask: &Ask<'_>) -> Answer {
        let mut address = self.address.clone();
        loop {
            let base = address.wait_for(Option::is_some).await.unwrap().clone().unwrap();
            if let Ok(answer) = self.once(&base, ask).await {
                return answer;
            }
            self.resent.fetch_add(1, Ordering::Relaxed);
            let _ = tokio::time::timeout(AGAIN, address.changed()).await;
        }
    }

    async fn once(&self, base: &str, ask: &Ask<'_>) -> reqwest::Result<Answer> {
        let mut request = self.http.request(ask.method.clone(), format!("{base}{}", ask.path));
        if let Some(phone) = ask.phone {
            request = request.header("cookie", format!("okini={phone}"));
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = ask.body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let cookies = response.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let phone = cookies.filter_map(|line| line.strip_prefix("okini=")?.split(';').next()).next().map(str::to_owned);
        Ok(Answer { status, phone, body: response.bytes().await?.to_vec() })
    }

    /// The diner taps "pay" on the payment company's page, which is never down; a second tap does nothing.
    pub async fn approve(&self, page: &str) {
        let tap = || self.http.post(format!("{page}/approve")).send();
        let shown = match tap().await {
            Ok(shown) => shown,
            // The company had just closed a connection that was kept.
            Err(_) => tap().await.unwrap(),
        };
        assert!(shown.status().is_success(), "the page of the payment company: {}", shown.status());
    }
}
