//! From an account's address and credentials to the adapter that speaks to its company. Which accounts there are is told by
//! the settings and by the domain.

use super::Provider;
use super::checkout::CheckoutSettings;
use super::health::Health;
use super::hosted::Hosted;
use super::http::{Http, Timeouts};
use super::komoju::Komoju;
use super::paypay::{PayPay, PayPaySettings};
use super::stripe::Stripe;
use crate::clock::{Clock, Ids};
use crate::config::{self, Config, ProviderSettings};
use crate::error::Error;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Why credentials are not sent to a stored account's address, if they are not: others could read them on the way, or the
/// address says more than where the API begins.
pub fn refuse_address(base_url: &str) -> Option<&'static str> {
    let Ok(url) = reqwest::Url::parse(base_url) else { return Some("is no URL") };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Some("has more than a host and a path");
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => None,
        // A sandbox beside a test. Never in a released server.
        "http" if loopback && cfg!(debug_assertions) => None,
        _ => Some("must begin with https://"),
    }
}

/// What every adapter of this process shares.
pub struct Maker {
    /// Made when the first adapter is: reading the machine's certificates takes its time.
    http: LazyLock<Result<Http, String>>,
    timeouts: Timeouts,
    clock: Clock,
    ids: Ids,
}

impl Maker {
    /// With the patience that the settings ask for.
    pub fn new(settings: &config::Http, clock: Clock, ids: Ids) -> Self {
        let timeouts = Timeouts {
            moving: Duration::from_secs(settings.write_timeout_seconds),
            asking: Duration::from_secs(settings.read_timeout_seconds),
        };
        Self { http: LazyLock::new(|| Http::new().map_err(|error| error.to_string())), timeouts, clock, ids }
    }

    /// The adapter of one account, whose health is its own.
    ///
    /// # Errors
    /// When a credential is not of the company's shape.
    pub fn make(
        &self,
        key: AccountKey,
        name: ProviderName,
        settings: &ProviderSettings,
    ) -> Result<Arc<dyn Provider>, Error> {
        let http = self.http.as_ref().map_err(|error| Error::unexpected(error.clone()))?;
        let (http, clock) = (http.watched(Health::new(name, key)), self.clock.clone());
        Ok(match name {
            ProviderName::Paypay => Arc::new(PayPay::new(self.paypay(settings), http, clock, self.ids.clone())),
            ProviderName::Hosted => {
                Arc::new(Hosted::new(self.checkout(settings), http, clock).map_err(Error::unexpected)?)
            }
            ProviderName::Komoju => {
                Arc::new(Komoju::new(self.checkout(settings), http, clock).map_err(Error::unexpected)?)
            }
            ProviderName::Stripe => {
                Arc::new(Stripe::new(self.checkout(settings), http, clock).map_err(Error::unexpected)?)
            }
        })
    }

    /// The accounts that the settings have credentials for.
    pub fn of_settings(&self, config: &Config) -> Result<Vec<Arc<dyn Provider>>, Error> {
        let configured = ProviderName::ALL.iter().filter(|name| !config.provider(**name).api_key.is_empty());
        configured.map(|name| self.make(AccountKey::Settings(*name), *name, config.provider(*name))).collect()
    }

    fn paypay(&self, settings: &ProviderSettings) -> PayPaySettings {
        PayPaySettings {
            base_url: settings.base_url.clone(),
            api_key: settings.api_key.clone(),
            api_secret: settings.api_secret.clone(),
            page_host: settings.page_host.clone(),
            timeouts: self.timeouts,
        }
    }

    fn checkout(&self, settings: &ProviderSettings) -> CheckoutSettings {
        CheckoutSettings {
            base_url: settings.base_url.clone(),
            api_key: settings.api_key.clone(),
            webhook_secret: settings.webhook_secret.clone(),
            page_host: settings.page_host.clone(),
            timeouts: self.timeouts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_only_where_nobody_listens() {
        for good in ["https://pay.example", "https://pay.example/okini", "http://127.0.0.1:1/x", "http://[::1]:1"] {
            assert_eq!(refuse_address(good), None, "{good}");
        }
        let wrong =
            ["", "pay.example", "http://pay.example", "http://10.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd"];
        for wrong in wrong.into_iter().chain(["https://a:b@pay.example", "https://pay.example/?a=b", "https://a/#b"]) {
            assert!(refuse_address(wrong).is_some(), "{wrong}");
        }
    }
}
