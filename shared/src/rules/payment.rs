//! The payment attempt's state machine and what a provider's answer means for it. Talking to providers
//! is the server's `providers`; which bill a payment pays is the server's `domain`.

use super::named;
use crate::id::{InvalidId, ProviderAccountId};
use crate::money::Yen;
use std::fmt;
use std::str::FromStr;

named! {
    /// A payment company behind an adapter.
    ProviderName {
        Paypay "paypay",
        /// The hosted page of the Resona Bank x Busicom consortium.
        Hosted "hosted",
        Komoju "komoju",
        /// Stripe Checkout.
        Stripe "stripe",
    }
}

/// An account at a payment company: the one that the server's settings hold for a provider, or a consortium's own.
/// Written as the provider's name or as the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKey {
    Settings(ProviderName),
    Stored(ProviderAccountId),
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(provider) => f.write_str(provider.name()),
            Self::Stored(id) => id.fmt(f),
        }
    }
}

impl FromStr for AccountKey {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match ProviderName::from_name(text) {
            Some(provider) => Ok(Self::Settings(provider)),
            None => text.parse().map(Self::Stored),
        }
    }
}

named! {
    /// Where one attempt to pay stands.
    PaymentState {
        /// Stored, the provider has not answered yet.
        Created "created",
        /// The diner was given the provider's page.
        Redirected "redirected",
        /// The provider says it has the money. Final for the attempt but for refunds.
        Succeeded "succeeded",
        Failed "failed",
        Cancelled "cancelled",
        Expired "expired",
        /// A time-out or an answer nobody knows: ask again, never assume.
        Unknown "unknown",
        /// The provider's amount or currency differs from ours: staff decide, unless its bill is closed anyway.
        Stranded "stranded",
        /// Staff looked at a stranded one and wrote down why nothing more is to be done.
        Closed "closed",
        /// All that came in is on its way back.
        Refunding "refunding",
        Refunded "refunded",
    }
}

named! {
    /// What can happen to an attempt.
    PaymentStep {
        Redirect "redirect",
        Succeed "succeed",
        Fail "fail",
        Cancel "cancel",
        Expire "expire",
        /// The outcome is not known.
        Lose "lose",
        Strand "strand",
        Close "close",
        /// All of it, or what is left of it, is to go back.
        Refund "refund",
        Return "return",
    }
}

impl PaymentState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: PaymentStep) -> Option<Self> {
        use PaymentState as S;
        use PaymentStep as T;
        match (self, step) {
            (S::Created | S::Unknown, T::Redirect) => Some(S::Redirected),
            // The diner may pay after we gave up on the attempt: the provider's word counts.
            (
                S::Created | S::Redirected | S::Unknown | S::Failed | S::Cancelled | S::Expired | S::Stranded,
                T::Succeed,
            ) => Some(S::Succeeded),
            (S::Created | S::Redirected | S::Unknown, T::Fail) => Some(S::Failed),
            (S::Created | S::Redirected | S::Unknown, T::Cancel) => Some(S::Cancelled),
            (S::Created | S::Redirected | S::Unknown, T::Expire) => Some(S::Expired),
            (S::Created | S::Redirected, T::Lose) => Some(S::Unknown),
            (S::Created | S::Redirected | S::Unknown | S::Failed | S::Cancelled | S::Expired, T::Strand) => {
                Some(S::Stranded)
            }
            (S::Stranded, T::Close) => Some(S::Closed),
            (S::Succeeded | S::Stranded, T::Refund) => Some(S::Refunding),
            (S::Refunding, T::Return) => Some(S::Refunded),
            _ => None,
        }
    }

    /// The states from which the step can be taken, for a conditional update.
    pub fn before(step: PaymentStep) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.after(step).is_some()).collect()
    }

    /// The diner can still pay on it, so no second attempt may start.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Created | Self::Redirected | Self::Unknown)
    }
}

/// What a provider said about one payment when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Not paid yet, still possible.
    Pending,
    /// Paid: this much, in this currency, under the provider's own id.
    Paid {
        amount: Yen,
        currency: String,
        provider_payment_id: String,
    },
    Failed,
    Cancelled,
    Expired,
    /// The provider knows nothing of it.
    NotFound,
    /// The provider gave the money back, wholly or in part.
    Refunded,
    /// An error, a time-out or a word nobody knows.
    Unclear(String),
}

/// What to do with an attempt over `amount` after a finding; nothing when it stays as it is.
pub fn step_for(finding: &Finding, amount: Yen) -> Option<PaymentStep> {
    match finding {
        Finding::Paid { amount: paid, currency, .. } if *paid == amount && currency == "JPY" => {
            Some(PaymentStep::Succeed)
        }
        Finding::Paid { .. } => Some(PaymentStep::Strand),
        Finding::Failed => Some(PaymentStep::Fail),
        // Given back at the provider, not by us: it pays nothing here.
        Finding::Cancelled | Finding::Refunded => Some(PaymentStep::Cancel),
        Finding::Expired => Some(PaymentStep::Expire),
        Finding::Pending | Finding::NotFound | Finding::Unclear(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(amount: i64, currency: &str) -> Finding {
        Finding::Paid { amount: Yen::new(amount), currency: currency.into(), provider_payment_id: "1".into() }
    }

    #[test]
    fn paid_is_final_but_for_refunds() {
        for step in PaymentStep::ALL {
            let next = PaymentState::Succeeded.after(*step);
            assert_eq!(next.is_some(), *step == PaymentStep::Refund, "{}", step.name());
        }
    }

    #[test]
    fn a_timeout_is_never_a_failure() {
        assert_eq!(step_for(&Finding::Unclear("timeout".into()), Yen::new(1)), None);
        assert_eq!(PaymentState::Redirected.after(PaymentStep::Lose), Some(PaymentState::Unknown));
    }

    #[test]
    fn only_the_exact_amount_in_yen_pays() {
        assert_eq!(step_for(&paid(980, "JPY"), Yen::new(980)), Some(PaymentStep::Succeed));
        assert_eq!(step_for(&paid(979, "JPY"), Yen::new(980)), Some(PaymentStep::Strand));
        assert_eq!(step_for(&paid(980, "USD"), Yen::new(980)), Some(PaymentStep::Strand));
        assert_eq!(step_for(&paid(0, "JPY"), Yen::new(980)), Some(PaymentStep::Strand));
    }

    #[test]
    fn money_that_arrives_late_still_counts() {
        for state in PaymentState::ALL {
            let late = matches!(state, PaymentState::Failed | PaymentState::Cancelled | PaymentState::Expired);
            if late || state.is_live() {
                assert_eq!(state.after(PaymentStep::Succeed), Some(PaymentState::Succeeded), "{}", state.name());
            }
        }
    }
}
