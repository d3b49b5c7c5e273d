//! In the place of the crate `wasm-streams`, which Leptos always brings along for server functions. Its classes are
//! exported to JavaScript, so no linker can leave them out: 4 KB of a phone's program for what these apps never do.
//! Here: what `server_fn` compiles against. Not here: streams.

use futures_util::stream::{self, Stream};
use wasm_bindgen::JsValue;

/// A stream of bytes of a server function; there are none.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Of the browser's stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// As the browser's stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// An empty one.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(JsValue::UNDEFINED.into())
    }

    /// An empty one.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::empty()
    }
}
