//! Payment companies behind one trait, and the registry of those that are configured. Nothing outside this folder
//! speaks to a payment company; nothing in it touches the database.

pub mod checkout;
pub mod health;
pub mod hosted;
pub mod http;
pub mod komoju;
mod mac;
pub mod paypay;
pub mod sandbox;
mod standard_webhooks;
pub mod stripe;
mod trouble;

use self::checkout::CheckoutSettings;
use self::health::Health;
use self::hosted::Hosted;
use self::komoju::Komoju;
use self::paypay::{PayPay, PayPaySettings};
use self::stripe::Stripe;
use crate::clock::{Clock, Ids};
use crate::config::{Config, ProviderSettings};
use crate::error::Error;
use async_trait::async_trait;
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::Millis;
use std::sync::Arc;
use std::time::Duration;

/// An attempt to pay as a provider needs to know it. Stored before any call; the id is never used for another attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The merchant payment id on the wire.
    pub id: PaymentId,
    /// The facility's account at the provider, where one provider contract serves many facilities.
    pub merchant: Option<String>,
    pub amount: Yen,
    /// What the diner reads at the provider, at most 255 characters.
    pub description: String,
    /// Where the provider sends the diner afterwards: our order page, which needs no cookie.
    pub return_url: String,
    pub created_at: Millis,
    /// What the provider called its page when it was created (`codeId`, session id).
    pub provider_ref: Option<String>,
}

/// A provider's page for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Opens in a browser, or the provider's own program where it is installed.
    pub url: String,
    /// When it can no longer be used.
    pub expires_at: Millis,
    /// The provider's name for the page.
    pub provider_ref: String,
}

/// Money to give back for a paid attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The merchant refund id on the wire; the same id never gives money back twice.
    pub id: RefundId,
    pub merchant: Option<String>,
    pub payment: PaymentId,
    /// The provider's id of the payment, learnt when it was paid.
    pub provider_payment_id: String,
    pub provider_ref: Option<String>,
    pub amount: Yen,
    pub requested_at: Millis,
}

/// How far a refund got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundFinding {
    /// The provider has it and will give the money back, or has done so.
    Done,
    /// The provider is still working on it.
    Pending,
    /// The provider has never heard of it: it may be asked for again under the same id.
    NotFound,
    /// The provider says no, with its code: staff must decide.
    Refused(String),
    /// A time-out or a word nobody knows: query before anything else.
    Unclear(String),
}

/// Why a call had no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderError {
    /// This call surely did nothing; the provider's code.
    Refused(String),
    /// Nobody knows whether it did something: query.
    Unclear(String),
}

/// What a notification is about. It is a hint to ask the provider, never a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The merchant payment id it names, when it can be read as one of ours.
    pub payment: Option<PaymentId>,
}

/// A notification that is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationError {
    /// The signature, where the provider has one, is missing or wrong.
    Forged,
    /// Not of the provider's shape.
    Unreadable,
}

/// A header of a notification, by lower-case name.
pub type Headers<'h> = &'h dyn Fn(&str) -> Option<&'h str>;

/// What an adapter can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// An unpaid page can be withdrawn, so that it cannot be paid afterwards.
    pub cancel_unpaid: bool,
    /// More than one refund for a payment.
    pub partial_refunds: bool,
    /// Notifications are signed.
    pub signed_notifications: bool,
}

/// A payment company.
#[async_trait]
pub trait Provider: Send + Sync {
    fn name(&self) -> ProviderName;

    fn capabilities(&self) -> Capabilities;

    /// The host whose page a diner will see.
    fn page_host(&self) -> String;

    /// Whether it can be reached; one that does not measure it is taken to be up.
    fn health(&self) -> Option<&Health> {
        None
    }

    /// Makes the provider's page for an attempt.
    async fn create(&self, attempt: &Attempt) -> Result<Page, ProviderError>;

