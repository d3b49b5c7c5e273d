//! Reading a stream of events until something happens; waiting is bounded, but never a pause.

use crate::client::Client;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
}

/// An open stream.
pub struct Events {
    response: reqwest::Response,
    text: Vec<u8>,
}

impl Client {
    /// Opens a stream.
    pub async fn watch(&self, path: &str) -> Events {
        let response = self.request("GET", path).open().await;
        assert_eq!(response.status().as_u16(), 200);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("cache-control"), "no-store");
        Events { response, text: Vec::new() }
    }
}

impl Event {
    /// The data, read from JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {}", self.data))
    }
}

impl Events {
    /// The next event; nothing when the server ended the stream. Comments are passed over.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("an event in time")
    }

    /// The next event for which `wanted` has an answer.
    pub async fn until<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        let search = async {
            loop {
                let event = self.read().await.expect("the stream goes on");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.expect("the wanted event in time")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.windows(2).position(|two| two == b"\n\n") {
                let frame = String::from_utf8(self.text.drain(..end + 2).collect()).unwrap();
                if let Some(event) = event(&frame) {
                    return Some(event);
                }
            }
            self.text.extend_from_slice(&self.response.chunk().await.unwrap()?);
        }
    }
}

fn event(frame: &str) -> Option<Event> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    Some(Event { name: field("event: ")?, data: field("data: ")? })
}
