//! The accounts at payment companies that are known in this process: those of the settings, and the stored ones as they were
//! last read. Opening them is `contract`'s and the domain's business.

use super::Provider;
use super::health::Health;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How many accounts are stored, and how many of them are disabled: neither ever falls, so that every change shows.
pub type Version = (i64, i64);

/// One account.
#[derive(Clone)]
pub struct Account {
    pub provider: Arc<dyn Provider>,
    /// Diners may be sent there, when it is up. One that is closed is still asked, and still gives money back.
    pub open: bool,
    /// SHA-256 of the secret in the path of its notifications, of a stored one.
    pub notify_digest: Option<String>,
}

/// All of them, in an order that does not depend on when they were read.
#[derive(Default)]
pub struct Registry(RwLock<Known>);

#[derive(Default)]
struct Known {
    accounts: BTreeMap<AccountKey, Account>,
    stored: Version,
}

impl Registry {
    /// The accounts that settings hold.
    pub fn of_settings(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        let account = |provider: Arc<dyn Provider>| {
            (AccountKey::Settings(provider.name()), Account { provider, open: true, notify_digest: None })
        };
        let accounts = providers.into_iter().map(account).collect();
        Self(RwLock::new(Known { accounts, stored: Version::default() }))
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which stored ones were read last.
    pub fn version(&self) -> Version {
        self.known().stored
    }

    /// Adds those that were read, and opens or closes those that are known: what is known of their health stays.
    pub fn read(&self, version: Version, accounts: Vec<(AccountKey, Account)>) {
        let mut known = self.change();
        known.stored = version;
        for (key, account) in accounts {
            known.accounts.entry(key).and_modify(|known| known.open = account.open).or_insert(account);
        }
    }

    /// Every account.
    pub fn keys(&self) -> Vec<AccountKey> {
        self.known().accounts.keys().copied().collect()
    }

    /// The way to the company of an account.
    pub fn get(&self, key: AccountKey) -> Option<Arc<dyn Provider>> {
        self.known().accounts.get(&key).map(|account| Arc::clone(&account.provider))
    }

    /// Whether new payments may be made with it.
    pub fn is_open(&self, key: AccountKey) -> bool {
        self.known().accounts.get(&key).is_some_and(|account| account.open)
    }

    /// Whether its company answers.
    pub fn is_up(&self, key: AccountKey) -> bool {
        self.known().accounts.get(&key).is_some_and(Account::is_up)
    }

    /// Whether diners may be sent there now.
    pub fn is_offered(&self, key: AccountKey) -> bool {
        self.known().accounts.get(&key).is_some_and(|account| account.open && account.is_up())
    }

    /// The stored account at that company whose notifications come to a path with this secret.
    pub fn notified(&self, name: ProviderName, digest: &str) -> Option<AccountKey> {
        let known = self.known();
        let mut all = known.accounts.iter();
        let is_it = |account: &Account| {
            account.provider.name() == name && account.notify_digest.as_deref().is_some_and(|known| known == digest)
        };
        all.find(|(_, account)| is_it(account)).map(|(key, _)| *key)
    }
}

impl Account {
    /// One that does not measure it is taken to be up.
    fn is_up(&self) -> bool {
        self.provider.health().is_none_or(Health::is_up)
    }
}
