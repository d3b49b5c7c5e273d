//! Payment companies behind one trait, and the registry of the accounts there. Nothing outside this folder speaks to a
//! payment company; nothing in it touches the database.

pub mod checkout;
pub mod contract;
pub mod health;
pub mod hosted;
pub mod http;
pub mod komoju;
mod mac;
pub mod paypay;
pub mod registry;
pub mod sandbox;
mod standard_webhooks;
pub mod stripe;
mod trouble;

use self::health::Health;
use async_trait::async_trait;
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::time::Millis;

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
