//! The API as types: each operation once, with its method, path, status, caller, request, response and problems.
//! The server's route table, the OpenAPI document and the apps' calls are all made from these.

pub mod campaign;
pub mod consortium;
pub mod coupon;
pub mod menu;
pub mod order;
pub mod proof;
pub mod receipt;
pub mod redress;
pub mod session;
pub mod settlement;
pub mod shop;
pub mod webhook;

use crate::problem::Code;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    /// As on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Everybody.
    Anyone,
    /// A phone, known by its device cookie; it gets one at its first order.
    Diner,
    /// A person of the facility in the path, or for some of them of its consortium, with a bearer token.
    Shop,
    /// An officer of the consortium in the path, with a bearer token.
    Consortium,
    /// A payment provider, by an unguessable path.
    Provider,
}

/// What an operation answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Json,
    /// Server-sent events; `Response` is the shape of each event's data.
    Events,
    /// A picture or a page; `Response` is `()`.
    Other(&'static str),
    /// Nothing.
    Empty,
}

/// How often one caller may call an operation; the figures are settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Looking at something.
    Read,
    /// Ordering, paying, running orders.
    Write,
    /// Getting coupons, which a phone without its cookie could do again and again.
    Claim,
    /// Guessing must not pay: sign-in.
    Guess,
    /// Provider notifications.
    Notify,
}

/// One operation of the API.
pub trait Endpoint {
    const NAME: &'static str;
    const METHOD: Method;
    /// With `{name}` for path parameters.
    const PATH: &'static str;
    /// The status of success.
    const STATUS: u16;
    const CALLER: Caller;
    const CONTENT: Content;
    const PACE: Pace;
    /// Whether the caller sends an `Idempotency-Key`.
    const KEYED: bool;
    /// Meaning, in English.
    const DOC: &'static str;
    /// The refusals of its own; those that every operation has (rate limit, unreadable body) are not repeated.
    const PROBLEMS: &'static [Code];
    type Request;
    type Response;
}

/// Declares operations: name, method, path, then the rest as named parts.
macro_rules! endpoints {
    ($($(#[doc = $doc:literal])+ $name:ident = $method:ident $path:literal {
        status: $status:literal, caller: $caller:ident, pace: $pace:ident,
        $(keyed: $keyed:literal,)? $(content: $content:expr,)?
        request: $request:ty, response: $response:ty, problems: [$($code:ident),* $(,)?],
    })*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl $crate::api::Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const METHOD: $crate::api::Method = $crate::api::Method::$method;
            const PATH: &'static str = $path;
            const STATUS: u16 = $status;
            const CALLER: $crate::api::Caller = $crate::api::Caller::$caller;
            const CONTENT: $crate::api::Content = $crate::api::endpoints!(@or $($content)?, $crate::api::Content::Json);
            const PACE: $crate::api::Pace = $crate::api::Pace::$pace;
            const KEYED: bool = $crate::api::endpoints!(@or $($keyed)?, false);
            const DOC: &'static str = concat!($($doc),+);
            const PROBLEMS: &'static [$crate::problem::Code] = &[$($crate::problem::Code::$code),*];
            type Request = $request;
            type Response = $response;
        }
    )*};
    (@or $given:expr, $default:expr) => { $given };
    (@or , $default:expr) => { $default };
}
pub(crate) use endpoints;

/// A path with its parameters filled in, percent-encoded, in the order of the template.
pub fn path<E: Endpoint>(parameters: &[&str]) -> String {
    filled(E::PATH, parameters)
}

/// Not inlined: it would stand in a phone's program once for each operation.
#[inline(never)]
fn filled(template: &str, parameters: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 40);
    let mut parameters = parameters.iter();
    for (i, segment) in template.split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        match segment.strip_prefix('{') {
            Some(_) => encode(parameters.next().copied().unwrap_or_default(), &mut out),
            None => out.push_str(segment),
        }
    }
    out
}

fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from(*HEX.get(usize::from(nibble)).unwrap_or(&b'0')));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_parameters() {
        assert_eq!(path::<order::GetOrder>(&["abc"]), "/api/v1/orders/abc");
        assert_eq!(path::<order::GetOrder>(&["a/ b"]), "/api/v1/orders/a%2F%20b");
    }
}
