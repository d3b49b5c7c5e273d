//! What companies with a checkout page of their own have in common: the settings, and requests with a key that makes a
//! repeated one the same one. Wire formats and what a state means belong to each adapter.

use super::http::{Http, Timeouts, brief};
use super::trouble::{Refusal, Trouble};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;

/// What one contract with such a company needs.
#[derive(Clone)]
pub struct CheckoutSettings {
    /// Where the API begins, before its version.
    pub base_url: String,
    pub api_key: String,
    /// What its notifications are signed with, as the company writes it.
    pub webhook_secret: String,
    /// The host that diners are told they will see.
    pub page_host: String,
    pub timeouts: Timeouts,
}

/// A webhook secret that is not of the company's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSecret(pub(super) &'static str);

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a webhook secret is {}", self.0)
    }
}

impl std::error::Error for InvalidSecret {}

/// How one company is spoken to.
pub(super) struct Dialect {
    /// Puts the key on a request, and whatever else every request carries.
    pub(super) authorize: fn(RequestBuilder, &str) -> RequestBuilder,
    /// The header that makes a repeated request the same request.
    pub(super) key_header: &'static str,
    pub(super) content_type: &'static str,
    /// The code of an error, when its body is of the company's shape.
    pub(super) code: fn(&[u8]) -> Option<String>,
    /// What a status and a code refuse for certain; nothing when they leave the outcome open.
    pub(super) refusal: fn(u16, &str) -> Option<Refusal>,
}

/// Speaks one company's dialect under one contract.
pub(super) struct Client {
    pub(super) settings: CheckoutSettings,
    pub(super) http: Http,
    pub(super) dialect: Dialect,
}

impl Client {
    /// `path` may end in a query.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        self.open(self.request(Method::GET, path, self.settings.timeouts.asking)).await
    }

    /// `key` makes a repeated request the same request.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, key: &str, body: Body) -> Result<T, Trouble> {
        let request = self.request(Method::POST, path, self.settings.timeouts.moving);
        let request = request.header(self.dialect.key_header, key).header(CONTENT_TYPE, self.dialect.content_type);
        self.open(request.body(body?)).await
    }

    fn request(&self, method: Method, path: &str, timeout: Duration) -> RequestBuilder {
        let url = format!("{}{path}", self.settings.base_url.trim_end_matches('/'));
        (self.dialect.authorize)(self.http.request(method, &url, timeout), &self.settings.api_key)
    }

    /// Sends and reads. An error that is not the company's own, or that leaves it open what was done, is unclear.
    async fn open<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Trouble> {
        let answer = self.http.send(request).await?;
        if (200..300).contains(&answer.status) {
            return serde_json::from_slice(&answer.body).map_err(|_| Trouble::unclear("unreadable answer"));
        }
        let Some(code) = (self.dialect.code)(&answer.body) else {
            return Err(Trouble::unclear(format!("unreadable answer, status {}", answer.status)));
        };
        Err(match (self.dialect.refusal)(answer.status, &code) {
            Some(kind) => Trouble::Refused(brief(&code), kind),
            None => Trouble::unclear(brief(&code)),
        })
    }
}

/// What a request says, if it could be written.
pub(super) type Body = Result<Vec<u8>, Trouble>;

/// A body in JSON.
pub(super) fn json(body: &impl Serialize) -> Body {
    serde_json::to_vec(body).map_err(|_| Trouble::NotSent("request not possible"))
}
