//! Whether a payment company can be reached, judged by the calls that are made anyway. What is not offered meanwhile is
//! decided by the domain; what an answer means, by each adapter.

use okini_shared::rules::payment::{AccountKey, ProviderName};
use okini_shared::time::{Millis, SECOND};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// So many calls in a row without an answer, and the provider is down.
const ENOUGH: u32 = 5;
/// How often one that is down is tried.
const PROBE_EVERY: i64 = 10 * SECOND;

/// What is known of one account's company in this process.
#[derive(Debug)]
pub struct Health {
    name: ProviderName,
    account: AccountKey,
    /// Calls without an answer since the last one that had one.
    silent: AtomicU32,
    probe_at: AtomicI64,
}

impl Health {
    /// Up, until calls tell otherwise.
    pub const fn new(name: ProviderName, account: AccountKey) -> Self {
        Self { name, account, silent: AtomicU32::new(0), probe_at: AtomicI64::new(i64::MIN) }
    }

    /// A call was answered, whatever the answer: one is enough to be up again.
    pub fn answered(&self) {
        self.count("answered");
        if self.silent.swap(0, Ordering::Relaxed) >= ENOUGH {
            tracing::warn!(account = %self.account, provider = self.name.name(), "the payment company answers again");
        }
    }

    /// A call was not answered, or only by an error of the company's own machines.
    pub fn went_silent(&self) {
        self.count("silent");
        if self.silent.fetch_add(1, Ordering::Relaxed).saturating_add(1) == ENOUGH {
            tracing::error!(account = %self.account, provider = self.name.name(), "the payment company does not answer: it is not offered");
        }
    }

    fn count(&self, outcome: &'static str) {
        let (provider, account) = (self.name.name(), self.account.to_string());
        metrics::counter!("okini_provider_calls", "provider" => provider, "account" => account, "outcome" => outcome)
            .increment(1);
    }

    /// Diners may be sent there.
    pub fn is_up(&self) -> bool {
        self.silent.load(Ordering::Relaxed) < ENOUGH
    }

    /// True for one caller every few seconds while the provider is down: he is to try whether it is back.
    pub fn is_to_be_probed(&self, now: Millis) -> bool {
        let at = self.probe_at.load(Ordering::Relaxed);
        let next = now.plus(PROBE_EVERY).get();
        !self.is_up()
            && now.get() >= at
            && self.probe_at.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYPAY: ProviderName = ProviderName::Paypay;

    #[test]
    fn five_calls_in_a_row_take_it_down_and_one_answer_brings_it_back() {
        let health = Health::new(PAYPAY, AccountKey::Settings(PAYPAY));
        for _ in 0..3 {
            (1..ENOUGH).for_each(|_| health.went_silent());
            assert!(health.is_up());
            health.answered();
        }
        (0..ENOUGH).for_each(|_| health.went_silent());
        assert!(!health.is_up());
        health.answered();
        assert!(health.is_up());
    }

    #[test]
    fn one_at_a_time_tries_it() {
        let (health, now) = (Health::new(PAYPAY, AccountKey::Settings(PAYPAY)), Millis::new(1_000_000));
        assert!(!health.is_to_be_probed(now), "it is up");
        (0..ENOUGH).for_each(|_| health.went_silent());
        assert!(health.is_to_be_probed(now));
        assert!(!health.is_to_be_probed(now.plus(PROBE_EVERY - 1)));
        assert!(health.is_to_be_probed(now.plus(PROBE_EVERY)));
    }
}
