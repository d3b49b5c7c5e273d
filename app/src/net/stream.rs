//! Server-sent events over fetch, which unlike EventSource can carry a bearer token and notice silence.
//! Reconnects by itself until its owner goes away. Not here: what an event means.

use js_sys::{Reflect, Uint8Array};
use okini_shared::api::{self, Endpoint, Method};
use okini_shared::problem::Problem;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use super::request::{self, Abort};
use super::{Failure, With};
use crate::browser::pause;

/// What happens on a stream.
#[derive(Debug)]
pub enum Happening<T> {
    /// The line stands (again).
    Open,
    /// An event's data.
    Event(T),
    /// The line broke or fell silent; it is being tried again.
    Lost,
    /// The server refuses the stream; it is not tried again. Watch anew after mending the cause.
    Refused(Box<Problem>),
}

/// How to watch.
pub struct Watch {
    /// Milliseconds without a byte after which the line counts as lost.
    pub silence_ms: i32,
    /// The bearer token, asked for at each connection.
    pub token: Option<fn() -> Option<String>>,
    /// The query without its `?`.
    pub query: String,
}

/// Watches an operation's events until the current owner goes away.
pub fn watch<E: Endpoint>(path: &[&str], watch: Watch, mut on: impl FnMut(Happening<E::Response>) + 'static)
where
    E::Response: DeserializeOwned,
{
    let mut url = api::path::<E>(path);
    if !watch.query.is_empty() {
        url.push('?');
        url.push_str(&watch.query);
    }
    super::task(async move {
        let mut tries: u32 = 0;
        loop {
            let mut opened = false;
            let end = follow(&url, &watch, &mut |line| match line {
                Line::Open => {
                    opened = true;
                    on(Happening::Open);
                }
                // An event of a kind this app does not know is skipped, so that an old page survives a new server.
                Line::Data(data) => {
                    if let Ok(event) = crate::json::from_str(&data) {
                        on(Happening::Event(event));
                    }
                }
            })
            .await;
            if let Failure::Refused(problem) = end
                && problem.status < 500
                && problem.status != 429
            {
                on(Happening::Refused(problem));
                return;
            }
            on(Happening::Lost);
            tries = if opened { 0 } else { tries.saturating_add(1) };
            pause(wait_ms(tries)).await;
        }
    });
}

/// 1, 2, 4, 8, 15, 15 ... seconds, each a little different so that phones do not return all at once.
fn wait_ms(tries: u32) -> i32 {
    let whole = 1_000_i32.saturating_mul(1_i32.checked_shl(tries.min(4)).unwrap_or(16)).min(15_000);
    #[expect(clippy::as_conversions, clippy::float_arithmetic, reason = "a random part of at most 15 000")]
    let part = (js_sys::Math::random() * f64::from(whole) / 3.0) as i32;
    whole - part
}

enum Line {
    Open,
    Data(String),
}

/// Follows one connection to its end.
async fn follow(url: &str, watch: &Watch, on: &mut dyn FnMut(Line)) -> Failure {
    let Some(mut abort) = Abort::new() else { return Failure::NoAnswer };
    abort.within(watch.silence_ms);
    let token = watch.token.and_then(|token| token());
    let with = With { token: token.as_deref(), ..With::default() };
    let response = match request::open(Method::Get, url, None, with, &abort).await {
        Ok(response) => response,
        Err(failure) => return failure,
    };
    if !response.ok() {
        return match request::text(&response).await {
            Ok(text) => request::refusal(&text),
            Err(failure) => failure,
        };
    }
    on(Line::Open);
    let Some(reader) = reader(&response) else { return Failure::Unreadable };
    let mut events = Events::default();
    loop {
        abort.within(watch.silence_ms);
        let Ok(chunk) = JsFuture::from(reader.read()).await else { return Failure::NoAnswer };
        let Some(bytes) = bytes(&chunk) else { return Failure::NoAnswer };
        events.push(&bytes, &mut |data| on(Line::Data(data)));
    }
}

fn reader(response: &Response) -> Option<ReadableStreamDefaultReader> {
    response.body()?.get_reader().dyn_into().ok()
}

/// The bytes of a chunk; nothing at the end of the stream.
fn bytes(chunk: &JsValue) -> Option<Vec<u8>> {
    let value = Reflect::get(chunk, &JsValue::from_str("value")).ok()?;
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

/// Cuts a byte stream into the data of its events. Comments, event names and ids are of no use here.
#[derive(Default)]
struct Events {
    line: Vec<u8>,
    data: String,
}

impl Events {
    fn push(&mut self, bytes: &[u8], on: &mut dyn FnMut(String)) {
        for byte in bytes {
            match byte {
                b'\n' => self.end_line(on),
                b'\r' => {}
                other => self.line.push(*other),
            }
        }
    }

    fn end_line(&mut self, on: &mut dyn FnMut(String)) {
        // Only UTF-8 is sent; a line that is not has been damaged and is left out.
        let line = String::from_utf8(std::mem::take(&mut self.line)).unwrap_or_else(|_| String::from(":"));
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            if !data.is_empty() {
                on(data);
            }
        } else if let Some(data) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    fn read(chunks: &[&str]) -> Vec<String> {
        let mut events = Events::default();
        let mut out = Vec::new();
        for chunk in chunks {
            events.push(chunk.as_bytes(), &mut |data| out.push(data));
        }
        out
    }

    #[test]
    fn cuts_events_wherever_the_chunks_end() {
        let whole = ": hello\n\nevent: menu\ndata: {\"version\":7}\n\nid: 4\r\ndata:a\r\ndata: b\r\n\r\n";
        assert_eq!(read(&[whole]), ["{\"version\":7}", "a\nb"]);
        let bytes: Vec<String> = whole.chars().map(String::from).collect();
        assert_eq!(read(&bytes.iter().map(String::as_str).collect::<Vec<_>>()), ["{\"version\":7}", "a\nb"]);
    }

    #[test]
    fn an_unfinished_event_is_not_given() {
        assert_eq!(read(&["data: a\n"]), Vec::<String>::new());
    }

    #[test]
    fn letters_cut_in_half_survive() {
        let mut events = Events::default();
        let mut out = Vec::new();
        for byte in "data: 豚玉\n\n".bytes() {
            events.push(&[byte], &mut |data| out.push(data));
        }
        assert_eq!(out, ["豚玉"]);
    }
}
