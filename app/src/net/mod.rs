//! Calls of the API, typed by `okini_shared::api`. A call ends when its future is dropped, so a call made in a task
//! of a screen (`task`) ends with the screen. Not here: what a screen does with an answer.

mod request;
pub mod stream;

use std::pin::Pin;

use okini_shared::api::{self, Endpoint};
use okini_shared::problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json;

pub use request::send as exchange;

/// Why a call brought no answer to work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server refused and says why.
    Refused(Box<Problem>),
    /// No answer: no connection, or too slow. What was asked for may have happened.
    NoAnswer,
    /// An answer that is not ours, for example a gateway's error page.
    Unreadable,
}

/// What goes with a call besides its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct With<'a> {
    /// `Idempotency-Key`: the same for every repetition of the same wish.
    pub key: Option<&'a str>,
    /// `Authorization: Bearer`.
    pub token: Option<&'a str>,
    /// The query without its `?`, percent-encoded.
    pub query: &'a str,
}

/// Calls an operation; `path` fills the path's parameters in order.
///
/// # Errors
/// The server's refusal, or that there was no (readable) answer within 15 seconds.
pub async fn call<E: Endpoint>(path: &[&str], body: &E::Request, with: With<'_>) -> Result<E::Response, Failure>
where
    E::Request: Serialize,
    E::Response: DeserializeOwned,
{
    // An operation without a body has the request `()`.
    let body = if size_of::<E::Request>() == 0 {
        None
    } else {
        Some(serde_json::to_string(body).map_err(|_| Failure::Unreadable)?)
    };
    call_with::<E>(path, body, with).await
}

/// Calls an operation with a body that is JSON already: the very same text again and again.
///
/// # Errors
/// As `call`.
pub async fn call_with<E: Endpoint>(path: &[&str], body: Option<String>, with: With<'_>) -> Result<E::Response, Failure>
where
    E::Response: DeserializeOwned,
{
    let mut url = api::path::<E>(path);
    if !with.query.is_empty() {
        url.push('?');
        url.push_str(with.query);
    }
    // Boxed: sending is then compiled once, not into each operation's call.
    let sent: Pin<Box<dyn Future<Output = Result<String, Failure>>>> =
        Box::pin(request::send(E::METHOD, &url, body, with));
    let text = sent.await?;
    let text = if text.is_empty() { "null" } else { &text };
    json::from_str(text).map_err(|_| Failure::Unreadable)
}

/// Runs a task to its end, whatever is shown meanwhile.
pub fn detached(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    leptos::task::spawn_local(future);
}

/// Runs a task until the current owner (a screen, an effect) goes away; a call in it is then aborted.
pub fn task(future: impl Future<Output = ()> + 'static) {
    // Boxed: the machinery around a task is then compiled once, not for each task.
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    leptos::reactive::spawn_local_scoped_with_cancellation(future);
}
