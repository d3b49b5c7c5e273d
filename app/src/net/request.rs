//! One request over the browser's fetch: headers, time limit, abort, refusal.
//! Not here: which operation it is (`net`), streams (`stream`).

use okini_shared::api::Method;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Response};

use super::{Failure, With};
use crate::browser::{clock, window};

const TIME_LIMIT_MS: i32 = 15_000;

/// Aborts its request when it is dropped or when the time is up.
pub(super) struct Abort {
    controller: AbortController,
    timer: Option<(i32, Closure<dyn FnMut()>)>,
}

impl Abort {
    pub(super) fn new() -> Option<Self> {
        Some(Self { controller: AbortController::new().ok()?, timer: None })
    }

    /// Aborts in so many milliseconds unless asked again before.
    pub(super) fn within(&mut self, ms: i32) {
        self.clear();
        let controller = self.controller.clone();
        let closure = Closure::<dyn FnMut()>::new(move || controller.abort());
        let function = closure.as_ref().unchecked_ref();
        if let Ok(id) = window().set_timeout_with_callback_and_timeout_and_arguments_0(function, ms) {
            self.timer = Some((id, closure));
        }
    }

    fn clear(&mut self) {
        if let Some((id, _)) = self.timer.take() {
            window().clear_timeout_with_handle(id);
        }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.clear();
        self.controller.abort();
    }
}

/// Sends and gives the text of a successful answer.
///
/// # Errors
/// As a call of an operation.
pub async fn send(method: Method, url: &str, body: Option<String>, with: With<'_>) -> Result<String, Failure> {
    let mut abort = Abort::new().ok_or(Failure::NoAnswer)?;
    abort.within(TIME_LIMIT_MS);
    let response = open(method, url, body, with, &abort).await?;
    let text = text(&response).await?;
    if response.ok() { Ok(text) } else { Err(refusal(&text)) }
}

/// Sends and gives the answer once its head is there.
pub(super) async fn open(
    method: Method,
    url: &str,
    body: Option<String>,
    with: With<'_>,
    abort: &Abort,
) -> Result<Response, Failure> {
    let init = RequestInit::new();
    init.set_method(method.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(Some(&abort.controller.signal()));
    let headers = headers(body.is_some(), with).map_err(|_| Failure::Unreadable)?;
    init.set_headers(&headers);
    if let Some(body) = body {
        init.set_body(&JsValue::from_str(&body));
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(url, &init)).await;
    let response: Response = answer.map_err(|_| Failure::NoAnswer)?.unchecked_into();
    if let Ok(Some(date)) = response.headers().get("date") {
        clock::learn_from_header(&date);
    }
    Ok(response)
}

fn headers(has_body: bool, with: With<'_>) -> Result<Headers, JsValue> {
    let headers = Headers::new()?;
    if has_body {
        headers.set("content-type", "application/json")?;
    }
    if let Some(key) = with.key {
        headers.set("idempotency-key", key)?;
    }
    if let Some(token) = with.token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    Ok(headers)
}

pub(super) async fn text(response: &Response) -> Result<String, Failure> {
    let promise = response.text().map_err(|_| Failure::NoAnswer)?;
    let text = JsFuture::from(promise).await.map_err(|_| Failure::NoAnswer)?;
    text.as_string().ok_or(Failure::Unreadable)
}

pub(super) fn refusal(text: &str) -> Failure {
    crate::json::from_str(text).map_or(Failure::Unreadable, |problem| Failure::Refused(Box::new(problem)))
}
