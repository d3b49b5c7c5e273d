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
use std::sync::{Arc, LazyLock};
use std::time::Duration;

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
