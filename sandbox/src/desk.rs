//! What all handlers share: the ledgers, the switches, credentials, addresses; and a payer's two acts.
//! HTTP is not spoken here.

use crate::clock::Clock;
use crate::faults::Faults;
use crate::ledger::{Ledger, Payment, Standing};
use crate::notifier::{Notifier, Parcel};
use crate::{chance, hosted, komoju, paypay, stripe};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A payment company that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Company {
    PayPay,
    Hosted,
    Komoju,
    Stripe,
}

impl Company {
    /// Where its API begins.
    pub(crate) const fn api(self) -> &'static str {
        match self {
            Self::PayPay => "/paypay/v2/",
            Self::Hosted => "/hosted/v1/",
            Self::Komoju => "/komoju/api/v1/",
            Self::Stripe => "/v1/",
        }
    }

    /// How the company words a state.
    pub(crate) fn status(self, standing: Standing) -> &'static str {
        match self {
            Self::PayPay => paypay::status(standing),
            Self::Hosted => hosted::status(standing),
            Self::Komoju => komoju::status(standing),
            Self::Stripe => stripe::status(standing),
        }
    }

    /// A new id of a payment.
    fn payment_id(self) -> String {
        match self {
            Self::PayPay | Self::Hosted => chance::digits(),
            Self::Komoju => komoju::id(),
            Self::Stripe => stripe::id("pi"),
        }
    }

    /// Whether a payer who declined, or whose card was, can try again on the same page.
    fn lets_try_again(self) -> bool {
        matches!(self, Self::Komoju | Self::Stripe)
    }

    /// Whether the company tells of a payment's change. PayPay tells nobody of refusals and cancellations, and KOMOJU of
    /// payments only, not of pages.
    fn announces(self, standing: Standing) -> bool {
        match self {
            Self::PayPay => standing == Standing::Paid,
            Self::Komoju => standing != Standing::Removed,
            Self::Hosted | Self::Stripe => true,
        }
    }
}

/// What a payer does on a page, or the time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Pay,
    /// After the time has run out, too.
    PayLate,
    Decline,
    Expire,
}

/// Where notifications go; nowhere until it is set.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotifyUrls {
    paypay: Option<String>,
    hosted: Option<String>,
    komoju: Option<String>,
    stripe: Option<String>,
}

/// Credentials of this run.
pub(crate) struct Keys {
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
    pub(crate) merchant_id: String,
    pub(crate) hosted_key: String,
    /// Base64, without `whsec_`.
    pub(crate) hosted_secret: String,
    pub(crate) komoju_key: String,
    pub(crate) komoju_secret: String,
    pub(crate) stripe_key: String,
    pub(crate) stripe_secret: String,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self {
            api_key: format!("a_{}", chance::letters()),
            api_secret: chance::secret(),
            merchant_id: "100000000000000001".to_owned(),
            hosted_key: format!("sk_sandbox_{}", chance::hex()),
            hosted_secret: chance::secret(),
            komoju_key: format!("sk_test_{}", chance::name(25)),
            komoju_secret: chance::hex(),
            stripe_key: format!("sk_test_{}", chance::hex()),
            stripe_secret: format!("whsec_{}", chance::hex()),
        }
    }
}

/// What is remembered until the end or a reset.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) paypay: Ledger,
    pub(crate) hosted: Ledger,
    pub(crate) komoju: Ledger,
    pub(crate) stripe: Ledger,
    pub(crate) faults: Faults,
    pub(crate) notify: NotifyUrls,
}

impl Books {
    pub(crate) fn of(&mut self, company: Company) -> &mut Ledger {
        match company {
            Company::PayPay => &mut self.paypay,
            Company::Hosted => &mut self.hosted,
            Company::Komoju => &mut self.komoju,
            Company::Stripe => &mut self.stripe,
        }
    }
}

/// Shared by all handlers.
pub(crate) struct Desk {
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    /// Where phones reach the pages, without a slash at the end.
    pub(crate) pages: String,
    pub(crate) notifier: Notifier,
    books: Mutex<Books>,
}

/// Why a payer's act does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Unknown,
    Not(Standing),
}

impl Desk {
    pub(crate) fn new(clock: Clock, pages: String, notifier: Notifier) -> Self {
        Self { clock, keys: Keys::new(), pages, notifier, books: Mutex::default() }
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The switches as they are now.
    pub(crate) fn faults(&self) -> Faults {
        self.books().faults.clone()
    }

    /// A payer acts on a payment, known by the merchant's name for it.
    pub(crate) fn act(&self, company: Company, reference: &str, act: Act) -> Result<Payment, Refused> {
        let now = self.clock.now();
        let mut books = self.books();
        let ledger = books.of(company);
        match act {
            Act::Pay | Act::PayLate => ledger.pay(reference, company.payment_id(), now, act == Act::PayLate),
            Act::Expire => ledger.named(reference).map(|payment| payment.expire(now)),
            Act::Decline if company.lets_try_again() => {
                ledger.named(reference).map(|payment| payment.only_while_open(now))
            }
            Act::Decline => ledger.named(reference).map(|payment| payment.decline(now)),
        }
        .ok_or(Refused::Unknown)?
        .map_err(Refused::Not)?;
        let payment = ledger.named(reference).cloned().ok_or(Refused::Unknown)?;
        drop(books);
        tracing::info!(?company, reference, ?act, "a payer acted");
        self.announce(company, &payment);
        Ok(payment)
    }

    /// Sends the notification that the company sends for this change, if it sends one, as the switches say.
    pub(crate) fn announce(&self, company: Company, payment: &Payment) {
        if company.announces(payment.standing(self.clock.now()))
            && let Some(parcel) = self.parcel(company, payment)
        {
            for after in self.faults().notifications() {
                self.notifier.send(parcel.clone(), after);
            }
        }
    }

    /// Sends the notification of a payment's state once, whatever the switches say; false when there is no address.
    pub(crate) fn notify(&self, company: Company, payment: &Payment) -> bool {
        let parcel = self.parcel(company, payment);
        let sent = parcel.is_some();
        if let Some(parcel) = parcel {
            self.notifier.send(parcel, Duration::ZERO);
        }
        sent
    }

    fn parcel(&self, company: Company, payment: &Payment) -> Option<Parcel> {
        let notify = self.books().notify.clone();
        match company {
            Company::PayPay => Some(paypay::notification(self, payment, notify.paypay?)),
            Company::Hosted => Some(hosted::notification(self, payment, notify.hosted?)),
            Company::Komoju => Some(komoju::notification(self, payment, notify.komoju?)),
            Company::Stripe => Some(stripe::notification(self, payment, notify.stripe?)),
        }
    }
}
