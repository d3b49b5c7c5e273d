//! Requests to addresses that somebody typed in: encrypted, without redirects, and never into a private network, whatever
//! the name resolves to at the moment of connecting (SSRF).

use crate::error::Error;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Characters of an answer that are kept.
const KEPT: usize = 1_000;
const CONNECT: Duration = Duration::from_secs(5);

/// The way out.
pub struct Outside {
    client: reqwest::Client,
    /// Loopback and private networks too, and without encryption: for tests and demos.
    private: bool,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The beginning of the body.
    pub text: String,
    /// Seconds to wait, where the receiver says so.
    pub retry_after: Option<i64>,
}

impl Outside {
    /// With so much time for a whole exchange.
    pub fn new(timeout: Duration, private: bool) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(timeout)
            .user_agent("okini");
        if !private {
            builder = builder.https_only(true).dns_resolver(Arc::new(PublicOnly));
        }
        Ok(Self { client: builder.build().map_err(Error::unexpected)?, private })
    }

    /// Why an address cannot be one of a receiver, for the person who typed it.
    pub fn refuse(&self, url: &str) -> Option<&'static str> {
        let Ok(url) = Url::parse(url) else { return Some("this is not a URL") };
        if url.scheme() != "https" && !(self.private && url.scheme() == "http") {
            return Some("the URL must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Some("the URL must not contain a password");
        }
        let address = url.host_str().map(|host| host.trim_matches(['[', ']']).parse::<IpAddr>());
        match address {
            None => Some("the URL has no host"),
            Some(Ok(address)) if !self.private && !is_public(address) => Some("the URL leads into a private network"),
            Some(_) => None,
        }
    }

    /// Posts JSON. An answer of any status is an answer.
    #[expect(clippy::disallowed_methods, reason = "the one place that speaks to receivers of webhooks")]
    pub async fn post(&self, url: &str, headers: &[(&str, String)], body: String) -> Result<Answer, String> {
        // The client does not ask the resolver about an address in the URL itself.
        if let Some(refused) = self.refuse(url) {
            return Err(refused.to_owned());
        }
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        while bytes.len() < KEPT * 4 {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                // The status is what counts.
                Ok(None) | Err(_) => break,
            }
        }
        let text = String::from_utf8_lossy(&bytes).chars().take(KEPT).collect();
        Ok(Answer { status, text, retry_after })
    }
}

fn why(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return inner.to_string();
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

#[derive(Debug)]
struct NotPublic;

impl std::fmt::Display for NotPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name leads into a private network")
    }
}

impl std::error::Error for NotPublic {}

/// Resolves names to public addresses only; the connection is made to what was checked.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is reachable from the public internet, by the IANA special-purpose registries.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || v4.is_multicast()
        || matches!(
            (a, b, c),
            (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
        );
    !special
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let inner = |high: u16, low: u16| {
        let ([p, q], [r, s]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(p, q, r, s))
    };
    match [a, b, c, d, e, f] {
        // Addresses that carry one of the old kind: mapped, translated (RFC 6052), 6to4.
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => inner(g, h),
        [0x2002, ..] => inner(b, c),
        // Teredo, benchmarking, documentation.
        [0x2001, 0 | 2 | 0xdb8, ..] | [0x3fff, ..] => false,
        // All that is given out for the public internet.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_not_public() {
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
            "::127.0.0.1",
            "2001::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn receivers_are_public_and_encrypted() {
        let outside = Outside::new(Duration::from_secs(1), false).unwrap();
        assert_eq!(outside.refuse("https://example.com/hook"), None);
        for url in [
            "http://example.com/",
            "ftp://example.com/",
            "example.com",
            "https://",
            "https://user:word@example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://169.254.169.254/latest",
        ] {
            assert!(outside.refuse(url).is_some(), "{url}");
        }
        assert_eq!(Outside::new(Duration::from_secs(1), true).unwrap().refuse("http://127.0.0.1:1/"), None);
    }
}