    /// Asks what became of an attempt. Never fails: not knowing is a finding.
    async fn query(&self, attempt: &Attempt) -> Finding;

    /// Withdraws an unpaid page, by the attempt's own id where the answer that named the page was lost. Success means that
    /// it can no longer be paid; a page that was paid meanwhile is refused.
    async fn cancel(&self, attempt: &Attempt) -> Result<(), ProviderError>;

    /// Gives money back. Harmless when repeated with the same id.
    async fn refund(&self, refund: &RefundRequest) -> RefundFinding;

    /// Asks how far a refund got.
    async fn query_refund(&self, refund: &RefundRequest) -> RefundFinding;

    /// Reads a notification; checks its signature where the provider signs.
    fn parse_notification(&self, headers: Headers<'_>, body: &[u8]) -> Result<Hint, NotificationError>;
}

/// The providers that are configured.
#[derive(Clone, Default)]
pub struct Registry(Vec<Arc<dyn Provider>>);

impl Registry {
    /// A registry of these.
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        Self(providers)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = ProviderName> {
        self.0.iter().map(|provider| provider.name())
    }

    /// The provider of that name, when it is configured.
    pub fn get(&self, name: ProviderName) -> Option<&Arc<dyn Provider>> {
        self.0.iter().find(|provider| provider.name() == name)
    }

    /// Whether diners may be sent there now.
    pub fn is_up(&self, name: ProviderName) -> bool {
        self.get(name).is_some_and(|provider| provider.health().is_none_or(Health::is_up))
    }

    /// Those that diners should not be sent to now: menus are made anew when this changes.
    pub fn down(&self) -> Vec<ProviderName> {
        self.names().filter(|name| !self.is_up(*name)).collect()
    }
}

/// The providers that the settings have credentials for.
pub fn from_config(config: &Config, clock: &Clock, ids: &Ids) -> Result<Registry, Error> {
    let http = http::Http::new().map_err(Error::unexpected)?;
    let timeouts = http::Timeouts {
        moving: Duration::from_secs(config.http.write_timeout_seconds),
        asking: Duration::from_secs(config.http.read_timeout_seconds),
    };
    let mut providers: Vec<Arc<dyn Provider>> = Vec::new();
    let paypay = &config.paypay;
    if !paypay.api_key.is_empty() {
        let settings = PayPaySettings {
            base_url: paypay.base_url.clone(),
            api_key: paypay.api_key.clone(),
            api_secret: paypay.api_secret.clone(),
            page_host: paypay.page_host.clone(),
            timeouts,
        };
        let http = http.watched(Health::new(ProviderName::Paypay));
        providers.push(Arc::new(PayPay::new(settings, http, clock.clone(), ids.clone())));
    }
    if let Some(settings) = checkout(&config.hosted, timeouts) {
        let http = http.watched(Health::new(ProviderName::Hosted));
        providers.push(Arc::new(Hosted::new(settings, http, clock.clone()).map_err(Error::unexpected)?));
    }
    if let Some(settings) = checkout(&config.komoju, timeouts) {
        let http = http.watched(Health::new(ProviderName::Komoju));
        providers.push(Arc::new(Komoju::new(settings, http, clock.clone()).map_err(Error::unexpected)?));
    }
    if let Some(settings) = checkout(&config.stripe, timeouts) {
        let http = http.watched(Health::new(ProviderName::Stripe));
        providers.push(Arc::new(Stripe::new(settings, http, clock.clone()).map_err(Error::unexpected)?));
    }
    Ok(Registry::new(providers))
}

/// Nothing where there is no key.
fn checkout(provider: &ProviderSettings, timeouts: http::Timeouts) -> Option<CheckoutSettings> {
    (!provider.api_key.is_empty()).then(|| CheckoutSettings {
        base_url: provider.base_url.clone(),
        api_key: provider.api_key.clone(),
        webhook_secret: provider.webhook_secret.clone(),
        page_host: provider.page_host.clone(),
        timeouts,
    })
}
