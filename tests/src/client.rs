//! A browser or program that calls the server: cookies, a bearer token, answers. What every answer of the server must be
//! like is checked here, so that each test checks it.

#![expect(clippy::disallowed_methods, reason = "tests call the server themselves")]

use okini_shared::api::{Content, Endpoint, Method, path};
use okini_shared::problem::Problem;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

static KEYS: AtomicU64 = AtomicU64::new(1);

/// A key that was never used before.
pub fn new_key() -> String {
    format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

/// A caller with its own cookies.
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    bearer: Mutex<Option<String>>,
}

/// A request on its way to be sent.
pub struct Request<'c> {
    client: &'c Client,
    builder: reqwest::RequestBuilder,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    /// A caller of the server at `base` that nobody knows yet.
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // A server that stops waits for connections that are kept.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self { http, base: base.to_owned(), cookies: Mutex::default(), bearer: Mutex::default() }
    }

    /// Begins a request.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut builder = self.http.request(method, format!("{}{path}", self.base));
        let cookies = self.cookies.lock().unwrap();
        if !cookies.is_empty() {
            let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            builder = builder.header("cookie", cookies.join("; "));
        }
        if let Some(token) = &*self.bearer.lock().unwrap() {
            builder = builder.bearer_auth(token);
        }
        Request { client: self, builder }
    }

    /// A GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// Calls an operation, with a new key where it wants one.
    pub async fn call<E: Endpoint>(&self, parameters: &[&str], request: &E::Request) -> Result<E::Response, Problem>
    where
        E::Request: Serialize,
        E::Response: DeserializeOwned,
    {
        self.call_keyed::<E>(parameters, request, &new_key()).await
    }

    /// Calls an operation with a certain key.
    pub async fn call_keyed<E: Endpoint>(
        &self,
        parameters: &[&str],
        request: &E::Request,
        key: &str,
    ) -> Result<E::Response, Problem>
    where
        E::Request: Serialize,
        E::Response: DeserializeOwned,
    {
        let mut sending = self.request(E::METHOD.name(), &path::<E>(parameters));
        if E::KEYED {
            sending = sending.header("idempotency-key", key);
        }
        if serde_json::to_value(request).unwrap() != serde_json::Value::Null {
            sending = sending.json(request);
        }
        let answer = sending.send().await;
        if answer.status != E::STATUS {
            return Err(answer.problem());
        }
        match E::CONTENT {
            Content::Empty => {
                assert!(answer.body.is_empty(), "{} has nothing to say", E::NAME);
                Ok(serde_json::from_str("null").unwrap())
            }
            _ => Ok(answer.json()),
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The token that is sent from now on.
    pub fn set_bearer(&self, token: Option<&str>) {
        *self.bearer.lock().unwrap() = token.map(str::to_owned);
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Request<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.text(&serde_json::to_string(body).unwrap())
    }

    /// A body that says it is JSON, whatever it is.
    #[must_use]
    pub fn text(self, body: &str) -> Self {
        self.bytes("application/json", body.as_bytes())
    }

    /// A body of some type.
    #[must_use]
    pub fn bytes(mut self, kind: &str, body: &[u8]) -> Self {
        self.builder = self.builder.header("content-type", kind).body(body.to_vec());
        self
    }

    /// Sends it and begins to read the answer.
    pub(crate) async fn open(self) -> reqwest::Response {
        let response = self.builder.send().await.unwrap();
        check_headers(response.headers());
        self.client.keep_cookies(response.headers());
        response
    }

    /// Sends it and reads the answer.
    pub async fn send(self) -> Answer {
        let response = self.open().await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: response.bytes().await.unwrap().to_vec() };
        assert_ne!(status, 500, "nobody may meet an unexpected error");
        answer
    }
}

/// What every answer carries, whatever it is.
fn check_headers(headers: &HeaderMap) {
    let is = |name: &str, part: &str| {
        let value = headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert!(value.contains(part), "{name} is {value:?}");
    };
    is("content-security-policy", "script-src 'self' 'wasm-unsafe-eval';");
    is("content-security-policy", "frame-ancestors 'none'");
    is("x-content-type-options", "nosniff");
    is("referrer-policy", "same-origin");
    is("cross-origin-opener-policy", "same-origin");
    is("strict-transport-security", "max-age=63072000");
    assert_eq!(headers.get_all("content-security-policy").iter().count(), 1);
    assert_eq!(headers.get("x-request-id").map(|id| id.len()), Some(32));
}

impl Answer {
    /// The body, read from JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The problem that it is; checks that it is a whole one.
    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        assert!(self.header("cache-control").contains("no-store"));
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert_eq!((problem.code.status(), problem.code.title()), (self.status, problem.title.as_str()));
        assert_eq!(problem.page, format!("/problems/{}", problem.code.name()));
        if self.status == 401 {
            assert!(self.header("www-authenticate").starts_with("Bearer"));
        }
        problem
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The HTTP methods that servers may meet.
pub const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// The methods that an operation does not have.
pub fn other_methods(offered: &[Method]) -> Vec<&'static str> {
    METHODS.into_iter().filter(|name| offered.iter().all(|method| method.name() != *name)).collect()
}
