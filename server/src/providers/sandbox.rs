//! Telling the demo's sandbox where its notifications go: their paths hold secrets that only this server knows.

use super::http::Http;
use crate::config::Config;
use crate::error::Error;
use okini_shared::rules::payment::ProviderName;
use reqwest::Method;
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Sends the notification addresses to the sandbox's control API.
pub async fn tell(config: &Config, address: SocketAddr, control: &str) -> Result<(), Error> {
    // A server on all addresses is reached on the loopback, one on a single address only there.
    let host = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    let reached = SocketAddr::new(host, address.port());
    let hook = |name: &ProviderName| {
        let url = format!("http://{reached}/hooks/{}/{}", name.name(), config.provider(*name).notify_secret);
        (name.name().to_owned(), Value::from(url))
    };
    let addresses: Map<String, Value> = ProviderName::ALL.iter().map(hook).collect();
    let http = Http::new().map_err(Error::unexpected)?;
    let request = http.request(Method::POST, &format!("{control}/notify-urls"), Duration::from_secs(5));
    let told = http.send(request.json(&addresses)).await;
    match told {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        _ => Err(Error::unexpected("the sandbox does not answer")),
    }
}
